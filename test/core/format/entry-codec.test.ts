import * as v from 'valibot';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { entryFromJson, entryToJson } from '../../../src/core/format/entry-codec.ts';
import { blobKey, headKey, packKey } from '../../../src/core/format/keys.ts';
import { MAX_PACK_BYTES } from '../../../src/core/format/limits.ts';
import { EMPTY_HASH } from '../../../src/core/model/ids.ts';
import { parseVaultPath } from '../../../src/core/model/vault-path.ts';
import { deviceOf, digitsOf, entries, fileEntry, hashOf, placeless, tombstone } from './samples.ts';

// The table of the spec, written a second time and with a library, to hold the hand-written reader against.
const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const hash = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/u));
const path = v.pipe(
  v.string(),
  v.maxLength(32_768),
  v.check((text) => parseVaultPath(text) !== undefined),
);
const pack = v.pipe(v.string(), v.regex(/^\.twincloud\/packs\/[0-9a-f]{16,64}$/u));
const blob = v.pipe(
  v.string(),
  v.regex(/^\.twincloud\/blobs\/[0-9a-f]{2}\/[0-9a-f]{16}-[0-9a-f]{16,64}$/u),
  v.check((key) => key.slice(17, 19) === key.slice(20, 22)),
);
const endsInPack = (offset: number, length: number): boolean =>
  length > 0 && offset + length <= MAX_PACK_BYTES;
const etag = v.pipe(v.string(), v.maxLength(1024));
const common = {
  path,
  hash,
  size: count,
  gen: count,
  dev: v.pipe(v.string(), v.regex(/^(?:[0-9a-f]{16}|external)$/u)),
  at: v.optional(
    v.union([
      v.strictTuple([blob]),
      v.pipe(
        v.strictTuple([pack, count, count]),
        v.check(([, offset, length]) => endsInPack(offset, length)),
      ),
      v.pipe(
        v.strictTuple([pack, count, count, v.literal('deflate')]),
        v.check(([, offset, length]) => endsInPack(offset, length)),
      ),
    ]),
  ),
  copy: v.optional(v.union([v.strictTuple([etag]), v.strictTuple([etag, hash])])),
};
const file = v.pipe(
  v.object({
    ...common,
    deleted: v.optional(v.literal(false)),
    mtime: count,
    prev: v.optional(v.pipe(v.array(v.pipe(v.string(), v.regex(/^[0-9a-f]{16}$/u))), v.maxLength(4))),
    from: v.optional(path),
  }),
  v.check((entry) => entry.at !== undefined || entry.hash === EMPTY_HASH),
);
const schema = v.pipe(
  v.union([file, v.object({ ...common, deleted: v.literal(true), time: count, to: v.optional(path) })]),
  v.check((entry) => !entry.path.endsWith('/') || entry.hash === EMPTY_HASH),
  v.check((entry) => entry.at?.length === 1 || entry.at === undefined || entry.size <= MAX_PACK_BYTES),
);

/** Values that come close to those of a field. */
const nearMisses = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    true,
    false,
    -1,
    0.5,
    2 ** 53,
    0,
    '',
    [],
    {},
    EMPTY_HASH,
    hashOf(3),
    'a/../b',
  ),
  fc.constantFrom<unknown>(
    'a//b',
    '/a',
    'folder/',
    'a.md',
    `${digitsOf(1)}A`,
    'external',
    deviceOf(1),
    Infinity,
  ),
  fc.constantFrom<unknown>(
    [packKey(digitsOf(1)), 0, 1],
    [packKey(digitsOf(1)), 0, 0],
    [packKey(digitsOf(1)), 0, MAX_PACK_BYTES + 1],
    [packKey(digitsOf(1)), 0, 1, 'gzip'],
    [packKey(digitsOf(1)), 0, 1, 'deflate', 1],
    [packKey(digitsOf(1))],
    [blobKey(hashOf(1), digitsOf(1))],
    [blobKey(hashOf(1), digitsOf(1)), 0, 1],
    ['notes/a.md'],
    [headKey],
    ['etag', hashOf(4)],
    ['etag', 'hash'],
    ['etag', hashOf(4), 1],
    [deviceOf(1), deviceOf(2), deviceOf(3), deviceOf(4), deviceOf(5)],
    [deviceOf(1), 7],
  ),
  fc.anything(),
);

