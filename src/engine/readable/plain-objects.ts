import { classifyKey, plainKey } from '../../core/format/keys.ts';
import type { FileEntry, Projection } from '../../core/model/entry.ts';
import { parseContentHash, shortHash, type ContentHash, type ObjectKey } from '../../core/model/ids.ts';
import { parseVaultPath, type VaultPath } from '../../core/model/vault-path.ts';
import { createScope } from '../../core/policy/scope.ts';
import type { ListedObject } from '../../storage/object-store.ts';
import type { CloudDeps } from '../api.ts';
import { orAbsent } from '../cloud/cloud.ts';
import { ContentReader } from '../cloud/content.ts';
import type { Run } from '../execute/run.ts';

/** What other sync tools leave in a bucket for themselves. */
const FOREIGN_METADATA =
  /^(?:_remotely-save-metadata-on-remote\.(?:json|bin)|_remotely-secure-metadata-on-remote\.json|_debug_remotely_save\/.*)$/u;
/** Metadata of a projected object: `<commit>:<content hash>`. */
export const PROJECTED_METADATA = 'twincloud';

/** An object of the readable copy, or one that a person or another tool put there. */
export interface PlainObject extends ListedObject {
  readonly path: VaultPath;
}

export interface Listing {
  readonly plain: readonly PlainObject[];
  /** Sizes of everything below `.twincloud/`. */
  readonly internal: ReadonlyMap<ObjectKey, number>;
  /** Keys that no vault could hold. */
  readonly unusable: readonly string[];
}

/** The whole bucket below the prefix: a request for each thousand objects. */
export async function listBucket(run: Run): Promise<Listing> {
  const scope = createScope(run.deps.settings.scope);
  const plain: PlainObject[] = [];
  const internal = new Map<ObjectKey, number>();
  const unusable: string[] = [];
  for await (const object of run.cloud.list('')) {
    if (classifyKey(object.key) !== 'plain') internal.set(object.key, object.sizeBytes);
    else if (!object.key.endsWith('/') && !FOREIGN_METADATA.test(object.key)) {
      const path = parseVaultPath(object.key);
      if (path === undefined) unusable.push(object.key);
      else if (scope.includes(path)) plain.push({ ...object, path });
    }
  }
  return { plain, internal, unusable };
}

export type PlainKey = Pick<PlainObject, 'key' | 'sizeBytes'>;

/** Contents of a plain object, read once. `bytes` where it is small. */
export interface PlainContents {
  readonly hash: ContentHash;
  /** Of the contents that were read; a listing may be older. */
  readonly sizeBytes: number;
  readonly etag: string;
  readonly bytes?: Uint8Array;
  /** What its metadata says of it, if we wrote it. */
  readonly projectedAs?: ContentHash;
  readonly mtimeMs: number;
}

interface Reading extends Pick<Run, 'cloud'> {
  readonly deps: CloudDeps;
}

/** `undefined` when the object has gone since it was listed. */
export function readPlain(run: Reading, object: PlainKey): Promise<PlainContents | undefined> {
  return orAbsent(readPresent(run, object));
}

async function readPresent(run: Reading, object: PlainKey): Promise<PlainContents> {
  if (object.sizeBytes <= run.deps.settings.bodyBytes) {
    const result = await run.cloud.get(object.key);
    if (result.kind === 'unchanged') throw new TypeError('unchanged without a condition');
    const hash = await run.deps.hashing.sha256(result.body);
    return { hash, bytes: result.body, ...described(result) };
  }
  const info = await run.cloud.store.head(object.key, run.cloud.options);
  const sha = run.deps.hashing.sha256Stream();
  for await (const piece of new ContentReader(run.deps, run.cloud).pieces(object.key, info.sizeBytes))
    sha.update(piece);
  return { hash: sha.digest(), ...described(info) };
}

/** An entry's contents from its readable copy, where that has the right hash: a second place to look. */
export async function rescue(run: Run, entry: FileEntry): Promise<Uint8Array | undefined> {
  const key = plainKey(entry.path);
  if (key === undefined || entry.sizeBytes > run.deps.settings.bodyBytes) return undefined;
  const found = await orAbsent(run.cloud.get(key));
  if (found?.kind !== 'found') return undefined;
  return (await run.deps.hashing.sha256(found.body)) === entry.hash ? found.body : undefined;
}

interface Described {
  readonly sizeBytes: number;
  readonly etag: string;
  readonly lastModifiedMs: number;
  readonly metadata: Readonly<Record<string, string>>;
}

function described(info: Described): Omit<PlainContents, 'hash' | 'bytes'> {
  const mark = info.metadata[PROJECTED_METADATA]?.split(':')[1];
  const projectedAs = mark === undefined ? undefined : parseContentHash(mark);
  const seconds = Number(info.metadata['mtime'] ?? Number.NaN);
  // rclone writes seconds, Remotely Save milliseconds.
  const told = Math.round(seconds > 1e11 ? seconds : seconds * 1000);
  const mtimeMs = Number.isSafeInteger(told) && told >= 0 ? told : info.lastModifiedMs;
  return {
    etag: info.etag,
    sizeBytes: info.sizeBytes,
    mtimeMs,
    ...(projectedAs === undefined ? {} : { projectedAs }),
  };
}

/**
 * A copy that later commits have overtaken: our mark with its own hash, or contents that the note had
 * before. Importing it as an edit would undo what was written since.
 */
export function isOvertaken({ hash, projectedAs }: PlainContents, entry: FileEntry | undefined): boolean {
  return projectedAs === hash || entry?.prev.includes(shortHash(hash)) === true;
}

/** What this device may overwrite without looking: its own last projection. */
export function isAsProjected(object: { readonly etag: string }, known: Projection | undefined): boolean {
  return known?.etag === object.etag;
}
