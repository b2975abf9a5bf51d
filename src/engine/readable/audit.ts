import type { Entry, FileEntry } from '../../core/model/entry.ts';
import { EMPTY_HASH, type ObjectKey } from '../../core/model/ids.ts';
import { isLive } from '../../core/model/tree.ts';
import { isFolder, type VaultPath } from '../../core/model/vault-path.ts';
import { liveEntry } from '../../core/plan/plan.ts';
import { EngineError, type VerifyReport } from '../api.ts';
import { ContentReader, isLarge, wantedOf } from '../cloud/content.ts';
import { ContentWriter, type Outgoing } from '../cloud/content-writer.ts';
import { objectOf } from '../cloud/remote-view.ts';
import { commit } from '../execute/commit-phase.ts';
import type { Run } from '../execute/run.ts';
import { isVaultError } from '../ports.ts';
import { StateChanges } from '../state.ts';
import { importFindings, type Finding } from './import.ts';
import {
  isAsProjected,
  isOvertaken,
  listBucket,
  readPlain,
  rescue,
  type Listing,
  type PlainObject,
} from './plain-objects.ts';
import { writeReadableCopy } from './project.ts';

export async function auditIfDue(run: Run, due: boolean): Promise<void> {
  if (!due) {
    // The first is a day after the first sync: until then other devices still write their copies.
    if ((await run.state.meta('auditFromMs')) === undefined) {
      await run.state.write(new StateChanges().meta('auditFromMs', run.deps.clock.now()));
    }
    return;
  }
  await audit(run, { full: false });
}

/**
 * Compares the bucket with the head. Contents that are missing are put again if this vault holds them;
 * the readable copy is brought back in step; edits that another tool made in it are imported.
 * Nothing is ever deleted from a vault because of what a listing lacks.
 */
export async function audit(run: Run, options: { readonly full: boolean }): Promise<VerifyReport> {
  const listing = await listBucket(run);
  const damaged = await auditContents(run, listing, options.full);
  const readable = run.deps.settings.readableCopy
    ? await auditReadable(run, listing)
    : { good: 0, rewritten: 0, imported: [] };
  await forgetDamage(run);
  await run.state.write(new StateChanges().meta('lastAuditMs', run.deps.clock.now()));
  const live = [...(run.view?.tree.values() ?? [])].filter(isLive);
  return {
    entries: live.length,
    bytes: live.reduce((sum, entry) => sum + entry.sizeBytes, 0),
    damaged,
    readable,
    problems: run.blockedProblems,
  };
}

/** What was damaged may have been mended, here or there: the next sync looks at it again. */
async function forgetDamage(run: Run): Promise<void> {
  const changes = new StateChanges();
  for (const [path, { damage }] of await run.state.skipped())
    if (damage !== undefined) changes.skipped(path, undefined).meta('settled', undefined);
  await run.state.write(changes);
}

async function auditContents(run: Run, listing: Listing, full: boolean): Promise<VerifyReport['damaged']> {
  const live = [...(run.view?.tree.values() ?? [])].filter(isLive).filter((entry) => entry.at !== undefined);
  run.expect('audit', live.length, full ? live.reduce((sum, entry) => sum + entry.sizeBytes, 0) : 0);
  const broken = new Map<FileEntry, string>();
  for (const entry of live) {
    const detail = missing(entry, listing.internal);
    if (detail !== undefined) broken.set(entry, detail);
    if (!full) run.progress('audit', 1, 0);
  }
  if (full)
    await proveContents(
      run,
      live.filter((entry) => !broken.has(entry)),
      broken,
    );
  return repair(run, broken);
}

function missing(entry: FileEntry, internal: ReadonlyMap<ObjectKey, number>): string | undefined {
  const at = entry.at;
  if (at === undefined) return undefined;
  const size = internal.get(objectOf(at));
  if (size === undefined) return `${objectOf(at)} is missing`;
  const needed = 'pack' in at ? at.offset + at.length : entry.sizeBytes;
  return size < needed ? `${objectOf(at)} is cut short` : undefined;
}

async function proveContents(
  run: Run,
  entries: readonly FileEntry[],
  broken: Map<FileEntry, string>,
): Promise<void> {
  const reader = new ContentReader(run.deps, run.cloud);
  const large = (entry: FileEntry): boolean => isLarge(wantedOf(entry), run.deps.settings);
  const small = entries.filter((entry) => !large(entry));
  await reader.each(small, (fetched) => {
    if (fetched.kind === 'damaged') broken.set(fetched.wanted, fetched.detail);
    run.progress('audit', 1, fetched.wanted.sizeBytes);
    return Promise.resolve();
  });
  for (const entry of entries.filter(large)) {
    const at = entry.at;
    if (at === undefined || !('blob' in at)) continue;
    const sha = run.deps.hashing.sha256Stream();
    try {
      for await (const piece of reader.pieces(at.blob, entry.sizeBytes)) sha.update(piece);
      if (sha.digest() !== entry.hash) broken.set(entry, `${at.blob} holds other bytes than it should`);
    } catch (error) {
      if (!run.isDamage(error)) throw error;
      broken.set(entry, `${at.blob} is missing or cut`);
    }
    run.progress('audit', 1, entry.sizeBytes);
  }
}

