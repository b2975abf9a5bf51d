import type { DeviceId, ObjectKey } from '../../src/core/model/ids.ts';
import type { VaultPath } from '../../src/core/model/vault-path.ts';
import type { Engine, EngineDeps } from '../../src/engine/api.ts';
import { MemoryState } from '../../src/engine/memory/memory-state.ts';
import { MemoryVault } from '../../src/engine/memory/memory-vault.ts';
import type { Expected, Log, StagedId } from '../../src/engine/ports.ts';
import { MemoryStore, type MemorySnapshot } from '../../src/storage/memory/memory-store.ts';
import { md5, sha256, simCompression, simHashing } from './bytes.ts';
import { Cards } from './cards.ts';
import { callSite } from './call-site.ts';
import { SimBackup } from './backup.ts';
import { CloudLog } from './cloud-log.ts';
import { Device, type Op } from './device.ts';
import type { ConflictCopy } from './invariants/conflict-copies.ts';
import { logIsClean } from './invariants/logs.ts';
import { watchState } from './invariants/base-rows.ts';
import { watchVault } from './invariants/vault-effects.ts';
import { Ledger } from './ledger.ts';
import type { PortHost } from './ports/host.ts';
import { SimState } from './ports/sim-state.ts';
import { SimStore } from './ports/sim-store.ts';
import { SimVault } from './ports/sim-vault.ts';
import type { Prng } from './prng.ts';
import type { DevicePlan, Scenario } from './scenario.ts';
import { Scheduler, type Call } from './scheduler.ts';
import { Trace } from './trace.ts';
import type { InvariantId, Violation } from './violation.ts';

export type CreateEngine = (deps: EngineDeps) => Engine;

/** 2026-03-01T12:00Z */
const START_MS = 1_772_366_400_000;

/** One bucket, some devices, one clock, one seed. */
export class World {
  readonly createEngine: CreateEngine;
  readonly scenario: Scenario;
  readonly scheduler = new Scheduler();
  readonly trace = new Trace();
  readonly ledger = new Ledger();
  readonly cards = new Cards();
  readonly violations: Violation[] = [];
  readonly devices: readonly Device[];
  readonly store: MemoryStore;
  readonly cloud: CloudLog;
  readonly backups: readonly SimBackup[];
  readonly stats = {
    steps: 0,
    faults: 0,
    crashes: 0,
    edits: 0,
    syncs: 0,
    hits: new Map<string, number>(),
    calls: new Map<string, number>(),
    reached: new Map<string, number>(),
  };
  nowMs = START_MS;
  readonly copies: ConflictCopy[] = [];
  /** Versions that a person has turned down, by what takes it back. */
  readonly settled = new Map<string, { readonly stem: string; readonly hash: string }>();
  /** Told of each call that ended well, while somebody counts requests. */
  onQuietOp: ((op: Op) => void) | undefined;
  ended = false;
  /** Nothing fails now. */
  calm = false;
  readonly #random: Prng;
  #harmed = false;

  constructor(scenario: Scenario, rng: Prng, createEngine: CreateEngine) {
    this.scenario = scenario;
    this.createEngine = createEngine;
    this.#random = rng.fork();
    this.store = new MemoryStore({ clock: { now: () => this.nowMs }, md5 });
    this.cloud = new CloudLog(this);
    this.backups = scenario.backups.map(
      (conditions, index) => new SimBackup(this, `backup${String(index + 1)}`, conditions),
    );
    this.devices = scenario.devices.map((plan, index) => this.#makeDevice(plan, index));
  }

  #makeDevice(plan: DevicePlan, index: number): Device {
    const short = 'abcdefgh'[index] ?? 'z';
    const id = this.#random.hex(16) as DeviceId;
    const clock = { now: () => this.clockOf(device) };
    const vault = new MemoryVault({ clock, hashing: simHashing, ignoresCase: plan.ignoresCase });
    const device: Device = new Device(short, id, plan, { vault, state: new MemoryState() });
    return device;
  }

  clockOf(device: Device): number {
    return Math.floor(this.nowMs + device.skewMs);
  }

  /** Contents that heads name may be missing: they have rotted, or went with a rollback in the midst of a call. */
  get harmed(): boolean {
    return this.scenario.damage || this.#harmed;
  }

  harm(): void {
    this.#harmed = true;
  }

  /** Nothing more is to be learnt from this run. */
  end(): void {
    this.ended = true;
  }

  violate(invariant: InvariantId, message: string): void {
    this.violations.push({ invariant, message });
    this.trace.add(`!! [${invariant}] ${message}`);
  }

  /** Counts a situation that a run came to: what is never reached is not tested. */
  reach(situation: string): void {
    const { reached } = this.stats;
    reached.set(situation, (reached.get(situation) ?? 0) + 1);
  }

  /** The bucket holds these before anybody looks. */
  begin(objects: ReadonlyMap<ObjectKey, Uint8Array>): void {
    const stored = [...objects].map(
      ([key, body]) => [key, { body, etag: md5(body), lastModifiedMs: this.nowMs, metadata: {} }] as const,
    );
    this.cloud.restore({ objects: new Map(stored), everCommitted: new Set() });
  }

  /** The bucket itself: who wants it as it was takes a snapshot. */
  bucket(): MemorySnapshot {
    return this.store.objects;
  }

