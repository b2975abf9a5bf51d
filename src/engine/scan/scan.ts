import { inLanes } from '../lanes.ts';
import { shardIndex } from '../../core/model/shards.ts';
import type { VaultPath } from '../../core/model/vault-path.ts';
import type { EngineDeps, Progress } from '../api.ts';
import { isVaultError, type VaultFile, type VaultListing } from '../ports.ts';
import type { LocalRow } from '../state.ts';
import { LocalView } from './local-view.ts';
import { hashFile, sameStat } from './read-file.ts';

const DAY_MS = 86_400_000;
/** A file system's clock ticks up to so coarsely (FAT: 2 s): an edit within it leaves no trace in mtime. */
const RACY_MS = 2_000;
/** About one in so many files is hashed again each day, whatever its stat says. */
const REHASH_PARTS = 32;
const READS_AT_ONCE = 8;

export interface ScanRequest {
  readonly listing: VaultListing;
  readonly rows: ReadonlyMap<VaultPath, LocalRow>;
  /** Hash this day's part again; days since 1970, or absent when it was done already. */
  readonly rehashDay: number | undefined;
  readonly signal: AbortSignal | undefined;
  readonly onProgress: ((progress: Progress) => void) | undefined;
}

export function dayOf(timeMs: number): number {
  return Math.floor(timeMs / DAY_MS);
}

/**
 * What the vault holds, by hash. Equal size and mtime mean "as hashed before", unless the file was
 * written at about the time it was hashed. What cannot be read is `unknown`, never absent.
 */
export async function scan(deps: EngineDeps, request: ScanRequest): Promise<LocalView> {
  const view = new LocalView();
  const { listing, rows } = request;
  for (const problem of listing.problems) {
    const shown = { path: problem.name, kind: problem.reason, message: problem.message } as const;
    if (problem.path === undefined) view.problems.push(shown);
    else view.setUnknown(problem.path, shown);
  }
  for (const folder of listing.emptyFolders) view.setFolder(folder);
  view.foundEmpty = listing.files.length === 0 && listing.problems.length === 0;
  const changed: VaultFile[] = [];
  const listed = new Set<VaultPath>();
  for (const file of listing.files) {
    listed.add(file.path);
    const row = rows.get(file.path);
    if (row !== undefined && trusted(row, file, request.rehashDay)) view.keepFile(file, row);
    else if (file.sizeBytes > deps.settings.scope.maxFileBytes) view.setUnknown(file.path, tooLarge(file));
    else changed.push(file);
  }
  for (const path of rows.keys()) if (!listed.has(path)) view.forgetRow(path);
  await hashChanged(deps, view, changed, request);
  return view;
}

function trusted(row: LocalRow, file: VaultFile, rehashDay: number | undefined): boolean {
  if (!sameStat(file, row) || row.mtimeMs >= row.hashedAt - RACY_MS) return false;
  return rehashDay === undefined || shardIndex(file.path, REHASH_PARTS) !== rehashDay % REHASH_PARTS;
}

async function hashChanged(
  deps: EngineDeps,
  view: LocalView,
  files: readonly VaultFile[],
  request: ScanRequest,
): Promise<void> {
  const totalBytes = files.reduce((sum, file) => sum + file.sizeBytes, 0);
  let doneFiles = 0;
  let doneBytes = 0;
  await inLanes(files, READS_AT_ONCE, async (file) => {
    request.signal?.throwIfAborted();
    await hashInto(deps, view, file);
    doneFiles += 1;
    doneBytes += file.sizeBytes;
    request.onProgress?.({ phase: 'scan', doneFiles, totalFiles: files.length, doneBytes, totalBytes });
  });
}

/** Looks at one file again; what it finds goes into the view. */
export async function hashInto(deps: EngineDeps, view: LocalView, file: VaultFile): Promise<void> {
  const hashedAt = deps.clock.now();
  try {
    const hashed = await hashFile(deps.vault, deps.hashing, file);
    view.setFile(hashed.file, hashed.hash, hashedAt);
  } catch (error) {
    if (!isVaultError(error)) throw error;
    const kind = error.kind === 'changed' || error.kind === 'not-found' ? 'changed-while-read' : 'unreadable';
    const remedy =
      kind === 'unreadable'
        ? 'It could not be read; close the program that holds it, or mend its permissions. It is left as it is.'
        : 'It changed while it was read; the next sync takes it.';
    view.setUnknown(file.path, { path: file.path, kind, message: `${file.path}: ${remedy}` });
  }
}

function tooLarge(file: VaultFile): { path: string; kind: 'too-large'; message: string } {
  const mib = Math.ceil(file.sizeBytes / (1024 * 1024));
  return {
    path: file.path,
    kind: 'too-large',
    message: `${file.path}: at ${String(mib)} MiB it is over the size limit in the settings and is left alone.`,
  };
}
