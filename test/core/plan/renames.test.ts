import { describe, expect, it } from 'vitest';
import { dead, live, path, world, type World } from './model.ts';
import { shownPlan } from './shown.ts';

interface Case {
  readonly rule: string;
  readonly given: Parameters<typeof world>[0];
  readonly more?: Partial<Pick<World, 'unknown' | 'fresh'>>;
  readonly plan: readonly string[];
}

const HERE: readonly Case[] = [
  {
    rule: '[RN1] a file renamed here is moved in the cloud',
    given: { local: { b: 'x' }, base: { a: 'x' }, remote: [live('a', 'x')] },
    plan: ['move-remote a → b, local x'],
  },
  {
    rule: '[RN1] also to a name that was deleted once',
    given: { local: { b: 'x' }, base: { a: 'x' }, remote: [live('a', 'x'), dead('b', 'q')] },
    plan: ['move-remote a → b, local x'],
  },
  {
    rule: '[RN1] a whole folder is moved, file by file',
    given: {
      local: { 'g/a': 'x', 'g/b': 'y' },
      base: { 'f/a': 'x', 'f/b': 'y' },
      remote: [live('f/a', 'x'), live('f/b', 'y')],
    },
    plan: ['move-remote f/a → g/a, local x', 'move-remote f/b → g/b, local y'],
  },
  {
    rule: '[RN2] a change of case is a rename',
    given: { local: { N: 'x' }, base: { n: 'x' }, remote: [live('n', 'x')] },
    plan: ['move-remote n → N, local x'],
  },
  {
    rule: '[RN2] also together with an edit',
    given: { local: { N: 'y' }, base: { n: 'x' }, remote: [live('n', 'x')] },
    plan: ['move-remote n → N, local y'],
  },
  {
    rule: '[RN3] an edit elsewhere goes to the new name',
    given: { local: { b: 'x' }, base: { a: 'x' }, remote: [live('a', 'y')] },
    plan: ['move-remote a → b, remote'],
  },
  {
    rule: '[RN3] also to a new spelling that was edited here',
    given: { local: { N: 'z' }, base: { n: 'x' }, remote: [live('n', 'y')] },
    plan: ['move-remote n → N, remote'],
  },
  {
    rule: '[RN7] of two new files with the contents, neither is the renamed one',
    given: { local: { b: 'x', c: 'x' }, base: { a: 'x' }, remote: [live('a', 'x')] },
    plan: ['tombstone a x', 'upload b x, prev []', 'upload c x, prev []'],
  },
  {
    rule: '[RN7] of two vanished files with the contents, neither was renamed',
    given: { local: { c: 'x' }, base: { a: 'x', b: 'x' }, remote: [live('a', 'x'), live('b', 'x')] },
    plan: ['tombstone a x', 'tombstone b x', 'upload c x, prev []'],
  },
  {
    rule: '[RN7] empty files prove nothing',
    given: { local: { b: '-' }, base: { a: '-' }, remote: [live('a', '-')] },
    plan: ['tombstone a -', 'upload b -, prev []'],
  },
  {
    rule: '[RN8] a swap is two edits',
    given: { local: { a: 'y', b: 'x' }, base: { a: 'x', b: 'y' }, remote: [live('a', 'x'), live('b', 'y')] },
    plan: ['upload a y, prev [x]', 'upload b x, prev [y]'],
  },
  {
    rule: '[RN8] a chain keeps every file',
    given: { local: { b: 'x', c: 'y' }, base: { a: 'x', b: 'y' }, remote: [live('a', 'x'), live('b', 'y')] },
    plan: ['tombstone a x', 'upload b x, prev [y]', 'upload c y, prev []'],
  },
  {
    rule: '[RN9] a new name that the cloud has is no free one',
    given: { local: { b: 'x' }, base: { a: 'x' }, remote: [live('a', 'x'), live('b', 'z')] },
    plan: ['tombstone a x', 'resolve b x z'],
  },
];

