import { TEXTS } from '../texts.ts';
import { LIMITS } from './defaults.ts';

/** What is wrong with a value, in words, or `undefined`. An empty value is no mistake where it has a meaning. */
export type ValueCheck<T> = (value: T) => string | undefined;

const { cloud, device, files, sync } = TEXTS.settings;

const LOCAL_HOST = /^(localhost|.*\.localhost|.*\.local|.*\.lan|.*\.internal|[^.:]+)$/u;
/** Loopback, private, link-local and shared addresses, as `URL` writes them. */
const LOCAL_IPV4 =
  /^(127|10|192\.168|169\.254|172\.(1[6-9]|2\d|3[01])|100\.(6[4-9]|[7-9]\d|1[01]\d|12[0-7]))(\.\d+)+$/u;
const LOCAL_IPV6 = /^\[(::1|f[cd][0-9a-f]{2}:.*|fe80:.*)\]$/u;

export const checkEndpoint: ValueCheck<string> = (value) => {
  const isWithPath = value !== '' && parseUrl(value)?.pathname !== '/';
  return checkAddress(value) ?? (isWithPath ? cloud.address.path : undefined);
};

/** One that may have a path, as that of an emulator of Azure has, which is the account’s name. */
export const checkAddress: ValueCheck<string> = (value) => {
  if (value === '') return undefined;
  if (value.length > LIMITS.textLength) return cloud.tooLong;
  if (!/^https?:\/\/[^\s]+$/iu.test(value)) return cloud.address.notUrl;
  const url = parseUrl(value);
  if (url === undefined) return cloud.address.notUrl;
  if (url.username !== '' || url.password !== '') return cloud.address.credentials;
  if (/[?#]/u.test(value)) return cloud.address.path;
  if (url.protocol === 'http:' && !isOwnNetwork(url.hostname)) return cloud.address.insecure;
  return undefined;
};

/** https://learn.microsoft.com/azure/storage/common/storage-account-overview */
export const checkAccount: ValueCheck<string> = (value) =>
  value === '' || /^[a-z0-9]{3,24}$/u.test(value) ? undefined : cloud.azure.account.wrong;

/** https://learn.microsoft.com/rest/api/storageservices/naming-and-referencing-containers--blobs--and-metadata */
export const checkContainer: ValueCheck<string> = (value) =>
  value === '' || (value.length <= 63 && /^(?:\$root|[a-z0-9](?:-?[a-z0-9]){2,62})$/u.test(value))
    ? undefined
    : cloud.azure.container.wrong;

/** https://cloud.google.com/storage/docs/buckets#naming */
export const checkGoogleBucket: ValueCheck<string> = (value) =>
  value === '' || /^[a-z0-9][a-z0-9._-]{1,220}[a-z0-9]$/u.test(value) ? undefined : cloud.gcs.bucket.wrong;

export const checkBucket: ValueCheck<string> = (value) =>
  value === '' || /^[A-Za-z0-9][A-Za-z0-9._-]{1,253}[A-Za-z0-9]$/u.test(value)
    ? undefined
    : cloud.s3.bucket.wrong;

export const checkRegion: ValueCheck<string> = (value) =>
  value === '' || /^[a-z0-9-]{1,64}$/u.test(value) ? undefined : cloud.s3.region.wrong;

export const checkPrefix: ValueCheck<string> = (value) => {
  const trimmed = trimPrefix(value);
  if (trimmed === '') return undefined;
  if (trimmed.length > LIMITS.textLength) return cloud.tooLong;
  if (/[\p{Cc}\\]/u.test(trimmed)) return cloud.s3.prefix.wrong;
  return trimmed.split('/').some((name) => name.trim() === '' || name === '.' || name === '..')
    ? cloud.s3.prefix.wrong
    : undefined;
};

export const checkDeviceName: ValueCheck<string> = (value) => {
  if (value.trim() === '') return device.name.empty;
  return value.trim().length > LIMITS.deviceNameLength ? device.name.wrong : undefined;
};

export const checkInterval: ValueCheck<number> = (value) =>
  isWhole(value, LIMITS.intervalMinutes) ? undefined : sync.interval.wrong;

export const checkMaxFile: ValueCheck<number> = (value) =>
  isWhole(value, LIMITS.maxFileMiB) ? undefined : files.maxFile.wrong;

export const checkIgnore: ValueCheck<readonly string[]> = (lines) => {
  if (lines.length > LIMITS.ignoreLines) return files.ignore.tooMany;
  const long = lines.findIndex((line) => line.length > LIMITS.ignoreLineLength);
  return long === -1 ? undefined : files.ignore.tooLong(long + 1);
};

/** Patterns as typed, a line each; lines without one are left out. */
export function ignoreLines(text: string): readonly string[] {
  return text.split(/\r?\n/u).filter((line) => line.trim() !== '');
}

/** Slashes and blanks at the ends say nothing. */
export function trimPrefix(value: string): string {
  return value.trim().replace(/^\/+|\/+$/gu, '');
}

function isWhole(value: number, { min, max }: { readonly min: number; readonly max: number }): boolean {
  return Number.isInteger(value) && value >= min && value <= max;
}

export function parseUrl(text: string): URL | undefined {
  try {
    return new URL(text);
  } catch {
    return undefined;
  }
}

/** Whether `http` to this host stays within the user’s own network. */
export function isOwnNetwork(host: string): boolean {
  return [LOCAL_HOST, LOCAL_IPV4, LOCAL_IPV6].some((pattern) => pattern.test(host));
}
