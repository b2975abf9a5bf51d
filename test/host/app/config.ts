import type { DeviceKind } from './platform.ts';
import type { VaultTraps } from './vault/traps.ts';

/** What the server tells the page about the device that it is. */
export interface HostConfig {
  readonly deviceId: string;
  readonly deviceName: string;
  readonly kind: DeviceKind;
  readonly vaultName: string;
  /** Another one after the vault's folder was renamed. */
  readonly appId: string;
  readonly configDir: string;
  readonly traps: Partial<VaultTraps>;
  readonly theme: 'light' | 'dark';
  readonly enabledPlugins: readonly string[];
  /** Tabs that are open at the start; all but the first are deferred. */
  readonly openFiles: readonly string[];
  /** Over this, a body sent or got by `requestUrl` would crash a phone. */
  readonly bodyLimitBytes: number;
  /** Settings open in a window of their own, as they do in 1.13. */
  readonly settingsInOwnWindow: boolean;
  /** Put into the device's secret storage at the start, by name. */
  readonly secrets: Readonly<Record<string, string>>;
}
