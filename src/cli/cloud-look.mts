import { tmpdir } from 'node:os';
import type { Engine } from '../engine/api.ts';
import { MemoryState } from '../engine/memory/memory-state.ts';
import type { Log } from '../engine/ports.ts';
import { Meter } from '../storage/wrappers/with-metering.ts';
import { CliError, EXIT } from './cli-error.mts';
import { composeEngine, defaultDeviceName, openBackup, openStore, wrapped } from './compose.mts';
import { newDeviceId, type VaultConfig } from './config.mts';
import type { Context } from './context.mts';
import { parseRemote, remoteText, type RemoteSpec } from './remote.mts';
import { nodeCompression } from './platform/compression.mts';
import { findSetup } from './session.mts';
import { encryptionConfig } from './vault-seal.mts';

/** An engine for what the cloud alone can tell: it remembers nothing and has no vault. */
export interface CloudLook {
  readonly remote: RemoteSpec;
  /** Where `--remote` was not given: the vault whose cloud this is. */
  readonly vault: string | undefined;
  readonly engine: Engine;
  readonly meter: Meter;
}

const SILENT: Log = { write: () => undefined };

/** `backup`: the vault's backup of this name, in place of its cloud. */
export async function openCloud(context: Context, backup?: string): Promise<CloudLook> {
  const { remote, config, vault } = await cloudOf(context);
  const meter = new Meter();
  const parts = { state: new MemoryState(), meter, log: SILENT };
  if (backup === undefined)
    return { remote, vault, engine: await composeEngine({ ...parts, config, remote }), meter };
  const found = config.backups?.find(({ name }) => name === backup);
  if (found === undefined) {
    throw new CliError(
      `This vault has no backup "${backup}". \`twincloud backup list\` shows them; any other cloud is named by --remote.`,
      EXIT.usage,
    );
  }
  const engine = await composeEngine({
    ...parts,
    config: { ...config, backups: [] },
    remote,
    store: (await openBackup(found)).store,
  });
  return { remote: parseRemote(found.remote, context), vault, engine, meter };
}

async function cloudOf(
  context: Context,
): Promise<{ remote: RemoteSpec; config: VaultConfig; vault: string | undefined }> {
  const { remote: text } = context.options;
  if (text === undefined) {
    const { remote, config } = await findSetup(context);
    return { remote, config, vault: config.vault };
  }
  const remote = parseRemote(text, context);
  const device = { id: newDeviceId(), name: defaultDeviceName() };
  const config = {
    vault: tmpdir(),
    remote: remoteText(remote),
    device,
    ...(await sealedAs(remote, context.signal)),
  };
  return { remote, config, vault: undefined };
}

/** Nothing is remembered of this cloud: it tells itself whether it is encrypted. */
async function sealedAs(remote: RemoteSpec, signal: AbortSignal): Promise<Pick<VaultConfig, 'encryption'>> {
  const store = wrapped(
    await openStore(remote, { conditionForm: 'quoted', create: false }),
    remote,
    new Meter(),
  );
  try {
    const { lookAtCloud } = await import('../storage/sealed/look-at-cloud.ts');
    const found = await lookAtCloud(store, nodeCompression, signal);
    if (found.kind !== 'sealed') return {};
    return {
      encryption:
        found.wrapped === undefined ? { revision: 0, id: '', key: '' } : encryptionConfig(found.wrapped),
    };
  } finally {
    await store.close();
  }
}
