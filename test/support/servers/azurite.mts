import { createRequire } from 'node:module';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { accepts, freePorts, startDaemon, waitUntil } from './processes.mts';
import type { RunningServer } from './server.mts';

const ACCOUNT = 'twincloudtest';
const PROGRAM = fileURLToPath(new URL('azurite-main.mts', import.meta.url));
const LOADER = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
const KEY = btoa('twincloud test key of azurite, 32+');

/** Comes with the project's packages. */
export async function install(): Promise<void> {
  createRequire(import.meta.url).resolve('azurite/package.json');
  return Promise.resolve();
}

/**
 * Microsoft's own emulator of Azure Blob Storage, in memory unless told where on a disk. It writes its lists down
 * when it ends, and every 5 s: killed it would forget what it has said yes to, so with data on a disk it is asked to end.
 */
export async function startServer(
  place: { readonly dataFolder?: string; readonly port?: number } = {},
): Promise<RunningServer> {
  const folder = await mkdtemp(join(tmpdir(), 'azurite-'));
  const [port = 0] = place.port === undefined ? await freePorts(1) : [place.port];
  const { dataFolder } = place;
  const options = dataFolder === undefined ? ['--inMemoryPersistence'] : ['--location', dataFolder];
  options.push('--silent', '--disableTelemetry', '--skipApiVersionCheck');
  options.push('--keepAliveTimeout', '600');
  const listen = ['--blobHost', '127.0.0.1', '--blobPort', String(port)];
  const daemon = startDaemon(process.execPath, ['--import', LOADER, PROGRAM, ...options, ...listen], {
    env: { AZURITE_ACCOUNTS: `${ACCOUNT}:${KEY}` },
    cwd: folder,
  });
  const stop = async (): Promise<void> => {
    await daemon.stop(dataFolder === undefined ? 'SIGKILL' : 'SIGTERM');
    await rm(folder, { recursive: true, force: true });
  };
  await waitUntil('azurite', () => accepts(port), { daemon }).catch(async (error: unknown) => {
    await stop();
    throw error;
  });
  const endpoint = `http://127.0.0.1:${String(port)}/${ACCOUNT}`;
  return { kind: 'azure', endpoint, region: '', accessKeyId: ACCOUNT, secretAccessKey: KEY, stop };
}
