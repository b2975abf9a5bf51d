import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { accepts, freePorts, startDaemon, waitUntil } from './processes.mts';
import type { RunningServer } from './server.mts';

/** Comes with the project's packages. */
export async function install(): Promise<void> {
  createRequire(import.meta.url).resolve('s3rver/package.json');
  return Promise.resolve();
}

/** A server that answers 200 to every conditional write and ignores the condition: what the probe must see. */
export async function startServer(): Promise<RunningServer> {
  const folder = await mkdtemp(join(tmpdir(), 's3rver-'));
  const [port = 0] = await freePorts(1);
  const program = join(
    dirname(createRequire(import.meta.url).resolve('s3rver/package.json')),
    'bin/s3rver.js',
  );
  const listen = ['-d', folder, '-a', '127.0.0.1', '-p', String(port), '--silent'];
  const daemon = startDaemon(process.execPath, [program, ...listen]);
  const stop = async (): Promise<void> => {
    await daemon.stop();
    await rm(folder, { recursive: true, force: true });
  };
  await waitUntil('s3rver', () => accepts(port), { daemon }).catch(async (error: unknown) => {
    await stop();
    throw error;
  });
  return {
    endpoint: `http://127.0.0.1:${String(port)}`,
    region: 'us-east-1',
    accessKeyId: 'S3RVER',
    secretAccessKey: 'S3RVER',
    stop,
  };
}
