import type { RequestKind } from './usage.ts';

/** List prices of one service, US dollars, without taxes, free shares and reductions for much. */
export interface Prices {
  readonly service: string;
  /** Where they hold. */
  readonly region: string;
  /** When they were looked up. */
  readonly asOf: string;
  /** No document of the provider or of others with these figures was at hand. */
  readonly isUnverified?: true;
  /** A thousand requests of each kind. */
  readonly perThousand: Readonly<Record<RequestKind, number>>;
  /** A GB (10⁹ bytes) to the internet; to the cloud it is free with all of them. */
  readonly perGbDown: number;
  /** A GB (10⁹ bytes) kept for a month. */
  readonly perGbMonth: number;
}

export type Service = 'aws' | 'r2' | 'b2' | 'wasabi' | 'azure' | 'gcs';

const AS_OF = '2026-11-23';

/** Sources, and what could not be checked: docs/costs.md. */
export const PRICES: Readonly<Record<Service, Prices>> = {
  aws: {
    service: 'Amazon S3 Standard',
    region: 'US East (N. Virginia)',
    asOf: AS_OF,
    perThousand: { put: 0.005, copy: 0.005, list: 0.005, get: 0.0004, head: 0.0004, delete: 0 },
    perGbDown: 0.09,
    perGbMonth: 0.023,
  },
  r2: {
    service: 'Cloudflare R2 Standard',
    region: 'everywhere',
    asOf: AS_OF,
    perThousand: { put: 0.0045, copy: 0.0045, list: 0.0045, get: 0.000_36, head: 0.000_36, delete: 0 },
    perGbDown: 0,
    perGbMonth: 0.015,
  },
  b2: {
    service: 'Backblaze B2',
    region: 'everywhere',
    asOf: AS_OF,
    perThousand: { put: 0, copy: 0.004, list: 0.004, get: 0.0004, head: 0.0004, delete: 0 },
    perGbDown: 0.01,
    perGbMonth: 0.006,
  },
  wasabi: {
    service: 'Wasabi',
    region: 'everywhere',
    asOf: AS_OF,
    isUnverified: true,
    perThousand: { put: 0, copy: 0, list: 0, get: 0, head: 0, delete: 0 },
    perGbDown: 0,
    perGbMonth: 0.007,
  },
  azure: {
    service: 'Azure Blob Storage, hot, LRS',
    region: 'East US',
    asOf: AS_OF,
    isUnverified: true,
    perThousand: { put: 0.005, copy: 0.005, list: 0.005, get: 0.0004, head: 0.0004, delete: 0 },
    perGbDown: 0.087,
    perGbMonth: 0.0184,
  },
  gcs: {
    service: 'Google Cloud Storage Standard',
    region: 'us-central1',
    asOf: AS_OF,
    perThousand: { put: 0.005, copy: 0.005, list: 0.005, get: 0.0004, head: 0.0004, delete: 0 },
    perGbDown: 0.12,
    perGbMonth: 0.02,
  },
};

const HOSTS: readonly (readonly [RegExp, Service])[] = [
  [/(?:^|\.)amazonaws\.com(?:\.cn)?$/u, 'aws'],
  [/(?:^|\.)r2\.cloudflarestorage\.com$/u, 'r2'],
  [/(?:^|\.)backblazeb2\.com$/u, 'b2'],
  [/(?:^|\.)wasabisys\.com$/u, 'wasabi'],
  [/(?:^|\.)core\.windows\.net$/u, 'azure'],
  [/(?:^|\.)googleapis\.com$/u, 'gcs'],
];

/** Whose prices hold for a host; `undefined` for servers of one's own and services not listed. */
export function serviceAt(host: string): Service | undefined {
  return HOSTS.find(([pattern]) => pattern.test(host.toLowerCase()))?.[1];
}
