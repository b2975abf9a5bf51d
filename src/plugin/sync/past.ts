import type { Engine, Moment, Version } from '../../engine/api.ts';
import { isVaultError, type Expected, type Hashing, type Vault } from '../../engine/ports.ts';
import { TEXTS } from '../texts.ts';

/** A version's contents, from the cloud. Rejects with an Error for people. */
export async function readVersion(
  engine: Engine,
  version: Version,
  signal: AbortSignal,
): Promise<Uint8Array> {
  const { path } = version;
  const pieces: Uint8Array[] = [];
  const report = await engine.restore({
    path,
    at: momentOf(version),
    signal,
    write: async (_file, chunks) => {
      for await (const chunk of chunks) pieces.push(chunk);
    },
  });
  const [failed] = report.failed;
  if (failed !== undefined) throw new Error(failed.message);
  const bytes = new Uint8Array(await new Blob(pieces as Uint8Array<ArrayBuffer>[]).arrayBuffer());
  if (bytes.length !== version.sizeBytes) throw new Error(TEXTS.sync.wrongVersion(path));
  return bytes;
}

function momentOf({ commit, timeMs, path }: Version): Moment {
  if (commit !== undefined) return { kind: 'commit', commit };
  if (timeMs !== undefined) return { kind: 'time', timeMs };
  throw new Error(TEXTS.sync.noVersion(path));
}

/** Writes contents over the file as a person's edit would be; somebody at work in it is not disturbed. */
export async function writeVersion(
  { vault, hashing }: { readonly vault: Vault; readonly hashing: Pick<Hashing, 'sha256'> },
  version: Version,
  contents: { readonly bytes: Uint8Array; readonly mtimeMs: number },
): Promise<void> {
  const { path } = version;
  const { bytes, mtimeMs } = contents;
  const hash = await hashing.sha256(bytes);
  const expected = await hashNow(vault, hashing, path);
  if (expected === hash) return;
  const staged = await vault.stage(once(bytes));
  try {
    const result = await vault.install(staged, path, { expected, hash, mtimeMs });
    if (result.kind === 'changed') throw new Error(TEXTS.sync.changedMeanwhile(path));
  } catch (error) {
    if (isVaultError(error, 'deferred')) throw new Error(TEXTS.sync.openUnsaved(path), { cause: error });
    throw error;
  }
}

async function hashNow(
  vault: Vault,
  hashing: Pick<Hashing, 'sha256'>,
  path: Version['path'],
): Promise<Expected> {
  try {
    const { bytes } = await vault.read(path);
    return await hashing.sha256(bytes);
  } catch (error) {
    if (isVaultError(error, 'not-found')) return 'absent';
    throw error;
  }
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  await Promise.resolve();
  yield bytes;
}
