import { describe, expect, it } from 'vitest';
import { dead, live, path, POLICY, world } from './model.ts';
import { shownPlan } from './shown.ts';

interface Case {
  readonly rule: string;
  readonly given: Parameters<typeof world>[0];
  readonly fresh?: boolean;
  readonly plan: readonly string[];
}

const AT = '2026-08-01 10-30';

const SPELLINGS: readonly Case[] = [
  {
    rule: '[NA1] a new file takes the spelling that the cloud has',
    given: { local: { N: 'y' }, remote: [live('n', 'x')] },
    plan: ['move-local N → n, y, spelling'],
  },
  {
    rule: '[NA1] also on a fresh device whose own spelling was deleted',
    given: { local: { N: 'x' }, remote: [dead('N', 'x'), live('n', 'y')] },
    fresh: true,
    plan: ['move-local N → n, x, spelling'],
  },
  {
    rule: '[NA1] its base is that of the committed spelling',
    given: { local: { AB: 'y' }, base: { ab: 'x' }, remote: [live('ab', 'x'), live('aB', 'z')] },
    plan: ['move-local AB → ab, y, spelling, base x', 'notice aB'],
  },
  {
    rule: '[NA1] it has none where each spelling had one',
    given: { local: { N: 'y' }, base: { N: 'z', n: 'x' }, remote: [dead('N', 'z'), live('n', 'x')] },
    plan: ['move-local N → n, y, spelling'],
  },
  {
    rule: '[NA2] three spellings get three names',
    given: { local: { AB: 'x', aB: 'y', ab: 'z' } },
    plan: [
      'upload AB x, prev []',
      'move-local aB → aB (case conflict Phone), y, case-conflict',
      'move-local ab → ab (case conflict Phone 2), z, case-conflict',
    ],
  },
  {
    rule: '[NA2] a second spelling beside the committed one gets a name of its own',
    given: { local: { n: 'x', N: 'y' }, base: { n: 'x' }, remote: [live('n', 'x')] },
    plan: ['move-local N → N (case conflict Phone), y, case-conflict'],
  },
  {
    rule: '[NA2] of two new spellings the first keeps its name',
    given: { local: { 'N.md': 'x', 'n.md': 'y' } },
    plan: ['upload N.md x, prev []', 'move-local n.md → n (case conflict Phone).md, y, case-conflict'],
  },
  {
    rule: '[NA2] an edit that a delete meets beside another spelling is kept under a name of its own',
    given: { local: { n: 'x', N: 'y' }, base: { n: 'x', N: 'z' }, remote: [live('n', 'x')] },
    plan: ['move-local N → N (case conflict Phone), y, case-conflict'],
  },
  {
    rule: '[NA3] a new spelling waits until the old one is gone from the cloud',
    given: { local: { N: 'y', b: 'x' }, base: { n: 'x' }, remote: [live('n', 'x')] },
    plan: ['move-remote n → b, local x', 'notice N'],
  },
  {
    rule: '[NA3] a download waits until another spelling is gone from the device',
    given: {
      local: { N: 'x', b: 'q' },
      base: { N: 'x' },
      remote: [dead('N', 'x', 'c'), live('c', 'x'), live('n', 'z')],
    },
    plan: ['move-local N → c, x, renamed-elsewhere, base x', 'upload b q, prev []', 'notice n'],
  },
  {
    rule: '[NA4] of two spellings in the cloud one is brought here',
    given: { remote: [live('N', 'x'), live('n', 'y')] },
    plan: ['download N x over absent', 'notice n'],
  },
  {
    rule: '[NA4] the one that is here stays',
    given: { local: { n: 'y' }, base: { n: 'y' }, remote: [live('N', 'x'), live('n', 'y')] },
    plan: ['notice N'],
  },
];

describe('spellings of one name', () => {
  it.each(SPELLINGS)('$rule', ({ given, fresh, plan }) => {
    expect(shownPlan(world(given, { fresh: fresh ?? false }))).toEqual(plan);
  });
});

