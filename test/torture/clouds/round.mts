import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { SeededRandom } from '../../support/seeded-random.ts';
import type { Device } from '../device.mts';
import { FAULTS } from '../fault-proxy.mts';
import { checkFailure } from '../judge.mts';
import { snapshotOf } from '../vault-files.mts';
import { Violation } from '../violation.mts';
import type { World } from '../world.mts';
import { CLOUDS, type CloudName, type ThreeClouds } from './three-clouds.mts';

const MOST_STRIKES = 4;
const MOST_DOWN_MS = 3_000;
/** A kill later than that strikes a sync that waits for a cloud: nothing new after the first. */
const MOST_KILL_MS = 8_000;
/** Syncs within which a backup must have all that its primary has, once nothing is in the way. */
const MOST_CATCHING_UP = 3;
const FAULTS_OF_STORM = [2, 5, 12, 30];

/** What is done to a vault, its devices and its three clouds; and what must be true after it. */
export class CloudsPlay {
  readonly #world: World;
  readonly #clouds: ThreeClouds;
  /** The cloud that has authority. */
  #primary: CloudName = 'main';
  /** What the last strike did, for the message when something is wrong after it. */
  story = '';

  constructor(world: World, clouds: ThreeClouds) {
    this.#world = world;
    this.#clouds = clouds;
  }

