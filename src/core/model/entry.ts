import type { ContentHash, DeviceId, ObjectKey } from './ids.ts';
import type { VaultPath } from './vault-path.ts';

/** Where contents lie in the cloud. `deflate`: raw deflate (RFC 1951) of the plain bytes. */
export type ContentLocation =
  | {
      readonly pack: ObjectKey;
      readonly offset: number;
      /** Stored bytes, after encoding. */
      readonly length: number;
      readonly encoding?: 'deflate';
    }
  | { readonly blob: ObjectKey };

/** The plain object of the readable copy that stands for an entry, as last written. */
export interface Projection {
  readonly etag: string;
  readonly hash: ContentHash;
}

/** What a path is at a commit. `at` is absent only for empty contents and folders. */
export interface FileEntry {
  readonly path: VaultPath;
  readonly deleted?: false;
  readonly hash: ContentHash;
  readonly sizeBytes: number;
  /** Advisory: shown to people, decides nothing. */
  readonly mtimeMs: number;
  /** Of the commit that made this entry. */
  readonly generation: number;
  readonly device: DeviceId;
  /** Short hashes of the path's former contents, newest first, at most 4. */
  readonly prev: readonly string[];
  readonly at?: ContentLocation;
  readonly projected?: Projection;
  /** Set when the commit moved it here from another path. */
  readonly from?: VaultPath;
}

/** A deleted path; `hash` is what it last was. */
export interface Tombstone {
  readonly path: VaultPath;
  readonly deleted: true;
  readonly hash: ContentHash;
  readonly generation: number;
  readonly device: DeviceId;
  /** Server's time of the commit, for the expiry; milliseconds since 1970. */
  readonly timeMs: number;
  /** Kept so that the last version can be restored. */
  readonly at?: ContentLocation;
  readonly sizeBytes: number;
  /** The plain object still to be removed from the readable copy. */
  readonly projected?: Projection;
  /** Set when the commit moved it to another path. */
  readonly to?: VaultPath;
}

export type Entry = FileEntry | Tombstone;

/** The cloud's side: one entry a path. */
export type RemoteTree = ReadonlyMap<VaultPath, Entry>;

export const MAX_PREV = 4;
