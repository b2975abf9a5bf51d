import type { CommitId, ContentHash, DeviceId, ObjectKey } from '../model/ids.ts';
import type { VaultPath } from '../model/vault-path.ts';
import { SHORT_HASH_DIGITS } from '../model/ids.ts';
import { foldPath } from '../model/vault-path.ts';

/** All that Twincloud keeps for itself lies under it; all else is the readable copy. */
export const CLOUD_FOLDER = '.twincloud/';

/** For listings. */
export const KEY_PREFIXES = {
  delta: '.twincloud/deltas/',
  shard: '.twincloud/shards/',
  pack: '.twincloud/packs/',
  blob: '.twincloud/blobs/',
  root: '.twincloud/roots/',
  device: '.twincloud/devices/',
  seat: '.twincloud/seats/',
} as const;

/** `plain`: an object of the readable copy. `foreign`: in our folder, but nothing that this version knows. */
export type KeyKind =
  'head' | 'delta' | 'shard' | 'pack' | 'blob' | 'root' | 'device' | 'seat' | 'plain' | 'foreign';

const PATTERNS: readonly (readonly [KeyKind, RegExp])[] = [
  ['pack', /^\.twincloud\/packs\/[0-9a-f]{16,64}$/u],
  ['blob', /^\.twincloud\/blobs\/([0-9a-f]{2})\/\1[0-9a-f]{14}-[0-9a-f]{16,64}$/u],
  ['shard', /^\.twincloud\/shards\/[0-9a-f]{64}$/u],
  ['delta', /^\.twincloud\/deltas\/[0-9a-f]{16,64}$/u],
  ['root', /^\.twincloud\/roots\/[0-9a-f]{16}$/u],
  ['device', /^\.twincloud\/devices\/[0-9a-f]{16}$/u],
  ['seat', /^\.twincloud\/seats\/[0-9A-Za-z_-]{1,64}$/u],
];

export function classifyKey(key: string): KeyKind {
  if (!key.startsWith(CLOUD_FOLDER)) return 'plain';
  if (key === headKey) return 'head';
  return PATTERNS.find(([, pattern]) => pattern.test(key))?.[0] ?? 'foreign';
}

export const headKey = '.twincloud/head' as ObjectKey;

/** `random`: 16 to 64 hexadecimal digits, here and below. */
export function deltaKey(random: string): ObjectKey {
  return checked('delta', `${KEY_PREFIXES.delta}${random}`);
}

/** `hash`: SHA-256 of the uncompressed lines, 64 hexadecimal digits. */
export function shardKey(hash: string): ObjectKey {
  return checked('shard', `${KEY_PREFIXES.shard}${hash}`);
}

export function packKey(random: string): ObjectKey {
  return checked('pack', `${KEY_PREFIXES.pack}${random}`);
}

/** Begins with digits of the contents' hash, to find a blob by hand; who reads one still verifies the hash. */
export function blobKey(hash: ContentHash, random: string): ObjectKey {
  const folder = `${KEY_PREFIXES.blob}${hash.slice(0, 2)}/`;
  return checked('blob', `${folder}${hash.slice(0, SHORT_HASH_DIGITS)}-${random}`);
}

export function rootKey(commit: CommitId): ObjectKey {
  return checked('root', `${KEY_PREFIXES.root}${commit}`);
}

export function deviceKey(device: DeviceId): ObjectKey {
  return checked('device', `${KEY_PREFIXES.device}${device}`);
}

/** Lies in the one cloud that has authority over a promoted lineage, and is never copied. */
export function seatKey(lineage: string): ObjectKey {
  return checked('seat', `${KEY_PREFIXES.seat}${lineage}`);
}

/**
 * The key of a path in the readable copy; `undefined` for paths in our own folder, in any case of
 * letters, since a cloud that is a folder may ignore case.
 */
export function plainKey(path: VaultPath): ObjectKey | undefined {
  const key: string = path;
  return `${foldPath(path)}/`.startsWith(CLOUD_FOLDER) ? undefined : (key as ObjectKey);
}

function checked(kind: KeyKind, key: string): ObjectKey {
  if (classifyKey(key) !== kind) throw new TypeError(`Not the key of a ${kind}: ${key}`);
  return key as ObjectKey;
}
