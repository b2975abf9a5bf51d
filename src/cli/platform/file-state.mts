import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import {
  STATE_TABLES,
  StateError,
  type StateStore,
  type StateTable,
  type StateWrite,
} from '../../engine/ports.ts';
import { codeOf } from './folder-errors.mts';
import { FolderSync } from './folder-sync.mts';
import { JOURNAL, JournalWriter, readJournal } from './state-journal.mts';
import { applyStep, stepsOf, type Step } from './state-record.mts';
import { lookAtSnapshot, NEW_SUFFIX, readRows, snapshotName, writeSnapshot } from './state-snapshot.mts';

/**
 * The state store in a folder, for one process at a time.
 *
 *   write ──► journal (one synced line) ──► pending steps ──┐
 *                                                           ├──► rows(table)
 *   compaction ──► <table>.snapshot ────────────────────────┘
 *        └──► a new journal, begun after the snapshots' last record
 *
 * A snapshot counts the records that it holds, so that a crash between any two steps repeats none.
 */

export interface FileStateOptions {
  /** A journal beyond this, and beyond half of the snapshots, is folded into them. */
  readonly compactBytes?: number;
}

interface Table {
  /** The last record that the snapshot holds; 0 where there is no snapshot. */
  sequence: number;
  snapshotBytes: number;
  /** Steps of later records, in order. */
  pending: Step[];
}

interface Opened {
  readonly tables: ReadonlyMap<StateTable, Table>;
  readonly journal: JournalWriter;
  readonly sequence: number;
  readonly damaged: string | undefined;
}

interface WaitingWrite {
  readonly steps: readonly Step[];
  readonly resolve: () => void;
  readonly reject: (error: StateError) => void;
}

const COMPACT_BYTES = 4 * 1024 * 1024;
/** To fold a vault of 10,000 notes takes as long as to read some 25 MB of journal: this costs the least in all. */
const FOLD_AT_END_BYTES = 1536 * 1024;
/** A sync that wrote so much took its time: the folding is little beside it, and much in the short ones to come. */
const LARGE_SYNC_BYTES = 2 * 1024 * 1024;
const FOLD_AFTER_LARGE_BYTES = 256 * 1024;
const DAMAGED_SUFFIX = '.damaged';

export class FileState implements StateStore {
  readonly damaged: string | undefined;
  readonly #folder: string;
  readonly #tables: ReadonlyMap<StateTable, Table>;
  readonly #leastCompactBytes: number;
  readonly #folderSync = new FolderSync();
  #compactBytes: number;
  #journal: JournalWriter;
  #sequence: number;
  #writtenBytes = 0;
  #waiting: WaitingWrite[] = [];
  /** Ends when all that was asked so far is done; never rejects. */
  #work: Promise<unknown> = Promise.resolve();
  #closing: Promise<void> | undefined;

  private constructor(folder: string, options: FileStateOptions, opened: Opened) {
    this.damaged = opened.damaged;
    this.#folder = folder;
    this.#tables = opened.tables;
    this.#journal = opened.journal;
    this.#sequence = opened.sequence;
    this.#leastCompactBytes = options.compactBytes ?? COMPACT_BYTES;
    this.#compactBytes = this.#nextCompactBytes();
  }

  /** Opens or makes the store in the folder. Rejects with a `StateError`. */
  static async open(folder: string, options: FileStateOptions = {}): Promise<FileState> {
    try {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      return new FileState(folder, options, await openFolder(folder));
    } catch (error) {
      throw toStateError(error);
    }
  }

  rows(table: StateTable): Promise<Map<string, unknown>> {
    return this.#after(() => this.#load(table));
  }

