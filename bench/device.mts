import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { runProgram } from '../test/support/servers/processes.mts';
import type { Rig } from './rig.mts';
import type { Counts, Times } from './result.mts';

const SYNC_LIMIT_MS = 900_000;
const PACKS = '.twincloud/packs/';
export const KEYS = { TWINCLOUD_S3_ACCESS_KEY_ID: 'bench', TWINCLOUD_S3_SECRET_ACCESS_KEY: 'bench' };
const STARTS = 5;

/** What `sync --json` tells, as far as it is read here. */
interface SyncReport {
  readonly outcome: string;
  readonly problems: readonly { readonly message: string }[];
  readonly cpuSeconds: number;
  readonly peakRssBytes: number;
}

export interface Measured {
  readonly counts: Counts;
  readonly times: Times;
}

/** A vault and a configuration of its own: what one computer has. */
export class Device {
  readonly vault: string;
  readonly #rig: Rig;
  readonly config: string;
  readonly #prefix: string;

  constructor(rig: Rig, options: { readonly name: string; readonly prefix: string }) {
    this.#rig = rig;
    this.vault = join(rig.folder, options.name, 'vault');
    this.config = join(rig.folder, options.name, 'config');
    this.#prefix = options.prefix;
  }

  /** Sets the vault up, or again. Whether the cloud keeps conditions is found out here, uncounted. */
  async init(readableCopy: 'with' | 'without'): Promise<void> {
    await mkdir(this.vault, { recursive: true });
    const copy = readableCopy === 'with' ? '--readable-copy' : '--no-readable-copy';
    await this.#run(['init', copy, '--remote', this.#rig.remote(this.#prefix)]);
  }

  /** One sync as a process of its own. Rejects unless all was done. */
  sync(startSeconds: number): Promise<Measured> {
    return this.counted(async () => {
      const startedMs = performance.now();
      const report = JSON.parse(await this.#run(['sync', '--json'])) as SyncReport;
      const seconds = (performance.now() - startedMs) / 1000;
      const [problem] = report.problems;
      if (report.outcome !== 'done' || problem !== undefined) {
        throw new Error(`the sync ended as ${report.outcome}: ${problem?.message ?? 'no problem named'}`);
      }
      const { cpuSeconds, peakRssBytes } = report;
      return { seconds: Math.max(0, seconds - startSeconds), cpuSeconds, peakRssBytes };
    });
  }

  /** What a sync asks of the cloud, beside the times that it tells. */
  async counted(sync: () => Promise<Times>): Promise<Measured> {
    const packs = `${this.#prefix}/${PACKS}`;
    const before = await this.#rig.countObjects(packs);
    await this.#rig.resetCounts();
    const times = await sync();
    return {
      counts: { ...(await this.#rig.counts()), packs: (await this.#rig.countObjects(packs)) - before },
      times,
    };
  }

  async #run(args: readonly string[]): Promise<string> {
    const where = ['--vault', this.vault, '--config', this.config];
    return runProgram(process.execPath, [this.#rig.program, ...args, ...where], {
      env: { ...KEYS, ...this.#rig.codeCache },
      timeoutMs: SYNC_LIMIT_MS,
    });
  }
}

/** The median of what a process takes to start and do nothing. */
export async function startSeconds(rig: Rig): Promise<number> {
  const taken: number[] = [];
  for (let i = 0; i < STARTS; i += 1) {
    const startedMs = performance.now();
    await runProgram(process.execPath, [rig.program, '--version'], { env: rig.codeCache });
    taken.push((performance.now() - startedMs) / 1000);
  }
  return taken.sort((one, other) => one - other)[STARTS >> 1] ?? 0;
}
