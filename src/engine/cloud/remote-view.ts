import { ancestryStep, MAX_ANCESTRY_STEPS, type Observed } from '../../core/model/ancestry.ts';
import { rootKey } from '../../core/format/keys.ts';
import type { ContentLocation, Entry, RemoteTree } from '../../core/model/entry.ts';
import type { Head } from '../../core/model/head.ts';
import type { ContentHash, ObjectKey } from '../../core/model/ids.ts';
import { EngineError, type CloudDeps } from '../api.ts';
import { orAbsent, type Cloud } from './cloud.ts';
import { MAX_HEAD_OBJECT_BYTES, readHead, tagged, unpackHead, type TaggedHead } from './head.ts';
import { readTree } from './tree-reader.ts';

/** The cloud as this device knows it: a head, its tag and its tree. */
export interface RemoteView extends TaggedHead {
  readonly tree: RemoteTree;
}

/** Looks at the head this often before a missing part of its tree is called damage. */
const HEAD_TRIES = 3;

export type Refreshed =
  | { readonly kind: 'unchanged' }
  | { readonly kind: 'absent' }
  | { readonly kind: 'changed'; readonly view: RemoteView };

/**
 * The cloud now; one request when nothing is new. `knownTree` is called only when something is.
 */
export async function refresh(
  deps: CloudDeps,
  cloud: Cloud,
  known: TaggedHead | undefined,
  knownTree: () => Promise<RemoteTree>,
): Promise<Refreshed> {
  for (let tries = 1; ; tries += 1) {
    // The tag of another cloud's head says nothing here: it was emptied when this device moved over.
    const etag = known?.etag === '' ? undefined : known?.etag;
    const read = await readHead(cloud, deps.compression, etag);
    if (read.kind !== 'found') return read;
    try {
      const before = known === undefined ? undefined : { head: known.head, tree: await knownTree() };
      const tree = await readTree(deps, cloud, read.head, before);
      return { kind: 'changed', view: { ...tagged(read), tree } };
    } catch (error) {
      if (!(error instanceof EngineError) || error.kind !== 'format' || tries === HEAD_TRIES) throw error;
      // A collection may have removed what an older head named: look again.
    }
  }
}

/**
 * Whether `head` descends from the commit. Walks the roots where the head's own log does not reach
 * so far back. What cannot be decided is `false`: the caller rejoins, which deletes nothing.
 */
export async function descends(
  deps: CloudDeps,
  cloud: Cloud,
  head: Head,
  observed: Observed,
): Promise<boolean> {
  let at: Head = head;
  let from: Head | undefined;
  for (let tries = 0; tries < MAX_ANCESTRY_STEPS; tries += 1) {
    const step = ancestryStep(at, observed, from);
    if (typeof step === 'string') return step === 'descends';
    const key = rootKey(step.lookAt);
    const body = await orAbsent(cloud.bytes(key, MAX_HEAD_OBJECT_BYTES));
    if (body === undefined) return false;
    from = at;
    at = await unpackHead(deps.compression, body, key);
  }
  return false;
}

/** Of the wanted contents those that `head` refers to: where a commit on top of it may point. */
export function knownContent(
  view: RemoteView | undefined,
  wanted: readonly { readonly hash: ContentHash }[],
): ReadonlyMap<ContentHash, ContentLocation> {
  const found = new Map<ContentHash, ContentLocation>();
  const hashes = new Set(wanted.map(({ hash }) => hash));
  if (view === undefined || hashes.size === 0) return found;
  const condemned = new Set<ObjectKey>(view.head.condemned?.keys);
  const add = ({ hash, at }: Entry): void => {
    if (at !== undefined && hashes.has(hash) && !condemned.has(objectOf(at))) found.set(hash, at);
  };
  for (const record of view.head.delta) record.entries.forEach(add);
  view.tree.forEach(add);
  return found;
}

export function objectOf(at: ContentLocation): ObjectKey {
  return 'pack' in at ? at.pack : at.blob;
}
