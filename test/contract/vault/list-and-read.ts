import { describe, expect, it } from 'vitest';
import { chunksOf, everything, hashOf, kindOf, MTIME, path, textOf, type VaultSubject } from './subject.ts';

/** Rules of `list` and `read`. */
export function listAndRead(current: () => VaultSubject): void {
  describe('list', () => {
    it('[VA1] shows every file once with its size and whole milliseconds', async () => {
      const { vault, user } = current();
      await user.write('note.md', 'abc', MTIME);
      await user.write('daily/2026/01.md', 'ü', MTIME + 1);
      const { files } = await vault.list({ include: () => true });
      expect([...files].sort((a, b) => (a.path < b.path ? -1 : 1))).toEqual([
        { path: 'daily/2026/01.md', sizeBytes: 2, mtimeMs: MTIME + 1 },
        { path: 'note.md', sizeBytes: 3, mtimeMs: MTIME },
      ]);
    });

    it('[VA2] shows a folder without anything in it as an empty folder, and no other', async () => {
      const { vault, user } = current();
      await user.mkdir('empty');
      await user.mkdir('outer/inner');
      await user.write('full/note.md', 'x');
      await user.write('left/note.md', 'x');
      await user.delete('left/note.md');
      expect(await everything(vault)).toEqual({
        files: ['full/note.md'],
        emptyFolders: ['empty/', 'left/', 'outer/inner/'],
        problems: [],
      });
    });

    it('[VA2] does not take a folder that holds only excluded things for an empty one', async () => {
      const { vault, user } = current();
      await user.write('pictures/large.bin', 'x');
      await user.mkdir('outer/.hidden');
      const { files, emptyFolders } = await vault.list({
        include: (at) => !at.endsWith('.bin') && !at.endsWith('.hidden/'),
      });
      expect({ files, emptyFolders }).toEqual({ files: [], emptyFolders: [] });
    });

    it('[VA3] asks about every file and folder, and leaves out unread what is refused', async () => {
      const { vault, user } = current();
      await user.write('secret/a.md', 'x');
      await user.write('open/b.md', 'x');
      await user.write('top.md', 'x');
      const asked: string[] = [];
      const { files } = await vault.list({
        include: (at) => {
          asked.push(at);
          return at !== 'secret/';
        },
      });
      expect(asked.sort()).toEqual(['open/', 'open/b.md', 'secret/', 'top.md']);
      expect(files.map((file) => file.path).sort()).toEqual(['open/b.md', 'top.md']);
    });

    it('[VA3] never shows the trash or what is staged', async () => {
      const { vault, user } = current();
      await user.write('note.md', 'x');
      await vault.moveToTrash(path('note.md'), hashOf('x'));
      await vault.stage(chunksOf('aside'));
      expect(await everything(vault)).toEqual({ files: [], emptyFolders: [], problems: [] });
    });

    it('[VA4] shows a link as a problem that stands on its key, and its folder as not empty', async () => {
      const { vault, user, seesLinks } = current();
      if (!seesLinks) return;
      await user.mkdir('links');
      await user.link('links/note.md', 'file');
      await user.link('links/folder', 'folder');
      expect(await everything(vault)).toEqual({
        files: [],
        emptyFolders: [],
        problems: ['special-file links/folder/', 'special-file links/note.md'],
      });
    });

    it('[VA5] rejects when the vault is not there, and does not make it anew', async () => {
      const { vault, user } = current();
      await user.write('note.md', 'x');
      const staged = await vault.stage(chunksOf('y'));
      await user.unplug();
      expect(await kindOf(vault.list({ include: () => true }))).toBe('unreadable');
      expect(await kindOf(vault.stage(chunksOf('z')))).not.toBe('no error');
      const put = vault.install(staged, path('a/b.md'), {
        expected: 'absent',
        hash: hashOf('y'),
        mtimeMs: MTIME,
      });
      expect(await kindOf(put)).not.toBe('no error');
      expect(await kindOf(vault.setFolder(path('folder/'), 'present'))).not.toBe('no error');
      expect(await kindOf(vault.list({ include: () => true }))).toBe('unreadable');
    });

    it('[VA6] ends with an error when the signal has fired', async () => {
      const { vault, user } = current();
      await user.write('note.md', 'x');
      const signal = AbortSignal.abort(new Error('enough'));
      expect(await kindOf(vault.list({ include: () => true, signal }))).toBe('unexpected');
    });
  });
  describe('read', () => {
    it('[VA7] gives the bytes and the stat that a listing gives', async () => {
      const { vault, user } = current();
      await user.write('a/note.md', 'some text', MTIME);
      const { bytes, file } = await vault.read(path('a/note.md'));
      expect(new TextDecoder().decode(bytes)).toBe('some text');
      expect((await vault.list({ include: () => true })).files).toEqual([file]);
    });

    it('[VA7] gives a range, cut at the end of the file, and the stat of the whole', async () => {
      const { vault, user } = current();
      await user.write('note.md', '0123456789');
      const rangeOf = async (offset: number, length: number): Promise<string> => {
        const { bytes, file } = await vault.read(path('note.md'), { offset, length });
        return `${new TextDecoder().decode(bytes)} of ${String(file.sizeBytes)}`;
      };
      expect(await rangeOf(2, 3)).toBe('234 of 10');
      expect(await rangeOf(8, 100)).toBe('89 of 10');
      expect(await rangeOf(10, 5)).toBe(' of 10');
      expect(await rangeOf(4, 0)).toBe(' of 10');
    });

    it('[VA7] gives bytes that later changes do not touch', async () => {
      const { vault, user } = current();
      await user.write('note.md', 'before');
      const { bytes } = await vault.read(path('note.md'));
      bytes[0] = 0;
      expect(await textOf(vault, 'note.md')).toBe('before');
    });

    it('[VA8] knows no file where nothing or a folder is, and reads no link', async () => {
      const { vault, user, seesLinks } = current();
      await user.mkdir('folder');
      await user.write('file.md', 'x');
      expect(await kindOf(vault.read(path('absent.md')))).toBe('not-found');
      expect(await kindOf(vault.read(path('no/where.md')))).toBe('not-found');
      expect(await kindOf(vault.read(path('file.md/below.md')))).toBe('not-found');
      expect(await kindOf(vault.read(path('folder')))).toBe('not-found');
      if (!seesLinks) return;
      await user.link('link.md', 'file');
      expect(await kindOf(vault.read(path('link.md')))).toBe('unreadable');
    });
  });
}
