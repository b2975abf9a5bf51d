import { describe, expect, it } from 'vitest';
import type { VaultPath } from '../../src/core/model/vault-path.ts';
import type { Canvas } from '../core/merge/structured/canvas-files.ts';
import { arrow, card } from '../core/merge/structured/canvas-files.ts';
import { canvasText } from '../support/canvas-text.ts';
import { SeededRandom } from '../support/seeded-random.ts';
import { bench, contentsOf, textOf, type TestDevice } from './two-devices.ts';

const BOARD = 'Board.canvas' as VaultPath;
const TEXT = 'Bread and butter from the baker.\n\nCall about the cake for Sunday.';
const board = (...texts: readonly [string, string]): string =>
  canvasText({
    nodes: [card('a', { text: texts[0] }), card('b', { text: texts[1], x: 400 })],
    edges: [arrow('ab', 'a', 'b')],
  });

/** Both devices have the board, then each changes it; the laptop's is committed first. */
async function meet(theirs: string, ours: string): Promise<readonly [TestDevice, TestDevice]> {
  const one = bench();
  const [laptop, phone] = [one.device('Laptop'), one.device('Phone')];
  laptop.vault.userWrite(BOARD, board('A', TEXT));
  await laptop.engine.sync();
  await phone.engine.sync();
  laptop.vault.userWrite(BOARD, theirs);
  phone.vault.userWrite(BOARD, ours);
  for (let round = 0; round < 3; round += 1) for (const device of [laptop, phone]) await device.engine.sync();
  return [laptop, phone];
}

describe('a canvas that two devices changed', () => {
  it('[MJ1] has the changes of both, on both, where they changed different cards', async () => {
    const [laptop, phone] = await meet(board('A here', TEXT), board('A', `${TEXT} Soon.`));
    const merged = { [BOARD]: board('A here', `${TEXT} Soon.`) };
    expect(await contentsOf(laptop)).toEqual(merged);
    expect(await contentsOf(phone)).toEqual(merged);
    expect(await phone.engine.conflicts()).toEqual([]);
  });

  it('[MJ7] has one card’s text merged', async () => {
    const [laptop, phone] = await meet(
      board('A', TEXT.replace('Bread', 'Rolls')),
      board('A', TEXT.replace('Sunday', 'Monday')),
    );
    const merged = { [BOARD]: board('A', TEXT.replace('Bread', 'Rolls').replace('Sunday', 'Monday')) };
    expect(await contentsOf(laptop)).toEqual(merged);
    expect(await contentsOf(phone)).toEqual(merged);
  });

  it.each([
    [
      '[MJ7] both wrote the same words of a card',
      board('A', TEXT.replace('Bread', 'Rolls')),
      board('A', TEXT.replace('Bread', 'Cake')),
    ],
    ['[MJ11] one version is no JSON', `${board('B', TEXT)},`, board('A', `${TEXT} Soon.`)],
    [
      '[MJ11] one version has a number beyond precision',
      board('B', TEXT),
      board('A', TEXT).replace('400', '12345678901234567890'),
    ],
  ])('stays beside a copy where %s', async (_title, theirs, ours) => {
    const [laptop, phone] = await meet(theirs, ours);
    const [conflict, ...more] = await phone.engine.conflicts();
    expect(more).toEqual([]);
    expect(textOf(phone, BOARD)).toBe(theirs);
    expect(textOf(phone, conflict?.copy ?? '')).toBe(ours);
    expect(await contentsOf(laptop)).toEqual(await contentsOf(phone));
  });

  it.each([1, 2, 3, 4])(
    '[MJ1] [MJ3] keeps all that two devices write in 20 meetings, of seed %i',
    async (seed) => {
      const random = new SeededRandom(seed);
      const one = bench();
      const devices = [one.device('Laptop'), one.device('Phone')];
      const written: string[] = [];
      devices[0]?.vault.userWrite(BOARD, '{}');
      for (let meeting = 0; meeting < 20; meeting += 1) {
        for (const device of devices) await device.engine.sync();
        for (const device of devices) {
          const before = JSON.parse(textOf(device, BOARD) ?? '{}') as Partial<Canvas>;
          const { nodes = [], edges = [] } = before;
          const word = `w${String(written.length)}x`;
          written.push(word);
          const at = random.below(nodes.length + 2);
          const texts = nodes.map((node, index) =>
            index === at ? { ...node, text: [node['text'], `About ${word}.`].join('\n\n') } : node,
          );
          const added = at < nodes.length ? [] : [card(word)];
          const ends = [...texts, ...added].map(({ id }) => id);
          const [from = word, to = word] = [ends[random.below(ends.length)], ends[random.below(ends.length)]];
          const drawn = random.below(3) === 0 ? [arrow(`${word}-arrow`, from, to)] : [];
          const after = { nodes: [...texts, ...added], edges: [...edges, ...drawn] };
          device.vault.userWrite(BOARD, canvasText(after));
        }
      }
      for (let round = 0; round < 3; round += 1) for (const device of devices) await device.engine.sync();
      const [here, there] = await Promise.all(devices.map(contentsOf));
      expect(here).toEqual(there);
      for (const text of Object.values(here ?? {})) expect(canvasText(JSON.parse(text) as Canvas)).toBe(text);
      const all = Object.values(here ?? {}).join('\n');
      expect(written.filter((word) => !all.includes(word))).toEqual([]);
    },
  );
});
