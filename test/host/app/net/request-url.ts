import type { DeviceState } from '../device-state.ts';
import type { RequestLedger } from './request-ledger.ts';
import type { BridgeAnswer, RequestSocket } from './request-socket.ts';

export interface RequestUrlParam {
  readonly url: string;
  readonly method?: string;
  readonly contentType?: string;
  readonly body?: string | ArrayBuffer;
  readonly headers?: Record<string, string>;
  readonly throw?: boolean;
}

export interface RequestUrlResponse {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly arrayBuffer: ArrayBuffer;
  readonly json: unknown;
  readonly text: string;
}

export type RequestUrlResponsePromise = Promise<RequestUrlResponse> & {
  arrayBuffer: Promise<ArrayBuffer>;
  json: Promise<unknown>;
  text: Promise<string>;
};

export interface RequestRoad {
  readonly state: DeviceState;
  readonly ledger: RequestLedger;
  readonly socket: RequestSocket;
}

/** Electron refuses to set these itself; a signature over them is computed without sending them. */
const FORBIDDEN = ['content-length', 'host', 'trailer', 'te', 'upgrade', 'keep-alive', 'transfer-encoding'];

/**
 * The app's `requestUrl`: made outside of the page, so without CORS; whole bodies both ways; no abort:
 * what was asked for goes on whoever waits. The Node process that serves the page makes the request.
 */
export function makeRequestUrl(road: RequestRoad) {
  return (request: RequestUrlParam | string): RequestUrlResponsePromise => {
    const param = typeof request === 'string' ? { url: request } : request;
    const response = send(param, road);
    return Object.assign(response, {
      arrayBuffer: quiet(response.then((answer) => answer.arrayBuffer)),
      json: quiet(response.then((answer) => answer.json)),
      text: quiet(response.then((answer) => answer.text)),
    });
  };
}

function quiet<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => undefined);
  return promise;
}

async function send(
  param: RequestUrlParam,
  { state, ledger, socket }: RequestRoad,
): Promise<RequestUrlResponse> {
  const { url, method = 'GET', body, contentType } = param;
  const headers = { ...param.headers, ...(contentType === undefined ? {} : { 'Content-Type': contentType }) };
  for (const name of Object.keys(headers))
    if (FORBIDDEN.includes(name.toLowerCase())) throw new Error('net::ERR_INVALID_ARGUMENT');
  if (!/^https?:/u.test(url)) throw new Error('net::ERR_UNKNOWN_URL_SCHEME');
  const bytes =
    typeof body === 'string'
      ? new TextEncoder().encode(body)
      : new Uint8Array(body ?? new ArrayBuffer(0)).slice();
  ledger.begin(bytes.length, url);
  let received = 0;
  try {
    const [answer, contents] = await state.whileAwake(
      socket.ask({ url, method, headers }, bytes),
      'The network connection was lost.',
    );
    received = contents.byteLength;
    if (answer.error !== undefined) throw new Error(answer.error);
    return judged(answer, contents, param.throw ?? true);
  } finally {
    ledger.end({ method, url, requestBytes: bytes.length, responseBytes: received });
  }
}

function judged(answer: BridgeAnswer, contents: ArrayBuffer, mayThrow: boolean): RequestUrlResponse {
  const { status, headers } = answer;
  if (mayThrow && status >= 400)
    throw Object.assign(new Error(`Request failed, status ${status}`), { status, headers });
  const text = (): string => new TextDecoder().decode(contents);
  return {
    status,
    headers,
    arrayBuffer: contents,
    get text() {
      return text();
    },
    get json() {
      return JSON.parse(text()) as unknown;
    },
  };
}
