import type { VaultConfig } from './config.mts';
import type { RemoteSpec } from './remote.mts';

/** The vault's entry with what the probe of its cloud found. */
export async function connected(
  config: VaultConfig,
  remote: RemoteSpec,
  _signal: AbortSignal,
): Promise<VaultConfig> {
  if (remote.kind === 'folder') return config;
  return { ...config, conditionForm: 'quoted' };
}
