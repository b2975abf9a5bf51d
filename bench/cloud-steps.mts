import { Device, startSeconds, type Measured } from './device.mts';
import type { StepResult } from './result.mts';
import type { Rig } from './rig.mts';
import { RunningDevice } from './running.mts';
import { measureScan } from './scan.mts';

export interface WorkOptions {
  readonly notes: number;
  readonly attachments: number;
}

/** In the order in which they are done: each finds what those before it left. */
export const CLOUD_STEPS = [
  'upload',
  'no-op',
  'download',
  'edit',
  'edit-received',
  'rename',
  'rename-received',
  'no-op-running',
  'edit-running',
  'rename-running',
  'readable-copy',
  'edit-copied',
  'no-op-large',
] as const;
export type CloudStep = (typeof CLOUD_STEPS)[number];

const EDITS = 10;
const RENAMES = 100;
/** Runs of which the middle one counts, where a run takes moments only. */
const RUNS = 5;
/** After them a program has loaded what it remembers, and has found nothing to do. */
const WARM_UPS = 3;
/** A commit of a few notes puts a pack and the head. */
const COMPACTING_PUTS = 8;
const LARGE_FACTOR = 5;

/** Two devices and the steps that they go through. Each step's result is told when it is there. */
export class CloudWork {
  readonly #rig: Rig;
  readonly #options: WorkOptions;
  readonly #first: Device;
  readonly #second: Device;
  #start = 0;

  constructor(rig: Rig, options: WorkOptions) {
    this.#rig = rig;
    this.#options = options;
    this.#first = new Device(rig, { name: 'first', prefix: 'vault' });
    this.#second = new Device(rig, { name: 'second', prefix: 'vault' });
  }

  /** The first device's folder; it is there after `prepare`. */
  get vault(): string {
    return this.#first.vault;
  }

  async prepare(): Promise<void> {
    this.#start = await startSeconds(this.#rig);
    await this.#create(this.#first, this.#options.notes);
  }

  async run(step: CloudStep): Promise<StepResult> {
    const { notes } = this.#options;
    const first = this.#first;
    const second = this.#second;
    const renames = Math.min(RENAMES, notes);
    switch (step) {
      case 'upload':
        await first.init('without');
        return this.#result(step, `first upload of ${notes} notes`, first);
      case 'no-op':
        return { step, title: 'nothing to do', ...(await this.#median(first)) };
      case 'download':
        await second.init('without');
        return this.#result(step, 'first download', second);
      case 'edit':
        await this.#rig.generate('edit', first.vault, '--n', String(EDITS));
        return this.#result(step, `${EDITS} notes edited`, first);
      case 'edit-received':
        return this.#result(step, '… received', second);
      case 'rename':
        await this.#rig.generate('rename', first.vault, '--n', String(renames));
        return this.#result(step, `${renames} notes renamed`, first);
      case 'rename-received':
        return this.#result(step, '… received', second);
      case 'no-op-running':
        return this.#running(step, 'nothing to do', () => Promise.resolve());
      case 'edit-running':
        return this.#running(step, `${EDITS} notes edited`, (run) =>
          this.#rig.generate('edit', first.vault, '--n', String(EDITS), '--seed', String(100 + run)),
        );
      case 'rename-running':
        return this.#running(step, `${renames} notes renamed`, (run) =>
          this.#rig.generate('rename', first.vault, '--n', String(renames), '--seed', String(100 + run)),
        );
      case 'readable-copy':
        await first.init('with');
        return this.#result(step, 'readable copy of all', first);
      case 'edit-copied':
        await this.#rig.generate('edit', first.vault, '--n', String(EDITS), '--seed', '12');
        return this.#result(step, `${EDITS} edited, with readable copy`, first);
      case 'no-op-large':
        return this.#large();
      default:
        return step satisfies never;
    }
  }

  /** As `no-op`, with five times the notes; what listing the folder takes is not counted. */
  async #large(): Promise<StepResult> {
    const notes = this.#options.notes * LARGE_FACTOR;
    const device = new Device(this.#rig, { name: 'large', prefix: 'large' });
    await this.#create(device, notes);
    await device.init('without');
    await device.sync(this.#start);
    const { counts, times } = await this.#median(device);
    const scanned = await measureScan(device.vault);
    const seconds = Math.max(0, times.seconds - scanned.seconds);
    return {
      step: 'no-op-large',
      title: `nothing to do, ${notes} notes`,
      counts,
      times: { ...times, seconds },
    };
  }

  /**
   * As the step of the same name, in a program that is running already. A commit that compacts rewrites
   * all shards: it comes once in a few hundred changes, and is not what such a step is about.
   */
  async #running(
    step: CloudStep,
    title: string,
    change: (run: number) => Promise<void>,
  ): Promise<StepResult> {
    const running = await RunningDevice.start(this.#first);
    try {
      for (let i = 0; i < WARM_UPS; i += 1) await running.sync();
      const runs: Measured[] = [];
      for (let run = 0; runs.length < RUNS; run += 1) {
        await change(run);
        const measured = await this.#first.counted(() => running.sync());
        if ((measured.counts.byKind['PUT'] ?? 0) < COMPACTING_PUTS) runs.push(measured);
      }
      return { step, title: `${title}, program running`, ...middleOf(runs) };
    } finally {
      await running.stop();
    }
  }

  async #create(device: Device, notes: number): Promise<void> {
    const { attachments } = this.#options;
    await this.#rig.generate(
      'create',
      device.vault,
      '--notes',
      String(notes),
      '--attach',
      String(attachments),
      '--seed',
      '1',
    );
  }

  async #result(step: CloudStep, title: string, device: Device): Promise<StepResult> {
    return { step, title, ...(await device.sync(this.#start)) };
  }

  async #median(device: Device): Promise<Measured> {
    const runs: Measured[] = [];
    for (let i = 0; i < RUNS; i += 1) runs.push(await device.sync(this.#start));
    return middleOf(runs);
  }
}

function middleOf(runs: readonly Measured[]): Measured {
  const sorted = [...runs].sort((one, other) => one.times.seconds - other.times.seconds);
  const middle = sorted[runs.length >> 1];
  if (middle === undefined) throw new Error('no run');
  return middle;
}
