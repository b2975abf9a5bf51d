import type { Device } from './device.ts';
import { Hunt, type Meeting, type Moment } from './hunt.ts';
import { TORN } from './ports/sim-vault.ts';
import type { Prng } from './prng.ts';
import type { Parked } from './scheduler.ts';
import type { World } from './world.ts';

const DAY_MS = 86_400_000;
const CALM = { spoils: 0, dies: 0 } as const;

/** Lets one parked call after another go on: well, with a fault, or into a crash. */
export class Stepper {
  /** While it is set nothing fails. */
  calm = false;
  readonly #world: World;
  readonly #rng: Prng;
  readonly #suppress: ReadonlySet<number>;
  #focus: Device | undefined;
  /** How often each place of the engine has made each call in this run. */
  readonly #made = new Map<string, number>();
  readonly #hunt: Hunt | undefined;
  #events = 0;

  constructor(world: World, rng: Prng, suppress: ReadonlySet<number>) {
    this.#world = world;
    this.#rng = rng;
    this.#suppress = suppress;
    const hunts = world.scenario.theme?.hunts;
    this.#hunt = hunts === undefined ? undefined : new Hunt(rng.fork(), hunts);
  }

  /** How many edits, faults, crashes and the like there were so far. */
  get events(): number {
    return this.#events;
  }

  /** Counts one more of them; a shrinker may want it left out. */
  isSuppressed(): boolean {
    this.#events += 1;
    return this.#suppress.has(this.#events);
  }

