import type { WireRequest } from './wire.ts';

const MIB = 1024 * 1024;
/** A body beyond this has the gate to itself. */
const LARGE_BYTES = MIB;

/**
 * Bounds the bodies that are in memory at once, first come, first served. On Android a body crosses a
 * bridge as base64 within a heap of 256 MiB, and some 40 MB have crashed the app.
 */
export class BodyGate {
  readonly #budgetBytes: number;
  readonly #waiting: { readonly costBytes: number; readonly enter: () => void }[] = [];
  #takenBytes = 0;

  constructor(budgetBytes = Number.POSITIVE_INFINITY) {
    this.#budgetBytes = budgetBytes;
  }

  /** Runs `work` when there is room for its bodies; the room is free again when `work` is settled. */
  async through<T>(request: WireRequest, work: () => Promise<T>): Promise<T> {
    if (this.#budgetBytes === Number.POSITIVE_INFINITY) return work();
    const bytes = bodyBytes(request);
    const costBytes = bytes > LARGE_BYTES ? this.#budgetBytes : Math.min(bytes, this.#budgetBytes);
    await this.#enter(costBytes);
    try {
      return await work();
    } finally {
      this.#takenBytes -= costBytes;
      this.#admit();
    }
  }

  async #enter(costBytes: number): Promise<void> {
    await new Promise<void>((enter) => {
      this.#waiting.push({ costBytes, enter });
      this.#admit();
    });
  }

  #admit(): void {
    for (let next = this.#waiting[0]; next !== undefined; next = this.#waiting[0]) {
      if (this.#takenBytes + next.costBytes > this.#budgetBytes) return;
      this.#waiting.shift();
      this.#takenBytes += next.costBytes;
      next.enter();
    }
  }
}

/** What goes up, and what is asked for where that is known. */
function bodyBytes({ method, headers, body, query }: WireRequest): number {
  const up = typeof body === 'string' ? body.length : body instanceof Uint8Array ? body.length : 0;
  if (method !== 'GET' || query?.['list-type'] !== undefined) return up;
  const range = /^bytes=(?<first>\d+)-(?<last>\d+)$/u.exec(
    headers['range'] ?? headers['Range'] ?? '',
  )?.groups;
  if (range === undefined) return LARGE_BYTES;
  return Number(range['last']) - Number(range['first']) + 1;
}
