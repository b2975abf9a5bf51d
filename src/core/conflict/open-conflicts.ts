import type { ContentLocation, FileEntry, RemoteTree } from '../model/entry.ts';
import type { ContentHash } from '../model/ids.ts';
import type { VaultPath } from '../model/vault-path.ts';
import { readCopyName } from './copy-name.ts';

/*
 *   note.md ──────────────────────────── what the cloud had: everybody works on in it
 *   note (conflict Phone … ab12).md ──── what Phone had, an ordinary file on every device
 *
 * A conflict is open while both stand. That is all there is to know of it, so every device knows it, and one
 * that lost its memory finds it again; what a device remembers beyond that only helps to tell more.
 */

/** Contents that both versions come from. */
export interface ConflictBase {
  /** Of their hash: all of them, or the first. */
  readonly digits: string;
  /** Where the cloud had them when the conflict came up. */
  readonly at?: ContentLocation;
}

/** Two versions of a file that wait for somebody. JSON. */
export interface OpenConflict {
  /** The file that both want to be. */
  readonly path: VaultPath;
  /** Holds the version that gave way; a path of its own. */
  readonly copy: VaultPath;
  /** Absent where both were created apart, or nothing is known of it. */
  readonly base?: ConflictBase;
  /** Whose version the file, and whose the copy had. */
  readonly noteDevice?: string;
  readonly copyDevice: string;
  /** When the conflict came up, by the clock of the device that found it; milliseconds since 1970. */
  readonly timeMs: number;
}

export interface ConflictRow extends OpenConflict {
  /** Nobody is asked: both shall stay. */
  readonly isKept?: true;
}

export interface ConflictSides {
  readonly files: ReadonlyMap<VaultPath, { readonly hash: ContentHash }>;
  /** Whether nothing may be concluded about the path now. */
  readonly isUnknown: (path: VaultPath) => boolean;
  readonly remote: RemoteTree;
  /** Whose an entry is, as far as is known. */
  readonly deviceName: (entry: FileEntry) => string | undefined;
  /** Copies of which this device remembers nothing are to stay. */
  readonly keepsUnknown: boolean;
}

/** The rows that still hold, and those of copies that another device made or this one forgot. */
export function currentRows(rows: readonly ConflictRow[], sides: ConflictSides): readonly ConflictRow[] {
  const { files, isUnknown } = sides;
  const stands = (path: VaultPath): boolean => files.has(path) || isUnknown(path);
  const current = rows.filter(({ path, copy }) => stands(path) && stands(copy));
  const known = new Set(current.map(({ copy }) => copy));
  for (const path of files.keys()) {
    const row = known.has(path) ? undefined : rowOf(path, sides);
    if (row !== undefined) current.push(row);
  }
  return current;
}

function rowOf(copy: VaultPath, sides: ConflictSides): ConflictRow | undefined {
  const { files, remote, keepsUnknown, deviceName } = sides;
  const name = readCopyName(copy);
  if (name === undefined || !files.has(name.original)) return undefined;
  const entry = remote.get(copy);
  const oldest = entry === undefined || entry.deleted === true ? undefined : entry.prev.at(-1);
  // A copy without a base that was edited has its own first contents there.
  const digits = oldest?.startsWith(name.hashDigits) === true ? undefined : oldest;
  const note = remote.get(name.original);
  const noteDevice = note === undefined || note.deleted === true ? undefined : deviceName(note);
  return {
    path: name.original,
    copy,
    ...(digits === undefined ? {} : { base: { digits } }),
    ...(noteDevice === undefined ? {} : { noteDevice }),
    copyDevice: name.deviceName,
    timeMs: name.timeMs,
    ...(keepsUnknown ? { isKept: true } : {}),
  };
}

/** Those that wait for somebody, oldest first. */
export function openConflicts(rows: readonly ConflictRow[]): readonly OpenConflict[] {
  return rows.filter((row) => row.isKept !== true).sort((a, b) => a.timeMs - b.timeMs);
}
