import { classifyKey, headKey } from '../../src/core/format/keys.ts';
import type { Entry } from '../../src/core/model/entry.ts';
import type { CommitId } from '../../src/core/model/ids.ts';
import { foldPath, type VaultPath } from '../../src/core/model/vault-path.ts';
import type { MemorySnapshot, StoredObject } from '../../src/storage/memory/memory-store.ts';
import { hashOf } from './bytes.ts';
import { readCloud, type CloudView } from './cloud-view.ts';
import type { Device } from './device.ts';
import type { Put } from './ports/host.ts';
import { newContentsExist, stillReferred } from './invariants/contents.ts';
import { deletionsAreMeant, manyAreHeld } from './invariants/deletions.ts';
import { noTwoNames } from './invariants/folds.ts';
import { headExtends } from './invariants/linear-head.ts';
import { tornStaysOut } from './invariants/torn.ts';
import type { World } from './world.ts';

/** The day that a condemned object is left, less what clocks may differ. */
const GRACE_MS = 23.9 * 3_600_000;

/** One successful write of the head. */
export interface Commit {
  readonly device: Device;
  readonly before: CloudView | undefined;
  readonly after: CloudView;
  /** Entries of the records that are new; a path may come twice. */
  readonly entries: readonly Entry[];
  readonly objects: MemorySnapshot;
}

/** A bucket's backup and what was true when it was taken. */
export interface Backup {
  readonly objects: MemorySnapshot;
  readonly everCommitted: ReadonlySet<string>;
}

/** Watches the bucket: every head that was ever written, and what the heads have held. */
export class CloudLog {
  readonly #world: World;
  view: CloudView | undefined;
  /** Every head that ever stood, by its commit. */
  readonly views = new Map<string, CloudView>();
  /** Tags of every head that ever stood. */
  readonly headTags = new Set<string>();
  /** When, by the server. */
  readonly times = new Map<string, number>();
  /** What devices wrote under each key of the readable copy, in order. */
  readonly texts = new Map<string, readonly Uint8Array[]>();
  /** Hashes of contents that this bucket's heads have named; a rollback takes it back. */
  everCommitted = new Set<string>();
  /** When a head that stood first condemned the object, by the server. */
  readonly #condemned = new Map<string, number>();
  /** Hashes that heads had at a folded path, at any time. */
  readonly #everAt = new Map<string, Set<string>>();

  constructor(world: World) {
    this.#world = world;
  }

  onPut(device: Device, put: Put): void {
    const { key, old } = put;
    const kind = classifyKey(key);
    this.#world.reach(`cloud: ${kind} written`);
    const body = kind === 'plain' ? this.#world.store.peek(key)?.body : undefined;
    if (body !== undefined) this.texts.set(key, [...(this.texts.get(key) ?? []), body]);
    if (kind === 'head') this.#onHead(device, put);
    const isOnce =
      kind === 'pack' || kind === 'blob' || kind === 'delta' || kind === 'shard' || kind === 'root';
    if (!isOnce || old === undefined) return;
    const now = this.#world.store.peek(key);
    if (now !== undefined && now.etag !== old.etag)
      this.#world.violate('I6', `${device.short} wrote other bytes over ${key}`);
  }

  onObjectDeleted(device: Device, key: string, old: StoredObject | undefined): void {
    if (old !== undefined) this.#world.reach(`cloud: ${classifyKey(key)} removed`);
    if (key === headKey && old !== undefined) this.#world.violate('I5', `${device.short} deleted the head`);
    const problem = this.view === undefined ? undefined : stillReferred(this.view, key);
    if (problem !== undefined) this.#world.violate('I6', `${device.short}: ${problem}`);
    if (old !== undefined) this.#wasCondemned(device, key);
  }

  /** I6: what some device may still name goes only when heads have condemned it for a day, by the server's time. */
  #wasCondemned(device: Device, key: string): void {
    const kind = classifyKey(key);
    if (kind !== 'pack' && kind !== 'blob' && kind !== 'delta' && kind !== 'shard' && kind !== 'root') return;
    const since = this.#condemned.get(key);
    if (since !== undefined && this.#world.nowMs - since >= GRACE_MS) return;
    const told = since === undefined ? 'no head had condemned it' : 'it was condemned within the day';
    this.#world.violate('I6', `${device.short} deleted ${key}, but ${told}`);
  }

