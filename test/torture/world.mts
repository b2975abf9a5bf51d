import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SyncReport, VerifyReport } from '../../src/engine/api.ts';
import { SeededRandom } from '../support/seeded-random.ts';
import type { ServerAddress } from '../support/servers/server.mts';
import { newCloud, type TortureCloud } from './cloud.mts';
import { Device, type Ended, type RunOptions } from './device.mts';
import { checkVaults } from './judge.mts';
import { Ledger } from './ledger.mts';
import { Person } from './person.mts';
import { snapshotOf, stagedIn, type Snapshot } from './vault-files.mts';
import { Violation } from './violation.mts';

export interface WorldOptions {
  readonly seed: number;
  readonly program: string;
  readonly server: ServerAddress;
  /** Where the devices find the server, when that is not its own address: a proxy. */
  readonly endpoint?: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly mostAttachmentBytes?: number;
}

export interface Report extends SyncReport {
  readonly requests: { readonly total: number; readonly list: number; readonly put: number };
}

interface QuietPoint {
  readonly commit: string;
  readonly snapshot: Snapshot;
}

/** So many syncs each, and devices that share a cloud agree (I2 of docs/spec/sync.md). */
const MOST_PASSES = 3;
const MIB = 1024 * 1024;

/** Two computers, two people, one cloud, and all that must be true of them whatever happens. */
export class World {
  readonly random: SeededRandom;
  readonly ledger = new Ledger();
  readonly folder: string;
  readonly server: ServerAddress;
  readonly remote: string;
  readonly devices: readonly [Device, Device];
  readonly counts = new Map<string, number>();
  /** How long the last sync of a device took that was not ended early. */
  readonly wholeMs = new Map<Device, number>();
  readonly #persons: ReadonlyMap<Device, Person>;
  readonly #quiet: QuietPoint[] = [];

  private constructor(options: WorldOptions, folder: string, cloud: TortureCloud) {
    const { seed, server, program } = options;
    this.random = new SeededRandom(seed);
    this.folder = folder;
    this.server = server;
    this.remote = cloud.remote;
    const env = { ...cloud.env, ...options.env };
    const device = (name: string): Device => new Device({ name, folder: join(folder, name), program, env });
    this.devices = [device('a'), device('b')];
    const mostAttachmentBytes = options.mostAttachmentBytes ?? 20 * MIB;
    const { ledger } = this;
    this.#persons = new Map(
      this.devices.map((one) => [
        one,
        new Person({ device: one, ledger, random: this.random.fork(), mostAttachmentBytes }),
      ]),
    );
  }

  static async open(options: WorldOptions): Promise<World> {
    const folder = await mkdtemp(join(tmpdir(), 'twincloud-torture-'));
    const world = new World(options, folder, await newCloud(options.server, options.endpoint));
    for (const device of world.devices) await device.make();
    return world;
  }

  async close(): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
  }

  count(what: string, times = 1): void {
    this.counts.set(what, (this.counts.get(what) ?? 0) + times);
  }

  person(device: Device): Person {
    const person = this.#persons.get(device);
    if (person === undefined) throw new Error(`nobody is at ${device.name}`);
    return person;
  }

  /** A few notes on `a`, and both devices in step. */
  async begin(notes = 20): Promise<void> {
    await this.person(this.devices[0]).adds(notes);
    await this.settle();
  }

  syncArgs(device: Device): readonly string[] {
    return ['sync', '--json', '--remote', this.remote, '--device-name', device.name, '--accept-first'];
  }

  async sync(device: Device, options: RunOptions = {}): Promise<Ended> {
    this.count('syncs');
    const ended = await device.run(this.syncArgs(device), options);
    if (!ended.killed) this.wholeMs.set(device, ended.ms);
    return ended;
  }

  /** A sync in which nothing stands in the way: it must end well. What the guard holds back is let go. */
  async goodSync(device: Device): Promise<Report> {
    const report = this.#goodReport(device, await this.sync(device));
    if (report.outcome !== 'held') return report;
    this.count('held back and let go');
    const applied = await device.run(['held', '--apply']);
    if (applied.exitCode !== 0) throw new Violation(`held --apply failed on ${device.name}`, applied.stderr);
    return this.#goodReport(device, await this.sync(device));
  }

  #goodReport(device: Device, ended: Ended): Report {
    if (ended.exitCode !== 0 && ended.exitCode !== 3) {
      const how = ended.killed ? 'hung' : `ended with ${String(ended.exitCode)}`;
      throw new Violation(`a sync of ${device.name} with nothing in its way ${how}`, ended.stderr);
    }
    const report = JSON.parse(ended.stdout) as Report;
    if (report.problems.length > 0)
      throw new Violation(`a sync of ${device.name} left problems`, JSON.stringify(report.problems));
    return report;
  }

  /** One pass mends what an ended one left; a second has nothing to do, and that is one request (I3). */
  async recover(device: Device): Promise<void> {
    const first = await this.goodSync(device);
    let idle = await this.goodSync(device);
    // An audit, which a clock that jumped a day brings on, leaves copies to be looked at by the next sync.
    if (first.requests.list > 0 && idle.events.length === 0 && idle.requests.put === 0) {
      if (idle.requests.total > 1) this.count('looks after an audit');
      idle = await this.goodSync(device);
    }
    if (idle.events.length > 0 || idle.requests.total !== 1) {
      const did = (report: Report): object => ({ events: report.events, requests: report.requests });
      const detail = JSON.stringify([did(first), did(idle)]);
      throw new Violation(`the second sync of ${device.name} still had something to do`, detail);
    }
    const staged = await stagedIn(device.vault);
    if (staged.length > 0) throw new Violation(`${device.name} has staged bytes left`, staged.join(' '));
  }

  /** Syncs until nothing changes any more; then everything must be true. */
  async settle(): Promise<void> {
    let report: Report | undefined;
    for (let pass = 1; ; pass += 1) {
      let events = 0;
      for (const device of this.devices) {
        report = await this.goodSync(device);
        events += report.events.length;
      }
      if (events === 0) break;
      if (pass > MOST_PASSES) throw new Violation('no end of syncing', JSON.stringify(report?.events));
    }
    const snapshot = await checkVaults(this.devices, this.ledger);
    this.count('quiet points');
    const commit = report?.head?.commit;
    if (commit !== undefined) this.#quiet.push({ commit, snapshot });
  }

  /** Whole contents in the cloud, and the vault as it was at a quiet point that is past. */
  async end(): Promise<void> {
    for (const device of this.devices) {
      const verified = await device.run(['verify', '--full', '--json']);
      const report = JSON.parse(verified.stdout || '{}') as Partial<VerifyReport>;
      if (verified.exitCode !== 0 || report.damaged?.length !== 0)
        throw new Violation(`verify of ${device.name} found damage`, verified.stdout + verified.stderr);
    }
    const past = this.random.pick(this.#quiet);
    const to = join(this.folder, 'restored');
    const args = ['restore', '--all', '--remote', this.remote, '--at', past.commit, '--to', to];
    const restored = await this.devices[0].run(args);
    if (restored.exitCode !== 0) throw new Violation('the past cannot be restored', restored.stderr);
    const { hashByPath } = await snapshotOf(to);
    const same = [...past.snapshot.hashByPath].every(([path, hash]) => hashByPath.get(path) === hash);
    if (!same || hashByPath.size !== past.snapshot.hashByPath.size)
      throw new Violation('the past is not as it was', past.commit);
    this.count('pasts restored');
    this.count('lines written', this.ledger.written);
  }
}
