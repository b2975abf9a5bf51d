import type { ObjectStore } from '../storage/object-store.ts';
import { lookAtCloud } from '../storage/sealed/look-at-cloud.ts';
import { newKey } from '../storage/sealed/held-key.ts';
import { claimFirstKey, type WrappedKey } from '../storage/sealed/wrapped-key.ts';
import { CliError, EXIT } from './cli-error.mts';
import type { VaultConfig } from './config.mts';
import { askNewPassphrase, askSecret } from './passphrase.mts';
import { nodeCompression } from './platform/compression.mts';
import { encryptionConfig, opened, wrongSecret } from './vault-seal.mts';

/** The configuration with the vault's key; begins an encrypted vault where `isWanted` and the cloud is empty. */
export async function encryptionOf(
  store: ObjectStore,
  options: { readonly isWanted: boolean; readonly env: NodeJS.ProcessEnv; readonly signal: AbortSignal },
): Promise<VaultConfig['encryption']> {
  const { isWanted, env, signal } = options;
  const found = await lookAtCloud(store, nodeCompression, signal);
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
  const { wrapped } = await newKey(await askNewPassphrase(env));
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