/** Any holder of the hash puts it again; the entry stays, only its place changes. */
async function repair(run: Run, broken: ReadonlyMap<FileEntry, string>): Promise<VerifyReport['damaged']> {
  if (broken.size === 0) return [];
  const writer = new ContentWriter(run.deps, run.cloud);
  const outgoing: Outgoing[] = [];
  for (const entry of broken.keys()) {
    const { hash, sizeBytes, path } = entry;
    const holder = run.local.pathWith(hash);
    const bytes = holder === undefined ? await rescue(run, entry) : undefined;
    if (holder !== undefined) outgoing.push({ path: holder, hash, sizeBytes });
    else if (bytes !== undefined) outgoing.push({ path, hash, sizeBytes, bytes });
  }
  const stored = await writer.store(outgoing, new Map(), () => undefined);
  const entries: Entry[] = [];
  for (const entry of broken.keys()) {
    const at = stored.get(entry.hash)?.at;
    if (at !== undefined) entries.push({ ...entry, at });
  }
  if (entries.length > 0) {
    const outcome = await commit(run, {
      entries,
      base: [],
      moreFollow: false,
      keepGeneration: true,
      fromReadable: true,
    });
    if (outcome === 'lost')
      throw new EngineError(
        'contended',
        'Another device committed while the cloud was repaired. Run it again.',
      );
    await doubtCopies(run, broken.keys());
    for (const { path } of entries)
      run.event({ kind: 'repaired', path, reason: 'its contents were put into the cloud again' });
  }
  const repaired = new Set(entries.map((entry) => entry.path));
  return [...broken].map(([{ path }, detail]) => ({ path, detail, repaired: repaired.has(path) }));
}

/** A readable copy that the store made of a spoiled object is as spoiled, though its tag is the one remembered. */
async function doubtCopies(run: Run, entries: Iterable<FileEntry>): Promise<void> {
  if (!run.deps.settings.readableCopy) return;
  const changes = new StateChanges();
  for (const { path, at } of entries)
    if (at !== undefined && 'blob' in at) changes.projected(path, { pending: true });
  await run.state.write(changes);
}

async function auditReadable(run: Run, listing: Listing): Promise<VerifyReport['readable']> {
  const tree = run.view?.tree ?? new Map<VaultPath, Entry>();
  const findings: Finding[] = [];
  const changes = new StateChanges();
  const seen = new Set<VaultPath>();
  const toWrite: VaultPath[] = [];
  let good = 0;
  const again = (path: VaultPath): void => {
    const done = run.projection(path);
    changes.projected(path, done === undefined ? { pending: true } : { done, pending: true });
    toWrite.push(path);
  };
  for (const object of listing.plain) {
    seen.add(object.path);
    const verdict = await judge(run, object, liveEntry(tree, object.path));
    if (verdict.kind === 'good') good += 1;
    else if (verdict.kind === 'stale') again(object.path);
    else findings.push(verdict.finding);
    if (verdict.learned !== undefined) changes.projected(object.path, verdict.learned);
  }
  for (const entry of tree.values()) {
    if (!isLive(entry) || isFolder(entry.path) || seen.has(entry.path)) continue;
    changes.projected(entry.path, { pending: true });
    toWrite.push(entry.path);
  }
  await run.state.write(changes);
  if ((await importFindings(run, findings)) === 'lost') {
    throw new EngineError(
      'contended',
      'Another device committed during the audit. Nothing is lost; run it again.',
    );
  }
  await writeReadableCopy(run);
  const rewritten = toWrite.filter((path) => run.projected.get(path)?.pending !== true).length;
  return { good, rewritten, imported: findings.map((finding) => finding.object.path) };
}

type Learned = Parameters<StateChanges['projected']>[1];
type Verdict =
  | { readonly kind: 'good'; readonly learned?: Learned }
  | { readonly kind: 'stale'; readonly learned?: Learned }
  | { readonly kind: 'edited'; readonly finding: Finding; readonly learned?: undefined };

async function judge(run: Run, object: PlainObject, entry: FileEntry | undefined): Promise<Verdict> {
  const known = run.projection(object.path);
  if (isAsProjected(object, known))
    return { kind: entry !== undefined && known?.hash === entry.hash ? 'good' : 'stale' };
  if (entry !== undefined && (await equalsLocal(run, object, entry))) {
    return { kind: 'good', learned: { done: { etag: object.etag, hash: entry.hash } } };
  }
  const contents = await readPlain(run, object);
  if (contents === undefined) return { kind: 'stale' };
  const { hash, etag } = contents;
  if (hash === entry?.hash) return { kind: 'good', learned: { done: { etag, hash } } };
  if (isOvertaken(contents, entry))
    return { kind: 'stale', learned: { done: { etag, hash }, pending: true } };
  return { kind: 'edited', finding: { object, contents, base: known?.hash } };
}

/** The listing's MD5 spares the download where this vault holds the very contents. */
async function equalsLocal(run: Run, object: PlainObject, entry: FileEntry): Promise<boolean> {
  if (object.md5 === undefined || object.sizeBytes !== entry.sizeBytes || entry.hash === EMPTY_HASH)
    return false;
  if (run.local.files.get(entry.path)?.hash !== entry.hash) return false;
  try {
    const { bytes } = await run.deps.vault.read(entry.path);
    return (
      run.deps.hashing.md5(bytes) === object.md5 && (await run.deps.hashing.sha256(bytes)) === entry.hash
    );
  } catch (error) {
    if (isVaultError(error)) return false;
    throw error;
  }
}
