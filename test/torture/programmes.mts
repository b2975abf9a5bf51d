import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { canMount } from '../cli/platform/disks.ts';
import type { ServerAddress } from '../support/servers/server.mts';
import { SeededRandom } from '../support/seeded-random.ts';
import { FaultProxy } from './fault-proxy.mts';
import { clockRound, fakeTimeLibrary } from './programmes/clock.mts';
import { diskRound, mountDisks } from './programmes/disk.mts';
import { killRound } from './programmes/kill.mts';
import { climateOf, PROXY_ENV, proxyRound } from './programmes/proxy.mts';
import { MortalServer, serverRound } from './programmes/server.mts';
import { twoRound } from './programmes/two.mts';
import { World, type WorldOptions } from './world.mts';

export interface WorldOrder {
  readonly seed: number;
  readonly rounds: number;
  readonly program: string;
  readonly server: ServerAddress;
}

export interface WorldOutcome {
  readonly done: number;
  readonly failure?: string;
}

type Counts = Map<string, number>;

export interface Programme {
  /** Of the whole programme. */
  readonly rounds: number;
  readonly roundsOfWorld: number;
  run(order: WorldOrder, counts: Counts): Promise<WorldOutcome>;
}

const MIB = 1024 * 1024;

/** What a programme does in its world. `after` ends what the programme began, whatever came of it. */
interface Play {
  readonly options?: Partial<WorldOptions>;
  readonly before?: (world: World) => Promise<void>;
  readonly round: (world: World) => Promise<void>;
  readonly after?: (world: World) => Promise<void>;
}

/** A world of its own for some rounds; what it counted is added to `counts`. */
async function inWorld(order: WorldOrder, counts: Counts, play: Play): Promise<WorldOutcome> {
  const world = await World.open({ ...order, ...play.options });
  let done = 0;
  try {
    await play.before?.(world);
    await world.begin();
    for (; done < order.rounds; done += 1) await play.round(world);
    await world.end();
    return { done };
  } catch (error) {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return { done, failure: `round ${String(done + 1)}: ${text}` };
  } finally {
    await play.after?.(world);
    for (const [what, times] of world.counts) counts.set(what, (counts.get(what) ?? 0) + times);
    await world.close();
  }
}

async function runProxy(order: WorldOrder, counts: Counts): Promise<WorldOutcome> {
  const proxy = await FaultProxy.start(order.server.endpoint, new SeededRandom(order.seed));
  const { faults, mostAttachmentBytes } = climateOf(order.seed);
  return inWorld(order, counts, {
    options: { endpoint: proxy.endpoint, env: PROXY_ENV, mostAttachmentBytes },
    round: (world) => proxyRound(world, proxy, faults),
    after: async (world) => {
      for (const [fault, times] of proxy.hits) world.count(`× ${fault}`, times);
      await proxy.stop();
    },
  });
}

async function runDisk(order: WorldOrder, counts: Counts): Promise<WorldOutcome> {
  if (!canMount) throw new Error('The disk programme mounts small disks: run it as root on Linux.');
  let disks: Awaited<ReturnType<typeof mountDisks>> = new Map();
  return inWorld(order, counts, {
    options: { mostAttachmentBytes: MIB },
    before: async (world) => {
      disks = await mountDisks(world);
    },
    round: (world) => diskRound(world, disks),
    after: async () => {
      for (const disk of disks.values()) await disk.unmount();
    },
  });
}

async function runServer(order: WorldOrder, counts: Counts): Promise<WorldOutcome> {
  const dataFolder = await mkdtemp(join(tmpdir(), 'twincloud-mortal-'));
  const server = await MortalServer.start(dataFolder);
  const outcome = await inWorld({ ...order, server: server.address }, counts, {
    options: { mostAttachmentBytes: 12 * MIB },
    round: (world) => serverRound(world, server),
    after: () => server.kill(),
  });
  await rm(dataFolder, { recursive: true, force: true });
  return outcome;
}

async function runClock(order: WorldOrder, counts: Counts): Promise<WorldOutcome> {
  const library = await fakeTimeLibrary();
  const options = { mostAttachmentBytes: MIB };
  return inWorld(order, counts, { options, round: (world) => clockRound(world, library) });
}

export const PROGRAMMES = {
  kill: {
    rounds: 400,
    roundsOfWorld: 20,
    run: (order, counts) => inWorld(order, counts, { round: killRound }),
  },
  proxy: { rounds: 600, roundsOfWorld: 8, run: runProxy },
  disk: { rounds: 200, roundsOfWorld: 5, run: runDisk },
  server: { rounds: 200, roundsOfWorld: 5, run: runServer },
  two: {
    rounds: 200,
    roundsOfWorld: 10,
    run: (order, counts) => inWorld(order, counts, { round: twoRound }),
  },
  clock: { rounds: 200, roundsOfWorld: 5, run: runClock },
} as const satisfies Record<string, Programme>;

export type ProgrammeName = keyof typeof PROGRAMMES;
