import {
  EngineError,
  type EngineErrorKind,
  type HeldDecision,
  type Moment,
  type SyncOptions,
  type SyncReport,
} from '../../src/engine/api.ts';
import { Decider } from './decider.ts';
import type { Device, Op, OpKind } from './device.ts';
import type { Prng } from './prng.ts';
import type { World } from './world.ts';

/** Errors that no run may end with, whatever fails: nothing in the world gives cause for them. */
const NEVER: readonly EngineErrorKind[] = [
  'busy',
  'other-vault',
  'encrypted-bucket',
  'no-conditions',
  'head-vanished',
  'not-found',
];

const DAY_MS = 86_400_000;

/** Calls the engines of the devices as their users do, and judges how each call ends. */
export class EngineCalls {
  /** While it is set a sync does no more than it must. */
  calm = false;
  readonly #world: World;
  readonly #decider: Decider;

  constructor(world: World) {
    this.#world = world;
    this.#decider = new Decider(world);
  }

  /** Runs one call of the engine and judges how it ends. Never rejects. */
  async run(device: Device, kind: OpKind, rng: Prng): Promise<SyncReport | undefined> {
    const op: Op = {
      kind,
      controller: new AbortController(),
      faults: 0,
      writes: 0,
      requests: [],
      backupRequests: 0,
      sawUnmounted: device.unmounted,
      sawRollback: false,
    };
    device.op = op;
    device.goneLately.clear();
    device.changedLately.clear();
    device.mayTrashInOp.clear();
    const { incarnation } = device;
    this.#world.trace.add(`${device.short} ${kind} …`);
    try {
      const report = await this.#engineCall(device, kind, op, rng);
      if (device.incarnation !== incarnation) return undefined;
      device.op = undefined;
      this.#checkLeaks(device, op);
      this.#world.onQuietOp?.(op);
      if (report !== undefined) this.#reported(device, op, report);
      else this.#world.trace.add(`${device.short} ${kind} ended`);
      return report;
    } catch (error) {
      if (device.incarnation !== incarnation) return undefined;
      device.op = undefined;
      this.#checkLeaks(device, op);
      this.#judge(device, op, error);
      return undefined;
    }
  }

  async #engineCall(device: Device, kind: OpKind, op: Op, rng: Prng): Promise<SyncReport | undefined> {
    const engine = this.#world.engineOf(device);
    const { signal } = op.controller;
    switch (kind) {
      case 'sync':
        this.#world.stats.syncs += 1;
        return engine.sync({
          signal,
          acceptFirst: device.needsAcceptance,
          audit: this.calm ? 'when-due' : rng.weighted({ 'when-due': 9, always: 1 }),
          ...this.#backups(device, rng),
        });
      case 'preview':
        await engine.preview(signal);
        return undefined;
      case 'verify':
        await engine.verify({ signal, full: rng.chance(0.5) });
        return undefined;
      case 'decide':
        await this.decide(device, rng.weighted({ apply: 4, restore: 4, keep: 2 }));
        return undefined;
      case 'settle':
        return this.#decider.settle(device, rng, { signal });
      case 'undo':
        return this.#decider.undo(device, rng, { signal });
      case 'scrub':
        await engine.scrubBackups({ signal, full: rng.chance(0.5) });
        return undefined;
      case 'restore':
        await engine.restore({ at: this.#moment(device, rng), signal, write: drain });
        return undefined;
      case 'history': {
        const [path] = [...device.files().keys()].slice(rng.below(4));
        if (path !== undefined) await engine.history(path, signal);
        return undefined;
      }
    }
  }

  /** Now, or in the days before. */
  #moment(device: Device, rng: Prng): Moment {
    if (this.calm || this.#world.scenario.theme?.hunts === undefined) return { kind: 'now' };
    if (rng.chance(0.3)) return { kind: 'now' };
    return { kind: 'time', timeMs: this.#world.clockOf(device) - rng.pick([0, 60_000, DAY_MS, 9 * DAY_MS]) };
  }

  /** A person who calls for a sync wants the backups asked, whatever they did before. */
  #backups(device: Device, rng: Prng): Pick<SyncOptions, 'backups'> {
    if (!this.#world.isBackedUp(device)) return {};
    return { backups: this.calm ? 'always' : rng.pick(['when-due', 'always']) };
  }

  /** Tells the engine what its user has decided about what is held. */
  async decide(device: Device, decision: HeldDecision): Promise<void> {
    this.#world.trace.add(`${device.short} user decides: ${decision}`);
    const shown = device.held;
    device.decided = true;
    if (decision === 'apply') device.held = [];
    try {
      await this.#world.engineOf(device).decideHeld(decision);
    } catch (error) {
      if (decision === 'apply') device.held = [];
      else device.held = shown;
      throw error;
    }
  }

  /** When a call has ended, nothing that it began is still under way. */
  #checkLeaks(device: Device, op: Op): void {
    const own = this.#world.scheduler.parked.filter((parked) => parked.call.device === device.short);
    if (own.length === 0) return;
    const shown = own.map(({ call }) => `${call.port}.${call.method} ${call.detail}`).join(', ');
    this.#world.violate('leak', `${device.short}: ${op.kind} has ended, but still waits for ${shown}`);
  }

  #reported(device: Device, op: Op, report: SyncReport): void {
    const shown = report.events.map((event) => `${event.kind} ${event.path}`).join(', ');
    this.#world.trace.add(`${device.short} sync ${report.outcome}: ${shown}`);
    device.held = op.sawUnmounted ? [] : report.held;
    device.open = report.open.length;
    device.undoable = [...device.undoable, ...report.events.flatMap(({ undo }) => undo ?? [])];
    device.problems = report.problems;
    device.needsAcceptance = report.outcome === 'first-preview';
    if (report.head !== undefined)
      device.observedGeneration = Math.max(device.observedGeneration, report.head.generation);
    if (report.outcome === 'first-preview' && op.writes > 0) {
      this.#world.violate(
        'preview',
        `${device.short}: a first sync that asked for acceptance had written already`,
      );
    }
  }

  /** A run may fail only with an `EngineError`, and only when something was wrong. */
  #judge(device: Device, op: Op, error: unknown): void {
    const world = this.#world;
    if (!(error instanceof EngineError)) {
      const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
      world.violate('error', `${device.short}: ${op.kind} rejected with no EngineError: ${text}`);
      return;
    }
    world.trace.add(`${device.short} ${op.kind} failed: ${error.kind}: ${error.message}`);
    const excused =
      op.faults > 0 ||
      op.controller.signal.aborted ||
      op.sawUnmounted ||
      device.unmounted ||
      error.kind === 'contended';
    const excusedByBucket = world.harmed || world.scenario.rollback;
    const isNotFound =
      error.kind === 'not-found' && ['restore', 'history', 'verify', 'scrub'].includes(op.kind);
    if (isNotFound) return;
    // What was looked at is another by now, or over.
    const isDecision = op.kind === 'settle' || op.kind === 'undo';
    if (isDecision && (error.kind === 'changed' || error.kind === 'not-found')) {
      world.reach(`decision: refused, ${error.kind}`);
      return;
    }
    if (NEVER.includes(error.kind) || !(excused || excusedByBucket)) {
      world.violate(
        'error',
        `${device.short}: ${op.kind} failed for no reason: ${error.kind}: ${error.message} ${String(error.cause)}`,
      );
    }
  }
}

async function drain(_file: unknown, chunks: AsyncIterable<Uint8Array>): Promise<void> {
  for await (const chunk of chunks) if (chunk.length === 0) break;
}
