import type { App } from 'obsidian';
import { beforeEach, describe, expect, it } from 'vitest';
import type { ContentHash } from '../../../../src/core/model/ids.ts';
import { ObsidianVault } from '../../../../src/plugin/adapters/vault/obsidian-vault.ts';
import { webHashing } from '../../../../src/plugin/platform/hashing.ts';
import { openStream } from '../../../../src/plugin/platform/open-stream.ts';
import { webRandom } from '../../../../src/plugin/platform/random.ts';
import { MTIME, path } from '../../../contract/vault/subject.ts';
import { FileManager, Vault as AppVault } from '../../../host/app/obsidian.ts';
import { MemoryDisk } from '../../../host/app/vault/memory-disk.ts';
import { FakeClock } from '../../../support/fake-clock.ts';

const MIB = 1024 * 1024;
const PIECE = 4 * MIB;

const bytesOf = (sizeBytes: number, seed: number): Uint8Array<ArrayBuffer> =>
  Uint8Array.from({ length: sizeBytes }, (_, n) => (n * seed + (n >>> 8)) & 255);

async function* chunks(bytes: Uint8Array, sizeBytes: number): AsyncGenerator<Uint8Array> {
  for (let offset = 0; offset < bytes.length; offset += sizeBytes) {
    await Promise.resolve();
    yield bytes.subarray(offset, offset + sizeBytes);
  }
}

describe('files that are larger than a piece', () => {
  let disk: MemoryDisk;
  let appVault: AppVault;
  let requests: string[];
  let largestWrite: number;

  beforeEach(async () => {
    disk = new MemoryDisk({ now: Date.now });
    appVault = new AppVault({ disk, name: 'notes' });
    await appVault.load();
    requests = [];
    largestWrite = 0;
    const { adapter } = appVault;
    for (const name of ['writeBinary', 'appendBinary'] as const) {
      const real = adapter[name].bind(adapter);
      adapter[name] = (at, data, options) => {
        largestWrite = Math.max(largestWrite, data.byteLength);
        return real(at, data, options);
      };
    }
  });

  /** A page that loads files by the app's addresses; `range`: whether it keeps ranges. */
  function openVault(range: 'kept' | 'ignored' | 'no page'): ObsidianVault {
    const load = async (url: string, init: RequestInit): Promise<Response> => {
      const header = new Headers(init.headers).get('range');
      requests.push(header ?? 'whole');
      const at = decodeURIComponent(new URL(url).pathname.slice(1));
      const bytes = (await disk.read(at)) as Uint8Array<ArrayBuffer>;
      if (range === 'no page') throw new TypeError('Failed to fetch');
      if (header === null || range === 'ignored') return new Response(bytes);
      return new Response(bytes.subarray(Number(/\d+/u.exec(header)?.[0])), { status: 206 });
    };
    return new ObsidianVault({
      app: {
        vault: appVault,
        fileManager: new FileManager(appVault),
        workspace: { iterateAllLeaves: () => undefined },
      } as unknown as App,
      hashing: webHashing,
      random: webRandom,
      clock: new FakeClock({ auto: true }),
      openStream: (url, offset) => openStream(load, url, offset),
      dotFolders: false,
    });
  }

  it.each(['kept', 'ignored', 'no page'] as const)(
    '[PV9] are read piece by piece, in any order, where ranges are: %s',
    async (range) => {
      const bytes = bytesOf(10 * MIB + 5, 7);
      await disk.write('big.bin', bytes);
      const vault = openVault(range);
      for (const offset of [0, PIECE, 2 * PIECE, PIECE, 3]) {
        const read = await vault.read(path('big.bin'), { offset, length: PIECE });
        const wanted = bytes.subarray(offset, offset + PIECE);
        expect(Buffer.compare(read.bytes, wanted)).toBe(0);
      }
      if (range !== 'no page') expect(requests).toHaveLength(3);
    },
  );

  it('[PV9] are staged and put in place in pieces, over nothing and over another', async () => {
    const vault = openVault('kept');
    const put = async (bytes: Uint8Array, expected: ContentHash | 'absent'): Promise<ContentHash> => {
      const hash = await webHashing.sha256(bytes);
      const staged = await vault.stage(chunks(bytes, 3 * MIB));
      const result = await vault.install(staged, path('a/big.bin'), { expected, hash, mtimeMs: MTIME });
      expect(result).toEqual({
        kind: 'done',
        file: { path: 'a/big.bin', sizeBytes: bytes.length, mtimeMs: MTIME },
      });
      return hash;
    };
    const first = bytesOf(9 * MIB, 7);
    const hash = await put(first, 'absent');
    const second = bytesOf(5 * MIB, 11);
    await put(second, hash);
    expect(Buffer.compare(await disk.read('a/big.bin'), second)).toBe(0);
    expect(largestWrite).toBe(PIECE);
    expect((await disk.tree()).map((stat) => stat.path)).toEqual(['.twincloud-staging', 'a', 'a/big.bin']);
    expect(appVault.getFileByPath('a/big.bin')?.stat.size).toBe(second.length);
  });

  it('[PV9] stay as they are when the new one cannot be put in their place', async () => {
    const vault = openVault('kept');
    const [old, next] = [bytesOf(5 * MIB, 3), bytesOf(6 * MIB, 5)];
    await disk.write('big.bin', old);
    const staged = await vault.stage(chunks(next, MIB));
    const rename = appVault.adapter.rename.bind(appVault.adapter);
    let renames = 0;
    appVault.adapter.rename = (...args) => {
      renames += 1;
      return renames === 2 ? Promise.reject(new Error('EIO: i/o error')) : rename(...args);
    };
    const options = {
      expected: await webHashing.sha256(old),
      hash: await webHashing.sha256(next),
      mtimeMs: MTIME,
    };
    await expect(vault.install(staged, path('big.bin'), options)).rejects.toMatchObject({
      name: 'VaultError',
    });
    expect(Buffer.compare(await disk.read('big.bin'), old)).toBe(0);
  });
});
