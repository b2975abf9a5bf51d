export interface LedgerEntry {
  readonly method: string;
  readonly url: string;
  readonly requestBytes: number;
  readonly responseBytes: number;
}

/**
 * What went through `requestUrl`. The app on Android turns a whole body into base64 in a heap of 256 MiB
 * and dies of large ones (remotely-save#265): here a body over the limit throws, where the phone would have died.
 */
export class RequestLedger {
  limitBytes = Infinity;
  largestRequestBytes = 0;
  largestResponseBytes = 0;
  /** Bodies on their way at one time, both directions. */
  largestInFlightBytes = 0;
  largestInFlightCount = 0;
  readonly entries: LedgerEntry[] = [];
  #inFlightBytes = 0;
  #inFlightCount = 0;

  begin(bytes: number, url: string): void {
    this.largestRequestBytes = Math.max(this.largestRequestBytes, bytes);
    this.#check(bytes, url);
    this.#inFlightCount += 1;
    this.largestInFlightCount = Math.max(this.largestInFlightCount, this.#inFlightCount);
    this.#carry(bytes);
  }

  end(entry: LedgerEntry): void {
    this.entries.push(entry);
    this.#inFlightCount -= 1;
    this.largestResponseBytes = Math.max(this.largestResponseBytes, entry.responseBytes);
    this.#carry(entry.responseBytes);
    this.#inFlightBytes -= entry.requestBytes + entry.responseBytes;
    this.#check(entry.responseBytes, entry.url);
  }

  #carry(bytes: number): void {
    this.#inFlightBytes += bytes;
    this.largestInFlightBytes = Math.max(this.largestInFlightBytes, this.#inFlightBytes);
  }

  #check(bytes: number, url: string): void {
    if (bytes > this.limitBytes)
      throw new Error(
        `Out of memory: a body of ${bytes} bytes, over ${this.limitBytes}, would have crashed the phone (${url})`,
      );
  }
}
