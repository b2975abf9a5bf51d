import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { FolderVault } from '../../src/cli/platform/folder-vault.mts';
import type { Engine } from '../../src/engine/api.ts';
import { MemoryState } from '../../src/engine/memory/memory-state.ts';
import { bench, contentsOf, noting, textOf, type Bench, type TestDevice } from './two-devices.ts';

/** Bytes that a device holds; texts are not enough where contents are no text. */
async function bytesOf({ vault }: TestDevice): Promise<string[]> {
  const { files } = await vault.list({ include: () => true });
  return files.map(({ path }) => Buffer.from(vault.userRead(path) ?? []).toString('hex')).sort();
}

async function syncAll(devices: readonly TestDevice[], rounds = 3): Promise<void> {
  for (let round = 0; round < rounds; round += 1)
    for (const one of devices) await one.engine.sync({ acceptFirst: true });
}

/** Two devices that hold one note, and nothing to do. */
async function pair(text: string): Promise<Bench & { a: TestDevice; b: TestDevice }> {
  const at = bench();
  const [a, b] = [at.device('laptop'), at.device('phone')];
  a.vault.userWrite('n.md', text);
  await syncAll([a, b], 2);
  return { ...at, a, b };
}

const texts = (contents: Record<string, string>): string[] => Object.values(contents).sort();

