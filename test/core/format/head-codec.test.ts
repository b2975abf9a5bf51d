import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { Decoded } from '../../../src/core/format/decoded.ts';
import type { Head } from '../../../src/core/model/head.ts';
import type { ObjectKey } from '../../../src/core/model/ids.ts';
import { decodeHead, encodeHead } from '../../../src/core/format/head-codec.ts';
import { deltaKey, headKey, packKey } from '../../../src/core/format/keys.ts';
import { MAX_HEAD_BYTES } from '../../../src/core/format/limits.ts';
import {
  commitOf,
  digitsOf,
  fileEntry,
  hashOf,
  headOf,
  heads,
  mutated,
  recordOf,
  stampOf,
  textOf,
  tombstone,
  utf8,
} from './samples.ts';

const FULL = headOf(12, {
  shards: [hashOf(1), hashOf(2)],
  shardsAt: stampOf(9),
  deltas: [deltaKey(digitsOf(1))],
  spilled: 3,
  delta: [recordOf(11, [fileEntry('a.md')]), recordOf(12, [tombstone('b.md')])],
  root: commitOf(8),
  parent: { lineage: 'older', commit: commitOf(1) },
  succeededBy: 'younger',
  condemned: { atMs: 5, keys: [packKey(digitsOf(7))] },
});

/** The head's JSON with some fields replaced, as another program might have written it. */
function withFields(fields: Readonly<Record<string, unknown>>, head: Head = FULL): Uint8Array {
  const json: unknown = JSON.parse(textOf(encodeHead(head)));
  return utf8(`${JSON.stringify({ ...(json as object), ...fields })}\n`);
}

function kindOf(read: Decoded<unknown>): string {
  return read.ok ? 'ok' : read.problem.kind;
}

