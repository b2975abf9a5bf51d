import { inLanes } from '../lanes.ts';
import type { FileEntry, Projection } from '../../core/model/entry.ts';
import type { VaultPath } from '../../core/model/vault-path.ts';
import { isStoreError } from '../../storage/store-error.ts';
import type { ConflictRow } from '../../core/conflict/open-conflicts.ts';
import type { EngineDeps, Problem, Progress, SyncEvent, SyncOptions } from '../api.ts';
import type { Cloud } from '../cloud/cloud.ts';
import type { RemoteView } from '../cloud/remote-view.ts';
import { OpenPaths } from '../open-paths.ts';
import type { LocalView } from '../scan/local-view.ts';
import { damageOf, type SkipRow } from '../damage.ts';
import type { BaseRow, DeviceState, Identity, ProjectedRow, StateChanges } from '../state.ts';

const WRITES_AT_ONCE = 8;

export interface RunParts {
  readonly deps: EngineDeps;
  readonly cloud: Cloud;
  readonly state: DeviceState;
  readonly options: SyncOptions;
  readonly local: LocalView;
  readonly base: ReadonlyMap<VaultPath, BaseRow>;
  readonly projected: ReadonlyMap<VaultPath, ProjectedRow>;
  readonly conflictRows: readonly ConflictRow[];
}

/** What one sync knows and has done so far; the steps below it read and add. */
export class Run {
  readonly deps: EngineDeps;
  readonly cloud: Cloud;
  readonly state: DeviceState;
  readonly options: SyncOptions;
  readonly local: LocalView;
  /** Live: follows what is written to the state. */
  readonly base: ReadonlyMap<VaultPath, BaseRow>;
  readonly projected: ReadonlyMap<VaultPath, ProjectedRow>;
  readonly openPaths: OpenPaths;
  readonly events: SyncEvent[] = [];
  readonly conflicts: VaultPath[] = [];
  /** Of the last run, and of this one so far. */
  conflictRows: readonly ConflictRow[];
  /** The cloud; `undefined` before the first commit of a new vault. */
  view: RemoteView | undefined;
  readonly #blocked = new Map<VaultPath, Problem>();
  readonly #damagedOnce = new Set<VaultPath>();
  readonly #damaged = new Map<VaultPath, SkipRow>();
  readonly #emptied = new Set<VaultPath>();
  readonly #totals = new Map<
    Progress['phase'],
    { doneFiles: number; totalFiles: number; doneBytes: number; totalBytes: number }
  >();

  constructor(parts: RunParts) {
    this.deps = parts.deps;
    this.cloud = parts.cloud;
    this.state = parts.state;
    this.options = parts.options;
    this.local = parts.local;
    this.base = parts.base;
    this.projected = parts.projected;
    this.openPaths = new OpenPaths([parts.local.touched, parts.state.touched]);
    this.conflictRows = parts.conflictRows;
  }

  event(event: SyncEvent): void {
    this.events.push(event);
    if (event.kind === 'conflict-copy') this.conflicts.push(event.other ?? event.path);
    this.deps.log.write('info', event.kind, {
      path: event.path,
      reason: event.reason,
      ...(event.other === undefined ? {} : { other: event.other }),
      ...(event.undo === undefined ? {} : { undo: event.undo }),
    });
  }

  /** The path is left alone for the rest of this run. */
  blocked(path: VaultPath, problem: Problem): void {
    this.#blocked.set(path, problem);
  }

  isBlocked(path: VaultPath): boolean {
    return this.#blocked.has(path) || this.#damaged.has(path);
  }

  get blockedProblems(): readonly Problem[] {
    return [...this.#blocked.values()];
  }

  /**
   * Contents are missing or wrong. The first time the head is looked at again, as a collection may
   * have moved them; the second time the path is shown as damaged and left alone, also by later runs.
   */
  damaged(entry: FileEntry, detail: string): void {
    this.staleView = true;
    if (!this.#damagedOnce.has(entry.path)) {
      this.#damagedOnce.add(entry.path);
      return;
    }
    this.#damaged.set(entry.path, damageOf(entry, detail, this.deps.clock.now()));
    this.deps.log.write('warn', 'damaged-in-cloud', { path: entry.path, detail });
  }

  /** What was found damaged for the second time, to be remembered beyond this run. */
  get damage(): ReadonlyMap<VaultPath, SkipRow> {
    return this.#damaged;
  }

  /** How often the cloud turned out to have gone another way: nothing put before it may be relied on. */
  rejoins = 0;
  /** Of the vault that this run would begin. */
  proposed: Identity | undefined;
  /** By this device's clock. */
  lastHeadWriteMs: number | undefined;

  /** The head must be read again before the next pass. */
  staleView = false;

  isDamage(error: unknown): boolean {
    return isStoreError(error, 'corrupt') || isStoreError(error, 'not-found');
  }

  /** A folder that lost something; it goes if it is empty and the cloud does not keep it. */
  emptied(folder: string): void {
    if (folder !== '') this.#emptied.add(folder as VaultPath);
  }

  takeEmptied(): readonly VaultPath[] {
    const folders = [...this.#emptied];
    this.#emptied.clear();
    return folders;
  }

  projection(path: VaultPath): Projection | undefined {
    return this.projected.get(path)?.done ?? this.view?.tree.get(path)?.projected;
  }

  async eachWrite<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
    await inLanes(items, WRITES_AT_ONCE, work);
  }

  /** Adds the scan's remembered hashes to a batch that is written anyway. */
  withLocalRows(changes: StateChanges): StateChanges {
    changes.writes.push(...this.local.takeChanges().writes);
    return changes;
  }

  expect(phase: Progress['phase'], totalFiles: number, totalBytes: number): void {
    const total = this.#total(phase);
    total.totalFiles += totalFiles;
    total.totalBytes += totalBytes;
    this.options.onProgress?.({ phase, ...total });
  }

  progress(phase: Progress['phase'], files: number, bytes: number): void {
    const total = this.#total(phase);
    total.doneFiles += files;
    total.doneBytes += bytes;
    this.options.onProgress?.({ phase, ...total });
  }

  #total(phase: Progress['phase']): {
    doneFiles: number;
    totalFiles: number;
    doneBytes: number;
    totalBytes: number;
  } {
    const found = this.#totals.get(phase) ?? { doneFiles: 0, totalFiles: 0, doneBytes: 0, totalBytes: 0 };
    this.#totals.set(phase, found);
    return found;
  }
}
