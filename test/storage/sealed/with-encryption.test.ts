import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { blobKey, deltaKey, headKey, packKey, rootKey, shardKey } from '../../../src/core/format/keys.ts';
import type { CommitId, ContentHash, ObjectKey } from '../../../src/core/model/ids.ts';
import { MemoryStore } from '../../../src/storage/memory/memory-store.ts';
import type { ObjectStore } from '../../../src/storage/object-store.ts';
import { PART_BYTES, plainBytes, sealedBytes } from '../../../src/storage/sealed/parts.ts';
import { VaultKey } from '../../../src/storage/sealed/vault-key.ts';
import { withEncryption } from '../../../src/storage/sealed/with-encryption.ts';
import { isStoreError, type StoreError } from '../../../src/storage/store-error.ts';
import { compression } from '../../engine/two-devices.ts';
import { installPackage } from '../../support/apt.mts';
import { FakeClock } from '../../support/fake-clock.ts';

const HASH = 'ab'.repeat(32) as ContentHash;
const PACK = packKey('0123456789abcdef');
const OTHER_PACK = packKey('fedcba9876543210');
const BLOB = blobKey(HASH, '0123456789abcdef');
const SEALED_PART = sealedBytes(PART_BYTES);

let raw: MemoryStore;
let vaultKey: VaultKey;
let store: ObjectStore;

beforeEach(async () => {
  raw = new MemoryStore({ clock: new FakeClock({ auto: true }) });
  vaultKey = await VaultKey.create();
  store = sealedBy(vaultKey);
});

function sealedBy(key: VaultKey): ObjectStore {
  return withEncryption(raw, { key: () => Promise.resolve(key), gzip: compression });
}

function bytes(length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, index) => (index * 31 + (index >> 8)) & 255);
}

/** Quicker than `toEqual` for megabytes. */
function isSame(one: Uint8Array, other: Uint8Array): boolean {
  return Buffer.compare(one, other) === 0;
}

async function body(key: ObjectKey, range?: { offset: number; length: number }): Promise<Uint8Array> {
  const result = await store.get(key, range === undefined ? {} : { range });
  if (result.kind === 'unchanged') throw new Error('no body');
  return result.body;
}

async function refusal(call: Promise<unknown>): Promise<StoreError> {
  const error: unknown = await call.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!isStoreError(error)) throw new Error(`not refused: ${String(error)}`);
  return error;
}

/** Where the object lies in the bucket. */
async function placeOf(key: ObjectKey): Promise<ObjectKey> {
  const { etag } = await store.head(key);
  for (const [place, object] of raw.objects) if (object.etag === etag) return place as ObjectKey;
  throw new Error(`${key} lies nowhere`);
}

function rawBytes(place: ObjectKey): Uint8Array {
  const found = raw.peek(place);
  if (found === undefined) throw new Error(`${place} is not there`);
  return found.body;
}

describe('a sealed store', () => {
  it('[EN3] gives back any range of what was put, whatever the size', async () => {
    const sizes = [
      0,
      1,
      65_536,
      65_537,
      PART_BYTES - 1,
      PART_BYTES,
      PART_BYTES + 1,
      2 * PART_BYTES,
      2_300_000,
    ];
    for (const size of sizes) {
      const plain = bytes(size);
      await store.put(BLOB, plain);
      expect(isSame(await body(BLOB), plain)).toBe(true);
      expect((await store.head(BLOB)).sizeBytes).toBe(size);
      for (const offset of [0, 1, PART_BYTES - 1, PART_BYTES, size - 1].filter(
        (one) => one >= 0 && one < size,
      ))
        for (const length of [1, 70_000, 3 * PART_BYTES])
          expect(isSame(await body(BLOB, { offset, length }), plain.subarray(offset, offset + length))).toBe(
            true,
          );
    }
  });

  it('[EN3] a source read in pieces of any size is sealed as the same contents', async () => {
    const plain = bytes(3 * PART_BYTES + 17);
    const pieces: number[] = [];
    await store.put(BLOB, {
      sizeBytes: plain.length,
      read: (offset, length) => {
        pieces.push(length);
        return Promise.resolve(plain.subarray(offset, offset + length));
      },
    });
    expect(isSame(await body(BLOB), plain)).toBe(true);
    expect(Math.max(...pieces)).toBe(PART_BYTES);
  });

  it('[EN3] the size of a sealed object tells the size of its contents, and no other size is one', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 9 * PART_BYTES }),
        (size) => plainBytes(sealedBytes(size)) === size,
      ),
    );
    for (const size of [0, 1, 289, SEALED_PART, SEALED_PART + 5, SEALED_PART + 274])
      expect(plainBytes(size) === undefined || sealedBytes(plainBytes(size) ?? 0) === size).toBe(true);
    expect(plainBytes(SEALED_PART + 5)).toBeUndefined();
  });

  it('[EN4] lists names and sizes as they are without sealing, and none that another key sealed', async () => {
    const keys = [
      PACK,
      BLOB,
      deltaKey('ab'.repeat(16)),
      shardKey(HASH),
      rootKey('0123456789abcdef' as CommitId),
    ];
    for (const [index, key] of keys.entries()) await store.put(key, bytes(index + 1));
    await sealedBy(await VaultKey.create()).put(OTHER_PACK, bytes(9));
    const listed: [string, number][] = [];
    for await (const page of store.list('.twincloud/', { limit: 2 })) {
      expect(page.objects.length).toBeLessThanOrEqual(2);
      for (const { key, sizeBytes } of page.objects) listed.push([key, sizeBytes]);
    }
    expect(listed).toEqual(
      keys.map((key, index) => [key, index + 1] as const).sort(([a], [b]) => (a < b ? -1 : 1)),
    );
  });

  it('[EN5] refuses to keep or to read a readable copy', async () => {
    const plain = 'Notes/diary.md' as ObjectKey;
    expect((await refusal(store.put(plain, bytes(3)))).kind).toBe('unsupported');
    expect((await refusal(store.get(plain))).kind).toBe('unsupported');
    expect(raw.objects.size).toBe(0);
  });
});

