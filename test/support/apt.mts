import { hasProgram, runProgram } from './servers/processes.mts';

/** Makes a program of Debian's package of the same name available; does nothing when it is. */
export async function installPackage(name: string): Promise<void> {
  if (await hasProgram(name)) return;
  const env = { DEBIAN_FRONTEND: 'noninteractive' };
  const options = { env, timeoutMs: 300_000 };
  await runProgram('apt-get', ['update', '-q'], options);
  await runProgram('apt-get', ['install', '-y', '-q', '--no-install-recommends', name], options);
}
