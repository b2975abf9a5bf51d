import { inLanes } from '../lanes.ts';
import { plainKey } from '../../core/format/keys.ts';
import type { FileEntry, Projection } from '../../core/model/entry.ts';
import type { ObjectKey } from '../../core/model/ids.ts';
import type { VaultPath } from '../../core/model/vault-path.ts';
import { liveEntry } from '../../core/plan/plan.ts';
import { isStoreError } from '../../storage/store-error.ts';
import type { ObjectBody } from '../../storage/object-store.ts';
import { CheckedSource } from '../cloud/checked-source.ts';
import { orAbsent } from '../cloud/cloud.ts';
import { ContentReader, isLarge, wantedOf } from '../cloud/content.ts';
import type { Run } from '../execute/run.ts';
import { isVaultError } from '../ports.ts';
import { statFile, WHOLE_FILE_BYTES } from '../scan/read-file.ts';
import { StateChanges } from '../state.ts';
import { importFindings, type Finding } from './import.ts';
import {
  isAsProjected,
  isOvertaken,
  PROJECTED_METADATA,
  readPlain,
  type PlainObject,
} from './plain-objects.ts';

/** So often an object is looked at where the answer to its write is lost each time. */
const LOOKS = 3;
/** Done rows are remembered this often: so many are written again at most after a crash. */
const BATCH_FILES = 200;
/** From so many on, one listing is cheaper than asking for each object. */
const LIST_FROM = 100;
const MAX_KEY_BYTES = 1_024;

type Present = Pick<PlainObject, 'key' | 'path' | 'etag' | 'sizeBytes' | 'lastModifiedMs'>;

/**
 * Writes the notes that this device committed under their own paths: a projection of the head, after
 * the commit, resumable at any file. An object that is not what we last wrote is an edit by another
 * tool: it is imported first, and never overwritten unread.
 */
export async function writeReadableCopy(run: Run): Promise<void> {
  const pending = [...run.projected].filter(([, row]) => row.pending === true).map(([path]) => path);
  if (pending.length === 0) return;
  const bytes = pending.reduce(
    (sum, path) => sum + (liveEntry(run.view?.tree ?? new Map(), path)?.sizeBytes ?? 0),
    0,
  );
  run.expect('readable-copy', pending.length, bytes);
  const listed = pending.length >= LIST_FROM ? await listPresent(run) : undefined;
  const findings: Finding[] = [];
  for (let start = 0; start < pending.length; start += BATCH_FILES) {
    const batch = pending.slice(start, start + BATCH_FILES);
    const changes = new StateChanges();
    await inLanes(batch, run.deps.settings.concurrency, (path) =>
      projectOne({ run, listed, findings, changes }, path),
    );
    await run.state.write(changes);
  }
  if (findings.length > 0) await importFindings(run, findings);
}

interface Projecting {
  readonly run: Run;
  readonly listed: ReadonlyMap<ObjectKey, Present> | undefined;
  readonly findings: Finding[];
  readonly changes: StateChanges;
}

async function listPresent(run: Run): Promise<ReadonlyMap<ObjectKey, Present>> {
  const present = new Map<ObjectKey, Present>();
  for await (const object of run.cloud.list(''))
    present.set(object.key, { ...object, path: object.key as string as VaultPath });
  return present;
}

async function projectOne(work: Projecting, path: VaultPath): Promise<void> {
  const { run, changes } = work;
  run.options.signal?.throwIfAborted();
  const entry = liveEntry(run.view?.tree ?? new Map(), path);
  const key = plainKey(path);
  if (key === undefined || new TextEncoder().encode(key).length > MAX_KEY_BYTES - 64) {
    changes.projected(path, undefined);
    return;
  }
  try {
    if (!(await writeUnseen(work, key, entry))) await lookAndWrite(work, path, key, entry);
  } catch (error) {
    // One name or object that the cloud refuses must not keep the others from being readable.
    if (isStoreError(error, 'not-found')) return;
    if (isStoreError(error, 'conflict')) {
      await tellIfHidden(work, path, key);
      return;
    }
    if (!isStoreError(error, 'unsupported') && !isStoreError(error, 'unexpected') && !isVaultError(error))
      throw error;
    run.blocked(path, {
      path,
      kind: 'readable-copy',
      message: `${path}: its readable copy could not be written (${error.message}). The note itself is safe in the cloud.`,
    });
  }
  run.progress('readable-copy', 1, entry?.sizeBytes ?? 0);
}

/**
 * An object that cannot be made because it is there, and is not there to be read: in a bucket with versions
 * some servers take a delete marker for an object. Else another program wrote just now: the next look sees it.
 */
async function tellIfHidden(work: Projecting, path: VaultPath, key: ObjectKey): Promise<void> {
  if ((await presentAt({ ...work, listed: undefined }, path, key)) !== undefined) return;
  work.run.blocked(path, {
    path,
    kind: 'readable-copy',
    message: `${path}: its readable copy was deleted in the cloud, and the server does not let it be made again over the delete marker. Remove the marker there; the note itself is safe in the cloud.`,
  });
}

/**
 * Nearly always the object is as this device left it: the write itself then proves that, by its condition,
 * and no look is needed before. `false`: it is not so, or the store could not tell.
 */
