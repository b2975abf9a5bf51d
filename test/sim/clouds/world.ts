import type { DeviceId } from '../../../src/core/model/ids.ts';
import type { VaultPath } from '../../../src/core/model/vault-path.ts';
import { headKey } from '../../../src/core/format/keys.ts';
import {
  DEFAULT_SETTINGS,
  EngineError,
  type Engine,
  type EngineSettings,
  type Problem,
} from '../../../src/engine/api.ts';
import { createEngine } from '../../../src/engine/engine.ts';
import { MemoryState } from '../../../src/engine/memory/memory-state.ts';
import { MemoryVault } from '../../../src/engine/memory/memory-vault.ts';
import { MemoryStore, type MemorySnapshot } from '../../../src/storage/memory/memory-store.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { FaultyStore, type Fault } from '../../support/faulty-store.ts';
import { md5, simCompression, simHashing } from '../bytes.ts';
import { fileChange, Ledger, tokensOf } from '../ledger.ts';
import { Prng } from '../prng.ts';

/** One of the vault's clouds, which may be out of reach of all or of one, or be put back by its owner. */
export interface SimCloud {
  readonly name: string;
  readonly store: MemoryStore;
  isDown: boolean;
  snapshot: MemorySnapshot | undefined;
}

export interface SimDevice {
  readonly short: string;
  readonly id: DeviceId;
  readonly settings: EngineSettings;
  /** Clouds that it cannot reach now, by name. */
  readonly cut: Set<string>;
  /** It was never told of the backups. */
  knowsBackups: boolean;
  vault: MemoryVault;
  state: MemoryState;
  engine: Engine;
  /** What its last sync left alone. */
  problems: readonly Problem[];
  /** Calls of an engine whose program has ended go nowhere. */
  life: { isOver: boolean };
}

export interface Plan {
  readonly devices: number;
  readonly clouds: number;
  readonly steps: number;
  readonly faultRate: number;
  readonly goesBack: boolean;
  readonly losesState: boolean;
  readonly takeOver: boolean;
  readonly unaware: boolean;
}

const NOTES = ['a.md', 'b.md', 'c.md', 'd.md', 'deep/e.md', 'deep/f.md'];
const MINUTE_MS = 60_000;

/** Devices, clouds that come and go, and people who edit and promote: one run of a seed. */
export class CloudsWorld {
  readonly rng: Prng;
  readonly plan: Plan;
  readonly clock = new FakeClock({ auto: true });
  readonly ledger = new Ledger();
  readonly clouds: readonly SimCloud[];
  readonly devices: readonly SimDevice[];
  readonly trace: string[] = [];
  readonly violations: string[] = [];
  readonly reached = new Map<string, number>();
  isCalm = false;
  faults = 0;

  constructor(seed: number) {
    this.rng = new Prng(seed);
    this.plan = drawPlan(this.rng);
    const names = ['main', 'one', 'two'].slice(0, this.plan.clouds);
    this.clouds = names.map((name) => {
      const store = new MemoryStore({ clock: this.clock, md5 });
      return { name, store, isDown: false, snapshot: undefined };
    });
    this.devices = Array.from({ length: this.plan.devices }, (_, index) => this.#makeDevice(index));
    this.trace.push(`seed ${String(seed)}: ${JSON.stringify(this.plan)}`);
  }

  #makeDevice(index: number): SimDevice {
    const vault = new MemoryVault({ clock: this.clock, hashing: simHashing });
    const settings: EngineSettings = {
      ...DEFAULT_SETTINGS,
      readableCopy: false,
      conflicts: this.rng.pick(['merge', 'merge', 'keep-both', 'ask']),
      packBytes: this.rng.pick([300, 2_000]),
      concurrency: this.rng.pick([1, 3]),
      ...(this.plan.takeOver ? { takeOverAfterMs: 5 * MINUTE_MS } : {}),
    };
    const device = {
      short: 'abcd'[index] ?? 'z',
      id: this.rng.hex(16) as DeviceId,
      settings,
      cut: new Set<string>(),
      knowsBackups: !(this.plan.unaware && index === this.plan.devices - 1),
      vault,
      state: new MemoryState(),
      problems: [],
      life: { isOver: false },
    };
    return Object.assign(device, { engine: this.#open(device) });
  }

  /** A new program on the same disks. */
  reopen(device: SimDevice): void {
    device.life.isOver = true;
    device.life = { isOver: false };
    device.vault = device.vault.crash();
    device.state = device.state.crash();
    device.engine = this.#open(device);
  }

  #open(device: Omit<SimDevice, 'engine'>): Engine {
    const { life } = device;
    const [main, ...others] = this.clouds.map((cloud) => ({
      name: cloud.name,
      store: this.#through(device, cloud, life),
    }));
    if (main === undefined) throw new Error('a vault has a cloud');
    const random = this.rng.fork();
    return createEngine({
      vault: device.vault,
      store: main.store,
      backups: device.knowsBackups ? others : [],
      state: device.state,
      clock: this.clock,
      random: { hex: (digits) => random.hex(digits), fraction: () => random.fraction() },
      hashing: simHashing,
      compression: simCompression,
      log: {
        write: (_level, event) => {
          this.reach(`log: ${event}`);
        },
      },
      device: { id: device.id, name: device.short },
      settings: device.settings,
    });
  }

  #through(device: Omit<SimDevice, 'engine'>, cloud: SimCloud, life: SimDevice['life']): FaultyStore {
    const rng = this.rng.fork();
    return new FaultyStore(cloud.store, (): Fault | undefined => {
      if (life.isOver || cloud.isDown || device.cut.has(cloud.name))
        return { kind: 'fail-before', error: 'unavailable' };
      if (this.isCalm) return undefined;
      if (rng.chance(this.plan.faultRate)) {
        this.faults += 1;
        return { kind: rng.pick(['fail-before', 'fail-after', 'fail-after']), error: 'unavailable' };
      }
      const turns = rng.below(6);
      return { kind: 'delay', until: () => turnsOf(turns) };
    });
  }

