/**
 * Measures the plugin in Chromium, on the host page of the tests, beside an empty plugin.
 *
 *     npm run bench:plugin -- [--notes 10000] [--rtt 50] [--keys 1000] [--against other/main.js]
 *
 * Fails where memory or the bodies on a phone are over their limits; times are told, and whether they are met.
 */
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { Command } from 'commander';
import { CloudDevices, sync, type Synced } from '../test/host/e2e/cloud-devices.mts';
import { DeviceDriver } from '../test/host/driver.mts';
import { testPlugin, twincloudFiles } from '../test/host/server/plugin-files.mts';
import type { TwincloudPlugin } from '../src/plugin/plugin.ts';
import { startServer } from '../test/support/servers/versitygw.mts';
import { pageProcesses, peakMb } from './page-memory.mts';

const { notes, rtt, keys, against } = new Command('bench:plugin')
  .option('--notes <count>', 'notes in the vault', Number, 10_000)
  .option('--rtt <ms>', 'each request is held so long', Number, 50)
  .option('--keys <count>', 'keys typed with a sync running, and as many without', Number, 1_000)
  .option('--against <file>', 'only measures the load, beside that of another main.js')
  .parse()
  .opts<{ readonly notes: number; readonly rtt: number; readonly keys: number; readonly against?: string }>();

const LOADS = 15;
const STARTS = 5;
const KEYS_A_BLOCK = 50;
const NOTE = 'Typed.md';
/** For a vault of 10,000 notes; what the heap has reached, garbage with it, and the whole process of the page. */
const LIMITS = { heapMb: 150, pageMb: 500, phoneBodyMb: 4.2 };

const plugin = await twincloudFiles();
const empty = await testPlugin(
  'empty',
  resolve(import.meta.dirname, '../test/host/fixtures/empty-plugin.ts'),
);
tell('main.js', Buffer.byteLength(plugin.main) / 1000, 'kB', 900);
await measureLoad();
if (against !== undefined) process.exit();
const server = await startServer();
const cloud = await CloudDevices.start(server, plugin);
try {
  await measureWork();
} finally {
  await cloud.close();
  await server.stop();
}

function tell(what: string, value: number, unit: string, wanted?: number): void {
  const verdict =
    wanted === undefined ? '' : `   wanted ≤ ${wanted.toFixed(1)}: ${value <= wanted ? 'met' : 'MISSED'}`;
  console.log(`${what.padEnd(58)} ${value.toFixed(1).padStart(9)} ${unit}${verdict}`);
}

/** As `tell`, for what the machine's load does not change: over it the run has failed. */
function hold(what: string, value: number, unit: string, limit: number): void {
  tell(what, value, unit, limit);
  if (!(value <= limit)) process.exitCode = 1;
}

function median(values: readonly number[], share = 0.5): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

/** Evaluation and `onload`, as the app counts them; the first start compiles with nothing cached. */
async function measureLoad(): Promise<void> {
  const variants = [plugin];
  if (against !== undefined) variants.push({ ...plugin, main: await readFile(against, 'utf8') });
  const loads = await Promise.all(variants.map(openLoad));
  // In turn, so that the machine's load meets all alike.
  for (let count = 0; count < LOADS; count += 1) for (const load of loads) await load.measure();
  for (const [at, { device, times }] of loads.entries()) {
    await device.close();
    const what = at === 0 ? 'load' : `  of ${String(against)}`;
    tell(`${what}, median of ${String(LOADS)} starts`, median(times.twincloud), 'ms', 25);
    tell('  of an empty plugin', median(times.empty), 'ms');
  }
}

type Times = Record<'twincloud' | 'empty', number[]>;

async function openLoad(files: typeof plugin): Promise<{
  readonly device: DeviceDriver;
  readonly times: Times;
  readonly measure: () => Promise<void>;
}> {
  const device = await DeviceDriver.open({ plugins: [files, empty], files: { 'One.md': 'one\n' } });
  const times: Times = { twincloud: [], empty: [] };
  const measure = async (): Promise<void> => {
    for (const id of ['twincloud', 'empty'] as const) {
      const took = await device.page.evaluate((name) => window.host.plugins.startupMs.get(name), id);
      times[id].push((took?.evaluate ?? NaN) + (took?.onload ?? NaN));
    }
    await device.restart();
  };
  return { device, times, measure };
}

async function measureWork(): Promise<void> {
  const files: Record<string, string> = { [NOTE]: 'typed here\n' };
  for (let count = 0; count < notes; count += 1)
    files[`Folder ${String(count % 40)}/Note ${String(count)}.md`] =
      `# ${String(count)}\n${'some words '.repeat(count % 400)}\n`;
  const laptop = await cloud.device('Laptop', { files });
  await measureFirst(laptop, `first sync of ${String(notes)} notes`);
  await measureStart(laptop);
  laptop.device.requestDelayMs = rtt;
  await sync(laptop);
  tell(`nothing to do, ${String(rtt)} ms a request`, (await sync(laptop)).ms, 'ms');
  for (let count = 0; count < 10; count += 1)
    await laptop.userModifies(
      `Folder ${String(count)}/Note ${String(count)}.md`,
      `edited ${String(count)}\n`,
    );
  tell(`10 edits, ${String(rtt)} ms a request`, (await sync(laptop)).ms, 'ms', 500);
  laptop.device.requestDelayMs = 0;
  await measureTyping(laptop);
  await laptop.kill();
  const phone = await cloud.device('Phone', { config: { kind: 'phone' } });
  await measureFirst(phone, 'first sync of a second device, a phone');
  const { largestInFlightBytes } = await phone.ledger();
  hold('  most bytes of bodies at one time', largestInFlightBytes / 1e6, 'MB', LIMITS.phoneBodyMb);
}

