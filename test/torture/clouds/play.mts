import { SeededRandom } from '../../support/seeded-random.ts';
import { World } from '../world.mts';
import { CloudsPlay } from './round.mts';
import { CLOUDS, ThreeClouds } from './three-clouds.mts';

const KIB = 1024;

export interface CloudsOrder {
  readonly seed: number;
  readonly rounds: number;
  readonly program: string;
  /** Begin no round after that, on the clock of `performance.now()`. */
  readonly untilMs?: number;
}

export interface CloudsOutcome {
  readonly done: number;
  readonly failure?: string;
}

/** A vault on two devices and three clouds of its own for some rounds; what was counted is added to `counts`. */
export async function playClouds(order: CloudsOrder, counts: Map<string, number>): Promise<CloudsOutcome> {
  const { seed, program, rounds, untilMs = Infinity } = order;
  const clouds = await ThreeClouds.start(new SeededRandom(seed));
  const world = await World.open({
    seed,
    program,
    server: clouds.address,
    endpoint: clouds.proxies.main.endpoint,
    env: { ...clouds.env, TWINCLOUD_TIMEOUT_SECONDS: '2' },
    // A part of a large attachment that is never answered is waited for some minutes.
    mostAttachmentBytes: 200 * KIB,
  });
  const play = new CloudsPlay(world, clouds);
  let done = 0;
  try {
    await play.begin();
    for (; done < rounds && performance.now() < untilMs; done += 1) await play.round();
    await play.end();
    return { done };
  } catch (error) {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return { done, failure: `round ${String(done + 1)}: ${text}\n${play.story}` };
  } finally {
    for (const name of CLOUDS) {
      const faults = [...clouds.proxies[name].hits.values()].reduce((sum, times) => sum + times, 0);
      world.count(`faults before ${name}`, faults);
    }
    for (const [what, times] of world.counts) counts.set(what, (counts.get(what) ?? 0) + times);
    await clouds.stop();
    await world.close();
  }
}
