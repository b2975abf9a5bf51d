import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { DeviceDriver } from '../driver.mts';
import { ConflictDevices, hasSeen, openCount } from './conflict-devices.mts';

const MANY = 50;
/** Times are of a busy machine: what they must not be is many times that of a quiet one. */
const PATIENCE = Number(process.env['TWINCLOUD_PATIENCE'] ?? '4');

/** A picture of one colour. */
async function picture(device: DeviceDriver, colour: string, width: number): Promise<Uint8Array> {
  const bytes = await device.page.evaluate(
    async ([fill, size]) => {
      const canvas = document.createElement('canvas');
      Object.assign(canvas, { width: size, height: 120 });
      const context = canvas.getContext('2d')!;
      context.fillStyle = fill;
      context.fillRect(0, 0, size, 120);
      const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/png'));
      return [...new Uint8Array(await blob!.arrayBuffer())];
    },
    [colour, width] as const,
  );
  return Uint8Array.from(bytes);
}

describe('conflicts of many, large and other files', () => {
  let devices: ConflictDevices;
  let laptop: DeviceDriver;
  let phone: DeviceDriver;

  beforeAll(async () => {
    // So many others that the guard does not hold what changes at once.
    const others = Array.from({ length: 4 * MANY }, (_, index) => [`Others/${String(index)}.md`, 'other\n']);
    devices = await ConflictDevices.start(Object.fromEntries(others) as Record<string, string>);
    ({ laptop, phone } = devices);
  }, 120_000);

  afterEach(async () => {
    expect(await devices.afterTest()).toEqual([]);
  });

  afterAll(() => devices.close());

  it('[CF14] pictures are shown beside each other, with size and time', async () => {
    const shades = [await picture(laptop, 'teal', 160), await picture(laptop, 'tomato', 240)] as const;
    await devices.meet('Map.png', await picture(laptop, 'gray', 100), shades);
    const opened = await devices.dialog(laptop, 'Map.png');
    const widths = (): Promise<number[]> =>
      opened.locator('img').evaluateAll((all) => all.map((one) => (one as HTMLImageElement).naturalWidth));
    expect(await laptop.until('the pictures', widths, (seen) => seen.every((width) => width > 0))).toEqual([
      160, 240,
    ]);
    expect(await opened.locator('.twincloud-file').allInnerTexts()).toEqual([
      expect.stringMatching(/Computer[\s\S]*\d K?B, changed /u),
      expect.stringMatching(/Android phone[\s\S]*\d K?B, changed /u),
    ]);
    expect(await opened.getByRole('button', { name: 'Apply' }).isDisabled()).toBe(true);
    await devices.picture(laptop, 'images');
    const onPhone = await devices.dialog(phone, 'Map.png');
    await onPhone.locator('img').first().waitFor();
    await devices.picture(phone, 'phone-images');
    await opened.getByRole('button', { name: 'Newest: Android phone' }).click();
    await devices.apply(opened);
    await devices.settle();
    for (const device of [laptop, phone]) expect(await device.bytes('Map.png')).toEqual(shades[1]);
  }, 60_000);

  it('[CF14] of other files size and time are shown', async () => {
    const bytes = (length: number): Uint8Array => new Uint8Array(length).fill(0);
    await devices.meet('Budget.xlsx', bytes(1000), [bytes(3000), bytes(5000)]);
    const opened = await devices.dialog(laptop, 'Budget.xlsx');
    const shown = await opened.locator('.twincloud-file').allInnerTexts();
    expect(shown.join('\n')).toMatch(/cannot be shown[\s\S]*(2\.9|3)[\s\S]*cannot be shown[\s\S]*(4\.9|5)/u);
    await devices.picture(laptop, 'other-file');
    await opened.getByRole('button', { name: 'Keep both' }).click();
    await devices.apply(opened);
    await devices.settle();
    const sizes = async (device: DeviceDriver): Promise<readonly number[]> => {
      const paths = (await device.paths()).filter((path) => path.startsWith('Budget'));
      return Promise.all(paths.map(async (path) => (await device.bytes(path))?.length ?? 0));
    };
    for (const device of [laptop, phone])
      expect([...(await sizes(device))].sort((a, b) => a - b)).toEqual([3000, 5000]);
  }, 60_000);

  it(`[CF15] a list of ${String(MANY)} conflicts is there at once`, async () => {
    const name = (index: number): string => `Many/Note ${String(index).padStart(2, '0')}.md`;
    const write = async (device: DeviceDriver, text: string): Promise<void> => {
      for (let index = 0; index < MANY; index += 1) await device.programWrites(name(index), text);
      for (let index = 0; index < MANY; index += 1) await hasSeen(device, name(index));
    };
    await write(laptop, 'one\n');
    await devices.settle();
    await write(laptop, 'laptop one\n');
    await write(phone, 'phones one two\n');
    await devices.settle();
    expect([await openCount(laptop), await openCount(phone)]).toEqual([MANY, MANY]);
    for (const device of [laptop, phone]) {
      const ms = await device.page.evaluate(async (rows) => {
        const startMs = performance.now();
        window.host.app.executeCommandById('twincloud:resolve-conflicts');
        while (document.querySelectorAll('.twincloud-conflicts li').length < rows)
          await new Promise((resolve) => requestAnimationFrame(resolve));
        await new Promise((resolve) => requestAnimationFrame(resolve));
        return performance.now() - startMs;
      }, MANY);
      process.stdout.write(`list of ${String(MANY)} conflicts: ${ms.toFixed(0)} ms\n`);
      expect(ms).toBeLessThan(100 * PATIENCE);
    }
    await devices.picture(laptop, 'list');
    await devices.picture(phone, 'phone-list');
  }, 120_000);

  it('[CF14] a note of 1 MB opens, is decided and applied without a hang', async () => {
    const line = (index: number): string =>
      `Line ${String(index)} of a long note, with some words ${String((index * 7919) % 1000)} that differ.\n`;
    const lines = Array.from({ length: 18_000 }, (_, index) => line(index));
    const edit = (word: string): string =>
      lines
        .map((text, index) => (index % 300 === 7 ? text.replace('long', word) : text))
        .map((text, index) => (index % 1000 === (word === 'short' ? 100 : 600) ? `${word} ${text}` : text))
        .join('');
    const base = lines.join('');
    expect(base.length).toBeGreaterThan(1_000_000);
    await devices.meet('Long.md', base, [edit('short'), edit('wide')]);
    await laptop.runCommand('twincloud:resolve-conflicts');
    const row = laptop.page
      .getByRole('list', { name: 'Open conflicts' })
      .getByRole('button', { name: 'Long.md' });
    await row.waitFor();
    const opens = await row.evaluate(async (button) => {
      const tasks: number[] = [];
      const observer = new PerformanceObserver((list) => {
        tasks.push(...list.getEntries().map(({ duration }) => Math.round(duration)));
      });
      observer.observe({ entryTypes: ['longtask'] });
      const startMs = performance.now();
      (button as HTMLElement).click();
      while (document.querySelector('.twincloud-conflict-result .cm-content') === null)
        await new Promise((resolve) => requestAnimationFrame(resolve));
      const ms = performance.now() - startMs;
      await new Promise((resolve) => window.setTimeout(resolve, 1_500));
      observer.disconnect();
      return { ms: Math.round(ms), tasks };
    });
    process.stdout.write(
      `a note of 1 MB opens in ${String(opens.ms)} ms; long tasks ${opens.tasks.join(' ')}\n`,
    );
    const opened = laptop.page.getByRole('dialog', { name: 'Conflict in Long.md' });
    await devices.picture(laptop, 'long');
    const chosen = await opened.evaluate(async () => {
      const startMs = performance.now();
      document.querySelector<HTMLElement>('.twincloud-hunk-button')?.click();
      await new Promise((resolve) => requestAnimationFrame(resolve));
      return Math.round(performance.now() - startMs);
    });
    process.stdout.write(`a choice in it takes ${String(chosen)} ms\n`);
    expect(Math.max(0, ...opens.tasks)).toBeLessThan(200 * PATIENCE);
    expect(chosen).toBeLessThan(100 * PATIENCE);
    await opened.getByRole('button', { name: /^Newest/u }).click();
    await devices.apply(opened);
    await devices.settle();
    expect(await laptop.text('Long.md')).toBe(await phone.text('Long.md'));
  }, 120_000);
});
