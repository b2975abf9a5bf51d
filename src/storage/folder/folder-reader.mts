import { type FileHandle, open } from 'node:fs/promises';
import { clampRange, throwIfAborted } from '../body.ts';
import type { BodySource, GetOptions, GetResult, ObjectInfo } from '../object-store.ts';
import { StoreError } from '../store-error.ts';
import { fingerprint, readFully, unlessAbsent } from './files.mts';
import type { PlainFiles } from './plain-files.mts';
import type { Metadata, Sidecars } from './sidecar.mts';
import { PROVIDER } from './translate-error.mts';
import type { VersionedKeys } from './versions.mts';

/** The file that is the object of a key now. */
interface Located {
  readonly path: string;
  readonly sizeBytes: number;
  readonly fingerprint: string;
  readonly etag: string;
  readonly lastModifiedMs: number;
  /** Bytes of the file after the body. */
  readonly trailerBytes: 0 | 1;
}

/** An object held open: replaced or deleted meanwhile, it reads as it was. */
export interface OpenObject {
  readonly body: BodySource;
  readonly fingerprint: string;
  readonly etag: string;
  readonly mtimeMs: number;
  close(): Promise<void>;
}

/** Each try that fails is a change by somebody else in that very moment. */
const MAX_TRIES = 50;

export class FolderReader {
  readonly #plain: PlainFiles;
  readonly #versions: VersionedKeys;
  readonly #sidecars: Sidecars;

  constructor(parts: {
    readonly plain: PlainFiles;
    readonly versions: VersionedKeys;
    readonly sidecars: Sidecars;
  }) {
    this.#plain = parts.plain;
    this.#versions = parts.versions;
    this.#sidecars = parts.sidecars;
  }

  /** `undefined` where there is none. */
  async get(key: string, options: GetOptions): Promise<GetResult | undefined> {
    for (let attempt = 0; attempt < MAX_TRIES; attempt++) {
      const at = await this.#locate(key);
      if (at === undefined) return undefined;
      if (at.etag === options.ifNoneMatch) return { kind: 'unchanged' };
      const about = { provider: PROVIDER, key };
      const range =
        options.range === undefined
          ? { start: 0, end: at.sizeBytes }
          : clampRange(options.range, at.sizeBytes, about);
      const body = await readStable(at, range, () => {
        throwIfAborted(options.signal, PROVIDER, key);
      });
      const metadata = await this.#metadata(key, at);
      if (body !== undefined && metadata !== undefined) return { kind: 'found', body, ...info(at, metadata) };
    }
    throw restless(key);
  }

  async head(key: string): Promise<ObjectInfo | undefined> {
    for (let attempt = 0; attempt < MAX_TRIES; attempt++) {
      const at = await this.#locate(key);
      if (at === undefined) return undefined;
      const metadata = await this.#metadata(key, at);
      if (metadata !== undefined) return info(at, metadata);
    }
    throw restless(key);
  }

  async open(key: string): Promise<OpenObject | undefined> {
    for (let attempt = 0; attempt < MAX_TRIES; attempt++) {
      const at = await this.#locate(key);
      if (at === undefined) return undefined;
      const handle = await openStable(at);
      if (handle === undefined) continue;
      const read = async (offset: number, length: number): Promise<Uint8Array> => {
        const bytes = await readFully(handle, { offset, length }, () => undefined);
        if (!(await isStill(handle, at))) throw restless(key);
        return bytes;
      };
      const { mtimeMs } = await handle.stat();
      return {
        body: { sizeBytes: at.sizeBytes, read },
        fingerprint: at.fingerprint,
        etag: at.etag,
        mtimeMs,
        close: () => handle.close(),
      };
    }
    throw restless(key);
  }

  async #locate(key: string): Promise<Located | undefined> {
    // Twice, for a key may turn from a plain file into versions between the two looks.
    for (let look = 0; look < 2; look++) {
      const version = await this.#versions.current(key);
      if (version?.deleted === true) return undefined;
      if (version !== undefined) return { ...version, trailerBytes: 1 };
      const file = await this.#plain.find(key);
      if (file === undefined) continue;
      const etag = fingerprint(file.stats.size, file.stats);
      return {
        path: file.path,
        sizeBytes: file.stats.size,
        fingerprint: etag,
        etag,
        lastModifiedMs: Math.floor(file.stats.mtimeMs),
        trailerBytes: 0,
      };
    }
    return undefined;
  }

  /** `undefined` where the object is another by now, so that its metadata may be gone. */
  async #metadata(key: string, at: Located): Promise<Metadata | undefined> {
    const metadata = await this.#sidecars.read(key, at.fingerprint);
    if (metadata !== undefined) return metadata;
    return (await this.#locate(key))?.etag === at.etag ? {} : undefined;
  }
}

function info(at: Located, metadata: Metadata): ObjectInfo {
  const { etag, sizeBytes, lastModifiedMs } = at;
  return { etag, sizeBytes, lastModifiedMs, metadata };
}

function restless(key: string): StoreError {
  const detail = 'it changes while it is read';
  return new StoreError('unavailable', { provider: PROVIDER, key, detail });
}

/** The bytes, or `undefined` where the file was replaced before or edited while it was read. */
async function readStable(
  at: Located,
  range: { readonly start: number; readonly end: number },
  onPiece: () => void,
): Promise<Uint8Array | undefined> {
  const handle = await openStable(at);
  if (handle === undefined) return undefined;
  try {
    const length = range.end - range.start;
    const bytes = await readFully(handle, { offset: range.start, length }, onPiece);
    onPiece();
    return bytes.length === length && (await isStill(handle, at)) ? bytes : undefined;
  } finally {
    await handle.close();
  }
}

async function openStable(at: Located): Promise<FileHandle | undefined> {
  const handle = await unlessAbsent(open(at.path, 'r'));
  if (handle === undefined) return undefined;
  if (await isStill(handle, at)) return handle;
  await handle.close();
  return undefined;
}

async function isStill(handle: FileHandle, at: Located): Promise<boolean> {
  const stats = await handle.stat();
  return stats.size === at.sizeBytes + at.trailerBytes && fingerprint(at.sizeBytes, stats) === at.fingerprint;
}