describe('the head', () => {
  it('[OL5] comes back as it was written, and equal heads have equal bytes', () => {
    fc.assert(
      fc.property(heads, (head) => {
        const bytes = encodeHead(head);
        const read = decodeHead(bytes);
        expect(read).toEqual({ ok: true, value: head });
        if (read.ok) expect(encodeHead(read.value)).toEqual(bytes);
      }),
      { numRuns: 200 },
    );
  });

  it('[OL5] has the same bytes whatever the order of the fields in memory', () => {
    const shuffled = Object.fromEntries(Object.entries(FULL).reverse()) as unknown as Head;
    expect(encodeHead(shuffled)).toEqual(encodeHead(FULL));
  });

  it('[OL6] is truncated wherever it is cut', () => {
    const bytes = encodeHead(FULL);
    for (let end = 0; end < bytes.length; end += 1) {
      expect(kindOf(decodeHead(bytes.subarray(0, end)))).toBe('truncated');
    }
  });

  it('[OL9] is refused unread when it is too large', () => {
    expect(kindOf(decodeHead(new Uint8Array(MAX_HEAD_BYTES + 1)))).toBe('too-large');
    expect(kindOf(decodeHead(encodeHead(FULL), 10))).toBe('too-large');
  });

  it.each([
    { format: 2 },
    { minClient: 2 },
    { format: 2, log: 'of another shape' },
    { format: 'one', minClient: 7 },
  ])('[OL13] of a newer format is told apart from damage: %j', (fields) => {
    const read = decodeHead(withFields(fields));
    expect(kindOf(read)).toBe('newer-format');
    expect(read).toMatchObject({
      problem: { message: expect.stringMatching(/update.*nothing was touched/iu) as string },
    });
  });

  it('[OL14] may have fields that this version does not know', () => {
    const unknown = { later: { deep: [1] }, __proto__x: 1 };
    expect(decodeHead(withFields(unknown))).toEqual({ ok: true, value: FULL });
  });

  it('[OL8] reads prototype keys as names without meaning', () => {
    const json = textOf(encodeHead(FULL)).replace(
      '{',
      '{"__proto__":{"succeededBy":"evil","polluted":1},"constructor":{"prototype":{"polluted":1}},',
    );
    expect(decodeHead(utf8(json))).toEqual({ ok: true, value: FULL });
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  it('[OL8] does not take a needed field from a prototype', () => {
    const json = textOf(encodeHead(FULL)).replace('"lineage":"lineage"', '"__proto__":{"lineage":"lineage"}');
    expect(kindOf(decodeHead(utf8(json)))).toBe('wrong-shape');
  });

  it.each(['[', '{"delta":', '{"log":[{"a":'])('[OL8] survives nesting a million deep: %s…', (opening) => {
    expect(kindOf(decodeHead(utf8(`${opening.repeat(1_000_000 / opening.length)}\n`), 2e6))).toBe('not-json');
  });

  it('[OL8] survives closed nesting deeper than a stack', () => {
    const nested = `${'['.repeat(200_000)}${']'.repeat(200_000)}`;
    const read = decodeHead(utf8(textOf(encodeHead(FULL)).replace('"delta":[', `"delta":[${nested},`)));
    expect(['wrong-shape', 'not-json']).toContain(kindOf(read));
  });

  it('[OL8] never throws, whatever was done to its bytes', () => {
    const bytes = encodeHead(FULL);
    fc.assert(
      fc.property(mutated(bytes), (damaged) => {
        expect(['truncated', 'not-json', 'newer-format', 'wrong-shape', 'ok']).toContain(
          kindOf(decodeHead(damaged)),
        );
      }),
      { numRuns: 3_000 },
    );
  });

  it.each(['null\n', '1\n', '[]\n', '"head"\n', '{}\n'])('[OL8] is not any JSON: %j', (text) => {
    expect(kindOf(decodeHead(utf8(text)))).toBe('wrong-shape');
  });

  it.each(['\n', 'head\n', '{}\n{}\n', '\uFEFF{}\n', '{"a":NaN}\n'])('is JSON of one line: %j', (text) => {
    expect(kindOf(decodeHead(utf8(text)))).toBe('not-json');
  });

  it('is UTF-8', () => {
    expect(kindOf(decodeHead(Uint8Array.of(0x22, 0xff, 0x22, 0x0a)))).toBe('not-json');
  });
});

const WRONG_HEADS: readonly (readonly [string, Readonly<Record<string, unknown>>])[] = [
  ['[OL11] a negative generation', { generation: -1 }],
  ['[OL11] generation 0', { generation: 0 }],
  ['[OL11] a fraction', { generation: 12.5 }],
  ['[OL11] a number too large to be exact', { generation: 2 ** 53 }],
  ['[OL12] a text too long', { succeededBy: 'x'.repeat(1025) }],
  ['[OL23] an empty log', { log: [] }],
  ['[OL23] a log that ends in another commit', { log: [commitOf(12), commitOf(13)] }],
  ['[OL23] a commit twice in the log', { log: [commitOf(12), commitOf(11), commitOf(12)] }],
  ['[OL23] a log of 257', { log: Array.from({ length: 257 }, (_, index) => commitOf(268 - index)) }],
  ['[OL23] a commit id in upper case', { log: ['00000000000000AB', commitOf(12)] }],
  ['[OL24] three shards', { shards: [hashOf(1), hashOf(2), hashOf(3)] }],
  ['[OL24] 512 shards', { shards: Array.from({ length: 512 }, (_, index) => hashOf(index)) }],
  ['[OL24] shards without their commit', { shardsAt: undefined }],
  ['[OL24] a commit of shards without shards', { shards: [] }],
  ['[OL25] nine deltas', { deltas: Array.from({ length: 9 }, (_, index) => deltaKey(digitsOf(index))) }],
  ['[OL25] spilled entries without deltas', { deltas: [] }],
  ['[OL25] a delta that is another object', { deltas: [headKey] }],
  ['[OL26] records out of order', { delta: [recordOf(12, []), recordOf(11, [])] }],
  ['[OL26] a record after the head', { delta: [recordOf(13, [])] }],
  ['[OL27] the head condemned', { condemned: { atMs: 1, keys: [headKey] } }],
  ['[OL27] a note condemned', { condemned: { atMs: 1, keys: ['notes/a.md'] } }],
  ['[OL27] a device condemned', { condemned: { atMs: 1, keys: [`.twincloud/devices/${commitOf(1)}`] } }],
  [
    '[OL27] 201 keys condemned',
    { condemned: { atMs: 1, keys: Array<ObjectKey>(201).fill(packKey(digitsOf(1))) } },
  ],
];

describe('a head with', () => {
  it.each(WRONG_HEADS)('%s is damaged', (_, fields) => {
    expect(kindOf(decodeHead(withFields(fields)))).toBe('wrong-shape');
  });

  it('[OL10] a wrong field is not written either', () => {
    expect(() => encodeHead({ ...FULL, log: [commitOf(1)] })).toThrow(TypeError);
    const cut = {
      ...FULL,
      delta: [recordOf(12, [fileEntry('a.md', { hash: hashOf(1).slice(1) as never })])],
    };
    expect(() => encodeHead(cut)).toThrow(TypeError);
  });

  it('a damaged entry tells its place, and nothing of the note', () => {
    const bytes = utf8(textOf(encodeHead(FULL)).replace('a.md', 'my secret/../diary.md'));
    const read = decodeHead(bytes);
    expect(read).toEqual({
      ok: false,
      problem: { kind: 'wrong-shape', message: expect.stringContaining('delta.0.entries.0') as string },
    });
    expect(JSON.stringify(read)).not.toContain('secret');
  });
});
