import { tmpdir } from 'node:os';
import type { Engine } from '../engine/api.ts';
import { MemoryState } from '../engine/memory/memory-state.ts';
import type { Log } from '../engine/ports.ts';
import { Meter } from '../storage/wrappers/with-metering.ts';
import { composeEngine, defaultDeviceName } from './compose.mts';
import { newDeviceId, type VaultConfig } from './config.mts';
import type { Context } from './context.mts';
import { parseRemote, remoteText, type RemoteSpec } from './remote.mts';
import { findSetup } from './session.mts';

/** An engine for what the cloud alone can tell: it remembers nothing and has no vault. */
export interface CloudLook {
  readonly remote: RemoteSpec;
  /** Where `--remote` was not given: the vault whose cloud this is. */
  readonly vault: string | undefined;
  readonly engine: Engine;
  readonly meter: Meter;
}

const SILENT: Log = { write: () => undefined };

export async function openCloud(context: Context): Promise<CloudLook> {
  const { remote, config, vault } = await cloudOf(context);
  const meter = new Meter();
  const engine = await composeEngine({ config, remote, state: new MemoryState(), meter, log: SILENT });
  return { remote, vault, engine, meter };
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
  return { remote, config: { vault: tmpdir(), remote: remoteText(remote), device }, vault: undefined };
}
