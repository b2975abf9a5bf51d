import * as v from 'valibot';
import { CONFLICT_STRATEGIES } from '../../engine/api.ts';
import { AI_DEFAULTS, AI_LIMITS } from '../ai/model.ts';
import { BACKUP_NAME } from '../../core/model/backup-place.ts';
import { CLOUD_KINDS, type Settings } from './model.ts';

/** What a vault starts with; also what stands in for a stored value that makes no sense. */
export const DEFAULTS: Settings = {
  cloudKind: 's3',
  s3: {
    endpoint: '',
    bucket: '',
    region: 'us-east-1',
    prefix: '',
    pathStyle: false,
    accessKeySecret: '',
    secretKeySecret: '',
  },
  azure: { account: '', container: '', prefix: '', endpoint: '', keySecret: '' },
  gcs: { bucket: '', prefix: '', endpoint: '', keySecret: '' },
  backups: [],
  ignore: [],
  dotFolders: false,
  readableCopy: true,
  conflicts: 'merge',
  intervalMinutes: 5,
  syncOnStart: true,
  syncAfterEdit: true,
  maxFileMiB: 5120,
  ai: AI_DEFAULTS,
};

/** Bounds of what may be typed, stored or sent in a setup link. */
export const LIMITS = {
  intervalMinutes: { min: 0, max: 1440 },
  /** An object of S3 that is put in parts has at most 5 TiB; 50 GiB is what a device may be asked to hash. */
  maxFileMiB: { min: 1, max: 51_200 },
  deviceNameLength: 60,
  ignoreLines: 1000,
  ignoreLineLength: 1000,
  textLength: 1024,
} as const;

const text = (fallback: string) => v.fallback(v.pipe(v.string(), v.maxLength(LIMITS.textLength)), fallback);
const flag = (fallback: boolean) => v.fallback(v.boolean(), fallback);
const whole = ({ min, max }: { readonly min: number; readonly max: number }, fallback: number) =>
  v.fallback(v.pipe(v.number(), v.integer(), v.minValue(min), v.maxValue(max)), fallback);

const S3Schema = v.looseObject({
  endpoint: text(DEFAULTS.s3.endpoint),
  bucket: text(DEFAULTS.s3.bucket),
  region: text(DEFAULTS.s3.region),
  prefix: text(DEFAULTS.s3.prefix),
  pathStyle: flag(DEFAULTS.s3.pathStyle),
  accessKeySecret: text(DEFAULTS.s3.accessKeySecret),
  secretKeySecret: text(DEFAULTS.s3.secretKeySecret),
});

const AzureSchema = v.looseObject({
  account: text(DEFAULTS.azure.account),
  container: text(DEFAULTS.azure.container),
  prefix: text(DEFAULTS.azure.prefix),
  endpoint: text(DEFAULTS.azure.endpoint),
  keySecret: text(DEFAULTS.azure.keySecret),
});

const GcsSchema = v.looseObject({
  bucket: text(DEFAULTS.gcs.bucket),
  prefix: text(DEFAULTS.gcs.prefix),
  endpoint: text(DEFAULTS.gcs.endpoint),
  keySecret: text(DEFAULTS.gcs.keySecret),
});

const lines = (fallback: readonly string[]) => v.fallback(v.array(v.string()), [...fallback]);

const AiSchema = v.looseObject({
  url: text(AI_DEFAULTS.url),
  model: text(AI_DEFAULTS.model),
  keySecret: text(AI_DEFAULTS.keySecret),
  patienceSeconds: whole(AI_LIMITS.patienceSeconds, AI_DEFAULTS.patienceSeconds),
  privateFolders: lines(AI_DEFAULTS.privateFolders),
  privateTags: lines(AI_DEFAULTS.privateTags),
  quickFolders: lines(AI_DEFAULTS.quickFolders),
});

const CLOUD = {
  cloudKind: v.fallback(v.picklist(CLOUD_KINDS), DEFAULTS.cloudKind),
  s3: v.fallback(S3Schema, { ...DEFAULTS.s3 }),
  azure: v.fallback(AzureSchema, { ...DEFAULTS.azure }),
  gcs: v.fallback(GcsSchema, { ...DEFAULTS.gcs }),
};

const BackupSchema = v.looseObject({ name: v.pipe(v.string(), v.regex(BACKUP_NAME)), ...CLOUD });

const SettingsSchema = v.looseObject({
  ...CLOUD,
  backups: v.fallback(v.array(BackupSchema), []),
  ignore: v.fallback(v.array(v.string()), []),
  dotFolders: flag(DEFAULTS.dotFolders),
  readableCopy: flag(DEFAULTS.readableCopy),
  conflicts: v.fallback(v.picklist(CONFLICT_STRATEGIES), DEFAULTS.conflicts),
  intervalMinutes: whole(LIMITS.intervalMinutes, DEFAULTS.intervalMinutes),
  syncOnStart: flag(DEFAULTS.syncOnStart),
  syncAfterEdit: flag(DEFAULTS.syncAfterEdit),
  maxFileMiB: whole(LIMITS.maxFileMiB, DEFAULTS.maxFileMiB),
  ai: v.fallback(AiSchema, { ...AI_DEFAULTS }),
});

/**
 * Settings as `data.json` has them, whatever it has: a value that is missing or makes no sense gives
 * way to its default, and keys that this version does not know are kept.
 */
export function readSettings(stored: unknown): Settings {
  const parsed = v.safeParse(SettingsSchema, stored ?? {});
  return parsed.success ? parsed.output : DEFAULTS;
}
