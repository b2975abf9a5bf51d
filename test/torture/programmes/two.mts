import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Device, Ended } from '../device.mts';
import { checkFailure } from '../judge.mts';
import { Violation } from '../violation.mts';
import type { World } from '../world.mts';

const MOST_APART_MS = 900;
const BUSY = /^Failed: Another twincloud \(process (?<pid>\d+)\) is at work on this vault\. Wait/u;
let restores = 0;

/** Two commands on one vault at about the same time. */
export async function twoRound(world: World): Promise<void> {
  const { random, devices } = world;
  for (const device of devices) await world.person(device).edits(random.below(6));
  const device = random.pick(devices);
  const apartMs = random.fraction() * MOST_APART_MS;
  const other = random.pick(['sync', 'watch', 'restore'] as const);
  if (other === 'sync') await twoSyncs(world, device, apartMs);
  if (other === 'watch') await syncBesideWatch(world, device, apartMs);
  if (other === 'restore') await restoreBesideSync(world, device, apartMs);
  await world.settle();
}

async function twoSyncs(world: World, device: Device, apartMs: number): Promise<void> {
  const first = device.start(['--vault', device.vault, ...world.syncArgs(device)]);
  await delay(apartMs);
  const second = device.start(['--vault', device.vault, ...world.syncArgs(device)]);
  const [one, two] = await Promise.all([first.ended, second.ended]);
  const refused = [checkBusy(one, second.child.pid), checkBusy(two, first.child.pid)];
  if (refused.every(Boolean)) throw new Violation('each of two syncs gave way to the other', one.stderr);
  world.count(refused.some(Boolean) ? 'syncs refused beside another' : 'syncs one after the other');
}

/** True when it was refused: then it names the other. */
function checkBusy(ended: Ended, otherPid: number | undefined): boolean {
  if (checkFailure(ended) === 'done') return false;
  const pid = BUSY.exec(ended.stderr)?.groups?.['pid'];
  if (pid !== String(otherPid)) throw new Violation('not the message of a lock', ended.stderr);
  return true;
}

async function syncBesideWatch(world: World, device: Device, apartMs: number): Promise<void> {
  const watch = device.start(['--vault', device.vault, 'watch', '--interval', '1']);
  const isUp = new Promise<void>((resolve) => {
    watch.child.stdout?.on('data', (chunk: Buffer) => {
      if (chunk.toString().includes('Watching')) resolve();
    });
  });
  await Promise.race([isUp, watch.ended]);
  await delay(apartMs);
  const ended = await world.sync(device);
  if (!checkBusy(ended, watch.child.pid)) throw new Violation('a sync beside a watch went on', ended.stdout);
  world.count('syncs refused beside a watch');
  watch.child.kill('SIGINT');
  const { exitCode, stderr } = await watch.ended;
  if (exitCode !== 0) throw new Violation(`the watch ended with ${String(exitCode)}`, stderr);
}

async function restoreBesideSync(world: World, device: Device, apartMs: number): Promise<void> {
  const running = world.sync(device);
  await delay(apartMs);
  restores += 1;
  const to = join(world.folder, `restored ${String(restores)}`);
  const restored = await device.run(['restore', '--all', '--remote', world.remote, '--to', to]);
  if (restored.exitCode !== 0) throw new Violation('a restore beside a sync failed', restored.stderr);
  checkFailure(await running);
  world.count('restores beside a sync');
}