/** With the peaks of the heap, looked at four times a second, and of the page's process. */
async function measureFirst(device: DeviceDriver, what: string): Promise<void> {
  const session = await device.context.newCDPSession(device.page);
  const peaks = { heapBytes: 0, running: true };
  const watch = (async () => {
    while (peaks.running) {
      const { usedSize } = (await session.send('Runtime.getHeapUsage')) as { readonly usedSize: number };
      peaks.heapBytes = Math.max(peaks.heapBytes, usedSize);
      await new Promise((done) => setTimeout(done, 250));
    }
  })();
  const { ms, outcome } = await safeUntil(device);
  peaks.running = false;
  await watch;
  if (outcome !== 'done') throw new Error(`${what}: ${String(outcome)}`);
  tell(what, ms / 1000, 's');
  tell('  of which until all is safe, before the readable copy', (await safeMs(device)) / 1000, 's');
  hold('  peak of the page’s heap', peaks.heapBytes / 1e6, 'MB', LIMITS.heapMb);
  hold('  peak of the page’s process', peakMb(pageProcesses()), 'MB', LIMITS.pageMb);
}

/** Syncs, and keeps when the readable copy began. */
async function safeUntil(device: DeviceDriver): Promise<Synced> {
  await device.page.evaluate(() => {
    const plugin = window.host.plugins.get('twincloud') as unknown as TwincloudPlugin;
    const { service } = plugin;
    if (service === undefined) throw new Error('the plugin does not run');
    const startMs = performance.now();
    Object.assign(window, { safeMs: undefined });
    const page = window as unknown as { safeMs: number | undefined };
    service.onState(() => {
      const { state } = service;
      const isSafe = state.kind !== 'syncing' || state.progress?.phase === 'readable-copy';
      if (isSafe) page.safeMs ??= performance.now() - startMs;
    });
  });
  return sync(device);
}

function safeMs(device: DeviceDriver): Promise<number> {
  return device.page.evaluate(() => (window as unknown as { readonly safeMs: number }).safeMs);
}

/** From the layout's readiness to the first idle moment after the plugin has begun its sync at the start. */
async function measureStart(device: DeviceDriver): Promise<void> {
  const settings = (await device.pluginData('twincloud')) as object;
  await device.kill();
  await device.writePluginData('twincloud', { ...settings, syncOnStart: true });
  const times: number[] = [];
  for (let count = 0; count < STARTS; count += 1) {
    await device.start();
    await device.page.waitForFunction(() => 'idle' in window.host.timesMs);
    const { layoutReady = NaN, idle = NaN } = await device.timesMs();
    times.push(idle - layoutReady);
    await device.kill();
  }
  await device.writePluginData('twincloud', settings);
  await device.start();
  tell(
    `layout-ready to idle at ${String(notes)} notes, median of ${String(STARTS)}`,
    median(times),
    'ms',
    300,
  );
}

/** Blocks of keys with syncs running and blocks without, in turn, so that the machine's load meets both alike. */
async function measureTyping(device: DeviceDriver): Promise<void> {
  await device.openNote(NOTE);
  await device.page.evaluate(() => {
    const seen: number[] = [];
    Object.assign(window, { seen });
    document.addEventListener(
      'keydown',
      () => {
        const startMs = performance.now();
        requestAnimationFrame(() => setTimeout(() => seen.push(performance.now() - startMs)));
      },
      { capture: true },
    );
  });
  const without: number[] = [];
  const during: number[] = [];
  // What is compiled and drawn for the first time is nobody's latency.
  await typeBlock(device, false);
  for (let count = 0; count < keys; count += KEYS_A_BLOCK) {
    without.push(...(await typeBlock(device, false)));
    during.push(...(await typeBlock(device, true)));
  }
  tell(`a key to the next frame, median of ${String(without.length)}`, median(without), 'ms');
  tell('  with syncs running', median(during), 'ms', median(without) + 1);
  tell('  99th of 100 without', median(without, 0.99), 'ms');
  tell('  99th of 100 with', median(during, 0.99), 'ms');
}

/** Of each key, from its input event to the frame after it. */
async function typeBlock(device: DeviceDriver, isSyncing: boolean): Promise<readonly number[]> {
  const typing = { done: false };
  const work = (async () => {
    for (let count = 0; isSyncing && !typing.done; count += 1) {
      await device.programWrites(
        `Folder 1/Sent ${String(count % 50)}.md`,
        `sent at ${String(performance.now())}\n`,
      );
      await sync(device);
    }
  })();
  await device.type(NOTE, 'abcdefghi '.repeat(KEYS_A_BLOCK / 10), { delayMs: 20 });
  typing.done = true;
  await work;
  return device.page.evaluate(() => (window as unknown as { readonly seen: number[] }).seen.splice(0));
}
