import type { ServerAddress } from '../support/servers/server.mts';
import { killRound } from './programmes/kill.mts';
import { World } from './world.mts';

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

export interface Programme {
  /** Of the whole programme. */
  readonly rounds: number;
  readonly roundsOfWorld: number;
  run(order: WorldOrder, counts: Map<string, number>): Promise<WorldOutcome>;
}

/** A world of its own for some rounds; what it counted is added to `counts`. */
async function inWorld(
  order: WorldOrder,
  counts: Map<string, number>,
  round: (world: World) => Promise<void>,
): Promise<WorldOutcome> {
  const world = await World.open(order);
  let done = 0;
  try {
    await world.begin();
    for (; done < order.rounds; done += 1) await round(world);
    await world.end();
    return { done };
  } catch (error) {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return { done, failure: `round ${String(done + 1)}: ${text}` };
  } finally {
    for (const [what, times] of world.counts) counts.set(what, (counts.get(what) ?? 0) + times);
    if (process.env['TORTURE_KEEP'] === undefined) await world.close();
  }
}

export const PROGRAMMES = {
  kill: { rounds: 400, roundsOfWorld: 20, run: (order, counts) => inWorld(order, counts, killRound) },
} as const satisfies Record<string, Programme>;

export type ProgrammeName = keyof typeof PROGRAMMES;
