import { gzipSync } from 'node:zlib';
import { encodeDelta } from '../../src/core/format/delta-codec.ts';
import { encodeHead } from '../../src/core/format/head-codec.ts';
import { deltaKey, headKey } from '../../src/core/format/keys.ts';
import type { Tombstone } from '../../src/core/model/entry.ts';
import type { CommitRecord } from '../../src/core/model/head.ts';
import type { CommitId, ContentHash, DeviceId, ObjectKey } from '../../src/core/model/ids.ts';
import type { VaultPath } from '../../src/core/model/vault-path.ts';
import type { Prng } from './prng.ts';

const DAY_MS = 86_400_000;

/** Notes that were deleted long ago, and a head so full that the next commits must compact it. */
export interface Age {
  readonly tombstones: number;
  readonly generation: number;
}

/** Some seeds begin where others would end after hundreds of commits. */
export function drawAge(rng: Prng): Age | undefined {
  if (!rng.chance(0.15)) return undefined;
  return rng.pick([
    { tombstones: 250 + rng.below(10), generation: 20 + rng.below(100) },
    { tombstones: 30, generation: 196 + rng.below(6) },
    { tombstones: 700, generation: 40 },
  ]);
}

/** The bucket of a vault whose notes were all deleted `daysAgo`: its objects by key. */
export function agedBucket(rng: Prng, age: Age, nowMs: number): ReadonlyMap<ObjectKey, Uint8Array> {
  const timeMs = nowMs - (100 + rng.below(85)) * DAY_MS;
  const device = rng.hex(16) as DeviceId;
  const log = Array.from({ length: age.generation }, () => rng.hex(16) as CommitId);
  const record = (generation: number, from: number, count: number): CommitRecord => ({
    commit: log[generation - 1] ?? (rng.hex(16) as CommitId),
    generation,
    device,
    deviceName: 'An old one',
    timeMs,
    entries: Array.from({ length: count }, (_, index): Tombstone => ({
      path: `gone/${String(from + index)}.md` as VaultPath,
      deleted: true,
      hash: rng.hex(64) as ContentHash,
      generation,
      device,
      timeMs,
      sizeBytes: 10,
    })),
  });
  const half = age.tombstones >> 1;
  const key = deltaKey(rng.hex(32));
  const last = age.generation;
  const head = {
    format: 1,
    minClient: 1,
    vaultId: 'simulated',
    lineage: rng.hex(16),
    shards: [],
    generation: last,
    commit: log[last - 1] ?? (rng.hex(16) as CommitId),
    log: log.slice(-256),
    deltas: [key],
    spilled: age.tombstones,
    delta: [],
  } as const;
  const delta = [record(last - 1, 0, half), record(last, half, age.tombstones - half)];
  return new Map([
    [key, new Uint8Array(gzipSync(encodeDelta(delta)))],
    [headKey, new Uint8Array(gzipSync(encodeHead(head)))],
  ]);
}
