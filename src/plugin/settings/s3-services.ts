import { DEFAULTS } from './defaults.ts';
import { parseUrl } from './checks.ts';

export const S3_SERVICES = ['amazon', 'r2', 'b2', 'minio', 'wasabi', 'other'] as const;
export type S3Service = (typeof S3_SERVICES)[number];

interface Preset {
  /** Filled in where the endpoint is another service's; empty: it is each person's own, or none is needed. */
  readonly endpoint: string;
  /** What it looks like. */
  readonly example: string;
  readonly region: string;
  readonly pathStyle: boolean;
}

const REGION = DEFAULTS.s3.region;

/** As the services' own documentation has them. `other` fills in nothing. */
export const S3_PRESETS: Readonly<Record<Exclude<S3Service, 'other'>, Preset>> = {
  amazon: { endpoint: '', example: 'https://', region: REGION, pathStyle: false },
  r2: { endpoint: '', example: 'https://account.r2.cloudflarestorage.com', region: 'auto', pathStyle: false },
  b2: {
    endpoint: '',
    example: 'https://s3.us-west-004.backblazeb2.com',
    region: 'us-west-004',
    pathStyle: false,
  },
  minio: { endpoint: '', example: 'https://minio.example.com:9000', region: REGION, pathStyle: true },
  wasabi: {
    endpoint: 'https://s3.wasabisys.com',
    example: 'https://s3.eu-central-1.wasabisys.com',
    region: REGION,
    pathStyle: false,
  },
};

const HOSTS: readonly (readonly [RegExp, S3Service])[] = [
  [/(?:^|\.)amazonaws\.com(?:\.cn)?$/u, 'amazon'],
  [/\.r2\.cloudflarestorage\.com$/u, 'r2'],
  [/\.backblazeb2\.com$/u, 'b2'],
  [/(?:^|\.)wasabisys\.com$/u, 'wasabi'],
];

/** Whose the endpoint is, as far as its name tells; none at all is Amazon's. */
export function serviceAt(endpoint: string): S3Service {
  if (endpoint.trim() === '') return 'amazon';
  const host = parseUrl(endpoint.trim())?.hostname ?? '';
  return HOSTS.find(([pattern]) => pattern.test(host))?.[1] ?? 'other';
}
