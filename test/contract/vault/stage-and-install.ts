import { describe, expect, it } from 'vitest';
import type { Expected, StagedId, WriteResult } from '../../../src/engine/ports.ts';
import { chunksOf, everything, hashOf, install, kindOf, MTIME, path, type VaultSubject } from './subject.ts';

/** Rules of `stage`, `install` and `discardStaged`. */
export function stageAndInstall(current: () => VaultSubject): void {
  describe('stage and install', () => {
    it('[VA10] keeps staged bytes over a restart, chunks in order', async () => {
      const subject = current();
      const { vault, user } = subject;
      const staged = await vault.stage(chunksOf('one ', 'two ', '', 'three'));
      const again = await subject.restart();
      const put = await again.install(staged, path('note.md'), {
        expected: 'absent',
        hash: hashOf('one two three'),
        mtimeMs: MTIME,
      });
      expect(put.kind).toBe('done');
      expect(await user.read('note.md')).toBe('one two three');
    });

    it('[VA10] gives every stage its own name, also when many run at once', async () => {
      const { vault } = current();
      const ids = await Promise.all(Array.from({ length: 20 }, (_, n) => vault.stage(chunksOf(String(n)))));
      expect(new Set(ids).size).toBe(20);
    });

    it('[VA11] installs where nothing is, makes the folders, sets the time and uses the staged bytes up', async () => {
      const subject = current();
      const { vault } = subject;
      const result = await install(vault, 'a/b/note.md', 'new', 'absent');
      expect(result).toEqual({
        kind: 'done',
        file: { path: 'a/b/note.md', sizeBytes: 3, mtimeMs: MTIME },
      });
      expect((await vault.list({ include: () => true })).files).toEqual([
        { path: 'a/b/note.md', sizeBytes: 3, mtimeMs: MTIME },
      ]);
      expect(await subject.stagedIds()).toEqual([]);
    });

    it('[VA11] installs empty contents', async () => {
      const { vault, user } = current();
      expect((await install(vault, 'empty.md', '', 'absent')).kind).toBe('done');
      expect(await user.read('empty.md')).toBe('');
    });

    it('[VA11] replaces what is expected', async () => {
      const { vault, user } = current();
      await user.write('note.md', 'old');
      expect((await install(vault, 'note.md', 'new', hashOf('old'))).kind).toBe('done');
      expect(await user.read('note.md')).toBe('new');
    });

    it.each([
      { there: 'mine', expected: 'absent' as const },
      { there: 'new', expected: 'absent' as const },
      { there: 'mine', expected: hashOf('old') },
      { there: undefined, expected: hashOf('old') },
    ])('[VA12] leaves $there where $expected is expected, and keeps the staged bytes', async (row) => {
      const { vault, user } = current();
      if (row.there !== undefined) await user.write('note.md', row.there);
      const staged = await vault.stage(chunksOf('new'));
      const options = { hash: hashOf('new'), mtimeMs: MTIME };
      const put = (expected: Expected): Promise<WriteResult> =>
        vault.install(staged, path('note.md'), { ...options, expected });
      expect(await put(row.expected)).toEqual({ kind: 'changed' });
      expect(await user.read('note.md')).toBe(row.there);
      const second = await put(row.there === undefined ? 'absent' : hashOf(row.there));
      expect(second.kind).toBe('done');
    });

    it('[VA12] replaces no link', async () => {
      const { vault, user, seesLinks } = current();
      if (!seesLinks) return;
      await user.link('note.md', 'file');
      expect(await install(vault, 'note.md', 'new', 'absent')).toEqual({ kind: 'changed' });
      expect(await install(vault, 'note.md', 'new', hashOf('outside'))).toEqual({ kind: 'changed' });
      expect((await everything(vault)).problems).toEqual(['special-file note.md']);
    });

    it('[VA13] installs no bytes but those that were staged', async () => {
      const subject = current();
      const { vault, user } = subject;
      await user.write('note.md', 'old');
      const staged = await vault.stage(chunksOf('new'));
      await subject.damageStaged(staged);
      const put = vault.install(staged, path('note.md'), {
        expected: hashOf('old'),
        hash: hashOf('new'),
        mtimeMs: MTIME,
      });
      expect(await kindOf(put)).toBe('corrupt');
      expect(await user.read('note.md')).toBe('old');
    });

    it('[VA13] knows no staged bytes that were never staged or are used up', async () => {
      const { vault } = current();
      const staged = await vault.stage(chunksOf('x'));
      const options = { expected: 'absent' as const, hash: hashOf('x'), mtimeMs: MTIME };
      await vault.install(staged, path('a.md'), options);
      expect(await kindOf(vault.install(staged, path('b.md'), options))).toBe('not-found');
      expect(await kindOf(vault.install('../a.md' as StagedId, path('b.md'), options))).toBe('not-found');
    });

    it('[VA14] is blocked where a file stands for a folder, or a folder for the file', async () => {
      const { vault, user, seesLinks } = current();
      await user.write('file', 'mine');
      await user.write('folder/note.md', 'mine');
      expect(await kindOf(install(vault, 'file/below.md', 'new', 'absent'))).toBe('blocked');
      expect(await kindOf(install(vault, 'folder', 'new', 'absent'))).toBe('blocked');
      expect(await kindOf(install(vault, 'folder', 'new', hashOf('x')))).toBe('blocked');
      expect(await user.read('file')).toBe('mine');
      if (!seesLinks) return;
      await user.link('link', 'folder');
      expect(await kindOf(install(vault, 'link/below.md', 'new', 'absent'))).toBe('blocked');
    });

    it('[VA15] touches nothing below the folders that the vault keeps for itself', async () => {
      const { vault, user } = current();
      await user.write('note.md', 'x');
      for (const own of ['.trash/a.md', '.twincloud-staging/a.md', '.Trash/a.md']) {
        expect(await kindOf(install(vault, own, 'new', 'absent'))).toBe('illegal-name');
        expect(await kindOf(vault.move(path('note.md'), path(own), hashOf('x')))).toBe('illegal-name');
        expect(await kindOf(vault.moveToTrash(path(own), hashOf('x')))).toBe('illegal-name');
      }
      expect(await kindOf(vault.setFolder(path('.trash/'), 'present'))).toBe('illegal-name');
    });

    it('[VA16] passes on the error of what it stages, and keeps nothing of it', async () => {
      const subject = current();
      const { vault } = subject;
      async function* broken(): AsyncIterable<Uint8Array> {
        yield* chunksOf('half');
        throw new Error('the line broke');
      }
      await expect(vault.stage(broken())).rejects.toThrow('the line broke');
      expect(await subject.stagedIds()).toEqual([]);
    });

    it('[VA17] forgets staged bytes but those named', async () => {
      const subject = current();
      const { vault } = subject;
      const kept = await vault.stage(chunksOf('kept'));
      const dropped = await vault.stage(chunksOf('dropped'));
      await vault.discardStaged(new Set([kept, 'never-was' as StagedId]));
      expect(await subject.stagedIds()).toEqual([kept]);
      const options = { expected: 'absent' as const, mtimeMs: MTIME };
      const gone = vault.install(dropped, path('a.md'), { ...options, hash: hashOf('dropped') });
      expect(await kindOf(gone)).toBe('not-found');
      const put = await vault.install(kept, path('a.md'), { ...options, hash: hashOf('kept') });
      expect(put.kind).toBe('done');
    });

    it('[VA17] has nothing to forget in a new vault', async () => {
      const { vault } = current();
      await vault.discardStaged(new Set());
      expect(await everything(vault)).toEqual({ files: [], emptyFolders: [], problems: [] });
    });
  });
}
