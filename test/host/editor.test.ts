import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { DeviceDriver } from './driver.mts';
import { NOTES, openTestDevice } from './fixtures/open-test-device.mts';

/*
 * How an open note meets its file. Known from e2e tests on Obsidian 1.13.4
 * (SmetDenis/obsidian-frontmatter-date-manager#11), dayGLANCE#1498 and mnaoumov/obsidian-dev-utils.
 */

const NOTE = 'Welcome.md';
const TEXT = NOTES[NOTE] ?? '';

describe('The host’s editor', () => {
  let device: DeviceDriver;

  beforeAll(async () => {
    device = await openTestDevice();
  });

  afterAll(async () => {
    await device.close();
  });

  beforeEach(async () => {
    await device.page.evaluate(async () => {
      for (const leaf of [...window.host.app.workspace.leaves]) {
        await leaf.view.onClose();
        leaf.detach();
      }
    });
    await device.programWrites(NOTE, TEXT);
    await device.until(
      'the note as it was',
      () => seenText(),
      (text) => text === TEXT,
    );
    await device.openNote(NOTE);
  });

  /** As the app has it. */
  const seenText = (): Promise<string> =>
    device.page.evaluate((path) => window.host.app.vault.read(window.host.file(path)), NOTE);

  it('saves 2 s after the first unsaved key, however long one types on (obsidian-typings requestSave)', async () => {
    const startMs = Date.now();
    let text = '';
    for (let key = 0; (await device.text(NOTE)) === TEXT; key++) {
      expect(key).toBeLessThan(60);
      await device.page.waitForTimeout(60);
      await device.type(NOTE, 'x');
      text += 'x';
    }
    const savedMs = Date.now() - startMs;
    expect(savedMs).toBeGreaterThan(1_900);
    expect(savedMs).toBeLessThan(3_500);
    expect(await device.editorText(NOTE)).toBe(TEXT + text);
  });

  it('takes over what another program wrote when nothing is unsaved; the cursor does not stay (setViewData)', async () => {
    await device.page.evaluate(
      (path) => window.host.noteView(path).editor.setCursor({ line: 2, ch: 3 }),
      NOTE,
    );
    await device.programWrites(NOTE, `top\n${TEXT}`);
    await device.until(
      'the text',
      () => device.editorText(NOTE),
      (text) => text.startsWith('top'),
    );
    expect(await device.isDirty(NOTE)).toBe(false);
    expect(await device.cursor(NOTE)).not.toBe(`top\n${TEXT}`.indexOf('First') + 3);
  });

  it('merges fuzzily, with a notice, when something is unsaved; a line that fits nowhere is lost', async () => {
    await device.type(NOTE, 'typed');
    await device.programWrites(NOTE, TEXT.replace('First', 'Premier'));
    await device.until(
      'the merge',
      () => device.editorText(NOTE),
      (text) => text.includes('Premier'),
    );
    expect(await device.editorText(NOTE)).toBe(`${TEXT.replace('First', 'Premier')}typed`);
    expect((await device.notices()).at(-1)).toContain(
      'has been modified externally, merging changes automatically',
    );

    await device.saveNote(NOTE);
    await device.type(NOTE, ' lost line');
    await device.programWrites(NOTE, 'Wholly another text, which shares nothing with it.');
    await device.until(
      'the merge',
      () => device.editorText(NOTE),
      (text) => text.startsWith('Wholly'),
    );
    expect(await device.editorText(NOTE)).not.toContain('lost line');
  });

  it('does not learn of a write that leaves time and size, and the next save goes over it (§2.2)', async () => {
    const mtime = (await device.device.disk.stat(NOTE))?.mtimeMs ?? 0;
    await device.page.evaluate(
      async ([path, text, time]) => {
        await window.host.app.vault.modify(window.host.file(path), text, { mtime: time });
      },
      [NOTE, TEXT.replace('First', 'Worst'), mtime] as const,
    );
    expect(await device.text(NOTE)).toContain('Worst');
    expect(await device.editorText(NOTE)).toContain('First');
    await device.type(NOTE, '!');
    await device.saveNote(NOTE);
    expect(await device.text(NOTE)).toBe(`${TEXT}!`);
  });

  it('keeps cursor and undo over a transaction, and tells of it as of typing (d.ts editor-change)', async () => {
    await device.type(NOTE, 'abc');
    const before = await device.cursor(NOTE);
    await device.runCommand('test:insert');
    expect(await device.cursor(NOTE)).toBe(before + 4);
    expect(await device.editorText(NOTE)).toBe(`top ${TEXT}abc`);
    expect(await device.page.evaluate(() => window.testPlugin.seen)).toContain('editor-change');
    await device.page.keyboard.press('Control+z');
    await device.page.keyboard.press('Control+z');
    expect(await device.editorText(NOTE)).toBe(TEXT);
  });

  it('shows one note in two panes, each with a text of its own', async () => {
    await device.openNote(NOTE, 'split');
    const texts = await device.page.evaluate(async () => {
      const views = window.testPlugin.app.workspace.getLeavesOfType('markdown').map(({ view }) => view);
      const [one, other] = views.filter((view) => view instanceof window.testPlugin.obsidian.MarkdownView);
      one!.editor.replaceRange('A ', { line: 0, ch: 0 });
      await one!.save();
      return [one!.getViewData(), other!.getViewData()];
    });
    await device.until(
      'the other pane',
      () =>
        device.page.evaluate(() =>
          window.testPlugin.app.workspace
            .getLeavesOfType('markdown')
            .map(({ view }) => (view as { getViewData?: () => string }).getViewData?.()),
        ),
      (seen) => seen.every((text) => text === `A ${TEXT}`),
    );
    expect(texts[0]).toBe(`A ${TEXT}`);
  });

  it('closes a note that is deleted, and follows one that is renamed', async () => {
    await device.userRenames(NOTE, 'Renamed.md');
    expect(await device.page.locator('.workspace-tab-header.is-active').innerText()).toBe('Renamed');
    await device.programDeletes('Renamed.md');
    await device.page.locator('.empty-state').waitFor();
  });
});
