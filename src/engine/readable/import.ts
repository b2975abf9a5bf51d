import { blobKey } from '../../core/format/keys.ts';
import { caseConflictName, conflictCopyName } from '../../core/conflict/copy-name.ts';
import type { ContentLocation, FileEntry, RemoteTree } from '../../core/model/entry.ts';
import { EXTERNAL_DEVICE, shortHash } from '../../core/model/ids.ts';
import { isLive } from '../../core/model/tree.ts';
import { foldPath, type VaultPath } from '../../core/model/vault-path.ts';
import { liveEntry } from '../../core/plan/plan.ts';
import { orAbsent } from '../cloud/cloud.ts';
import { ContentReader } from '../cloud/content.ts';
import { ContentWriter, type Stored } from '../cloud/content-writer.ts';
import { knownContent } from '../cloud/remote-view.ts';
import { commit, type CommitOutcome } from '../execute/commit-phase.ts';
import type { Run } from '../execute/run.ts';
import { StateChanges } from '../state.ts';
import type { PlainContents, PlainObject } from './plain-objects.ts';

/** The name under which a bucket's own edits are committed. */
export const EXTERNAL_NAME = 'external';

/** A file that another tool put into the bucket, or changed there. */
export interface Finding {
  readonly object: PlainObject;
  readonly contents: PlainContents;
  /** What the object was when we last wrote it: the base of the edit. */
  readonly base: string | undefined;
}

/**
 * Commits what was found, as the device `external`: create and modify only (rows 2, 5, 6 and 8). An
 * edit whose note has moved on becomes a conflict copy; the note's own object is then written again.
 */
export async function importFindings(
  run: Run,
  findings: readonly Finding[],
  moreFollow = false,
): Promise<CommitOutcome> {
  if (findings.length === 0) return 'done';
  const placed = place(run, findings);
  const stored = await storeContents(run, placed);
  const entries: FileEntry[] = [];
  const changes = new StateChanges();
  const tree: RemoteTree = run.view?.tree ?? new Map();
  const live = new Set([...tree.values()].filter(isLive).map(({ hash }) => hash));
  for (const { finding, path, isCopy } of placed) {
    const { etag, hash } = finding.contents;
    const at = stored.get(hash);
    if (at === undefined) continue;
    // The object as it stands is known now. Where it is not what its path should be, it is written anew.
    const own = finding.object.path;
    changes.projected(own, { done: { etag, hash }, ...(isCopy ? { pending: true as const } : {}) });
    // Beside a note, a copy of what stands under another name already would keep nothing.
    if (isCopy && live.has(hash) && liveEntry(tree, own) !== undefined) continue;
    live.add(hash);
    entries.push(externalEntry(finding, path, isCopy ? undefined : liveEntry(tree, path), at));
    if (isCopy) changes.projected(path, { pending: true });
    run.event({ kind: 'imported', path, reason: 'found in the bucket, put there by another tool' });
  }
  const author = { device: EXTERNAL_DEVICE, name: EXTERNAL_NAME };
  const outcome =
    entries.length === 0
      ? 'done'
      : await commit(run, { entries, base: [], moreFollow, author, fromReadable: true });
  if (outcome === 'done') await run.state.write(changes);
  return outcome;
}

interface Placed {
  readonly finding: Finding;
  readonly path: VaultPath;
  /** It could not take its own path. */
  readonly isCopy: boolean;
}

/** Where each finding goes: its own path, unless that would cost another file. */
function place(run: Run, findings: readonly Finding[]): Placed[] {
  const tree: RemoteTree = run.view?.tree ?? new Map();
  const names = new Set<string>();
  const folders = new Set<string>();
  const takeName = (path: VaultPath): void => {
    const fold = foldPath(path);
    names.add(fold);
    for (let cut = fold.lastIndexOf('/', fold.length - 2); cut >= 0; cut = fold.lastIndexOf('/', cut - 1))
      folders.add(fold.slice(0, cut));
  };
  for (const entry of tree.values()) if (entry.deleted !== true) takeName(entry.path);
  const taken = (path: VaultPath): boolean => {
    const fold = foldPath(path);
    return names.has(fold) || folders.has(fold) || parents(fold).some((parent) => names.has(parent));
  };
  return findings.map((finding) => {
    const own = finding.object.path;
    const entry = liveEntry(tree, own);
    const path =
      entry === undefined ? placeNew(finding, names, taken) : placeEdit(run, finding, entry, taken);
    takeName(path);
    return { finding, path, isCopy: path !== own };
  });
}

