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
  const sync = (d: DeviceDriver, o = {}) =>
    d.page.evaluate(async (options) => {
      const t = performance.now();
      const p: any = window.host.plugins.get('twincloud');
      const r = await p.service.syncNow({ byHand: true, ...options });
      return {
        ms: Math.round(performance.now() - t),
        outcome: r?.outcome,
        events: r?.events.map((e: any) => e.kind + ' ' + e.path).slice(0, 8),
        count: r?.events.length,
        problems: r?.problems,
        state: p.service.state,
      };
    }, o);
  log('B accept', JSON.stringify(await sync(b, { acceptFirst: true })), await b.paths());
  log('A sync', JSON.stringify(await sync(a)), await a.paths());

  const trace = (d: DeviceDriver) =>
    d.page.evaluate(() => {
      const ad: any = window.host.app.vault.adapter;
      const stat: any = ((window as any).opstat = {});
      for (const n of [
        'stat',
        'readBinary',
        'writeBinary',
        'appendBinary',
        'remove',
        'list',
        'rename',
        'mkdir',
        'exists',
      ]) {
        const old = ad[n].bind(ad);
        ad[n] = async (...x: any[]) => {
          const t = performance.now();
          try {
            return await old(...x);
          } finally {
            const r = (stat[n] ??= [0, 0]);
            r[0]++;
            r[1] += Math.round(performance.now() - t);
          }
        };
      }
    });
  await trace(a);
  await trace(b);
  for (let n = 0; n < 200; n += 1) await a.programWrites(`many/note ${n}.md`, `note ${n}\n`);
  await a.until(
    'seen',
    () => a.page.evaluate(() => window.host.app.vault.getFiles().length),
    (n) => n >= 203,
  );
  log(
    'A 200',
    JSON.stringify(await sync(a)),
    JSON.stringify(await a.page.evaluate(() => (window as any).opstat)),
  );
  log(JSON.stringify(await a.page.evaluate(() => window.host.ledger.entries.slice(-5))));
  log(
    'B 200',
    JSON.stringify(await sync(b)),
    JSON.stringify(await b.page.evaluate(() => (window as any).opstat)),
  );
  await b.screenshot('/tmp/tc/b/b.png');
  await a.screenshot('/tmp/tc/b/a.png');
} finally {
  for (const d of devices) await d.close();
  await server.stop();
}
