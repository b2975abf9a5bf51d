import {
  FileView,
  MarkdownView,
  TextFileView,
  type App,
  type EditorChange,
  type EditorTransaction,
} from 'obsidian';
import { beforeEach, describe, expect, it } from 'vitest';
import { Typing } from '../../../../src/plugin/adapters/typing.ts';
import { ObsidianVault } from '../../../../src/plugin/adapters/vault/obsidian-vault.ts';
import { webHashing } from '../../../../src/plugin/platform/hashing.ts';
import { webRandom } from '../../../../src/plugin/platform/random.ts';
import { hashOf, install, kindOf, MTIME, path } from '../../../contract/vault/subject.ts';
import { FileManager, Vault as AppVault } from '../../../host/app/obsidian.ts';
import { MemoryDisk } from '../../../host/app/vault/memory-disk.ts';
import { FakeClock } from '../../../support/fake-clock.ts';

interface OpenView {
  readonly view: object;
  readonly isDeferred: boolean;
}

/** The app's own classes without a page: enough to be told apart. */
function viewOf(prototype: object, members: object): object {
  return Object.assign(Object.create(prototype) as object, members);
}

describe('notes that are open', () => {
  let disk: MemoryDisk;
  let appVault: AppVault;
  let leaves: OpenView[];
  let vault: ObsidianVault;
  let clock: FakeClock;
  let typing: Typing;
  let transactions: EditorChange[][];

  beforeEach(async () => {
    disk = new MemoryDisk({ now: Date.now });
    appVault = new AppVault({ disk, name: 'notes' });
    await appVault.load();
    leaves = [];
    clock = new FakeClock({ auto: true });
    typing = new Typing(clock);
    transactions = [];
    const workspace = { iterateAllLeaves: (visit: (leaf: OpenView) => void) => leaves.forEach(visit) };
    vault = new ObsidianVault({
      app: { vault: appVault, fileManager: new FileManager(appVault), workspace } as unknown as App,
      hashing: webHashing,
      random: webRandom,
      clock,
      openStream: () => Promise.reject(new Error('no page is here')),
      dotFolders: false,
      typing,
    });
  });

  async function write(at: string, text: string, mtimeMs?: number): Promise<void> {
    await disk.write(at, new TextEncoder().encode(text), mtimeMs === undefined ? {} : { mtimeMs });
    await appVault.settled();
  }

  const read = async (at: string): Promise<string> => new TextDecoder().decode(await disk.read(at));

  /** A note in an editor that shows `text`; `typeAfter` is typed in the moment after a save began, or all is deleted and saved. */
  function openNote(
    at: string,
    text: string,
    options: { mode?: string; typeAfter?: string; emptyAfter?: boolean } = {},
  ): { text: string } {
    const shown = { text };
    const members = {
      file: appVault.getFileByPath(at),
      getViewData: () => shown.text,
      getMode: () => options.mode ?? 'source',
      save: async () => {
        await write(at, shown.text);
        shown.text += options.typeAfter ?? '';
        if (options.emptyAfter !== true) return;
        shown.text = '';
        await write(at, '');
      },
      editor: {
        transaction: ({ changes = [] }: EditorTransaction) => {
          transactions.push(changes);
          shown.text = applied(shown.text, changes);
        },
      },
    };
    leaves.push({ isDeferred: false, view: viewOf(MarkdownView.prototype, members) });
    return shown;
  }

  it('[PV1] are left alone while they have unsaved typing: neither written, nor trashed', async () => {
    await write('note.md', 'old\n');
    const shown = openNote('note.md', 'old\ntyped');
    expect(await kindOf(install(vault, 'note.md', 'new\n', hashOf('old\n')))).toBe('deferred');
    expect(await kindOf(vault.moveToTrash(path('note.md'), hashOf('old\n')))).toBe('deferred');
    expect(shown.text).toBe('old\ntyped');
    expect(await read('note.md')).toBe('old\n');
  });

  it('[PV1] are left alone when one of several views has unsaved typing', async () => {
    await write('note.md', 'old\n');
    openNote('note.md', 'old\n');
    openNote('note.md', 'old\ntyped');
    expect(await kindOf(install(vault, 'note.md', 'new\n', hashOf('old\n')))).toBe('deferred');
    expect(transactions).toEqual([]);
  });

  it('[PV1] are left alone for a second after a key, saved or not; our own change is no key', async () => {
    await write('note.md', 'old\n');
    openNote('note.md', 'old\n');
    typing.changed('note.md');
    expect(await kindOf(install(vault, 'note.md', 'new\n', hashOf('old\n')))).toBe('deferred');
    await clock.advance(999);
    expect(await kindOf(install(vault, 'note.md', 'new\n', hashOf('old\n')))).toBe('deferred');
    await clock.advance(1);
    typing.byUs(() => typing.changed('note.md'));
    expect((await install(vault, 'note.md', 'new\n', hashOf('old\n'))).kind).toBe('done');
  });

  it('[PV2] get the change through one editor, which saves it', async () => {
    await write('note.md', 'one\ntwo\nthree\n');
    const shown = openNote('note.md', 'one\ntwo\nthree\n');
    openNote('note.md', 'one\ntwo\nthree\n');
    expect((await install(vault, 'note.md', 'one\n2\nthree\n', hashOf('one\ntwo\nthree\n'))).kind).toBe(
      'done',
    );
    expect(transactions).toEqual([[{ from: { line: 1, ch: 0 }, to: { line: 1, ch: 3 }, text: '2' }]]);
    expect(shown.text).toBe('one\n2\nthree\n');
    expect(await read('note.md')).toBe('one\n2\nthree\n');
  });

  it('[PV2] keep what is typed in the very moment of the save', async () => {
    await write('note.md', 'old\n');
    const shown = openNote('note.md', 'old\n', { typeAfter: 'typed' });
    expect((await install(vault, 'note.md', 'new\n', hashOf('old\n'))).kind).toBe('done');
    expect(shown.text).toBe('new\ntyped');
    expect(await read('note.md')).toBe('new\n');
  });

  it.each([
    {
      what: 'with line ends that an editor would change',
      old: 'a\r\nb\r\n',
      next: 'a\r\nc\r\n',
      mode: 'source',
    },
    { what: 'that are only read', old: 'a\n', next: 'b\n', mode: 'preview' },
  ])('[PV2] $what are written as files', async ({ old, next, mode }) => {
    await write('note.md', old);
    openNote('note.md', old.replace(/\r\n/gu, '\n'), { mode });
    expect((await install(vault, 'note.md', next, hashOf(old))).kind).toBe('done');
    expect(transactions).toEqual([]);
    expect(await read('note.md')).toBe(next);
  });

  it('[PV2] stay empty where all was deleted in the very moment of the save', async () => {
    await write('note.md', 'old\n');
    openNote('note.md', 'old\n', { emptyAfter: true });
    await install(vault, 'note.md', 'new\n', hashOf('old\n'));
    expect(await read('note.md')).toBe('');
  });

  it('[PV7] are left alone in views of other kinds that keep a text', async () => {
    await write('board.canvas', '{}');
    const file = appVault.getFileByPath('board.canvas');
    leaves.push({
      isDeferred: false,
      view: viewOf(TextFileView.prototype, { file, getViewData: () => '{}' }),
    });
    expect(await kindOf(install(vault, 'board.canvas', '{"a":1}', hashOf('{}')))).toBe('deferred');
  });

  it('[PV7] are written in views that keep none, and in tabs that are not loaded', async () => {
    await write('picture.png', '1');
    const file = appVault.getFileByPath('picture.png');
    leaves.push({ isDeferred: false, view: viewOf(FileView.prototype, { file }) });
    leaves.push({ isDeferred: true, view: {} });
    expect((await install(vault, 'picture.png', '2', hashOf('1'))).kind).toBe('done');
  });

  it('[PV3] are not written over by what was edited since it was looked at', async () => {
    await write('note.md', 'old\n');
    const process = appVault.process.bind(appVault);
    appVault.process = async (...args) => {
      await disk.write('note.md', new TextEncoder().encode('mine\n'));
      return process(...args);
    };
    expect(await install(vault, 'note.md', 'new\n', hashOf('old\n'))).toEqual({ kind: 'changed' });
    expect(await read('note.md')).toBe('mine\n');
  });

  it('[PV5] change their time where neither size nor time would tell of the write', async () => {
    await write('note.md', 'old', MTIME);
    const result = await install(vault, 'note.md', 'new', hashOf('old'));
    expect(result).toMatchObject({ kind: 'done', file: { sizeBytes: 3 } });
    expect(result.kind === 'done' && result.file.mtimeMs).toBeGreaterThan(MTIME);
    const asRead = await vault.read(path('note.md'));
    expect(result.kind === 'done' && asRead.file).toEqual(result.kind === 'done' && result.file);
  });

  it('[PV6] are written again where the device left them empty, and given up after five times', async () => {
    const staged = async (text: string): Promise<ReturnType<typeof vault.stage>> =>
      vault.stage(
        (async function* () {
          await Promise.resolve();
          yield new TextEncoder().encode(text);
        })(),
      );
    const options = { expected: 'absent' as const, mtimeMs: MTIME };
    const first = await staged('one');
    disk.faults.emptyWrites = 3;
    expect((await vault.install(first, path('one.md'), { ...options, hash: hashOf('one') })).kind).toBe(
      'done',
    );
    expect(await read('one.md')).toBe('one');
    const second = await staged('two');
    disk.faults.emptyWrites = 100;
    expect(await kindOf(vault.install(second, path('two.md'), { ...options, hash: hashOf('two') }))).toBe(
      'unexpected',
    );
  });

  it('[PV8] show no names with a dot unless asked, and the app’s own folder never', async () => {
    await disk.mkdir('.obsidian');
    await disk.mkdir('.hidden');
    await write('.obsidian/app.json', '{}');
    await write('.hidden/a.md', 'a');
    await write('b.md', 'b');
    const listed = async (dotFolders: boolean): Promise<string[]> => {
      const { files } = await new ObsidianVault({
        app: { vault: appVault, workspace: { iterateAllLeaves: () => undefined } } as unknown as App,
        hashing: webHashing,
        random: webRandom,
        clock: new FakeClock(),
        openStream: () => Promise.reject(new Error('no page is here')),
        dotFolders,
      }).list({ include: () => true });
      return files.map((file) => file.path).sort();
    };
    expect(await listed(false)).toEqual(['b.md']);
    expect(await listed(true)).toEqual(['.hidden/a.md', 'b.md']);
  });
});

function applied(text: string, changes: readonly EditorChange[]): string {
  const lines = text.split('\n');
  const offset = ({ line, ch }: { line: number; ch: number }): number =>
    lines.slice(0, line).reduce((sum, each) => sum + each.length + 1, 0) + ch;
  return [...changes]
    .reverse()
    .reduce(
      (all, { from, to = from, text: put }) => all.slice(0, offset(from)) + put + all.slice(offset(to)),
      text,
    );
}