/** The folders above, innermost first. */
function parents(fold: string): string[] {
  const found: string[] = [];
  for (let cut = fold.lastIndexOf('/'); cut > 0; cut = fold.lastIndexOf('/', cut - 1))
    found.push(fold.slice(0, cut));
  return found;
}

/** Where a note stands in the way of a folder, the folder takes another name, and keeps what is in it. */
function placeNew(
  finding: Finding,
  names: ReadonlySet<string>,
  taken: (path: VaultPath) => boolean,
): VaultPath {
  const own = finding.object.path;
  if (!taken(own)) return own;
  const blocking = parents(own)
    .filter((parent) => names.has(foldPath(parent as VaultPath)))
    .at(-1);
  if (blocking === undefined) return caseConflictName(own, EXTERNAL_NAME, taken);
  const folder = caseConflictName(blocking as VaultPath, EXTERNAL_NAME, taken);
  const moved = `${folder}${own.slice(blocking.length)}` as VaultPath;
  return taken(moved) ? caseConflictName(moved, EXTERNAL_NAME, taken) : moved;
}

function placeEdit(
  run: Run,
  finding: Finding,
  entry: FileEntry,
  taken: (path: VaultPath) => boolean,
): VaultPath {
  if (finding.base === entry.hash) return finding.object.path;
  const details = { deviceName: EXTERNAL_NAME, timeMs: run.cloud.nowMs(), hash: finding.contents.hash };
  return conflictCopyName(finding.object.path, details, taken);
}

function externalEntry(
  { object, contents }: Finding,
  path: VaultPath,
  former: FileEntry | undefined,
  stored: Stored,
): FileEntry {
  const { etag, hash, mtimeMs } = contents;
  return {
    path,
    hash,
    sizeBytes: contents.sizeBytes,
    mtimeMs,
    generation: 0,
    device: EXTERNAL_DEVICE,
    prev: former === undefined ? [] : [shortHash(former.hash), ...former.prev].slice(0, 4),
    ...(stored.at === undefined ? {} : { at: stored.at }),
    ...(path === object.path ? { projected: { etag, hash } } : {}),
  };
}

/** `at` never names a plain object, which others may change: small ones go into packs, large ones are copied. */
async function storeContents(run: Run, placed: readonly Placed[]): Promise<ReadonlyMap<string, Stored>> {
  const stored = new Map<string, Stored>();
  const small = placed.filter(({ finding }) => finding.contents.bytes !== undefined);
  const outgoing = small.map(({ finding: { contents, object } }) => ({
    path: object.path,
    hash: contents.hash,
    sizeBytes: contents.sizeBytes,
    bytes: contents.bytes ?? new Uint8Array(0),
  }));
  const writer = new ContentWriter(run.deps, run.cloud);
  for (const [hash, one] of await writer.store(outgoing, knownContent(run.view, outgoing), () => undefined))
    stored.set(hash, one);
  for (const { finding } of placed) {
    if (finding.contents.bytes !== undefined) continue;
    const at = await copyLarge(run, finding);
    if (at !== undefined) stored.set(finding.contents.hash, { at, sizeBytes: finding.contents.sizeBytes });
  }
  return stored;
}

/** The copy is read and proven: the plain object may have changed since it was hashed. */
async function copyLarge(run: Run, { object, contents }: Finding): Promise<ContentLocation | undefined> {
  const known = knownContent(run.view, [contents]).get(contents.hash);
  if (known !== undefined) return known;
  const key = blobKey(contents.hash, run.deps.random.hex(16));
  const copied = await orAbsent(run.cloud.store.copy(object.key, key, run.cloud.options));
  if (copied === undefined) return undefined;
  const sha = run.deps.hashing.sha256Stream();
  for await (const piece of new ContentReader(run.deps, run.cloud).pieces(key, contents.sizeBytes))
    sha.update(piece);
  return sha.digest() === contents.hash ? { blob: key } : undefined;
}
