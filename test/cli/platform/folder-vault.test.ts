import { createServer } from 'node:net';
import { appendFileSync, renameSync, truncateSync, writeFileSync } from 'node:fs';
import {
  chmod,
  chown,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FolderVault } from '../../../src/cli/platform/folder-vault.mts';
import {
  chunksOf,
  everything,
  hashOf,
  install,
  kindOf,
  MTIME,
  path,
  textOf,
} from '../../contract/vault/subject.ts';
import { canMount, makePipe, mountDisk } from './disks.ts';

let root: string;
let vault: FolderVault;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'twincloud-vault-'));
  vault = new FolderVault(root);
});
afterEach(async () => {
  await rm(root, { recursive: true });
});

const at = (name: string): string => join(root, name);

async function put(name: string, text: string): Promise<void> {
  await mkdir(join(at(name), '..'), { recursive: true });
  await writeFile(at(name), text);
}

const NFC = 'Caf\u00e9';
const NFD = 'Cafe\u0301';

describe('names in a folder', () => {
  it('[VA30] has a key in NFC for a name that the disk has in NFD, and keeps the disk’s spelling', async () => {
    await put(`${NFD}/${NFD}.md`, 'one');
    expect((await everything(vault)).files).toEqual([`${NFC}/${NFC}.md`]);
    expect(await textOf(vault, `${NFC}/${NFC}.md`)).toBe('one');
    await install(vault, `${NFC}/${NFC}.md`, 'two', hashOf('one'));
    await install(vault, `${NFC}/new.md`, 'three', 'absent');
    await vault.discardStaged(new Set());
    expect(await readdir(root)).toEqual([NFD]);
    expect((await readdir(at(NFD))).sort()).toEqual([`${NFD}.md`, 'new.md']);
    await vault.move(path(`${NFC}/${NFC}.md`), path(`${NFC}/moved.md`), hashOf('two'));
    await vault.moveToTrash(path(`${NFC}/new.md`), hashOf('three'));
    await vault.moveToTrash(path(`${NFC}/moved.md`), hashOf('two'));
    await vault.setFolder(path(`${NFC}/`), 'absent');
    expect((await everything(vault)).files).toEqual([]);
    expect(await readdir(root)).toEqual(['.trash']);
  });

  it('[VA30] finds the disk’s spelling before anything was listed, and after it was respelled', async () => {
    await put(`${NFD}/${NFD}.md`, 'one');
    expect(await textOf(vault, `${NFC}/${NFC}.md`)).toBe('one');
    expect(await install(new FolderVault(root), `${NFC}/${NFC}.md`, 'two', 'absent')).toEqual({
      kind: 'changed',
    });
    renameSync(at(NFD), at(NFC));
    expect(await textOf(vault, `${NFC}/${NFC}.md`)).toBe('one');
  });

  it('[VA31] gives the key to the twin that is spelled as the key, and shows the other', async () => {
    await put(`${NFD}.md`, 'decomposed');
    await put(`${NFC}.md`, 'composed');
    expect(await everything(vault)).toEqual({ files: [`${NFC}.md`], emptyFolders: [], problems: ['twin -'] });
    expect(await textOf(vault, `${NFC}.md`)).toBe('composed');
  });

  it('[VA31] knows nothing of what is below twins of which one is a folder', async () => {
    await put(`${NFD}/note.md`, 'x');
    await put(`${NFC}/other.md`, 'x');
    await put(`n${NFD}/note.md`, 'x');
    await put(`n${NFC}`, 'a file');
    await put(`m${NFD}`, 'a file');
    await put(`m${NFC}/note.md`, 'x');
    expect(await everything(vault)).toEqual({
      files: [`m${NFC}/note.md`, `n${NFC}`],
      emptyFolders: [],
      problems: [`twin ${NFC}/`, `twin m${NFC}`, `twin n${NFC}/`],
    });
  });

  it('[VA32] shows names that are not UTF-8, which have no key, beside names that have', async () => {
    await put('good \uFFFD.md', 'x');
    const bytes = Buffer.concat([Buffer.from(at('bad ')), Buffer.from([0xff]), Buffer.from('.md')]);
    writeFileSync(bytes, 'x');
    await mkdir(Buffer.concat([Buffer.from(at('folder ')), Buffer.from([0xc3, 0x28])]));
    expect(await everything(vault)).toEqual({
      files: ['good \uFFFD.md'],
      emptyFolders: [],
      problems: ['illegal-name -', 'illegal-name -'],
    });
  });

  it('[VA32] refuses a name that the system cannot have', async () => {
    const long = `${'x'.repeat(300)}.md`;
    expect(await kindOf(install(vault, long, 'x', 'absent'))).toBe('illegal-name');
    expect((await everything(vault)).files).toEqual([]);
  });

  it('[VA33] takes what iCloud has put away for unknown', async () => {
    await put('.away.md.icloud', 'x');
    await put('.here.md.icloud', 'x');
    await put('here.md', 'x');
    expect(await everything(vault)).toEqual({
      files: ['.here.md.icloud', 'here.md'],
      emptyFolders: [],
      problems: ['placeholder away.md'],
    });
  });
});

