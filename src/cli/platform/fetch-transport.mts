import type { HttpTransport } from '../../storage/http/transport.ts';

/** Requests by Node's own `fetch`: connections are kept, redirects are answers. */
export function fetchTransport(): HttpTransport {
  return {
    handle: async (request, { abortSignal } = {}) => {
      const { method, protocol, hostname, port, path, headers, body } = request;
      const host = port === undefined ? hostname : `${hostname}:${String(port)}`;
      const response = await fetch(`${protocol}//${host}${path}`, {
        method,
        headers,
        redirect: 'manual',
        // Its typings want to know the buffer behind the bytes.
        ...(body === undefined || method === 'GET' ? {} : { body: body as string | Uint8Array<ArrayBuffer> }),
        ...(abortSignal === undefined ? {} : { signal: abortSignal }),
      });
      return {
        response: {
          statusCode: response.status,
          headers: Object.fromEntries(response.headers.entries()),
          body: response.body ?? undefined,
        },
      };
    },
  };
}
