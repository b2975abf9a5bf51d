import { deepStrictEqual } from 'node:assert';
import { crc32, gzipSync } from 'node:zlib';
import { CliError } from '../../src/cli/cli-error.mts';
import { parseConfig } from '../../src/cli/config.mts';
import { nodeCompression } from '../../src/cli/platform/compression.mts';
import {
  decodeHeader,
  decodeRecord,
  encodeHeader,
  encodeRecord,
} from '../../src/cli/platform/state-record.mts';
import { parseRemote } from '../../src/cli/remote.mts';
import type { Decoded } from '../../src/core/format/decoded.ts';
import { decodeDelta, encodeDelta } from '../../src/core/format/delta-codec.ts';
import { decodeHead, encodeHead } from '../../src/core/format/head-codec.ts';
import { packBuilder, readPackIndex } from '../../src/core/format/pack-codec.ts';
import { decodeShard, encodeShard } from '../../src/core/format/shard-codec.ts';
import { parseVaultPath } from '../../src/core/model/vault-path.ts';
import { CompressionError } from '../../src/engine/ports.ts';
import { readSettings } from '../../src/plugin/settings/defaults.ts';
import { decodeSetupLink, encodeSetupLink } from '../../src/plugin/setup-link.ts';
import { decodeMetadata, encodeMetadata } from '../../src/storage/metadata-text.ts';
import { fileEntry, hashOf, headOf, recordOf, tombstone } from '../core/format/samples.ts';

/** What reads bytes that others wrote. */
export interface Target {
  readonly name: string;
  readonly seeds: readonly Uint8Array[];
  /** Throws where the input does what none may: another error than is documented, or a value that does not come back. */
  readonly run: (input: Uint8Array) => void | Promise<void>;
}

const ENTRIES = [
  fileEntry('a/Note.md'),
  fileEntry('b/日本 é.md', { prev: [hashOf(9).slice(0, 16)], projected: { etag: 'x', hash: hashOf(3) } }),
  tombstone('c.md', { to: fileEntry('a/Note.md').path }),
];
const RECORDS = [recordOf(1, ENTRIES), recordOf(2, [tombstone('a/Note.md')])];
const HEAD = headOf(3, { delta: RECORDS });
const MAX_PLAIN = 64 * 1024;
const SURROUNDINGS = { cwd: '/', env: {} };

export const TARGETS: readonly Target[] = [
  decoder('head', [encodeHead(HEAD), encodeHead(headOf(300))], decodeHead, encodeHead),
  decoder('delta', [encodeDelta(RECORDS)], decodeDelta, encodeDelta),
  decoder('shard', [encodeShard(ENTRIES)], decodeShard, encodeShard),
  { name: 'pack index', seeds: [pack(1), pack(30)], run: (input) => void readPackIndex(input) },
  {
    name: 'packed object',
    seeds: [gzipSync(encodeHead(HEAD)), gzipSync(Buffer.alloc(10 * MAX_PLAIN))],
    run: unpack,
  },
  {
    name: 'journal of the state',
    seeds: [journalLine()],
    run: (input) => void decodeRecord(checked(input)),
  },
  {
    name: 'header of the state',
    seeds: [text(encodeHeader({ format: 1, table: 'base', sequence: 3, checksum: '00000000' }))],
    run: (input) => void decodeHeader(checked(input)),
  },
  {
    name: 'configuration',
    seeds: [text(configuration())],
    run: (input) => onlyCliError(() => parseConfig(plain(input), 'f')),
  },
  {
    name: 'address of a cloud',
    seeds: [
      's3://bucket/pre fix?region=r&endpoint=https%3A%2F%2Fh%3A1&path-style=true',
      'folder:/a/b',
      'azure://account/container/pre%20fix?endpoint=http%3A%2F%2Fh%3A1%2Faccount',
    ].map(text),
    run: (input) => onlyCliError(() => parseRemote(plain(input), SURROUNDINGS)),
  },
  { name: 'setup link', seeds: [text(link())], run: setupLink },
  { name: 'settings of the plugin', seeds: [text(JSON.stringify(readSettings({})))], run: settings },
  {
    name: 'metadata of an object',
    seeds: [text(JSON.stringify(encodeMetadata({ mtime: '1', é: '日' })))],
    run: metadata,
  },
  { name: 'path of a note', seeds: ['a/b.md', 'é/Å.md', 'folder/'].map(text), run: path },
];

