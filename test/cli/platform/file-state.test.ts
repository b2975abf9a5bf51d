import { appendFile, cp, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { FileState } from '../../../src/cli/platform/file-state.mts';
import { checksum, encodeHeader } from '../../../src/cli/platform/state-record.mts';
import type { StateStore, StateWrite } from '../../../src/engine/ports.ts';
import { put } from '../../contract/state-store/suite.ts';
import { SeededRandom } from '../../support/seeded-random.ts';
import { buildChild, nextLine, type ChildProgram } from './child.ts';
import { canMount, mountDisk } from './disks.ts';

let home: string;
let folder: string;

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'twincloud-state-'));
  folder = join(home, 'state');
});
afterEach(async () => {
  await rm(home, { recursive: true });
});

const KEEP_JOURNAL = { compactBytes: 1e9 };
const FOLD_ALWAYS = { compactBytes: 0 };
const at = (name: string): string => join(folder, name);

async function rowsOf(state: StateStore): Promise<Record<string, unknown>> {
  const [base, local] = [await state.rows('base'), await state.rows('local')];
  return { base: Object.fromEntries(base), local: Object.fromEntries(local) };
}

/** Opens what is there, tells its rows and whether it was damaged, and closes it. */
async function found(options = KEEP_JOURNAL): Promise<{ rows: Record<string, unknown>; damaged?: string }> {
  const state = await FileState.open(folder, options);
  const rows = await rowsOf(state);
  await state.close();
  return state.damaged === undefined ? { rows } : { rows, damaged: state.damaged };
}

/** Two batches in the journal; the rows after one and after both. */
async function twoBatches(options = KEEP_JOURNAL): Promise<Record<string, unknown>[]> {
  const state = await FileState.open(folder, options);
  await state.write([put('base', 'a', 1), put('local', 'ä', { text: 'one' })]);
  const one = await rowsOf(state);
  await state.write([put('base', 'a', 2), put('local', 'b', 'two'), put('base', 'c', null)]);
  const both = await rowsOf(state);
  await state.close();
  return [one, both];
}

const NOTHING = { base: {}, local: {} };

describe('the state store in a folder after a power cut', () => {
  it('[SS8] drops a last line that was cut short anywhere, and goes on', async () => {
    const [one, both] = await twoBatches();
    const whole = await readFile(at('journal'));
    const lastLine = whole.lastIndexOf(10, whole.length - 2) + 1;
    for (let cut = lastLine; cut < whole.length; cut++) {
      await writeFile(at('journal'), whole.subarray(0, cut));
      expect(await found()).toEqual({ rows: one });
    }
    await writeFile(at('journal'), whole);
    expect(await found()).toEqual({ rows: both });
  });

  it('[SS8] drops a last line of which only some blocks were written', async () => {
    const [one] = await twoBatches();
    const bytes = await readFile(at('journal'));
    bytes.fill(0, bytes.length - 20, bytes.length - 5);
    await writeFile(at('journal'), bytes);
    expect(await found()).toEqual({ rows: one });
  });

  it('[SS8] takes writes after a dropped line', async () => {
    await twoBatches();
    await appendFile(at('journal'), '0123abcd\t4\tbase\t[["a"');
    const state = await FileState.open(folder, KEEP_JOURNAL);
    await state.write([put('base', 'd', 4)]);
    await state.close();
    expect((await found()).rows['base']).toEqual({ a: 2, c: null, d: 4 });
  });

  it.each(['journal', 'base.snapshot', 'local.snapshot'])(
    '[SS9] is whole when the folding stopped with an old %s',
    async (name) => {
      const state = await FileState.open(folder, KEEP_JOURNAL);
      await state.write([put('base', 'gone', 1), put('local', 'gone', 1)]);
      await state.write([put('base', 'a', 1)], { clear: ['base', 'local'] });
      await state.close();
      await cp(folder, join(home, 'before'), { recursive: true });
      const folding = await FileState.open(folder, FOLD_ALWAYS);
      await folding.write([]);
      await folding.close();
      // A file is replaced whole: a crash leaves the old or the new one, and new snapshots before a new journal.
      if (name === 'journal') await cp(join(home, 'before', name), at(name));
      else {
        await cp(join(home, 'before', 'journal'), at('journal'));
        await rm(at(name));
      }
      await writeFile(at(`${name}.new`), 'half of it');
      expect(await found()).toEqual({ rows: { base: { a: 1 }, local: {} } });
      expect(await readdir(folder)).not.toContain(`${name}.new`);
    },
  );
});

