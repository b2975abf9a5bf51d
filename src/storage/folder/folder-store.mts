import { stat } from 'node:fs/promises';
import path from 'node:path';
import type { ObjectKey } from '../../core/model/ids.ts';
import { markedBody, SourceFailure, throwIfAborted } from '../body.ts';
import { checkKey, keyProblem } from '../key.ts';
import type {
  CallOptions,
  GetOptions,
  GetResult,
  ListOptions,
  ListPage,
  ObjectBody,
  ObjectInfo,
  ObjectStore,
  ObjectVersion,
  PutOptions,
  StoreCapabilities,
  WriteOptions,
} from '../object-store.ts';
import { StoreError } from '../store-error.ts';
import type { Now } from '../time.ts';
import { realpath, removeFile, unlessAbsent } from './files.mts';
import { listFolder } from './listing.mts';
import { STORE_FOLDER } from './names.mts';
import { FolderReader } from './folder-reader.mts';
import { PlainFiles } from './plain-files.mts';
import { Sidecars } from './sidecar.mts';
import { type RandomNames, Staging } from './staging.mts';
import { folderMissing, PROVIDER, translateError } from './translate-error.mts';
import { checkConditions, VersionedKeys } from './versions.mts';

export interface FolderStoreOptions {
  /** Must exist: a folder that is not there is a disk that is not plugged in. */
  readonly folder: string;
  readonly clock: Now;
  readonly random: RandomNames;
  /** Whether names must suit Windows; by default whether this is Windows. */
  readonly windows?: boolean;
}

/** What works on the folder once it is known where it really is. */
interface Parts {
  readonly root: string;
  readonly oddFolder: string;
  readonly clock: Now;
  readonly staging: Staging;
  readonly sidecars: Sidecars;
  readonly plain: PlainFiles;
  readonly versions: VersionedKeys;
  readonly reader: FolderReader;
}

/**
 * Objects as files in a folder; the layout is drawn in names.mts. Every write is durable when it resolves.
 * Any number of processes may use one folder at once and may be killed at any time. Files that other
 * programs put there are objects too; what they change has another tag.
 */
export class FolderStore implements ObjectStore {
  readonly capabilities: StoreCapabilities = {
    conditionalPut: true,
    serverCopy: true,
    listingHash: 'none',
    maxSinglePutBytes: Number.MAX_SAFE_INTEGER,
    writesPerSecondPerKey: Infinity,
  };
  readonly #options: FolderStoreOptions;
  #parts: Parts | undefined;
  #closed = false;

  constructor(options: FolderStoreOptions) {
    this.#options = options;
  }

