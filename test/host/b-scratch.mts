import { DeviceDriver } from './driver.mts';
import { twincloudFiles } from './server/plugin-files.mts';
import { SERVERS } from '../support/servers/table.mts';
import { createBucket } from '../support/servers/s3-bucket.mts';

const server = await SERVERS.versitygw.startServer();
const bucket = await createBucket(server);
const plugins = [await twincloudFiles()];
const settings = {
  s3: {
    endpoint: server.endpoint,
    bucket,
    region: server.region,
    prefix: 'notes',
    pathStyle: true,
    accessKeySecret: 'tc-key',
    secretKeySecret: 'tc-secret',
  },
  intervalMinutes: 0,
};
async function device(name: string, files: Record<string, string>, config = {}) {
  const d = await DeviceDriver.open({
    name,
    plugins,
    files: { ...files, '.obsidian/plugins/twincloud/data.json': JSON.stringify(settings) },
    config: { appId: name, ...config },
  });
  await d.setSecret('tc-key', server.accessKeyId);
  await d.setSecret('tc-secret', server.secretAccessKey);
  await d.setPluginEnabled('twincloud', false);
  await d.setPluginEnabled('twincloud', true);
  return d;
}
const t0 = Date.now();
const log = (...x: unknown[]) => console.log(Date.now() - t0, ...x);
const devices: DeviceDriver[] = [];
const look = async (d: DeviceDriver) =>
  JSON.stringify({ status: await d.statusBar(), errors: await d.errors(), notices: await d.notices() });
try {
  const a = await device('A', { 'one.md': 'one\ntwo\nthree\n', 'dir/two.md': 'zwei\n' });
  devices.push(a);
  log('A open', await look(a), JSON.stringify(await a.timesMs()), (await a.commandIds()).join(' '));
  await a
    .until(
      'A synced',
      () => a.statusBar(),
      (s) => /Synced/.test(s.join()),
      15000,
    )
    .catch((e) => log(String(e)));
  log('A', await look(a));
  const b = await device('B', { 'three.md': 'drei\n' });
  devices.push(b);
  await new Promise((r) => setTimeout(r, 3000));
  log('B', await look(b), await b.paths());
  await b.runCommand('twincloud:sync-now').catch((e) => log(String(e)));
  await new Promise((r) => setTimeout(r, 2000));
  log('B', await look(b), await b.paths());
  log(
    await b.page.evaluate(() =>
      JSON.stringify(
        [...Object.keys(localStorage)].filter((k) => /twincloud-log/.test(k)).map((k) => localStorage[k]),
      ),
    ),
  );
  await b.screenshot('/tmp/tc/b/b.png');
  await a.screenshot('/tmp/tc/b/a.png');
} finally {
  for (const d of devices) await d.close();
  await server.stop();
}
