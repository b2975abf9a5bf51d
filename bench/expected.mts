import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { deflateRawSync } from 'node:zlib';
import { COMPACT_AFTER_ENTRIES } from '../src/core/model/commit-shape.ts';
import { MAX_DELTAS } from '../src/core/model/head.ts';
import { nextShardCount, shardCount } from '../src/core/model/shards.ts';
import { SMALL_BYTES } from '../src/engine/cloud/content.ts';
import { DEFAULT_SETTINGS } from '../src/engine/api.ts';

/** What a vault's files come to in the cloud. */
export interface VaultShape {
  readonly files: number;
  /** Larger files, each an object of its own. */
  readonly blobs: number;
  readonly blobBytes: number;
  /** Contents of small files. */
  readonly packed: number;
  /** Of them, as they are stored. */
  readonly packedBytes: number;
}

export interface Expected {
  readonly requests: number;
  readonly bytes: number;
}

/** How far a measured count may be from the formula. */
export const TOLERANCE = 0.1;

/** Compressed bytes of one file's entry in a shard or a delta, and of its line in a pack's index. */
const ENTRY_BYTES = 76;
const INDEX_BYTES = 132;
/** Whether the bucket has a head, and whether it is empty. */
const FIRST_LOOKS = 2;
/** A device writes down that it was here. */
const DEVICE_RECORD = 1;
const COMPRESSED = /\.(?:png|jpe?g|pdf|zip|mp3|mp4|webp)$/iu;
const LEVEL = 3;
/** Of files in one commit; large ones fill it before 2,000 do. */
const COMMIT_BYTES = 64 * 1024 * 1024;

export async function shapeOf(vault: string): Promise<VaultShape> {
  const shape = { files: 0, blobs: 0, blobBytes: 0, packed: 0, packedBytes: 0 };
  const seen = new Set<string>();
  for (const entry of await readdir(vault, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const bytes = await readFile(join(entry.parentPath, entry.name));
    shape.files += 1;
    // Equal contents are stored once.
    const hash = createHash('sha256').update(bytes).digest('hex');
    if (bytes.length === 0 || seen.has(hash)) continue;
    seen.add(hash);
    if (bytes.length > SMALL_BYTES) {
      shape.blobs += 1;
      shape.blobBytes += bytes.length;
    } else {
      const small = COMPRESSED.test(entry.name) ? bytes : deflateRawSync(bytes, { level: LEVEL });
      shape.packed += 1;
      shape.packedBytes += Math.min(bytes.length, small.length);
    }
  }
  return shape;
}

/**
 * A head a commit of at most 2,000 files or 64 MiB; what a head cannot carry goes into a delta; of the last
 * commit, and where a head can list no more deltas, into shards, beside a root; packs of at most 8 MiB, at
 * least one a commit; a blob a large file.
 */
export function expectedUpload(shape: VaultShape): Expected {
  const trees = treesOf(shape);
  const requests =
    FIRST_LOOKS + DEVICE_RECORD + commitsOf(shape) + trees.objects + packsOf(shape) + shape.blobs;
  const bytes = contentBytes(shape) + shape.packed * INDEX_BYTES + trees.entries * ENTRY_BYTES;
  return { requests, bytes };
}

/** Objects with entries, and the entries in all of them. */
function treesOf(shape: VaultShape): { readonly objects: number; readonly entries: number } {
  const commits = commitsOf(shape);
  let [objects, entries, deltas, shards] = [0, 0, 0, 0];
  for (let commit = 1; commit <= commits; commit += 1) {
    const files = Math.round((shape.files * commit) / commits);
    const compacts = commit === commits ? files >= COMPACT_AFTER_ENTRIES : deltas === MAX_DELTAS;
    if (compacts) {
      shards = nextShardCount(shards, files);
      objects += shards + (commit > 1 ? 1 : 0);
      entries += files;
      deltas = 0;
    } else {
      objects += 1;
      entries += shape.files / commits;
      deltas += 1;
    }
  }
  return { objects, entries };
}

function commitsOf({ files, blobBytes }: VaultShape): number {
  return Math.ceil(files / DEFAULT_SETTINGS.commitFiles) + Math.floor(blobBytes / COMMIT_BYTES);
}

/** The head, the shards or the delta, the contents of each pack, each blob. */
export function expectedDownload(shape: VaultShape): Expected {
  const trees = shape.files >= COMPACT_AFTER_ENTRIES ? shardCount(shape.files) : 1;
  const requests = 1 + DEVICE_RECORD + trees + packsOf(shape) + shape.blobs;
  return { requests, bytes: contentBytes(shape) + shape.files * ENTRY_BYTES };
}

function packsOf(shape: VaultShape): number {
  const commits = commitsOf(shape);
  const bytes = shape.packedBytes + shape.packed * INDEX_BYTES;
  return commits * Math.ceil(bytes / commits / DEFAULT_SETTINGS.packBytes);
}

function contentBytes({ packedBytes, blobBytes }: VaultShape): number {
  return packedBytes + blobBytes;
}