describe('what is neither file nor folder', () => {
  it('[VA4] is shown: a link to itself, a link to nothing, a pipe, a socket', async () => {
    await symlink('loop', at('loop'));
    await symlink('nowhere', at('broken'));
    await symlink('.', at('self'));
    await makePipe(at('pipe'));
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(at('socket'), resolve));
    const { files, problems } = await everything(vault);
    await new Promise((resolve) => server.close(resolve));
    expect(files).toEqual([]);
    // A link that leads nowhere hides what either a file or a folder would have had there.
    expect(problems).toEqual(
      ['broken', 'broken/', 'loop', 'loop/', 'pipe', 'self/', 'socket'].map((name) => `special-file ${name}`),
    );
  });

  it('[VA8] is not read: a pipe does not stop the reader', async () => {
    await makePipe(at('pipe.md'));
    expect(await kindOf(vault.read(path('pipe.md')))).toBe('unreadable');
  });

  it('[VA14] is not written through, replaced or emptied', async () => {
    const outside = await mkdtemp(join(tmpdir(), 'twincloud-outside-'));
    await writeFile(join(outside, 'note.md'), 'outside');
    await symlink(outside, at('link'));
    expect(await kindOf(install(vault, 'link/note.md', 'x', hashOf('outside')))).toBe('blocked');
    expect(await kindOf(install(vault, 'link/new.md', 'x', 'absent'))).toBe('blocked');
    expect(await kindOf(vault.moveToTrash(path('link/note.md'), hashOf('outside')))).toBe('blocked');
    expect(await kindOf(vault.move(path('link/note.md'), path('in.md'), hashOf('outside')))).toBe('blocked');
    await vault.setFolder(path('link/'), 'absent');
    expect(await readdir(outside)).toEqual(['note.md']);
    await rm(outside, { recursive: true });
  });
});

describe.skipIf(process.getuid?.() !== 0)('without permission', () => {
  const NOBODY = 65534;

  /** Runs as a user whom permissions bind. */
  async function asNobody<T>(act: () => Promise<T>): Promise<T> {
    process.seteuid?.(NOBODY);
    try {
      return await act();
    } finally {
      process.seteuid?.(0);
    }
  }

  beforeEach(async () => {
    await chown(root, NOBODY, NOBODY);
  });

  it('[VA4] shows a folder that cannot be read as unknown below, and the rest', async () => {
    await put('open/note.md', 'x');
    await put('locked/note.md', 'x');
    await chmod(at('locked'), 0o000);
    expect(await asNobody(() => everything(vault))).toEqual({
      files: ['open/note.md'],
      emptyFolders: [],
      problems: ['unreadable locked/'],
    });
  });

  it('[VA4] shows files that may be named but not looked at', async () => {
    await put('names-only/note.md', 'x');
    await chmod(at('names-only'), 0o444);
    expect(await asNobody(() => everything(vault))).toEqual({
      files: [],
      emptyFolders: [],
      problems: ['unreadable names-only/note.md'],
    });
  });

  it('[VA8] cannot read a file, and says so', async () => {
    await put('locked.md', 'x');
    await chmod(at('locked.md'), 0o000);
    expect(await asNobody(() => kindOf(vault.read(path('locked.md'))))).toBe('unreadable');
  });

  it('[VA5] cannot list a vault, and says so', async () => {
    await chmod(root, 0o000);
    expect(await asNobody(() => kindOf(vault.list({ include: () => true })))).toBe('unreadable');
  });

  it('[VA34] changes nothing where it may not write', async () => {
    await put('locked/note.md', 'old');
    await asNobody(async () => {
      expect(await kindOf(install(vault, 'locked/note.md', 'new', hashOf('old')))).toBe('read-only');
      expect(await kindOf(install(vault, 'locked/new.md', 'new', 'absent'))).toBe('read-only');
      expect(await kindOf(vault.move(path('locked/note.md'), path('a.md'), hashOf('old')))).toBe('read-only');
      expect(await kindOf(vault.moveToTrash(path('locked/note.md'), hashOf('old')))).toBe('read-only');
    });
    expect(await readFile(at('locked/note.md'), 'utf8')).toBe('old');
    expect((await everything(vault)).files).toEqual(['locked/note.md']);
  });
});