function decoder<T>(
  name: string,
  seeds: readonly Uint8Array[],
  decode: (bytes: Uint8Array) => Decoded<T>,
  encode: (value: T) => Uint8Array,
): Target {
  return {
    name,
    seeds,
    run: (input) => {
      const read = decode(input);
      if (!read.ok) return;
      const again = decode(encode(read.value));
      deepStrictEqual(again, read);
    },
  };
}

function pack(count: number): Uint8Array {
  const builder = packBuilder();
  for (let number = 1; number <= count; number += 1)
    builder.append({ hash: hashOf(number), sizeBytes: 5, stored: new Uint8Array(5).fill(number) });
  return builder.finish();
}

async function unpack(input: Uint8Array): Promise<void> {
  try {
    const bytes = await nodeCompression.gunzip(input, MAX_PLAIN);
    if (bytes.length > MAX_PLAIN) throw new TypeError('more than the limit came out');
  } catch (error) {
    if (!(error instanceof CompressionError)) throw error;
  }
}

function journalLine(): Uint8Array {
  const steps = [{ kind: 'rows', table: 'base', json: '[["a.md",{"hash":"x"}]]' }] as const;
  return encodeRecord({ sequence: 7, steps: [...steps, { kind: 'clear', table: 'local' }] }).subarray(0, -1);
}

/** With the checksum of whatever follows it, as damage that happened before the writing would have. */
function checked(input: Uint8Array): Buffer {
  const line = Buffer.from(input);
  if (line.length % 2 === 0) return line;
  const body = line.subarray(Math.min(9, line.length));
  return Buffer.concat([Buffer.from(`${crc32(body).toString(16).padStart(8, '0')}\t`), body]);
}

function configuration(): string {
  const device = { id: '0123456789abcdef', name: 'Laptop' };
  const vault = {
    vault: '/v',
    remote: 's3://b/p?region=r',
    device,
    conditionForm: 'quoted',
    ignore: ['*.tmp'],
  };
  return JSON.stringify({ version: 1, vaults: [vault, { ...vault, vault: '/w', maxFileMiB: 5 }] });
}

function onlyCliError(work: () => unknown): void {
  try {
    work();
  } catch (error) {
    if (!(error instanceof CliError)) throw error;
  }
}

function link(): string {
  const s3 = { ...readSettings({}).s3, endpoint: 'https://host', bucket: 'bucket', region: 'r' };
  return encodeSetupLink({ ...readSettings({}), s3 }).replace(/^[^?]*\?/u, '');
}

function setupLink(input: Uint8Array): void {
  const read = decodeSetupLink(Object.fromEntries(new URLSearchParams(plain(input))));
  if (read.kind !== 'link') return;
  const { cloud } = read.items;
  const names = cloud.kind === 'azure' ? [cloud.account, cloud.container] : [cloud.bucket];
  if (names.includes('')) throw new TypeError('a link without a bucket');
}

function settings(input: Uint8Array): void {
  let json: unknown;
  try {
    json = JSON.parse(plain(input));
  } catch {
    return;
  }
  const read = readSettings(json);
  deepStrictEqual(readSettings(read), read);
}

function metadata(input: Uint8Array): void {
  let json: unknown;
  try {
    json = JSON.parse(plain(input));
  } catch {
    return;
  }
  if (typeof json !== 'object' || json === null) return;
  const texts = Object.entries(json).filter(([, value]) => typeof value === 'string');
  decodeMetadata(Object.fromEntries(texts));
}

function path(input: Uint8Array): void {
  const read = parseVaultPath(plain(input));
  if (read !== undefined && parseVaultPath(read) !== read)
    throw new TypeError('a path that parses otherwise');
}

function text(value: string): Uint8Array {
  return Buffer.from(value);
}

function plain(input: Uint8Array): string {
  return Buffer.from(input).toString();
}
