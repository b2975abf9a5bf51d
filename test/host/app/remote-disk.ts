import { native } from './net/native.ts';
import { DiskError, type Disk, type DiskErrorCode, type DiskStat, type DiskTimes } from './vault/disk.ts';

/** One call of the disk, as it goes over the wire; contents go beside it. */
export type DiskCall =
  | { readonly op: 'stat' | 'list' | 'mkdir' | 'remove' | 'trash'; readonly path: string }
  | { readonly op: 'tree' }
  | { readonly op: 'read'; readonly path: string; readonly offset?: number; readonly length?: number }
  | {
      readonly op: 'write' | 'append';
      readonly path: string;
      readonly times: DiskTimes;
      readonly bytes: number;
    }
  | { readonly op: 'rename'; readonly path: string; readonly to: string }
  | { readonly op: 'rmdir'; readonly path: string; readonly recursive: boolean };

export type DiskAnswer =
  | { readonly value: unknown }
  /** So many bytes of contents follow. */
  | { readonly bytes: number }
  | { readonly error: { readonly code: DiskErrorCode; readonly operation: string; readonly path: string } };

interface Waiting {
  readonly call: DiskCall;
  readonly contents: Uint8Array | undefined;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * The device's disk, which the Node process keeps: it outlives the page, and others can write to it.
 * Calls that were made while one request was on its way go with the next, in their order:
 *
 *   request, answer = length of JSON (4 bytes, little endian), JSON list, contents one after the other
 */
export class RemoteDisk implements Disk {
  readonly #url: string;
  #queue: Waiting[] = [];
  #busy = false;

  constructor(url: string) {
    this.#url = url;
  }

  stat(path: string): Promise<DiskStat | undefined> {
    return this.#ask<DiskStat | null>({ op: 'stat', path }).then((stat) => stat ?? undefined);
  }

  list(path: string): Promise<readonly DiskStat[]> {
    return this.#ask({ op: 'list', path });
  }

  tree(): Promise<readonly DiskStat[]> {
    return this.#ask({ op: 'tree' });
  }

  read(path: string, range?: { readonly offset: number; readonly length: number }): Promise<Uint8Array> {
    return this.#ask({ op: 'read', path, ...range });
  }

  write(path: string, contents: Uint8Array, times: DiskTimes = {}): Promise<void> {
    return this.#ask({ op: 'write', path, times, bytes: contents.length }, contents);
  }

  append(path: string, contents: Uint8Array, times: DiskTimes = {}): Promise<void> {
    return this.#ask({ op: 'append', path, times, bytes: contents.length }, contents);
  }

  rename(path: string, to: string): Promise<void> {
    return this.#ask({ op: 'rename', path, to });
  }

  remove(path: string): Promise<void> {
    return this.#ask({ op: 'remove', path });
  }

  rmdir(path: string, recursive: boolean): Promise<void> {
    return this.#ask({ op: 'rmdir', path, recursive });
  }

  mkdir(path: string): Promise<void> {
    return this.#ask({ op: 'mkdir', path });
  }

  trash(path: string): Promise<boolean> {
    return this.#ask({ op: 'trash', path });
  }

  /** Of what others do; the page knows what it does itself. */
  watch(listener: (path: string) => void): () => void {
    const source = new EventSource(`${this.#url}/changes`);
    source.addEventListener('message', (event) => {
      for (const path of JSON.parse(String(event.data)) as string[]) listener(path);
    });
    return () => source.close();
  }

  #ask<T>(call: DiskCall, contents?: Uint8Array): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      // The caller may use its bytes for something else before they are sent.
      this.#queue.push({
        call,
        contents: contents?.slice(),
        resolve: resolve as (value: unknown) => void,
        reject,
      });
      if (!this.#busy) void this.#pump();
    });
  }

  async #pump(): Promise<void> {
    this.#busy = true;
    // Whoever asks in the same turn goes along.
    await Promise.resolve();
    while (this.#queue.length > 0) {
      const batch = this.#queue.splice(0);
      try {
        const response = await native.fetch(this.#url, { method: 'POST', body: packed(batch) });
        if (!response.ok) throw new Error(`the host's disk answered ${response.status}`);
        settle(batch, await response.arrayBuffer());
      } catch (error) {
        for (const { reject } of batch) reject(error);
      }
    }
    this.#busy = false;
  }
}

function packed(batch: readonly Waiting[]): Blob {
  const json = new TextEncoder().encode(JSON.stringify(batch.map(({ call }) => call)));
  const length = new Uint8Array(4);
  new DataView(length.buffer).setUint32(0, json.length, true);
  const contents = batch.flatMap(({ contents }) =>
    contents === undefined ? [] : [contents as Uint8Array<ArrayBuffer>],
  );
  return new Blob([length, json, ...contents]);
}

function settle(batch: readonly Waiting[], buffer: ArrayBuffer): void {
  const jsonLength = new DataView(buffer).getUint32(0, true);
  const answers = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 4, jsonLength))) as DiskAnswer[];
  let offset = 4 + jsonLength;
  for (const [index, { resolve, reject }] of batch.entries()) {
    const answer = answers[index];
    if (answer === undefined) reject(new Error('the disk did not answer'));
    else if ('error' in answer)
      reject(new DiskError(answer.error.code, answer.error.operation, answer.error.path));
    else if ('bytes' in answer) {
      resolve(new Uint8Array(buffer, offset, answer.bytes));
      offset += answer.bytes;
    } else resolve(answer.value);
  }
}
