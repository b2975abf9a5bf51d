import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sharedServer } from '../../support/servers/shared.mts';
import type { DeviceDriver } from '../driver.mts';
import { twincloudFiles } from '../server/plugin-files.mts';
import { CloudDevices, settle, sync } from './cloud-devices.mts';

/** `TWINCLOUD_TYPING_SECONDS=60` for the whole minute. */
const SECONDS = Number(process.env['TWINCLOUD_TYPING_SECONDS'] ?? '15');
const KEY_MS = 100;
const NOTE = 'Long note.md';
const FOLDED = 'With folds.md';
const SECTIONS = '# One\n\nfirst\nsecond\n\n# Two\n\nthird\n\n# Three\n\nfourth\nfifth\n';
/** Far from where is typed: edits of two neighbouring lines are a conflict, which is another matter. */
const EDITED_LINES = 90;
const LINES = Array.from({ length: 200 }, (_, index) => `Line ${String(index)} of a long note.`);

describe('a note that somebody types in', () => {
  let cloud: CloudDevices;
  let laptop: DeviceDriver;
  let tablet: DeviceDriver;

  beforeAll(async () => {
    cloud = await CloudDevices.start(await sharedServer('versitygw'), await twincloudFiles());
    laptop = await cloud.device('Laptop', {
      files: { [NOTE]: `${LINES.join('\n')}\n`, [FOLDED]: SECTIONS },
      settings: { syncAfterEdit: true },
    });
    tablet = await cloud.device('Tablet');
    await settle(laptop, tablet);
  }, 120_000);
  afterAll(() => cloud.close());

  it(
    '[PE3] loses no key while edits of the same note arrive, and keeps the cursor where the words are',
    async () => {
      await laptop.openNote(NOTE);
      const keys = Math.round((SECONDS * 1000) / KEY_MS);
      const typed = Array.from({ length: keys }, (_, index) =>
        index % 8 === 7 ? ' ' : ('abcdefg'[index % 8] ?? ''),
      ).join('');
      const typing = laptop.type(NOTE, typed, { atEnd: true, delayMs: KEY_MS });
      const progress = { done: false };
      void typing.then(() => (progress.done = true));
      let remoteEdits = 0;
      while (!progress.done) {
        const line = String(remoteEdits % EDITED_LINES);
        const text = (await tablet.text(NOTE)) ?? '';
        await tablet.userModifies(
          NOTE,
          text.replace(new RegExp(`^Line ${line}\\b`, 'mu'), '$&, edited elsewhere'),
        );
        await sync(tablet);
        await sync(laptop);
        remoteEdits += 1;
      }
      await typing;
      expect(remoteEdits).toBeGreaterThan(2);
      const cursor = await laptop.cursor(NOTE);
      expect((await laptop.editorText(NOTE)).slice(0, cursor).slice(-typed.length)).toBe(typed);
      await laptop.until(
        'saved, and merged with what came',
        async () => {
          await settle(laptop, tablet);
          return [await laptop.text(NOTE), await tablet.text(NOTE)] as const;
        },
        ([here, there]) => here === there && here?.includes(typed) === true,
      );
      const text = (await laptop.text(NOTE)) ?? '';
      expect(text.match(/edited elsewhere/gu)).toHaveLength(remoteEdits);
      expect(await laptop.editorText(NOTE)).toBe(text);
      expect(await laptop.errors()).toEqual([]);
      // No copy was made: everything found its place in the one note.
      expect(await laptop.paths()).toEqual([NOTE, FOLDED]);
    },
    SECONDS * 1000 + 60_000,
  );

  it('[PE3] keeps what can be undone over an edit that arrives', async () => {
    await laptop.page.keyboard.type(' undo me');
    await laptop.saveNote(NOTE);
    await settle(laptop, tablet);
    await tablet.userModifies(
      NOTE,
      ((await tablet.text(NOTE)) ?? '').replace('Line 100 of', 'Line 100, once more, of'),
    );
    await sync(tablet);
    await laptop.until(
      'the edit in the editor',
      async () => {
        await sync(laptop);
        return laptop.editorText(NOTE);
      },
      (text) => text.includes('Line 100, once more, of'),
    );
    expect(await laptop.editorText(NOTE)).toContain(' undo me');
    const cursor = await laptop.cursor(NOTE);
    expect((await laptop.editorText(NOTE)).slice(0, cursor).endsWith(' undo me')).toBe(true);
    for (let presses = 0; presses < 3; presses += 1) await laptop.page.keyboard.press('Control+z');
    const undone = await laptop.editorText(NOTE);
    expect(undone).not.toContain(' undo me');
  });

  it('[PE3] leaves folded what is folded while edits arrive above, inside and below it, with cursor and undo', async () => {
    await laptop.openNote(FOLDED);
    await fold(5);
    await fold(0);
    await laptop.page.evaluate((path) => {
      const { editor } = window.host.noteView(path);
      editor.setCursor({ line: 12, ch: 5 });
    }, FOLDED);
    await laptop.page.keyboard.type(' mine');
    await laptop.saveNote(FOLDED);
    await settle(laptop, tablet);
    const shown = '# One…\n\n# Two…\n\n# Three\n\nfourth\nfifth mine\n';
    expect(await shownText()).toBe(shown);
    const arrived = `${SECTIONS.replace('first', 'new line\nfirst, edited').replace('fourth', 'fourth, edited').replace('fifth', 'fifth mine')}last\n`;
    await tablet.userModifies(FOLDED, arrived);
    await sync(tablet);
    await laptop.until(
      'the edits in the editor',
      async () => {
        await sync(laptop);
        return laptop.editorText(FOLDED);
      },
      (text) => text === arrived,
    );
    expect(await shownText()).toBe(
      shown.replace('fourth', 'fourth, edited').replace('mine\n', 'mine\nlast\n'),
    );
    expect(await laptop.cursor(FOLDED)).toBe(arrived.indexOf(' mine') + ' mine'.length);
    for (let presses = 0; presses < 2; presses += 1) await laptop.page.keyboard.press('Control+z');
    expect(await laptop.editorText(FOLDED)).toBe(SECTIONS);
    expect(await laptop.errors()).toEqual([]);
  });

  /** Folds what the heading of the line begins, as a person does it. */
  async function fold(line: number): Promise<void> {
    await laptop.page.evaluate(
      ([path, at]) => {
        const { editor } = window.host.noteView(path);
        editor.setCursor({ line: at, ch: 1 });
        editor.focus();
      },
      [FOLDED, line] as const,
    );
    await laptop.page.keyboard.press('Control+Shift+BracketLeft');
  }

  /** What the editor draws, a fold as `…`. */
  function shownText(): Promise<string> {
    return laptop.page.evaluate(
      (path) =>
        [...window.host.noteView(path).editor.cm.contentDOM.querySelectorAll('.cm-line')]
          .map((line) => line.textContent)
          .join('\n'),
      FOLDED,
    );
  }
});