  advance(toMs: number): void {
    const days = (toMs - this.#world.nowMs) / DAY_MS;
    if (days > 0.5) this.#world.trace.add(`time +${days.toFixed(1)} days`);
    this.#world.nowMs = toMs;
    this.#world.scheduler.wakeDue(toMs);
  }

  /** One parked call, or the next timer. Returns whether there was one. */
  async next(): Promise<boolean> {
    const { scheduler } = this.#world;
    if (scheduler.parked.length > 0) {
      await this.call();
      return true;
    }
    const due = scheduler.nextWakeMs();
    if (due !== undefined) this.advance(Math.max(due, this.#world.nowMs));
    return due !== undefined;
  }

  /** One parked call goes on, well or not. */
  async call(): Promise<void> {
    const parked = this.#pickParked();
    if (parked === undefined) return;
    const { scheduler, scenario, devices } = this.#world;
    const device = devices.find((one) => one.short === parked.call.device);
    if (device === undefined) return;
    scheduler.take(parked);
    this.#world.stats.steps += 1;
    this.#world.nowMs += this.#rng.pick([0, 1, 3, 20, 20, 150]);
    const onHead = parked.call.method === 'put' && parked.call.detail.startsWith('.twincloud/head');
    const hot = (scenario.hotMethod === parked.call.method ? 0.15 : 0) + (onHead ? scenario.headRate : 0);
    const tears = scenario.torn && parked.call.method === 'install' ? scenario.tearRate : 0;
    const { spoils: themed, dies: deaths } = this.calm ? CALM : this.#themeRates(parked);
    const dies = (onHead ? (scenario.theme?.headCrash ?? 0) : 0) + deaths;
    const crashes = !this.calm && this.#rng.chance(scenario.crashRate + tears + dies);
    const fails = !this.calm && this.#rng.chance(scenario.faultRate + hot + themed);
    const drawn = this.#rng.fraction();
    const meeting = this.calm ? undefined : this.#hunt?.meeting(parked.call);
    if (meeting !== undefined && !this.isSuppressed()) await this.#meets(device, parked, meeting);
    else if (crashes && !this.isSuppressed())
      await this.#crashAt(device, parked, this.#momentOf(parked, drawn));
    else if (fails && parked.call.faults.length > 0 && !this.isSuppressed()) {
      const isDense = onHead && scenario.headRate > 0;
      if (isDense) this.#focus = this.#rng.pick(this.#world.devices);
      this.#fail(device, parked, this.#faultFor(parked, drawn, isDense));
    } else this.#run(parked, undefined);
    if (scheduler.late.length > 0 && this.#rng.chance(0.05)) await this.#arrive();
  }

  /** How much more often than others the call fails, or its device dies, for the seed's theme. */
  #themeRates({ call }: Parked): { readonly spoils: number; readonly dies: number } {
    const { theme } = this.#world.scenario;
    if (theme === undefined) return CALM;
    const spoils = theme.fault !== undefined && call.faults.includes(theme.fault.name) ? theme.fault.rate : 0;
    if (theme.siteRate === undefined || call.site === undefined) return { spoils, dies: 0 };
    const place = `${call.port}.${call.method} ${call.site}`;
    const made = (this.#made.get(place) ?? 0) + 1;
    this.#made.set(place, made);
    return { spoils: spoils + theme.siteRate / made, dies: (theme.siteCrash ?? 0) / made };
  }

  /** All requests that are still on their way have their effect now, or are refused. */
  async arriveAll(): Promise<void> {
    while (this.#world.scheduler.late.length > 0) await this.#arrive();
  }

  async #arrive(): Promise<void> {
    const { late } = this.#world.scheduler;
    const [effect] = late.splice(this.#rng.below(late.length), 1);
    this.#world.trace.add('   a late request arrives');
    // Its condition may not hold any more: nobody waits for the answer.
    await effect?.().catch(() => undefined);
  }

  #run(parked: Parked, fault: string | undefined, silent = false): void {
    const { device, port, method, detail } = parked.call;
    const outcome = `${fault === undefined ? '' : ` ✗ ${fault}`}${silent ? ' ☠' : ''}`;
    this.#world.trace.add(`${device} ${port}.${method} ${detail}${outcome}`);
    parked.run(fault, silent);
  }

  async #meets(device: Device, parked: Parked, meeting: Meeting): Promise<void> {
    if (meeting.kind === 'crash') await this.#crashAt(device, parked, meeting.when);
    else this.#fail(device, parked, meeting.fault);
  }

  #faultFor({ call: { faults } }: Parked, drawn: number, onHead: boolean): string | undefined {
    // The worst answer to a write of the head is none, after its effect, while others go on.
    const worst = onHead && drawn < 0.6 ? faults.find((one) => one.endsWith('-after')) : undefined;
    const wanted = this.#world.scenario.theme?.fault?.name;
    const liked = wanted !== undefined && drawn < 0.9 && faults.includes(wanted) ? wanted : undefined;
    return worst ?? liked ?? faults[Math.floor(drawn * faults.length)];
  }

  #fail(device: Device, parked: Parked, fault: string | undefined): void {
    const { port, method, signal, site } = parked.call;
    if (signal?.aborted === true) {
      this.#run(parked, undefined);
      return;
    }
    this.hit(`${port}.${method}${sited(site)} × ${fault ?? ''}`);
    this.#world.stats.faults += 1;
    // A backup that fails is no reason for a sync to fail.
    if (device.op !== undefined && (port !== 'backup' || device.op.kind === 'scrub')) device.op.faults += 1;
    this.#run(parked, fault);
  }

  #momentOf({ call: { method } }: Parked, drawn: number): Moment {
    const tears = method === 'install' && this.#world.scenario.torn;
    if (tears && drawn < 0.5) return TORN;
    return drawn < 0.75 ? 'after' : 'before';
  }

  /** The device dies while it waits for this call: before its effect, after it, or half-way. */
  async #crashAt(device: Device, parked: Parked, when: Moment): Promise<void> {
    const { port, method, site } = parked.call;
    this.hit(`${port}.${method}${sited(site)} × crash-${when}`);
    if (when === 'before')
      this.#world.trace.add(`${device.short} ☠ before ${port}.${method} ${parked.call.detail}`);
    else this.#run(parked, when === TORN ? TORN : undefined, true);
    await this.#world.scheduler.settle();
    this.#world.crash(device);
  }

  /** A fault met a call. */
  hit(pair: string): void {
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
}

function sited(site: string | undefined): string {
  return site === undefined ? '' : ` @ ${site}`;
}
