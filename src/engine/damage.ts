import type { FileEntry, RemoteTree } from '../core/model/entry.ts';
import type { ObjectKey } from '../core/model/ids.ts';
import type { VaultPath } from '../core/model/vault-path.ts';
import { liveEntry, type SkippedRow } from '../core/plan/plan.ts';
import { objectOf } from './cloud/remote-view.ts';

/** Where contents were found missing or wrong, and when. */
export interface Damage {
  readonly object: ObjectKey | undefined;
  /** For a person. */
  readonly detail: string;
  /** By this device's clock. */
  readonly foundMs: number;
}

export interface SkipRow extends SkippedRow {
  /** With reason `damaged`. */
  readonly damage?: Damage;
}

/** Whoever mends an object in place tells nobody: it is looked at again after so long. */
const LOOK_AGAIN_MS = 3_600_000;

export function damageOf(entry: FileEntry, detail: string, foundMs: number): SkipRow {
  const object = entry.at === undefined ? undefined : objectOf(entry.at);
  return { hash: entry.hash, reason: 'damaged', damage: { object, detail, foundMs } };
}

/** Damage counts until a repair has moved the contents, or until it is time to look again. */
export function skipsInForce(
  rows: ReadonlyMap<VaultPath, SkipRow>,
  tree: RemoteTree,
  nowMs: number,
): Map<VaultPath, SkipRow> {
  return new Map([...rows].filter(([path, row]) => isInForce(row, liveEntry(tree, path), nowMs)));
}

function isInForce({ hash, damage }: SkipRow, entry: FileEntry | undefined, nowMs: number): boolean {
  if (damage === undefined) return true;
  const object = entry?.at === undefined ? undefined : objectOf(entry.at);
  return entry?.hash === hash && object === damage.object && !isDue(damage, nowMs);
}

export function isDue({ foundMs }: Damage, nowMs: number): boolean {
  return Math.abs(nowMs - foundMs) >= LOOK_AGAIN_MS;
}
