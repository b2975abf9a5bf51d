import { describe, expect, it } from 'vitest';
import type { TAbstractFile } from './app/vault/files.ts';
import { FileManager } from './app/vault/file-manager.ts';
import { MemoryDisk, type MemoryDiskOptions } from './app/vault/memory-disk.ts';
import type { VaultTraps } from './app/vault/traps.ts';
import { Vault } from './app/vault/vault.ts';

/*
 * Each title ends with where the behaviour is known from: `d.ts` is the typings of obsidian 1.13.1,
 * `docs` the developer documentation, a repository is a report by its users. See README.md.
 */

const text = (bytes: string): Uint8Array => new TextEncoder().encode(bytes);

interface Opened {
  readonly disk: MemoryDisk;
  readonly vault: Vault;
  /** Since the vault was loaded. */
  readonly events: string[];
}

async function opened(
  files: Readonly<Record<string, string>>,
  options: { readonly traps?: Partial<VaultTraps>; readonly disk?: Partial<MemoryDiskOptions> } = {},
): Promise<Opened> {
  let nowMs = 1_000;
  const disk = new MemoryDisk({ now: () => (nowMs += 10), ...options.disk });
  for (const [path, contents] of Object.entries(files)) {
    await disk.mkdir(path.split('/').slice(0, -1).join('/'));
    await disk.write(path, text(contents));
  }
  const vault = new Vault({ disk, name: 'Notes', traps: options.traps ?? {} });
  await vault.load();
  const events: string[] = [];
  record(vault, events);
  return { disk, vault, events };
}

function record(vault: Vault, events: string[]): void {
  for (const name of ['create', 'modify', 'delete', 'rename'])
    vault.on(name, (file, oldPath) => {
      const { path } = file as TAbstractFile;
      events.push(typeof oldPath === 'string' ? `${name} ${oldPath} > ${path}` : `${name} ${path}`);
    });
}

