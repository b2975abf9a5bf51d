import { MAIN } from '../core/model/backup-place.ts';
import type { Sides } from '../engine/sealing/sides.ts';
import type { ObjectStore } from '../storage/object-store.ts';
import { newKey, openHeld, sealedStore, type HeldKey } from '../storage/sealed/held-key.ts';
import { claimFirstKey, readWrappedKey, type WrappedKey } from '../storage/sealed/wrapped-key.ts';
import { Meter } from '../storage/wrappers/with-metering.ts';
import { CliError } from './cli-error.mts';
import { openBackup, openStore, toolsOf, wrapped } from './compose.mts';
import type { VaultConfig } from './config.mts';
import type { Context } from './context.mts';
import { askNewPassphrase, askSecret } from './passphrase.mts';
import { nodeCompression } from './platform/compression.mts';
import type { VaultSetup } from './session.mts';
import { wrappedOf, wrongSecret } from './vault-seal.mts';

/** One of the vault's clouds, without a seal. */
export interface PlainCloud {
  readonly name: string;
  readonly store: ObjectStore;
  /** The provider's own, inside. */
  readonly bare: ObjectStore;
}

/** All clouds of the vault; the one of that name, which has authority, comes first. */
export async function openClouds(setup: VaultSetup, primary: string): Promise<readonly PlainCloud[]> {
  const clouds: PlainCloud[] = [await openMain(setup)];
  for (const backup of setup.config.backups ?? []) {
    try {
      clouds.push(await openBackup(backup, {}));
    } catch (error) {
      for (const { store } of clouds) await store.close();
      throw error;
    }
  }
  return clouds.sort((a, b) => Number(b.name === primary) - Number(a.name === primary));
}

/** The cloud of that name, without a seal. */
export async function openCloud(setup: VaultSetup, name: string): Promise<ObjectStore> {
  const backup = setup.config.backups?.find((one) => one.name === name);
  const { store } = backup === undefined ? await openMain(setup) : await openBackup(backup, {});
  return store;
}

async function openMain({ config, remote }: VaultSetup): Promise<PlainCloud> {
  const bare = await openStore(remote, { conditionForm: config.conditionForm ?? 'quoted', create: false });
  return { name: MAIN, store: wrapped(bare, remote, new Meter()), bare };
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
  const { key, wrapped: made } = await newKey(await askNewPassphrase(env));
  const first = await claimFirstKey(store, made, { signal });
  return first.id === made.id ? { key, wrapped: first } : openedBy(first, env);
}

async function openedBy(wrapped: WrappedKey, env: NodeJS.ProcessEnv): Promise<HeldKey> {
  const held = await openHeld(wrapped, await askSecret(env));
  if (held === undefined) throw wrongSecret();
  return held;
}

/** The cloud as it is, and through the key; the key goes there before a sealed head does. */
export function sidesOf(
  { store }: PlainCloud,
  held: HeldKey,
  { context, config }: { readonly context: Context; readonly config: VaultConfig },
): Sides {
  const { console, signal } = context;
  const sealed = sealedStore(store, held, nodeCompression);
  return {
    deps: toolsOf(config, SILENT),
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
