import type { ContentLocation, Entry, Projection } from '../core/model/entry.ts';
import type { CommitId, ContentHash } from '../core/model/ids.ts';
import type { VaultPath } from '../core/model/vault-path.ts';
import type { Surplus } from '../core/model/surplus.ts';
import type { ConflictRow } from '../core/conflict/open-conflicts.ts';
import type { HeldItem, Problem } from './api.ts';
import type { TaggedHead } from './cloud/head.ts';
import type { Resolution } from './conflicts/resolution.ts';
import type { SkipRow } from './damage.ts';
import type { Seal } from './seal.ts';
import { Touched } from './touched.ts';
import type { Expected, StagedId, StateStore, StateTable, StateWrite } from './ports.ts';

/** Last contents on which vault and cloud agreed, and where the cloud has them. */
export interface BaseRow {
  readonly hash: ContentHash;
  readonly at?: ContentLocation;
}

/** What a file was when its contents were last hashed. */
export interface LocalRow {
  readonly sizeBytes: number;
  readonly mtimeMs: number;
  readonly hash: ContentHash;
  /** By this device's clock, before the file was read. */
  readonly hashedAt: number;
}

/** The readable copy of a path as this device knows it. `pending`: it must be looked at. */
export interface ProjectedRow {
  readonly done?: Projection;
  readonly pending?: true;
}

/** A base row to set, or to drop where `row` is absent. */
export interface BaseChange {
  readonly path: VaultPath;
  readonly row?: BaseRow;
}

/** Written before the head; tells after a crash what the commit, if it came through, means for the base. */
export interface CommitIntent {
  readonly kind: 'commit';
  readonly commit: CommitId;
  readonly lineage: string;
  readonly generation: number;
  readonly base: readonly BaseChange[];
}

/** Written before a local replacement. */
export interface InstallIntent {
  readonly kind: 'install';
  readonly path: VaultPath;
  readonly staged: StagedId;
  readonly row: BaseRow;
  readonly sizeBytes: number;
  readonly expected: Expected;
  /** The device has joined another line of history since: how it ended sets no base. */
  readonly isOfFormer?: true;
}

/** Written before a local deletion. */
export interface TrashIntent {
  readonly kind: 'trash';
  readonly path: VaultPath;
}

/** Written before a local rename. */
export interface MoveIntent {
  readonly kind: 'move';
  readonly from: VaultPath;
  readonly to: VaultPath;
  readonly expected: ContentHash;
  readonly base?: BaseRow;
}

export type Intent = CommitIntent | InstallIntent | TrashIntent | MoveIntent;

export interface Identity {
  readonly vaultId: string;
  readonly lineage: string;
}

/** A person's answer to what the guard held; good for one sync. */
export interface HeldAnswer {
  readonly decision: 'apply' | 'restore';
  readonly items: readonly {
    readonly path: VaultPath;
    readonly hash: ContentHash;
    readonly direction: 'in-cloud' | 'here';
  }[];
}

/** Rows of the table `meta` by key. */
export interface MetaRows {
  readonly identity: Identity;
  /** The head last seen, whole, and its tag. Its commit is what this device has observed. */
  readonly head: TaggedHead;
  readonly fresh: boolean;
  /** Tag of the head with which a run ended in a plan of nothing: only a change here or there makes work. */
  readonly settled: string;
  readonly seal: Seal;
  /** The first sync's preview was accepted, or was not needed. */
  readonly joined: boolean;
  readonly heldAnswer: HeldAnswer;
  readonly held: readonly HeldItem[];
  readonly problems: readonly Problem[];
  /** Paths that the last plan left alone, with the reason. */
  readonly notices: readonly Problem[];
  readonly lastSyncMs: number;
  readonly lastAuditMs: number;
  /** Before the first audit: when the day until it began. */
  readonly auditFromMs: number;
  readonly lastCollectMs: number;
  readonly lastDeviceRecordMs: number;
  /** Times of deletes carried out lately, for the guard's window. */
  readonly recentDeletes: { readonly 'in-cloud': readonly number[]; readonly here: readonly number[] };
  readonly rehashDay: number;
  /** Conflict copies that stand in the vault. */
  readonly conflicts: readonly ConflictRow[];
  /** The last conflicts that were settled, oldest first. */
  readonly resolutions: readonly Resolution[];
  readonly backups: readonly BackupRow[];
  readonly surplus: readonly SurplusRow[];
  /** Since when the primary could not be reached, and how often. */
  readonly outage: { readonly sinceMs: number; readonly times: number };
  /** The name of the cloud that took over; absent: the one that the settings name first. */
  readonly primary: string;
}

/** What this device last saw of a backup. */
export interface BackupRow {
  readonly name: string;
  readonly holds?: {
    readonly lineage: string;
    readonly commit: CommitId;
    readonly generation: number;
    readonly seenMs: number;
  };
  /** Of this device's clock; and how often it failed since it was last reached. */
  readonly failed?: { readonly atMs: number; readonly times: number };
  readonly stopped?: true;
  /** Some object could not be copied when it was last tried, and seems spoilt. */
  readonly doubtful?: true;
  readonly message?: string;
}

