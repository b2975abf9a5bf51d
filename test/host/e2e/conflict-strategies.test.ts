import type { Locator } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { DeviceDriver } from '../driver.mts';
import { sync } from './cloud-devices.mts';
import { ConflictDevices, openCount, setStrategy } from './conflict-devices.mts';

const BASE = 'Milk\n\nBread from the baker\n\nApples\n';
/** The places that are changed lie apart. */
const HERE = BASE.replace('Milk', 'Oat milk');
const THERE = BASE.replace('Apples', 'Green apples');
const MERGED = 'Oat milk\n\nBread from the baker\n\nGreen apples\n';
/** Both change one word in their own way. */
const OTHER = BASE.replace('Milk', 'Goat milk');

describe('what is done by itself where two devices changed a note, and its Undo', () => {
  let devices: ConflictDevices;
  let laptop: DeviceDriver;
  let phone: DeviceDriver;

  beforeAll(async () => {
    devices = await ConflictDevices.start();
    ({ laptop, phone } = devices);
  }, 120_000);

  afterEach(async () => {
    expect(await devices.afterTest()).toEqual([]);
  });

  afterAll(() => devices.close());

  const texts = async (path: string): Promise<readonly (string | undefined)[]> => [
    await laptop.text(path),
    await phone.text(path),
  ];

  /** Files beside the note that were made of it: their paths, and what each device has there. */
  async function copies(stem: string): Promise<readonly string[]> {
    const own = (paths: readonly string[]): string[] => paths.filter((path) => path.startsWith(`${stem} (`));
    const [here, there] = [own(await laptop.paths()), own(await phone.paths())];
    expect(there).toEqual(here);
    return here;
  }

  /** The newest line of the phone's log that can be taken back. */
  async function undoLine(path: string): Promise<Locator> {
    await phone.runCommand('twincloud:show-log');
    const line = phone.page.locator('.twincloud-entry-text').filter({ hasText: path });
    const undoable = line.filter({ has: phone.page.getByRole('button', { name: /^Undo/u }) }).first();
    await undoable.waitFor();
    return undoable;
  }

  /** Presses the button in the log; then both versions are there on both devices, and the conflict waits. */
  async function undoes(stem: string, [note, copy]: readonly [string, string]): Promise<void> {
    const path = `${stem}.md`;
    const line = await undoLine(path);
    await devices.picture(phone, `undo-${stem}`);
    const told = async (): Promise<number> =>
      (await phone.notices()).filter((text) => text.includes('Undone')).length;
    const before = await told();
    await line.getByRole('button', { name: /^Undo/u }).click();
    await phone.until('the undo is told of', told, (times) => times > before);
    await devices.settle();
    expect(await texts(path)).toEqual([note, note]);
    const [other = '', ...more] = await copies(stem);
    expect(more).toEqual([]);
    expect(await texts(other)).toEqual([copy, copy]);
    expect([await openCount(laptop), await openCount(phone)]).toEqual([1, 1]);
    const opened = await devices.dialog(laptop, path);
    await opened.locator('button[data-way=note]').click();
    await devices.apply(opened);
    await devices.settle();
    expect(await copies(stem)).toEqual([]);
    expect([await openCount(laptop), await openCount(phone)]).toEqual([0, 0]);
  }

  it('[CF2] ask: nothing is merged unasked, also where it would fit', async () => {
    await setStrategy(phone, 'ask');
    await devices.meet('Ask.md', BASE, [HERE, THERE]);
    expect(await texts('Ask.md')).toEqual([HERE, HERE]);
    const [copy = ''] = await copies('Ask');
    expect(await texts(copy)).toEqual([THERE, THERE]);
    expect([await openCount(laptop), await openCount(phone)]).toEqual([1, 1]);
    const opened = await devices.dialog(phone, 'Ask.md');
    await opened.getByText('Both versions fit together').waitFor();
    await devices.picture(phone, 'phone-clean');
    await devices.apply(opened);
    await devices.settle();
    expect(await texts('Ask.md')).toEqual([MERGED, MERGED]);
    expect(await copies('Ask')).toEqual([]);
  }, 60_000);

  it('[CF3] [CF12] merge: what fits is merged, told of in the log, and undone there', async () => {
    await setStrategy(phone, 'merge');
    await devices.meet('Merge.md', BASE, [HERE, THERE]);
    expect(await texts('Merge.md')).toEqual([MERGED, MERGED]);
    expect(await openCount(phone)).toBe(0);
    await undoes('Merge', [HERE, THERE]);
  }, 60_000);

  it('[CF3] merge: what does not fit waits for somebody', async () => {
    await devices.meet('Unfit.md', BASE, [HERE, OTHER]);
    expect([await openCount(laptop), await openCount(phone)]).toEqual([1, 1]);
    expect(await copies('Unfit')).toHaveLength(1);
    const opened = await devices.dialog(phone, 'Unfit.md');
    await opened.getByRole('button', { name: 'Keep both' }).click();
    await devices.picture(phone, 'phone-both');
    await devices.apply(opened);
    await devices.settle();
  }, 60_000);

  it('[CF4] [CF12] keep both: nobody is asked, until it is undone', async () => {
    await setStrategy(phone, 'keep-both');
    await devices.meet('Keep.md', BASE, [HERE, OTHER]);
    expect(await texts('Keep.md')).toEqual([HERE, HERE]);
    expect(await copies('Keep')).toHaveLength(1);
    expect(await openCount(phone)).toBe(0);
    await undoes('Keep', [HERE, OTHER]);
  }, 60_000);

  it('[CF5] [CF12] newest: what is committed last stays, and the other comes back by an undo', async () => {
    await setStrategy(phone, 'newest');
    await devices.meet('Newest.md', BASE, [HERE, OTHER]);
    expect(await texts('Newest.md')).toEqual([OTHER, OTHER]);
    expect(await copies('Newest')).toEqual([]);
    expect([await openCount(laptop), await openCount(phone)]).toEqual([0, 0]);
    await undoes('Newest', [HERE, OTHER]);
  }, 60_000);

  it('[CF13] an undo is refused where somebody has worked on the note since, and nothing is changed', async () => {
    await devices.meet('Late.md', BASE, [HERE, OTHER]);
    await laptop.userModifies('Late.md', `${OTHER}More\n`);
    await devices.settle();
    const line = await undoLine('Late.md');
    await line.getByRole('button', { name: /^Undo/u }).click();
    await phone.until(
      'the refusal is told of',
      async () => (await phone.notices()).join('\n'),
      (told) => told.includes('Late.md has changed since'),
    );
    await devices.settle();
    expect(await texts('Late.md')).toEqual([`${OTHER}More\n`, `${OTHER}More\n`]);
    expect(await copies('Late')).toEqual([]);
    for (const device of [laptop, phone]) expect((await sync(device)).events).toEqual([]);
  }, 60_000);

  it('[CF9] a strategy of the vault does not stand in the way of another for one conflict', async () => {
    await setStrategy(phone, 'ask');
    await devices.meet('One.md', BASE, [HERE, OTHER]);
    const opened = await devices.dialog(phone, 'One.md');
    await opened.getByRole('button', { name: /^Newest/u }).click();
    await devices.apply(opened);
    await devices.settle();
    expect(await copies('One')).toEqual([]);
    expect(await texts('One.md')).toEqual([OTHER, OTHER]);
  }, 60_000);
});
