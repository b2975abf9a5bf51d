import { setImmediate as nextTurn } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { Prng } from '../sim/prng.ts';
import { mutated } from './mutate.ts';
import type { Target } from './targets.ts';

/** One input may take so long at most; a hang is far longer, a busy machine's pause shorter. */
const LIMIT_MS = 2_000;
/** What may be kept of inputs that are gone. */
const LIMIT_BYTES = 96 * 1024 * 1024;
/** So many without a turn of the event loop, in which zlib lets go of what it had for an input. */
const INPUTS_PER_TURN = 500;
const KEYS_OF_ALL = Object.getOwnPropertyNames(Object.prototype).join();

export interface Fuzzed {
  readonly inputs: number;
  readonly slowestMs: number;
}

/** An input that did what none may. */
export class FuzzFailure extends Error {
  override readonly name = 'FuzzFailure';
  readonly input: Uint8Array;

  constructor(target: Target, number: number, input: Uint8Array, cause: unknown) {
    super(`${target.name}, input ${String(number)}: ${String(cause)}`, { cause });
    this.input = input;
  }
}

/** The inputs `from` … of a seed. Rejects with a `FuzzFailure` at the first that breaks the contract. */
export async function fuzz(target: Target, options: { seed: number; inputs: number }): Promise<Fuzzed> {
  const prng = new Prng(options.seed);
  const keptBefore = keptBytes();
  let slowestMs = 0;
  for (let number = 0; number < options.inputs; number += 1) {
    if (number % INPUTS_PER_TURN === 0) await nextTurn();
    const input = mutated(target.seeds, prng);
    const startMs = performance.now();
    try {
      await target.run(input);
      const tookMs = performance.now() - startMs;
      slowestMs = Math.max(slowestMs, tookMs);
      if (tookMs > LIMIT_MS) throw new Error(`took ${tookMs.toFixed(0)} ms`);
      if (Object.getOwnPropertyNames(Object.prototype).join() !== KEYS_OF_ALL)
        throw new Error('the prototype of all objects was changed');
    } catch (error) {
      throw new FuzzFailure(target, number, input, error);
    }
  }
  await nextTurn();
  const grownBytes = keptBytes() - keptBefore;
  if (grownBytes > LIMIT_BYTES) throw new Error(`${target.name}: ${String(grownBytes)} bytes are kept`);
  return { inputs: options.inputs, slowestMs };
}

/** What is in use, garbage collected. */
function keptBytes(): number {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}
