import fc from 'fast-check';

import type { ContentLocation, Entry, FileEntry, Tombstone } from '../../../src/core/model/entry.ts';
import type { CommitRecord, Head } from '../../../src/core/model/head.ts';
import type { CommitId, ContentHash, DeviceId } from '../../../src/core/model/ids.ts';
import type { VaultPath } from '../../../src/core/model/vault-path.ts';
import { blobKey, deltaKey, packKey } from '../../../src/core/format/keys.ts';
import { EMPTY_HASH } from '../../../src/core/model/ids.ts';
import { parseVaultPath } from '../../../src/core/model/vault-path.ts';

export function vaultPath(raw: string): VaultPath {
  const path = parseVaultPath(raw);
  if (path === undefined) throw new TypeError(`No path: ${raw}`);
  return path;
}

/** A hash of 64 digits that ends in `n`, hexadecimal; an id likewise. */
export const hashOf = (n: number): ContentHash => n.toString(16).padStart(64, '0') as ContentHash;
export const commitOf = (n: number): CommitId => n.toString(16).padStart(16, '0') as CommitId;
export const deviceOf = (n: number): DeviceId => n.toString(16).padStart(16, '0') as DeviceId;
export const digitsOf = (n: number): string => n.toString(16).padStart(32, '0');

export function fileEntry(path: string, fields: Partial<FileEntry> = {}): FileEntry {
  return {
    path: vaultPath(path),
    hash: hashOf(1),
    sizeBytes: 12,
    mtimeMs: 1_700_000_000_000,
    generation: 1,
    device: deviceOf(1),
    prev: [],
    at: { pack: packKey(digitsOf(1)), offset: 0, length: 12 },
    ...fields,
  };
}

/** The entry, its contents nowhere. */
export function placeless(entry: FileEntry): FileEntry {
  return Object.fromEntries(Object.entries(entry).filter(([key]) => key !== 'at')) as unknown as FileEntry;
}

export function tombstone(path: string, fields: Partial<Tombstone> = {}): Tombstone {
  return {
    path: vaultPath(path),
    deleted: true,
    hash: hashOf(1),
    sizeBytes: 12,
    generation: 2,
    device: deviceOf(1),
    timeMs: 1_700_000_000_000,
    ...fields,
  };
}

/** The record of commit number `generation`. */
export function recordOf(generation: number, entries: readonly Entry[]): CommitRecord {
  return {
    commit: commitOf(generation),
    generation,
    device: deviceOf(1),
    deviceName: 'Laptop',
    timeMs: 1_700_000_000_000 + generation * 60_000,
    entries,
  };
}

/** A head of commit number `generation`, with a log of all up to it as far as one reaches. */
export function headOf(generation: number, fields: Partial<Head> = {}): Head {
  const oldest = Math.max(1, generation - 255);
  return {
    format: 1,
    minClient: 1,
    vaultId: 'vault',
    lineage: 'lineage',
    generation,
    commit: commitOf(generation),
    log: Array.from({ length: generation - oldest + 1 }, (_, index) => commitOf(oldest + index)),
    shards: [],
    deltas: [],
    spilled: 0,
    delta: [],
    ...fields,
  };
}

/** Stamp of commit number `generation`. */
export function stampOf(generation: number): Omit<CommitRecord, 'entries'> {
  const { commit, device, deviceName, timeMs } = recordOf(generation, []);
  return { commit, generation, device, deviceName, timeMs };
}

export function utf8(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text);
}

export function textOf(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}

const hexDigits = (length: number): fc.Arbitrary<string> =>
  fc.string({ unit: fc.nat(15).map((digit) => digit.toString(16)), minLength: length, maxLength: length });

export const hashes = hexDigits(64) as fc.Arbitrary<ContentHash>;
export const commitIds = hexDigits(16) as fc.Arbitrary<CommitId>;
const devices = hexDigits(16) as fc.Arbitrary<DeviceId>;

export const paths: fc.Arbitrary<VaultPath> = fc
  .array(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 8 }), { minLength: 1, maxLength: 4 })
  .map((segments) => parseVaultPath(segments.join('/')))
  .filter((path) => path !== undefined && !path.endsWith('/')) as fc.Arbitrary<VaultPath>;