describe('The host’s vault: events', () => {
  it('raises create for every file and folder while it is loaded (d.ts Vault.on create)', async () => {
    const { disk } = await opened({ 'a.md': '', 'b/c.md': '' });
    const vault = new Vault({ disk, name: 'Notes' });
    const events: string[] = [];
    record(vault, events);
    await vault.load();
    expect(events.sort()).toEqual(['create a.md', 'create b', 'create b/c.md']);
    const quiet = new Vault({ disk, name: 'Notes', traps: { createStorm: false } });
    const none: string[] = [];
    record(quiet, none);
    await quiet.load();
    expect(none).toEqual([]);
    expect(quiet.getFiles()).toHaveLength(2);
  });

  it('raises rename for a folder and for each descendant (filename-heading-sync#14, omnisearch#455)', async () => {
    const files = { 'a/b/c.md': 'c', 'a/d.md': 'd' };
    const { vault, events } = await opened(files);
    const file = vault.getFileByPath('a/b/c.md');
    await vault.rename(vault.getFolderByPath('a')!, 'z');
    await vault.settled();
    expect(events).toEqual([
      'rename a > z',
      'rename a/b > z/b',
      'rename a/b/c.md > z/b/c.md',
      'rename a/d.md > z/d.md',
    ]);
    expect(vault.getFileByPath('z/b/c.md')).toBe(file);
    expect(vault.getAbstractFileByPath('a')).toBeNull();
    const calm = await opened(files, { traps: { renameEachDescendant: false } });
    await calm.vault.rename(calm.vault.getFolderByPath('a')!, 'z');
    expect(calm.events).toEqual(['rename a > z']);
  });

  it('raises delete for each descendant, then the folder; a switch leaves the folder alone (not verified)', async () => {
    const files = { 'a/b/c.md': 'c', 'a/d.md': 'd' };
    const { vault, events } = await opened(files);
    await vault.delete(vault.getFolderByPath('a')!, true);
    expect(events).toEqual(['delete a/d.md', 'delete a/b/c.md', 'delete a/b', 'delete a']);
    const alone = await opened(files, { traps: { deleteEachDescendant: false } });
    await alone.vault.delete(alone.vault.getFolderByPath('a')!, true);
    expect(alone.events).toEqual(['delete a']);
    expect(alone.vault.getFiles()).toEqual([]);
  });

  it('echoes a plugin’s own writes before their promise resolves (obsidian-typings, reconcile after write)', async () => {
    const { vault, events } = await opened({ 'a.md': 'a' });
    await vault.modify(vault.getFileByPath('a.md')!, 'more');
    expect(events).toEqual(['modify a.md']);
    await vault.settled();
    expect(events).toEqual(['modify a.md']);
    const mute = await opened({ 'a.md': 'a' }, { traps: { echo: false } });
    await mute.vault.modify(mute.vault.getFileByPath('a.md')!, 'more');
    expect(mute.events).toEqual([]);
  });

  it('is silent about a write that leaves time and size as they were (obsidian-typings, fast-note-sync)', async () => {
    const { vault, disk, events } = await opened({ 'a.md': 'one' });
    const file = vault.getFileByPath('a.md')!;
    await vault.modify(file, 'two', { mtime: file.stat.mtime });
    await disk.write('a.md', text('six'), { mtimeMs: file.stat.mtime });
    await vault.settled();
    expect([await vault.read(file), ...events]).toEqual(['six']);
    await vault.modify(file, 'ten', { mtime: file.stat.mtime + 1 });
    await vault.modify(file, 'three', { mtime: file.stat.mtime });
    expect(events).toEqual(['modify a.md', 'modify a.md']);
    vault.traps.sameStatIsSilent = false;
    await vault.modify(file, 'seven', { mtime: file.stat.mtime });
    expect(events).toHaveLength(3);
  });

  it('sees another program’s rename as a delete and a create (mnaoumov/external-rename-handler)', async () => {
    const { vault, disk, events } = await opened({ 'a.md': 'a', 'f/one.md': '1' });
    await disk.rename('a.md', 'b.md');
    await disk.rename('f', 'g');
    await vault.settled();
    expect(events).toEqual([
      'delete a.md',
      'create b.md',
      'delete f/one.md',
      'delete f',
      'create g',
      'create g/one.md',
    ]);
  });

  it('has no object and no event for what has a dot, or lies below one; `raw` tells of all (obsidian-typings)', async () => {
    const { vault, events } = await opened({ '.obsidian/app.json': '{}', 'a/.hidden.md': 'h', 'b.md': 'b' });
    const raw: unknown[] = [];
    vault.on('raw', (path) => raw.push(path));
    await vault.adapter.write('.obsidian/x.json', '{}');
    await vault.adapter.rename('.obsidian/x.json', 'x.json');
    expect(vault.getFiles().map(({ path }) => path)).toEqual(['b.md', 'x.json']);
    expect(events).toEqual(['create x.json']);
    expect(raw).toContain('.obsidian/x.json');
    expect((await vault.adapter.list('/')).folders).toContain('.obsidian');
    expect((await vault.adapter.list('a')).files).toEqual(['a/.hidden.md']);
  });

  it('may follow a rename with modify (fast-note-sync#91)', async () => {
    const { vault, events } = await opened({ 'a.md': 'a' }, { traps: { modifyAfterRename: true } });
    await vault.rename(vault.getFileByPath('a.md')!, 'b.md');
    expect(events).toEqual(['rename a.md > b.md', 'modify b.md']);
  });

  it('tells of what other programs do, with the folders above', async () => {
    const { vault, disk, events } = await opened({ 'a.md': 'a' });
    await disk.mkdir('n/m');
    await disk.write('n/m/o.md', text('o'));
    await disk.write('a.md', text('aa'));
    await disk.remove('a.md');
    await vault.settled();
    expect(events).toEqual(['create n', 'create n/m', 'create n/m/o.md', 'delete a.md']);
  });
});

