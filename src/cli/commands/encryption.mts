import { CliError, EXIT, type ExitCode } from '../cli-error.mts';
import { openCloud } from '../encrypt-clouds.mts';
import { changeConfig, withVault, type VaultConfig } from '../config.mts';
import type { Context } from '../context.mts';
import { MAIN } from '../../core/model/backup-place.ts';
import { changePassphrase as changeHeld, openHeld, type HeldKey } from '../../storage/sealed/held-key.ts';
import { readWrappedKey } from '../../storage/sealed/wrapped-key.ts';
import { askNewPassphrase, askSecret } from '../passphrase.mts';
import { findSetup, openSession, type VaultSetup } from '../session.mts';
import { encryptionConfig, wrappedOf, wrongSecret } from '../vault-seal.mts';

const NEW_VARIABLE = 'TWINCLOUD_NEW_PASSPHRASE';

/** Shows the key that opens the vault when the passphrase is lost. */
export async function showRecoveryKey(context: Context): Promise<ExitCode> {
  const { console } = context;
  const { encryption } = await encryptedSetup(context);
  const { key } = await keyOf(encryption, context);
  console.json({ recoveryKey: key.identity });
  console.line(key.identity);
  console.line('');
  console.line('Print it, or write it down, and keep it where nobody else comes. It opens the whole vault,');
  console.line('typed in the place of the passphrase. Without it and the passphrase nobody can help.');
  return EXIT.done;
}

/** Another passphrase for the same key: one small object is written, and no note is sent again. */
export async function changePassphrase(context: Context): Promise<ExitCode> {
  const { env, console, signal } = context;
  const { setup, encryption } = await encryptedSetup(context);
  const { config, configFolder } = setup;
  const store = await openCloud(setup, await authorityOf(context));
  try {
    const there = (await readWrappedKey(store, { signal })) ?? wrappedOf(encryption);
    const held = await keyOf(there === undefined ? encryption : encryptionConfig(there), context);
    const next = await changeHeld(store, held, await askNewPassphrase(env, NEW_VARIABLE), { signal });
    if (next === undefined)
      throw new CliError(
        'Another device changed the passphrase at the same moment. Look which holds, and try again.',
      );
    const changed: VaultConfig = { ...config, encryption: encryptionConfig(next.wrapped) };
    await changeConfig(configFolder, (all) => withVault(all, changed));
  } finally {
    await store.close();
  }
  console.json({ vault: config.vault, changed: true });
  console.line('The passphrase is changed. Give it to your other devices: until then the former one');
  console.line('opens the key that they keep on their own disk.');
  console.line('Who knew the former one, and kept a copy of the bucket, can still read that copy.');
  return EXIT.done;
}

/** The name of the cloud that has authority: a backup may have taken over. */
async function authorityOf(context: Context): Promise<string> {
  const session = await openSession(context);
  try {
    return (await session.engine.status()).primary ?? MAIN;
  } finally {
    await session.close();
  }
}

interface Encrypted {
  readonly setup: VaultSetup;
  readonly encryption: NonNullable<VaultConfig['encryption']>;
}

async function encryptedSetup(context: Context): Promise<Encrypted> {
  const setup = await findSetup(context);
  const { encryption } = setup.config;
  if (encryption !== undefined) return { setup, encryption };
  throw new CliError('This vault is not encrypted. To encrypt it: twincloud encryption on', EXIT.usage);
}

async function keyOf(encryption: Encrypted['encryption'], { env }: Context): Promise<HeldKey> {
  const known = wrappedOf(encryption);
  const held = known === undefined ? undefined : await openHeld(known, await askSecret(env));
  if (held === undefined) throw wrongSecret();
  return held;
}
