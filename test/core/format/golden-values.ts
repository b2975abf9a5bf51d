import type { Entry } from '../../../src/core/model/entry.ts';
import type { CommitRecord, Head } from '../../../src/core/model/head.ts';
import type { PackContent } from '../../../src/core/format/pack-codec.ts';
import { blobKey, deltaKey, packKey, rootKey, shardKey } from '../../../src/core/format/keys.ts';
import { EMPTY_HASH, EXTERNAL_DEVICE } from '../../../src/core/model/ids.ts';
import {
  commitOf,
  deviceOf,
  digitsOf,
  fileEntry,
  hashOf,
  headOf,
  placeless,
  stampOf,
  tombstone,
  utf8,
  vaultPath,
} from './samples.ts';

/** What the files of `test/fixtures/format-1` say; together they use every field of the format. */
export const GOLDEN_ENTRIES: readonly Entry[] = [
  fileEntry('Daily/2026-08-01.md', {
    hash: hashOf(0x11),
    generation: 7,
    prev: [hashOf(0x12).slice(0, 16), 'fedcba9876543210'],
    at: { pack: packKey(digitsOf(0xa1)), offset: 2048, length: 311, encoding: 'deflate' },
    sizeBytes: 640,
    projected: { etag: '9e107d9d372bb6826bd81d3542a419d6', hash: hashOf(0x11) },
  }),
  placeless(fileEntry('Empty.md', { hash: EMPTY_HASH, sizeBytes: 0, mtimeMs: 0 })),
  placeless(fileEntry('Folder/Empty/', { hash: EMPTY_HASH, sizeBytes: 0 })),
  fileEntry('Line\nbreak "quoted" \\ \u2028.md', { device: EXTERNAL_DEVICE, generation: 9 }),
  tombstone('Moved.md', {
    hash: hashOf(0x21),
    at: { pack: packKey(digitsOf(0xa1)), offset: 0, length: 12 },
    projected: { etag: 'older', hash: hashOf(0x22) },
    to: vaultPath('Ünïcode/Moved 😀.md'),
  }),
  tombstone('gone.md', { device: deviceOf(0xd2) }),
  fileEntry('video.mp4', {
    hash: hashOf(0x31),
    sizeBytes: 5_000_000_000,
    at: { blob: blobKey(hashOf(0x31), digitsOf(0xb1)) },
    projected: { etag: 'stale', hash: hashOf(0x32) },
  }),
  fileEntry('Ünïcode/Moved 😀.md', { hash: hashOf(0x21), from: vaultPath('Moved.md') }),
  fileEntry('日本語/メモ.md', { hash: hashOf(0x41), generation: Number.MAX_SAFE_INTEGER }),
];

export const GOLDEN_RECORDS: readonly CommitRecord[] = [
  { ...stampOf(298), entries: GOLDEN_ENTRIES.slice(0, 2) },
  { ...stampOf(299), deviceName: 'Zoë’s phone', entries: [] },
  { ...stampOf(300), device: EXTERNAL_DEVICE, entries: GOLDEN_ENTRIES.slice(4) },
];

export const GOLDEN_HEAD: Head = headOf(300, {
  vaultId: '0123456789abcdef0123456789abcdef',
  lineage: 'fedcba9876543210',
  parent: { lineage: 'parent_lineage-A', commit: commitOf(1) },
  succeededBy: 'next-lineage',
  shards: [hashOf(0x51), hashOf(0x52), hashOf(0x53), hashOf(0x54)],
  shardsAt: stampOf(250),
  deltas: [deltaKey(digitsOf(0xde)), deltaKey(digitsOf(0xdf))],
  spilled: 77,
  delta: GOLDEN_RECORDS,
  root: commitOf(249),
  condemned: {
    atMs: 1_700_000_000_000,
    keys: [
      packKey(digitsOf(1)),
      blobKey(hashOf(2), digitsOf(2)),
      deltaKey(digitsOf(3)),
      shardKey(hashOf(4)),
      rootKey(commitOf(5)),
    ],
  },
});

export const GOLDEN_CONTENTS: readonly PackContent[] = [
  { hash: hashOf(0x61), stored: utf8('# A note\n'), sizeBytes: 9 },
  {
    hash: hashOf(0x62),
    stored: Uint8Array.of(0x4b, 0x4c, 0x84, 0x01, 0x00),
    encoding: 'deflate',
    sizeBytes: 10,
  },
  { hash: hashOf(0x63), stored: Uint8Array.of(0x00, 0xff), sizeBytes: 2 },
];
