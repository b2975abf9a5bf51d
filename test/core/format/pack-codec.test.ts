import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { PackContent } from '../../../src/core/format/pack-codec.ts';
import { MAX_PACK_BYTES } from '../../../src/core/format/limits.ts';
import {
  PACK_FOOTER_BYTES,
  packBuilder,
  readPackFooter,
  readPackIndex,
} from '../../../src/core/format/pack-codec.ts';
import { hashOf, hashes, mutated, textOf, utf8 } from './samples.ts';

const contents: fc.Arbitrary<PackContent> = fc.record(
  {
    hash: hashes,
    stored: fc.uint8Array({ minLength: 1, maxLength: 60 }),
    encoding: fc.constant('deflate' as const),
    sizeBytes: fc.integer({ min: 1, max: 300_000 }),
  },
  { requiredKeys: ['hash', 'stored', 'sizeBytes'] },
);

function packOf(list: readonly PackContent[]): Uint8Array<ArrayBuffer> {
  const builder = packBuilder();
  for (const content of list) builder.append(content);
  return builder.finish();
}

const SAMPLE = packOf([
  { hash: hashOf(1), stored: utf8('one'), sizeBytes: 3 },
  { hash: hashOf(2), stored: utf8('twotwo'), encoding: 'deflate', sizeBytes: 900 },
]);

/** A pack with this text for its index. */
function withIndex(content: string, index: string): Uint8Array {
  const length = new Uint8Array(8);
  new DataView(length.buffer).setBigUint64(0, BigInt(utf8(index).length));
  return Uint8Array.from([...utf8(content), ...utf8(index), ...length, ...utf8('TWINPK01')]);
}

function kindOf(bytes: Uint8Array, packBytes?: number): string {
  const read = readPackIndex(bytes, packBytes);
  return read.ok ? 'ok' : read.problem.kind;
}

const indexOf = (...items: readonly Readonly<Record<string, unknown>>[]): string =>
  JSON.stringify(items.map((item) => ({ hash: hashOf(1), offset: 0, length: 3, size: 3, ...item })));

describe('a pack', () => {
  it('[OL28] holds each content where its item says', () => {
    fc.assert(
      fc.property(fc.array(contents, { maxLength: 8 }), (list) => {
        const builder = packBuilder();
        const items = list.map((content) => builder.append(content));
        const sizeBytes = builder.sizeBytes;
        const pack = builder.finish();
        expect(pack.length).toBe(sizeBytes);
        expect(readPackIndex(pack)).toEqual({ ok: true, value: items });
        const stored = items.map(({ offset, length }) => pack.slice(offset, offset + length));
        expect(stored).toEqual(list.map((content) => content.stored));
      }),
      { numRuns: 200 },
    );
  });

  it('[OL29] is read from its last bytes: first how long the index is, then the index', () => {
    const footer = readPackFooter(SAMPLE.subarray(-PACK_FOOTER_BYTES));
    if (!footer.ok) throw new Error(footer.problem.message);
    const tail = SAMPLE.subarray(-PACK_FOOTER_BYTES - footer.value.indexBytes);
    expect(readPackIndex(tail, SAMPLE.length)).toEqual(readPackIndex(SAMPLE));
    expect(kindOf(tail.subarray(1), SAMPLE.length)).toBe('truncated');
  });

  it('[OL30] takes no contents of nothing', () => {
    expect(() => packBuilder().append({ hash: hashOf(1), stored: utf8(''), sizeBytes: 0 })).toThrow(
      TypeError,
    );
  });

  it.each([
    ['a gap', withIndex('abcdef', indexOf({}, { offset: 4, length: 2 }))],
    ['an overlap', withIndex('abcdef', indexOf({}, { offset: 2, length: 4 }))],
    ['another order', withIndex('abcdef', indexOf({ offset: 3 }, {}))],
    ['more contents than listed', withIndex('abcdef', indexOf({}))],
    ['fewer contents than listed', withIndex('ab', indexOf({}))],
    ['contents past the end', withIndex('abc', indexOf({ length: 2 ** 52 }))],
    ['no contents', withIndex('', indexOf({ length: 0 }))],
    ['contents larger than any', withIndex('abc', indexOf({ size: 2 ** 40 }))],
    ['a wrong hash', withIndex('abc', indexOf({ hash: 'abc' }))],
    ['an unknown encoding', withIndex('abc', indexOf({ encoding: 'zip' }))],
    ['no list', withIndex('abc', '{}')],
  ])('[OL28] with %s is damaged', (_, bytes) => {
    expect(kindOf(bytes)).toBe('wrong-shape');
  });

  it('is nothing else: without its last bytes it is damaged', () => {
    for (let end = 0; end < SAMPLE.length; end += 1) {
      expect(kindOf(SAMPLE.subarray(0, end))).toMatch(end < PACK_FOOTER_BYTES ? 'truncated' : 'wrong-shape');
    }
    expect(kindOf(withIndex('abc', 'not json'))).toBe('not-json');
  });

  it('[OL9] larger than any, or with such an index, is refused', () => {
    expect(kindOf(SAMPLE, MAX_PACK_BYTES + 1)).toBe('too-large');
    expect(kindOf(Uint8Array.from([...Array<number>(8).fill(255), ...utf8('TWINPK01')]))).toBe('too-large');
  });

  it('[OL14] may say more of its contents than this version knows', () => {
    expect(kindOf(withIndex('abc', indexOf({ later: true, ['__proto__']: 1 })))).toBe('ok');
  });

  it('[OL8] never throws, whatever was done to its bytes', () => {
    fc.assert(
      fc.property(mutated(SAMPLE), fc.nat(400), (damaged, packBytes) => {
        expect(['ok', 'truncated', 'not-json', 'wrong-shape', 'too-large']).toContain(
          kindOf(damaged, packBytes),
        );
      }),
      { numRuns: 3_000 },
    );
  });

  it('ends with the index, its length and the mark, to be found by hand', () => {
    expect(textOf(withIndex('abc', '[]')).slice(0, 5)).toBe('abc[]');
    expect(textOf(packOf([])).slice(0, 2)).toBe('[]');
    expect([...SAMPLE.slice(-16, -8)]).toEqual([0, 0, 0, 0, 0, 0, 0, readIndexBytes()]);
  });
});

function readIndexBytes(): number {
  const footer = readPackFooter(SAMPLE);
  return footer.ok ? footer.value.indexBytes : NaN;
}
