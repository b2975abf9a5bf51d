import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hasProgram, runProgram } from './servers/processes.mts';

/** Test files run side by side, and apt gives up at once where another has its lists. */
const LOCK = join(tmpdir(), 'twincloud-apt.lock');
const LIMIT_MS = 900_000;

/** Makes a program of Debian's package of the same name available; does nothing when it is. */
export async function installPackage(name: string): Promise<void> {
  if (!(await hasProgram(name))) await installPackages([name]);
}

/** Installs packages of Debian's. */
export async function installPackages(names: readonly string[]): Promise<void> {
  const options = { env: { DEBIAN_FRONTEND: 'noninteractive' }, timeoutMs: LIMIT_MS };
  const apt = (...args: readonly string[]): Promise<string> =>
    runProgram('flock', [LOCK, 'apt-get', '-q', '-o', 'DPkg::Lock::Timeout=300', ...args], options);
  await apt('update');
  await apt('install', '-y', '--no-install-recommends', ...names);
}
