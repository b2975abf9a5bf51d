import { isStoreError } from '../../storage/store-error.ts';
import type { DeviceStore } from '../adapters/device-store.ts';
import { cloudId } from '../settings/cloud.ts';
import type { BackupSettings, ProbedBackup } from '../settings/model.ts';
import { withKeys, type CloudWithKeys } from './cloud-keys.ts';
import { messageFor, UnsetError } from './outcome.ts';

export type BackupWay = Omit<ProbedBackup, 'cloud'>;

/** A backup as it can be opened, or why it cannot: no reason for a sync to fail. */
export type BackupParts = { readonly name: string } & (
  | { readonly cloud: CloudWithKeys; readonly way: BackupWay }
  | { readonly cloud?: undefined; readonly why: string }
);

export interface BackupMeans {
  readonly device: DeviceStore;
  readonly secret: (name: string) => string | undefined;
  readonly probeBackup: (cloud: CloudWithKeys, signal: AbortSignal) => Promise<BackupWay>;
}

/** What it is opened with; probed first where that was not done on this device. */
export async function backupParts(
  backup: BackupSettings,
  { device, secret, probeBackup }: BackupMeans,
  signal: AbortSignal,
): Promise<BackupParts> {
  const { name } = backup;
  const id = cloudId(backup);
  try {
    const cloud = withKeys(backup, secret);
    const known = device.record.probedBackups?.find((one) => one.cloud === id);
    if (known !== undefined) return { name, cloud, way: known };
    const way = await probeBackup(cloud, signal);
    rememberWay(device, id, way);
    return { name, cloud, way };
  } catch (error) {
    signal.throwIfAborted();
    if (!isStoreError(error) && !(error instanceof UnsetError)) throw error;
    return { name, why: messageFor(error) };
  }
}

export function rememberWay(device: DeviceStore, cloud: string, way: BackupWay): void {
  const others = (device.record.probedBackups ?? []).filter((one) => one.cloud !== cloud);
  device.change({ probedBackups: [...others, { cloud, ...way }] });
}
