import type { ServerAddress } from '../support/servers/server.mts';
import type { Programme } from './programmes.mts';

export interface Order {
  readonly rounds: number;
  readonly firstSeed: number;
  readonly lanes: number;
  readonly seconds?: number;
  readonly program: string;
  readonly server: ServerAddress;
  readonly tell: (text: string) => void;
}

export interface Failure {
  readonly seed: number;
  readonly message: string;
}

export interface Outcome {
  readonly rounds: number;
  readonly seeds: number;
  readonly counts: ReadonlyMap<string, number>;
  readonly failures: readonly Failure[];
  readonly seconds: number;
}

/** The rounds of a programme, shared out over worlds; each world has its seed and needs no other. */
export async function runWorlds(programme: Programme, order: Order): Promise<Outcome> {
  const startMs = performance.now();
  const counts = new Map<string, number>();
  const failures: Failure[] = [];
  const wanted = Math.ceil(order.rounds / programme.roundsOfWorld);
  let begun = 0;
  let rounds = 0;
  const mayBegin = (): boolean =>
    begun < wanted && performance.now() - startMs < (order.seconds ?? Infinity) * 1000;
  const lane = async (): Promise<void> => {
    while (mayBegin()) {
      const seed = order.firstSeed + begun;
      const roundsHere = Math.min(programme.roundsOfWorld, order.rounds - begun * programme.roundsOfWorld);
      begun += 1;
      const { done, failure } = await programme.run({ ...order, seed, rounds: roundsHere }, counts);
      rounds += done;
      order.tell(`  seed ${String(seed)}: ${String(done)} rounds`);
      if (failure === undefined) continue;
      failures.push({ seed, message: failure });
      order.tell(`seed ${String(seed)}: ${failure}`);
    }
  };
  await Promise.all(Array.from({ length: order.lanes }, lane));
  return { rounds, seeds: begun, counts, failures, seconds: (performance.now() - startMs) / 1000 };
}