describe('names that meet on one place', () => {
  it.each([
    ['upper and lower case', 'Plan.md', 'plan.md'],
    ['ß and SS', 'stra\u00dfe.md', 'STRASSE.md'],
    ['a dotted İ and i', '\u0130.md', 'i\u0307.md'],
    ['a ligature and its letters', '\ufb01n.md', 'fin.md'],
  ])('%s: both texts are kept on every device', async (_what, one, other) => {
    const { device } = bench();
    const [a, b, c] = [device('laptop'), device('phone'), device('tablet')];
    a.vault.userWrite(one, 'text of one');
    b.vault.userWrite(other, 'text of the other');
    await syncAll([a, b, c]);
    for (const each of [a, b, c])
      expect(texts(await contentsOf(each))).toEqual(['text of one', 'text of the other']);
    expect(await contentsOf(b)).toEqual(await contentsOf(a));
    expect(await contentsOf(c)).toEqual(await contentsOf(a));
  });

  it('NFC and NFD on real disks: both texts are kept, under names that no system takes for one', async () => {
    const at = bench();
    const folder = await mkdtemp(join(tmpdir(), 'twincloud-forms-'));
    try {
      const engines = ['caf\u00e9.md', 'cafe\u0301.md'].map(async (name, index) => {
        const home = join(folder, String(index));
        await mkdir(home);
        await writeFile(join(home, name), `text of ${String(index)}`);
        const device = { name: `device ${String(index)}`, vault: new FolderVault(home) };
        return at.engineOn({ ...device, state: new MemoryState() });
      });
      const [a, b] = (await Promise.all(engines)) as [Engine, Engine];
      for (const one of [a, b, a, b, a]) await one.sync({ acceptFirst: true });
      for (const index of ['0', '1']) {
        const names = await readdir(join(folder, index));
        expect(new Set(names.map((name) => name.normalize('NFC'))).size).toBe(2);
        const contents = names.map((name) => readFile(join(folder, index, name), 'utf8'));
        expect((await Promise.all(contents)).sort()).toEqual(['text of 0', 'text of 1']);
      }
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('a file where the other device made a folder: both are kept, on every device', async () => {
    const { device } = bench();
    const [a, b] = [device('laptop'), device('phone')];
    a.vault.userWrite('a', 'a file');
    b.vault.userWrite('a/x.md', 'a note in a folder');
    await syncAll([a, b], 4);
    expect(texts(await contentsOf(a))).toEqual(['a file', 'a note in a folder']);
    expect(await contentsOf(b)).toEqual(await contentsOf(a));
  });
});

describe('edits that meet', () => {
  it('truncated to nothing here, edited there: the edit is not lost', async () => {
    const { a, b } = await pair('one\ntwo\n');
    a.vault.userWrite('n.md', '');
    b.vault.userWrite('n.md', 'one\ntwo\nthree\n');
    await syncAll([a, b]);
    expect(JSON.stringify(await contentsOf(a))).toContain('three');
    expect(await contentsOf(b)).toEqual(await contentsOf(a));
  });

  it('back to what it was here, edited there: the edit wins, without a conflict', async () => {
    const { a, b } = await pair('as it was\n');
    a.vault.userWrite('n.md', 'a thought\n');
    a.vault.userWrite('n.md', 'as it was\n');
    b.vault.userWrite('n.md', 'as it was\nand more\n');
    await b.engine.sync();
    await syncAll([a, b]);
    expect(await contentsOf(a)).toEqual({ 'n.md': 'as it was\nand more\n' });
    expect(await contentsOf(b)).toEqual(await contentsOf(a));
  });

  it('sent, edited there, then back to what it was here: what the other wrote is kept', async () => {
    const { a, b } = await pair('as it was\n');
    a.vault.userWrite('n.md', 'as it was\na thought\n');
    await syncAll([a, b], 1);
    b.vault.userWrite('n.md', 'as it was\na thought\nand more\n');
    a.vault.userWrite('n.md', 'as it was\n');
    await syncAll([a, b]);
    expect(JSON.stringify(await contentsOf(a))).toContain('and more');
    expect(await contentsOf(b)).toEqual(await contentsOf(a));
  });

  it('bytes that are no text, changed on both sides: both are kept as they were', async () => {
    const at = bench();
    const [a, b] = [at.device('laptop'), at.device('phone')];
    const [base, here, there] = [
      [0x61, 0xff, 0xfe, 0x0a],
      [0x61, 0xff, 0x62, 0x0a],
      [0xc3, 0x28, 0xff, 0x0a],
    ].map((bytes) => Uint8Array.from(bytes)) as [Uint8Array, Uint8Array, Uint8Array];
    a.vault.userWrite('n.md', base);
    await syncAll([a, b], 2);
    a.vault.userWrite('n.md', here);
    b.vault.userWrite('n.md', there);
    await syncAll([a, b]);
    const both = [here, there].map((bytes) => Buffer.from(bytes).toString('hex')).sort();
    expect(await bytesOf(a)).toEqual(both);
    expect(await bytesOf(b)).toEqual(both);
  });

  it('line ends changed here, a line added there: the line is there, and no line is lost', async () => {
    const { a, b } = await pair('one\ntwo\nthree\n');
    a.vault.userWrite('n.md', 'one\r\ntwo\r\nthree\r\n');
    b.vault.userWrite('n.md', 'one\ntwo\nthree\nfour\n');
    await syncAll([a, b]);
    expect(await contentsOf(b)).toEqual(await contentsOf(a));
    for (const word of ['one', 'two', 'three', 'four'])
      expect(JSON.stringify(await contentsOf(a))).toContain(word);
  });

  it('deleted here, edited there: the edit stays', async () => {
    const { a, b } = await pair('one\n');
    a.vault.userDelete('n.md');
    b.vault.userWrite('n.md', 'one\ntwo\n');
    await syncAll([a, b]);
    expect(await contentsOf(a)).toEqual({ 'n.md': 'one\ntwo\n' });
    expect(await contentsOf(b)).toEqual(await contentsOf(a));
  });
});

describe('clocks and times far off', () => {
  const YEARS = 365 * 86_400_000;

  it.each([
    ['1970', 0],
    ['before 1970', -YEARS],
    ['2106', 4_294_967_296_000],
    ['the year 9999', 253_402_300_799_000],
  ])('a note of %s goes and comes, and is then left alone', async (_what, mtimeMs) => {
    const at = bench();
    const calls: string[] = [];
    const [a, b] = [at.device('laptop', { through: noting(calls) }), at.device('phone')];
    a.vault.userWrite('n.md', 'text', mtimeMs);
    await syncAll([a, b]);
    expect(await contentsOf(b)).toEqual({ 'n.md': 'text' });
    calls.length = 0;
    await a.engine.sync();
    expect(calls).toEqual(['get']);
  });

  it.each([10, -10])('a clock that jumps %i years in the middle of a sync loses nothing', async (years) => {
    const at = bench();
    let jumps = 0;
    const jumping = (store: Bench['store']) =>
      new Proxy(store, {
        get: (target, name) => {
          const member: unknown = Reflect.get(target, name, target);
          if (typeof member !== 'function') return member;
          return (...args: unknown[]): unknown => {
            if (name === 'put') {
              jumps += 1;
              at.clock.jump(years * YEARS);
            }
            return Reflect.apply(member, target, args) as unknown;
          };
        },
      });
    const a = at.device('laptop', { through: () => jumping(at.store) });
    const b = at.device('phone');
    a.vault.userWrite('n.md', 'one');
    await a.engine.sync();
    expect(jumps).toBeGreaterThan(1);
    await b.engine.sync();
    b.vault.userWrite('n.md', 'one\ntwo');
    await syncAll([b, a]);
    expect(textOf(a, 'n.md')).toBe('one\ntwo');
    expect(await contentsOf(b)).toEqual(await contentsOf(a));
  });
});
