import * as v from 'valibot';
import { CONFLICT_STRATEGIES } from '../engine/api.ts';
import {
  checkAccount,
  checkAddress,
  checkBucket,
  checkContainer,
  checkEndpoint,
  checkGoogleBucket,
  checkIgnore,
  checkInterval,
  checkMaxFile,
  checkPrefix,
  checkRegion,
  ignoreLines,
  trimPrefix,
} from './settings/checks.ts';
import { CLOUD_KINDS, type CloudKind, type Settings } from './settings/model.ts';
import { cloudItemOf, type CloudItem, type SetupItems } from './setup-items.ts';

/*
 *   obsidian://twincloud-setup?v=1&endpoint=…&bucket=…&region=…&prefix=…&pathStyle=0
 *                             &ignore=<a line each>&dotFolders=0&readableCopy=1&conflicts=merge
 *                             &intervalMinutes=5&syncOnStart=1&syncAfterEdit=1&maxFileMiB=5120
 *   obsidian://twincloud-setup?v=2&cloud=azure&account=…&container=…&prefix=…&endpoint=…&ignore=…
 *   obsidian://twincloud-setup?v=2&cloud=gcs&bucket=…&prefix=…&endpoint=…&ignore=…
 *
 * S3 stays with version 1, which every plugin reads; one that knows no other clouds must not take a bucket
 * of Google's for one of Amazon's.
 *
 * Neither keys nor the names under which a device keeps them: a link that could name a secret
 * could have it used for a bucket of the link's choice.
 */
export const SETUP_ACTION = 'twincloud-setup';
const S3_VERSION = '1';
const KINDS_VERSION = '2';

export type SetupLink =
  | { readonly kind: 'link'; readonly items: SetupItems }
  /** `part`: the parameter that is wrong. */
  | { readonly kind: 'refused'; readonly why: 'version' | 'no-cloud' | 'wrong'; readonly part: string };

export function encodeSetupLink(settings: Settings): string {
  const { kind, ...place } = cloudItemOf(settings);
  const placeParts = Object.entries(place).map(([key, value]) => [
    key,
    typeof value === 'boolean' ? flagText(value) : value,
  ]);
  const parts: Record<string, string> = {
    ...(kind === 's3' ? { v: S3_VERSION } : { v: KINDS_VERSION, cloud: kind }),
    ...(Object.fromEntries(placeParts) as Record<string, string>),
    ignore: settings.ignore.join('\n'),
    dotFolders: flagText(settings.dotFolders),
    readableCopy: flagText(settings.readableCopy),
    conflicts: settings.conflicts,
    intervalMinutes: String(settings.intervalMinutes),
    syncOnStart: flagText(settings.syncOnStart),
    syncAfterEdit: flagText(settings.syncAfterEdit),
    maxFileMiB: String(settings.maxFileMiB),
  };
  const query = Object.entries(parts).map(([key, value]) => `${key}=${encodeURIComponent(value)}`);
  return `obsidian://${SETUP_ACTION}?${query.join('&')}`;
}

/** Anyone can make such a link: every part is checked as if typed, and what is not known is not looked at. */
export function decodeSetupLink(parameters: Readonly<Record<string, string>>): SetupLink {
  const { v: version, cloud: named } = parameters;
  if (version !== S3_VERSION && version !== KINDS_VERSION) return refused('version', 'v');
  const kind = version === S3_VERSION ? 's3' : CLOUD_KINDS.find((one) => one === named);
  // One of a kind that only a newer version knows.
  if (kind === undefined) return refused('version', 'cloud');
  const missing = NAMES[kind].find((part) => !Object.hasOwn(parameters, part) || parameters[part] === '');
  if (missing !== undefined) return refused('no-cloud', missing);
  const place = v.safeParse(PLACES[kind], parameters);
  if (!place.success) return refused('wrong', v.getDotPath(place.issues[0]) ?? '');
  const others = v.safeParse(OthersSchema, parameters);
  if (!others.success) return refused('wrong', v.getDotPath(others.issues[0]) ?? '');
  const given = Object.entries(others.output).filter(([, value]) => value !== undefined);
  const cloud = { kind, ...place.output } as CloudItem;
  return { kind: 'link', items: { cloud, ...(Object.fromEntries(given) as Omit<SetupItems, 'cloud'>) } };
}

const passing = <T>(check: (value: T) => string | undefined) =>
  v.check<T, string>((value) => check(value) === undefined, 'it is wrong');

const flag = v.pipe(
  v.picklist(['0', '1']),
  v.transform((value) => value === '1'),
);
const number = v.pipe(v.string(), v.regex(/^\d{1,6}$/u), v.transform(Number));

const endpoint = v.optional(v.pipe(v.string(), passing(checkEndpoint)), '');
const prefix = v.optional(v.pipe(v.string(), passing(checkPrefix), v.transform(trimPrefix)), '');

/** What no place can be without. */
const NAMES: Readonly<Record<CloudKind, readonly string[]>> = {
  s3: ['bucket'],
  azure: ['account', 'container'],
  gcs: ['bucket'],
};

const PLACES = {
  s3: v.object({
    endpoint,
    bucket: v.pipe(v.string(), passing(checkBucket)),
    region: v.optional(v.pipe(v.string(), passing(checkRegion)), ''),
    prefix,
    pathStyle: v.optional(flag, '0'),
  }),
  azure: v.object({
    account: v.pipe(v.string(), passing(checkAccount)),
    container: v.pipe(v.string(), passing(checkContainer)),
    prefix,
    endpoint: v.optional(v.pipe(v.string(), passing(checkAddress)), ''),
  }),
  gcs: v.object({ bucket: v.pipe(v.string(), passing(checkGoogleBucket)), prefix, endpoint }),
} as const;

const OthersSchema = v.object({
  ignore: v.optional(v.pipe(v.string(), v.transform(ignoreLines), passing(checkIgnore))),
  dotFolders: v.optional(flag),
  readableCopy: v.optional(flag),
  conflicts: v.optional(v.picklist(CONFLICT_STRATEGIES)),
  intervalMinutes: v.optional(v.pipe(number, passing(checkInterval))),
  syncOnStart: v.optional(flag),
  syncAfterEdit: v.optional(flag),
  maxFileMiB: v.optional(v.pipe(number, passing(checkMaxFile))),
});

function refused(
  why: Extract<SetupLink, { readonly kind: 'refused' }>['why'],
  part: string,
): Extract<SetupLink, { readonly kind: 'refused' }> {
  return { kind: 'refused', why, part };
}

function flagText(value: boolean): string {
  return value ? '1' : '0';
}
