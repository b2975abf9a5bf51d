import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { DeviceDriver, type OpenOptions } from './driver.mts';
import { testPlugin } from './server/plugin-files.mts';

const NOTE = 'Long.md';
const LAST = 'last words ';
const LINES = Array.from({ length: 60 }, (_, index) => `Line ${String(index)} of a long note.`);
const TEXT = `${LINES.join('\n')}\n${LAST}`;
/** The editor reads an older one's typing from the page, and has a newer one tell it (`EditContext`). */
const ANDROIDS = [120, 140].map(
  (version) =>
    `Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/${String(version)}.0.0.0 Mobile Safari/537.36`,
);

/*
 * What the plugin's vault does to an open note while somebody types in it, with real input and no cloud: the
 * note is saved before each change, so that nothing but the typing itself can hold the change back.
 */
describe('A change that arrives while somebody types', () => {
  let device: DeviceDriver;

  async function open(options: Partial<OpenOptions> = {}): Promise<void> {
    const plugin = await testPlugin('arrivals', join(import.meta.dirname, 'fixtures/arrivals/plugin.ts'));
    device = await DeviceDriver.open({ plugins: [plugin], files: { [NOTE]: TEXT }, ...options });
    await device.openNote(NOTE);
  }
  afterEach(async () => {
    expect(await device.errors()).toEqual([]);
    await device.close();
  });

  const typedText = async (): Promise<string> => {
    const text = await device.editorText(NOTE);
    return text.slice(text.lastIndexOf(LAST.trim()) + LAST.length);
  };

  /** Saves the note and puts the change in place. */
  function arrive(from: string, to: string): Promise<string> {
    return device.page.evaluate(
      async ([path, before, after]) => {
        await window.host.noteView(path).save();
        return window.arrivals.arrive(path, (text) => text.replace(before, after));
      },
      [NOTE, from, to] as const,
    );
  }

  it.each(ANDROIDS)('[PV1] costs no Enter where the editor takes it a frame later: %s', async (userAgent) => {
    await open({ config: { kind: 'phone' }, userAgent });
    await device.type(NOTE, 'abc', { atEnd: true });
    expect(await pressMetByChange({ heedsKeys: true })).toBe('deferred');
    expect(await typedText()).toBe('abc\n');
    // So that the loss would be seen.
    expect(await pressMetByChange({ heedsKeys: false })).toBe('done');
    expect(await typedText()).toBe('abc\n');
  });

  /** Presses Enter and has the change ready before the next frame. */
  async function pressMetByChange({ heedsKeys }: { readonly heedsKeys: boolean }): Promise<string> {
    await device.page.evaluate(
      async ([path, heeds]) => {
        const { arrivals, host } = window;
        await host.noteView(path).save();
        arrivals.heedsKeys = heeds;
        const onFrame = window.requestAnimationFrame;
        arrivals.work = new Promise((resolve) => {
          const arrived = (): Promise<unknown> =>
            arrivals.arrive(path, (text) => text.replace('Line 3', 'Line 3+')).then(resolve);
          document.addEventListener('keydown', () => void arrived(), { once: true, capture: true });
        });
        window.requestAnimationFrame = (act): number =>
          onFrame((timeMs) => void arrivals.work.then(() => act(timeMs)));
        void arrivals.work.then(() => (window.requestAnimationFrame = onFrame));
      },
      [NOTE, heedsKeys] as const,
    );
    await device.page.keyboard.press('Enter');
    const came = await device.page.evaluate(() => window.arrivals.work);
    await device.page.evaluate(() => new Promise((done) => setTimeout(done, 100)));
    return String(came);
  }

  it('[PV1] waits until an input method has its word, however long the hand rests', async () => {
    await open();
    await device.type(NOTE, 'x', { atEnd: true });
    await device.page.evaluate(() => {
      // Longer than the pause after a key.
      window.arrivals.heedsKeys = false;
    });
    const session = await device.context.newCDPSession(device.page);
    const compose = (text: string): Promise<unknown> =>
      session.send('Input.imeSetComposition', {
        text,
        selectionStart: text.length,
        selectionEnd: text.length,
      });
    await compose('に');
    await compose('にほ');
    expect(await arrive('last words', 'last words, and')).toBe('deferred');
    await compose('にほん');
    expect(await typedText()).toBe('xにほん');
    await session.send('Input.insertText', { text: '日本' });
    expect(await arrive('last words', 'the last words')).toBe('done');
    expect(await typedText()).toBe('x日本');
    await device.page.keyboard.type('y');
    expect(await typedText()).toBe('x日本y');
  });
});
