import { createHash } from 'node:crypto';
import { open, readdir, readFile, stat } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { tokensIn } from './ledger.mts';

/** An attachment's mark stands at its beginning. */
const MARK_BYTES = 64;

/** The paths of the files that are synced, sorted. */
export async function pathsIn(vault: string): Promise<string[]> {
  const found = await readdir(vault, { recursive: true, withFileTypes: true });
  return found
    .filter((one) => one.isFile())
    .map((one) => relative(vault, join(one.parentPath, one.name)))
    .filter((path) => path.split('/').every((part) => !part.startsWith('.')))
    .sort();
}

/** What has been staged and not been used: nothing, after a sync that ended well. */
export async function stagedIn(vault: string): Promise<string[]> {
  return readdir(join(vault, '.twincloud-staging')).catch(() => []);
}

export interface Snapshot {
  readonly hashByPath: ReadonlyMap<string, string>;
  readonly tokens: ReadonlySet<string>;
}

export async function snapshotOf(vault: string): Promise<Snapshot> {
  const hashByPath = new Map<string, string>();
  const tokens = new Set<string>();
  for (const path of await pathsIn(vault)) {
    const bytes = await readFile(join(vault, path));
    hashByPath.set(path, createHash('sha256').update(bytes).digest('hex'));
    for (const token of tokensIn(textOf(path, bytes))) tokens.add(token);
  }
  return { hashByPath, tokens };
}

export async function tokensAt(vault: string, path: string): Promise<readonly string[]> {
  if (!path.endsWith('.bin')) return tokensIn(await readFile(join(vault, path), 'utf8'));
  const file = await open(join(vault, path));
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(MARK_BYTES), 0, MARK_BYTES, 0);
    return tokensIn(buffer.subarray(0, bytesRead).toString('latin1'));
  } finally {
    await file.close();
  }
}

function textOf(path: string, bytes: Buffer): string {
  return path.endsWith('.bin') ? bytes.subarray(0, MARK_BYTES).toString('latin1') : bytes.toString('utf8');
}

/** Paths that differ, for a message. */
export function differences(one: Snapshot, other: Snapshot): string[] {
  const paths = new Set([...one.hashByPath.keys(), ...other.hashByPath.keys()]);
  return [...paths].filter((path) => one.hashByPath.get(path) !== other.hashByPath.get(path)).sort();
}

export async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
