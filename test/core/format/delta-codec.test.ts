import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { decodeDelta, encodeDelta } from '../../../src/core/format/delta-codec.ts';
import { fileEntry, mutated, recordOf, records, textOf, tombstone, utf8 } from './samples.ts';

const SAMPLE = [
  recordOf(3, [fileEntry('a.md'), tombstone('b.md')]),
  recordOf(4, []),
  recordOf(6, [fileEntry('c.md')]),
];

function kindOf(bytes: Uint8Array): string {
  const read = decodeDelta(bytes);
  return read.ok ? 'ok' : read.problem.kind;
}

describe('a delta', () => {
  it('[OL5] comes back as it was written, and again with the same bytes', () => {
    fc.assert(
      fc.property(records(0), (list) => {
        const bytes = encodeDelta(list);
        const read = decodeDelta(bytes);
        expect(read).toEqual({ ok: true, value: list });
        if (read.ok) expect(encodeDelta(read.value)).toEqual(bytes);
      }),
      { numRuns: 200 },
    );
  });

  it('[OL19] holds one commit or more', () => {
    expect(kindOf(new Uint8Array())).toBe('truncated');
    expect(() => encodeDelta([])).toThrow(TypeError);
  });

  it('[OL19] holds commits in their order', () => {
    const [first = '', second = ''] = textOf(encodeDelta(SAMPLE)).split('\n');
    expect(kindOf(utf8(`${second}\n${first}\n`))).toBe('wrong-shape');
    expect(kindOf(utf8(`${first}\n${first}\n`))).toBe('wrong-shape');
    expect(() => encodeDelta([...SAMPLE].reverse())).toThrow(TypeError);
  });

  it('[OL7] yields nothing when one of its entries is damaged', () => {
    const bytes = utf8(textOf(encodeDelta(SAMPLE)).replace('"size":12', '"size":"12"'));
    expect(decodeDelta(bytes)).toEqual({
      ok: false,
      problem: { kind: 'wrong-shape', message: expect.stringContaining('Line 1') as string },
    });
  });

  it('[OL6] is truncated where its last line has no end', () => {
    expect(kindOf(encodeDelta(SAMPLE).subarray(0, -1))).toBe('truncated');
  });

  it('[OL9] is refused unread when it is too large', () => {
    expect(decodeDelta(encodeDelta(SAMPLE), 100)).toMatchObject({ problem: { kind: 'too-large' } });
  });

  it('[OL8] never throws, whatever was done to its bytes', () => {
    fc.assert(
      fc.property(mutated(encodeDelta(SAMPLE)), (damaged) => {
        expect(['ok', 'truncated', 'not-json', 'wrong-shape']).toContain(kindOf(damaged));
      }),
      { numRuns: 3_000 },
    );
  });
});
