import type { VaultPath } from '../../src/core/model/vault-path.ts';
import type { SyncReport } from '../../src/engine/api.ts';
import { agedBucket } from './aged-bucket.ts';
import type { Device, OpKind } from './device.ts';
import { EngineCalls } from './engine-calls.ts';
import { ExternalEditor } from './external-editor.ts';
import type { Backup } from './cloud-log.ts';
import type { Prng } from './prng.ts';
import { Stepper } from './stepper.ts';
import { User } from './user.ts';
import type { World } from './world.ts';

const DAY_MS = 86_400_000;
const STEPS_A_WEEK = 60;
/** What the engine does to files. */
const MEDDLED: ReadonlySet<string> = new Set(['install', 'move', 'trash']);
/** A run that needs more steps than this for one call will never end. */
const MAX_STEPS = 20_000;

/** Picks what happens next: whose call goes on, what fails, who crashes, who edits. */
export class Driver {
  readonly #world: World;
  readonly #rng: Prng;
  readonly #users = new Map<Device, User>();
  readonly #external: ExternalEditor;
  readonly #stepper: Stepper;
  readonly #calls: EngineCalls;
  #backup: Backup | undefined;

  constructor(world: World, rng: Prng, suppress: ReadonlySet<number>) {
    this.#world = world;
    this.#rng = rng;
    this.#stepper = new Stepper(world, rng, suppress);
    this.#calls = new EngineCalls(world);
    this.#external = new ExternalEditor(world, rng.fork());
    for (const device of world.devices) this.#users.set(device, new User(world, device, rng.fork()));
  }

  get events(): number {
    return this.#stepper.events;
  }

