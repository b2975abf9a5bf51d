import { classifyKey, headKey } from '../core/format/keys.ts';
import type { ObjectStore } from '../storage/object-store.ts';
import { readEnvelope } from '../storage/sealed/sealed-head.ts';
import { isStoreError } from '../storage/store-error.ts';
import { VaultKey } from '../storage/sealed/vault-key.ts';
import { claimFirstKey, readWrappedKey, wrapKey, type WrappedKey } from '../storage/sealed/wrapped-key.ts';
import { CliError, EXIT } from './cli-error.mts';
import type { VaultConfig } from './config.mts';
import { askNewPassphrase, askSecret } from './passphrase.mts';
import { nodeCompression } from './platform/compression.mts';
import { encryptionConfig, opened, wrongSecret } from './vault-seal.mts';

const MAX_HEAD_BYTES = 8 * 1024 * 1024;

/** What a cloud holds. `sealed`: an encrypted vault, with its key under the passphrase where that is still there. */
export type Found =
  | { readonly kind: 'empty' | 'plain' | 'files' }
  | { readonly kind: 'sealed'; readonly wrapped: WrappedKey | undefined };

/** `store`: the bare cloud. A few requests, none of which writes. */
export async function lookAtCloud(store: ObjectStore, signal: AbortSignal): Promise<Found> {
  const head = await envelopeOf(store, signal);
  if (head === 'plain') return { kind: 'plain' };
  const wrapped = await readWrappedKey(store, { signal });
  if (head === 'sealed' || wrapped !== undefined) return { kind: 'sealed', wrapped };
  for await (const { objects } of store.list('', { signal }))
    if (objects.some(({ key }) => classifyKey(key) !== 'foreign')) return { kind: 'files' };
  return { kind: 'empty' };
}

/** Whether anything of an unencrypted vault, or of other programs, lies there. */
export async function hasPlain(store: ObjectStore, signal: AbortSignal): Promise<boolean> {
  for await (const { objects } of store.list('', { signal }))
    if (objects.some(({ key }) => !['head', 'foreign'].includes(classifyKey(key)))) return true;
  return false;
}

/** A head that cannot be understood counts as plain: nothing may be begun beside it. */
async function envelopeOf(store: ObjectStore, signal: AbortSignal): Promise<'absent' | 'plain' | 'sealed'> {
  try {
    const result = await store.get(headKey, { signal, range: { offset: 0, length: MAX_HEAD_BYTES } });
    if (result.kind === 'unchanged') return 'plain';
    return (await readEnvelope(nodeCompression, result.body)).kind === 'sealed' ? 'sealed' : 'plain';
  } catch (error) {
    if (isStoreError(error, 'not-found')) return 'absent';
    throw error;
  }
}

/** The configuration with the vault's key; begins an encrypted vault where `isWanted` and the cloud is empty. */
export async function encryptionOf(
  store: ObjectStore,
  options: { readonly isWanted: boolean; readonly env: NodeJS.ProcessEnv; readonly signal: AbortSignal },
): Promise<VaultConfig['encryption']> {
  const { isWanted, env, signal } = options;
  const found = await lookAtCloud(store, signal);
  if (found.kind === 'sealed') return joined(found.wrapped, env);
  if (!isWanted) return undefined;
  if (found.kind === 'plain')
    throw new CliError(
      'This cloud holds a vault that is not encrypted. Join it (twincloud init without --encrypt, then twincloud sync), and then encrypt it: twincloud encryption on',
      EXIT.usage,
    );
  if (found.kind === 'files')
    throw new CliError(
      'This cloud holds files already, which --encrypt would leave readable beside the encrypted vault. Name an empty prefix or folder.',
      EXIT.usage,
    );
  const wrapped = await wrapKey(await VaultKey.create(), await askNewPassphrase(env), { revision: 1 });
  const held = await claimFirstKey(store, wrapped, { signal });
  return held.id === wrapped.id ? encryptionConfig(held) : joined(held, env);
}

async function joined(
  wrapped: WrappedKey | undefined,
  env: NodeJS.ProcessEnv,
): Promise<VaultConfig['encryption']> {
  if (wrapped === undefined)
    throw new CliError(
      'This cloud is encrypted, but its key (.twincloud/keys) is gone. Put that object back from a backup cloud or from the bucket’s versions. With the recovery key and the standard `age` tool the contents can be read without it.',
    );
  if ((await opened(wrapped, await askSecret(env))) === undefined) throw wrongSecret();
  return encryptionConfig(wrapped);
}