  async write(
    batch: readonly StateWrite[],
    options: { readonly clear?: readonly StateTable[] } = {},
  ): Promise<void> {
    if (this.#closing !== undefined) throw closed();
    const steps = stepsOf(batch, options.clear ?? []);
    await new Promise<void>((resolve, reject) => {
      this.#waiting.push({ steps, resolve, reject });
      if (this.#waiting.length === 1) void this.#after(() => this.#flush());
    });
  }

  close(): Promise<void> {
    this.#closing ??= this.#work.then(() => this.#end());
    return this.#closing;
  }

  /** What a long sync wrote is folded once it is over: the next start reads snapshots, and only those that it needs. */
  async #end(): Promise<void> {
    const foldBytes = this.#writtenBytes > LARGE_SYNC_BYTES ? FOLD_AFTER_LARGE_BYTES : FOLD_AT_END_BYTES;
    if (this.#journal.sizeBytes > Math.min(foldBytes, this.#compactBytes)) await this.#compactIfPossible();
    await this.#journal.close();
  }

  #after<T>(act: () => Promise<T>): Promise<T> {
    if (this.#closing !== undefined) return Promise.reject(closed());
    const result = this.#work.then(act).catch((error: unknown) => {
      throw toStateError(error);
    });
    this.#work = result.catch(() => undefined);
    return result;
  }

  /** Writes everything that waits as one record: who asks while another is being synced shares the next sync. */
  async #flush(): Promise<void> {
    const writes = this.#waiting;
    this.#waiting = [];
    const steps = writes.flatMap((write) => write.steps);
    try {
      if (steps.length > 0) this.#writtenBytes += await this.#journal.append(this.#sequence + 1, steps);
    } catch (error) {
      for (const write of writes) write.reject(toStateError(error));
      return;
    }
    if (steps.length > 0) this.#sequence++;
    for (const step of steps) this.#pend(step);
    for (const write of writes) write.resolve();
    if (this.#journal.sizeBytes > this.#compactBytes) await this.#compactIfPossible();
  }

  #pend(step: Step): void {
    const { pending } = this.#table(step.table);
    // What was before an emptying counts no more.
    if (step.kind === 'clear') pending.length = 0;
    pending.push(step);
  }

  async #load(table: StateTable): Promise<Map<string, unknown>> {
    const { pending, sequence } = this.#table(table);
    const rows =
      sequence > 0 && pending[0]?.kind !== 'clear'
        ? await this.#snapshotRows(table, sequence)
        : new Map<string, unknown>();
    for (const step of pending) applyStep(rows, step);
    return rows;
  }

  async #snapshotRows(table: StateTable, sequence: number): Promise<Map<string, unknown>> {
    const rows = readRows(this.#folder, table, sequence);
    if (rows !== 'damaged') return rows;
    // Nothing may be added to what cannot be read as a whole; Windows renames no open file.
    this.#journal.refuse();
    await this.#journal.close();
    await putAside(this.#folder);
    throw new StateError(
      'damaged',
      `What this device remembered of the vault is damaged (${snapshotName(table)}) and was put aside as *${DAMAGED_SUFFIX}. Nothing is lost: sync again, and both sides are compared anew`,
    );
  }

  /** A full disk only postpones it: the journal alone holds everything. */
  async #compactIfPossible(): Promise<void> {
    try {
      await this.#compact();
      this.#compactBytes = this.#nextCompactBytes();
    } catch {
      this.#compactBytes = this.#journal.sizeBytes * 2;
    }
  }

  async #compact(): Promise<void> {
    const snapshots = await this.#writeSnapshots();
    await this.#folderSync.sync(this.#folder);
    const before = this.#journal;
    this.#journal = await JournalWriter.begin(this.#folder, {
      format: 1,
      sequence: this.#sequence,
      snapshots,
    });
    try {
      await this.#folderSync.sync(this.#folder);
    } catch (error) {
      // A power cut might bring the old journal back, without what would be written from now on.
      this.#journal.refuse();
      throw error;
    }
    await before.close();
  }

  /** One table after another, and each lets go of its steps at once: a large vault's rows are large. */
  async #writeSnapshots(): Promise<Partial<Record<StateTable, number>>> {
    const snapshots: Partial<Record<StateTable, number>> = {};
    for (const [name, table] of this.#tables) {
      if (table.pending.length > 0) {
        const rows = await this.#load(name);
        table.snapshotBytes = await writeSnapshot(this.#folder, name, this.#sequence, rows);
        table.sequence = this.#sequence;
        table.pending = [];
      }
      if (table.sequence > 0) snapshots[name] = table.sequence;
    }
    return snapshots;
  }

  #nextCompactBytes(): number {
    const snapshotBytes = [...this.#tables.values()].reduce((sum, table) => sum + table.snapshotBytes, 0);
    return Math.max(this.#leastCompactBytes, snapshotBytes / 2);
  }

  #table(name: StateTable): Table {
    const table = this.#tables.get(name);
    if (table === undefined) throw new StateError('unexpected', `there is no table ${name}`);
    return table;
  }
}

