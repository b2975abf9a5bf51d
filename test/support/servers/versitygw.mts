import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { goTool } from './go-tool.mts';
import { accepts, freePorts, startDaemon, waitUntil } from './processes.mts';
import type { RunningServer } from './server.mts';

const PACKAGE = 'github.com/versity/versitygw/cmd/versitygw@v1.8.0';
const KEYS = {
  accessKeyId: 'TWINCLOUDTESTOWNER00',
  secretAccessKey: 'test-secret-of-the-owner-0000000000000000',
};

/** A gateway from S3 to a folder, built from its Go module. */
export async function install(): Promise<void> {
  await goTool('versitygw', PACKAGE);
}

/** Its conditional writes hold as AWS documents them, and so does its check of the region; names are those of files. */
export async function startServer(
  place: { readonly dataFolder?: string; readonly port?: number; readonly keepsVersions?: boolean } = {},
): Promise<RunningServer> {
  const program = await goTool('versitygw', PACKAGE);
  const folder = await mkdtemp(join(tmpdir(), 'versitygw-'));
  const dataFolder = place.dataFolder ?? join(folder, 'data');
  await mkdir(dataFolder, { recursive: true });
  const [port = 0] = place.port === undefined ? await freePorts(1) : [place.port];
  const env = { ROOT_ACCESS_KEY: KEYS.accessKeyId, ROOT_SECRET_KEY: KEYS.secretAccessKey };
  const versions = join(folder, 'versions');
  if (place.keepsVersions === true) await mkdir(versions);
  const daemon = startDaemon(
    program,
    [
      ...['--keep-alive', '--port', `127.0.0.1:${String(port)}`, 'posix'],
      ...(place.keepsVersions === true ? ['--versioning-dir', versions] : []),
      dataFolder,
    ],
    { env },
  );
  const stop = async (): Promise<void> => {
    await daemon.stop();
    await rm(folder, { recursive: true, force: true });
  };
  await waitUntil('versitygw', () => accepts(port), { daemon }).catch(async (error: unknown) => {
    await stop();
    throw error;
  });
  return { endpoint: `http://127.0.0.1:${String(port)}`, region: 'us-east-1', ...KEYS, stop };
}
