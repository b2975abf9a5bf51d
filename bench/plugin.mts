/**
 * Measures the plugin in Chromium, on the host page of the tests, beside an empty plugin.
 *
 *     npm run bench:plugin -- [--notes 10000] [--rtt 50] [--keys 1000]
 */
import { resolve } from 'node:path';
import { Command } from 'commander';
import { CloudDevices, settle, sync } from '../test/host/e2e/cloud-devices.mts';
import { DeviceDriver } from '../test/host/driver.mts';
import { testPlugin, twincloudFiles } from '../test/host/server/plugin-files.mts';
import { startServer } from '../test/support/servers/versitygw.mts';

const { notes, rtt, keys } = new Command('bench:plugin')
  .option('--notes <count>', 'notes in the vault', Number, 10_000)
  .option('--rtt <ms>', 'each request is held so long', Number, 50)
  .option('--keys <count>', 'keys typed with a sync running, and as many without', Number, 1_000)
  .parse()
  .opts<{ readonly notes: number; readonly rtt: number; readonly keys: number }>();

const LOADS = 7;
const NOTE = 'Typed.md';

const plugin = await twincloudFiles();
const empty = await testPlugin(
  'empty',
  resolve(import.meta.dirname, '../test/host/fixtures/empty-plugin.ts'),
);
tell('main.js', Buffer.byteLength(plugin.main) / 1000, 'kB', 900);
await measureLoad();
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
    wanted === undefined ? '' : `   wanted ≤ ${String(wanted)}: ${value <= wanted ? 'met' : 'MISSED'}`;
  console.log(`${what.padEnd(58)} ${value.toFixed(1).padStart(9)} ${unit}${verdict}`);
}

function median(values: readonly number[], share = 0.5): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

/** Evaluation and `onload`, as the app counts them; the first start compiles with nothing cached. */
async function measureLoad(): Promise<void> {
  const device = await DeviceDriver.open({ plugins: [plugin, empty], files: { 'One.md': 'one\n' } });
  const times: Record<'twincloud' | 'empty', number[]> = { twincloud: [], empty: [] };
  try {
    for (let count = 0; count < LOADS; count += 1) {
      for (const id of ['twincloud', 'empty'] as const) {
        const took = await device.page.evaluate((name) => window.host.plugins.startupMs.get(name), id);
        times[id].push((took?.evaluate ?? NaN) + (took?.onload ?? NaN));
      }
      await device.restart();
    }
  } finally {
    await device.close();
  }
  tell(`load, median of ${String(LOADS)} starts`, median(times.twincloud), 'ms', 25);
  tell('  of an empty plugin', median(times.empty), 'ms');
}

async function measureWork(): Promise<void> {
  const files: Record<string, string> = { [NOTE]: 'typed here\n' };
  for (let count = 0; count < notes; count += 1)
    files[`Folder ${String(count % 40)}/Note ${String(count)}.md`] =
      `# ${String(count)}\n${'some words '.repeat(count % 400)}\n`;
  const laptop = await cloud.device('Laptop', { files });
  const first = await sync(laptop);
  tell(`first sync of ${String(notes)} notes`, first.ms / 1000, 's');
  tell('  peak of the page’s heap', await heapMb(laptop), 'MB');
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
  const tablet = await cloud.device('Tablet');
  tell('first sync of a second device', (await sync(tablet)).ms / 1000, 's');
  await settle(laptop, tablet);
}

async function heapMb(device: DeviceDriver): Promise<number> {
  const session = await device.context.newCDPSession(device.page);
  const { usedSize } = (await session.send('Runtime.getHeapUsage')) as { readonly usedSize: number };
  return usedSize / 1e6;
}

/** From the layout's readiness to the first idle moment that the plugin leaves to the app. */
async function measureStart(device: DeviceDriver): Promise<void> {
  await device.restart();
  const blocked = await device.page.evaluate(async () => {
    const startMs = performance.now();
    await new Promise((resolve) => requestIdleCallback(resolve));
    return performance.now() - startMs;
  });
  tell(`layout-ready to idle at ${String(notes)} notes`, blocked, 'ms', 300);
}

async function measureTyping(device: DeviceDriver): Promise<void> {
  await device.openNote(NOTE);
  const without = await latencies(device, false);
  const during = await latencies(device, true);
  tell(`a key to the next frame, median of ${String(keys)}`, median(without), 'ms');
  tell('  with syncs running', median(during), 'ms', median(without) + 1);
  tell('  99th of 100 without', median(without, 0.99), 'ms');
  tell('  99th of 100 with', median(during, 0.99), 'ms');
}

/** Of each key, from its input event to the frame after it. */
async function latencies(device: DeviceDriver, isSyncing: boolean): Promise<readonly number[]> {
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
  const typing = { done: false };
  const work = (async () => {
    for (let count = 0; isSyncing && !typing.done; count += 1) {
      await device.programWrites(`Folder 1/Sent ${String(count % 50)}.md`, `sent ${String(count)}\n`);
      await sync(device);
    }
  })();
  await device.type(NOTE, 'abcdefghi '.repeat(keys / 10), { delayMs: 20 });
  typing.done = true;
  await work;
  const seen = await device.page.evaluate(() => (window as unknown as { readonly seen: number[] }).seen);
  return seen.slice(0, keys);
}
