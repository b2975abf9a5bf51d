import { createHash } from 'node:crypto';
import { open, readdir, readFile, rename } from 'node:fs/promises';
import path from 'node:path';
import { makeFolders, removeFile, unlessAbsent } from './files.mts';
import type { Staging } from './staging.mts';
import { codeOf } from './translate-error.mts';

export type Metadata = Readonly<Record<string, string>>;

/**
 * Metadata, one small file an object that has any: `<hh>/<hash of the key>.<fingerprint>`. It counts only
 * for the file with that very fingerprint: old and new stand side by side while an object is replaced, and
 * after an edit by hand none counts. Written before its object; not forced to disk, for it holds no text
 * of anybody, and one that a power cut tore is as good as none.
 */
export class Sidecars {
  readonly #root: string;
  readonly #folder: string;
  readonly #staging: Staging;

  constructor(root: string, folder: string, staging: Staging) {
    this.#root = root;
    this.#folder = folder;
    this.#staging = staging;
  }

  /** Empty metadata is kept by keeping nothing. */
  async write(key: string, fingerprint: string, metadata: Metadata): Promise<void> {
    if (Object.keys(metadata).length === 0) return;
    const target = this.#path(key, fingerprint);
    const temporary = await this.#staging.freshPath();
    const handle = await open(temporary, 'wx');
    try {
      await handle.writeFile(JSON.stringify({ key, fingerprint, metadata }));
    } finally {
      await handle.close();
    }
    try {
      await rename(temporary, target);
    } catch (error) {
      if (codeOf(error) !== 'ENOENT') throw error;
      await makeFolders(this.#root, path.dirname(target));
      await rename(temporary, target);
    }
  }

  /** `undefined` where the object of that fingerprint has none. */
  async read(key: string, fingerprint: string): Promise<Metadata | undefined> {
    const text = await unlessAbsent(readFile(this.#path(key, fingerprint), 'utf8'));
    return text === undefined ? undefined : parseSidecar(text, key, fingerprint);
  }

  async remove(key: string, fingerprint: string): Promise<void> {
    // One that stays is waste, no harm: no other object will have its fingerprint.
    await removeFile(this.#path(key, fingerprint)).catch(() => undefined);
  }

  /** Removes those that belong to no object any more: an edit by hand leaves one behind, and it tells the name. */
  async sweep(isOf: (key: string, fingerprint: string) => Promise<boolean>): Promise<void> {
    const entries =
      (await unlessAbsent(readdir(this.#folder, { recursive: true, withFileTypes: true }))) ?? [];
    for (const entry of entries) {
      if (!entry.isFile()) continue;
      const file = path.join(entry.parentPath, entry.name);
      const owner = ownerOf((await unlessAbsent(readFile(file, 'utf8'))) ?? '');
      if (owner === undefined || !(await isOf(owner.key, owner.fingerprint))) await removeFile(file);
    }
  }

  #path(key: string, fingerprint: string): string {
    const hash = createHash('sha256').update(key).digest('hex').slice(0, 40);
    return path.join(this.#folder, hash.slice(0, 2), `${hash}.${fingerprint}`);
  }
}

function parseSidecar(text: string, key: string, fingerprint: string): Metadata | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!isRecord(value) || value['key'] !== key || value['fingerprint'] !== fingerprint) return undefined;
  const metadata = value['metadata'];
  if (!isRecord(metadata)) return undefined;
  const rows = Object.entries(metadata).filter((row): row is [string, string] => typeof row[1] === 'string');
  return Object.fromEntries(rows);
}

function ownerOf(text: string): { readonly key: string; readonly fingerprint: string } | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!isRecord(value)) return undefined;
  const { key, fingerprint } = value;
  return typeof key === 'string' && typeof fingerprint === 'string' ? { key, fingerprint } : undefined;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
