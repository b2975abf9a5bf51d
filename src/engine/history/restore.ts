import { inLanes } from '../lanes.ts';
import type { FileEntry, RemoteTree } from '../../core/model/entry.ts';
import type { ContentHash, ObjectKey } from '../../core/model/ids.ts';
import { isLive } from '../../core/model/tree.ts';
import { isFolder, type VaultPath } from '../../core/model/vault-path.ts';
import { isStoreError, StoreError } from '../../storage/store-error.ts';
import { EngineError, type EngineDeps, type RestoreOptions, type RestoreReport } from '../api.ts';
import { Cloud } from '../cloud/cloud.ts';
import { ContentReader, isLarge, wantedOf, type Wanted } from '../cloud/content.ts';
import { isVaultError } from '../ports.ts';
import { treeOfMoment } from './moment.ts';

/** Large files stream; so many at once. */
const LARGE_AT_ONCE = 2;

/**
 * Hands the files of a moment to `write`, from the cloud alone: what this device remembers is not
 * asked. Damaged contents and names that cannot be written are listed in `failed`, the rest goes on.
 */
export async function restore(deps: EngineDeps, options: RestoreOptions): Promise<RestoreReport> {
  const cloud = new Cloud(deps, options.signal);
  const { tree, commit, generation } = await treeOfMoment(deps, cloud, options.at);
  const entries = wantedEntries(tree, options.path);
  const work = new Restoring(deps, cloud, options, entries);
  const { files, bytes, failed } = await work.run();
  return { commit, generation, files, bytes, failed };
}

function wantedEntries(tree: RemoteTree, path: VaultPath | undefined): readonly FileEntry[] {
  const live = [...tree.values()].filter(isLive);
  if (path === undefined) return live;
  const found = live.filter(
    (entry) => entry.path === path || (isFolder(path) && entry.path.startsWith(path)),
  );
  if (found.length > 0) return found;
  const was = tree.get(path)?.deleted === true ? 'It was deleted by then' : 'There was no such path';
  throw new EngineError(
    'not-found',
    `${path}: ${was}. \`twincloud history\` shows its versions; a folder's path ends in "/".`,
  );
}

interface Target extends Wanted {
  readonly entry: FileEntry;
}

class Restoring {
  files = 0;
  bytes = 0;
  readonly failed: RestoreReport['failed'][number][] = [];
  readonly #deps: EngineDeps;
  readonly #cloud: Cloud;
  readonly #options: RestoreOptions;
  readonly #entries: readonly FileEntry[];
  readonly #totalBytes: number;
  #doneFiles = 0;
  #doneBytes = 0;

  constructor(deps: EngineDeps, cloud: Cloud, options: RestoreOptions, entries: readonly FileEntry[]) {
    this.#deps = deps;
    this.#cloud = cloud;
    this.#options = options;
    this.#entries = entries;
    this.#totalBytes = entries.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  }

  async run(): Promise<this> {
    const reader = new ContentReader(this.#deps, this.#cloud);
    const targets = this.#entries.map((entry): Target => ({ ...wantedOf(entry), entry }));
    const large = (target: Target): boolean => isLarge(target, this.#deps.settings);
    await reader.each(
      targets.filter((target) => !large(target)),
      async (fetched) => {
        const { entry } = fetched.wanted;
        if (fetched.kind === 'found') await this.#write(entry, once(fetched.bytes));
        else this.#done(entry, fetched.detail);
      },
    );
    await inLanes(targets.filter(large), LARGE_AT_ONCE, ({ entry }) => this.#large(reader, entry));
    return this;
  }

  async #large(reader: ContentReader, entry: FileEntry): Promise<void> {
    const { at, sizeBytes, hash } = entry;
    if (at === undefined || !('blob' in at)) return;
    const proof = { isProved: false };
    const chunks = this.#proved({ pieces: reader.pieces(at.blob, sizeBytes), key: at.blob, hash, proof });
    await this.#write(entry, chunks, proof);
  }

  /** Throws a `StoreError` of kind `corrupt` at the end when the contents are not what they should be. */
  async *#proved(large: {
    readonly pieces: AsyncIterable<Uint8Array>;
    readonly key: ObjectKey;
    readonly hash: ContentHash;
    readonly proof: { isProved: boolean };
  }): AsyncGenerator<Uint8Array> {
    const whole = this.#deps.hashing.sha256Stream();
    for await (const piece of large.pieces) {
      whole.update(piece);
      yield piece;
    }
    if (whole.digest() !== large.hash) {
      const detail = 'it holds other bytes than it should';
      throw new StoreError('corrupt', { provider: 'engine', key: large.key, detail });
    }
    large.proof.isProved = true;
  }

  async #write(
    entry: FileEntry,
    chunks: AsyncIterable<Uint8Array>,
    proof: { readonly isProved: boolean } = { isProved: true },
  ): Promise<void> {
    this.#cloud.signal?.throwIfAborted();
    const { path, sizeBytes, mtimeMs } = entry;
    try {
      await this.#options.write({ path, sizeBytes, mtimeMs }, chunks);
    } catch (error) {
      if (!isOfOneFile(error)) throw error;
      this.#done(entry, error.message);
      return;
    }
    this.#done(entry, proof.isProved ? undefined : 'its contents were not taken to their end');
  }

  #done(entry: FileEntry, failure: string | undefined): void {
    if (failure !== undefined) {
      this.failed.push({ path: entry.path, message: `${entry.path}: ${failure}` });
    } else if (!isFolder(entry.path)) {
      this.files += 1;
      this.bytes += entry.sizeBytes;
    }
    this.#doneFiles += 1;
    this.#doneBytes += entry.sizeBytes;
    this.#options.onProgress?.({
      phase: 'download',
      doneFiles: this.#doneFiles,
      totalFiles: this.#entries.length,
      doneBytes: this.#doneBytes,
      totalBytes: this.#totalBytes,
    });
  }
}

/** Whether others may still be restored: damage and names, not a full disk or a cloud out of reach. */
function isOfOneFile(error: unknown): error is Error {
  if (isVaultError(error)) return error.kind !== 'disk-full' && error.kind !== 'read-only';
  return (
    isStoreError(error, 'corrupt') || (isStoreError(error, 'not-found') && error.details.reason === undefined)
  );
}

/** Nothing for what is empty. */
async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  await Promise.resolve();
  if (bytes.length > 0) yield bytes;
}
