import { mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { CliError } from './cli-error.mts';

/**
 * Makes the folder and those above it; rejects with words for people. Level by level: Node's own
 * recursive way never ends where a parent refuses with "no such file", as below /proc.
 */
export async function makeFolder(folder: string, mode = 0o777): Promise<void> {
  try {
    await makeLevels(folder, mode);
  } catch (error) {
    throw new CliError(
      `The folder ${folder} cannot be made: ${(error as Error).message}. Choose another.`,
      1,
      error,
    );
  }
}

async function makeLevels(folder: string, mode: number): Promise<void> {
  const there = await stat(folder).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  });
  if (there?.isDirectory() === true) return;
  if (there !== undefined) throw new Error(`${folder} is a file`);
  const parent = dirname(folder);
  if (parent !== folder) await makeLevels(parent, mode);
  await mkdir(folder, { mode }).catch((error: unknown) => {
    // Another process was faster.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  });
}
