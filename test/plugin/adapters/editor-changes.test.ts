import fc from 'fast-check';
import type { EditorChange, EditorPosition } from 'obsidian';
import { describe, expect, it } from 'vitest';
import { editorChanges } from '../../../src/plugin/adapters/editor-changes.ts';

function offsetOf(text: string, { line, ch }: EditorPosition): number {
  const lines = text.split('\n').slice(0, line);
  return lines.reduce((sum, each) => sum + each.length + 1, 0) + ch;
}

/** As an editor carries a transaction out: all positions are of the text before. */
function applied(before: string, changes: readonly EditorChange[]): string {
  let after = '';
  let done = 0;
  for (const { from, to = from, text } of changes) {
    const start = offsetOf(before, from);
    if (start < done) throw new Error('changes must ascend and not overlap');
    after += before.slice(done, start) + text;
    done = offsetOf(before, to);
  }
  return after + before.slice(done);
}

const lines = fc
  .array(fc.constantFrom('', 'a', 'ab', 'abc', 'xbc', '😀', '😁', 'long line of words'), { maxLength: 12 })
  .map((all) => all.join('\n'));

describe('changes for an editor', () => {
  it('[PV2] make the wanted text of any other', () => {
    fc.assert(
      fc.property(lines, lines, (before, after) => {
        expect(applied(before, editorChanges(before, after))).toBe(after);
      }),
      { numRuns: 2000 },
    );
  });

  it('[PV2] are none for the same text', () => {
    expect(editorChanges('a\nb\n', 'a\nb\n')).toEqual([]);
  });

  it('[PV2] touch only the words that differ, line by line', () => {
    const before = 'first line\nsame\nthird line\n';
    const after = 'first new line\nsame\nthird line!\n';
    expect(editorChanges(before, after)).toEqual([
      { from: { line: 0, ch: 6 }, to: { line: 0, ch: 6 }, text: 'new ' },
      { from: { line: 2, ch: 10 }, to: { line: 2, ch: 10 }, text: '!' },
    ]);
  });

  it('[PV2] put lines in without touching those around', () => {
    expect(editorChanges('a\nd', 'a\nb\nc\nd')).toEqual([
      { from: { line: 1, ch: 0 }, to: { line: 1, ch: 0 }, text: 'b\nc\n' },
    ]);
  });

  it('never part the halves of a character', () => {
    for (const { from, to } of editorChanges('x😀y', 'x😁y')) {
      expect(from.ch).toBe(1);
      expect(to?.ch).toBe(3);
    }
  });

  it('end soon on texts that have nothing in common', () => {
    const text = (seed: number): string =>
      Array.from({ length: 5000 }, (_, n) => `${String((n * seed) % 997)} ${String(n % seed)}`).join('\n');
    const [before, after] = [text(31), text(57)];
    expect(applied(before, editorChanges(before, after))).toBe(after);
  });
});
