import pMap from 'p-map';
import type { VaultPath } from '../../core/model/vault-path.ts';
import type { ListingProblem, ListOptions, VaultFile, VaultListing } from '../../engine/ports.ts';
import { DiskPace } from './disk-pace.mts';
import { codeOf } from './folder-errors.mts';
import { readNames, type Folder } from './folder-names.mts';
import type { SpellingsByFolder } from './spellings.mts';
import { statFiles } from './stat-files.mts';

export interface FolderListing {
  readonly listing: VaultListing;
  readonly spellings: SpellingsByFolder;
  /** Whether anything at all is in the vault's folder, hidden or excluded things too. */
  readonly occupied: boolean;
}

interface Reading {
  readonly key: string;
  readonly files: readonly VaultFile[];
  readonly folders: readonly Folder[];
  readonly problems: readonly ListingProblem[];
  readonly spellings: ReadonlyMap<string, string>;
  readonly occupied: boolean;
}

const FOLDERS_AT_ONCE = 8;
/** A folder whose files vanish while it is looked at is read again, at most so often. */
const READINGS = 3;

/** Everything below `root`, level by level. Rejects with the system's error when the root cannot be read. */
export async function listFolder(root: string, options: ListOptions): Promise<FolderListing> {
  const readings: Reading[] = [];
  const pace = new DiskPace();
  let level: readonly Folder[] = [{ key: '', disk: root }];
  while (level.length > 0) {
    const found = await pMap(level, (folder) => readFolder(folder, options, pace), {
      concurrency: FOLDERS_AT_ONCE,
    });
    for (const reading of found) readings.push(reading);
    level = found.flatMap((reading) => reading.folders);
  }
  const spelled = readings.filter((reading) => reading.spellings.size > 0);
  return {
    listing: {
      files: readings.flatMap((reading) => reading.files),
      emptyFolders: readings
        .filter((reading) => reading.key !== '' && !reading.occupied)
        .map((reading) => reading.key as VaultPath),
      problems: readings.flatMap((reading) => reading.problems),
    },
    spellings: new Map(spelled.map((reading) => [reading.key, new Map(reading.spellings)])),
    occupied: readings.some((reading) => reading.key === '' && reading.occupied),
  };
}

async function readFolder(folder: Folder, options: ListOptions, pace: DiskPace): Promise<Reading> {
  for (let reading = 1; ; reading++) {
    options.signal?.throwIfAborted();
    try {
      const { files, steady } = await tryFolder(folder, options, pace);
      if (steady || reading === READINGS) return files;
    } catch (error) {
      if (folder.key === '' || options.signal?.aborted === true) throw error;
      const problems = [unreadable(folder.key as VaultPath, error)];
      return { key: folder.key, files: [], folders: [], problems, spellings: new Map(), occupied: true };
    }
  }
}

async function tryFolder(
  folder: Folder,
  options: ListOptions,
  pace: DiskPace,
): Promise<{ readonly files: Reading; readonly steady: boolean }> {
  const names = await readNames(folder, options.include, pace);
  const stats = await statFiles(
    names.files.map((file) => file.disk),
    pace,
    options.signal,
  );
  const files: VaultFile[] = [];
  const problems = [...names.problems];
  names.files.forEach(({ path }, index) => {
    const stat = stats[index];
    if (stat === undefined || stat === 'vanished') return;
    if (stat instanceof Error) problems.push(unreadable(path, stat));
    else files.push({ path, sizeBytes: stat.size, mtimeMs: Math.floor(stat.mtimeMs) });
  });
  return { files: { ...names, key: folder.key, files, problems }, steady: !stats.includes('vanished') };
}

function unreadable(path: VaultPath, error: unknown): ListingProblem {
  const what = codeOf(error) === 'ENOENT' ? 'vanished while it was read' : 'cannot be read';
  const message = `“${path}” ${what} (${codeOf(error)}); check its permissions and the disk.`;
  return { name: path, path, reason: 'unreadable', message };
}
