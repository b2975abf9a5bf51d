/** A signed request as the S3 client gives it to its transport. */
export interface WireRequest {
  readonly method: string;
  readonly protocol: string;
  readonly hostname: string;
  readonly port?: number | undefined;
  readonly path: string;
  readonly query?: Readonly<Record<string, string | readonly string[] | null>> | undefined;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

export interface WireResponse {
  readonly statusCode: number;
  /** Names in lower case. */
  readonly headers: Record<string, string>;
  readonly body: ReadableStream<Uint8Array> | undefined;
}

interface WireOptions {
  /** By the client's types a signal of its own making; it passes on the caller's. */
  readonly abortSignal?: unknown;
}

/** What the S3 client asks of a transport. Any answer of a server resolves; rejects where there is none, or with an `AbortError`. */
export interface Transport {
  handle(request: WireRequest, options?: WireOptions): Promise<{ readonly response: WireResponse }>;
  updateHttpClientConfig(): void;
  httpHandlerConfigs(): Record<string, never>;
  destroy(): void;
}

/** A transport of one function; the rest of what the client may ask for does nothing. */
export function transport(
  send: (request: WireRequest, signal: AbortSignal | undefined) => Promise<WireResponse>,
): Transport {
  return {
    handle: async (request, options = {}) => {
      const signal = options.abortSignal instanceof AbortSignal ? options.abortSignal : undefined;
      if (signal?.aborted === true) throw abortError(signal);
      return { response: await send(request, signal) };
    },
    updateHttpClientConfig: () => undefined,
    httpHandlerConfigs: () => ({}),
    destroy: () => undefined,
  };
}

export function urlOf(request: WireRequest): string {
  const port = request.port === undefined ? '' : `:${String(request.port)}`;
  const query = queryOf(request.query ?? {});
  return `${request.protocol}//${request.hostname}${port}${request.path}${query === '' ? '' : `?${query}`}`;
}

/** In the order and spelling that were signed (AWS Signature Version 4, canonical query string). */
function queryOf(query: NonNullable<WireRequest['query']>): string {
  const parts: string[] = [];
  for (const name of Object.keys(query).sort()) {
    const value = query[name];
    if (value === undefined) continue;
    const values = value === null ? [''] : typeof value === 'string' ? [value] : value;
    for (const one of values) parts.push(`${escaped(name)}=${escaped(one)}`);
  }
  return parts.join('&');
}

function escaped(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/gu,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/** Without what every transport works out itself and none lets a caller set. */
export function headersOf(request: WireRequest): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(request.headers)) {
    const lower = name.toLowerCase();
    if (lower !== 'host' && lower !== 'content-length') headers[lower] = value;
  }
  return headers;
}

export function bodyOf(request: WireRequest): string | Uint8Array<ArrayBuffer> | undefined {
  const { body, method } = request;
  if (body === undefined || body === null || method === 'GET' || method === 'HEAD') return undefined;
  if (typeof body === 'string') return body;
  if (body instanceof ArrayBuffer) return new Uint8Array(body);
  if (body instanceof Uint8Array) return body as Uint8Array<ArrayBuffer>;
  throw new TypeError('a body of another kind than bytes or text');
}

/** What a ranged request may bring; `undefined`: nobody knows. */
export function rangeBytes({ headers }: WireRequest): number | undefined {
  const [, first, last] = /^bytes=(\d+)-(\d+)$/u.exec(headers['range'] ?? headers['Range'] ?? '') ?? [];
  return last === undefined ? undefined : Number(last) - Number(first) + 1;
}

/** By the name that the S3 client and those above it know an abort. */
export function abortError(signal: AbortSignal): Error {
  const error = new Error('the request was stopped', { cause: signal.reason });
  error.name = 'AbortError';
  return error;
}
