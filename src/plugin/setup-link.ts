import * as v from 'valibot';
import { CONFLICT_STRATEGIES } from '../engine/api.ts';
import {
  checkBucket,
  checkEndpoint,
  checkIgnore,
  checkInterval,
  checkMaxFile,
  checkPrefix,
  checkRegion,
  ignoreLines,
  trimPrefix,
} from './settings/checks.ts';
import type { Settings } from './settings/model.ts';
import type { SetupItems } from './setup-items.ts';

/*
 *   obsidian://twincloud-setup?v=1&endpoint=…&bucket=…&region=…&prefix=…&pathStyle=0
 *                             &ignore=<a line each>&dotFolders=0&readableCopy=1&conflicts=merge
 *                             &intervalMinutes=5&syncOnStart=1&syncAfterEdit=1&maxFileMiB=5120
 *
 * Neither keys nor the names under which a device keeps them: a link that could name a secret
 * could have it used for a bucket of the link's choice.
 */
export const SETUP_ACTION = 'twincloud-setup';
const VERSION = '1';

export type SetupLink =
  | { readonly kind: 'link'; readonly items: SetupItems }
  /** `part`: the parameter that is wrong. */
  | { readonly kind: 'refused'; readonly why: 'version' | 'no-cloud' | 'wrong'; readonly part: string };

export function encodeSetupLink(settings: Settings): string {
  const { s3 } = settings;
  const parts: Record<string, string> = {
    v: VERSION,
    endpoint: s3.endpoint,
    bucket: s3.bucket,
    region: s3.region,
    prefix: s3.prefix,
    pathStyle: flagText(s3.pathStyle),
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
  if (parameters['v'] !== VERSION) return { kind: 'refused', why: 'version', part: 'v' };
  if (!Object.hasOwn(parameters, 'bucket') || parameters['bucket'] === '') {
    return { kind: 'refused', why: 'no-cloud', part: 'bucket' };
  }
  const parsed = v.safeParse(LinkSchema, parameters);
  if (!parsed.success) {
    return { kind: 'refused', why: 'wrong', part: v.getDotPath(parsed.issues[0]) ?? '' };
  }
  const { endpoint, bucket, region, prefix, pathStyle, ...others } = parsed.output;
  const given = Object.entries(others).filter(([, value]) => value !== undefined);
  const cloud = { endpoint, bucket, region, prefix, pathStyle };
  return {
    kind: 'link',
    items: { cloud, ...(Object.fromEntries(given) as Partial<Omit<Settings, 's3' | 'ai'>>) },
  };
}

const passing = <T>(check: (value: T) => string | undefined) =>
  v.check<T, string>((value) => check(value) === undefined, 'it is wrong');

const flag = v.pipe(
  v.picklist(['0', '1']),
  v.transform((value) => value === '1'),
);
const number = v.pipe(v.string(), v.regex(/^\d{1,6}$/u), v.transform(Number));

const LinkSchema = v.object({
  endpoint: v.optional(v.pipe(v.string(), passing(checkEndpoint)), ''),
  bucket: v.pipe(v.string(), passing(checkBucket)),
  region: v.optional(v.pipe(v.string(), passing(checkRegion)), ''),
  prefix: v.optional(v.pipe(v.string(), passing(checkPrefix), v.transform(trimPrefix)), ''),
  pathStyle: v.optional(flag, '0'),
  ignore: v.optional(v.pipe(v.string(), v.transform(ignoreLines), passing(checkIgnore))),
  dotFolders: v.optional(flag),
  readableCopy: v.optional(flag),
  conflicts: v.optional(v.picklist(CONFLICT_STRATEGIES)),
  intervalMinutes: v.optional(v.pipe(number, passing(checkInterval))),
  syncOnStart: v.optional(flag),
  syncAfterEdit: v.optional(flag),
  maxFileMiB: v.optional(v.pipe(number, passing(checkMaxFile))),
});

function flagText(value: boolean): string {
  return value ? '1' : '0';
}
