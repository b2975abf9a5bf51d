import { fork, type ChildProcess } from 'node:child_process';
import { emptyTally, mergeTally, type Tally } from './campaign.ts';
import type { Failure, Limit, Order, Report, Started } from './worker.mts';

const HANG_MS = 120_000;
/** Most of what a run makes is garbage when the next begins: in a small nursery it would be carried about. */
const NODE_FLAGS = ['--max-semi-space-size=64'];

export interface Campaign {
  /** The bundled worker. */
  readonly worker: string;
  readonly first: number;
  readonly count: number;
  readonly deadlineMs: number;
  readonly failures: number;
  /** Processes that share the seeds. */
  readonly processes: number;
}

export interface CampaignResult {
  readonly tally: Tally;
  /** In the order of their seeds. */
  readonly failed: readonly Failure[];
}

/** Runs the seeds in several processes. Rejects when one of them cannot run. */
export async function runCampaign(campaign: Campaign): Promise<CampaignResult> {
  const { first, count, deadlineMs, failures, processes } = campaign;
  const children: ChildProcess[] = [];
  const shares = Array.from({ length: processes }, (_, index) => {
    const child = fork(campaign.worker, { execArgv: NODE_FLAGS });
    children.push(child);
    const order = { first: first + index, step: processes, deadlineMs, failures };
    const own = Math.ceil((count - index) / processes);
    const onEnough = (lastSeed: number): void => {
      for (const other of children) if (other.connected) other.send({ lastSeed } satisfies Limit);
    };
    return share(child, { ...order, count: own }, onEnough);
  });
  const tally = emptyTally();
  const failed: Failure[] = [];
  for (const done of await Promise.all(shares)) {
    mergeTally(tally, done.tally);
    failed.push(...done.failed);
  }
  return { tally, failed: failed.sort((a, b) => a.seed - b.seed) };
}

/** One process with its share of the seeds. One that hangs in a seed is ended, and the seed told. */
function share(
  child: ChildProcess,
  order: Order,
  onEnough: (lastSeed: number) => void,
): Promise<CampaignResult> {
  child.send(order);
  return new Promise((resolve, reject) => {
    let seed = order.first;
    const end = (tally: Tally, failed: readonly Failure[]): void => {
      const last = failed.at(-1);
      if (last !== undefined && failed.length >= order.failures) onEnough(last.seed);
      resolve({ tally, failed });
    };
    const hung = (): void => {
      child.kill('SIGKILL');
      end(emptyTally(), [{ seed, rule: 'never ends' }]);
    };
    let watch = setTimeout(hung, HANG_MS);
    child.on('message', (message: Started | Report) => {
      clearTimeout(watch);
      if ('seed' in message) {
        seed = message.seed;
        watch = setTimeout(hung, HANG_MS);
        return;
      }
      const { hits, calls, reached, failed, ...sums } = message;
      const maps = { hits: new Map(hits), calls: new Map(calls), reached: new Map(reached) };
      end({ ...sums, ...maps, failed: [] }, failed);
    });
    child.on('error', reject);
    child.on('exit', (code) => {
      clearTimeout(watch);
      reject(new Error(`A worker ended with ${String(code)} in seed ${String(seed)}.`));
    });
  });
}
