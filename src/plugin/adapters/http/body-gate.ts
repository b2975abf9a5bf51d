import { rangeBytes, type WireRequest } from './wire.ts';

/** Bodies beyond this pass one at a time. */
const LARGE_BYTES = 1024 * 1024;

/**
 * Lets large bodies pass one after another, first come, first served. On Android a body crosses a bridge as
 * base64 within a heap of 256 MiB, and one of some 40 MB has crashed the app.
 */
export class BodyGate {
  readonly #oneLarge: boolean;
  #last: Promise<unknown> = Promise.resolve();

  constructor(options: { readonly oneLarge: boolean }) {
    this.#oneLarge = options.oneLarge;
  }

  /** Runs `work` when it may; the next one's turn comes when `work` is settled. */
  through<T>(request: WireRequest, work: () => Promise<T>): Promise<T> {
    if (!this.#oneLarge || !isLarge(request)) return work();
    const result = this.#last.then(work);
    this.#last = result.catch(() => undefined);
    return result;
  }
}

/** Listings of Azure and all descriptions of Google's JSON API, whose queries stand in the path. */
const TEXTS = /[?&](?:comp=list|fields=)/u;

/** Of an object that is asked for as a whole nobody knows the size yet. */
function isLarge(request: WireRequest): boolean {
  const { method, body, query, path } = request;
  const up = typeof body === 'string' || body instanceof Uint8Array ? body.length : 0;
  if (method !== 'GET' || query?.['list-type'] !== undefined || TEXTS.test(path)) return up > LARGE_BYTES;
  return (rangeBytes(request) ?? Infinity) > LARGE_BYTES;
}
