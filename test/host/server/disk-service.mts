import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { wsServer, type ServerSocket } from 'playwright-core/lib/utilsBundle';
import { framed, unframed } from '../app/net/frame.ts';
import type { DiskAnswer, DiskCall } from '../app/remote-disk.ts';
import { DiskError } from '../app/vault/disk.ts';
import type { MemoryDisk } from '../app/vault/memory-disk.ts';

/** Gives a page its disk; see `app/remote-disk.ts` for the wire. Tells it of changes that it did not make. */
export class DiskService {
  readonly #disk: MemoryDisk;
  readonly #pages = new Set<ServerSocket>();
  readonly #upgrades = new wsServer({ noServer: true, maxPayload: 1024 ** 3 });
  readonly #stopWatching: () => void;
  #byPage = false;
  #untold: string[] = [];

  constructor(disk: MemoryDisk) {
    this.#disk = disk;
    this.#stopWatching = disk.watch((path) => {
      if (this.#byPage) return;
      if (this.#untold.length === 0) setImmediate(() => this.#tell());
      this.#untold.push(path);
    });
  }

  /** Takes a page in. */
  accept(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    this.#upgrades.handleUpgrade(request, socket, head, (page) => {
      this.#pages.add(page);
      page.on('close', () => this.#pages.delete(page));
      let last = Promise.resolve();
      page.on('message', (message) => {
        last = last.then(async () => {
          page.send(await this.#answer(message));
        });
        last.catch(() => {
          page.terminate();
        });
      });
    });
  }

  close(): void {
    this.#stopWatching();
    for (const page of this.#pages) page.terminate();
  }

  async #answer(body: Buffer): Promise<Uint8Array> {
    const { value, bytes } = unframed(body);
    let offset = 0;
    const answers: DiskAnswer[] = [];
    const contents: Uint8Array[] = [];
    for (const call of value as readonly DiskCall[]) {
      const size = 'bytes' in call ? call.bytes : 0;
      const [answer, found] = await this.#try(call, new Uint8Array(bytes.subarray(offset, offset + size)));
      offset += size;
      answers.push(answer);
      if (found !== undefined) contents.push(found);
    }
    return framed(answers, contents);
  }

  #tell(): void {
    const paths = [...new Set(this.#untold)];
    this.#untold = [];
    for (const page of this.#pages) page.send(JSON.stringify(paths));
  }

  async #try(call: DiskCall, contents: Uint8Array): Promise<[DiskAnswer, Uint8Array | undefined]> {
    try {
      // A disk in memory has done its work when the call returns: what it tells until then is the page's.
      this.#byPage = true;
      const running = this.#run(call, contents);
      this.#byPage = false;
      const value = await running;
      if (value instanceof Uint8Array) return [{ bytes: value.length }, value];
      return [{ value: value ?? null }, undefined];
    } catch (error) {
      if (!(error instanceof DiskError)) throw error;
      const [, operation = ''] = /, (\w+) '/u.exec(error.message) ?? [];
      return [{ error: { code: error.code, operation, path: 'path' in call ? call.path : '' } }, undefined];
    } finally {
      this.#byPage = false;
    }
  }

  #run(call: DiskCall, contents: Uint8Array): Promise<unknown> {
    const disk = this.#disk;
    switch (call.op) {
      case 'stat':
      case 'list':
      case 'mkdir':
      case 'remove':
      case 'trash':
        return disk[call.op](call.path);
      case 'tree':
        return disk.tree();
      case 'read': {
        const { offset, length } = call;
        return disk.read(
          call.path,
          offset === undefined || length === undefined ? undefined : { offset, length },
        );
      }
      case 'write':
      case 'append':
        return disk[call.op](call.path, contents, call.times);
      case 'rename':
        return disk.rename(call.path, call.to);
      case 'rmdir':
        return disk.rmdir(call.path, call.recursive);
    }
  }
}
