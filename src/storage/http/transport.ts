/** A request as the transports of this project take it; `path` begins with `/`, is encoded, and ends with the query. */
export interface TransportRequest {
  readonly method: string;
  readonly protocol: string;
  readonly hostname: string;
  readonly port?: number;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
}

export interface TransportResponse {
  readonly statusCode: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: ReadableStream<Uint8Array> | undefined;
}

/**
 * What the network is to a provider: the shape that the S3 client asks of its transports, so that one
 * transport serves both. Any answer of a server resolves, redirects too; rejects where there is none.
 */
export interface HttpTransport {
  handle(
    request: TransportRequest,
    options?: { readonly abortSignal?: AbortSignal },
  ): Promise<{ readonly response: TransportResponse }>;
}

/** The request for an address. */
export function requestTo(
  address: URL,
  request: Pick<TransportRequest, 'method' | 'headers' | 'body'>,
): TransportRequest {
  return {
    ...request,
    protocol: address.protocol,
    hostname: address.hostname,
    ...(address.port === '' ? {} : { port: Number(address.port) }),
    path: address.pathname + address.search,
  };
}

/** Why there was no answer, as the transport tells it. */
export function networkDetail(error: unknown): string {
  // Node's `fetch` says what happened in its cause.
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const code = typeof cause === 'object' && cause !== null && 'code' in cause ? String(cause.code) : '';
  const message = cause instanceof Error ? (cause.message.split('\n', 1)[0] ?? '') : '';
  return `${code} ${message}`.trim().slice(0, 300);
}
