import { open, rm, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { mountDisk, type Disk } from '../../cli/platform/disks.ts';
import type { Device } from '../device.mts';
import { checkFailure } from '../judge.mts';
import type { World } from '../world.mts';

const MIB = 1024 * 1024;
const DISK_BYTES = 48 * MIB;
/** From too little for a note to enough for all but an attachment. */
const MOST_LEFT_BYTES = [4_096, 16_384, 98_304];
const MOST_WAIT_MS = 1_500;

/** A disk of its own for the vault or for what the device remembers, of each device. */
export async function mountDisks(world: World): Promise<ReadonlyMap<Device, Disk>> {
  const disks = new Map<Device, Disk>();
  for (const device of world.devices) {
    const folder = world.random.chance(0.6) ? device.vault : device.config;
    disks.set(device, await mountDisk(folder, DISK_BYTES));
  }
  return disks;
}

/** A disk fills up or turns read-only, before a sync or in its midst; then there is room again. */
export async function diskRound(world: World, disks: ReadonlyMap<Device, Disk>): Promise<void> {
  const { random, devices } = world;
  for (const device of devices) await world.person(device).edits(4 + random.below(10));
  await world.sync(random.pick(devices));
  const device = random.pick(devices);
  const disk = disks.get(device);
  if (disk === undefined) throw new Error('no disk');
  const harm = random.chance(0.25) ? 'read-only' : 'full';
  const waitMs = random.chance(0.6) ? 0 : random.fraction() * MOST_WAIT_MS;
  const leftBytes = random.below(random.pick(MOST_LEFT_BYTES));
  const undo = await harmDuring(world, { device, disk, harm, waitMs, leftBytes });
  await undo();
  for (const one of devices) await world.recover(one);
  await world.settle();
}

interface Harm {
  readonly device: Device;
  readonly disk: Disk;
  readonly harm: 'read-only' | 'full';
  readonly waitMs: number;
  readonly leftBytes: number;
}

async function harmDuring(world: World, order: Harm): Promise<() => Promise<void>> {
  const { device, waitMs, harm } = order;
  let undo: (() => Promise<void>) | undefined;
  if (waitMs === 0) undo = await begin(order);
  const running = world.sync(device);
  if (waitMs > 0) {
    await delay(waitMs);
    undo = await begin(order);
  }
  const where = order.disk.folder === device.vault ? 'the vault' : 'the state';
  world.count(`${harm} disks of ${where}: sync ${checkFailure(await running)}`);
  return undo ?? (async () => undefined);
}

async function begin({ disk, harm, leftBytes }: Harm): Promise<() => Promise<void>> {
  if (harm === 'full') {
    const filler = join(disk.folder, '.twincloud-torture-filler');
    await fill(filler, leftBytes);
    return () => rm(filler);
  }
  try {
    await disk.remountReadOnly();
  } catch {
    // A file is open for writing just now: the system refuses, and this round is an ordinary one.
    return async () => undefined;
  }
  return () => disk.remountWritable();
}

async function fill(path: string, leftBytes: number): Promise<void> {
  const file = await open(path, 'w');
  try {
    const { bavail, bsize } = await statfs(path);
    let bytes = Math.max(0, bavail * bsize - leftBytes);
    const piece = Buffer.alloc(MIB);
    while (bytes > 0) {
      const { bytesWritten } = await file.write(piece, 0, Math.min(bytes, piece.length));
      bytes -= bytesWritten;
    }
  } catch (error) {
    // The sync took the rest: as full as a disk can be.
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
  } finally {
    await file.close();
  }
}
