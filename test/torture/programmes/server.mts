import { setTimeout as delay } from 'node:timers/promises';
import { startServer } from '../../support/servers/versitygw.mts';
import type { RunningServer } from '../../support/servers/server.mts';
import { checkFailure } from '../judge.mts';
import type { World } from '../world.mts';

const MOST_DOWN_MS = 4_000;

/** A server that can be killed, and started again at the same address on the same data. */
export class MortalServer {
  readonly #dataFolder: string;
  #server: RunningServer;

  private constructor(server: RunningServer, dataFolder: string) {
    this.#server = server;
    this.#dataFolder = dataFolder;
  }

  static async start(dataFolder: string): Promise<MortalServer> {
    return new MortalServer(await startServer({ dataFolder }), dataFolder);
  }

  get address(): RunningServer {
    return this.#server;
  }

  /** SIGKILL: nothing is flushed or said. */
  kill(): Promise<void> {
    return this.#server.stop();
  }

  async rise(): Promise<void> {
    const port = Number(new URL(this.#server.endpoint).port);
    this.#server = await startServer({ dataFolder: this.#dataFolder, port });
  }
}

/** The server dies in the midst of a sync of one device or both, and comes back. */
export async function serverRound(world: World, server: MortalServer): Promise<void> {
  const { random, devices } = world;
  for (const device of devices) await world.person(device).edits(1 + random.below(8));
  const busy = random.chance(0.4) ? devices : [random.pick(devices)];
  const share = 0.3 + 0.8 * random.fraction();
  const downMs = random.fraction() * MOST_DOWN_MS;
  const running = busy.map((device) => world.sync(device));
  await delay(share * Math.max(...busy.map((device) => world.wholeMs.get(device) ?? 1_000)));
  await server.kill();
  world.count('kills of the server');
  await delay(downMs);
  await server.rise();
  for (const ended of await Promise.all(running))
    world.count(`syncs of a dying server ${checkFailure(ended)}`);
  for (const device of busy) await world.recover(device);
  await world.settle();
}
