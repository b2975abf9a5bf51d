import { MemoryState } from '../engine/memory/memory-state.ts';
import { MAIN } from '../core/model/backup-place.ts';
import type { Sides } from '../engine/sealing/sides.ts';
import type { ObjectStore } from '../storage/object-store.ts';
import type { VaultKey } from '../storage/sealed/vault-key.ts';
import { withEncryption } from '../storage/sealed/with-encryption.ts';
import {
  claimFirstKey,
  readWrappedKey,
  shareWrappedKey,
  wrapKey,
  type WrappedKey,
} from '../storage/sealed/wrapped-key.ts';
import { VaultKey as Key } from '../storage/sealed/vault-key.ts';
import { Meter } from '../storage/wrappers/with-metering.ts';
import { CliError } from './cli-error.mts';
import { openBackup, openStore, toolsOf, wrapped } from './compose.mts';
import type { VaultConfig } from './config.mts';
import type { Context } from './context.mts';
import { askNewPassphrase, askSecret } from './passphrase.mts';
import { nodeCompression } from './platform/compression.mts';
import type { VaultSetup } from './session.mts';
import { opened, wrappedOf, wrongSecret } from './vault-seal.mts';

/** One of the vault's clouds, without a seal. */
export interface PlainCloud {
  readonly name: string;
  readonly store: ObjectStore;
  /** The provider's own, inside. */
  readonly bare: ObjectStore;
}

/** All clouds of the vault; the one of that name, which has authority, comes first. */
export async function openClouds(
  { config, remote }: VaultSetup,
  primary: string,
): Promise<readonly PlainCloud[]> {
  const bare = await openStore(remote, { conditionForm: config.conditionForm ?? 'quoted', create: false });
  const clouds: PlainCloud[] = [{ name: MAIN, store: wrapped(bare, remote, new Meter()), bare }];
  for (const backup of config.backups ?? []) {
    try {
      clouds.push(await openBackup(backup, {}));
    } catch (error) {
      for (const { store } of clouds) await store.close();
      throw error;
    }
  }
  return clouds.sort((a, b) => Number(b.name === primary) - Number(a.name === primary));
}

export interface HeldKey {
  readonly key: VaultKey;
  readonly wrapped: WrappedKey;
}

/** The key that lies in the cloud, which a person opens; else a new one, which is put there first. */
export async function keyFor(
  { store }: PlainCloud,
  config: VaultConfig,
  { env, signal }: Context,
): Promise<HeldKey> {
  const known = config.encryption === undefined ? undefined : wrappedOf(config.encryption);
  const there = (await readWrappedKey(store, { signal })) ?? known;
  if (there !== undefined) return openedBy(there, env);
  const key = await Key.create();
  const made = await wrapKey(key, await askNewPassphrase(env), { revision: 1 });
  const held = await claimFirstKey(store, made, { signal });
  return held.id === made.id ? { key, wrapped: held } : openedBy(held, env);
}

async function openedBy(wrapped: WrappedKey, env: NodeJS.ProcessEnv): Promise<HeldKey> {
  const key = await opened(wrapped, await askSecret(env));
  if (key === undefined) throw wrongSecret();
  return { key, wrapped };
}

/** The cloud as it is, and through the key; the key goes there before a sealed head does. */
export function sidesOf(
  { store }: PlainCloud,
  { key, wrapped: held }: HeldKey,
  { context, config }: { readonly context: Context; readonly config: VaultConfig },
): Sides {
  const { console, signal } = context;
  const sealed = withEncryption(store, {
    key: () => Promise.resolve(key),
    gzip: nodeCompression,
    beforeHead: (call) => shareWrappedKey(store, held, call),
  });
  return {
    deps: { ...toolsOf(config, SILENT), store: sealed, state: new MemoryState() },
    plain: store,
    sealed,
    signal,
    onProgress: (progress) => {
      console.progress(progress);
    },
  };
}

const SILENT = { write: (): void => undefined };

/** What the store keeps of former contents by itself, where that can be removed from here. */
export async function forgetFormer({ bare }: PlainCloud): Promise<void> {
  if (hasFormer(bare)) await bare.forgetFormer();
}

function hasFormer(store: ObjectStore): store is ObjectStore & { forgetFormer(): Promise<void> } {
  return 'forgetFormer' in store;
}

export function notSyncedYet(): CliError {
  return new CliError(
    'This vault has not been synced on this device yet. Run twincloud sync first, and then encrypt it.',
  );
}
