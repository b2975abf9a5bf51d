import { framed, unframed } from './net/frame.ts';
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
 * Calls of one turn go as one message; each is answered by one, in their order:
 *
 *   call, answer = a frame of a list, with the contents behind it
 *   a text       = list of paths that others changed
 */
export class RemoteDisk implements Disk {
  readonly #socket: Promise<WebSocket>;
  readonly #listeners = new Set<(path: string) => void>();
  readonly #sent: Waiting[][] = [];
  #queue: Waiting[] = [];

  constructor(url: string) {
    const socket = new native.WebSocket(url);
    socket.binaryType = 'arraybuffer';
    socket.addEventListener('message', (event: MessageEvent<string | ArrayBuffer>) => {
      this.#receive(event.data);
    });
    const gone = new Error('the host has gone');
    this.#socket = new Promise((resolve, reject) => {
      socket.addEventListener('open', () => {
        resolve(socket);
      });
      socket.addEventListener('close', () => {
        reject(gone);
        for (const { reject: fail } of this.#sent.splice(0).flat()) fail(gone);
      });
    });
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
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #ask<T>(call: DiskCall, contents?: Uint8Array): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      if (this.#queue.length === 0) queueMicrotask(() => void this.#send());
      // The caller may use its bytes for something else before they are sent.
      this.#queue.push({
        call,
        contents: contents?.slice(),
        resolve: resolve as (value: unknown) => void,
        reject,
      });
    });
  }

  async #send(): Promise<void> {
    const batch = this.#queue;
    this.#queue = [];
    try {
      const socket = await this.#socket;
      this.#sent.push(batch);
      socket.send(packed(batch));
    } catch (error) {
      for (const { reject } of batch) reject(error);
    }
  }

  #receive(data: string | ArrayBuffer): void {
    if (typeof data === 'string') {
      for (const path of JSON.parse(data) as string[]) for (const listener of this.#listeners) listener(path);
      return;
    }
    settle(this.#sent.shift() ?? [], data);
  }
}

function packed(batch: readonly Waiting[]): Uint8Array<ArrayBuffer> {
  const contents = batch.flatMap((waiting) => (waiting.contents === undefined ? [] : [waiting.contents]));
  return framed(
    batch.map(({ call }) => call),
    contents,
  );
}

function settle(batch: readonly Waiting[], buffer: ArrayBuffer): void {
  const { value, bytes } = unframed(new Uint8Array(buffer));
  const answers = value as readonly DiskAnswer[];
  let offset = 0;
  for (const [index, { resolve, reject }] of batch.entries()) {
    const answer = answers[index];
    if (answer === undefined) reject(new Error('the disk did not answer'));
    else if ('error' in answer)
      reject(new DiskError(answer.error.code, answer.error.operation, answer.error.path));
    else if ('bytes' in answer) {
      resolve(bytes.subarray(offset, offset + answer.bytes));
      offset += answer.bytes;
    } else resolve(answer.value);
  }
}
