import { classifyKey, headKey, rootKey } from '../../src/core/format/keys.ts';
import type { CommitId } from '../../src/core/model/ids.ts';
import { MemoryStore, type StoredObject } from '../../src/storage/memory/memory-store.ts';
import { md5 } from './bytes.ts';
import { contentProblem, readCloud, type CloudView } from './cloud-view.ts';
import type { Device } from './device.ts';
import { surplusIsSurplus } from './invariants/surplus.ts';
import type { Put } from './ports/host.ts';
import type { BackupConditions } from './scenario.ts';
import type { World } from './world.ts';

/** Written once under a key; a root may be packed anew by another device. */
const ONCE = ['pack', 'blob', 'delta', 'shard'];

/** A cloud that the devices keep in step with the primary: a store of its own, and who watches it. */
export class SimBackup {
  readonly name: string;
  readonly conditions: BackupConditions;
  readonly store: MemoryStore;
  readonly #world: World;
  readonly #gone = new Map<string, number>();
  view: CloudView | undefined;

  constructor(world: World, name: string, conditions: BackupConditions) {
    this.#world = world;
    this.name = name;
    this.conditions = conditions;
    this.store = new MemoryStore({ clock: { now: () => world.nowMs }, md5, conditions });
  }

  onPut(device: Device, put: Put): void {
    const { key, old } = put;
    const kind = classifyKey(key);
    this.#world.reach(`backup: ${kind} written`);
    if (kind === 'head') this.#onHead(device, put);
    const now = this.store.peek(key);
    if (ONCE.includes(kind) && old !== undefined && now?.etag !== old.etag && !this.#world.harmed)
      this.#world.violate('RE6', `${device.short} wrote other bytes over ${key} of ${this.name}`);
  }

  /** The primary has it no more. */
  onGoneFromPrimary(key: string): void {
    this.#gone.set(key, this.#world.nowMs);
  }

  onObjectDeleted(device: Device, key: string, old: StoredObject | undefined): void {
    const world = this.#world;
    if (old === undefined) return;
    world.reach(`backup: ${classifyKey(key)} removed`);
    const found = surplusIsSurplus({
      key,
      old,
      nowMs: world.nowMs,
      inPrimary: world.store.objects,
      goneMs: this.#gone.get(key),
      inBackup: this.store.objects,
    });
    for (const { invariant, message } of found)
      world.violate(invariant, `${device.short}, ${this.name}: ${message}`);
  }

  /** The head as it lies there, byte by byte. */
  headTag(): string | undefined {
    return this.store.peek(headKey)?.etag;
  }

  #onHead(device: Device, { late, sender }: Put): void {
    const world = this.#world;
    const who = `${device.short}, ${this.name}`;
    const former = this.view;
    if (!world.cloud.headTags.has(this.headTag() ?? ''))
      world.violate('I18', `${who}: the backup got a head that the primary never had`);
    if (sender?.sawRollback === true) world.harm();
    try {
      this.view = readCloud(this.store.objects);
    } catch (error) {
      // Its parts rotted in the primary, or went with a rollback while they were being copied.
      if (!world.harmed) world.violate('RE1', `${who}: a head that cannot be read: ${String(error)}`);
      return;
    }
    if (this.view === undefined || world.violations.length > 0) return;
    const { head } = this.view;
    world.trace.add(`   ${this.name}: head ${head.commit.slice(0, 4)} g${String(head.generation)}`);
    this.#checkContents(device, who);
    if (former !== undefined && !late) this.#checkForward(who, former, this.view);
  }

  /** Nobody can tell an object whose every answer is harmed from one that has rotted. */
  #checkContents(device: Device, who: string): void {
    if (this.#world.harmed) return;
    const doubted = [...device.spoiltReads].flatMap(([key, times]) => (times > 1 ? [key] : []));
    for (const problem of this.missing())
      if (!doubted.some((key) => problem.includes(key))) this.#world.violate('RE1', `${who}: ${problem}`);
  }

  #checkForward(who: string, { head: former }: CloudView, { head }: CloudView): void {
    const isForward = former.vaultId === head.vaultId && former.lineage === head.lineage;
    // Without conditions of two devices that write at once the slower one wins; the next look mends that.
    if (this.conditions === 'honoured' && !(isForward && former.generation <= head.generation))
      this.#world.violate(
        'RE3',
        `${who}: from generation ${String(former.generation)} to ${String(head.generation)}`,
      );
    if (head.generation < former.generation || head.log.includes(former.commit)) return;
    this.#world.reach('backup: the primary has gone another way');
    if (!this.#hasRoot(former.commit))
      this.#world.violate('RE4', `${who}: ${former.commit} was replaced and is kept nowhere`);
  }

  #hasRoot(commit: CommitId): boolean {
    return this.store.peek(rootKey(commit)) !== undefined;
  }

  /** What of its head's tree cannot be had from it alone. */
  missing(): readonly string[] {
    return [...(this.view?.tree.values() ?? [])].flatMap((entry) => {
      const problem = entry.deleted === true ? undefined : contentProblem(this.store.objects, entry);
      return problem === undefined ? [] : [`${entry.path}: ${problem}`];
    });
  }
}