describe('a vault that is not there', () => {
  it('[VA5] is not listed: no folder, a file in its place', async () => {
    await put('file', 'x');
    for (const name of ['absent', 'file']) {
      const other = new FolderVault(at(name));
      expect(await kindOf(other.list({ include: () => true }))).toBe('unreadable');
      expect(await kindOf(other.stage(chunksOf('x')))).toBe('unreadable');
    }
  });

  it('[VA5] is not taken for empty when its disk went away and left the mount point', async () => {
    expect((await everything(vault)).files).toEqual([]);
    await put('note.md', 'x');
    await everything(vault);
    await rm(at('note.md'));
    expect(await kindOf(vault.list({ include: () => true }))).toBe('unreadable');
    await put('.obsidian/app.json', '{}');
    expect((await everything(vault)).files).toEqual(['.obsidian/app.json']);
  });
});

describe('a file that changes while it is read', () => {
  const LARGE = 32 * 1024 * 1024;

  it.each([
    { how: 'grows', change: () => appendFileSync(at('large.bin'), 'x') },
    {
      how: 'is cut',
      change: (n: number) => truncateSync(at('large.bin'), LARGE - n),
    },
    {
      how: 'is replaced by an equal one',
      change: () => {
        writeFileSync(at('other.bin'), '');
        truncateSync(at('other.bin'), LARGE);
        renameSync(at('other.bin'), at('large.bin'));
      },
    },
  ])('[VA9] is not given out when it $how', async ({ change }) => {
    writeFileSync(at('large.bin'), '');
    truncateSync(at('large.bin'), LARGE);
    const read = { done: false };
    const reading = kindOf(vault.read(path('large.bin'))).finally(() => {
      read.done = true;
    });
    for (let n = 1; !read.done; n++) {
      change(n);
      await setImmediate();
    }
    expect(await reading).toBe('changed');
  });
});

describe('contents larger than a buffer', () => {
  it('[VA10] are staged, checked, installed and read by ranges', async () => {
    const chunk = 'twelve bytes'.repeat(100_000);
    const text = chunk.repeat(4);
    const staged = await vault.stage(chunksOf(chunk, chunk, chunk, chunk));
    const options = { expected: 'absent' as const, hash: hashOf(text), mtimeMs: MTIME };
    expect((await vault.install(staged, path('large.md'), options)).kind).toBe('done');
    const { bytes, file } = await vault.read(path('large.md'), { offset: 2_400_000, length: 24 });
    expect(new TextDecoder().decode(bytes)).toBe('twelve bytestwelve bytes');
    expect(file.sizeBytes).toBe(4_800_000);
    expect((await vault.move(path('large.md'), path('moved.md'), hashOf(text))).kind).toBe('done');
  });
});