describe('names that are refused here', () => {
  const policy = {
    ...POLICY,
    nameProblem: (at: string) => (at.includes('?') ? 'a name holds ?' : undefined),
  };

  it('[NA5] a file that is here has a name that can be kept here, whatever the rules say', () => {
    expect(shownPlan(world({ local: { 'what?': 'x' } }, { policy }))).toEqual(['upload what? x, prev []']);
  });

  it('[NA5] so has one that is here in another spelling', () => {
    expect(shownPlan(world({ local: { 'What?': 'x' }, remote: [live('what?', 'x')] }, { policy }))).toEqual([
      'move-local What? → what?, x, spelling',
    ]);
  });

  it('[NA5] a file renamed elsewhere to a refused name leaves as one that was deleted', () => {
    const remote = [dead('a', 'x', 'what?'), live('what?', 'x', { from: 'a' })];
    expect(shownPlan(world({ local: { a: 'x' }, base: { a: 'x' }, remote }, { policy }))).toEqual([
      'trash a x',
      'skip what? x, illegal-here',
    ]);
  });
});

interface FolderCase extends Case {
  readonly out?: string;
}

const FOLDERS: readonly FolderCase[] = [
  {
    rule: '[FO1] a file here gives way to a folder of the cloud',
    given: { local: { a: 'x' }, remote: [live('a/b', 'y')] },
    plan: [`move-local a → a (conflict Phone ${AT} xxxx), x, file-over-folder`, 'notice a/b'],
  },
  {
    rule: '[FO1] also one that was edited while the folder took its place',
    given: { local: { a: 'y' }, base: { a: 'x' }, remote: [dead('a', 'x'), live('a/b', 'z')] },
    plan: [`move-local a → a (conflict Phone ${AT} yyyy), y, file-over-folder`, 'notice a/b'],
  },
  {
    rule: '[FO1] and to an empty folder',
    given: { local: { a: 'x' }, remote: [live('a/', '-')] },
    plan: [`move-local a → a (conflict Phone ${AT} xxxx), x, file-over-folder`, 'notice a/'],
  },
  {
    rule: '[FO2] a file of the cloud gives way to a folder here',
    given: { local: { 'a/b': 'x' }, remote: [live('a', 'y')] },
    plan: [`move-remote a → a (conflict Phone ${AT} yyyy), remote`, 'notice a/b'],
  },
  {
    rule: '[FO2] also one that was deleted here and edited elsewhere',
    given: { local: { 'a/b': 'x' }, base: { a: 'z' }, remote: [live('a', 'y')] },
    plan: [`move-remote a → a (conflict Phone ${AT} yyyy), remote`, 'notice a/b'],
  },
  {
    rule: '[FO2] and to an empty folder here',
    given: { local: { 'a/': '-' }, remote: [live('a', 'y')] },
    plan: [`move-remote a → a (conflict Phone ${AT} yyyy), remote`, 'notice a/'],
  },
  {
    rule: '[FO2] and to a folder of the cloud itself',
    given: { remote: [live('a', 'y'), live('a/b', 'x')] },
    plan: [`move-remote a → a (conflict Phone ${AT} yyyy), remote`, 'download a/b x over absent'],
  },
  {
    rule: '[FO3] a file that leaves the device for a folder is not copied',
    given: { local: { a: 'x' }, base: { a: 'x' }, remote: [dead('a', 'x'), live('a/b', 'y')] },
    plan: ['trash a x', 'notice a/b'],
  },
  {
    rule: '[FO3] a file that leaves the cloud for a folder is not copied',
    given: { local: { 'a/b': 'y' }, base: { a: 'x' }, remote: [live('a', 'x')] },
    plan: ['tombstone a x', 'notice a/b'],
  },
  {
    rule: '[FO3] a folder that leaves the device for a file is waited for',
    given: { local: { 'a/b': 'x' }, base: { 'a/b': 'x' }, remote: [dead('a/b', 'x'), live('a', 'y')] },
    plan: ['trash a/b x', 'notice a'],
  },
  {
    rule: '[FO3] a folder that leaves the cloud for a file is waited for',
    given: { local: { a: 'y' }, base: { 'a/b': 'x' }, remote: [live('a/b', 'x')] },
    plan: ['tombstone a/b x', 'notice a'],
  },
  {
    rule: '[FO3] a note moved into a folder of its name is not lost on the way',
    given: { local: { 'a/b': 'x' }, base: { a: 'x' }, remote: [live('a', 'x')] },
    plan: ['tombstone a x', 'notice a/b'],
  },
  {
    rule: '[CC2] the name of a copy was nobody’s before, neither here nor in the cloud',
    given: {
      local: { a: 'c' },
      base: { [`a (conflict Phone ${AT} cccc)`]: 'x' },
      remote: [live('a/b', 'y'), dead(`a (conflict Phone ${AT} cccc 2)`, 'x')],
    },
    plan: [
      `move-local a → a (conflict Phone ${AT} cccc 3), c, file-over-folder`,
      `drop-base a (conflict Phone ${AT} cccc)`,
      'notice a/b',
    ],
  },
  {
    rule: '[FO4] spelling does not tell a file from a folder',
    given: { local: { A: 'x' }, remote: [live('a/b', 'y')] },
    plan: [`move-local A → A (conflict Phone ${AT} xxxx), x, file-over-folder`, 'notice a/b'],
  },
  {
    rule: '[FO4] two that only this disk can hold are parted before they are committed',
    given: { local: { A: 'x', 'a/b': 'y' } },
    plan: [`move-local A → A (conflict Phone ${AT} xxxx), x, file-over-folder`, 'upload a/b y, prev []'],
  },
  {
    rule: '[FO5] an empty folder is committed',
    given: { local: { 'a/': '-' } },
    plan: ['upload a/ -, prev []'],
  },
  {
    rule: '[FO5] one that holds something has no entry any more',
    given: { local: { 'a/b': 'x' }, base: { 'a/': '-' }, remote: [live('a/', '-')] },
    plan: ['tombstone a/ -', 'upload a/b x, prev []'],
  },
  {
    rule: '[FO5] also one that this device never made',
    given: { local: { 'a/b': 'x' }, remote: [live('a/', '-')] },
    plan: ['tombstone a/ -', 'upload a/b x, prev []'],
  },
  {
    rule: '[FO5] an empty folder here that the cloud has filled needs none',
    given: { local: { 'a/': '-' }, remote: [live('a/b', 'x')] },
    plan: ['download a/b x over absent'],
  },
  {
    rule: '[FO5] one that was removed elsewhere is removed here',
    given: { local: { 'a/': '-' }, base: { 'a/': '-' }, remote: [dead('a/', '-')] },
    plan: ['trash a/ -'],
  },
  {
    rule: '[FO9] an empty folder here stands for the committed one in another spelling',
    given: { local: { 'F/': '-' }, remote: [live('f/', '-')] },
    plan: ['adopt-base f/ -'],
  },
  {
    rule: '[FO9] and goes on standing for it',
    given: { local: { 'd/F/': '-' }, base: { 'D/F/': '-' }, remote: [live('D/F/', '-')] },
    plan: [],
  },
  {
    rule: '[FO9] until that one is deleted elsewhere',
    given: { local: { 'F/': '-' }, base: { 'f/': '-' }, remote: [dead('f/', '-')] },
    plan: ['trash F/ -', 'drop-base f/'],
  },
  {
    rule: '[FO9] or the folder here',
    given: { base: { 'f/': '-' }, remote: [live('f/', '-')] },
    plan: ['tombstone f/ -'],
  },
  {
    rule: '[FO9] of two empty folders here one is committed',
    given: { local: { 'F/': '-', 'f/': '-' } },
    plan: ['upload F/ -, prev []'],
  },
  {
    rule: '[FO9] beside a committed one another spelling is nothing',
    given: { local: { 'F/': '-', 'f/': '-' }, base: { 'f/': '-' }, remote: [live('f/', '-')] },
    plan: [],
  },
  {
    rule: '[FO9] of two in the cloud one is made here',
    given: { remote: [live('F/', '-'), live('f/', '-')] },
    plan: ['download F/ - over absent'],
  },
  {
    rule: '[FO6] a file that was set aside before is not copied again',
    given: { local: { [`A (conflict Pad ${AT} cccc)`]: 'c', 'a/b': 'y' }, remote: [live('A', 'c')] },
    plan: [`move-remote A → A (conflict Pad ${AT} cccc), local c`, 'notice a/b'],
  },
  {
    rule: '[FO7] nothing is done for what this device does not sync',
    given: { local: { 'a/b': 'x' }, remote: [live('a', 'y')] },
    out: 'a',
    plan: ['notice a/b'],
  },
];

describe('files and folders of one name', () => {
  it.each(FOLDERS)('$rule', ({ given, out, plan }) => {
    const policy = { ...POLICY, inScope: (at: string) => at !== (out ?? '') };
    expect(shownPlan(world(given, { policy }))).toEqual(plan);
  });

  it('[FO8] nothing is renamed for a folder in which something could not be read', () => {
    const unknown = new Map([[path('a/b'), 'unreadable']]);
    expect(shownPlan(world({ remote: [live('a', 'y')] }, { unknown }))).toEqual(['notice a']);
  });
});