const SEAL = 'seal' satisfies keyof MetaRows;

/** What this device found in a backup that nothing needs. */
export interface SurplusRow {
  readonly name: string;
  /** Of this device's clock: when it looked last. */
  readonly lookedMs: number;
  readonly list?: Surplus;
}

/**
 * The device's memory as typed tables, read once a run and kept in step with what is written.
 * Nothing is trusted beyond its shape: every claim is checked against vault or cloud before use.
 */
export class DeviceState {
  /** Paths whose row in `base` or `remote` was written. */
  readonly touched = new Touched();
  readonly #store: StateStore;
  readonly #tables = new Map<StateTable, Map<string, unknown>>();

  constructor(store: StateStore) {
    this.#store = store;
  }

  /** Lets go of what was read. */
  forget(): void {
    this.#tables.clear();
  }

  async #table(table: StateTable): Promise<Map<string, unknown>> {
    let rows = this.#tables.get(table);
    if (rows === undefined) {
      rows = await this.#store.rows(table);
      this.#tables.set(table, rows);
    }
    return rows;
  }

  async meta<K extends keyof MetaRows>(key: K): Promise<MetaRows[K] | undefined> {
    return (await this.#table('meta')).get(key) as MetaRows[K] | undefined;
  }

  async base(): Promise<ReadonlyMap<VaultPath, BaseRow>> {
    return (await this.#table('base')) as ReadonlyMap<string, unknown> as ReadonlyMap<VaultPath, BaseRow>;
  }

  async local(): Promise<ReadonlyMap<VaultPath, LocalRow>> {
    return (await this.#table('local')) as ReadonlyMap<string, unknown> as ReadonlyMap<VaultPath, LocalRow>;
  }

  async remote(): Promise<ReadonlyMap<VaultPath, Entry>> {
    return (await this.#table('remote')) as ReadonlyMap<string, unknown> as ReadonlyMap<VaultPath, Entry>;
  }

  async skipped(): Promise<ReadonlyMap<VaultPath, SkipRow>> {
    return (await this.#table('skipped')) as ReadonlyMap<string, unknown> as ReadonlyMap<VaultPath, SkipRow>;
  }

  async projected(): Promise<ReadonlyMap<VaultPath, ProjectedRow>> {
    return (await this.#table('projected')) as ReadonlyMap<string, unknown> as ReadonlyMap<
      VaultPath,
      ProjectedRow
    >;
  }

  async intents(): Promise<ReadonlyMap<string, Intent>> {
    return (await this.#table('intents')) as ReadonlyMap<string, unknown> as ReadonlyMap<string, Intent>;
  }

  /**
   * All or nothing, durable when it resolves; only then do the readers above see it. What does not
   * set the seal breaks it.
   */
  async write(changes: StateChanges): Promise<void> {
    const batch = changes.writes;
    const clear = changes.cleared;
    if (batch.length === 0 && clear.length === 0) return;
    const seals = batch.some(({ table, key }) => table === 'meta' && key === SEAL);
    if (!seals && (await this.meta(SEAL)) !== undefined) changes.meta(SEAL, undefined);
    await this.#store.write(batch, { clear });
    for (const table of clear) {
      this.#tables.get(table)?.clear();
      if (tellsOfSides(table)) this.touched.all();
    }
    for (const { table, key, value } of batch) {
      if (tellsOfSides(table)) this.touched.add(key as VaultPath);
      const rows = this.#tables.get(table);
      if (rows === undefined) continue;
      if (value === undefined) rows.delete(key);
      else rows.set(key, value);
    }
  }
}

function tellsOfSides(table: StateTable): boolean {
  return table === 'base' || table === 'remote';
}

/** Collects one atomic batch. */
export class StateChanges {
  readonly writes: StateWrite[] = [];
  readonly cleared: StateTable[] = [];

  meta<K extends keyof MetaRows>(key: K, value: MetaRows[K] | undefined): this {
    return this.#row('meta', key, value);
  }

  base(change: BaseChange): this {
    return this.#row('base', change.path, change.row);
  }

  local(path: VaultPath, row: LocalRow | undefined): this {
    return this.#row('local', path, row);
  }

  remote(path: VaultPath, entry: Entry | undefined): this {
    return this.#row('remote', path, entry);
  }

  skipped(path: VaultPath, row: SkipRow | undefined): this {
    return this.#row('skipped', path, row);
  }

  projected(path: VaultPath, row: ProjectedRow | undefined): this {
    return this.#row('projected', path, row);
  }

  intent(key: string, intent: Intent | undefined): this {
    return this.#row('intents', key, intent);
  }

  /** Empties the table before the rows of this batch are written. */
  clear(table: StateTable): this {
    this.cleared.push(table);
    return this;
  }

  #row(table: StateTable, key: string, value: unknown): this {
    this.writes.push({ table, key, value });
    return this;
  }
}

export function commitIntentKey(commit: CommitId): string {
  return `commit:${commit}`;
}

export function pathIntentKey(path: VaultPath): string {
  return `path:${path}`;
}
