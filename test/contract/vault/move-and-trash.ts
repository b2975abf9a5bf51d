import { describe, expect, it } from 'vitest';
import { everything, hashOf, install, kindOf, MTIME, path, textOf, type VaultSubject } from './subject.ts';

/** Rules of `move`, `trash` and `setFolder`. */
export function moveAndTrash(current: () => VaultSubject): void {
  describe('move', () => {
    it('[VA20] renames a file with what is expected, keeps its time and makes folders', async () => {
      const { vault, user } = current();
      await user.write('a/old.md', 'text', MTIME);
      expect(await vault.move(path('a/old.md'), path('b/c/new.md'), hashOf('text'))).toEqual({
        kind: 'done',
        file: { path: 'b/c/new.md', sizeBytes: 4, mtimeMs: MTIME },
      });
      expect(await user.read('b/c/new.md')).toBe('text');
      expect(await everything(vault)).toEqual({
        files: ['b/c/new.md'],
        emptyFolders: ['a/'],
        problems: [],
      });
    });

    it.each([
      { case: 'was edited', from: 'edited', to: undefined },
      { case: 'is gone', from: undefined, to: undefined },
      { case: 'would replace another file', from: 'text', to: 'mine' },
      { case: 'would replace an equal file', from: 'text', to: 'text' },
    ])('[VA21] leaves a file that $case', async ({ from, to }) => {
      const { vault, user } = current();
      if (from !== undefined) await user.write('from.md', from);
      if (to !== undefined) await user.write('to.md', to);
      expect(await vault.move(path('from.md'), path('to.md'), hashOf('text'))).toEqual({ kind: 'changed' });
      expect(await user.read('from.md')).toBe(from);
      expect(await user.read('to.md')).toBe(to);
    });

    it('[VA21] moves no folder and no link, and onto none', async () => {
      const { vault, user, seesLinks } = current();
      await user.write('note.md', 'text');
      await user.mkdir('folder');
      expect(await vault.move(path('folder'), path('to.md'), hashOf(''))).toEqual({ kind: 'changed' });
      expect(await vault.move(path('note.md'), path('folder'), hashOf('text'))).toEqual({
        kind: 'changed',
      });
      expect(await kindOf(vault.move(path('note.md'), path('note.md/x.md'), hashOf('text')))).toBe('blocked');
      expect(await user.read('note.md')).toBe('text');
      if (!seesLinks) return;
      await user.link('link.md', 'file');
      expect(await vault.move(path('link.md'), path('to.md'), hashOf('outside'))).toEqual({
        kind: 'changed',
      });
      expect(await vault.move(path('note.md'), path('link.md'), hashOf('text'))).toEqual({
        kind: 'changed',
      });
    });

    it('[VA22] changes only the case of a name', async () => {
      const { vault, user } = current();
      await user.write('a/note.md', 'text');
      const result = await vault.move(path('a/note.md'), path('a/Note.md'), hashOf('text'));
      expect(result.kind).toBe('done');
      expect((await everything(vault)).files).toEqual(['a/Note.md']);
      expect(await user.read('a/Note.md')).toBe('text');
    });

    it('[VA22] changes only the case of a folder on the way', async () => {
      const { vault, user, ignoresCase } = current();
      await user.write('Folder/note.md', 'text');
      const result = await vault.move(path('Folder/note.md'), path('folder/note.md'), hashOf('text'));
      expect(result.kind).toBe('done');
      expect(await everything(vault)).toEqual({
        files: ['folder/note.md'],
        emptyFolders: ignoresCase ? [] : ['Folder/'],
        problems: [],
      });
    });

    it('[VA22] does not take two files whose names differ in case for one', async () => {
      const subject = current();
      const { vault, user } = subject;
      if (subject.ignoresCase) return;
      await user.write('note.md', 'one');
      await user.write('Note.md', 'two');
      expect(await vault.move(path('note.md'), path('Note.md'), hashOf('one'))).toEqual({
        kind: 'changed',
      });
      expect((await everything(vault)).files).toEqual(['Note.md', 'note.md']);
    });

    it('[VA22] takes names that differ in case for one file where the host does', async () => {
      const subject = current();
      const { vault, user } = subject;
      if (!subject.ignoresCase) return;
      await user.write('Note.md', 'one');
      expect(await textOf(vault, 'note.md')).toBe('one');
      expect(await install(vault, 'note.md', 'two', 'absent')).toEqual({ kind: 'changed' });
      expect((await install(vault, 'note.md', 'two', hashOf('one'))).kind).toBe('done');
      expect(await user.read('NOTE.md')).toBe('two');
      expect((await everything(vault)).files).toHaveLength(1);
    });
  });
  describe('trash', () => {
    it('[VA25] keeps what it takes away, under its path', async () => {
      const subject = current();
      const { vault, user } = subject;
      await user.write('a/note.md', 'text');
      expect(await vault.moveToTrash(path('a/note.md'), hashOf('text'))).toEqual({ kind: 'done' });
      const place = subject.trashKeepsPaths ? 'a/note.md' : 'note.md';
      expect(await subject.trashed()).toEqual(new Map([[place, 'text']]));
      expect(await everything(vault)).toEqual({ files: [], emptyFolders: ['a/'], problems: [] });
    });

    it('[VA25] finds a free name for every file of one path', async () => {
      const subject = current();
      const { vault, user } = subject;
      for (const text of ['one', 'two', 'three']) {
        await user.write('note.md', text);
        await vault.moveToTrash(path('note.md'), hashOf(text));
      }
      expect(await subject.trashed()).toEqual(
        new Map([
          ['note.md', 'one'],
          ['note 2.md', 'two'],
          ['note 3.md', 'three'],
        ]),
      );
    });

    it('[VA25] keeps a file of a folder whose name a trashed file has', async () => {
      const subject = current();
      const { vault, user } = subject;
      await user.write('a', 'the file');
      await vault.moveToTrash(path('a'), hashOf('the file'));
      await user.write('a/b.md', 'in the folder');
      expect(await vault.moveToTrash(path('a/b.md'), hashOf('in the folder'))).toEqual({ kind: 'done' });
      expect(await subject.trashed()).toEqual(
        new Map([
          ['a', 'the file'],
          [subject.trashKeepsPaths ? 'a 2/b.md' : 'b.md', 'in the folder'],
        ]),
      );
    });

    it('[VA26] leaves what is not expected, and says when nothing is there', async () => {
      const subject = current();
      const { vault, user } = subject;
      await user.write('note.md', 'edited');
      expect(await vault.moveToTrash(path('note.md'), hashOf('text'))).toEqual({ kind: 'changed' });
      expect(await vault.moveToTrash(path('absent.md'), hashOf('text'))).toEqual({ kind: 'absent' });
      expect(await vault.moveToTrash(path('no/where.md'), hashOf('text'))).toEqual({ kind: 'absent' });
      expect(await user.read('note.md')).toBe('edited');
      expect(await subject.trashed()).toEqual(new Map());
      if (!subject.seesLinks) return;
      await user.link('link.md', 'file');
      expect(await vault.moveToTrash(path('link.md'), hashOf('outside'))).toEqual({ kind: 'changed' });
    });
  });
  describe('setFolder', () => {
    it('[VA28] makes a folder with all above it, once or twice', async () => {
      const { vault } = current();
      await vault.setFolder(path('a/b/'), 'present');
      await vault.setFolder(path('a/b/'), 'present');
      expect((await everything(vault)).emptyFolders).toEqual(['a/b/']);
    });

    it('[VA28] removes a folder that is empty, and it alone', async () => {
      const { vault, user } = current();
      await user.mkdir('a/b');
      await vault.setFolder(path('a/b/'), 'absent');
      await vault.setFolder(path('a/b/'), 'absent');
      expect((await everything(vault)).emptyFolders).toEqual(['a/']);
    });

    it('[VA28] leaves a folder that holds anything, and a file in its place', async () => {
      const { vault, user } = current();
      await user.write('full/.hidden', 'x');
      await user.write('file', 'x');
      await vault.setFolder(path('full/'), 'absent');
      await vault.setFolder(path('file/'), 'absent');
      expect((await everything(vault)).files).toEqual(['file', 'full/.hidden']);
      expect(await kindOf(vault.setFolder(path('file/'), 'present'))).toBe('blocked');
      expect(await kindOf(vault.setFolder(path('file/below/'), 'present'))).toBe('blocked');
    });
  });
}