  /** All that it has is saved; then it falls into the water, and its owner gets another. */
  async lose(device: SimDevice): Promise<void> {
    if ((await this.sync(device)) !== 'done') return;
    const { vault } = device;
    device.vault = new MemoryVault({ clock: this.clock, hashing: simHashing });
    device.state = new MemoryState();
    this.reopen(device);
    vault.crash();
    this.reach('a device is lost');
    this.trace.push(`${device.short} IS LOST`);
  }

  reach(situation: string): void {
    this.reached.set(situation, (this.reached.get(situation) ?? 0) + 1);
  }

  /** A person writes, deletes or renames. */
  edit(device: SimDevice): void {
    const { rng, ledger } = this;
    const files = device.vault.contents();
    const paths = [...files.keys()];
    const what = paths.length === 0 ? 'write' : rng.weighted({ write: 7, delete: 1.5, rename: 1 });
    const path =
      what === 'write' && rng.chance(0.6) ? rng.pick(NOTES) : rng.pick(paths.length > 0 ? paths : NOTES);
    const before = files.get(path as VaultPath);
    const isKept = (except: readonly string[]) => (token: string) =>
      [...files].some(([other, bytes]) => !except.includes(other) && tokensOf(bytes).has(token));
    this.trace.push(`${device.short} ${what} ${path}`);
    if (what === 'write') {
      const lines = new TextDecoder()
        .decode(before ?? new Uint8Array())
        .split('\n')
        .filter((line) => line !== '');
      lines.splice(rng.below(lines.length + 1), 0, `line ${ledger.nextToken(device.short)}`);
      const text = new TextEncoder().encode(`${lines.join('\n')}\n`);
      device.vault.userWrite(path, text);
      ledger.userChanged({
        writer: device.short,
        path,
        files: [fileChange(before, text)],
        elsewhere: isKept([path]),
      });
      return;
    }
    if (what === 'delete') {
      device.vault.userDelete(path);
      ledger.userChanged({
        writer: device.short,
        path,
        files: [fileChange(before, undefined)],
        elsewhere: isKept([path]),
      });
      return;
    }
    const to = `${path.slice(0, -3)}r.md`;
    if (files.has(to as VaultPath)) return;
    device.vault.userRename(path, to);
    const moved = [fileChange(before, undefined), fileChange(undefined, before)];
    ledger.userChanged({ writer: device.short, path, files: moved, elsewhere: isKept([path]) });
  }

  /** `done`: all that was here is saved. Else the kind of the error, or nothing. */
  async sync(device: SimDevice): Promise<string | undefined> {
    const { engine, short } = device;
    try {
      const report = await engine.sync({
        acceptFirst: true,
        backups: this.isCalm ? 'always' : this.rng.pick(['always', 'when-due']),
      });
      device.problems = report.problems;
      if (report.away !== undefined) this.reach('read from a backup');
      for (const event of report.events) {
        if (event.kind !== 'conflict-copy' || event.other === undefined) continue;
        const bytes = device.vault.contents().get(event.other);
        if (bytes !== undefined) this.ledger.copied(bytes);
      }
      this.trace.push(
        `${short} sync ${report.outcome}${report.away === undefined ? '' : ' away'}: ${report.events.map((one) => `${one.kind} ${one.path}`).join(', ')}`,
      );
      if (report.outcome === 'held') await engine.decideHeld('restore');
      return report.outcome === 'done' && report.away === undefined && report.problems.length === 0
        ? 'done'
        : undefined;
    } catch (error) {
      this.#failed(device, 'sync', error);
      return error instanceof EngineError ? error.kind : undefined;
    }
  }

  async promote(device: SimDevice, name: string): Promise<void> {
    try {
      const { kind } = await device.engine.promote(name);
      this.reach(`promote: ${kind}`);
      this.trace.push(`${device.short} promotes ${name}: ${kind}`);
    } catch (error) {
      this.#failed(device, `promote ${name}`, error);
    }
  }

  #failed(device: SimDevice, what: string, error: unknown): void {
    this.trace.push(
      `${device.short} ${what} failed: ${error instanceof Error ? error.message : String(error)}`,
    );
    if (!(error instanceof EngineError) && !device.life.isOver)
      this.violations.push(
        `[error] ${what}: ${error instanceof Error ? (error.stack ?? '') : String(error)}`,
      );
    else if (this.isCalm && (error as EngineError).kind !== 'moved')
      this.violations.push(`[error] ${device.short}: a quiet ${what} failed: ${String(error)}`);
    else if (error instanceof EngineError) this.reach(`failed: ${error.kind}`);
  }

  /** The whole head, as it lies there. */
  headOf(cloud: SimCloud): string | undefined {
    return cloud.store.peek(headKey)?.etag;
  }
}

async function turnsOf(turns: number): Promise<void> {
  for (let turn = 0; turn < turns; turn += 1) await Promise.resolve();
}

function drawPlan(rng: Prng): Plan {
  return {
    devices: rng.pick([2, 2, 3, 4]),
    clouds: rng.pick([2, 2, 3]),
    steps: rng.pick([30, 60, 120]),
    faultRate: rng.pick([0, 0, 0.02, 0.06]),
    goesBack: rng.chance(0.25),
    losesState: rng.chance(0.25),
    takeOver: rng.chance(0.3),
    unaware: rng.chance(0.3),
  };
}