  async get(key: ObjectKey, options: GetOptions = {}): Promise<GetResult> {
    return this.#run(key, options, async (parts) => {
      const result = await parts.reader.get(key, options);
      if (result === undefined) throw await this.#notFound(key);
      return { ...result, serverTimeMs: this.#options.clock.now() };
    });
  }

  async head(key: ObjectKey, options: CallOptions = {}): Promise<ObjectInfo> {
    return this.#run(key, options, async (parts) => {
      const info = await parts.reader.head(key);
      if (info === undefined) throw await this.#notFound(key);
      return { ...info, serverTimeMs: this.#options.clock.now() };
    });
  }

  async put(key: ObjectKey, body: ObjectBody, options: PutOptions = {}): Promise<ObjectVersion> {
    return this.#run(key, options, async (parts) => {
      const etag = await write(parts, key, { body: markedBody(body), options });
      return { etag, serverTimeMs: this.#options.clock.now() };
    });
  }

  async copy(from: ObjectKey, to: ObjectKey, options: WriteOptions = {}): Promise<ObjectVersion> {
    return this.#run(to, options, async (parts) => {
      checkKey(from, PROVIDER);
      const source = await parts.reader.open(from);
      if (source === undefined) throw await this.#notFound(from);
      try {
        const etag = await write(parts, to, { body: source.body, options });
        return { etag, serverTimeMs: this.#options.clock.now() };
      } finally {
        await source.close();
      }
    });
  }

  async delete(key: ObjectKey, options: CallOptions = {}): Promise<void> {
    return this.#run(key, options, async (parts) => {
      const { versions, plain } = parts;
      if ((await versions.current(key)) !== undefined) {
        await versions.commit(key, { body: undefined, options });
      }
      await plain.remove(key);
    });
  }

  async *list(prefix: string, options: ListOptions = {}): AsyncGenerator<ListPage> {
    try {
      const parts = await this.#begin(undefined, options.signal);
      yield* listFolder(parts, prefix, options);
      // A disk that went away in between looks like folders without files.
      await this.#begin(undefined, options.signal);
    } catch (error) {
      throw translateError(error, undefined);
    }
  }

  /** Removes what the folder itself keeps of former contents: overtaken versions, and metadata of what is gone. */
  async forgetFormer(): Promise<void> {
    await this.#run(undefined, {}, async ({ versions, sidecars, plain }) => {
      await versions.dropFormer();
      await sidecars.sweep(async (key, print) => {
        if (keyProblem(key) !== undefined) return false;
        const version = await versions.current(key);
        return version?.fingerprint === print || (await plain.fingerprintOf(key)) === print;
      });
    });
  }

  async close(): Promise<void> {
    this.#closed = true;
  }

  async #run<T>(
    key: string | undefined,
    options: CallOptions,
    call: (parts: Parts) => Promise<T>,
  ): Promise<T> {
    try {
      const parts = await this.#begin(key, options.signal);
      return await call(parts);
    } catch (error) {
      if (error instanceof SourceFailure) throw error.cause;
      throw translateError(error, key);
    }
  }

  async #begin(key: string | undefined, signal: AbortSignal | undefined): Promise<Parts> {
    if (this.#closed) throw new StoreError('aborted', { provider: PROVIDER, detail: 'the store is closed' });
    throwIfAborted(signal, PROVIDER, key);
    if (key !== undefined) checkKey(key, PROVIDER);
    const { folder } = this.#options;
    const stats = await unlessAbsent(stat(folder));
    if (stats?.isDirectory() !== true) throw folderMissing(folder);
    this.#parts ??= makeParts(await realpath(folder), this.#options);
    return this.#parts;
  }

  /** Why there is no such object: it is not there, or the whole folder is gone. */
  async #notFound(key: string): Promise<StoreError> {
    await this.#begin(undefined, undefined);
    return new StoreError('not-found', { provider: PROVIDER, key });
  }
}

function makeParts(root: string, options: FolderStoreOptions): Parts {
  const area = (name: string): string => path.join(root, STORE_FOLDER, name);
  const { clock, random } = options;
  const windows = options.windows ?? process.platform === 'win32';
  const staging = new Staging(root, area('tmp'), { clock, random });
  const sidecars = new Sidecars(root, area('meta'), staging);
  const plain = new PlainFiles(root, area('odd'), { sidecars, windows });
  const versions = new VersionedKeys(root, area('versions'), { staging, sidecars });
  const reader = new FolderReader({ plain, versions, sidecars });
  return { root, oddFolder: plain.oddFolder, clock, staging, sidecars, plain, versions, reader };
}

interface Write {
  readonly body: ObjectBody;
  readonly options: PutOptions;
}

/** Stores the body under the key in the way that the key is kept, and gives its tag. */
async function write(parts: Parts, key: string, what: Write): Promise<string> {
  const conditional = what.options.ifMatch !== undefined || what.options.ifNoneMatch !== undefined;
  const versioned = (await parts.versions.current(key)) !== undefined;
  if (!conditional && !versioned) return writePlain(parts, key, what);
  if (!versioned) await beginVersions(parts, key, what.options);
  return parts.versions.commit(key, what);
}

async function writePlain(parts: Parts, key: string, what: Write): Promise<string> {
  const { staging, sidecars, plain, versions } = parts;
  const staged = await staging.stage(what.body, { key, signal: what.options.signal });
  try {
    await sidecars.write(key, staged.fingerprint, what.options.metadata ?? {});
    await plain.place(key, staged);
  } catch (error) {
    await removeFile(staged.path).catch(() => undefined);
    throw error;
  }
  if ((await versions.current(key)) === undefined) return staged.fingerprint;
  // Somebody wrote it with a condition meanwhile, so that versions hide the plain file.
  const etag = await versions.commit(key, what);
  await plain.remove(key);
  return etag;
}

/** Turns the key, with the object that stands there, into one of versions. */
async function beginVersions(parts: Parts, key: string, options: PutOptions): Promise<void> {
  const { plain, versions, reader } = parts;
  const source = await reader.open(key);
  try {
    checkConditions(key, source?.etag, options);
    await versions.begin(key, source);
  } finally {
    await source?.close();
  }
  if (source === undefined) return;
  const now = await plain.fingerprintOf(key);
  // Another one is not what became the first version: it stays on the disk, hidden.
  if (now === source.fingerprint) await plain.remove(key, 'keep-metadata');
}