const ELSEWHERE: readonly Case[] = [
  {
    rule: '[RN4] a file renamed elsewhere is renamed here',
    given: {
      local: { a: 'x' },
      base: { a: 'x' },
      remote: [dead('a', 'x', 'b'), live('b', 'x', { from: 'a' })],
    },
    plan: ['move-local a → b, x, renamed-elsewhere, base x'],
  },
  {
    rule: '[RN4] an edit here goes along',
    given: {
      local: { a: 'y' },
      base: { a: 'x' },
      remote: [dead('a', 'x', 'b'), live('b', 'x', { from: 'a' })],
    },
    plan: ['move-local a → b, y, renamed-elsewhere, base x'],
  },
  {
    rule: '[RN4] it is followed after edits under the new name',
    given: {
      local: { a: 'x' },
      base: { a: 'x' },
      remote: [dead('a', 'x', 'b'), live('b', 'z', { prev: 'yx' })],
    },
    plan: ['move-local a → b, x, renamed-elsewhere, base x'],
  },
  {
    rule: '[RN4] it is followed from name to name',
    given: {
      local: { a: 'x' },
      base: { a: 'x' },
      remote: [dead('a', 'x', 'b'), dead('b', 'x', 'c'), live('c', 'x', { from: 'b' })],
    },
    plan: ['move-local a → c, x, renamed-elsewhere, base x'],
  },
  {
    rule: '[RN4] a change of case elsewhere renames here',
    given: {
      local: { n: 'x' },
      base: { n: 'x' },
      remote: [dead('n', 'x', 'N'), live('N', 'x', { from: 'n' })],
    },
    plan: ['move-local n → N, x, renamed-elsewhere, base x'],
  },
  {
    rule: '[RN6] another file under the name is not followed',
    given: {
      local: { a: 'x' },
      base: { a: 'x' },
      remote: [dead('a', 'x', 'b'), live('b', 'q', { from: 'c' })],
    },
    plan: ['trash a x', 'download b q over absent'],
  },
  {
    rule: '[RN6] names that lead in a circle are not followed',
    given: { local: { a: 'x' }, base: { a: 'x' }, remote: [dead('a', 'x', 'b'), dead('b', 'x', 'a')] },
    plan: ['trash a x'],
  },
  {
    rule: '[RN8] a swap elsewhere is two downloads',
    given: {
      local: { a: 'x', b: 'y' },
      base: { a: 'x', b: 'y' },
      remote: [live('a', 'y', { from: 'b' }), live('b', 'x', { from: 'a' })],
    },
    plan: ['download a y over x', 'download b x over y'],
  },
  {
    rule: '[RN8] a chain elsewhere keeps every file',
    given: {
      local: { a: 'x', b: 'y' },
      base: { a: 'x', b: 'y' },
      remote: [dead('a', 'x', 'b'), live('b', 'x', { from: 'a' }), live('c', 'y', { from: 'b' })],
    },
    plan: ['trash a x', 'download b x over y', 'download c y over absent'],
  },
  {
    rule: '[RN9] a file here under the new name stays, and the two are looked at',
    given: {
      local: { a: 'x', b: 'z' },
      base: { a: 'x' },
      remote: [dead('a', 'x', 'b'), live('b', 'x', { from: 'a' })],
    },
    plan: ['trash a x', 'resolve b z x'],
  },
  {
    rule: '[RN9] so does one that is here in another spelling',
    given: {
      local: { a: 'x', B: 'z' },
      base: { a: 'x' },
      remote: [dead('a', 'x', 'b'), live('b', 'x', { from: 'a' })],
    },
    plan: ['move-local B → b, z, spelling', 'trash a x'],
  },
  {
    rule: '[RN9] a new name that may be in use here is not taken',
    given: {
      local: { a: 'x' },
      base: { a: 'x' },
      remote: [dead('a', 'x', 'b'), live('b', 'x', { from: 'a' })],
    },
    more: { unknown: new Map([[path('b'), 'unreadable']]) },
    plan: ['trash a x'],
  },
  {
    rule: '[RN11] a delete beside a new entry in another spelling is a rename, not a delete',
    given: { local: { n: 'y' }, base: { n: 'x' }, remote: [dead('n', 'x'), live('N', 'z')] },
    plan: ['move-local n → N, y, renamed-elsewhere, base x'],
  },
];

const BOTH: readonly Case[] = [
  {
    rule: '[RN5] of two new names the committed one stays',
    given: {
      local: { c: 'x' },
      base: { a: 'x' },
      remote: [dead('a', 'x', 'b'), live('b', 'x', { from: 'a' })],
    },
    plan: ['move-local c → b, x, renamed-elsewhere, base x', 'drop-base a'],
  },
  {
    rule: '[RN9] a committed name that was deleted here is not taken by another file',
    given: {
      local: { c: 'x' },
      base: { a: 'x', b: 'z' },
      remote: [dead('a', 'x', 'b'), live('b', 'x', { from: 'a' })],
    },
    plan: ['drop-base a', 'download b x over absent', 'upload c x, prev []'],
  },
  {
    rule: '[RN5] the same new name, edited elsewhere, is an edit',
    given: {
      local: { b: 'x' },
      base: { a: 'x' },
      remote: [dead('a', 'x', 'b'), live('b', 'y', { prev: 'x' })],
    },
    plan: ['adopt-base b x', 'drop-base a'],
  },
  {
    rule: '[RN5] the same new name and contents agree',
    given: {
      local: { b: 'x' },
      base: { a: 'x' },
      remote: [dead('a', 'x', 'b'), live('b', 'x', { from: 'a' })],
    },
    plan: ['drop-base a', 'adopt-base b x'],
  },
  {
    rule: '[RN10] the committed spelling of a folder wins over the one here',
    given: {
      local: { 'F/a': 'x', 'F/b': 'y' },
      base: { 'f/a': 'x', 'F/b': 'y' },
      remote: [live('f/a', 'x'), dead('F/b', 'y', 'f/b'), live('f/b', 'y', { from: 'F/b' })],
    },
    plan: ['move-local F/a → f/a, x, spelling, base x', 'move-local F/b → f/b, y, renamed-elsewhere, base y'],
  },
  {
    rule: '[RN10] a folder that was only renamed here is renamed in the cloud',
    given: {
      local: { 'F/a': 'x', 'F/b': 'y' },
      base: { 'f/a': 'x', 'f/b': 'y' },
      remote: [live('f/a', 'x'), live('f/b', 'y')],
    },
    plan: ['move-remote f/a → F/a, local x', 'move-remote f/b → F/b, local y'],
  },
];

describe.each([
  ['renamed here', HERE],
  ['renamed elsewhere', ELSEWHERE],
  ['renamed on both sides', BOTH],
])('%s', (_title, cases) => {
  it.each(cases)('$rule', ({ given, more, plan }) => {
    expect(shownPlan(world(given, more))).toEqual(plan);
  });
});
