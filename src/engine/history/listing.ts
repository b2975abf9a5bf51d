import { classifyKey, KEY_PREFIXES } from '../../core/format/keys.ts';
import type { RootTime } from '../../core/model/collection.ts';
import type { CommitId } from '../../core/model/ids.ts';
import type { ListedObject } from '../../storage/object-store.ts';
import type { Cloud } from '../cloud/cloud.ts';

/** A listing and the server's time when it began; `undefined` where the store does not tell its time. */
export interface TimedListing {
  readonly objects: readonly ListedObject[];
  readonly serverMs: number | undefined;
}

export async function listTimed(cloud: Cloud, prefix: string): Promise<TimedListing> {
  const objects: ListedObject[] = [];
  let serverMs: number | undefined;
  for await (const page of cloud.store.list(prefix, cloud.options)) {
    cloud.observe(page);
    serverMs ??= page.serverTimeMs;
    objects.push(...page.objects);
  }
  return { objects, serverMs };
}

export function rootTimes(objects: Iterable<ListedObject>): readonly RootTime[] {
  const roots: RootTime[] = [];
  for (const { key, lastModifiedMs } of objects) {
    if (classifyKey(key) !== 'root') continue;
    roots.push({ commit: key.slice(KEY_PREFIXES.root.length) as CommitId, timeMs: lastModifiedMs });
  }
  return roots;
}
