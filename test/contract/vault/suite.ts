import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseContentHash, type ContentHash } from '../../../src/core/model/ids.ts';
import { parseVaultPath, type VaultPath } from '../../../src/core/model/vault-path.ts';
import {
  isVaultError,
  type Expected,
  type StagedId,
  type Vault,
  type VaultErrorKind,
  type WriteResult,
} from '../../../src/engine/ports.ts';

/** What a person does with other programs; paths as on the host. */
export interface VaultUser {
  write(path: string, text: string, mtimeMs?: number): Promise<void>;
  read(path: string): Promise<string | undefined>;
  rename(from: string, to: string): Promise<void>;
  delete(path: string): Promise<void>;
  mkdir(path: string): Promise<void>;
  /** Makes a link at `path` to a file or a folder outside of the vault. */
  link(path: string, to: 'file' | 'folder'): Promise<void>;
  /** Takes the whole vault away. */
  unplug(): Promise<void>;
}

export interface VaultSubject {
  readonly vault: Vault;
  readonly user: VaultUser;
  readonly ignoresCase: boolean;
  /** A new vault on the same disk, as after the process was killed. */
  restart(): Promise<Vault>;
  /** Files in the trash: path there to text. */
  trashed(): Promise<Map<string, string>>;
  damageStaged(staged: StagedId): Promise<void>;
  stagedIds(): Promise<readonly string[]>;
  dispose(): Promise<void>;
}

export function path(text: string): VaultPath {
  const parsed = parseVaultPath(text);
  if (parsed === undefined) throw new Error(`${text} is no path`);
  return parsed;
}

export function hashOf(text: string): ContentHash {
  const hash = parseContentHash(createHash('sha256').update(text).digest('hex'));
  if (hash === undefined) throw new Error('a digest is a hash');
  return hash;
}

export async function* chunksOf(...texts: readonly string[]): AsyncIterable<Uint8Array> {
  for (const text of texts) {
    await Promise.resolve();
    yield new TextEncoder().encode(text);
  }
}

export async function kindOf(attempt: Promise<unknown>): Promise<VaultErrorKind | 'no error'> {
  try {
    await attempt;
    return 'no error';
  } catch (error) {
    if (isVaultError(error)) return error.kind;
    throw error;
  }
}

export async function install(
  vault: Vault,
  at: string,
  text: string,
  expected: Expected,
): Promise<WriteResult> {
  const staged = await vault.stage(chunksOf(text));
  return vault.install(staged, path(at), { expected, hash: hashOf(text), mtimeMs: MTIME });
}

export async function everything(
  vault: Vault,
): Promise<{ files: string[]; emptyFolders: string[]; problems: string[] }> {
  const listing = await vault.list({ include: () => true });
  return {
    files: listing.files.map((file) => file.path).sort(),
    emptyFolders: [...listing.emptyFolders].sort(),
    problems: listing.problems.map((problem) => `${problem.reason} ${problem.path ?? '-'}`).sort(),
  };
}

const MTIME = 1_700_000_000_123;

async function textOf(vault: Vault, at: string): Promise<string> {
  return new TextDecoder().decode((await vault.read(path(at))).bytes);
}