describe('the journal at the end of a sync', () => {
  const rows = (count: number): StateWrite[] =>
    Array.from({ length: count }, (_, n) => put('base', `${String(n)}.md`, 'x'.repeat(1_000)));
  const journalAfter = async (batch: readonly StateWrite[]): Promise<number> => {
    const state = await FileState.open(folder);
    await state.write(batch);
    await state.close();
    return (await stat(at('journal'))).size;
  };

  it('[SS13] is folded after a sync that wrote much, and left after a small one until it has grown', async () => {
    expect(await journalAfter(rows(2_500))).toBeLessThan(1_000);
    let left = 0;
    for (let syncs = 1; syncs <= 5; syncs += 1) {
      const now = await journalAfter(rows(300));
      expect(now).toBeGreaterThan(left);
      left = now;
    }
    expect(await journalAfter(rows(300))).toBeLessThan(1_000);
    expect(Object.keys((await found()).rows['base'] ?? {})).toHaveLength(2_500);
  });
});

describe('rows with letters of many scripts', () => {
  const rows = { 'ä 日本 𝒳 👩‍👩‍👧.md': 'ß\u2028\u0000\ud800 "\\u00e4" \u007f\u0080' };

  it('[SS9] come back from a snapshot as they were, and it is read as plain ASCII', async () => {
    const state = await FileState.open(folder, FOLD_ALWAYS);
    for (const [key, value] of Object.entries(rows)) await state.write([put('base', key, value)]);
    await state.close();
    const bytes = await readFile(at('base.snapshot'));
    expect(bytes.every((byte) => byte < 0x80)).toBe(true);
    expect((await found()).rows['base']).toEqual(rows);
  });

  it('[SS9] come back from a snapshot that an older program wrote as UTF-8', async () => {
    const state = await FileState.open(folder, FOLD_ALWAYS);
    await state.write([put('base', 'a', 1)]);
    await state.close();
    const body = Buffer.from(JSON.stringify(Object.entries(rows).flat()));
    const [first = ''] = (await readFile(at('base.snapshot'), 'utf8')).split('\n');
    const { ascii, ...header } = JSON.parse(first.slice(9)) as Record<string, unknown>;
    expect(ascii).toBe(true);
    const line = encodeHeader({ ...header, checksum: checksum(body) });
    await writeFile(at('base.snapshot'), Buffer.concat([Buffer.from(line), body]));
    expect((await found()).rows['base']).toEqual(rows);
  });
});

describe('the state store in a folder that is damaged', () => {
  const flip = async (name: string, offset: number): Promise<void> => {
    const bytes = await readFile(at(name));
    const index = offset < 0 ? bytes.length + offset : offset;
    bytes[index] = (bytes[index] ?? 0) ^ 1;
    await writeFile(at(name), bytes);
  };

  const expectDamaged = async (name: string): Promise<void> => {
    const { rows, damaged } = await found();
    expect(rows).toEqual(NOTHING);
    expect(damaged).toContain(name);
    expect((await readdir(folder)).some((file) => file.endsWith('.damaged'))).toBe(true);
    expect(await found()).toEqual({ rows: NOTHING });
  };

  it('[SS10] starts empty, says so and keeps the files: a spoiled first line of the journal', async () => {
    await twoBatches();
    await flip('journal', 12);
    await expectDamaged('journal, line 1');
  });

  it('[SS10] starts empty for a spoiled line that is not the last', async () => {
    await twoBatches();
    const text = await readFile(at('journal'), 'utf8');
    await flip('journal', text.indexOf('one'));
    await expectDamaged('journal, line 2');
  });

  it('[SS10] starts empty for a line that is missing', async () => {
    await twoBatches();
    const lines = (await readFile(at('journal'), 'utf8')).split('\n');
    await writeFile(at('journal'), [lines[0], lines[2], ''].join('\n'));
    await expectDamaged('journal, line 2');
  });

  it.each([0, 40])('[SS10] starts empty for a snapshot whose byte %i is spoiled', async (offset) => {
    await twoBatches(FOLD_ALWAYS);
    await flip('base.snapshot', offset);
    await expectDamaged('base.snapshot');
  });

  it.each([-2, -20_000])(
    '[SS10] says that rows are spoiled when they are asked for (byte %i)',
    async (offset) => {
      const large = put('base', 'large', 'x'.repeat(30_000));
      const state = await FileState.open(folder, FOLD_ALWAYS);
      await state.write([put('base', 'a', 1), put('local', 'b', 2), large]);
      await state.close();
      await flip('base.snapshot', offset);
      const spoiled = await FileState.open(folder, FOLD_ALWAYS);
      expect(Object.fromEntries(await spoiled.rows('local'))).toEqual({ b: 2 });
      await expect(spoiled.rows('base')).rejects.toMatchObject({ kind: 'damaged' });
      await expect(spoiled.write([put('base', 'c', 3)])).rejects.toMatchObject({ name: 'StateError' });
      await spoiled.close();
      expect(await readdir(folder)).toContain('base.snapshot.damaged');
      expect(await found()).toEqual({ rows: NOTHING });
    },
  );

  it('[SS10] starts empty for a snapshot that is missing', async () => {
    await twoBatches(FOLD_ALWAYS);
    await rm(at('local.snapshot'));
    await expectDamaged('local.snapshot');
  });

  it('[SS10] starts empty for a snapshot that is older than the journal knows', async () => {
    await twoBatches(FOLD_ALWAYS);
    await cp(at('base.snapshot'), join(home, 'old'));
    const state = await FileState.open(folder, FOLD_ALWAYS);
    await state.write([put('base', 'a', 3)]);
    await state.close();
    await cp(join(home, 'old'), at('base.snapshot'));
    await expectDamaged('base.snapshot');
  });

  it('[SS10] starts empty for a journal that is missing or older than the snapshots', async () => {
    const state = await FileState.open(folder, FOLD_ALWAYS);
    await cp(at('journal'), join(home, 'old'));
    await state.write([put('base', 'a', 1)]);
    await state.close();
    await cp(folder, join(home, 'folded'), { recursive: true });
    await rm(at('journal'));
    await expectDamaged('journal');
    await cp(join(home, 'folded'), folder, { recursive: true });
    await cp(join(home, 'old'), at('journal'));
    await expectDamaged('journal');
  });
});

