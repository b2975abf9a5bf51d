import { shardKey } from '../../../src/core/format/keys.ts';
import type { Entry } from '../../../src/core/model/entry.ts';
import type { Commit } from '../cloud-log.ts';
import { hashOf } from '../bytes.ts';
import { contentProblem, type CloudView } from '../cloud-view.ts';
import type { Violation } from '../violation.ts';
import type { World } from '../world.ts';

/** I6, at each commit: what the commit names is in the bucket already, with its hash. */
export function newContentsExist(commit: Commit): Violation[] {
  // A compaction may carry older entries along: those were looked at when they were new.
  const fresh = commit.entries.filter((entry) => entry.deleted !== true);
  return fresh.flatMap((entry): Violation[] => {
    const known = commit.before?.tree.get(entry.path);
    if (known?.hash === entry.hash && JSON.stringify(known.at) === JSON.stringify(entry.at)) return [];
    const problem = contentProblem(commit.objects, entry);
    return problem === undefined
      ? []
      : [{ invariant: 'I6', message: `commits ${entry.path}, but ${problem}` }];
  });
}

/** I6, at each deletion of an object: no live entry of the head needs it. */
export function stillReferred(view: CloudView, key: string): string | undefined {
  if (view.head.deltas.some((delta) => delta === key)) return `${key} was deleted, but the head lists it`;
  if (view.head.shards.some((hash) => shardKey(hash) === key))
    return `${key} was deleted, but the head lists it`;
  for (const entry of view.tree.values()) {
    if (entry.deleted !== true && placeOf(entry) === key)
      return `${key} was deleted, but ${entry.path} lies in it`;
  }
  return undefined;
}

/** I6, at the end: every live entry of the head can be had, with its hash. */
export function allContentsExist(world: World): Violation[] {
  const view = world.cloud.view;
  if (view === undefined) return [];
  const objects = world.bucket();
  return [...view.tree.values()].flatMap((entry): Violation[] => {
    if (entry.deleted === true) return [];
    const problem = contentProblem(objects, entry);
    if (problem === undefined) return [];
    if (world.harmed && !isHeldByAny(world, entry.hash)) return [];
    return [{ invariant: 'I6', message: `at the end ${entry.path}: ${problem}` }];
  });
}

/** Whether some vault could put the contents again. */
export function isHeldByAny(world: World, hash: string): boolean {
  return world.devices.some((device) => [...device.files().values()].some((bytes) => hashOf(bytes) === hash));
}

function placeOf(entry: Entry): string | undefined {
  if (entry.at === undefined) return undefined;
  return 'blob' in entry.at ? entry.at.blob : entry.at.pack;
}