  async begin(): Promise<void> {
    await this.#world.begin(8);
    for (const device of this.#world.devices) {
      for (const [name, remote] of Object.entries(this.#clouds.backups))
        await this.#command(device, ['backup', 'add', name, remote]);
    }
    await this.#becomeProtected();
  }

  /** Strikes, now and then another primary, and then all must be well again by syncing alone. */
  async round(): Promise<void> {
    const { random } = this.#world;
    const strikes = 1 + random.below(MOST_STRIKES);
    for (let count = 0; count < strikes; count += 1) await this.#strike(random.fork());
    const fate = random.fraction();
    const next = random.pick(CLOUDS);
    if (fate < 0.2) await this.#loseThePrimary(random.fork());
    else if (fate < 0.4) await this.#switchTo(next);
    await this.#clouds.clear();
    await this.#world.settle();
    await this.#becomeProtected();
    await this.#compare(random.pick(CLOUDS));
  }

  /** Back to the first cloud; each cloud alone gives the vault, and nothing lacks in any. */
  async end(): Promise<void> {
    await this.#switchTo('main');
    await this.#world.settle();
    await this.#becomeProtected();
    for (const name of CLOUDS) await this.#compare(name);
    const [device] = this.#world.devices;
    const scrubbed = await this.#command(device, ['backup', 'verify', '--full']);
    if (/put again|lacked|lost/iu.test(scrubbed))
      throw new Violation('a backup that was told as protected lacked something', scrubbed);
    await this.#world.end();
  }

  /** Edits, then a sync of one device or both, in which processes, servers and networks are harmed at once. */
  async #strike(random: SeededRandom): Promise<void> {
    const world = this.#world;
    for (const device of world.devices) await world.person(device).edits(random.below(6));
    const busy = random.chance(0.4) ? world.devices : [random.pick(world.devices)];
    const kills = busy.map(() => (random.chance(0.35) ? 0.3 + 0.8 * random.fraction() : undefined));
    const dying = CLOUDS.filter(() => random.chance(0.2));
    const death = { share: 0.2 + 0.8 * random.fraction(), downMs: random.fraction() * MOST_DOWN_MS };
    const stormy = CLOUDS.filter(() => random.chance(0.45));
    const storms = stormy.map((name) => this.#storm(name, random));
    this.story = JSON.stringify({ busy: busy.map(({ name }) => name), kills, dying, death, storms });
    const mostMs = Math.max(...busy.map((device) => this.#usualMs(device)));
    const [syncs] = await Promise.all([
      Promise.all(busy.map((device, index) => this.#harmedSync(device, kills[index]))),
      this.#die(dying, { atMs: death.share * mostMs, downMs: death.downMs }),
    ]);
    for (const name of stormy) this.#clouds.proxies[name].calm();
    const isPrimaryHarmed = [...dying, ...stormy].includes(this.#primary);
    for (const outcome of syncs) {
      world.count(`syncs ${outcome}`);
      if (outcome !== 'failed' || isPrimaryHarmed) continue;
      throw new Violation(
        `a sync failed though its primary was well; harmed: ${[...dying, ...stormy].join(', ')}`,
      );
    }
  }

  #storm(name: CloudName, random: SeededRandom): object {
    const faults = random.chance(0.5) ? [random.pick(FAULTS)] : [random.pick(FAULTS), random.pick(FAULTS)];
    const most = random.pick(FAULTS_OF_STORM);
    const weather = { faults, chance: random.pick([0.2, 0.5, 1]), most };
    this.#clouds.proxies[name].storm(weather, random.fork());
    return { name, ...weather };
  }

  async #harmedSync(device: Device, killShare: number | undefined): Promise<'killed' | 'done' | 'failed'> {
    if (killShare === undefined) return checkFailure(await this.#world.sync(device));
    const ended = await this.#world.sync(device, { killAfterMs: killShare * this.#usualMs(device) });
    return ended.killed ? 'killed' : checkFailure(ended);
  }

  #usualMs(device: Device): number {
    return Math.min(this.#world.wholeMs.get(device) ?? 1_000, MOST_KILL_MS);
  }

  async #die(
    names: readonly CloudName[],
    { atMs, downMs }: { readonly atMs: number; readonly downMs: number },
  ): Promise<void> {
    if (names.length === 0) return;
    await delay(atMs);
    for (const name of names) {
      this.#world.count(`deaths of ${name}`);
      await this.#clouds.kill(name);
    }
    await delay(downMs);
    for (const name of names) await this.#clouds.rise(name);
  }

  /** The primary goes away, people go on writing, one promotes another cloud, and the other device follows. */
  async #loseThePrimary(random: SeededRandom): Promise<void> {
    const world = this.#world;
    await this.#clouds.clear();
    const lost = this.#primary;
    const next = random.pick(CLOUDS.filter((name) => name !== lost));
    await this.#clouds.kill(lost);
    for (const device of world.devices) await world.person(device).edits(1 + random.below(6));
    const [one, other] = random.chance(0.5) ? world.devices : [world.devices[1], world.devices[0]];
    if (random.chance(0.4)) {
      const killAfterMs = random.fraction() * this.#usualMs(one);
      if ((await one.run(['promote', next], { killAfterMs })).killed) world.count('promotions killed');
    }
    await this.#command(one, ['promote', next]);
    this.#primary = next;
    world.count('promotions without the primary');
    await world.goodSync(one);
    await world.goodSync(other);
    await world.person(other).edits(random.below(4));
    await this.#clouds.rise(lost);
  }

  async #switchTo(name: CloudName): Promise<void> {
    await this.#clouds.clear();
    await this.#command(this.#world.devices[0], ['promote', name]);
    if (name !== this.#primary) this.#world.count('switches');
    this.#primary = name;
  }

  async #becomeProtected(): Promise<void> {
    for (const device of this.#world.devices) {
      for (let pass = 1; ; pass += 1) {
        const { backups = [] } = await this.#world.goodSync(device);
        const behind = backups.filter(({ state, message }) => state !== 'protected' || message !== undefined);
        if (backups.length === CLOUDS.length - 1 && behind.length === 0) break;
        if (pass > MOST_CATCHING_UP)
          throw new Violation(`a backup stays behind on ${device.name}`, JSON.stringify(backups));
      }
    }
  }

  /** That cloud alone, and without what any device remembers, gives the vault byte for byte. */
  async #compare(name: CloudName): Promise<void> {
    const world = this.#world;
    const to = join(world.folder, 'from one cloud');
    const remote = name === 'main' ? world.remote : this.#clouds.backups[name];
    await this.#command(world.devices[0], ['restore', '--all', '--remote', remote, '--to', to]);
    const [there, here] = [await snapshotOf(to), await snapshotOf(world.devices[0].vault)];
    await rm(to, { recursive: true });
    const isSame = [...here.hashByPath].every(([path, hash]) => there.hashByPath.get(path) === hash);
    if (!isSame || there.hashByPath.size !== here.hashByPath.size)
      throw new Violation(`what ${name} holds is not the vault`);
    world.count('vaults restored from one cloud');
  }

  async #command(device: Device, args: readonly string[]): Promise<string> {
    const { exitCode, stdout, stderr } = await device.run(args);
    if (exitCode !== 0) throw new Violation(`${args.join(' ')} failed on ${device.name}`, stderr);
    return stdout + stderr;
  }
}
