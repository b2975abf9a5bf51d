import type { ConflictStrategy } from '../../engine/api.ts';
import type { DeviceId } from '../../core/model/ids.ts';
import type { AiSettings } from '../ai/model.ts';

/** Where the vault is kept. Keys are names of secrets in the app's secret storage, never the secrets. */
export interface S3Settings {
  /** Empty: AWS in `region`. */
  readonly endpoint: string;
  readonly bucket: string;
  readonly region: string;
  /** Folder in the bucket, without slashes at its ends; empty: all of it. */
  readonly prefix: string;
  readonly pathStyle: boolean;
  readonly accessKeySecret: string;
  readonly secretKeySecret: string;
}

/** A container of Azure Blob Storage. */
export interface AzureSettings {
  readonly account: string;
  readonly container: string;
  /** As in `S3Settings`. */
  readonly prefix: string;
  /** Empty: Azure’s own for the account. May have a path, as an emulator’s has. */
  readonly endpoint: string;
  /** Names the account’s key, a SAS (token or address) or the connection string. */
  readonly keySecret: string;
}

/** A bucket of Google Cloud Storage. */
export interface GcsSettings {
  readonly bucket: string;
  /** As in `S3Settings`. */
  readonly prefix: string;
  /** Empty: Google’s own. */
  readonly endpoint: string;
  /** Names the text of a service account’s JSON key. */
  readonly keySecret: string;
}

/** The kind of cloud, and for each kind what was last said of it: only that of the kind counts. */
export interface CloudSettings {
  readonly cloudKind: CloudKind;
  readonly s3: S3Settings;
  readonly azure: AzureSettings;
  readonly gcs: GcsSettings;
}

/** A cloud that is kept in step with the vault's own. */
export interface BackupSettings extends CloudSettings {
  /** No two have the same; what this device remembers of it is kept by it. */
  readonly name: string;
}

export const CLOUD_KINDS = ['s3', 'azure', 'gcs'] as const;
export type CloudKind = (typeof CLOUD_KINDS)[number];

/** What all devices of a vault may share: kept in the plugin's `data.json`. Unknown keys are kept. */
export interface Settings extends CloudSettings {
  readonly backups: readonly BackupSettings[];
  /** In gitignore form. */
  readonly ignore: readonly string[];
  readonly dotFolders: boolean;
  readonly readableCopy: boolean;
  readonly conflicts: ConflictStrategy;
  /** Minutes between syncs when nothing happens; 0: only after edits and by hand. */
  readonly intervalMinutes: number;
  readonly syncOnStart: boolean;
  readonly syncAfterEdit: boolean;
  readonly maxFileMiB: number;
  readonly ai: AiSettings;
}

/** What belongs to this device alone: kept by `saveLocalStorage`, per vault. */
export interface DeviceRecord {
  readonly id: DeviceId;
  readonly name: string;
  /** Random name of this vault's database on this device. */
  readonly database: string;
  readonly paused: boolean;
  /** How the cloud wants its conditions, and by which road it is reached, as probed for this `cloud`. */
  readonly probed?: {
    readonly cloud: string;
    readonly conditionForm: 'quoted' | 'bare';
    readonly transport: 'request-url' | 'fetch';
    /** To be found out anew; holds on where that cannot be done. */
    readonly isOld?: boolean;
  };
  /** As `probed`, of each backup. `none`: it keeps no conditions, and can hold a backup all the same. */
  readonly probedBackups?: readonly ProbedBackup[];
}

export interface ProbedBackup {
  readonly cloud: string;
  readonly conditionForm: 'quoted' | 'bare' | 'none';
  readonly transport: 'request-url' | 'fetch';
}
