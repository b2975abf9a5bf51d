import type { Entry, RemoteTree } from '../../core/model/entry.ts';
import { EXTERNAL_DEVICE, type ContentHash } from '../../core/model/ids.ts';
import type { VaultPath } from '../../core/model/vault-path.ts';
import { EngineError } from '../api.ts';
import { orAbsent } from '../cloud/cloud.ts';
import { readHead } from '../cloud/head.ts';
import type { Run } from '../execute/run.ts';
import { isVaultError, type ReadResult } from '../ports.ts';
import { importFindings, type Finding } from './import.ts';
import { listBucket, readPlain, type Listing, type PlainObject } from './plain-objects.ts';

/** Contents imported by one commit are in memory together: keep them few. */
const BATCH_BYTES = 32 * 1024 * 1024;
const BATCH_FILES = 1_000;
const SAMPLES = 4;
/** Larger files are not read whole only to be compared. */
const COMPARE_BYTES = 64 * 1024 * 1024;
/** First bytes of files that rclone's crypt and Remotely Save (openssl) have encrypted. */
const ENCRYPTED_BY = [
  { magic: 'RCLONE\0\0', tool: 'rclone crypt' },
  { magic: 'Salted__', tool: 'Remotely Save with a password' },
] as const;
const HASH_DIGITS = 64;

/** A bucket without a head, looked at. Objects that this vault holds already are told by size and MD5. */
export interface Survey {
  readonly listing: Listing;
  readonly equal: ReadonlyMap<VaultPath, ContentHash>;
}

/**
 * Looks; changes nothing. `begun`: another device has made the head in the meantime. Rejects where
 * going on would be wrong: an encrypted bucket, a lost head.
 */
export async function surveyBucket(run: Run): Promise<Survey | 'begun'> {
  const listing = await listBucket(run);
  const again = listing.internal.size === 0 ? undefined : await readHead(run.cloud, run.deps.compression);
  if (again?.kind === 'found') return 'begun';
  refuseLostHead(run, listing);
  await refuseEncrypted(run, listing.plain);
  const equal = new Map<VaultPath, ContentHash>();
  for (const object of listing.plain) {
    const hash = await equalHere(run, object);
    if (hash !== undefined) equal.set(object.path, hash);
  }
  return { listing, equal };
}

/** The tree that adopting would make, for the preview: what is not equal has hashes of its own. */
export function treeToBe(survey: Survey): RemoteTree {
  const tree = new Map<VaultPath, Entry>();
  for (const object of survey.listing.plain) {
    const stand = (object.md5 ?? '').padEnd(HASH_DIGITS, '0') as ContentHash;
    tree.set(object.path, {
      path: object.path,
      hash: survey.equal.get(object.path) ?? stand,
      sizeBytes: object.sizeBytes,
      mtimeMs: object.lastModifiedMs,
      generation: 1,
      device: EXTERNAL_DEVICE,
      prev: [],
    });
  }
  return tree;
}

/**
 * Makes plain files that lie in the bucket the first commits of the vault. They stay as they are: they
 * are the readable copy. What is equal here is not downloaded.
 */
export async function adopt(run: Run, survey: Survey): Promise<void> {
  const objects = survey.listing.plain;
  run.expect(
    'adopt',
    objects.length,
    objects.reduce((sum, object) => sum + object.sizeBytes, 0),
  );
  let batch: Finding[] = [];
  let bytes = 0;
  for (const [index, object] of objects.entries()) {
    run.options.signal?.throwIfAborted();
    const finding = await findingOf(run, object, survey.equal.get(object.path));
    if (finding !== undefined) batch.push(finding);
    bytes += object.sizeBytes;
    run.progress('adopt', 1, object.sizeBytes);
    const isLast = index === objects.length - 1;
    if (!isLast && batch.length < BATCH_FILES && bytes < BATCH_BYTES) continue;
    if ((await importFindings(run, batch, !isLast)) === 'lost') {
      throw new EngineError(
        'contended',
        'Another device began to sync with this bucket at the same moment. Nothing is lost; sync again.',
      );
    }
    batch = [];
    bytes = 0;
  }
}

async function findingOf(
  run: Run,
  object: PlainObject,
  equal: ContentHash | undefined,
): Promise<Finding | undefined> {
  if (equal !== undefined) {
    const read = await readIfThere(run, object.path);
    if (read !== undefined && (await run.deps.hashing.sha256(read.bytes)) === equal) {
      const { bytes, file } = read;
      return {
        object,
        contents: { hash: equal, etag: object.etag, bytes, sizeBytes: bytes.length, mtimeMs: file.mtimeMs },
        base: undefined,
      };
    }
  }
  const contents = await readPlain(run, object);
  return contents === undefined ? undefined : { object, contents, base: undefined };
}

/** The hash of the local file if the listing proves it equal to the object. */
async function equalHere(run: Run, object: PlainObject): Promise<ContentHash | undefined> {
  const local = run.local.files.get(object.path);
  if (local?.sizeBytes !== object.sizeBytes || object.md5 === undefined || object.sizeBytes > COMPARE_BYTES)
    return undefined;
  const bytes = (await readIfThere(run, object.path))?.bytes;
  if (bytes === undefined || run.deps.hashing.md5(bytes) !== object.md5) return undefined;
  return run.deps.hashing.sha256(bytes);
}

/** A file that cannot be read now is simply not known to be equal. */
async function readIfThere(run: Run, path: VaultPath): Promise<ReadResult | undefined> {
  try {
    return await run.deps.vault.read(path);
  } catch (error) {
    if (isVaultError(error)) return undefined;
    throw error;
  }
}

function refuseLostHead(run: Run, listing: Listing): void {
  const remains = [...listing.internal.keys()].some((key) => /^\.twincloud\/(?:roots|devices)\//u.test(key));
  if (!remains || run.options.acceptFirst === true) return;
  throw new EngineError(
    'head-vanished',
    'The bucket holds the remains of a Twincloud vault without its head (.twincloud/head). Nothing was changed. Restore that object if you can; else sync with --accept-first to begin a new history from the files that are there.',
  );
}

async function refuseEncrypted(run: Run, plain: readonly PlainObject[]): Promise<void> {
  const filled = plain.filter((object) => object.sizeBytes >= 8);
  const step = Math.max(1, Math.floor(filled.length / SAMPLES));
  for (const object of filled.filter((_, index) => index % step === 0).slice(0, SAMPLES)) {
    const result = await orAbsent(
      run.cloud.store.get(object.key, {
        ...run.cloud.options,
        range: { offset: 0, length: 8 },
      }),
    );
    const start = result?.kind === 'found' ? String.fromCharCode(...result.body.subarray(0, 8)) : '';
    const found = ENCRYPTED_BY.find(({ magic }) => magic === start);
    if (found === undefined) continue;
    throw new EngineError(
      'encrypted-bucket',
      `The files in this bucket are encrypted by ${found.tool} (${object.key}). Nothing was changed. Decrypt them with that tool into a folder, open that folder as the vault, and sync it to an empty bucket or prefix.`,
    );
  }
}
