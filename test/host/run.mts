// The plugin in a page that plays the app: two devices side by side and an S3 server, all on this machine.
// npm run host                  opens nothing; prints an address
// npm run host -- --port 4000   at that port and the two after it
// npm run host -- --ready       both devices are set up for the S3 server; the second starts after the first's first sync
import { setTimeout } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import type { HostConfig } from './app/config.ts';
import { secretsFor, settingsFor, type CloudPlace } from './server/cloud-set-up.mts';
import { HostDevice } from './server/host-device.mts';
import { listen } from './server/http.mts';
import { overviewPage } from './server/overview-page.mts';
import { twincloudFiles } from './server/plugin-files.mts';
import { SAMPLE_VAULT } from './server/sample-vault.mts';
import { headKey } from '../../src/core/format/keys.ts';
import { isStoreError } from '../../src/storage/store-error.ts';
import { withPrefix } from '../../src/storage/wrappers/with-prefix.ts';
import { createBucket, openBucket } from '../support/servers/s3-bucket.mts';
import { startServer } from '../support/servers/versitygw.mts';

const DEVICES = { a: 'Laptop', b: 'Tablet' } as const;
type DeviceName = keyof typeof DEVICES;
const FIRST_SYNC = '/first-sync';
const LOOK_MS = 200;

const { values } = parseArgs({
  options: { port: { type: 'string', default: '0' }, ready: { type: 'boolean', default: false } },
});
const firstPort = Number(values.port);

const plugin = await twincloudFiles();
const server = await startServer();
const place = { server, bucket: await createBucket(server), prefix: 'notes' } satisfies CloudPlace;

async function startDevice(name: DeviceName, offset: number): Promise<HostDevice> {
  const device = await HostDevice.start({
    name: DEVICES[name],
    plugins: [plugin],
    files: name === 'a' ? SAMPLE_VAULT : {},
    config: { secrets: secretsFor(place), openFiles: ['Welcome.md'] },
    port: firstPort === 0 ? 0 : firstPort + offset,
  });
  if (values.ready) await setUp(device);
  return device;
}

/** As the plugin's own settings would have done it. */
async function setUp(device: HostDevice): Promise<void> {
  await device.write('.obsidian/plugins/twincloud/data.json', JSON.stringify(settingsFor(place)));
}

const devices: Record<DeviceName, HostDevice> = {
  a: await startDevice('a', 1),
  b: await startDevice('b', 2),
};

/** Resolves once a device has put its vault into the cloud: a second one that looks before finds nothing, and looks again minutes later. */
async function firstSync(): Promise<void> {
  const { bucket, prefix } = place;
  const store = withPrefix(openBucket(server, { bucket, conditionForm: 'quoted' }), `${prefix}/`);
  for (;;) {
    try {
      await store.head(headKey);
      return;
    } catch (error) {
      if (!isStoreError(error, 'not-found')) throw error;
    }
    await setTimeout(LOOK_MS);
  }
}

const overview = await listen(
  async (request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://host');
    const name = searchParams.get('device');
    const device = name === 'a' || name === 'b' ? devices[name] : undefined;
    if (request.method === 'POST' && device !== undefined) {
      if (pathname === '/set-up') await setUp(device);
      const kind = searchParams.get('kind');
      const theme = searchParams.get('theme');
      const change: Partial<HostConfig> = {
        ...(kind === 'phone' || kind === 'desktop' ? { kind } : {}),
        ...(theme === 'light' || theme === 'dark' ? { theme } : {}),
      };
      device.config = { ...device.config, ...change };
      response.writeHead(204).end();
    } else if (pathname === FIRST_SYNC) {
      await firstSync();
      response.writeHead(204).end();
    } else if (device !== undefined) {
      response.writeHead(302, { location: device.url }).end();
    } else {
      const page = overviewPage({
        place,
        secondAfter: values.ready ? FIRST_SYNC : undefined,
        devices: { a: { title: DEVICES.a, url: devices.a.url }, b: { title: DEVICES.b, url: devices.b.url } },
      });
      response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(page);
    }
  },
  { port: firstPort },
);

console.log(`Both devices:  ${overview.url}/
One of them:   ${overview.url}/?device=a   ${overview.url}/?device=b

S3 server
  endpoint     ${server.endpoint}
  region       ${server.region}
  bucket       ${place.bucket}
  access key   ${server.accessKeyId}
  secret key   ${server.secretAccessKey}
  (both keys are on the devices already, as secrets; path-style addresses are needed)

Ctrl+C ends it; vaults and bucket go with it.`);

const stop = async (): Promise<void> => {
  await Promise.all([overview.close(), devices.a.close(), devices.b.close(), server.stop()]);
  process.exit(0);
};
process.once('SIGINT', () => void stop());
process.once('SIGTERM', () => void stop());