  /** The device's engine, started if it is not running. */
  engineOf(device: Device): Engine {
    device.engine ??= this.#start(device);
    return device.engine;
  }

  /** Its program ends at once; only its disks stay. */
  crash(device: Device): void {
    device.incarnation += 1;
    device.engine = undefined;
    device.op = undefined;
    this.scheduler.drop(device.short);
    device.vault = device.vault.crash();
    device.state = device.state.crash();
    this.stats.crashes += 1;
  }

  /** Its database is lost; it opens empty. */
  forgetState(device: Device): void {
    device.state = new MemoryState();
    // With it goes the only word of which files are half written.
    device.torn.clear();
    device.forgot();
  }

  #start(device: Device): Engine {
    const host = this.#hostOf(device);
    const backups = this.isBackedUp(device) ? this.backups : [];
    return this.createEngine({
      vault: new SimVault(host, device.vault),
      store: new SimStore(host, this.store),
      state: new SimState(host, device.state),
      clock: {
        now: () => this.clockOf(device),
        sleep: (delayMs, signal) => this.scheduler.sleep(device.short, this.nowMs + delayMs, signal),
      },
      random: { hex: (digits) => this.#random.hex(digits), fraction: () => this.#random.fraction() },
      hashing: simHashing,
      compression: simCompression,
      log: this.#logOf(),
      device: { id: device.id, name: device.name },
      settings: device.plan.settings,
      backups: backups.map((backup) => ({
        name: backup.name,
        store: new SimStore(this.#backupHost(host, device, backup), backup.store, 'backup'),
      })),
    });
  }

  /** Whether the device keeps backups in step. */
  isBackedUp(device: Device): boolean {
    return device.plan.backups && this.backups.length > 0;
  }

  #backupHost(host: PortHost, device: Device, backup: SimBackup): PortHost {
    return {
      ...host,
      onRequest: () => {
        if (device.op !== undefined) device.op.backupRequests += 1;
      },
      onPut: (put) => {
        if (!put.late) this.#wrote(device, `${put.key} was put into ${backup.name}`);
        backup.onPut(device, put);
      },
      onObjectDeleted: (key, old) => {
        backup.onObjectDeleted(device, key, old);
      },
    };
  }

  #logOf(): Log {
    return {
      write: (level, event, fields) => {
        this.reach(`engine: ${event}`);
        const problem = logIsClean(level, event, fields ?? {});
        if (problem !== undefined) this.violate('I22', problem);
      },
    };
  }

  #hostOf(device: Device): PortHost {
    const { incarnation } = device;
    return {
      step: (call, perform) =>
        device.incarnation === incarnation
          ? this.scheduler.step({ ...call, device: device.short, site: this.#countCall(call) }, perform)
          : new Promise(() => undefined),
      fraction: () => this.#random.fraction(),
      wide: this.scenario.wide,
      later: (effect) => this.scheduler.late.push(effect),
      isUnmounted: () => device.unmounted,
      onRequest: (method, key) => device.op?.requests.push({ method, key }),
      onSpoilt: (key) => device.spoiltReads.set(key, (device.spoiltReads.get(key) ?? 0) + 1),
      sender: () => device.op,
      onPut: (put) => {
        if (!put.late) this.#wrote(device, `${put.key} was put`);
        this.cloud.onPut(device, put);
      },
      onObjectDeleted: (key, old) => {
        this.#wrote(device, `${key} was deleted`);
        this.cloud.onObjectDeleted(device, key, old);
        if (old !== undefined) for (const backup of this.backups) backup.onGoneFromPrimary(key);
      },
      onVaultEffect: (effect) => {
        this.#wrote(device, `${effect.method} ${effect.path}`);
        watchVault(this, device, effect);
      },
      onStaged: (id, bytes) => device.staged.set(id, bytes),
      onTorn: (staged, path, expected) => {
        this.#tear(device, staged, path, expected);
      },
      onStateWrite: (batch, cleared) => {
        watchState(this, device, batch, cleared);
      },
    };
  }

  /** Counts the call under its site and the faults that it can meet; returns the site. */
  #countCall({ port, method, faults }: Omit<Call, 'device'>): string | undefined {
    // A stack costs as much as the call: only where the call can fail is it worth one.
    if (this.calm || !this.scenario.sites) return undefined;
    const site = callSite();
    const { calls } = this.stats;
    const key = `${port}.${method} @ ${site} × ${faults.join(',')}`;
    calls.set(key, (calls.get(key) ?? 0) + 1);
    return site;
  }

  #wrote(device: Device, what: string): void {
    if (device.op === undefined) return;
    device.op.writes += 1;
    if (device.op.kind === 'preview') this.violate('preview', `${device.short}: a preview did this: ${what}`);
  }

  /** Half of the staged bytes stand under the path, as a program that died while writing leaves them. */
  #tear(device: Device, staged: StagedId, path: VaultPath, expected: Expected): void {
    const bytes = device.staged.get(staged);
    const stood = device.vault.userRead(path);
    if (bytes === undefined || bytes.length < 2) return;
    if ((stood === undefined ? 'absent' : sha256(stood)) !== expected) return;
    const half = bytes.slice(0, bytes.length >> 1);
    device.vault.userWrite(path, half);
    this.cards.saved(half);
    device.torn.set(sha256(half), path);
    device.remember(device.files());
  }
}
