import type { DeviceId } from '../../src/core/model/ids.ts';
import { foldPath, type VaultPath } from '../../src/core/model/vault-path.ts';
import type { Engine, HeldItem, Problem } from '../../src/engine/api.ts';
import type { MemoryState } from '../../src/engine/memory/memory-state.ts';
import type { MemoryVault } from '../../src/engine/memory/memory-vault.ts';
import type { StagedId } from '../../src/engine/ports.ts';
import { hashOf } from './bytes.ts';
import type { FileMap } from './ports/host.ts';
import type { DevicePlan } from './scenario.ts';

export type OpKind =
  'sync' | 'preview' | 'verify' | 'decide' | 'restore' | 'history' | 'scrub' | 'settle' | 'undo';

/** A call of the engine that has not ended. */
export interface Op {
  readonly kind: OpKind;
  readonly controller: AbortController;
  faults: number;
  /** Writes at store or vault since it began. */
  writes: number;
  requests: { readonly method: string; readonly key: string }[];
  /** The same of the backups. */
  backupRequests: number;
  sawUnmounted: boolean;
  /** The bucket went back to a backup under it: what it had put is gone. */
  sawRollback: boolean;
}

/** One installation: its disks outlive every crash, its engine does not. */
export class Device {
  readonly short: string;
  readonly id: DeviceId;
  readonly plan: DevicePlan;
  name: string;
  skewMs: number;
  vault: MemoryVault;
  state: MemoryState;
  engine: Engine | undefined;
  op: Op | undefined;
  incarnation = 0;
  unmounted = false;

  /** What a person was last told. */
  held: readonly HeldItem[] = [];
  problems: readonly Problem[] = [];
  needsAcceptance = false;
  /** How many conflicts wait for its user, and what can be taken back, as far as it was told. */
  open = 0;
  undoable: readonly string[] = [];
  /** Its user has decided what is held, or what a first sync asks, at some time. */
  decided = false;

  /** Bytes kept aside by staged id, for crashes that tear. */
  readonly staged = new Map<StagedId, Uint8Array>();
  /** Every content that a path of this vault ever had. */
  readonly everHad = new Map<string, Set<string>>();
  /** What it committed while it stood in its vault: path and hash, parted by a line feed. */
  readonly sent = new Set<string>();
  /** Those of them from after the call under way began, which may have looked before. */
  readonly goneLately = new Set<string>();
  /** What its user changed since the call under way began, which may have looked before. */
  readonly changedLately = new Set<string>();
  /** Its base table as last written. */
  readonly baseRows = new Map<string, string>();
  /** Folded paths that its user deleted or renamed, or its engine moved away, since it last lost its memory. */
  readonly gone = new Set<string>();
  /** Folded paths whose tombstone it may follow. */
  readonly mayTrash = new Set<string>();
  /** The same of heads from before the bucket went back, while the call under way then goes on. */
  readonly mayTrashInOp = new Set<string>();
  /** Half-written contents that a crash left, by path. */
  readonly torn = new Map<string, string>();
  /** How often the answers to its gets were harmed on their way, by key. */
  readonly spoiltReads = new Map<string, number>();
  /** The head that it remembers as the last one seen. */
  observedCommit: string | undefined;
  /** The highest generation that a sync of it has told. */
  observedGeneration = 0;

  constructor(
    short: string,
    id: DeviceId,
    plan: DevicePlan,
    disks: { vault: MemoryVault; state: MemoryState },
  ) {
    this.short = short;
    this.id = id;
    this.plan = plan;
    this.name = plan.name;
    this.skewMs = plan.skewMs;
    this.vault = disks.vault;
    this.state = disks.state;
  }

  files(): FileMap {
    return this.vault.contents();
  }

  /** Takes note of what stands where now. */
  remember(files: FileMap): void {
    for (const [path, bytes] of files) this.hadAt(path).add(hashOf(bytes));
  }

  hadAt(path: VaultPath): Set<string> {
    const key = foldPath(path);
    let set = this.everHad.get(key);
    if (set === undefined) {
      set = new Set();
      this.everHad.set(key, set);
    }
    return set;
  }

  /** Its user deleted or renamed the path, or its engine moved it away. */
  lost(path: VaultPath): void {
    this.gone.add(foldPath(path));
    this.goneLately.add(foldPath(path));
  }

  everHadAnywhere(hash: string): boolean {
    for (const hashes of this.everHad.values()) if (hashes.has(hash)) return true;
    return false;
  }

  /** What it remembered is gone: deletions from before cannot be known to it any more. */
  forgot(): void {
    this.gone.clear();
    if (this.op !== undefined) for (const path of this.goneLately) this.gone.add(path);
    // What runs already may follow the head that it has seen.
    if (this.op !== undefined) for (const path of this.mayTrash) this.mayTrashInOp.add(path);
    this.mayTrash.clear();
    this.baseRows.clear();
    this.held = [];
    this.undoable = [];
  }
}
