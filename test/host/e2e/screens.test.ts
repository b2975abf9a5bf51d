import { mkdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Locator, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ScriptedService } from '../fixtures/screens/scripted-service.ts';
import { DeviceDriver } from '../driver.mts';
import { testPlugin } from '../server/plugin-files.mts';

const root = resolve(import.meta.dirname, '../../..');
const NOTE = 'Trip to Lisbon.md';
/** A folder to write pictures of each screen to, light and dark; none is written without it. */
const SCREENSHOTS = process.env['TWINCLOUD_SCREENSHOTS'];

describe.each(['desktop', 'phone'] as const)('on a %s', (kind) => {
  let driver: DeviceDriver;
  let page: Page;

  beforeAll(async () => {
    const files = await testPlugin('twincloud', join(root, 'test/host/fixtures/screens/plugin.ts'));
    const styles = await readFile(join(root, 'styles.css'), 'utf8');
    driver = await DeviceDriver.open({
      plugins: [{ ...files, styles }],
      files: { [NOTE]: '# Lisbon\n\nTram 28 goes up.\n' },
      config: { kind },
    });
  });

  beforeEach(async () => {
    await driver.restart();
    page = driver.page;
    await driver.openNote(NOTE);
  });

  afterEach(async () => {
    expect(await driver.errors()).toEqual([]);
  });

  afterAll(() => driver.close());

  /** Changes what the service answers. */
  const script = (change: Partial<ScriptedService['script']>): Promise<void> =>
    page.evaluate((changed) => {
      Object.assign(window.screens.service.script, changed);
    }, change);

  const calls = (): Promise<readonly unknown[]> => page.evaluate(() => window.screens.service.calls);
  const run = (id: string): Promise<boolean> => driver.runCommand(`twincloud:${id}`);
  const dialog = (name: string | RegExp): Locator => page.getByRole('dialog', { name });
  const button = (name: string | RegExp): Locator => page.getByRole('button', { name });

  async function picture(name: string): Promise<void> {
    if (SCREENSHOTS === undefined) return;
    mkdirSync(SCREENSHOTS, { recursive: true });
    for (const theme of ['dark', 'light'] as const)
      await driver.screenshot(join(SCREENSHOTS, `${kind}-${theme}-${name}.png`), theme);
  }

  /** A dialog has its name, its controls have names, nothing is wider than it, and Escape closes it. */
  async function behaves(opened: Locator, name: string): Promise<void> {
    await opened.waitFor();
    await picture(name);
    const unnamed = await opened.evaluate((el) =>
      [...el.querySelectorAll<HTMLElement>('.modal-content :is(button, input, select, textarea)')]
        .filter((one) => one.closest('.setting-item') === null)
        .filter((one) => (one.getAttribute('aria-label') ?? one.textContent).trim() === '')
        .map((one) => one.outerHTML),
    );
    expect(unnamed).toEqual([]);
    const overflow = await opened.evaluate((el) => el.scrollWidth - el.clientWidth);
    expect(overflow).toBeLessThanOrEqual(0);
    await page.keyboard.press('Escape');
    await opened.waitFor({ state: 'detached' });
  }

  it('the preview shows what would happen by kind, and a first sync is accepted', async () => {
    await run('preview');
    const opened = dialog('Preview sync');
    await opened.getByText('Nothing is deleted', { exact: false }).waitFor();
    await opened.getByRole('button', { name: 'Receive (1)' }).click();
    expect(await opened.locator('.twincloud-change').allInnerTexts()).toEqual([
      expect.stringContaining('Bread.md'),
    ]);
    await opened.getByRole('button', { name: 'Everything (75)' }).click();
    const daily = opened.locator('summary', { hasText: 'Daily/' });
    expect(await daily.innerText()).toContain('70 changes');
    await daily.click();
    await opened.getByText('70.md', { exact: true }).waitFor();
    await behaves(opened, 'preview');
    await run('preview');
    await button('Accept and sync').click();
    expect(await calls()).toEqual([['syncNow', { acceptFirst: true, byHand: true }]]);
  });

  it('a preview that fails says why', async () => {
    await script({ failure: 'The cloud cannot be reached. Check the network.' });
    await run('preview');
    await page.getByRole('alert').getByText('The cloud cannot be reached').waitFor();
    await picture('preview-failed');
    await page.evaluate(() => {
      window.screens.service.script.failure = undefined;
    });
    await button('Try again').click();
    await behaves(dialog('Preview sync'), 'preview-again');
  });

  it.each([
    ['Undo them', 'restore'],
    ['Apply them this time', 'apply'],
    ['Keep holding', 'keep'],
  ])('held changes are answered: %s', async (name, decision) => {
    await run('show-held');
    const opened = dialog('Held changes');
    await opened.getByText('24 files gone from this device').click();
    await opened.getByText('Archive/2023.md').waitFor();
    await picture('held');
    await opened.getByRole('button', { name }).click();
    expect(await calls()).toEqual([['answerHeld', decision]]);
    await opened.waitFor({ state: 'detached' });
  });

  it('versions are looked at beside the note, and one is restored', async () => {
    await run('restore-version');
    const opened = dialog(`Versions of ${NOTE}`);
    const then = opened.getByRole('region', { name: 'This version' });
    await then.getByText('Version 40').waitFor();
    expect(await opened.getByRole('region', { name: 'The note now' }).innerText()).toContain('Tram 28');
    await picture('history');
    await opened
      .getByRole('button', { name: /from Phone/u })
      .first()
      .click();
    await then.getByText('Version 39').waitFor();
    await opened.getByRole('button', { name: 'Restore this version' }).click();
    expect(await calls()).toEqual([['restoreVersion', 39]]);
    await driver.until(
      'the notice',
      () => driver.notices(),
      (all) => all.some((one) => one.includes(NOTE)),
    );
    await run('restore-version');
    await behaves(opened, 'history-again');
  });

  it('a check of the cloud shows its progress, is stopped, and shows what it found', async () => {
    await script({ hang: true });
    await run('verify');
    const opened = dialog('Verify cloud');
    await opened.getByRole('progressbar', { name: 'Progress of the check' }).waitFor();
    expect(await opened.getByRole('progressbar').getAttribute('aria-valuenow')).toBe('50');
    await picture('verify-running');
    await opened.getByRole('button', { name: 'Stop' }).click();
    await opened.getByText('Nothing was lost').waitFor();
    await page.keyboard.press('Escape');
    await script({ hang: false });
    await run('verify');
    await opened.getByText('2 of 1,204 files').waitFor();
    await opened.getByText('Scans/old.pdf').waitFor();
    await behaves(opened, 'verify');
  });

  it('closing the check of the cloud stops it', async () => {
    await script({ hang: true });
    await run('verify');
    await dialog('Verify cloud').waitFor();
    await page.keyboard.press('Escape');
    await driver.until('the stop', calls, (all) => all.length > 0);
    expect(await calls()).toEqual([['verified', true]]);
  });

  it('forgetting a cloud asks first', async () => {
    await run('forget-cloud');
    await dialog('Forget this cloud on this device?').getByText('my-notes/vault').waitFor();
    await behaves(dialog('Forget this cloud on this device?'), 'forget');
    expect(await calls()).toEqual([]);
    await run('forget-cloud');
    await button('Forget this cloud').click();
    await driver.until('the call', calls, (all) => all.length > 0);
    expect(await calls()).toEqual([['forgetCloud']]);
    expect(await run('forget-cloud')).toBe(false);
  });

  it('a setup link has each item confirmed, and takes nothing by itself where a cloud is set up', async () => {
    const link =
      'obsidian://twincloud-setup?v=1&bucket=other&region=auto&ignore=drafts%2F%0A*.tmp&dotFolders=1';
    await driver.openLink(link);
    const opened = dialog('Set up from a link');
    await opened.getByText('Bucket: other').waitFor();
    await behaves(opened, 'setup-link');
    await driver.openLink(link);
    await button('Set up').click();
    expect(await calls()).toEqual([]);
    await driver.openLink(link);
    await opened.getByLabel('Take over: Ignore patterns').click();
    await button('Set up').click();
    expect(await calls()).toEqual([['changeSettings', { ignore: ['drafts/', '*.tmp'] }]]);
  });

  it('a setup link that is wrong is refused and says which part', async () => {
    await driver.openLink('obsidian://twincloud-setup?v=1&bucket=a%2Fb');
    const [notice] = await driver.notices();
    expect(notice).toContain('Its part “bucket” is wrong.');
    expect(await page.getByRole('dialog').count()).toBe(0);
  });

  it('the cloud is typed as a draft, saved by a button, and checked in words', async () => {
    await driver.openSettings('twincloud');
    await picture('settings');
    await page.getByText('my-notes/vault').click();
    await picture('cloud');
    const bucket = page
      .locator('.setting-item', { hasText: 'Create it in the cloud’s console' })
      .locator('input');
    await bucket.fill('my notes');
    await page.getByText('neither slash nor blank').waitFor();
    await page.getByText('Mend this first: Bucket.').waitFor();
    expect(await button('Save and check').isDisabled()).toBe(true);
    await picture('cloud-wrong');
    await bucket.fill('other');
    await page.getByText('The changes above are not in use yet.').waitFor();
    expect(await calls()).toEqual([]);
    await button('Save and check').click();
    const opened = dialog('Check connection');
    await opened.getByText('Give the key the rights').waitFor();
    expect(await calls()).toEqual([
      [
        'changeSettings',
        expect.objectContaining({ s3: expect.objectContaining({ bucket: 'other', prefix: 'vault' }) }),
      ],
    ]);
    await picture('check-failed');
    await page.evaluate(() => {
      window.screens.service.script.findings = window.screens.good;
    });
    await opened.getByRole('button', { name: 'Check again' }).click();
    await opened.getByText('The connection works.').waitFor();
    await behaves(opened, 'check');
  });

  it('each kind of cloud has its own fields, and a service of S3 fills in its own', async () => {
    await driver.openSettings('twincloud');
    await page.getByText('my-notes/vault').click();
    const row = (name: string): Locator =>
      page.locator('.setting-item:visible', { has: page.getByText(name, { exact: true }) });
    const names = (): Promise<string[]> => page.locator('.setting-item-name:visible').allInnerTexts();
    await row('Service').locator('select').selectOption('r2');
    await row('Endpoint').getByPlaceholder('https://account.r2.cloudflarestorage.com').waitFor();
    expect(await row('Region').locator('input').inputValue()).toBe('auto');
    await page.getByText('Still missing: Endpoint.').waitFor();
    await picture('cloud-r2');
    await row('Kind of cloud').locator('select').selectOption('azure');
    await page.getByText('Still missing: Storage account, Container, Key.').waitFor();
    expect(await names()).toEqual(expect.arrayContaining(['Storage account', 'Container', 'Key']));
    expect(await names()).not.toContain('Region');
    await picture('cloud-azure');
    await row('Kind of cloud').locator('select').selectOption('gcs');
    await page.getByText('Still missing: Bucket, Service account key.').waitFor();
    await picture('cloud-gcs');
    await button('Discard changes').click();
    await row('Path-style addresses').waitFor();
    expect(await row('Endpoint').locator('input').inputValue()).toBe('https://s3.example.com');
    expect(await calls()).toEqual([]);
  });

  it('before the first set-up, the settings say what comes first, and nothing points at where one is', async () => {
    await page.evaluate(() => window.screens.service.forgetCloud());
    await run('show-log');
    await page.locator('.twincloud-log').getByText('No cloud is set up.').waitFor();
    await picture('log-unset');
    await driver.openSettings('twincloud');
    await page.getByText('Select “Cloud” and say which bucket keeps this vault.').waitFor();
    expect(await page.locator('.vertical-tab-content').getByText('the settings of Twincloud').count()).toBe(
      0,
    );
    expect(await button('Sync now').isVisible()).toBe(false);
    await picture('settings-unset');
    await page.getByText('The bucket that keeps this vault.').click();
    await picture('cloud-unset');
  });

  it('the setup link is on the clipboard after Copy setup link, without the names of secrets', async () => {
    const origin = new URL(page.url()).origin;
    await driver.context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin });
    await run('copy-setup-link');
    await driver.until(
      'the notice',
      () => driver.notices(),
      (all) => all.some((one) => one.includes('Setup link copied.')),
    );
    const link = new URL(await page.evaluate(() => navigator.clipboard.readText()));
    expect([link.protocol, link.host]).toEqual(['obsidian:', 'twincloud-setup']);
    expect(Object.fromEntries(link.searchParams)).toMatchObject({ bucket: 'my-notes', prefix: 'vault' });
    expect(link.search).not.toMatch(/access|secret/u);
    await picture('copied');
    await driver.openLink(link.href);
    await dialog('Set up from a link').getByText('Same as now').first().waitFor();
  });

  it('a clipboard that refuses leaves the setup link where it can be copied by hand', async () => {
    const session = await driver.context.newCDPSession(page);
    const permission = { name: 'clipboard-write' };
    const { origin } = new URL(page.url());
    await session.send('Browser.setPermission', { permission, setting: 'denied', origin });
    await run('copy-setup-link');
    const opened = dialog('Copy the setup link');
    const field = opened.getByLabel('Setup link', { exact: true });
    await field.waitFor();
    const selected = await field.evaluate((el: HTMLTextAreaElement) =>
      el.value.slice(el.selectionStart, el.selectionEnd),
    );
    expect(selected).toMatch(/^obsidian:\/\/twincloud-setup\?.*bucket=my-notes/u);
    expect(await driver.notices()).toEqual([]);
    await behaves(opened, 'copy-by-hand');
  });

  it('files set aside are listed in the log, each a way to the file', async () => {
    await page.evaluate(() => {
      const { service } = window.screens;
      const copies = ['Journal (conflict, Phone, 2026-11-22 14.03).md', 'A/deep/folder/List (conflict).md'];
      service.conflicts = copies as unknown as typeof service.conflicts;
      const message = 'Journal.md was changed on two devices. Compare the copy with it, then delete one.';
      service.become({ kind: 'attention', reason: 'aside', message });
    });
    await run('show-log');
    await page.getByText('2 files set aside').waitFor();
    expect(await page.getByLabel('Open A/deep/folder/List (conflict).md').isVisible()).toBe(true);
    await picture('log-conflicts');
  });

  it('ignore patterns are edited a line each', async () => {
    await driver.openSettings('twincloud');
    await button('Edit: Ignore patterns').click();
    const opened = dialog('Ignore patterns');
    const area = opened.getByLabel('Ignore patterns, one a line');
    expect(await area.evaluate((el) => el === document.activeElement)).toBe(true);
    await area.fill('drafts/\n\n*.tmp\n');
    await picture('ignore');
    await opened.getByRole('button', { name: 'Save' }).click();
    expect(await calls()).toEqual([['changeSettings', { ignore: ['drafts/', '*.tmp'] }]]);
    await page.getByText('2 patterns').waitFor();
  });

  it('the log shows the newest first, goes on live, and leaves only problems when asked', async () => {
    await run('show-log');
    const entries = page.locator('.twincloud-entry-text');
    await entries.first().waitFor();
    expect(await entries.first().innerText()).toContain('Sent: 299.md');
    expect(await entries.count()).toBe(200);
    await page.evaluate(() => {
      const { service } = window.screens;
      service.problems = [
        { path: 'house.pdf', kind: 'too-large', message: 'It is too large. Raise the limit.' },
      ];
      service.write({ timeMs: 0, level: 'error', text: 'Journal.md cannot be written.' });
      service.become({ kind: 'attention', reason: 'held', message: 'Much would be deleted.' });
    });
    await page.getByText('Journal.md cannot be written.').waitFor();
    expect(await entries.first().innerText()).toContain('Journal.md');
    await page.getByText('It is too large. Raise the limit.').waitFor();
    await picture('log');
    await page.getByLabel('Show', { exact: true }).selectOption('problems');
    expect(await entries.count()).toBe(16);
    await page.locator('.twincloud-log').getByRole('button', { name: 'Show held changes' }).click();
    await dialog('Held changes').waitFor();
  });

  it('the log says so when there is nothing in it', async () => {
    await page.evaluate(() => {
      window.screens.service.log = [];
    });
    await run('show-log');
    await page.getByText('Nothing has happened yet').waitFor();
    await picture('log-empty');
  });

  it('the status says how it is, and its menu does what can be done', async () => {
    const status = page.locator(kind === 'phone' ? '.twincloud-ribbon' : '.twincloud-status');
    await page.evaluate(() => {
      const progress = {
        phase: 'upload',
        doneFiles: 3,
        totalFiles: 12,
        doneBytes: 0,
        totalBytes: 0,
      } as const;
      window.screens.service.become({ kind: 'syncing', progress });
    });
    expect(await status.getAttribute('aria-label')).toContain('Syncing 3 of 12');
    if (kind === 'desktop')
      expect(await driver.statusBar()).toEqual([expect.stringContaining('Syncing 3 of 12')]);
    await status.focus();
    await page.keyboard.press('Enter');
    await page.locator('.menu').getByText('Stop the running sync').click();
    expect(await calls()).toEqual([['stop']]);
    await status.click();
    await page.locator('.menu').getByText('Pause').waitFor();
    await picture('menu');
    await page.locator('.menu').getByText('Pause').click();
    expect(await status.getAttribute('aria-label')).toContain('Paused');
  });

  it('a failure is told once, with the way to the log, and again only after a success', async () => {
    const fail = (): Promise<void> =>
      page.evaluate(() => {
        const message = 'Journal.md cannot be written: the disk is full. Free some space.';
        window.screens.service.become({ kind: 'syncing', progress: undefined });
        window.screens.service.become({ kind: 'attention', reason: 'failed', message });
      });
    await fail();
    await fail();
    expect(await driver.notices()).toHaveLength(1);
    await picture('failure');
    await page.evaluate(() => window.screens.service.become({ kind: 'synced', atMs: 0 }));
    await fail();
    expect(await driver.notices()).toHaveLength(2);
    await button('Show sync log').first().click();
    await page.locator('.twincloud-entry').first().waitFor();
  });

  it('a sync by hand tells its outcome; one that asks opens its screen', async () => {
    await run('sync-now');
    await driver.until(
      'the outcome',
      () => driver.notices(),
      (all) => all.some((one) => one.includes('is synced')),
    );
    await page.evaluate(() => {
      const { script: answers } = window.screens.service;
      if (answers.report !== undefined) answers.report = { ...answers.report, outcome: 'first-preview' };
    });
    await run('sync-now');
    await dialog('Preview sync').waitFor();
  });

  it('nothing is left when the plugin is disabled: no screen, no listener, no status', async () => {
    await run('show-log');
    await run('preview');
    await dialog('Preview sync').waitFor();
    await driver.setPluginEnabled('twincloud', false);
    expect(await page.getByRole('dialog').count()).toBe(0);
    expect(await page.locator('[class*="twincloud"]').count()).toBe(0);
    expect(await page.evaluate(() => window.screens.service.listenerCount)).toBe(0);
  });
});