async function openFolder(folder: string): Promise<Opened> {
  const names = await readdir(folder);
  for (const name of names.filter((name) => name.endsWith(NEW_SUFFIX))) await rm(join(folder, name));
  const found = await readFolder(folder);
  if (typeof found !== 'string') return found;
  await putAside(folder);
  const fresh = await readFolder(folder);
  if (typeof fresh === 'string') throw new StateError('unexpected', fresh);
  return { ...fresh, damaged: `${found}; the files are kept as *${DAMAGED_SUFFIX}` };
}

async function putAside(folder: string): Promise<void> {
  for (const name of (await readdir(folder)).filter(isOwnFile))
    await rename(join(folder, name), join(folder, `${name}${DAMAGED_SUFFIX}`));
}

/** What the folder holds, made where it is empty; or a sentence on what is damaged. */
async function readFolder(folder: string): Promise<Opened | string> {
  const tables = new Map<StateTable, Table>();
  for (const name of STATE_TABLES) {
    const snapshot = lookAtSnapshot(folder, name);
    if (snapshot === 'damaged') return `${snapshotName(name)} is damaged`;
    tables.set(
      name,
      snapshot === undefined
        ? { sequence: 0, snapshotBytes: 0, pending: [] }
        : { sequence: snapshot.sequence, snapshotBytes: snapshot.sizeBytes, pending: [] },
    );
  }
  const lastSnapshot = Math.max(...[...tables.values()].map((table) => table.sequence));
  const contents = await readJournal(folder);
  if (contents === undefined) {
    if (lastSnapshot > 0) return `${JOURNAL} is missing`;
    const journal = await JournalWriter.begin(folder, { format: 1, sequence: 0, snapshots: {} });
    await new FolderSync().sync(folder);
    return { tables, journal, sequence: 0, damaged: undefined };
  }
  if ('damaged' in contents) return `${contents.damaged} is damaged`;
  const sequence = contents.records.at(-1)?.sequence ?? contents.header.sequence;
  if (lastSnapshot > sequence) return `${JOURNAL} is older than the snapshots`;
  for (const [name, table] of tables) {
    if (table.sequence < (contents.header.snapshots[name] ?? 0))
      return `${snapshotName(name)} is missing or old`;
  }
  replay(contents.records, tables);
  const journal = await JournalWriter.open(folder, contents.goodBytes);
  return { tables, journal, sequence, damaged: undefined };
}

function replay(
  records: readonly { readonly sequence: number; readonly steps: readonly Step[] }[],
  tables: ReadonlyMap<StateTable, Table>,
): void {
  for (const record of records) {
    for (const step of record.steps) {
      const table = tables.get(step.table);
      if (table !== undefined && record.sequence > table.sequence) table.pending.push(step);
    }
  }
}

function isOwnFile(name: string): boolean {
  return name === JOURNAL || STATE_TABLES.some((table) => name === snapshotName(table));
}

function toStateError(error: unknown): StateError {
  if (error instanceof StateError) return error;
  const code = codeOf(error);
  if (code === 'ENOSPC' || code === 'EDQUOT')
    return new StateError('disk-full', 'the disk is full; make room', error);
  if (['EACCES', 'EPERM', 'EROFS', 'EIO', 'ENOENT', 'ENOTDIR'].includes(code)) {
    return new StateError(
      'unwritable',
      `the state cannot be kept (${code}); check its folder and the disk`,
      error,
    );
  }
  return new StateError('unexpected', error instanceof Error ? error.message : String(error), error);
}

function closed(): StateError {
  return new StateError('closed', 'the state store is closed');
}