describe('what an install keeps', () => {
  it('[VA35] gives the new contents the permissions of the file that they replace', async () => {
    await put('note.md', 'old');
    await chmod(at('note.md'), 0o640);
    await install(vault, 'note.md', 'new', hashOf('old'));
    expect((await stat(at('note.md'))).mode & 0o777).toBe(0o640);
  });

  it('[VA35] keeps the millisecond of every time', async () => {
    for (const mtimeMs of [0, 1, 999, 1_700_000_000_123, 1_700_000_000_999, 4_102_444_800_001]) {
      const staged = await vault.stage(chunksOf('x'));
      const name = path(`${String(mtimeMs)}.md`);
      const result = await vault.install(staged, name, { expected: 'absent', hash: hashOf('x'), mtimeMs });
      expect(result).toEqual({ kind: 'done', file: { path: name, sizeBytes: 1, mtimeMs } });
    }
  });

  it('[VA11] makes its folders again when they vanish between two installs', async () => {
    await install(vault, 'a/b/one.md', 'x', 'absent');
    await rm(at('a'), { recursive: true });
    expect((await install(vault, 'a/b/two.md', 'x', 'absent')).kind).toBe('done');
    expect((await everything(vault)).files).toEqual(['a/b/two.md']);
  });

  it('[VA11] installs many at once into the same new folders', async () => {
    const names = Array.from({ length: 40 }, (_, n) => `deep/er/${String(n)}.md`);
    const results = await Promise.all(names.map((name) => install(vault, name, name, 'absent')));
    expect(results.every((result) => result.kind === 'done')).toBe(true);
    expect((await everything(vault)).files).toEqual([...names].sort());
  });
});

describe.skipIf(!canMount)('a vault on a disk of its own', () => {
  it('[VA34] says that the disk is full, keeps what was there and leaves nothing half', async () => {
    const disk = await mountDisk(at('disk'), 1024 * 1024);
    try {
      const small = new FolderVault(disk.folder);
      await install(small, 'note.md', 'old', 'absent');
      const large = small.stage(chunksOf(...Array.from({ length: 20 }, () => 'x'.repeat(100_000))));
      expect(await kindOf(large)).toBe('disk-full');
      expect(await readdir(join(disk.folder, '.twincloud-staging'))).toEqual([]);
      expect(await textOf(small, 'note.md')).toBe('old');
      expect((await install(small, 'note.md', 'new', hashOf('old'))).kind).toBe('done');
    } finally {
      await disk.unmount();
    }
  });

  it('[VA34] says that the disk is read-only', async () => {
    const disk = await mountDisk(at('disk'), 1024 * 1024);
    try {
      const locked = new FolderVault(disk.folder);
      await install(locked, 'a/note.md', 'old', 'absent');
      const staged = await locked.stage(chunksOf('new'));
      await disk.remountReadOnly();
      const options = { expected: hashOf('old'), hash: hashOf('new'), mtimeMs: MTIME };
      expect(await kindOf(locked.install(staged, path('a/note.md'), options))).toBe('read-only');
      expect(await kindOf(locked.stage(chunksOf('new')))).toBe('read-only');
      expect(await kindOf(locked.move(path('a/note.md'), path('b.md'), hashOf('old')))).toBe('read-only');
      expect(await kindOf(locked.moveToTrash(path('a/note.md'), hashOf('old')))).toBe('read-only');
      expect(await kindOf(locked.setFolder(path('c/'), 'present'))).toBe('read-only');
      expect(await kindOf(locked.discardStaged(new Set()))).toBe('read-only');
      expect(await everything(locked)).toEqual({ files: ['a/note.md'], emptyFolders: [], problems: [] });
    } finally {
      await disk.unmount();
    }
  });

  it('[VA36] reaches over the disks that are mounted in it, and leaves nothing between', async () => {
    const disk = await mountDisk(at('other'), 1024 * 1024);
    try {
      expect((await install(vault, 'other/a.md', 'one', 'absent')).kind).toBe('done');
      expect(await install(vault, 'other/a.md', 'two', 'absent')).toEqual({ kind: 'changed' });
      expect(await install(vault, 'other/a.md', 'two', hashOf('one'))).toEqual({
        kind: 'done',
        file: { path: 'other/a.md', sizeBytes: 3, mtimeMs: MTIME },
      });
      expect((await vault.move(path('other/a.md'), path('b.md'), hashOf('two'))).kind).toBe('done');
      expect((await vault.move(path('b.md'), path('other/c.md'), hashOf('two'))).kind).toBe('done');
      expect(await vault.moveToTrash(path('other/c.md'), hashOf('two'))).toEqual({ kind: 'done' });
      expect(await readFile(at('.trash/other/c.md'), 'utf8')).toBe('two');
      expect(await readdir(disk.folder)).toEqual([]);
    } finally {
      await disk.unmount();
    }
  });
});
