import { createHash } from 'node:crypto';
import { deflateRawSync, gunzipSync, gzipSync, inflateRawSync } from 'node:zlib';
import type { ContentHash, DeviceId } from '../../src/core/model/ids.ts';
import { DEFAULT_SETTINGS, type Backup, type Engine, type EngineSettings } from '../../src/engine/api.ts';
import { createEngine } from '../../src/engine/engine.ts';
import { MemoryState } from '../../src/engine/memory/memory-state.ts';
import { MemoryVault } from '../../src/engine/memory/memory-vault.ts';
import {
  CompressionError,
  type Clock,
  type Compression,
  type Hashing,
  type Log,
  type StateStore,
  type Vault,
} from '../../src/engine/ports.ts';
import { MemoryStore } from '../../src/storage/memory/memory-store.ts';
import type { ObjectStore } from '../../src/storage/object-store.ts';
import { VaultKey } from '../../src/storage/sealed/vault-key.ts';
import { withEncryption } from '../../src/storage/sealed/with-encryption.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { SeededRandom } from '../support/seeded-random.ts';

export const hashing: Hashing = {
  sha256: (bytes) => Promise.resolve(createHash('sha256').update(bytes).digest('hex') as ContentHash),
  sha256Stream: () => {
    const hash = createHash('sha256');
    return { update: (bytes) => void hash.update(bytes), digest: () => hash.digest('hex') as ContentHash };
  },
  md5: (bytes) => createHash('md5').update(bytes).digest('hex'),
};

function decoding(work: () => Uint8Array): Promise<Uint8Array> {
  try {
    return Promise.resolve(work());
  } catch (error) {
    return Promise.reject(new CompressionError('damaged', { cause: error }));
  }
}

export const compression: Compression = {
  gzip: (bytes) => Promise.resolve(gzipSync(bytes)),
  gunzip: (bytes, limit) => decoding(() => gunzipSync(bytes, { maxOutputLength: limit })),
  deflate: (bytes) => Promise.resolve(deflateRawSync(bytes)),
  inflate: (bytes, limit) => decoding(() => inflateRawSync(bytes, { maxOutputLength: Math.max(1, limit) })),
};

const silent: Log = { write: () => undefined };

export interface TestDevice {
  readonly name: string;
  readonly vault: MemoryVault;
  readonly state: MemoryState;
  readonly engine: Engine;
}

export interface Bench {
  readonly store: MemoryStore;
  readonly clock: FakeClock;
  readonly device: (name: string, options?: DeviceOptions) => TestDevice;
  /** A device whose vault is no vault in memory. */
  readonly engineOn: (parts: EngineParts) => Engine;
}

interface EngineParts extends Pick<DeviceOptions, 'settings' | 'through' | 'backups' | 'clock'> {
  readonly name: string;
  readonly vault: Vault;
  readonly state: StateStore;
}

export interface DeviceOptions {
  readonly settings?: Partial<EngineSettings>;
  /** Stands before the shared store. */
  readonly through?: (store: ObjectStore) => ObjectStore;
  readonly backups?: readonly Backup[];
  readonly vault?: MemoryVault;
  readonly state?: MemoryState;
  /** Of the device; absent: the one of the bench. */
  readonly clock?: Clock;
}

/** Set: the devices of every bench seal what they put into its cloud and backups. */
export const SEALED = 'TWINCLOUD_TEST_SEALED';
let oneKey: Promise<VaultKey> | undefined;

function vaultKeyOfAll(): Promise<VaultKey> {
  oneKey ??= VaultKey.create();
  return oneKey;
}

/** One cloud in memory and as many devices as a test wants. */
export function bench(): Bench {
  const clock = new FakeClock({ auto: true });
  const store = new MemoryStore({ clock });
  const isSealed = process.env[SEALED] !== undefined;
  const sealed = (one: ObjectStore): ObjectStore =>
    isSealed ? withEncryption(one, { key: vaultKeyOfAll, gzip: compression }) : one;
  let count = 0;
  const engineOn = (parts: EngineParts): Engine => {
    count += 1;
    const { name, vault, state, through, settings, backups } = parts;
    return createEngine({
      vault,
      store: sealed(through?.(store) ?? store),
      state,
      clock: parts.clock ?? clock,
      random: new SeededRandom(count),
      hashing,
      compression,
      log: silent,
      device: { id: String(count).padStart(16, '0') as DeviceId, name },
      settings: { ...DEFAULT_SETTINGS, readableCopy: false, ...settings },
      ...(backups === undefined
        ? {}
        : { backups: backups.map((backup) => ({ ...backup, store: sealed(backup.store) })) }),
    });
  };
  return {
    store,
    clock,
    engineOn,
    device: (name, options = {}) => {
      const vault = options.vault ?? new MemoryVault({ clock, hashing });
      const state = options.state ?? new MemoryState();
      return { name, vault, state, engine: engineOn({ ...options, name, vault, state }) };
    },
  };
}

export function textOf(device: TestDevice, path: string): string | undefined {
  const bytes = device.vault.userRead(path);
  return bytes === undefined ? undefined : new TextDecoder().decode(bytes);
}

/** Every live file and its text, sorted; a folder that is empty ends in `/`. */
export async function contentsOf(device: TestDevice): Promise<Record<string, string>> {
  const listing = await device.vault.list({ include: () => true });
  const paths = [...listing.files.map((file) => file.path), ...listing.emptyFolders].sort();
  return Object.fromEntries(
    paths.map((path) => [path, path.endsWith('/') ? '' : (textOf(device, path) ?? '')]),
  );
}

/** For `through`: notes the name of each call of the store in `calls`. */
export function noting(calls: string[]): (store: ObjectStore) => ObjectStore {
  return (store) =>
    new Proxy(store, {
      get: (target, name) => {
        const member: unknown = Reflect.get(target, name, target);
        if (typeof member !== 'function') return member;
        return (...args: unknown[]): unknown => {
          calls.push(String(name));
          return Reflect.apply(member, target, args) as unknown;
        };
      },
    });
}
