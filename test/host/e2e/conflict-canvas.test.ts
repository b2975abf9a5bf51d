import type { Locator } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { arrow, card } from '../../core/merge/structured/canvas-files.ts';
import { canvasText } from '../../support/canvas-text.ts';
import { ConflictDevices } from './conflict-devices.mts';

const PATH = 'Board.canvas';
const board = (a: string, b: string, c: string): string =>
  canvasText({
    nodes: [card('a', { text: a }), card('b', { text: b, x: 300 }), card('c', { text: c, x: 600 })],
    edges: [arrow('ab', 'a', 'b')],
  });

describe('a canvas in the dialog, on two devices and one S3 server', () => {
  let devices: ConflictDevices;

  beforeAll(async () => {
    devices = await ConflictDevices.start();
  }, 120_000);

  afterEach(async () => {
    expect(await devices.afterTest()).toEqual([]);
  });

  afterAll(() => devices.close());

  const choose = (opened: Locator, name: string): Promise<void> =>
    opened.getByRole('group', { name: 'Change 1 of 1' }).getByRole('button', { name }).click();

  it('[CF16] asks about the card that both wrote, and a choice that breaks the canvas is not applied', async () => {
    const { laptop, phone } = devices;
    await devices.meet(PATH, board('One', 'Two', 'Three'), [
      board('One here', 'Two here', 'Three'),
      board('One there', 'Two', 'Three there'),
    ]);
    const opened = await devices.dialog(laptop, PATH);
    await opened.getByText('1 change to decide.').waitFor();
    await devices.picture(laptop, 'canvas');
    await choose(opened, 'Both');
    await opened.getByText('the file could not be opened').waitFor();
    expect(await opened.getByRole('button', { name: 'Apply' }).isDisabled()).toBe(true);
    await devices.picture(laptop, 'canvas-broken');
    await choose(opened, 'Phone');
    await opened.getByText('Everything is decided.').waitFor();
    await devices.apply(opened);
    await devices.settle();
    const decided = { [PATH]: board('One there', 'Two here', 'Three there') };
    expect([await laptop.texts(), await phone.texts()]).toEqual([decided, decided]);
  }, 60_000);

  it('[MJ1] is not asked about where each wrote in cards of its own', async () => {
    const { laptop, phone } = devices;
    await devices.meet(PATH, board('1', '2', '3'), [board('1 here', '2', '3'), board('1', '2', '3 there')]);
    const merged = { [PATH]: board('1 here', '2', '3 there') };
    expect([await laptop.texts(), await phone.texts()]).toEqual([merged, merged]);
  }, 60_000);
});