describe('The host’s vault: files', () => {
  it('refuses to create what exists, and to write where there is no folder (d.ts, docs Vault)', async () => {
    const { vault } = await opened({ 'a.md': 'a' });
    await expect(vault.create('a.md', '')).rejects.toThrow('File already exists.');
    await vault.createFolder('f');
    await expect(vault.createFolder('f')).rejects.toThrow('Folder already exists.');
    await expect(vault.create('no/b.md', '')).rejects.toThrow('ENOENT');
    await expect(vault.rename(vault.getFileByPath('a.md')!, 'f')).rejects.toThrow(
      'Destination file already exists!',
    );
  });

  it('takes names that differ in case for one where the disk does; objects are found by spelling (d.ts)', async () => {
    const { vault, events } = await opened({ 'Note.md': 'n' }, { disk: { ignoresCase: true } });
    expect(vault.getFileByPath('note.md')).toBeNull();
    expect(await vault.adapter.exists('note.md')).toBe(true);
    expect(await vault.adapter.exists('note.md', true)).toBe(false);
    await expect(vault.create('note.md', '')).rejects.toThrow('File already exists.');
    await vault.adapter.write('NOTE.md', 'over');
    expect(await vault.read(vault.getFileByPath('Note.md')!)).toBe('over');
    await vault.rename(vault.getFileByPath('Note.md')!, 'note.md');
    await vault.settled();
    expect(events).toEqual(['modify Note.md', 'rename Note.md > note.md']);
  });

  it('processes what is on the disk then, and writes nothing when nothing changes (d.ts Vault.process)', async () => {
    const { vault, disk, events } = await opened({ 'a.md': 'a' });
    await disk.write('a.md', text('b'));
    const seen: string[] = [];
    const result = await vault.process(vault.getFileByPath('a.md')!, (data) => {
      seen.push(data);
      return `${data}c`;
    });
    expect([seen, result]).toEqual([['b'], 'bc']);
    await vault.settled();
    events.length = 0;
    await vault.process(vault.getFileByPath('a.md')!, (data) => data);
    expect(events).toEqual([]);
  });

  it('leaves an empty file on a phone now and then, and says that all went well (sync-engine#178)', async () => {
    const { vault, disk } = await opened({ 'a.md': 'a' });
    disk.faults.emptyWrites = 1;
    const file = vault.getFileByPath('a.md')!;
    await vault.modify(file, 'text');
    expect(file.stat.size).toBe(0);
    await vault.modify(file, 'text');
    expect(file.stat.size).toBe(4);
  });

  it('appends, keeps given times, and reads through a cache by time (d.ts DataWriteOptions)', async () => {
    const { vault } = await opened({});
    const file = await vault.createBinary('a.bin', text('ab').buffer as ArrayBuffer, {
      mtime: 5_000,
      ctime: 4_000,
    });
    expect(file.stat).toEqual({ ctime: 4_000, mtime: 5_000, size: 2 });
    await vault.appendBinary(file, text('cd').buffer as ArrayBuffer, { mtime: 6_000 });
    expect(await vault.cachedRead(file)).toBe('abcd');
    expect(await vault.adapter.stat('a.bin')).toEqual({ type: 'file', ctime: 4_000, mtime: 6_000, size: 4 });
    await vault.modify(file, 'efgh', { mtime: 6_000 });
    expect(await vault.cachedRead(file)).toBe('abcd');
    expect(await vault.read(file)).toBe('efgh');
  });

  it('trashes as the user chose: with the system, in .trash, or not at all (d.ts FileManager.trashFile)', async () => {
    const { vault, disk } = await opened({ 'f/a.md': '1', 'a.md': '2', 'b.md': '3', 'c.md': '4' });
    const files = new FileManager(vault);
    await files.trashFile(vault.getFileByPath('c.md')!);
    expect([...disk.systemTrash.keys()]).toEqual(['c.md']);
    files.trashOption = 'local';
    await files.trashFile(vault.getFileByPath('f/a.md')!);
    await files.trashFile(vault.getFileByPath('a.md')!);
    expect((await vault.adapter.list('.trash')).files).toEqual(['.trash/a.md', '.trash/a 2.md']);
    files.trashOption = 'none';
    await files.trashFile(vault.getFileByPath('b.md')!);
    expect(vault.getFiles()).toEqual([]);
  });

  it('uses .trash where the device has no trash of its own (d.ts Vault.trash)', async () => {
    const { vault } = await opened({ 'a.md': '1' }, { disk: { hasSystemTrash: false } });
    await vault.trash(vault.getFileByPath('a.md')!, true);
    expect(await vault.adapter.exists('.trash/a.md')).toBe(true);
  });

  it('normalises paths as it goes (d.ts normalizePath)', async () => {
    const { vault } = await opened({ 'a b/é.md': 'x' });
    expect(await vault.adapter.read('/a\u00A0b//e\u0301.md/')).toBe('x');
  });

  it('fails as a disk fails: full, read-only, a name that the system refuses', async () => {
    const { vault, disk } = await opened(
      { 'a.md': 'a' },
      { disk: { capacityBytes: 10, refusedNames: /[:?]/u } },
    );
    await expect(vault.create('b.md', 'x'.repeat(10))).rejects.toThrow('ENOSPC');
    await expect(vault.create('b:c.md', 'x')).rejects.toThrow('EINVAL');
    disk.faults.refuseWrites = 'EROFS';
    await expect(vault.modify(vault.getFileByPath('a.md')!, 'b')).rejects.toThrow('EROFS');
    expect(vault.getFiles().map(({ path }) => path)).toEqual(['a.md']);
  });
});