const FIELDS = [
  'path',
  'deleted',
  'hash',
  'size',
  'mtime',
  'time',
  'gen',
  'dev',
  'prev',
  'at',
  'copy',
  'from',
  'to',
];

describe('an entry as JSON', () => {
  it('[OL5] comes back as it was, and again with the same bytes', () => {
    fc.assert(
      fc.property(entries, (entry) => {
        const text = JSON.stringify(entryToJson(entry));
        const read = entryFromJson(JSON.parse(text));
        expect(read).toEqual(entry);
        expect(JSON.stringify(entryToJson(read as typeof entry))).toBe(text);
      }),
      { numRuns: 500 },
    );
  });

  it('[OL18] is read exactly when the schema of the spec accepts it', () => {
    const damaged = fc
      .tuple(
        entries,
        fc.array(fc.tuple(fc.constantFrom(...FIELDS), nearMisses), { minLength: 1, maxLength: 2 }),
      )
      .map(([entry, changes]): unknown => ({ ...entryToJson(entry), ...Object.fromEntries(changes) }));
    let accepted = 0;
    fc.assert(
      fc.property(fc.oneof({ weight: 20, arbitrary: damaged }, fc.anything()), (json) => {
        const bySchema = v.is(schema, json);
        accepted += bySchema ? 1 : 0;
        expect(typeof entryFromJson(json) !== 'string').toBe(bySchema);
      }),
      { numRuns: 5_000 },
    );
    // Else the comparison has shown only that both refuse.
    expect(accepted).toBeGreaterThan(100);
  });

  it('[OL14] may have fields that this version does not know', () => {
    const json = { ...entryToJson(fileEntry('a.md')), later: 1, projected: 2 };
    expect(entryFromJson(json)).toEqual(fileEntry('a.md'));
  });

  it('[OL11] has whole times from 0, whatever the system tells', () => {
    const mtime = (mtimeMs: number): unknown => entryToJson(fileEntry('a.md', { mtimeMs }))['mtime'];
    expect([1.6, -5, NaN, Infinity, 1e300].map(mtime)).toEqual([2, 0, 0, 0, Number.MAX_SAFE_INTEGER]);
  });

  it('says the hash of the readable copy only where it is another', () => {
    const copyOf = (n: number): unknown =>
      entryToJson(fileEntry('a.md', { projected: { etag: 'e', hash: hashOf(n) } }))['copy'];
    expect([copyOf(1), copyOf(2)]).toEqual([['e'], ['e', hashOf(2)]]);
  });

  it.each([
    'notes/a.md',
    headKey,
    `.twincloud/shards/${hashOf(1)}`,
    '.twincloud/packs/../../a.md',
    '.twincloud/later/1',
  ])('[OL4] is damaged when its contents are said to lie in %s', (key) => {
    const json = entryToJson(fileEntry('a.md'));
    expect(entryFromJson({ ...json, at: [key] })).toBe('at');
    expect(entryFromJson({ ...json, at: [key, 0, 12] })).toBe('at');
  });

  it('[OL16] has contents somewhere unless it has none', () => {
    const nowhere = entryToJson(placeless(fileEntry('a.md')));
    expect(entryFromJson(nowhere)).toBe('at');
    expect(entryFromJson({ ...nowhere, hash: EMPTY_HASH, size: 0 })).toMatchObject({ hash: EMPTY_HASH });
    expect(entryFromJson({ ...entryToJson(tombstone('a.md')) })).toEqual(tombstone('a.md'));
  });

  it('[OL16] of a folder has no contents', () => {
    expect(entryFromJson({ ...entryToJson(fileEntry('a.md')), path: 'folder/' })).toBe('hash');
  });

  it('[OL17] has its path in NFC, however it was written', () => {
    const json = { ...entryToJson(fileEntry('a.md')), path: 'Cafe\u0301.md', from: 'U\u0308.md' };
    expect(entryFromJson(json)).toMatchObject({ path: 'Café.md', from: 'Ü.md' });
  });

  it.each(['', '/a', 'a//b', '../a', 'a/./b', 'a\0b', '\uD800', 'x'.repeat(32_769)])(
    '[OL17] has a path that can be one, not %j',
    (wrong) => {
      expect(entryFromJson({ ...entryToJson(fileEntry('a.md')), path: wrong })).toBe('path');
    },
  );
});
