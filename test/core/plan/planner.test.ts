import { describe, expect, it } from 'vitest';
import type { Entry } from '../../../src/core/model/entry.ts';
import type { SkipReason } from '../../../src/core/plan/plan.ts';
import { dead, hash, live, path, planOf, POLICY, world, type World } from './model.ts';
import { shownPlan } from './shown.ts';

interface Row {
  readonly rule: string;
  /** Contents here, of the base, in the cloud; a letter each, empty for none. */
  readonly sides: readonly [local: string, base: string, remote: Entry | undefined];
  readonly fresh?: boolean;
  readonly skipped?: readonly [letter: string, reason: SkipReason];
  readonly refused?: boolean;
  readonly plan: readonly string[];
}

const x = live('n', 'x');
const y = live('n', 'y', { prev: 'x' });
const z = live('n', 'z');
const empty = live('n', '-', { prev: 'p' });
const gone = dead('n', 'x');

const ROWS: readonly Row[] = [
  { rule: '[PL1] what agrees is left alone', sides: ['x', 'x', x], plan: [] },
  { rule: '[PL1] a tombstone of what was never here is nothing', sides: ['', '', gone], plan: [] },
  {
    rule: '[PL2] new here is uploaded, without a past',
    sides: ['x', '', undefined],
    plan: ['upload n x, prev []'],
  },
  {
    rule: '[PL3] new in the cloud is downloaded to a free path',
    sides: ['', '', x],
    plan: ['download n x over absent'],
  },
  {
    rule: '[PL4] the same created on both sides is remembered',
    sides: ['x', '', x],
    plan: ['adopt-base n x'],
  },
  { rule: '[PL4] the same edit on both sides is remembered', sides: ['y', 'x', y], plan: ['adopt-base n y'] },
  { rule: '[PL5] created on both sides is looked at', sides: ['x', '', z], plan: ['resolve n x z'] },
  { rule: '[PL5] an empty file here gives way', sides: ['-', '', x], plan: ['download n x over -'] },
  {
    rule: '[PL5] an empty file in the cloud gives way',
    sides: ['x', '', empty],
    plan: ['upload n x, prev [-p]'],
  },
  {
    rule: '[PL5] a fresh device takes what came after its version',
    sides: ['x', '', y],
    fresh: true,
    plan: ['download n y over x'],
  },
  { rule: '[PL5] a device that is not fresh keeps both', sides: ['x', '', y], plan: ['resolve n x y'] },
  {
    rule: '[PL5] a fresh device keeps a version that the cloud never had',
    sides: ['z', '', y],
    fresh: true,
    plan: ['resolve n z y'],
  },
  {
    rule: '[PL5] a fresh device does not empty its file',
    sides: ['p', '', empty],
    fresh: true,
    plan: ['upload n p, prev [-p]'],
  },
  {
    rule: '[PL6] an edit here is uploaded, with what it replaces',
    sides: ['z', 'y', y],
    plan: ['upload n z, prev [yx]'],
  },
  {
    rule: '[PL7] an edit elsewhere replaces what the device had',
    sides: ['x', 'x', y],
    plan: ['download n y over x'],
  },
  {
    rule: '[PL8] edits on both sides are looked at, with their base',
    sides: ['z', 'x', y],
    plan: ['resolve n z y, base x'],
  },
  { rule: '[PL9] a delete here is committed', sides: ['', 'x', x], plan: ['tombstone n x'] },
  {
    rule: '[PL10] a delete elsewhere moves the file to the trash',
    sides: ['x', 'x', gone],
    plan: ['trash n x'],
  },
  { rule: '[PL10] so does absence from a verified head', sides: ['x', 'x', undefined], plan: ['trash n x'] },
  { rule: '[PL11] a path gone on both sides is forgotten', sides: ['', 'x', gone], plan: ['drop-base n'] },
  {
    rule: '[PL11] so is one that even its tombstone has left',
    sides: ['', 'x', undefined],
    plan: ['drop-base n'],
  },
  {
    rule: '[PL12] an edit elsewhere beats a delete here',
    sides: ['', 'x', y],
    plan: ['download n y over absent'],
  },
  {
    rule: '[PL13] an edit here beats a delete elsewhere, and begins anew',
    sides: ['y', 'x', gone],
    plan: ['upload n y, prev []'],
  },
  {
    rule: '[PL13] also one that left no tombstone',
    sides: ['y', 'x', undefined],
    plan: ['upload n y, prev []'],
  },
  {
    rule: '[PL14] what comes back after a delete is uploaded',
    sides: ['x', '', gone],
    plan: ['upload n x, prev []'],
  },
  {
    rule: '[PL14] a fresh device neither deletes nor revives what was deleted',
    sides: ['x', '', gone],
    fresh: true,
    plan: ['skip n x, deleted-elsewhere'],
  },
  {
    rule: '[PL14] it goes on showing it',
    sides: ['x', '', gone],
    fresh: true,
    skipped: ['x', 'deleted-elsewhere'],
    plan: ['notice n'],
  },
  {
    rule: '[PL14] also when it is fresh no more',
    sides: ['x', '', gone],
    skipped: ['x', 'deleted-elsewhere'],
    plan: ['notice n'],
  },
  {
    rule: '[PL14] an edit there brings it back',
    sides: ['y', '', gone],
    skipped: ['x', 'deleted-elsewhere'],
    plan: ['upload n y, prev []'],
  },
  {
    rule: '[PL14] a fresh device with another version uploads it',
    sides: ['y', '', gone],
    fresh: true,
    plan: ['upload n y, prev []'],
  },
  {
    rule: '[PL15] damaged contents are not fetched again',
    sides: ['', '', x],
    skipped: ['x', 'damaged'],
    plan: ['notice n'],
  },
  {
    rule: '[PL15] they do not replace the file here',
    sides: ['x', 'x', y],
    skipped: ['y', 'damaged'],
    plan: ['notice n'],
  },
  { rule: '[PL15] they are not merged', sides: ['z', 'x', y], skipped: ['y', 'damaged'], plan: ['notice n'] },
  {
    rule: '[PL15] a delete here does not restore them',
    sides: ['', 'x', y],
    skipped: ['y', 'damaged'],
    plan: ['notice n'],
  },
  {
    rule: '[PL15] an edit of them is uploaded over them',
    sides: ['z', 'y', y],
    skipped: ['y', 'damaged'],
    plan: ['upload n z, prev [yx]'],
  },
  {
    rule: '[PL15] other contents end it',
    sides: ['', '', z],
    skipped: ['y', 'damaged'],
    plan: ['download n z over absent'],
  },
  {
    rule: '[PL16] a name refused here is remembered as such',
    sides: ['', '', x],
    refused: true,
    plan: ['skip n x, illegal-here'],
  },
  {
    rule: '[PL16] once',
    sides: ['', '', x],
    refused: true,
    skipped: ['x', 'illegal-here'],
    plan: ['notice n'],
  },
  {
    rule: '[PL16] and again for other contents',
    sides: ['', '', y],
    refused: true,
    skipped: ['x', 'illegal-here'],
    plan: ['skip n y, illegal-here'],
  },
  {
    rule: '[PL16] its absence is no delete',
    sides: ['', 'x', x],
    refused: true,
    skipped: ['x', 'illegal-here'],
    plan: ['drop-base n'],
  },
  {
    rule: '[PL16] a name that has become legal is downloaded',
    sides: ['', '', x],
    skipped: ['x', 'illegal-here'],
    plan: ['download n x over absent'],
  },
  {
    rule: '[PL16] and then its delete is a delete',
    sides: ['', 'x', x],
    skipped: ['x', 'illegal-here'],
    plan: ['tombstone n x'],
  },
  {
    rule: '[PL16] a file that is here has a legal name',
    sides: ['y', 'x', x],
    refused: true,
    plan: ['upload n y, prev [x]'],
  },
];

