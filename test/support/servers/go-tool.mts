import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { hasProgram, runProgram } from './processes.mts';

const BIN = join(dirname(fileURLToPath(import.meta.url)), '../../../.cache/bin');

/** Builds a Go program into the project's cache, once; gives its path. Some minutes the first time. */
export async function goTool(name: string, packageAtVersion: string): Promise<string> {
  const version = packageAtVersion.split('@')[1] ?? '';
  const folder = join(BIN, `${name}-${version}`);
  const program = join(folder, name);
  if (existsSync(program)) return program;
  if (!(await hasProgram('go'))) {
    throw new Error(`${name} is built with Go, and there is no Go toolchain on the path (1.24 or newer)`);
  }
  await mkdir(folder, { recursive: true });
  await runProgram('go', ['install', packageAtVersion], { env: { GOBIN: folder }, timeoutMs: 1_800_000 });
  return program;
}
