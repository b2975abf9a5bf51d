/** What the host itself uses of the page, taken before the plugin meets what `device-state.ts` puts in its place. */
export const native = {
  fetch: globalThis.fetch.bind(globalThis),
  setTimeout: globalThis.setTimeout.bind(globalThis),
  WebSocket: globalThis.WebSocket,
};
