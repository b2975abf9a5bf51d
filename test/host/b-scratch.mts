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
  // open clean note on B, edited on A
  await b.openNote('one.md');
  await a.userModifies('one.md', 'one\ntwo CHANGED\nthree\nfour\n');
  log('A edit', JSON.stringify(await sync(a)));
  log(
    'B recv',
    JSON.stringify(await sync(b)),
    JSON.stringify(await b.editorText('one.md')),
    JSON.stringify(await b.text('one.md')),
  );
  // dirty note
  await b.type('one.md', 'typed here', { atEnd: true });
  await a.userModifies('one.md', 'ONE\ntwo CHANGED\nthree\nfour\n');
  log('A edit', JSON.stringify(await sync(a)));
  log('B while dirty', JSON.stringify(await sync(b)), JSON.stringify(await b.editorText('one.md')));
  await b
    .until(
      'merged',
      () => b.text('one.md'),
      (t) => /ONE/.test(t ?? '') && /typed here/.test(t ?? ''),
      15000,
    )
    .then(
      (t) => log('B merged', JSON.stringify(t)),
      (e) => log(String(e)),
    );
  log('B editor', JSON.stringify(await b.editorText('one.md')), await look(b));
  // auto edit trigger
  await a.openNote('dir/two.md');
  await a.type('dir/two.md', 'mehr');
  await b
    .until(
      'auto',
      async () => {
        await sync(b);
        return b.text('dir/two.md');
      },
      (t) => /mehr/.test(t ?? ''),
      15000,
    )
    .then(
      () => log('auto ok'),
      (e) => log(String(e)),
    );
  // big
  const big = new Uint8Array(60 * 1024 * 1024);
  for (let n = 0; n < big.length; n += 1) big[n] = (n * 2654435761) >>> 13;
  await a.programWrites('big.bin', big);
  log('A big', JSON.stringify(await sync(a)));
  log('B big', JSON.stringify(await sync(b)));
  log('same', Buffer.compare(Buffer.from((await b.bytes('big.bin')) ?? []), big));
  big[5] = 1 ^ big[5]!;
  await a.programWrites('big.bin', big.slice(0, 50_000_000));
  log('A big', JSON.stringify(await sync(a)));
  log('B big', JSON.stringify(await sync(b)), (await b.bytes('big.bin'))?.length);
  // folder of 200
  for (let n = 0; n < 200; n += 1) await a.programWrites(`many/note ${n}.md`, `note ${n}\n`);
  log('A 200', JSON.stringify(await sync(a)));
  log('B 200', JSON.stringify(await sync(b)));
  await a.userRenames('many', 'moved');
  log('A rename', JSON.stringify(await sync(a)));
  log('B rename', JSON.stringify(await sync(b)), (await b.paths()).length, (await b.paths()).slice(0, 8));
  await a.userDeletes('three.md');
  log('A del', JSON.stringify(await sync(a)));
  log('B del', JSON.stringify(await sync(b)), (await b.paths()).length);
  await a.userDeletes('moved');
  log('A del many', JSON.stringify(await sync(a)));
  // disable mid sync
  for (let n = 0; n < 500; n += 1)
    await b.programWrites(`bulk/note ${n}.md`, `note ${n} ${'x'.repeat(3000)}\n`);
  const running = sync(b).catch((e) => String(e));
  await new Promise((r) => setTimeout(r, 150));
  await b.setPluginEnabled('twincloud', false);
  log('disabled', JSON.stringify(await running));
  await b.setPluginEnabled('twincloud', true);
  await b
    .until(
      'again',
      () => b.statusBar(),
      (x) => /Synced|attention/.test(x.join()),
      20000,
    )
    .then(
      (x) => log(x),
      (e) => log(String(e)),
    );
  await a.setOnline(false);
  log('offline', JSON.stringify(await sync(a)));
  await a.setOnline(true);
  await a
    .until(
      'back',
      () => a.statusBar(),
      (x) => /Synced|attention/.test(x.join()),
      20000,
    )
    .then(
      (x) => log(x),
      (e) => log(String(e)),
    );
  log('A', await look(a), (await a.paths()).length);
  log('B', await look(b), (await b.paths()).length);
  log(JSON.stringify(await a.ledger()));
  await b.screenshot('/tmp/tc/b/b.png');
  await a.screenshot('/tmp/tc/b/a.png');
} finally {
  for (const d of devices) await d.close();
  await server.stop();
}
