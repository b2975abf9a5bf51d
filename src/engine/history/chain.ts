import { inLanes } from '../lanes.ts';
import { KEY_PREFIXES, rootKey } from '../../core/format/keys.ts';
import { keptByEither } from '../../core/model/collection.ts';
import type { Head } from '../../core/model/head.ts';
import type { CommitId } from '../../core/model/ids.ts';
import { EngineError, type CloudDeps } from '../api.ts';
import { orAbsent, type Cloud } from '../cloud/cloud.ts';
import { MAX_HEAD_OBJECT_BYTES, readHead, unpackHead } from '../cloud/head.ts';
import { listTimed, rootTimes } from './listing.ts';

const ROOTS_AT_ONCE = 8;
/** Looks at the head this often before a missing part of history is called damage. */
const HEAD_TRIES = 3;

/**
 * Does `work` on the head as it is now, and again on the next one when a part was missing because
 * the cloud moved on meanwhile.
 */
export async function onFreshHead<T>(
  deps: CloudDeps,
  cloud: Cloud,
  work: (head: Head) => Promise<T>,
): Promise<T> {
  let read = await readHead(cloud, deps.compression);
  for (let tries = 1; ; tries += 1) {
    if (read.kind !== 'found') {
      throw new EngineError('not-found', 'This bucket holds no vault yet, so there is no history.');
    }
    try {
      return await work(read.head);
    } catch (error) {
      const isDamage = error instanceof EngineError && error.kind === 'format';
      const next = isDamage ? await readHead(cloud, deps.compression, read.etag) : undefined;
      if (next?.kind !== 'found' || tries === HEAD_TRIES) throw error;
      read = next;
    }
  }
}

/** The head and every kept root that it descends from, newest first. A root that cannot be read is left out. */
export async function readChain(deps: CloudDeps, cloud: Cloud, head: Head): Promise<readonly Head[]> {
  const { objects, serverMs } = await listTimed(cloud, KEY_PREFIXES.root);
  const times = rootTimes(objects);
  const found = await inLanes(times, ROOTS_AT_ONCE, ({ commit }) => readableRoot(deps, cloud, commit));
  const roots = found.filter((root) => root !== undefined);
  // Without the server's time nothing can be called too old.
  if (serverMs === undefined) return chainOf(head, roots);
  const kept = keptByEither(times, [head, ...roots], serverMs);
  return chainOf(
    head,
    roots.filter(({ commit }) => kept.has(commit)),
  );
}

/** `undefined` when it is gone, damaged, or another commit's. */
export async function readableRoot(
  deps: CloudDeps,
  cloud: Cloud,
  commit: CommitId,
): Promise<Head | undefined> {
  try {
    const root = await readRoot(deps, cloud, commit);
    return root?.commit === commit ? root : undefined;
  } catch (error) {
    if (!(error instanceof EngineError) || error.kind !== 'format') throw error;
    deps.log.write('warn', 'root-damaged', { root: commit });
    return undefined;
  }
}

/** `undefined` when it is gone. Rejects with kind `format` when it cannot be understood. */
export async function readRoot(deps: CloudDeps, cloud: Cloud, commit: CommitId): Promise<Head | undefined> {
  const key = rootKey(commit);
  const body = await orAbsent(cloud.bytes(key, MAX_HEAD_OBJECT_BYTES));
  return body === undefined ? undefined : unpackHead(deps.compression, body, key);
}

/** Of `roots` those that `head` descends from, after it, newest first; through promotions too. */
export function chainOf(head: Head, roots: readonly Head[]): readonly Head[] {
  const newestFirst = [...roots].sort((a, b) => b.generation - a.generation);
  const chain = [head];
  const lineages = new Set<string>();
  for (let top: Head | undefined = head; top !== undefined && !lineages.has(top.lineage);) {
    lineages.add(top.lineage);
    let below: Head = top;
    for (const root of newestFirst) {
      if (root.lineage !== top.lineage || !mayDescend(below, root)) continue;
      chain.push(root);
      below = root;
    }
    const { parent }: Head = top;
    top = newestFirst.find((root) => root.lineage === parent?.lineage && root.commit === parent.commit);
    if (top !== undefined && !lineages.has(top.lineage)) chain.push(top);
  }
  return chain;
}

/** Not where the log of the younger one reaches so far back and has another commit there. */
function mayDescend(younger: Head, older: Head): boolean {
  if (older.vaultId !== younger.vaultId || older.generation >= younger.generation) return false;
  const index = younger.log.length - 1 - (younger.generation - older.generation);
  return index < 0 || younger.log[index] === older.commit;
}
