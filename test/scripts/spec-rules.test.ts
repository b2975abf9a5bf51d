import { describe, expect, it } from 'vitest';
import { compareSpec, readRules, readTestIds } from '../../scripts/spec-rules.mts';

/** Test sources are put together here, so that this file's own strings begin with no id. */
function testFile(...lines: readonly string[]): string {
  return lines.join('\n');
}

const page = (text: string) => readRules('docs/spec/a.md', text);
const idsIn = (text: string) => readTestIds('test/a.test.ts', text).map(({ id }) => id);

describe('the rules of a page', () => {
  it('are the lines of the agreed form, with their places', () => {
    expect(
      page('# Planner\n\nNames: see (PL7).\n- **[PL7]** A delete against an edit keeps the edit.\n'),
    ).toEqual({
      rules: [{ id: 'PL7', place: 'docs/spec/a.md:4' }],
      malformed: [],
    });
  });

  it.each([
    '- [PL7] No bold.',
    '* **[PL7]** Other bullet.',
    '- **[PL7] All bold.**',
    '- **[pl7]** Small.',
    '  - **[PL7]** Inner.',
  ])('take in no line that only looks like one: %s', (line) => {
    expect(page(line)).toEqual({ rules: [], malformed: ['docs/spec/a.md:1'] });
  });
});

describe('the ids of a test file', () => {
  it('come from titles, several in one title too', () => {
    const text = testFile(
      "describe('planner', () => {",
      "  it('[PL7] [PL8] keeps the edit', () => {});",
      '});',
    );
    expect(readTestIds('test/a.test.ts', text)).toEqual([
      { id: 'PL7', place: 'test/a.test.ts:2' },
      { id: 'PL8', place: 'test/a.test.ts:2' },
    ]);
  });

  it('come from tables, templates and tables of titles', () => {
    expect(idsIn("it.each([1])('[A1] row %i', () => {});")).toEqual(['A1']);
    expect(idsIn('it(`[A2] with ${name}`, () => {});')).toEqual(['A2']);
    expect(idsIn("const rows = [{ title: '[A3] row' }];")).toEqual(['A3']);
  });

  it('do not come from comments or from the middle of a title', () => {
    expect(idsIn("// '[A1] old'\nit('see [A1] there', () => {});")).toEqual([]);
  });

  it('do not come from tests that never run', () => {
    expect(idsIn("it.skip('[A1] later', () => {});")).toEqual([]);
    expect(idsIn("it.todo('[A1] later');")).toEqual([]);
    expect(idsIn("describe.skip('x', () => { it('[A1] inner', () => {}); });")).toEqual([]);
    expect(idsIn("it.skip.each([1])('[A1] row', () => {});")).toEqual([]);
  });

  it('come from tests that run on some machines', () => {
    expect(idsIn("it.skipIf(offline)('[A1] now', () => {});")).toEqual(['A1']);
  });
});

describe('specification against tests', () => {
  const rule = '- **[A1]** One.\n';

  it('fits when each has the other', () => {
    expect(compareSpec([page(rule)], [{ id: 'A1', place: 't:1' }])).toEqual([]);
  });

  it('names a rule without a test', () => {
    expect(compareSpec([page(rule)], [])).toEqual(['docs/spec/a.md:1: no test begins with [A1]']);
  });

  it('names an id without a rule', () => {
    expect(compareSpec([], [{ id: 'A1', place: 't:1' }])).toEqual([
      't:1: the specification has no rule [A1]',
    ]);
  });

  it('names an id that two rules have, also on two pages', () => {
    expect(compareSpec([page(rule), page(rule)], [{ id: 'A1', place: 't:1' }])).toEqual([
      'docs/spec/a.md:1: [A1] already stands at docs/spec/a.md:1',
    ]);
  });

  it('names a malformed rule', () => {
    expect(compareSpec([page('- [A1] One.')], [])).toEqual([
      'docs/spec/a.md:1: looks like a rule, but is not "- **[ID1]** sentence."',
    ]);
  });
});
