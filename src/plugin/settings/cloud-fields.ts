import {
  checkAccount,
  checkAddress,
  checkBucket,
  checkContainer,
  checkEndpoint,
  checkGoogleBucket,
  checkPrefix,
  checkRegion,
  trimPrefix,
  type ValueCheck,
} from './checks.ts';
import { DEFAULTS } from './defaults.ts';
import type { CloudKind, CloudSettings } from './model.ts';
import { TEXTS } from '../texts.ts';

/** What is typed, for each kind of cloud. */
export type CloudTextKey =
  | 's3.endpoint'
  | 's3.bucket'
  | 's3.region'
  | 's3.prefix'
  | 'azure.account'
  | 'azure.container'
  | 'azure.prefix'
  | 'azure.endpoint'
  | 'gcs.bucket'
  | 'gcs.prefix'
  | 'gcs.endpoint';

/** What opens the cloud: each holds the name of a secret. */
export type CloudSecretKey =
  's3.accessKeySecret' | 's3.secretKeySecret' | 'azure.keySecret' | 'gcs.keySecret';

export type CloudKey = CloudTextKey | CloudSecretKey | 's3.pathStyle';

interface TextField {
  readonly name: string;
  readonly desc: string;
  readonly check: ValueCheck<string>;
  /** What is saved of what was typed. */
  readonly clean: (text: string) => string;
  readonly isRequired: boolean;
}

const { s3, azure, gcs } = TEXTS.settings.cloud;
const trimmed = (text: string): string => text.trim();
const address = (text: string): string => text.trim().replace(/\/+$/u, '');

const optional = (
  words: { readonly name: string; readonly desc: string },
  check: ValueCheck<string>,
  clean: (text: string) => string,
): TextField => ({ ...words, check: (value) => check(clean(value)), clean, isRequired: false });
const required = (
  words: { readonly name: string; readonly desc: string },
  check: ValueCheck<string>,
): TextField => ({ ...optional(words, check, trimmed), isRequired: true });

/** In the order in which they are shown. */
export const TEXT_FIELDS: Readonly<Record<CloudTextKey, TextField>> = {
  's3.endpoint': optional(s3.endpoint, checkEndpoint, address),
  's3.bucket': required(s3.bucket, checkBucket),
  's3.region': optional(s3.region, checkRegion, (text) => text.trim() || DEFAULTS.s3.region),
  's3.prefix': optional(s3.prefix, checkPrefix, trimPrefix),
  'azure.account': required(azure.account, checkAccount),
  'azure.container': required(azure.container, checkContainer),
  'azure.prefix': optional(azure.prefix, checkPrefix, trimPrefix),
  'azure.endpoint': optional(azure.endpoint, checkAddress, address),
  'gcs.bucket': required(gcs.bucket, checkGoogleBucket),
  'gcs.prefix': optional(gcs.prefix, checkPrefix, trimPrefix),
  'gcs.endpoint': optional(gcs.endpoint, checkEndpoint, address),
};

export const SECRET_FIELDS: Readonly<
  Record<CloudSecretKey, { readonly name: string; readonly desc: string }>
> = {
  's3.accessKeySecret': s3.accessKeySecret,
  's3.secretKeySecret': s3.secretKeySecret,
  'azure.keySecret': azure.keySecret,
  'gcs.keySecret': gcs.keySecret,
};

export const TEXT_KEYS = Object.keys(TEXT_FIELDS) as readonly CloudTextKey[];
export const SECRET_KEYS = Object.keys(SECRET_FIELDS) as readonly CloudSecretKey[];
export const CLOUD_KEYS: readonly CloudKey[] = [...TEXT_KEYS, ...SECRET_KEYS, 's3.pathStyle'];

export function kindOf(key: CloudKey): CloudKind {
  return key.split('.')[0] as CloudKind;
}

export function valueOf(settings: CloudSettings, key: CloudKey): string | boolean {
  const [kind, name] = key.split('.') as [CloudKind, string];
  return (settings[kind] as unknown as Readonly<Record<string, string | boolean>>)[name] ?? '';
}

/** The settings with that one value in it; keys that this version does not know stay. */
export function withValue(settings: CloudSettings, key: CloudKey, value: string | boolean): CloudSettings {
  const [kind, name] = key.split('.') as [CloudKind, string];
  return { ...settings, [kind]: { ...settings[kind], [name]: value } };
}
