import type { Fetch } from '../../../src/plugin/adapters/http/fetch-transport.ts';
import type { RequestUrl } from '../../../src/plugin/adapters/http/request-url-transport.ts';
import { webClock } from '../../../src/plugin/platform/clock.ts';

/** Both roads of the app, on Node's own requests. */
export const pageFetch: Fetch = (url, init) => fetch(url, init);

export const requestUrlOfNode = (async (request) => {
  const { url, method = 'GET', headers = {}, body } = request;
  const response = await fetch(url, { method, headers, ...(body === undefined ? {} : { body }) });
  const arrayBuffer = await response.arrayBuffer();
  return {
    status: response.status,
    headers: Object.fromEntries(response.headers),
    arrayBuffer,
    text: '',
    json: {},
  };
}) as RequestUrl;

export const sleepsOfNode = webClock({
  setTimeout: (callback, delayMs) => Number(setTimeout(callback, delayMs)),
  clearTimeout: (id) => clearTimeout(id),
});
