import {
  EngineError,
  type EngineErrorKind,
  type HeldDecision,
  type SyncReport,
} from '../../src/engine/api.ts';
import { agedBucket } from './aged-bucket.ts';
import type { Device, Op, OpKind } from './device.ts';
import { ExternalEditor } from './external-editor.ts';
import type { Backup } from './cloud-log.ts';
import { TORN } from './ports/sim-vault.ts';
import type { Prng } from './prng.ts';
import type { Parked } from './scheduler.ts';
import { User } from './user.ts';
import type { World } from './world.ts';

const DAY_MS = 86_400_000;
/** A run that needs more steps than this for one call will never end. */
const MAX_STEPS = 20_000;

/** Errors that no run may end with, whatever fails: nothing in the world gives cause for them. */
const NEVER: readonly EngineErrorKind[] = [
  'busy',
  'other-vault',
  'encrypted-bucket',
  'no-conditions',
  'head-vanished',
  'not-found',
];

/** Picks what happens next: whose call goes on, what fails, who crashes, who edits. */
export class Driver {
  readonly #world: World;
  readonly #rng: Prng;
  readonly #users = new Map<Device, User>();
  readonly #external: ExternalEditor;
  readonly #suppress: ReadonlySet<number>;
  #backup: Backup | undefined;
  #focus: Device | undefined;
  #calm = false;
  /** Numbers what a shrinker may leave out. */
  #event = 0;

  constructor(world: World, rng: Prng, suppress: ReadonlySet<number>) {
    this.#world = world;
    this.#rng = rng;
    this.#suppress = suppress;
    this.#external = new ExternalEditor(world, rng.fork());
    for (const device of world.devices) this.#users.set(device, new User(world, device, rng.fork()));
  }

  get events(): number {
    return this.#event;
  }

  async start(): Promise<void> {
    const { scenario, devices } = this.#world;
    const shared = this.#user(this.#first()).startFiles();
    for (const [index, device] of devices.entries()) {
      const own = scenario.start === 'distinct' && index > 0 ? this.#user(device).startFiles() : shared;
      if (
        scenario.start === 'empty' ||
        (index > 0 && (scenario.start === 'one' || scenario.start === 'synced'))
      )
        continue;
      this.#user(device).fill(own);
    }
    if (scenario.adoption) this.#external.adoptable(shared);
    if (scenario.age !== undefined)
      this.#world.begin(agedBucket(this.#rng.fork(), scenario.age, this.#world.nowMs));
    if (scenario.start !== 'synced') return;
    this.#calm = true;
    for (const device of devices) await this.quietSync(device);
    this.#calm = false;
    this.#world.trace.add('— all have synced —');
  }

  async chaos(): Promise<void> {
    const { scenario } = this.#world;
    for (let step = 0; step < scenario.chaosSteps && this.#isSound(); step += 1) {
      await this.#world.scheduler.settle();
      await this.#once();
    }
  }

