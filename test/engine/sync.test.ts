import { describe, expect, it } from 'vitest';
import type { VaultPath } from '../../src/core/model/vault-path.ts';
import { Meter, withMetering } from '../../src/storage/wrappers/with-metering.ts';
import { bench, contentsOf, noting, textOf } from './two-devices.ts';

describe('two devices and one cloud', () => {
  it('[CM6] a first upload of many files is committed in parts, and comes down whole', async () => {
    const { device } = bench();
    const [a, b] = [device('laptop'), device('phone')];
    for (let index = 0; index < 2_500; index += 1)
      a.vault.userWrite(`n${String(index)}.md`, `text ${String(index)}`);
    const report = await a.engine.sync();
    expect(report.head?.generation).toBe(2);
    await b.engine.sync();
    expect(await contentsOf(b)).toEqual(await contentsOf(a));
  });

  it('a first upload comes down whole on a second device', async () => {
    const { device } = bench();
    const a = device('laptop');
    a.vault.userWrite('Note.md', 'hello');
    a.vault.userWrite('folder/Deep/é 日本.md', 'deep');
    a.vault.userWrite('empty.md', '');
    a.vault.userMkdir('Inbox');
    a.vault.userWrite('large.bin', new Uint8Array(700_000).fill(7));
    const report = await a.engine.sync();
    expect(report.outcome).toBe('done');
    const b = device('phone');
    await b.engine.sync();
    expect(await contentsOf(b)).toEqual(await contentsOf(a));
  });

  it('[I3] a sync with nothing to do is one request and writes nothing', async () => {
    const { device } = bench();
    const calls: string[] = [];
    const a = device('laptop', {
      through: noting(calls),
    });
    for (let index = 0; index < 50; index += 1)
      a.vault.userWrite(`n${String(index)}.md`, `text ${String(index)}`);
    await a.engine.sync();
    await a.engine.sync();
    calls.length = 0;
    await a.engine.sync();
    expect(calls).toEqual(['get']);
  });

  it('an edit, a rename and a delete travel', async () => {
    const { device } = bench();
    const [a, b] = [device('laptop'), device('phone')];
    a.vault.userWrite('one.md', 'one');
    a.vault.userWrite('two.md', 'two');
    a.vault.userWrite('sub/three.md', 'three');
    await a.engine.sync();
    await b.engine.sync();
    b.vault.userWrite('one.md', 'one, edited');
    b.vault.userRename('two.md', 'sub/zwei.md');
    b.vault.userDelete('sub/three.md');
    const sent = await b.engine.sync();
    expect(sent.events.map((event) => event.kind).sort()).toEqual([
      'deleted-in-cloud',
      'renamed-in-cloud',
      'uploaded',
    ]);
    const received = await a.engine.sync();
    expect(received.events.map((event) => event.kind).sort()).toEqual([
      'downloaded',
      'renamed-here',
      'trashed',
    ]);
    expect(await contentsOf(a)).toEqual({ 'one.md': 'one, edited', 'sub/zwei.md': 'two' });
  });

  it('[LA5] edits of different lines are merged, and both texts stay in the history', async () => {
    const { device } = bench();
    const [a, b] = [device('laptop'), device('phone')];
    a.vault.userWrite('n.md', 'top\n\nmiddle\n\nbottom\n');
    await a.engine.sync();
    await b.engine.sync();
    a.vault.userWrite('n.md', 'TOP\n\nmiddle\n\nbottom\n');
    await a.engine.sync();
    b.vault.userWrite('n.md', 'top\n\nmiddle\n\nBOTTOM\n');
    await b.engine.sync();
    await a.engine.sync();
    expect(textOf(a, 'n.md')).toBe('TOP\n\nmiddle\n\nBOTTOM\n');
    expect(textOf(b, 'n.md')).toBe('TOP\n\nmiddle\n\nBOTTOM\n');
    const versions = await a.engine.history('n.md' as VaultPath);
    expect(versions.map((version) => version.deviceName)).toEqual(['phone', 'phone', 'laptop', 'laptop']);
    expect(new Set(versions.map((version) => version.hash)).size).toBe(4);
  });

  it('edits of one line are both kept, the local one as a conflict copy', async () => {
    const { device } = bench();
    const [a, b] = [device('laptop'), device('phone')];
    a.vault.userWrite('n.md', 'line\n');
    await a.engine.sync();
    await b.engine.sync();
    a.vault.userWrite('n.md', 'line by a\n');
    await a.engine.sync();
    b.vault.userWrite('n.md', 'line by b\n');
    const report = await b.engine.sync();
    expect(report.conflicts).toHaveLength(1);
    await a.engine.sync();
    expect(await contentsOf(a)).toEqual(await contentsOf(b));
    expect(Object.values(await contentsOf(a)).sort()).toEqual(['line by a\n', 'line by b\n']);
  });

  it('an edit beats a delete made elsewhere', async () => {
    const { device } = bench();
    const [a, b] = [device('laptop'), device('phone')];
    a.vault.userWrite('n.md', 'x');
    a.vault.userWrite('other.md', 'y');
    await a.engine.sync();
    await b.engine.sync();
    a.vault.userDelete('n.md');
    await a.engine.sync();
    b.vault.userWrite('n.md', 'edited');
    await b.engine.sync();
    await a.engine.sync();
    expect(textOf(a, 'n.md')).toBe('edited');
  });

  it('a first sync of two sides that differ shows its plan and does nothing', async () => {
    const { device, store } = bench();
    const [a, b] = [device('laptop'), device('phone')];
    a.vault.userWrite('n.md', 'of a');
    await a.engine.sync();
    b.vault.userWrite('m.md', 'of b');
    const before = [...store.snapshot().keys()];
    const report = await b.engine.sync();
    expect(report.outcome).toBe('first-preview');
    expect(report.plan?.actions.map((action) => action.kind).sort()).toEqual(['download', 'upload']);
    expect([...store.snapshot().keys()]).toEqual(before);
    expect(await contentsOf(b)).toEqual({ 'm.md': 'of b' });
    expect((await b.engine.sync({ acceptFirst: true })).outcome).toBe('done');
    expect(await contentsOf(b)).toEqual({ 'm.md': 'of b', 'n.md': 'of a' });
  });

  it('many deletes are held until a person decides', async () => {
    const { device } = bench();
    const [a, b] = [device('laptop'), device('phone')];
    for (let index = 0; index < 30; index += 1)
      a.vault.userWrite(`n${String(index)}.md`, `text ${String(index)}`);
    await a.engine.sync();
    await b.engine.sync();
    for (let index = 0; index < 20; index += 1) a.vault.userDelete(`n${String(index)}.md`);
    a.vault.userWrite('new.md', 'goes on');
    const report = await a.engine.sync();
    expect(report.outcome).toBe('held');
    expect(report.held).toHaveLength(20);
    await b.engine.sync();
    expect(Object.keys(await contentsOf(b))).toHaveLength(31);
    await a.engine.decideHeld('restore');
    expect((await a.engine.sync()).outcome).toBe('done');
    expect(Object.keys(await contentsOf(a))).toHaveLength(31);
    for (let index = 0; index < 20; index += 1) a.vault.userDelete(`n${String(index)}.md`);
    await a.engine.sync();
    await a.engine.decideHeld('apply');
    expect((await a.engine.sync()).outcome).toBe('done');
    const received = await b.engine.sync();
    expect(received.outcome).toBe('held');
    await b.engine.decideHeld('apply');
    await b.engine.sync();
    expect(Object.keys(await contentsOf(b))).toHaveLength(11);
  });

  it('[GU8] what a person has back keeps its text where its name was taken in another spelling meanwhile', async () => {
    const { device } = bench();
    const [a, b] = [device('laptop'), device('phone')];
    const names = ['B.md', 'c.md', 'd.md', 'e.md', 'f.md', 'g.md', 'h.md', 'i.md'];
    for (const name of names) a.vault.userWrite(name, `${name} of a`);
    await a.engine.sync();
    await b.engine.sync();
    for (const name of names) a.vault.userDelete(name);
    a.vault.userWrite('stays.md', 'stays');
    await a.engine.sync();
    await a.engine.decideHeld('apply');
    await a.engine.sync();
    b.vault.userWrite('b.md', 'new on b');
    expect((await b.engine.sync()).held).toHaveLength(names.length);
    await b.engine.decideHeld('restore');
    expect((await b.engine.sync()).outcome).toBe('done');
    await a.engine.sync();
    const there = await contentsOf(a);
    expect(await contentsOf(b)).toEqual(there);
    expect(Object.values(there).sort()).toEqual(
      [...names.map((name) => `${name} of a`), 'new on b', 'stays'].sort(),
    );
    const spellings = Object.keys(there).map((path) => path.toLowerCase());
    expect(new Set(spellings).size).toBe(spellings.length);
  });

  it('a lost database deletes nothing and makes no copies of what is equal', async () => {
    const { device } = bench();
    const [a, b] = [device('laptop'), device('phone')];
    a.vault.userWrite('n.md', 'x');
    a.vault.userWrite('m.md', 'y');
    await a.engine.sync();
    await b.engine.sync();
    b.vault.userDelete('n.md');
    const again = device('phone', { vault: b.vault });
    await again.engine.sync({ acceptFirst: true });
    expect(await contentsOf(again)).toEqual({ 'm.md': 'y', 'n.md': 'x' });
    await a.engine.sync();
    expect(await contentsOf(a)).toEqual({ 'm.md': 'y', 'n.md': 'x' });
  });

  it('[I9] [I19] a bucket rolled back to an older state deletes nothing', async () => {
    const { device, store } = bench();
    const [a, b] = [device('laptop'), device('phone')];
    a.vault.userWrite('old.md', 'old');
    await a.engine.sync();
    await b.engine.sync();
    const backup = store.snapshot();
    a.vault.userWrite('new.md', 'new');
    await a.engine.sync();
    await b.engine.sync();
    store.rollback(backup);
    for (const one of [a, b, a]) await one.engine.sync({ acceptFirst: true });
    expect(await contentsOf(a)).toEqual({ 'new.md': 'new', 'old.md': 'old' });
    expect(await contentsOf(b)).toEqual({ 'new.md': 'new', 'old.md': 'old' });
  });

  it('only the letter case of a name changes', async () => {
    const { device } = bench();
    const [a, b] = [device('laptop'), device('phone')];
    a.vault.userWrite('note.md', 'x');
    await a.engine.sync();
    await b.engine.sync();
    a.vault.userRename('note.md', 'Note.md');
    await a.engine.sync();
    await b.engine.sync();
    expect(await contentsOf(b)).toEqual({ 'Note.md': 'x' });
  });

  it('[RC1] [RC2] [AU1] a readable copy follows the commit, and an edit made there comes down', async () => {
    const { device, store } = bench();
    const a = device('laptop', { settings: { readableCopy: true } });
    a.vault.userWrite('n.md', 'plain');
    await a.engine.sync();
    const key = 'n.md' as Parameters<typeof store.get>[0];
    const plain = await store.get(key);
    expect(plain.kind === 'found' && new TextDecoder().decode(plain.body)).toBe('plain');
    await store.put(key, new TextEncoder().encode('edited by hand'));
    await store.put('dropped.md' as typeof key, new TextEncoder().encode('dropped'));
    const report = await a.engine.verify();
    expect([...report.readable.imported].sort()).toEqual(['dropped.md', 'n.md']);
    await a.engine.sync();
    expect(await contentsOf(a)).toEqual({ 'dropped.md': 'dropped', 'n.md': 'edited by hand' });
  });

  it('[RC2] a readable copy that is as it was left costs one request, and an edit made there is never overwritten', async () => {
    const { device, store } = bench();
    const meter = new Meter();
    const a = device('laptop', {
      settings: { readableCopy: true },
      through: (real) => withMetering(real, meter),
    });
    const names = Array.from({ length: 10 }, (_, index) => `n${String(index)}.md`);
    // Others that stay: the guard would hold back an edit of all.
    for (let index = 0; index < 20; index += 1) a.vault.userWrite(`old/${String(index)}.md`, 'old');
    for (const name of names) a.vault.userWrite(name, `${name} first`);
    await a.engine.sync();
    for (const name of names) a.vault.userWrite(name, `${name} second`);
    const before = meter.total();
    await a.engine.sync();
    // The head is asked for; then pack, head and ten copies, each over the one it replaces.
    expect(meter.total().requests - before.requests).toBe(13);
    expect(meter.reading('head').requests).toBe(0);
    const key = 'n3.md' as Parameters<typeof store.get>[0];
    await store.put(key, new TextEncoder().encode('edited by hand'));
    await store.delete('n4.md' as typeof key);
    for (const name of names) a.vault.userWrite(name, `${name} third`);
    await a.engine.sync();
    await a.engine.sync();
    const contents = await contentsOf(a);
    expect(Object.values(contents)).toContain('edited by hand');
    expect(Object.values(contents)).toContain('n3.md third');
    for (const [path, text] of Object.entries(contents)) {
      const plain = await store.get(path as typeof key);
      expect(plain.kind === 'found' && new TextDecoder().decode(plain.body)).toBe(text);
    }
  });

  it('[AU3] an object with what its note said before is no edit: the note stays, the object follows', async () => {
    const { device, store } = bench();
    const a = device('laptop', { settings: { readableCopy: true } });
    a.vault.userWrite('n.md', 'first');
    await a.engine.sync();
    a.vault.userWrite('n.md', 'first, then more');
    await a.engine.sync();
    const key = 'n.md' as Parameters<typeof store.get>[0];
    await store.put(key, new TextEncoder().encode('first'));
    expect((await a.engine.verify()).readable).toMatchObject({ imported: [], rewritten: 1 });
    await a.engine.sync();
    expect(await contentsOf(a)).toEqual({ 'n.md': 'first, then more' });
    const plain = await store.get(key);
    expect(plain.kind === 'found' && new TextDecoder().decode(plain.body)).toBe('first, then more');
  });

  it('a bucket of plain files is adopted and nothing equal is downloaded twice', async () => {
    const { device, store } = bench();
    const put = (key: string, text: string): Promise<unknown> =>
      store.put(key as Parameters<typeof store.put>[0], new TextEncoder().encode(text));
    await put('same.md', 'same');
    await put('theirs.md', 'theirs');
    await put('both.md', 'in the bucket');
    await put('_remotely-save-metadata-on-remote.json', '{}');
    const a = device('laptop', { settings: { readableCopy: true } });
    a.vault.userWrite('same.md', 'same');
    a.vault.userWrite('both.md', 'in the vault');
    a.vault.userWrite('mine.md', 'mine');
    expect((await a.engine.sync()).outcome).toBe('first-preview');
    const report = await a.engine.sync({ acceptFirst: true });
    expect(report.outcome).toBe('done');
    const contents = await contentsOf(a);
    expect(Object.values(contents).sort()).toEqual([
      'in the bucket',
      'in the vault',
      'mine',
      'same',
      'theirs',
    ]);
    const b = device('phone');
    await b.engine.sync();
    expect(await contentsOf(b)).toEqual(contents);
  });

  it('[AU1] a plain object below the name of a note is taken in beside it', async () => {
    const { device, store } = bench();
    const a = device('laptop', { settings: { readableCopy: true } });
    a.vault.userWrite('old', 'a note without extension');
    await a.engine.sync();
    const key = 'old/kept.md' as Parameters<typeof store.get>[0];
    await store.put(key, new TextEncoder().encode('kept'));
    await a.engine.verify();
    await a.engine.sync();
    expect(Object.values(await contentsOf(a)).sort()).toEqual(['a note without extension', 'kept']);
  });
});
