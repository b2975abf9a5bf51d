/**
 * The page's own requests: for files of the vault by the app's addresses, and for buckets whose owner allows the
 * app's origin. They stream and can be stopped, which `requestUrl` cannot; everything else goes by `requestUrl`.
 */
export function pageFetch(url: string, init: RequestInit): Promise<Response> {
  return window.fetch(url, init);
}
