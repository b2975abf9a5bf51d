import { decodeDelta } from '../../../src/core/format/delta-codec.ts';
import { decodeHead } from '../../../src/core/format/head-codec.ts';
import { classifyKey, headKey, KEY_PREFIXES, shardKey } from '../../../src/core/format/keys.ts';
import { decodeShard } from '../../../src/core/format/shard-codec.ts';
import { keptRoots } from '../../../src/core/model/collection.ts';
import type { Entry } from '../../../src/core/model/entry.ts';
import type { CommitId } from '../../../src/core/model/ids.ts';
import type { MemorySnapshot, StoredObject } from '../../../src/storage/memory/memory-store.ts';
import { readPart } from '../cloud-view.ts';
import type { InvariantId, Violation } from '../violation.ts';

const DAY_MS = 86_400_000;
const LEAST_AGE_MS = 7 * DAY_MS;

export interface Removal {
  readonly key: string;
  readonly old: StoredObject;
  readonly nowMs: number;
  readonly inPrimary: MemorySnapshot;
  /** When it was last seen to go from the primary, if it was. */
  readonly goneMs: number | undefined;
  /** After it. */
  readonly inBackup: MemorySnapshot;
}

/** RE23 and RE24: why an object should not have been removed from a backup. */
export function surplusIsSurplus(removal: Removal): Violation[] {
  const { key, old, nowMs, inPrimary, goneMs, inBackup } = removal;
  const found: Violation[] = [];
  const wrong = (invariant: InvariantId, message: string): void =>
    void found.push({ invariant, message: `${key}, ${message}, was removed` });
  if (!['pack', 'blob', 'delta', 'shard', 'root'].includes(classifyKey(key)))
    wrong('RE23', 'which is never surplus');
  if (nowMs - old.lastModifiedMs < LEAST_AGE_MS) wrong('RE23', 'which was younger than a week');
  if (inPrimary.has(key)) wrong('RE23', 'which the primary has');
  if (goneMs !== undefined && nowMs - goneMs < DAY_MS) wrong('RE23', 'which the primary had within the day');
  const user = userOf(inBackup, key, nowMs);
  if (user !== undefined) wrong('RE24', `which ${user} needs`);
  return found;
}

/** The head or kept root that refers to the key, read without any code of the engine. */
function userOf(objects: MemorySnapshot, key: string, nowMs: number): string | undefined {
  const times = [...objects].flatMap(([root, { lastModifiedMs: timeMs }]) =>
    classifyKey(root) === 'root'
      ? [{ commit: root.slice(KEY_PREFIXES.root.length) as CommitId, timeMs }]
      : [],
  );
  const kept = [...keptRoots(times, nowMs)].map((commit) => `${KEY_PREFIXES.root}${commit}`);
  return [headKey, ...kept].find((one) => one === key || refersTo(objects, one, key));
}

function refersTo(objects: MemorySnapshot, snapshot: string, key: string): boolean {
  const head = readPart(objects, snapshot, decodeHead);
  if (head === undefined) return false;
  const shards: readonly string[] = head.shards.map(shardKey);
  if (shards.includes(key) || (head.deltas as readonly string[]).includes(key)) return true;
  const entries = [
    ...head.delta.flatMap((record) => record.entries),
    ...head.deltas
      .flatMap((delta) => readPart(objects, delta, decodeDelta) ?? [])
      .flatMap((one) => one.entries),
    ...shards.flatMap((shard) => readPart(objects, shard, decodeShard) ?? []),
  ];
  return entries.some((entry) => placeOf(entry) === key);
}

function placeOf({ at }: Entry): string | undefined {
  if (at === undefined) return undefined;
  return 'pack' in at ? at.pack : at.blob;
}
