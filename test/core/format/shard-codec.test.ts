import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { Entry } from '../../../src/core/model/entry.ts';
import { decodeShard, encodeShard } from '../../../src/core/format/shard-codec.ts';
import { entries, fileEntry, mutated, placeless, textOf, tombstone, utf8 } from './samples.ts';

const shards = fc.uniqueArray(entries, { selector: (entry) => entry.path, maxLength: 12 });
const SAMPLE: readonly Entry[] = [
  fileEntry('a.md'),
  tombstone('b.md'),
  fileEntry('c/ü.md'),
  fileEntry('c/😀.md'),
];

function kindOf(bytes: Uint8Array): string {
  const read = decodeShard(bytes);
  return read.ok ? 'ok' : read.problem.kind;
}

describe('a shard', () => {
  it('[OL20] has the same bytes whatever the order of its entries, ascending by code units', () => {
    fc.assert(
      fc.property(shards, (list) => {
        const bytes = encodeShard(list);
        expect(encodeShard([...list].reverse())).toEqual(bytes);
        const sorted = [...list].sort((a, b) => (a.path < b.path ? -1 : 1));
        expect(decodeShard(bytes)).toEqual({ ok: true, value: sorted });
      }),
      { numRuns: 200 },
    );
  });

  it('may be empty', () => {
    expect(encodeShard([])).toEqual(new Uint8Array());
    expect(decodeShard(new Uint8Array())).toEqual({ ok: true, value: [] });
  });

  it('[OL20] is damaged by a line out of order or twice', () => {
    const [first = '', second = ''] = textOf(encodeShard(SAMPLE)).split('\n');
    expect(kindOf(utf8(`${second}\n${first}\n`))).toBe('wrong-shape');
    expect(kindOf(utf8(`${first}\n${first}\n`))).toBe('wrong-shape');
  });

  it('[OL6] [OL7] yields nothing when it is cut, unless between two lines', () => {
    const bytes = encodeShard(SAMPLE);
    for (let end = 1; end < bytes.length; end += 1) {
      const expected = bytes[end - 1] === 0x0a ? 'ok' : /truncated|not-json/u;
      expect(kindOf(bytes.subarray(0, end))).toMatch(expected);
    }
  });

  it('[OL7] [OL17] yields nothing when one of its paths can be none', () => {
    const bytes = utf8(textOf(encodeShard(SAMPLE)).replace('"b.md"', '"b/../c.md"'));
    expect(decodeShard(bytes)).toEqual({
      ok: false,
      problem: { kind: 'wrong-shape', message: 'Line 2 of the shard is damaged: its path is wrong.' },
    });
  });

  it.each(['\n', 'null\n', '[]\n', '{}\n', '{\n', '"a"\n'])('[OL8] is not any text: %j', (text) => {
    expect(kindOf(utf8(text))).toMatch(/wrong-shape|not-json/u);
  });

  it('[OL9] is refused unread when it is too large', () => {
    expect(decodeShard(encodeShard(SAMPLE), 100)).toMatchObject({ problem: { kind: 'too-large' } });
  });

  it('[OL8] never throws, whatever was done to its bytes', () => {
    fc.assert(
      fc.property(mutated(encodeShard(SAMPLE)), (damaged) => {
        const read = decodeShard(damaged);
        if (read.ok) expect(read.value.every((entry) => typeof entry.path === 'string')).toBe(true);
      }),
      { numRuns: 3_000 },
    );
  });

  it('[OL10] is not written with an entry that no reader would accept', () => {
    expect(() => encodeShard([placeless(fileEntry('a.md'))])).toThrow('its at is wrong');
    expect(() => encodeShard([fileEntry('a.md'), tombstone('a.md')])).toThrow('twice');
    expect(() => encodeShard([fileEntry('a.md', { generation: 1.5 })])).toThrow('its gen is wrong');
  });
});