  #setCalm(calm: boolean): void {
    this.#world.calm = calm;
    this.#stepper.calm = calm;
    this.#calls.calm = calm;
  }

  /** Fills the vaults, and the bucket where the scenario says so. */
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
    this.#setCalm(true);
    for (const device of devices) await this.quietSync(device);
    this.#setCalm(false);
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
    const { happens } = scenario.theme ?? {};
    const what = this.#rng.weighted({
      call: scheduler.parked.length > 0 ? 80 : 0,
      op: this.#idle().length > 0 ? 9 : 0,
      edit: happens?.edit ?? 9,
      wait: happens?.wait ?? 2,
      abort: 0.4,
      restart: 0.4,
      crash: scenario.crashRate * 30,
      clock: scenario.clockJumps ? 1 : 0,
      rollback: scenario.rollback ? (happens?.rollback ?? 100 * rare) : 0,
      forget: scenario.lostState ? 100 * rare : 0,
      external: scenario.externalEdits ? (happens?.external ?? 1) : 0,
      damage: scenario.damage ? (happens?.damage ?? 100 * rare) : 0,
      unmount: scenario.unmount ? 1 : 0,
    });
    if (what === 'call') {
      this.#meddle();
      await this.#stepper.call();
    } else await this.#happening(what);
  }

  /** A person saves a file that the engine is about to write or remove. */
  #meddle(): void {
    const rate = this.#world.scenario.theme?.meddles ?? 0;
    if (rate === 0) return;
    const found = this.#world.scheduler.parked.find(({ call }) => MEDDLED.has(call.method));
    if (found === undefined || !this.#rng.chance(rate)) return;
    const device = this.#world.devices.find((one) => one.short === found.call.device);
    const [path = ''] = found.call.detail.split(/ over | → /u);
    if (device === undefined || device.unmounted || this.#stepper.isSuppressed()) return;
    this.#user(device).meddle(path as VaultPath);
  }

  /** Everything but a call that goes on is an event: it draws from a generator of its own. */
  async #happening(what: string): Promise<void> {
    const { scenario } = this.#world;
    const rng = this.#rng.fork();
    const device = rng.pick(this.#world.devices);
    if (this.#stepper.isSuppressed()) return;
    switch (what) {
      case 'op':
        this.#startOp(rng.pick(this.#idle()), rng);
        return;
      case 'edit':
        if (!device.unmounted && (scenario.theme?.alone !== true || device === this.#first()))
          this.#user(device).act();
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
    return this.#world.violations.length === 0 && !this.#world.ended;
  }

  #crash(device: Device): void {
    this.#world.trace.add(`${device.short} ☠`);
    this.#stepper.hit('device × crash');
    this.#world.crash(device);
  }

  #wait(rng: Prng): void {
    const { scenario } = this.#world;
    const due = this.#world.scheduler.nextWakeMs();
    let next = this.#world.nowMs + rng.pick([500, 3_000, 60_000, 600_000]);
    if (scenario.jumpDays > 0 && rng.chance(0.3))
      next = this.#world.nowMs + rng.pick([1, scenario.jumpDays]) * DAY_MS * 1.05;
    else if (due !== undefined && rng.chance(0.8)) next = Math.max(this.#world.nowMs, due);
    this.#stepper.advance(next);
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
    // What was on its way to the bucket as it was until now is not part of it any more.
    world.scheduler.late.length = 0;
    const now = world.cloud.view.head.generation;
    for (const device of world.devices) {
      if (device.op !== undefined) device.op.sawRollback = true;
      // One that has rejoined since goes on from the head that it remembers now.
      const remembered = world.cloud.views.get(device.observedCommit ?? '')?.head.generation ?? Infinity;
      if (device.observedGeneration > now && remembered > now) device.forgot();
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
    const { scenario } = this.#world;
    const { ops } = scenario.theme ?? {};
    const kind = rng.weighted({
      sync: ops?.sync ?? 90,
      preview: 2.5,
      verify: ops?.verify ?? 2.5,
      decide: device.held.length > 0 ? (scenario.theme?.decides ?? 40) : 0,
      restore: ops?.restore ?? 0.5,
      history: ops?.history ?? 0,
      scrub: this.#world.isBackedUp(device) ? 2.5 : 0,
      settle: scenario.decisions && device.open > 0 ? 120 : 0,
      undo: scenario.decisions && device.undoable.length > 0 ? (ops?.undo ?? 40) : 0,
    });
    void this.#calls.run(device, kind, rng);
  }

  /** Faults stop; what is under way ends. */
  async calm(): Promise<void> {
    this.#setCalm(true);
    this.#world.trace.add('— faults stop —');
    for (const device of this.#world.devices) if (device.unmounted) this.#mount(device, false);
    await this.#untilIdle();
    await this.#stepper.arriveAll();
  }

  /**
   * Weeks pass without faults, and people go on: what is kept for a time is condemned, removed and
   * repacked. Their deeds bring back old contents, which may be condemned just then.
   */
  async weeks(): Promise<void> {
    const { scenario, devices } = this.#world;
    for (let round = 0; round < (scenario.theme?.weeks ?? 4) && this.#isSound(); round += 1) {
      this.#stepper.advance(this.#world.nowMs + this.#rng.pick([1, 1, scenario.jumpDays]) * DAY_MS * 1.05);
      for (const device of devices) {
        if (this.#rng.chance(0.5))
          this.#user(device).act(this.#rng.pick(['revert', 'duplicate', 'append', 'delete']));
        if (this.#rng.chance(0.8)) await this.quietSync(device);
      }
    }
  }

  /** Weeks pass in which things fail and programs die: what nothing needs goes from the backups too. */
  async troubledWeeks(rounds: number): Promise<void> {
    for (let round = 0; round < rounds && this.#isSound(); round += 1) {
      this.#stepper.advance(this.#world.nowMs + this.#rng.pick([1, 1, 8]) * DAY_MS * 1.05);
      for (let step = 0; step < STEPS_A_WEEK && this.#isSound(); step += 1) {
        await this.#world.scheduler.settle();
        await this.#once();
      }
    }
  }

  /** Time goes on, and nothing else happens. */
  nextDay(): void {
    this.#stepper.advance(this.#world.nowMs + DAY_MS * 1.05);
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
      else if (!(await this.#stepper.next())) this.#world.violate('deadlock', `${names} waits for nothing`);
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
        await this.quiet(this.#calls.decide(device, decision));
      }
    }
    return report;
  }

  async quietCall(device: Device, kind: OpKind): Promise<SyncReport | undefined> {
    if (!this.#isSound()) return undefined;
    return this.quiet(this.#calls.run(device, kind, this.#rng.fork()));
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
      else if (!(await this.#stepper.next()))
        this.#world.violate('deadlock', 'a quiet call waits for nothing');
    }
    return undefined;
  }
}