const places: fc.Arbitrary<ContentLocation> = fc.oneof(
  fc.record(
    {
      pack: hexDigits(32).map(packKey),
      offset: fc.nat(4_000_000),
      length: fc.integer({ min: 1, max: 300_000 }),
      encoding: fc.constant('deflate' as const),
    },
    { requiredKeys: ['pack', 'offset', 'length'] },
  ),
  fc.tuple(hashes, hexDigits(32)).map(([hash, random]) => ({ blob: blobKey(hash, random) })),
);

const counts = fc.nat(1_000_000);
const times = fc.maxSafeNat();
const projections = fc.record({ etag: fc.string({ maxLength: 40 }), hash: hashes });

export const fileEntries: fc.Arbitrary<FileEntry> = fc.record(
  {
    path: paths,
    hash: hashes,
    sizeBytes: counts,
    mtimeMs: times,
    generation: counts,
    device: devices,
    prev: fc.array(hexDigits(16), { maxLength: 4 }),
    at: places,
    projected: projections,
    from: paths,
  },
  { requiredKeys: ['path', 'hash', 'sizeBytes', 'mtimeMs', 'generation', 'device', 'prev', 'at'] },
);

export const folderEntries: fc.Arbitrary<FileEntry> = paths.map((path) => {
  return placeless(fileEntry(`${path}/`, { hash: EMPTY_HASH, sizeBytes: 0 }));
});

export const tombstones: fc.Arbitrary<Tombstone> = fc.record(
  {
    path: paths,
    deleted: fc.constant(true as const),
    hash: hashes,
    sizeBytes: counts,
    timeMs: times,
    generation: counts,
    device: devices,
    at: places,
    projected: projections,
    to: paths,
  },
  { requiredKeys: ['path', 'deleted', 'hash', 'sizeBytes', 'timeMs', 'generation', 'device'] },
);

export const entries: fc.Arbitrary<Entry> = fc.oneof(fileEntries, folderEntries, tombstones);

/** Records of ascending generations, the first above `after`. */
export const records = (after: number): fc.Arbitrary<readonly CommitRecord[]> =>
  fc
    .array(
      fc.record({
        commit: commitIds,
        device: devices,
        deviceName: fc.string({ unit: 'grapheme', maxLength: 20 }),
        timeMs: times,
        entries: fc.array(entries, { maxLength: 4 }),
      }),
      { minLength: 1, maxLength: 5 },
    )
    .map((list) => list.map((record, index) => ({ ...record, generation: after + index + 1 })));

export const heads: fc.Arbitrary<Head> = fc
  .record({
    log: fc.uniqueArray(commitIds, { minLength: 1, maxLength: 30 }),
    shards: fc.nat(4).chain((power) => fc.array(hashes, { minLength: 2 ** power, maxLength: 2 ** power })),
    hasShards: fc.boolean(),
    delta: records(100),
    deltas: fc.array(hexDigits(32).map(deltaKey), { maxLength: 8 }),
    spilled: counts,
    extras: fc.record(
      {
        parent: fc.record({ lineage: hexDigits(32), commit: commitIds }),
        succeededBy: hexDigits(32),
        root: commitIds,
        condemned: fc.record({
          atMs: times,
          keys: fc.array(hexDigits(32).map(packKey), { maxLength: 200 }),
        }),
      },
      { requiredKeys: [] },
    ),
  })
  .map(({ log, shards, hasShards, delta, deltas, spilled, extras }) =>
    headOf(200, {
      log,
      commit: log.at(-1) ?? commitOf(1),
      delta,
      deltas,
      spilled: deltas.length === 0 ? 0 : spilled,
      ...(hasShards && { shards, shardsAt: stampOf(100) }),
      ...extras,
    }),
  );

/** What an attacker or a broken disk may leave: the bytes with some of them cut, changed, doubled or put in. */
export function mutated(bytes: Uint8Array): fc.Arbitrary<Uint8Array<ArrayBuffer>> {
  const place = fc.nat(bytes.length);
  const replacement = fc.oneof(
    fc.uint8Array({ maxLength: 6 }),
    fc
      .constantFrom('"__proto__":', 'null', '-1', '1e999', '[]', '{}', '\n', '"', '[[[[', '0.5', '{"a":')
      .map(utf8),
  );
  return fc.tuple(place, place, replacement).map(([from, to, middle]) => {
    const [start, end] = [Math.min(from, to), Math.min(Math.max(from, to), Math.min(from, to) + 40)];
    return Uint8Array.from([...bytes.subarray(0, start), ...middle, ...bytes.subarray(end)]);
  });
}
