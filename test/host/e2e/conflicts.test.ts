import type { Locator } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { DeviceDriver } from '../driver.mts';
import { sync } from './cloud-devices.mts';
import { ConflictDevices, openCount } from './conflict-devices.mts';

const NOTE = 'Trip.md';
const BASE =
  '# Trip to Lisbon\n\nWe leave on Monday at noon.\n\nBring a map, a hat and bread.\n\nThe hotel is near the river.\n\nTram 28 goes up.\n';
const HERE = BASE.replace('Monday at noon', 'Monday at nine')
  .replace('a hat', 'two hats')
  .replace('28', '12');
const THERE = BASE.replace('at noon', 'at two, after lunch').replace('near the river', 'by the sea');
const MERGED_OTHERS = BASE.replace('a hat', 'two hats')
  .replace('near the river', 'by the sea')
  .replace('28', '12');
/** Two places to decide. */
const PLAN = '# Plan\n\nStart at noon.\n\nWalk the old town.\n\nEat by the river.\n\nSleep.\n';
const PLAN_HERE = PLAN.replace('noon', 'nine').replace('the river', 'the castle');
const PLAN_THERE = PLAN.replace('noon', 'two').replace('the river', 'the market hall');

describe('the dialog on two devices and one S3 server', () => {
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

  const result = (opened: Locator): Locator => opened.locator('.twincloud-conflict-result .cm-content');
  const hunk = (opened: Locator, which: number, of: number): Locator =>
    opened.getByRole('group', { name: `Change ${String(which)} of ${String(of)}` });
  const notes = async (path: string): Promise<readonly (string | undefined)[]> => [
    await laptop.text(path),
    await phone.text(path),
  ];
  const paths = async (): Promise<readonly (readonly string[])[]> => [
    await laptop.paths(),
    await phone.paths(),
  ];

  it('[CF15] is told on both devices, and resolved place by place on one', async () => {
    await devices.meet(NOTE, BASE, [HERE, THERE]);
    for (const device of [laptop, phone])
      expect((await sync(device)).state).toMatchObject({
        kind: 'attention',
        reason: 'conflicts',
        conflicts: 1,
      });
    expect((await laptop.statusBar()).join()).toContain('1 conflict');
    const opened = await devices.dialog(laptop, NOTE);
    await opened.getByText('1 change to decide.').waitFor();
    expect(await opened.getByRole('button', { name: 'Apply' }).isDisabled()).toBe(true);
    await devices.picture(laptop, 'laptop');
    await hunk(opened, 1, 1).getByRole('button', { name: 'Phone' }).click();
    await opened.getByText('Everything is decided.').waitFor();
    await devices.picture(laptop, 'laptop-chosen');
    await devices.apply(opened);
    await devices.settle();
    const decided = MERGED_OTHERS.replace('at noon', 'at two, after lunch');
    expect([await laptop.texts(), await phone.texts()]).toEqual([{ [NOTE]: decided }, { [NOTE]: decided }]);
  }, 60_000);

  it('[CF9] what was resolved comes back on no device, in three syncs of each and after a start', async () => {
    for (let round = 0; round < 3; round += 1)
      for (const device of [laptop, phone])
        expect(await sync(device)).toMatchObject({ events: [], state: { kind: 'synced' } });
    await phone.restart();
    await phone.userModifies(NOTE, `${(await phone.text(NOTE)) ?? ''}One more line.\n`);
    await devices.settle();
    expect(await paths()).toEqual([[NOTE], [NOTE]]);
    expect([await openCount(laptop), await openCount(phone)]).toEqual([0, 0]);
  }, 60_000);

  it('[CF14] on a phone it fills the screen, shows one version at a time in one column, and Later keeps both', async () => {
    await devices.meet(NOTE, BASE, [HERE, THERE]);
    const opened = await devices.dialog(phone, NOTE);
    const box = await opened.evaluate((el) => {
      const { x, y, width, height } = el.getBoundingClientRect();
      return { x, y, width, height, over: el.scrollWidth - el.clientWidth };
    });
    const size = phone.page.viewportSize();
    expect(box).toEqual({ x: 0, y: 0, width: size?.width, height: size?.height, over: 0 });
    await devices.picture(phone, 'phone-result');
    await opened.getByRole('tab', { name: 'Computer' }).click();
    const pane = opened.locator('.twincloud-version-pane.is-note');
    expect(await pane.isVisible()).toBe(true);
    expect(await opened.locator('.twincloud-version-pane.is-copy').isVisible()).toBe(false);
    // What it was before stands in the same column as what it is now.
    expect(await pane.innerText()).toContain('nine');
    expect(await pane.locator('.cm-deletedText, .cm-deletedLine, del').allInnerTexts()).not.toEqual([]);
    await devices.picture(phone, 'phone-version');
    await opened.getByRole('button', { name: 'Later' }).click();
    await opened.waitFor({ state: 'detached' });
    const [copy = ''] = (await phone.paths()).filter((path) => path !== NOTE);
    expect([await phone.text(NOTE), await phone.text(copy)]).toEqual([HERE, THERE]);
    await phone.userModifies(NOTE, `${HERE}Still written in.\n`);
    await devices.settle();
    expect(await notes(NOTE)).toEqual([`${HERE}Still written in.\n`, `${HERE}Still written in.\n`]);
    expect(await notes(copy)).toEqual([THERE, THERE]);
    expect([await openCount(laptop), await openCount(phone)]).toEqual([1, 1]);
    const again = await devices.dialog(phone, NOTE);
    await hunk(again, 1, 1).getByRole('button', { name: 'Both' }).click();
    await devices.picture(phone, 'phone-chosen');
    await devices.apply(again);
    await devices.settle();
    expect(await paths()).toEqual([[NOTE], [NOTE]]);
    for (const line of [
      'Monday at nine',
      'at two, after lunch',
      'Still written in.',
      'by the sea',
      'two hats',
    ])
      expect(await laptop.text(NOTE)).toContain(line);
  }, 60_000);

  it('[CF10] a version that arrives meanwhile is told of, and choices and typing stay where they still fit', async () => {
    const path = 'Plan.md';
    await devices.meet(path, PLAN, [PLAN_HERE, PLAN_THERE]);
    const opened = await devices.dialog(laptop, path);
    await hunk(opened, 1, 2).getByRole('button', { name: 'Phone' }).click();
    await opened.getByText('1 change to decide.').waitFor();
    await result(opened).getByText('Sleep.').click();
    await laptop.page.keyboard.press('End');
    await laptop.page.keyboard.type(' Late.');
    await phone.userModifies(path, PLAN_HERE.replace('old town', 'new town'));
    await sync(phone);
    await sync(laptop);
    await opened.getByText('A new version arrived').waitFor();
    await devices.picture(laptop, 'arrived');
    await opened.getByText('1 change to decide.').waitFor();
    const text = await result(opened).innerText();
    for (const one of ['Start at two.', 'Walk the new town.', 'Sleep. Late.']) expect(text).toContain(one);
    await hunk(opened, 2, 2).getByRole('button', { name: 'Computer' }).click();
    await devices.apply(opened);
    await devices.settle();
    const decided = '# Plan\n\nStart at two.\n\nWalk the new town.\n\nEat by the castle.\n\nSleep. Late.\n';
    expect(await notes(path)).toEqual([decided, decided]);
  }, 60_000);

  it('[CF10] a conflict that the other device resolves meanwhile is over, and Apply is not to be had', async () => {
    const path = 'Plan.md';
    await devices.meet(path, PLAN, [PLAN_HERE, PLAN_THERE]);
    const opened = await devices.dialog(laptop, path);
    const there = await devices.dialog(phone, path);
    await there.getByRole('button', { name: 'Newest' }).click();
    await devices.apply(there);
    await sync(laptop);
    await opened.getByText('This conflict is over').waitFor();
    expect(await opened.getByRole('button', { name: 'Apply' }).isDisabled()).toBe(true);
    await devices.picture(laptop, 'over');
  }, 60_000);

  it('[CF14] all is done by keys, and the keys are shown', async () => {
    const path = 'Plan.md';
    await devices.meet(path, PLAN, [PLAN_HERE, PLAN_THERE]);
    const opened = await devices.dialog(laptop, path);
    const { keyboard } = laptop.page;
    const current = (): Promise<string | null> =>
      opened.locator('.twincloud-hunk.is-current').getAttribute('aria-label');
    const keys = await opened.locator('kbd').allInnerTexts();
    for (const key of ['Alt', '↑', '↓', '1', '2', '3', 'Ctrl', 'Enter', 'Z']) expect(keys).toContain(key);
    expect(await current()).toBe('Change 1 of 2');
    await keyboard.press('Alt+ArrowDown');
    expect(await current()).toBe('Change 2 of 2');
    await keyboard.press('Alt+ArrowUp');
    await keyboard.press('Alt+Digit2');
    expect(await current()).toBe('Change 2 of 2');
    await keyboard.press('Alt+Digit3');
    await opened.getByText('Everything is decided.').waitFor();
    expect(await result(opened).innerText()).toContain('Eat by the castle.\nEat by the market hall.');
    await keyboard.press('Control+z');
    await opened.getByText('1 change to decide.').waitFor();
    await keyboard.press('Control+Shift+z');
    await opened.getByText('Everything is decided.').waitFor();
    await keyboard.press('Control+z');
    await keyboard.press('Alt+Digit1');
    await keyboard.press('Control+Enter');
    await opened.waitFor({ state: 'detached' });
    await devices.settle();
    const decided = PLAN.replace('noon', 'two').replace('the river', 'the castle');
    expect(await notes(path)).toEqual([decided, decided]);
  }, 60_000);

  it.each([
    ['Newest: Android phone', PLAN_THERE],
    ['Only Computer', PLAN_HERE],
    ['Keep both', PLAN_HERE],
  ])(
    '[CF9] the whole file at once: %s',
    async (name, becomes) => {
      const path = 'Plan.md';
      await devices.meet(path, PLAN, [PLAN_HERE, PLAN_THERE]);
      const opened = await devices.dialog(laptop, path);
      await opened.getByRole('button', { name }).click();
      await devices.picture(laptop, `way-${name.replace(/\W+/gu, '-')}`);
      await devices.apply(opened);
      await devices.settle();
      expect(await notes(path)).toEqual([becomes, becomes]);
      expect([await openCount(laptop), await openCount(phone)]).toEqual([0, 0]);
      const others = (await phone.paths()).filter((one) => one.startsWith('Plan') && one !== path);
      expect(others.length).toBe(name === 'Keep both' ? 1 : 0);
      for (const other of others) {
        expect(other).not.toContain('conflict');
        expect(await notes(other)).toEqual([PLAN_THERE, PLAN_THERE]);
      }
    },
    60_000,
  );

  it('[CF14] the result is edited before it is applied', async () => {
    const path = 'Edited.md';
    await devices.meet(path, PLAN, [PLAN_HERE, PLAN_THERE]);
    const opened = await devices.dialog(laptop, path);
    await hunk(opened, 1, 2).getByRole('button', { name: 'Edit' }).click();
    await laptop.page.keyboard.type(' Or at three, wörd by wörd 😀.');
    await hunk(opened, 2, 2).getByRole('button', { name: 'Computer' }).click();
    await devices.picture(laptop, 'edited');
    await devices.apply(opened);
    await devices.settle();
    const decided = PLAN_HERE.replace(
      'Start at nine.',
      'Start at nine.\nStart at two. Or at three, wörd by wörd 😀.',
    );
    expect(await notes(path)).toEqual([decided, decided]);
  }, 60_000);
});