function worldOf({ sides: [local, base, remote], ...row }: Row): World {
  const skipped: World['skipped'] = new Map(
    row.skipped === undefined ? [] : [[path('n'), { hash: hash(row.skipped[0]), reason: row.skipped[1] }]],
  );
  const policy = { ...POLICY, nameProblem: () => (row.refused === true ? 'a name holds ?' : undefined) };
  return world(
    {
      local: local === '' ? {} : { n: local },
      base: base === '' ? {} : { n: base },
      remote: remote === undefined ? [] : [remote],
    },
    { skipped, policy, fresh: row.fresh ?? false },
  );
}

describe('the rows of one path', () => {
  it.each(ROWS)('$rule', (row) => {
    expect(shownPlan(worldOf(row))).toEqual(row.plan);
  });

  it('[PL6] a path keeps four former contents at most', () => {
    const entry = live('n', 'y', { prev: 'abcd' });
    expect(shownPlan(world({ local: { n: 'z' }, base: { n: 'y' }, remote: [entry] }))).toEqual([
      'upload n z, prev [yabc]',
    ]);
  });

  it.each(ROWS)('gives each step a reason that a person can read: $rule', (row) => {
    const { actions, notices } = planOf(worldOf(row));
    for (const { reason } of [...actions, ...notices]) expect(reason).toMatch(/^[a-z][^{}]{5,}[^.]$/u);
  });
});

describe('what is not planned', () => {
  const sides = {
    local: { 'a/n': 'y' },
    base: { m: 'x', 'a/n': 'x' },
    remote: [live('a/n', 'z'), live('m', 'x')],
  };

  it.each([
    ['[PL17] nothing is concluded about an unknown path', 'm', ['resolve a/n y z, base x']],
    ['[PL17] nor about one below an unknown folder', 'a/', ['tombstone m x']],
    ['[PL17] nor about another spelling of one', 'A/N', ['tombstone m x']],
    ['[PL17] nor about one whose folder may be a file', 'a', ['tombstone m x']],
  ])('%s', (_title, name, expected) => {
    expect(shownPlan(world(sides, { unknown: new Map([[path(name), 'unreadable']]) }))).toEqual(expected);
  });

  it('[PL18] what is out of scope is left alone on every side', () => {
    const policy = { ...POLICY, inScope: (at: string) => !at.startsWith('a/') };
    expect(shownPlan(world(sides, { policy }))).toEqual(['tombstone m x']);
  });
});
