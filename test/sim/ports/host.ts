import type { Op } from '../device.ts';
import type { VaultPath } from '../../../src/core/model/vault-path.ts';
import type { Expected, StagedId, StateTable, StateWrite } from '../../../src/engine/ports.ts';
import type { StoredObject } from '../../../src/storage/memory/memory-store.ts';
import type { PutOptions } from '../../../src/storage/object-store.ts';
import type { Call, Fault } from '../scheduler.ts';

export type FileMap = ReadonlyMap<VaultPath, Uint8Array>;

/** Something that the engine did to files of a vault, with the vault before and after. */
export interface VaultEffect {
  readonly method: 'install' | 'move' | 'trash' | 'folder';
  readonly path: VaultPath;
  /** Target of a move. */
  readonly to?: VaultPath;
  readonly expected: Expected;
  readonly before: FileMap;
  readonly after: FileMap;
}

/** An object that was written. */
export interface Put {
  readonly key: string;
  readonly options: PutOptions;
  /** What stood there before. */
  readonly old: StoredObject | undefined;
  /** Its caller had given up. */
  readonly late: boolean;
  /** What the device was at when it asked for it. */
  readonly sender: Op | undefined;
}

/** What the ports of one incarnation of a device need from the world. */
export interface PortHost {
  /** Parks the call; never answers once the incarnation has crashed. */
  step<T>(call: Omit<Call, 'device'>, perform: (fault: Fault | undefined) => Promise<T>): Promise<T>;
  fraction(): number;
  /** The folder of notes looks empty, as a mount point without its drive does. */
  isUnmounted(): boolean;
  onRequest(method: string, key: string): void;
  /** The answer to a get was harmed on its way. */
  onSpoilt(key: string): void;
  /** Faults of the widest range happen as well. */
  readonly wide: boolean;
  /** The effect comes at some time after its caller has given up. */
  later(effect: () => Promise<unknown>): void;
  /** What the device is at. */
  sender(): Op | undefined;
  /** After the effect. */
  onPut(put: Put): void;
  /** `old` is what stood under the key. */
  onObjectDeleted(key: string, old: StoredObject | undefined): void;
  onVaultEffect(effect: VaultEffect): void;
  onStaged(id: StagedId, bytes: Uint8Array): void;
  /** The crash of an install left part of the staged bytes under the path. */
  onTorn(staged: StagedId, path: VaultPath, expected: Expected): void;
  onStateWrite(batch: readonly StateWrite[], cleared: readonly StateTable[]): void;
}
