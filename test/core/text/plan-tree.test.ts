import { describe, expect, it } from 'vitest';
import type { ContentHash } from '../../../src/core/model/ids.ts';
import type { FileEntry } from '../../../src/core/model/entry.ts';
import type { VaultPath } from '../../../src/core/model/vault-path.ts';
import type { Action } from '../../../src/core/plan/plan.ts';
import { changesOf, countKinds, treeOf, type ChangeFolder } from '../../../src/core/text/plan-tree.ts';

const hash = 'a'.repeat(64) as ContentHash;
const at = (path: string) => path as VaultPath;
const upload = (path: string): Action => ({ kind: 'upload', path: at(path), hash, prev: [], reason: 'new' });
const entry = { hash, sizeBytes: 1 } as FileEntry;

/** Folders and changes by name, in their order. */
function outline(folder: ChangeFolder): readonly string[] {
  return [
    ...folder.folders.flatMap((inner) => [
      `${inner.name}/ ${String(inner.total)}`,
      ...outline(inner).map((line) => `  ${line}`),
    ]),
    ...folder.changes.map(({ name }) => name),
  ];
}

describe('the changes of a plan', () => {
  it('leave out what only the device has to remember', () => {
    const actions: Action[] = [
      { kind: 'adopt-base', path: at('a.md'), hash, reason: 'equal' },
      { kind: 'drop-base', path: at('b.md'), reason: 'gone' },
      upload('c.md'),
    ];
    expect(changesOf(actions)).toEqual([{ kind: 'send', path: 'c.md', name: 'c.md', reason: 'new' }]);
  });

  it('tell for each step which side it touches', () => {
    const actions: Action[] = [
      { kind: 'tombstone', path: at('1'), last: entry, reason: '' },
      { kind: 'trash', path: at('2'), expected: hash, reason: '' },
      { kind: 'download', path: at('3'), entry, expected: 'absent', reason: '' },
      { kind: 'resolve', path: at('4'), local: hash, remote: entry, reason: '' },
      { kind: 'skip', path: at('5'), row: { hash, reason: 'damaged' }, reason: '' },
    ];
    expect(changesOf(actions).map(({ kind }) => kind)).toEqual([
      'delete-in-cloud',
      'delete-here',
      'receive',
      'merge',
      'skip',
    ]);
  });

  it('show a rename where it ends, and where it comes from', () => {
    const rename: Action = {
      kind: 'move-local',
      from: at('old/a.md'),
      to: at('new/a.md'),
      expected: hash,
      why: 'renamed-elsewhere',
      reason: 'renamed',
    };
    expect(changesOf([rename])).toEqual([
      { kind: 'rename-here', path: 'new/a.md', name: 'a.md', from: 'old/a.md', reason: 'renamed' },
    ]);
  });

  it('are counted by kind in a fixed order, without kinds that do not occur', () => {
    const trash: Action = { kind: 'trash', path: at('z'), expected: hash, reason: '' };
    expect(countKinds(changesOf([trash, upload('a'), upload('b')]))).toEqual([
      { kind: 'send', count: 2 },
      { kind: 'delete-here', count: 1 },
    ]);
  });
});

describe('the tree of a plan', () => {
  it('has folders before notes, each sorted as people sort, and counts all below', () => {
    const paths = ['Note 10.md', 'Note 2.md', 'b/x.md', 'a/deep/y.md', 'a/z.md'];
    expect(outline(treeOf(changesOf(paths.map(upload))))).toEqual([
      'a/ 2',
      '  deep/ 1',
      '    y.md',
      '  z.md',
      'b/ 1',
      '  x.md',
      'Note 2.md',
      'Note 10.md',
    ]);
  });

  it('keeps an empty folder as a change with its slash', () => {
    expect(outline(treeOf(changesOf([upload('a/empty/')])))).toEqual(['a/ 1', '  empty/']);
  });

  it('keeps apart a folder and a note of one name', () => {
    expect(outline(treeOf(changesOf([upload('a'), upload('a/b.md')])))).toEqual(['a/ 1', '  b.md', 'a']);
  });
});