/** What every vault must do: one test a rule of docs/spec/device.md. */
export function vaultContract(name: string, makeSubject: () => Promise<VaultSubject>): void {
  describe(`${name}: the vault's contract`, () => {
    let subject: VaultSubject;
    let vault: Vault;
    let user: VaultUser;

    beforeEach(async () => {
      subject = await makeSubject();
      ({ vault, user } = subject);
    });

    afterEach(async () => {
      await subject.dispose();
    });

    describe('list', () => {
      it('[VA1] shows every file once with its size and whole milliseconds', async () => {
        await user.write('note.md', 'abc', MTIME);
        await user.write('daily/2026/01.md', 'ü', MTIME + 1);
        const { files } = await vault.list({ include: () => true });
        expect([...files].sort((a, b) => (a.path < b.path ? -1 : 1))).toEqual([
          { path: 'daily/2026/01.md', sizeBytes: 2, mtimeMs: MTIME + 1 },
          { path: 'note.md', sizeBytes: 3, mtimeMs: MTIME },
        ]);
      });

      it('[VA2] shows a folder without anything in it as an empty folder, and no other', async () => {
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
        await user.write('pictures/large.bin', 'x');
        await user.mkdir('outer/.hidden');
        const { files, emptyFolders } = await vault.list({
          include: (at) => !at.endsWith('.bin') && !at.endsWith('.hidden/'),
        });
        expect({ files, emptyFolders }).toEqual({ files: [], emptyFolders: [] });
      });

      it('[VA3] asks about every file and folder, and leaves out unread what is refused', async () => {
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
        await user.write('note.md', 'x');
        await vault.trash(path('note.md'), hashOf('x'));
        await vault.stage(chunksOf('aside'));
        expect(await everything(vault)).toEqual({ files: [], emptyFolders: [], problems: [] });
      });

      it('[VA4] shows a link as a problem that stands on its key, and its folder as not empty', async () => {
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
        await user.write('note.md', 'x');
        const signal = AbortSignal.abort(new Error('enough'));
        expect(await kindOf(vault.list({ include: () => true, signal }))).toBe('unexpected');
      });
    });

    describe('read', () => {
      it('[VA7] gives the bytes and the stat that a listing gives', async () => {
        await user.write('a/note.md', 'some text', MTIME);
        const { bytes, file } = await vault.read(path('a/note.md'));
        expect(new TextDecoder().decode(bytes)).toBe('some text');
        expect((await vault.list({ include: () => true })).files).toEqual([file]);
      });

      it('[VA7] gives a range, cut at the end of the file, and the stat of the whole', async () => {
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
        await user.write('note.md', 'before');
        const { bytes } = await vault.read(path('note.md'));
        bytes[0] = 0;
        expect(await textOf(vault, 'note.md')).toBe('before');
      });

      it('[VA8] knows no file where nothing or a folder is, and reads no link', async () => {
        await user.mkdir('folder');
        await user.write('file.md', 'x');
        await user.link('link.md', 'file');
        expect(await kindOf(vault.read(path('absent.md')))).toBe('not-found');
        expect(await kindOf(vault.read(path('no/where.md')))).toBe('not-found');
        expect(await kindOf(vault.read(path('file.md/below.md')))).toBe('not-found');
        expect(await kindOf(vault.read(path('folder')))).toBe('not-found');
        expect(await kindOf(vault.read(path('link.md')))).toBe('unreadable');
      });
    });

    describe('stage and install', () => {
      it('[VA10] keeps staged bytes over a restart, chunks in order', async () => {
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
        const ids = await Promise.all(Array.from({ length: 20 }, (_, n) => vault.stage(chunksOf(String(n)))));
        expect(new Set(ids).size).toBe(20);
      });

      it('[VA11] installs where nothing is, makes the folders, sets the time and uses the staged bytes up', async () => {
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
        expect((await install(vault, 'empty.md', '', 'absent')).kind).toBe('done');
        expect(await user.read('empty.md')).toBe('');
      });

      it('[VA11] replaces what is expected', async () => {
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
        await user.link('note.md', 'file');
        expect(await install(vault, 'note.md', 'new', 'absent')).toEqual({ kind: 'changed' });
        expect(await install(vault, 'note.md', 'new', hashOf('outside'))).toEqual({ kind: 'changed' });
        expect((await everything(vault)).problems).toEqual(['special-file note.md']);
      });

      it('[VA13] installs no bytes but those that were staged', async () => {
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
        const staged = await vault.stage(chunksOf('x'));
        const options = { expected: 'absent' as const, hash: hashOf('x'), mtimeMs: MTIME };
        await vault.install(staged, path('a.md'), options);
        expect(await kindOf(vault.install(staged, path('b.md'), options))).toBe('not-found');
        expect(await kindOf(vault.install('../a.md' as StagedId, path('b.md'), options))).toBe('not-found');
      });

      it('[VA14] is blocked where a file stands for a folder, or a folder for the file', async () => {
        await user.write('file', 'mine');
        await user.write('folder/note.md', 'mine');
        await user.link('link', 'folder');
        expect(await kindOf(install(vault, 'file/below.md', 'new', 'absent'))).toBe('blocked');
        expect(await kindOf(install(vault, 'folder', 'new', 'absent'))).toBe('blocked');
        expect(await kindOf(install(vault, 'folder', 'new', hashOf('x')))).toBe('blocked');
        expect(await kindOf(install(vault, 'link/below.md', 'new', 'absent'))).toBe('blocked');
        expect(await user.read('file')).toBe('mine');
      });

      it('[VA15] touches nothing below the folders that the vault keeps for itself', async () => {
        await user.write('note.md', 'x');
        for (const own of ['.trash/a.md', '.twincloud-staging/a.md', '.Trash/a.md']) {
          expect(await kindOf(install(vault, own, 'new', 'absent'))).toBe('illegal-name');
          expect(await kindOf(vault.move(path('note.md'), path(own), hashOf('x')))).toBe('illegal-name');
          expect(await kindOf(vault.trash(path(own), hashOf('x')))).toBe('illegal-name');
        }
        expect(await kindOf(vault.setFolder(path('.trash/'), 'present'))).toBe('illegal-name');
      });

      it('[VA16] passes on the error of what it stages, and keeps nothing of it', async () => {
        async function* broken(): AsyncIterable<Uint8Array> {
          yield* chunksOf('half');
          throw new Error('the line broke');
        }
        await expect(vault.stage(broken())).rejects.toThrow('the line broke');
        expect(await subject.stagedIds()).toEqual([]);
      });

      it('[VA17] forgets staged bytes but those named', async () => {
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
        await vault.discardStaged(new Set());
        expect(await everything(vault)).toEqual({ files: [], emptyFolders: [], problems: [] });
      });
    });

    describe('move', () => {
      it('[VA20] renames a file with what is expected, keeps its time and makes folders', async () => {
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
        if (from !== undefined) await user.write('from.md', from);
        if (to !== undefined) await user.write('to.md', to);
        expect(await vault.move(path('from.md'), path('to.md'), hashOf('text'))).toEqual({ kind: 'changed' });
        expect(await user.read('from.md')).toBe(from);
        expect(await user.read('to.md')).toBe(to);
      });

      it('[VA21] moves no folder and no link, and onto none', async () => {
        await user.write('note.md', 'text');
        await user.mkdir('folder');
        await user.link('link.md', 'file');
        expect(await vault.move(path('folder'), path('to.md'), hashOf(''))).toEqual({ kind: 'changed' });
        expect(await vault.move(path('link.md'), path('to.md'), hashOf('outside'))).toEqual({
          kind: 'changed',
        });
        expect(await vault.move(path('note.md'), path('folder'), hashOf('text'))).toEqual({
          kind: 'changed',
        });
        expect(await vault.move(path('note.md'), path('link.md'), hashOf('text'))).toEqual({
          kind: 'changed',
        });
        expect(await kindOf(vault.move(path('note.md'), path('note.md/x.md'), hashOf('text')))).toBe(
          'blocked',
        );
        expect(await user.read('note.md')).toBe('text');
      });

      it('[VA22] changes only the case of a name', async () => {
        await user.write('a/note.md', 'text');
        const result = await vault.move(path('a/note.md'), path('a/Note.md'), hashOf('text'));
        expect(result.kind).toBe('done');
        expect((await everything(vault)).files).toEqual(['a/Note.md']);
        expect(await user.read('a/Note.md')).toBe('text');
      });

      it('[VA22] does not take two files whose names differ in case for one', async () => {
        if (subject.ignoresCase) return;
        await user.write('note.md', 'one');
        await user.write('Note.md', 'two');
        expect(await vault.move(path('note.md'), path('Note.md'), hashOf('one'))).toEqual({
          kind: 'changed',
        });
        expect((await everything(vault)).files).toEqual(['Note.md', 'note.md']);
      });

      it('[VA22] takes names that differ in case for one file where the host does', async () => {
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
        await user.write('a/note.md', 'text');
        expect(await vault.trash(path('a/note.md'), hashOf('text'))).toEqual({ kind: 'done' });
        expect(await subject.trashed()).toEqual(new Map([['a/note.md', 'text']]));
        expect(await everything(vault)).toEqual({ files: [], emptyFolders: ['a/'], problems: [] });
      });

      it('[VA25] finds a free name for every file of one path', async () => {
        for (const text of ['one', 'two', 'three']) {
          await user.write('note.md', text);
          await vault.trash(path('note.md'), hashOf(text));
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
        await user.write('a', 'the file');
        await vault.trash(path('a'), hashOf('the file'));
        await user.write('a/b.md', 'in the folder');
        expect(await vault.trash(path('a/b.md'), hashOf('in the folder'))).toEqual({ kind: 'done' });
        expect(await subject.trashed()).toEqual(
          new Map([
            ['a', 'the file'],
            ['a 2/b.md', 'in the folder'],
          ]),
        );
      });

      it('[VA26] leaves what is not expected, and says when nothing is there', async () => {
        await user.write('note.md', 'edited');
        await user.link('link.md', 'file');
        expect(await vault.trash(path('note.md'), hashOf('text'))).toEqual({ kind: 'changed' });
        expect(await vault.trash(path('link.md'), hashOf('outside'))).toEqual({ kind: 'changed' });
        expect(await vault.trash(path('absent.md'), hashOf('text'))).toEqual({ kind: 'absent' });
        expect(await vault.trash(path('no/where.md'), hashOf('text'))).toEqual({ kind: 'absent' });
        expect(await user.read('note.md')).toBe('edited');
        expect(await subject.trashed()).toEqual(new Map());
      });
    });

    describe('setFolder', () => {
      it('[VA28] makes a folder with all above it, once or twice', async () => {
        await vault.setFolder(path('a/b/'), 'present');
        await vault.setFolder(path('a/b/'), 'present');
        expect((await everything(vault)).emptyFolders).toEqual(['a/b/']);
      });

      it('[VA28] removes a folder that is empty, and it alone', async () => {
        await user.mkdir('a/b');
        await vault.setFolder(path('a/b/'), 'absent');
        await vault.setFolder(path('a/b/'), 'absent');
        expect((await everything(vault)).emptyFolders).toEqual(['a/']);
      });

      it('[VA28] leaves a folder that holds anything, and a file in its place', async () => {
        await user.write('full/.hidden', 'x');
        await user.write('file', 'x');
        await vault.setFolder(path('full/'), 'absent');
        await vault.setFolder(path('file/'), 'absent');
        expect((await everything(vault)).files).toEqual(['file', 'full/.hidden']);
        expect(await kindOf(vault.setFolder(path('file/'), 'present'))).toBe('blocked');
        expect(await kindOf(vault.setFolder(path('file/below/'), 'present'))).toBe('blocked');
      });
    });
  });
}