  async #once(): Promise<void> {
    const { scenario, scheduler } = this.#world;
    const rare = 0.004;
    const what = this.#rng.weighted({
      call: scheduler.parked.length > 0 ? 80 : 0,
      op: this.#idle().length > 0 ? 9 : 0,
      edit: 9,
      wait: 2,
      abort: 0.4,
      restart: 0.4,
      crash: scenario.crashRate * 30,
      clock: scenario.clockJumps ? 1 : 0,
      rollback: scenario.rollback ? 100 * rare : 0,
      forget: scenario.lostState ? 100 * rare : 0,
      external: scenario.externalEdits ? 1 : 0,
      damage: scenario.damage ? 100 * rare : 0,
      unmount: scenario.unmount ? 1 : 0,
    });
    if (what === 'call') await this.#call();
    else await this.#happening(what);
  }

  /** Everything but a call that goes on is an event: it draws from a generator of its own. */
  async #happening(what: string): Promise<void> {
    const rng = this.#rng.fork();
    const device = rng.pick(this.#world.devices);
    if (this.#isSuppressed()) return;
    switch (what) {
      case 'op':
        this.#startOp(rng.pick(this.#idle()), rng);
        return;
      case 'edit':
        if (!device.unmounted) this.#user(device).act();
        return;
      case 'wait':
        this.#wait(rng);
        return;
      case 'abort':
        if (device.op !== undefined) this.#abort(device);
        return;
      case 'restart':
        await this.#restart(device, rng);
        return;
      case 'crash':
        this.#crash(device);
        return;
      case 'clock':
        device.skewMs += rng.pick([-7_200_000, -61_000, 61_000, 7_200_000, 3_650 * DAY_MS, -3_650 * DAY_MS]);
        this.#world.trace.add(`${device.short} clock jumps`);
        return;
      case 'rollback':
        this.#rollback(rng);
        return;
      case 'forget':
        this.#forget(device);
        return;
      case 'external':
        this.#external.act();
        return;
      case 'damage':
        this.#external.damage();
        return;
      case 'unmount':
        this.#mount(device, !device.unmounted);
        return;
      default:
    }
  }

  #isSuppressed(): boolean {
    this.#event += 1;
    return this.#suppress.has(this.#event);
  }

  #user(device: Device): User {
    const user = this.#users.get(device);
    if (user === undefined) throw new Error('every device has a user');
    return user;
  }

  #first(): Device {
    const [device] = this.#world.devices;
    if (device === undefined) throw new Error('a world has devices');
    return device;
  }

  #idle(): Device[] {
    return this.#world.devices.filter((device) => device.op === undefined);
  }

  #isSound(): boolean {
    return this.#world.violations.length === 0;
  }

  /** One parked call goes on, well or not. */
  async #call(): Promise<void> {
    const parked = this.#pickParked();
    if (parked === undefined) return;
    const { scheduler, scenario, devices } = this.#world;
    const device = devices.find((one) => one.short === parked.call.device);
    if (device === undefined) return;
    scheduler.take(parked);
    this.#world.stats.steps += 1;
    this.#world.nowMs += this.#rng.pick([0, 1, 3, 20, 20, 150]);
    const hot = scenario.hotMethod === parked.call.method ? 0.15 : 0;
    const tears = scenario.torn && parked.call.method === 'install' ? scenario.tearRate : 0;
    const crashes = !this.#calm && this.#rng.chance(scenario.crashRate + tears);
    const fails = !this.#calm && this.#rng.chance(scenario.faultRate + hot);
    const drawn = this.#rng.fraction();
    if (crashes && !this.#isSuppressed()) await this.#crashAt(device, parked, drawn);
    else if (fails && parked.call.faults.length > 0 && !this.#isSuppressed())
      this.#fail(device, parked, drawn);
    else this.#run(parked, undefined);
  }

  #run(parked: Parked, fault: string | undefined, silent = false): void {
    const { device, port, method, detail } = parked.call;
    const outcome = `${fault === undefined ? '' : ` ✗ ${fault}`}${silent ? ' ☠' : ''}`;
    this.#world.trace.add(`${device} ${port}.${method} ${detail}${outcome}`);
    parked.run(fault, silent);
  }

  #fail(device: Device, parked: Parked, drawn: number): void {
    const { faults, port, method, signal } = parked.call;
    const fault = faults[Math.floor(drawn * faults.length)];
    if (signal?.aborted === true) {
      this.#run(parked, undefined);
      return;
    }
    this.#hit(`${port}.${method} × ${fault ?? ''}`);
    this.#world.stats.faults += 1;
    if (device.op !== undefined) device.op.faults += 1;
    this.#run(parked, fault);
  }

  /** The device dies while it waits for this call: before its effect, after it, or half-way. */
  async #crashAt(device: Device, parked: Parked, drawn: number): Promise<void> {
    const { port, method } = parked.call;
    const tears = method === 'install' && this.#world.scenario.torn;
    const when = tears && drawn < 0.5 ? TORN : drawn < 0.75 ? 'after' : 'before';
    this.#hit(`${port}.${method} × crash-${when}`);
    if (when === 'before')
      this.#world.trace.add(`${device.short} ☠ before ${port}.${method} ${parked.call.detail}`);
    else this.#run(parked, when === TORN ? TORN : undefined, true);
    await this.#world.scheduler.settle();
    this.#world.crash(device);
  }

  #crash(device: Device): void {
    this.#world.trace.add(`${device.short} ☠`);
    this.#hit('device × crash');
    this.#world.crash(device);
  }

  #hit(pair: string): void {
    const { hits } = this.#world.stats;
    hits.set(pair, (hits.get(pair) ?? 0) + 1);
  }

  /** Mostly one device goes on for a while, so that long calls get through. */
  #pickParked(): Parked | undefined {
    const { parked } = this.#world.scheduler;
    if (this.#focus === undefined || this.#rng.chance(0.06))
      this.#focus = this.#rng.pick(this.#world.devices);
    const own = parked.filter((one) => one.call.device === this.#focus?.short);
    const among = own.length > 0 && this.#rng.chance(0.8) ? own : parked;
    return among[this.#rng.below(among.length)];
  }

  #wait(rng: Prng): void {
    const { scenario } = this.#world;
    const due = this.#world.scheduler.nextWakeMs();
    let next = this.#world.nowMs + rng.pick([500, 3_000, 60_000, 600_000]);
    if (scenario.jumpDays > 0 && rng.chance(0.3))
      next = this.#world.nowMs + rng.pick([1, scenario.jumpDays]) * DAY_MS * 1.05;
    else if (due !== undefined && rng.chance(0.8)) next = Math.max(this.#world.nowMs, due);
    this.#advance(next);
  }

  #advance(toMs: number): void {
    const days = (toMs - this.#world.nowMs) / DAY_MS;
    if (days > 0.5) this.#world.trace.add(`time +${days.toFixed(1)} days`);
    this.#world.nowMs = toMs;
    this.#world.scheduler.wakeDue(toMs);
  }

  #abort(device: Device): void {
    this.#world.trace.add(`${device.short} abort`);
    device.op?.controller.abort(new Error('the person pressed stop'));
  }

  /** The program is closed properly and opened again, perhaps under another name. */
  async #restart(device: Device, rng: Prng): Promise<void> {
    if (device.op !== undefined) return;
    this.#world.trace.add(`${device.short} restarts`);
    await device.engine?.close();
    this.#world.crash(device);
    if (rng.chance(0.3)) device.name = rng.pick(['Desk', 'Phone', 'x: y|z', '电脑']);
  }

  #rollback(rng: Prng): void {
    const world = this.#world;
    // A bucket without a head is no backup of a vault: the engine would rightly stop and ask.
    if (world.cloud.view === undefined) return;
    if (this.#backup === undefined || rng.chance(0.4)) {
      this.#backup = world.cloud.backup();
      world.trace.add('the bucket is backed up');
      return;
    }
    world.trace.add('THE BUCKET GOES BACK to its backup');
    world.cloud.restore(this.#backup);
    const now = world.cloud.view.head.generation;
    for (const device of world.devices) {
      if (device.op !== undefined) device.op.sawRollback = true;
      if (device.observedGeneration > now) device.forgot();
    }
  }

  #forget(device: Device): void {
    this.#world.trace.add(`${device.short} LOSES ITS DATABASE`);
    this.#world.crash(device);
    this.#world.forgetState(device);
  }

  #mount(device: Device, unmounted: boolean): void {
    device.unmounted = unmounted;
    // What was held because the files seemed gone is not pending any more.
    device.held = [];
    if (device.op !== undefined) device.op.sawUnmounted = true;
    this.#world.trace.add(`${device.short} ${unmounted ? 'UNMOUNTED' : 'mounted again'}`);
  }

  #startOp(device: Device, rng: Prng): void {
    const kind = rng.weighted({
      sync: 90,
      preview: 2.5,
      verify: 2.5,
      decide: device.held.length > 0 ? 40 : 0,
      restore: 0.5,
    });
    void this.#op(device, kind, rng);
  }

  /** Runs one call of the engine and judges how it ends. Never rejects. */
  async #op(device: Device, kind: OpKind, rng: Prng): Promise<SyncReport | undefined> {
    const op: Op = {
      kind,
      controller: new AbortController(),
      faults: 0,
      writes: 0,
      requests: [],
      sawUnmounted: device.unmounted,
      sawRollback: false,
    };
    device.op = op;
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
          audit: this.#calm ? 'when-due' : rng.weighted({ 'when-due': 9, always: 1 }),
        });
      case 'preview':
        await engine.preview(signal);
        return undefined;
      case 'verify':
        await engine.verify({ signal, full: rng.chance(0.5) });
        return undefined;
      case 'decide':
        await this.#decide(device, rng.weighted({ apply: 4, restore: 4, keep: 2 }));
        return undefined;
      case 'restore':
        await engine.restore({ at: { kind: 'now' }, signal, write: drain });
        return undefined;
    }
  }

  async #decide(device: Device, decision: HeldDecision): Promise<void> {
    this.#world.trace.add(`${device.short} user decides: ${decision}`);
    const shown = device.held;
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
    const excusedByBucket = world.scenario.damage || world.scenario.rollback;
    const isNotFound = error.kind === 'not-found' && (op.kind === 'restore' || op.kind === 'verify');
    if (isNotFound) return;
    if (NEVER.includes(error.kind) || !(excused || excusedByBucket)) {
      world.violate(
        'error',
        `${device.short}: ${op.kind} failed for no reason: ${error.kind}: ${error.message} ${String(error.cause)}`,
      );
    }
  }

  /** Faults stop; what is under way ends. */
  async calm(): Promise<void> {
    this.#calm = true;
    this.#world.trace.add('— faults stop —');
    for (const device of this.#world.devices) if (device.unmounted) this.#mount(device, false);
    await this.#untilIdle();
  }

  /**
   * Weeks pass without faults, and people go on: what is kept for a time is condemned, removed and
   * repacked. Their deeds bring back old contents, which may be condemned just then.
   */
  async weeks(): Promise<void> {
    const { scenario, devices } = this.#world;
    for (let round = 0; round < 4 && this.#isSound(); round += 1) {
      this.#advance(this.#world.nowMs + this.#rng.pick([1, 1, scenario.jumpDays]) * DAY_MS * 1.05);
      for (const device of devices) {
        if (this.#rng.chance(0.5))
          this.#user(device).act(this.#rng.pick(['revert', 'duplicate', 'append', 'delete']));
        if (this.#rng.chance(0.8)) await this.quietSync(device);
      }
    }
  }

  /** Goes on until no device has a call under way. */
  async #untilIdle(): Promise<void> {
    const { scheduler, devices } = this.#world;
    for (let step = 0; this.#isSound(); step += 1) {
      await scheduler.settle();
      const busy = devices.filter((device) => device.op !== undefined);
      if (busy.length === 0) return;
      const names = busy.map((device) => `${device.short} ${device.op?.kind ?? ''}`).join(', ');
      if (step > MAX_STEPS)
        this.#world.violate('livelock', `still busy after ${String(MAX_STEPS)} steps: ${names}`);
      else if (scheduler.parked.length > 0) await this.#call();
      else {
        const due = scheduler.nextWakeMs();
        if (due === undefined) this.#world.violate('deadlock', `${names} waits for nothing`);
        else this.#advance(Math.max(due, this.#world.nowMs));
      }
    }
  }

  /** One sync of a device that nothing disturbs, with its user's answers to what it asks. */
  async quietSync(device: Device): Promise<SyncReport | undefined> {
    const rng = this.#rng.fork();
    let report: SyncReport | undefined;
    for (let round = 0; round < 4 && this.#isSound(); round += 1) {
      report = await this.quietCall(device, 'sync');
      if (report?.outcome === 'done' || report === undefined) break;
      if (report.outcome === 'held') {
        const decision = rng.pick(['apply', 'restore'] as const);
        await this.quiet(this.#decide(device, decision));
      }
    }
    return report;
  }

  async quietCall(device: Device, kind: OpKind): Promise<SyncReport | undefined> {
    if (!this.#isSound()) return undefined;
    return this.quiet(this.#op(device, kind, this.#rng.fork()));
  }

  /** Lets a call of the engine end with nothing in its way. */
  async quiet<T>(promise: Promise<T>): Promise<T | undefined> {
    let done: { readonly value: T } | undefined;
    let failure: { readonly error: unknown } | undefined;
    promise.then(
      (value) => {
        done = { value };
      },
      (error: unknown) => {
        failure = { error };
      },
    );
    const { scheduler } = this.#world;
    for (let step = 0; this.#isSound(); step += 1) {
      await scheduler.settle();
      if (failure !== undefined) {
        this.#world.violate('error', `a quiet call failed: ${String((failure as { error: unknown }).error)}`);
        return undefined;
      }
      if (done !== undefined) return done.value;
      if (step > MAX_STEPS) this.#world.violate('livelock', 'a quiet call never ends');
      else if (scheduler.parked.length > 0) await this.#call();
      else {
        const due = scheduler.nextWakeMs();
        if (due === undefined) this.#world.violate('deadlock', 'a quiet call waits for nothing');
        else this.#advance(Math.max(due, this.#world.nowMs));
      }
    }
    return undefined;
  }
}

async function drain(_file: unknown, chunks: AsyncIterable<Uint8Array>): Promise<void> {
  for await (const chunk of chunks) if (chunk.length === 0) break;
}
