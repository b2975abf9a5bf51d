import { createHash } from 'node:crypto';
import { parseContentHash, type ContentHash } from '../../../src/core/model/ids.ts';
import { parseVaultPath, type VaultPath } from '../../../src/core/model/vault-path.ts';
import {
  isVaultError,
  type Expected,
  type StagedId,
  type Vault,
  type VaultErrorKind,
  type WriteResult,
} from '../../../src/engine/ports.ts';

/** What a person does with other programs; paths as on the host. */
export interface VaultUser {
  write(path: string, text: string, mtimeMs?: number): Promise<void>;
  read(path: string): Promise<string | undefined>;
  rename(from: string, to: string): Promise<void>;
  delete(path: string): Promise<void>;
  mkdir(path: string): Promise<void>;
  /** Makes a link at `path` to a file or a folder outside of the vault. */
  link(path: string, to: 'file' | 'folder'): Promise<void>;
  /** Takes the whole vault away. */
  unplug(): Promise<void>;
}

export interface VaultSubject {
  readonly vault: Vault;
  readonly user: VaultUser;
  readonly ignoresCase: boolean;
  /** Some hosts follow links, and nobody can tell what they lead to from a file. */
  readonly seesLinks: boolean;
  /** Some hosts put all into the trash by name alone. */
  readonly trashKeepsPaths: boolean;
  /** A new vault on the same disk, as after the process was killed. */
  restart(): Promise<Vault>;
  /** Files in the trash: path there to text. */
  trashed(): Promise<Map<string, string>>;
  damageStaged(staged: StagedId): Promise<void>;
  stagedIds(): Promise<readonly string[]>;
  dispose(): Promise<void>;
}

export function path(text: string): VaultPath {
  const parsed = parseVaultPath(text);
  if (parsed === undefined) throw new Error(`${text} is no path`);
  return parsed;
}

export function hashOf(text: string): ContentHash {
  const hash = parseContentHash(createHash('sha256').update(text).digest('hex'));
  if (hash === undefined) throw new Error('a digest is a hash');
  return hash;
}

export async function* chunksOf(...texts: readonly string[]): AsyncIterable<Uint8Array> {
  for (const text of texts) {
    await Promise.resolve();
    yield new TextEncoder().encode(text);
  }
}

export async function kindOf(attempt: Promise<unknown>): Promise<VaultErrorKind | 'no error'> {
  try {
    await attempt;
    return 'no error';
  } catch (error) {
    if (isVaultError(error)) return error.kind;
    throw error;
  }
}

export async function install(
  vault: Vault,
  at: string,
  text: string,
  expected: Expected,
): Promise<WriteResult> {
  const staged = await vault.stage(chunksOf(text));
  return vault.install(staged, path(at), { expected, hash: hashOf(text), mtimeMs: MTIME });
}

export async function everything(
  vault: Vault,
): Promise<{ files: string[]; emptyFolders: string[]; problems: string[] }> {
  const listing = await vault.list({ include: () => true });
  return {
    files: listing.files.map((file) => file.path).sort(),
    emptyFolders: [...listing.emptyFolders].sort(),
    problems: listing.problems.map((problem) => `${problem.reason} ${problem.path ?? '-'}`).sort(),
  };
}

export const MTIME = 1_700_000_000_123;

export async function textOf(vault: Vault, at: string): Promise<string> {
  return new TextDecoder().decode((await vault.read(path(at))).bytes);
}
