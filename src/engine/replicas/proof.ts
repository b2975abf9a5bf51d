import { classifyKey, KEY_PREFIXES } from '../../core/format/keys.ts';
import { MAX_SHARD_BYTES } from '../../core/format/limits.ts';
import { readPackIndex, type PackItem } from '../../core/format/pack-codec.ts';
import type { ContentHash, ObjectKey } from '../../core/model/ids.ts';
import type { EngineDeps } from '../api.ts';
import { CompressionError } from '../ports.ts';

type Tools = Pick<EngineDeps, 'hashing' | 'compression'>;

/** `<hh>/<16 digits of the hash>-<random>`; the first digits stand twice. */
const BLOB = new RegExp(`^${KEY_PREFIXES.blob}[0-9a-f]{2}/([0-9a-f]{16})-`, 'u');

/**
 * Whether the bytes are what the key, or what lies in them, says: a shard is named by its lines' hash, a
 * pack has its contents' hashes in its index, a blob's name begins with its hash. Of deltas and roots
 * only that they unpack.
 */
export async function isProven(tools: Tools, key: ObjectKey, bytes: Uint8Array): Promise<boolean> {
  try {
    switch (classifyKey(key)) {
      case 'pack':
        return await isPack(tools, bytes);
      case 'blob':
        return isNamed(key, await tools.hashing.sha256(bytes));
      case 'shard': {
        const lines = await tools.compression.gunzip(bytes, MAX_SHARD_BYTES);
        return key === `${KEY_PREFIXES.shard}${await tools.hashing.sha256(lines)}`;
      }
      case 'delta':
      case 'root':
        return (await tools.compression.gunzip(bytes, MAX_SHARD_BYTES)).length > 0;
      default:
        return true;
    }
  } catch (error) {
    if (error instanceof CompressionError) return false;
    throw error;
  }
}

/** Whether a blob of this name may have contents of this hash. */
export function isNamed(key: ObjectKey, hash: ContentHash): boolean {
  return BLOB.exec(key)?.[1] === hash.slice(0, 16);
}

async function isPack(tools: Tools, bytes: Uint8Array): Promise<boolean> {
  const index = readPackIndex(bytes);
  if (!index.ok) return false;
  for (const item of index.value) if (!(await isContent(tools, item, bytes))) return false;
  return true;
}

async function isContent(
  { hashing, compression }: Tools,
  item: PackItem,
  pack: Uint8Array,
): Promise<boolean> {
  const stored = pack.subarray(item.offset, item.offset + item.length);
  const plain = item.encoding === 'deflate' ? await compression.inflate(stored, item.sizeBytes) : stored;
  return plain.length === item.sizeBytes && (await hashing.sha256(plain)) === item.hash;
}
