/** One piece of work at a time, in the order asked for. */
export class Turns {
  #last: Promise<unknown> = Promise.resolve();
  #closed = false;

  /** Rejects at once after `close`. */
  run<T>(work: () => Promise<T>): Promise<T> {
    if (this.#closed) return Promise.reject(new Error('Twincloud is not running any more.'));
    const result = this.#last.then(work);
    this.#last = result.catch(() => undefined);
    return result;
  }

  /** Resolves when the last of them has ended; no more begin. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#last;
  }
}