  backup(): Backup {
    return { objects: this.#world.store.snapshot(), everCommitted: new Set(this.everCommitted) };
  }

  restore(backup: Backup): void {
    this.#world.store.rollback(backup.objects);
    this.view = readCloud(backup.objects);
    this.#noteTag();
    if (this.view !== undefined) this.views.set(this.view.head.commit, this.view);
    this.everCommitted = new Set(backup.everCommitted);
  }

  /** Whether any head ever named these contents, wherever. */
  everHad(hash: string): boolean {
    for (const hashes of this.#everAt.values()) if (hashes.has(hash)) return true;
    return false;
  }

  hadAt(path: VaultPath): ReadonlySet<string> {
    return this.#everAt.get(foldPath(path)) ?? new Set();
  }

  #noteTag(): void {
    const tag = this.#world.store.peek(headKey)?.etag;
    if (tag !== undefined) this.headTags.add(tag);
  }

  #onHead(device: Device, { options, old, sender }: Put): void {
    this.#noteTag();
    const world = this.#world;
    const objects = world.bucket();
    let after: CloudView | undefined;
    try {
      after = readCloud(objects);
    } catch (error) {
      // Its shards went with the rollback: nobody can go on from here, and no rule says that one could.
      if (sender?.sawRollback === true) world.end();
      else world.violate('I6', `${device.short} committed a head that cannot be read: ${String(error)}`);
    }
    if (after === undefined) return;
    if (sender?.sawRollback === true) world.harm();
    if (options.ifMatch === undefined && options.ifNoneMatch === undefined) {
      world.violate('I5', `${device.short} wrote the head without a condition`);
    }
    const former = this.view?.head;
    const entries = newEntries(this.view, after);
    const commit: Commit = { device, before: this.view, after, entries, objects };
    this.view = after;
    this.views.set(after.head.commit, after);
    this.times.set(after.head.commit, world.nowMs);
    for (const key of after.head.condemned?.keys ?? [])
      if (!this.#condemned.has(key)) this.#condemned.set(key, world.nowMs);
    this.#reach(commit);
    world.trace.add(
      `   head ${short(after.head.commit)} g${String(after.head.generation)} by ${device.short}: ${entries.map(shown).join(', ')}`,
    );
    for (const entry of entries) this.#note(entry);
    this.#sent(device, entries);
    this.#check(commit, former?.log, old !== undefined);
  }

  #reach({ before, after }: Commit): void {
    const { head, tree } = after;
    const reach = (situation: string): void => {
      this.#world.reach(`cloud: ${situation}`);
    };
    if (head.root !== undefined && head.root !== before?.head.root) reach('compacted');
    if (head.shards.length > 1) reach('more than one shard');
    if (head.condemned !== undefined && head.condemned !== before?.head.condemned) reach('condemned');
    for (const [path, entry] of before?.tree ?? []) {
      if (entry.deleted === true && !tree.has(path)) reach('tombstone expired');
    }
  }

  #sent(device: Device, entries: readonly Entry[]): void {
    const files = device.files();
    for (const { path, hash } of entries) {
      const bytes = files.get(path);
      if (bytes !== undefined && hashOf(bytes) === hash) device.sent.add(`${path}\n${hash}`);
    }
  }

  #note(entry: Entry): void {
    if (entry.deleted === true) {
      for (const device of this.#world.devices) device.mayTrash.add(foldPath(entry.path));
      return;
    }
    this.everCommitted.add(entry.hash);
    const key = foldPath(entry.path);
    const hashes = this.#everAt.get(key) ?? new Set();
    this.#everAt.set(key, hashes.add(entry.hash));
  }

  #check(commit: Commit, formerLog: readonly CommitId[] | undefined, replaced: boolean): void {
    const world = this.#world;
    const found = [
      ...headExtends(formerLog, commit.after.head, replaced),
      // What has rotted, or went with a rollback in the midst of a call, may be named until an audit finds it.
      ...(world.harmed ? [] : newContentsExist(commit)),
      ...deletionsAreMeant(world, commit),
      ...manyAreHeld(commit),
      ...noTwoNames(commit.after),
      ...tornStaysOut(commit),
    ];
    for (const { invariant, message } of found)
      world.violate(invariant, `${commit.device.short}: ${message}`);
  }
}

/** What the newest commit wrote, also when it went straight into shards. */
function newEntries(before: CloudView | undefined, after: CloudView): Entry[] {
  const known = before?.head.generation ?? 0;
  const records = after.records.filter((record) => record.generation > known);
  if (records.length > 0) return records.flatMap((record) => record.entries);
  const sameShards = before?.head.shards.join() === after.head.shards.join();
  return sameShards ? [] : [...after.tree.values()].filter((entry) => entry.generation > known);
}

function short(commit: string): string {
  return commit.slice(0, 4);
}

function shown(entry: Entry): string {
  if (entry.deleted === true) return `†${entry.path}${entry.to === undefined ? '' : ` → ${entry.to}`}`;
  return `${entry.path}=${entry.hash.slice(0, 4)}`;
}