describe('who writes to the bucket without the key', () => {
  async function swapped(from: ObjectKey, to: ObjectKey): Promise<StoreError> {
    await raw.put(await placeOf(to), rawBytes(await placeOf(from)));
    return refusal(store.get(to));
  }

  it('[EN6] cannot put one object in the place of another', async () => {
    await store.put(PACK, bytes(10));
    await store.put(OTHER_PACK, bytes(10));
    expect(await swapped(OTHER_PACK, PACK)).toMatchObject({
      kind: 'corrupt',
      details: { reason: 'broken-seal' },
    });
  });

  it('[EN6] cannot put a kept head in the place of the head', async () => {
    const root = rootKey('0123456789abcdef' as CommitId);
    await store.put(root, bytes(10));
    await store.put(headKey, bytes(10));
    const { armor } = await import('../../../src/storage/sealed/age.ts');
    const envelope = { format: 2, minClient: 2, sealed: armor.encode(rawBytes(await placeOf(root))) };
    const forged = await compression.gzip(new TextEncoder().encode(`${JSON.stringify(envelope)}\n`));
    await raw.put(headKey, forged);
    expect((await refusal(store.get(headKey))).details.reason).toBe('broken-seal');
  });

  it('[EN6] cannot cut parts off, swap or repeat them', async () => {
    await store.put(BLOB, bytes(2 * PART_BYTES + 5));
    const place = await placeOf(BLOB);
    const whole = rawBytes(place);
    const [one, two, rest] = [
      whole.subarray(0, SEALED_PART),
      whole.subarray(SEALED_PART, 2 * SEALED_PART),
      whole.subarray(2 * SEALED_PART),
    ];
    for (const forged of [[one, two], [two, one, rest], [one, one, rest], [one], [one, two, two], [rest]]) {
      await raw.put(place, Buffer.concat(forged));
      expect((await refusal(store.get(BLOB))).details.reason).toBe('broken-seal');
    }
  });

  it('[EN6] cannot change a byte, wherever', async () => {
    await store.put(PACK, bytes(300));
    const place = await placeOf(PACK);
    const sealed = rawBytes(place).slice();
    for (let at = 0; at < sealed.length; at += 9) {
      const forged = sealed.slice();
      forged[at] = (forged[at] ?? 0) ^ 1;
      await raw.put(place, forged);
      expect((await refusal(store.get(PACK))).kind, `byte ${String(at)}`).toBe('corrupt');
    }
  });

  it('[EN6] cannot seal anything, though they might know the recipient', async () => {
    await store.put(PACK, bytes(3));
    const { Encrypter, identityToRecipient } = await import('../../../src/storage/sealed/age.ts');
    const encrypter = new Encrypter();
    encrypter.addRecipient(await identityToRecipient(vaultKey.identity));
    await raw.put(await placeOf(PACK), await encrypter.encrypt(bytes(3)));
    expect((await refusal(store.get(PACK))).details.reason).toBe('broken-seal');
  });

  it('[EN7] cannot make a device send notes unencrypted by putting a plain head there', async () => {
    const plain = await compression.gzip(new TextEncoder().encode('{"format":1,"minClient":1}\n'));
    await raw.put(headKey, plain);
    expect(await refusal(store.get(headKey))).toMatchObject({
      kind: 'denied',
      details: { reason: 'not-sealed' },
    });
  });
});

describe('the standard tool', () => {
  beforeAll(() => installPackage('age'), 600_000);

  it('[EN8] opens a blob, part by part, with the recovery key', async () => {
    const plain = bytes(PART_BYTES + 1000);
    await store.put(BLOB, plain);
    const folder = await mkdtemp(join(tmpdir(), 'twincloud-age-'));
    try {
      await writeFile(join(folder, 'key.txt'), `${vaultKey.identity}\n`);
      await writeFile(join(folder, 'blob'), rawBytes(await placeOf(BLOB)));
      const command = `split -b ${String(SEALED_PART)} --filter='age -d -i key.txt' blob`;
      const { stdout, stderr, status } = spawnSync('sh', ['-c', command], {
        cwd: folder,
        maxBuffer: 1 << 26,
      });
      expect({ status, stderr: stderr.toString() }).toEqual({ status: 0, stderr: '' });
      expect(isSame(stdout, plain)).toBe(true);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});