describe('the state store in a folder that cannot be written', () => {
  it('[SS11] rejects where its folder cannot be', async () => {
    await writeFile(folder, 'a file');
    await expect(FileState.open(folder)).rejects.toMatchObject({ name: 'StateError' });
  });

  it.skipIf(!canMount)('[SS11] is as it was when the disk is full, and takes what fits', async () => {
    const disk = await mountDisk(folder, 1024 * 1024);
    try {
      const state = await FileState.open(folder, { compactBytes: 100_000 });
      await state.write([put('base', 'a', 1)]);
      const large = Array.from({ length: 20 }, (_, n) => put('local', String(n), 'x'.repeat(100_000)));
      await expect(state.write(large)).rejects.toMatchObject({ name: 'StateError', kind: 'disk-full' });
      expect(await rowsOf(state)).toEqual({ base: { a: 1 }, local: {} });
      // Fits, but the snapshot beside it does not: folding waits.
      await state.write(large.slice(0, 6));
      await state.write([put('base', 'b', 2)]);
      const rows = await rowsOf(state);
      expect(Object.keys(rows['local'] ?? {})).toHaveLength(6);
      await state.close();
      expect(await found()).toEqual({ rows });
    } finally {
      await disk.unmount();
    }
  });

  it.skipIf(!canMount)('[SS11] says that a disk is read-only', async () => {
    const disk = await mountDisk(folder, 1024 * 1024);
    try {
      await twoBatches();
      await disk.remountReadOnly();
      await expect(FileState.open(folder)).rejects.toMatchObject({ kind: 'unwritable' });
    } finally {
      await disk.unmount();
    }
  });
});

describe('the state store in a folder whose process is killed', () => {
  const KILLS = 50;
  let writer: ChildProgram;
  beforeAll(async () => {
    writer = await buildChild(join(import.meta.dirname, 'state-writer.mts'));
  });
  afterAll(async () => {
    await writer.dispose();
  });

  it('[SS12] has every batch that was acknowledged, and no half of one', async () => {
    const random = new SeededRandom(20261123);
    let last = 0;
    for (let kill = 0; kill < KILLS; kill++) {
      const child = writer.start(folder, String(last + 1));
      let acknowledged = last;
      for (let left = 1 + random.below(25); left > 0; left--) acknowledged = Number(await nextLine(child));
      await child.kill();
      for await (const line of child.lines) acknowledged = Number(line);

      const state = await FileState.open(folder, KEEP_JOURNAL);
      expect(state.damaged).toBeUndefined();
      last = (await state.rows('meta')).get('n') as number;
      // The one that was under way when it was killed may be there too.
      expect([acknowledged, acknowledged + 1]).toContain(last);
      expect([...(await state.rows('intents')).values()]).toEqual([last]);
      const [base, local] = [await state.rows('base'), await state.rows('local')];
      expect(local).toEqual(base);
      for (let n = Math.max(1, last - 49); n <= last; n++) {
        expect(base.get(`row ${String(n % 50)}`)).toMatchObject({ n });
      }
      await state.close();
    }
  }, 120_000);
});