async function writeUnseen(
  { run, listed, changes }: Projecting,
  key: ObjectKey,
  entry: FileEntry | undefined,
): Promise<boolean> {
  if (listed !== undefined || entry === undefined || !isConditional(run, entry)) return false;
  const known = run.projection(entry.path);
  // Written already, perhaps: a look is cheaper than the body.
  if (known?.hash === entry.hash) return false;
  try {
    const etag = await write(run, key, entry, known?.etag);
    if (etag !== undefined) changes.projected(entry.path, { done: { etag, hash: entry.hash } });
    return true;
  } catch (error) {
    if (isStoreError(error, 'conflict') || isStoreError(error, 'not-found')) return false;
    // Nobody else makes a conditional put again, and a connection that had idled is often cut at its next
    // request: a look tells whether this one had its effect.
    if (isStoreError(error) && error.retry === 'later') return false;
    throw error;
  }
}

async function lookAndWrite(
  work: Projecting,
  path: VaultPath,
  key: ObjectKey,
  entry: FileEntry | undefined,
): Promise<void> {
  for (let looks = 1; ; looks += 1) {
    const known = work.run.projection(path);
    const present = await presentAt(work, path, key);
    const mayWrite =
      present === undefined || isAsProjected(present, known) || (await ours(work, present, entry));
    if (!mayWrite) return;
    try {
      await bringInStep(work, path, key, { entry, present, known });
      return;
    } catch (error) {
      // Of many connections that had idled more than one may be cut: the next look tells what came through.
      if (looks === LOOKS || !isStoreError(error) || error.retry !== 'later') throw error;
    }
  }
}

async function presentAt(work: Projecting, path: VaultPath, key: ObjectKey): Promise<Present | undefined> {
  if (work.listed !== undefined) return work.listed.get(key);
  const info = await orAbsent(work.run.cloud.store.head(key, work.run.cloud.options));
  return info === undefined ? undefined : { ...info, key, path };
}

/** Whether an object of unknown tag is a projection by some device of ours; if not, it is a finding. */
async function ours(work: Projecting, present: Present, entry: FileEntry | undefined): Promise<boolean> {
  const contents = await readPlain(work.run, present);
  if (contents === undefined) return true;
  if (contents.hash === entry?.hash || isOvertaken(contents, entry)) return true;
  work.findings.push({ object: present, contents, base: work.run.projection(present.path)?.hash });
  return false;
}

interface Stand {
  readonly entry: FileEntry | undefined;
  readonly present: Present | undefined;
  readonly known: Projection | undefined;
}

async function bringInStep(
  { run, changes }: Projecting,
  path: VaultPath,
  key: ObjectKey,
  stand: Stand,
): Promise<void> {
  const { entry, present, known } = stand;
  if (entry === undefined) {
    if (present !== undefined) await run.cloud.store.delete(key, run.cloud.options);
    changes.projected(path, undefined);
    return;
  }
  if (present !== undefined && known?.hash === entry.hash && present.etag === known.etag) {
    changes.projected(path, { done: known });
    return;
  }
  const etag = await write(run, key, entry, present?.etag);
  if (etag !== undefined) changes.projected(path, { done: { etag, hash: entry.hash } });
}

/** Whether its readable copy is put with a condition that the store keeps. Copies inside the store take none. */
function isConditional(run: Run, entry: FileEntry): boolean {
  const { conditionalPut, maxSinglePutBytes } = run.cloud.store.capabilities;
  return conditionalPut && entry.sizeBytes <= maxSinglePutBytes && blobOf(run, entry) === undefined;
}

function blobOf(run: Run, { at }: FileEntry): ObjectKey | undefined {
  return at !== undefined && 'blob' in at && run.cloud.store.capabilities.serverCopy ? at.blob : undefined;
}

/** Over `former`, or where none is. What another program writes in between wins: the next look finds and imports it. */
async function write(
  run: Run,
  key: ObjectKey,
  entry: FileEntry,
  former: string | undefined,
): Promise<string | undefined> {
  const commit = run.view?.head.commit ?? '';
  const metadata = {
    [PROJECTED_METADATA]: `${commit}:${entry.hash}`,
    mtime: String(entry.mtimeMs / 1000),
  };
  const blob = blobOf(run, entry);
  if (blob !== undefined)
    return (await run.cloud.store.copy(blob, key, { ...run.cloud.options, metadata })).etag;
  const body = (await localBody(run, entry)) ?? (await cloudBody(run, entry));
  if (body === undefined) return undefined;
  const condition = former === undefined ? { ifNoneMatch: '*' as const } : { ifMatch: former };
  const version = await run.cloud.put(key, body, {
    metadata,
    ...(isConditional(run, entry) ? condition : {}),
  });
  if (body instanceof CheckedSource) body.verify(entry.hash);
  return version.etag;
}

/** The local file's bytes, if they are the entry's: no download is needed then. */
async function localBody(run: Run, entry: FileEntry): Promise<ObjectBody | undefined> {
  if (run.local.files.get(entry.path)?.hash !== entry.hash) return undefined;
  try {
    if (entry.sizeBytes > WHOLE_FILE_BYTES) {
      return new CheckedSource(run.deps.vault, run.deps.hashing, await statFile(run.deps.vault, entry.path));
    }
    const { bytes } = await run.deps.vault.read(entry.path);
    return (await run.deps.hashing.sha256(bytes)) === entry.hash ? bytes : undefined;
  } catch (error) {
    if (isVaultError(error)) return undefined;
    throw error;
  }
}

async function cloudBody(run: Run, entry: FileEntry): Promise<ObjectBody | undefined> {
  const wanted = wantedOf(entry);
  if (isLarge(wanted, run.deps.settings)) return undefined;
  const fetched = await new ContentReader(run.deps, run.cloud).one(wanted);
  return fetched.kind === 'found' ? fetched.bytes : undefined;
}
