import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Locator } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openBucket } from '../../support/servers/s3-bucket.mts';
import { sharedServer } from '../../support/servers/shared.mts';
import type { ServerAddress } from '../../support/servers/server.mts';
import { SeededRandom } from '../../support/seeded-random.ts';
import type { DeviceDriver } from '../driver.mts';
import { twincloudFiles } from '../server/plugin-files.mts';
import { CloudDevices, settle, sync } from './cloud-devices.mts';

/** A folder to write pictures to, light and dark; none is written without it. */
const SCREENSHOTS = process.env['TWINCLOUD_SCREENSHOTS'];
const FIRST = 'correct horse battery';
const SECOND = 'quite another passphrase';
const LARGE_FILES = 16;

function dialogOf({ page }: DeviceDriver): Locator {
  return page.getByRole('dialog', { name: 'Encryption of the cloud' });
}

/** Notes with a canary, and enough else that encrypting it takes a moment. */
function filesOf(random: SeededRandom): Record<string, string | Uint8Array> {
  const files: Record<string, string | Uint8Array> = {
    'canary.md': 'a canary text\n',
    'Projects/canary plan.md': 'a canary plan\n',
  };
  for (let index = 0; index < LARGE_FILES; index += 1)
    files[`media/canary-${String(index)}.bin`] = Uint8Array.from(
      Buffer.from(random.hex(2_000_000), 'latin1'),
    );
  return files;
}

describe('a vault that lies in a cloud, encrypted from the app', () => {
  let server: ServerAddress;
  let cloud: CloudDevices;

  beforeAll(async () => {
    server = await sharedServer('ceph');
    cloud = await CloudDevices.start(server, await twincloudFiles());
  }, 180_000);

  afterAll(() => cloud.close());

  async function picture(driver: DeviceDriver, name: string): Promise<void> {
    if (SCREENSHOTS === undefined) return;
    mkdirSync(SCREENSHOTS, { recursive: true });
    for (const theme of ['dark', 'light'] as const)
      await driver.screenshot(join(SCREENSHOTS, `encryption-on-${theme}-${name}.png`), theme);
  }

  async function keysOfBucket(): Promise<string[]> {
    const store = openBucket(server, { bucket: cloud.place.bucket, conditionForm: 'bare' });
    const keys: string[] = [];
    for await (const { objects } of store.list('')) keys.push(...objects.map(({ key }) => key));
    await store.close();
    return keys;
  }

  async function contentsOfBucket(): Promise<string> {
    const store = openBucket(server, { bucket: cloud.place.bucket, conditionForm: 'bare' });
    const found: string[] = [];
    for (const key of await keysOfBucket()) {
      const result = await store.get(key as never);
      if (result.kind === 'found') found.push(key + Buffer.from(result.body).toString('latin1'));
    }
    await store.close();
    return found.join('\n');
  }

  async function choosePassphrase(dialog: Locator, passphrase: string): Promise<void> {
    await dialog.getByLabel('Passphrase', { exact: true }).fill(passphrase);
    await dialog.getByLabel('The same once more').fill(passphrase);
  }

  it('[EN18] [EN23] [EN24] killed in the middle it goes on; another device gives the passphrase; then it is changed', async () => {
    const random = new SeededRandom(2026);
    const laptop = await cloud.device('Laptop', { files: filesOf(random) });
    const phone = await cloud.device('Phone', { config: { kind: 'phone' } });
    await settle(laptop, phone);
    await phone.runCommand('twincloud:encryption');
    await dialogOf(phone).getByText('It can be encrypted where it lies').waitFor();
    await picture(phone, 'phone-explained');
    await phone.closeModals();
    const plain = await contentsOfBucket();
    expect(plain).toContain('a canary plan');
    expect(plain).toContain('media/canary-0.bin');

    // A first page turns it on, and is killed in the middle.
    await laptop.runCommand('twincloud:encryption');
    const explained = dialogOf(laptop);
    await explained.getByText('If the passphrase and the recovery key are both lost').waitFor();
    await picture(laptop, 'explained');
    await choosePassphrase(explained, FIRST);
    await explained.getByRole('button', { name: 'Encrypt the vault' }).click();
    const recoveryKey = await explained.locator('.twincloud-recovery-key').innerText({ timeout: 60_000 });
    expect(recoveryKey).toMatch(/^AGE-SECRET-KEY-1/u);
    await explained.getByRole('button', { name: 'I have it' }).click();
    await laptop.page.waitForFunction(
      () => Number(document.querySelector('.twincloud-progress')?.getAttribute('aria-valuenow') ?? 0) > 0,
    );
    await laptop.kill();
    expect(await keysOfBucket()).toEqual(
      expect.arrayContaining([expect.stringContaining('.twincloud/sealed/')]),
    );
    // The other goes on in the clear meanwhile, and has what is not sent yet.
    await phone.programWrites('canary.md', 'a canary text\nfrom the phone\n');
    expect((await sync(phone)).state.kind).toBe('synced');
    await phone.programWrites('Idea.md', 'a canary idea, not sent in the clear\n');

    await laptop.start();
    await laptop.until(
      'a notice of it',
      () => laptop.notices(),
      (notices) => notices.some((text) => text.includes('The cloud is not encrypted yet')),
    );
    await picture(laptop, 'notice');
    await laptop.page.getByRole('button', { name: 'Go on' }).click();
    const goingOn = dialogOf(laptop);
    await goingOn.getByText('Encrypting the vault was cut off').waitFor();
    await picture(laptop, 'cut-off');
    await goingOn.getByRole('button', { name: 'Go on' }).click();
    await goingOn.getByText('Keep the app open').waitFor();
    await picture(laptop, 'progress');
    // A person stops it, and goes on.
    const stop = goingOn.getByRole('button', { name: 'Stop' });
    const isStopped = await stop.click({ timeout: 1_000 }).then(
      () => true,
      () => false,
    );
    if (isStopped) {
      await goingOn.getByText('Stopped. Nothing was lost').or(goingOn.getByText('read back whole')).waitFor();
      if (await goingOn.getByText('Stopped. Nothing was lost').isVisible()) {
        await goingOn.getByRole('button', { name: 'Go on' }).click();
        await goingOn.getByText('Encrypting the vault was cut off').waitFor();
        await goingOn.getByRole('button', { name: 'Go on' }).click();
      }
    }
    await goingOn.getByText('The vault is encrypted, and was read back whole.').waitFor({ timeout: 60_000 });
    await picture(laptop, 'sealed');
    await goingOn.getByRole('button', { name: 'Remove what is not encrypted' }).click();
    await goingOn.getByText(/unencrypted objects removed/u).waitFor({ timeout: 60_000 });
    await picture(laptop, 'cleared');
    await goingOn.getByRole('button', { name: 'Close', exact: true }).last().click();
    expect((await sync(laptop)).state.kind).toBe('synced');
    expect(await contentsOfBucket()).not.toMatch(/canary/u);

    // The second page is asked, and what was written there arrives.
    expect(JSON.stringify((await sync(phone)).state)).toContain('Give its passphrase');
    await phone.runCommand('twincloud:encryption');
    const asked = dialogOf(phone);
    await asked.getByLabel('Passphrase', { exact: true }).fill(FIRST);
    await picture(phone, 'phone-asked');
    await asked.getByRole('button', { name: 'Open' }).click();
    await asked.waitFor({ state: 'detached' });
    await phone.closeModals();
    await laptop.programWrites('Projects/canary plan.md', 'a canary plan\nof the laptop\n');
    await settle(phone, laptop);
    expect(await phone.texts()).toEqual(await laptop.texts());
    expect(await laptop.text('canary.md')).toBe('a canary text\nfrom the phone\n');
    expect(await laptop.text('Idea.md')).toBe('a canary idea, not sent in the clear\n');
    expect(await phone.text('Projects/canary plan.md')).toBe('a canary plan\nof the laptop\n');
    expect(Object.keys(await laptop.texts())).toHaveLength(3 + LARGE_FILES);

    // The phone changes the passphrase, and no note is sent again.
    const before = await keysOfBucket();
    await phone.runCommand('twincloud:encryption');
    const known = dialogOf(phone);
    await known.getByText('this device has its key').waitFor();
    await picture(phone, 'phone-known');
    await known.getByRole('button', { name: 'Change the passphrase' }).click();
    await choosePassphrase(known, SECOND);
    await picture(phone, 'phone-change');
    await known.getByRole('button', { name: 'Change the passphrase' }).click();
    await known.waitFor({ state: 'detached' });
    const isOfKeys = (key: string): boolean => key.includes('.twincloud/keys/');
    const after = await keysOfBucket();
    expect(after.filter((key) => !isOfKeys(key))).toEqual(before.filter((key) => !isOfKeys(key)));
    expect(after.filter(isOfKeys)).toHaveLength(1);

    const third = await cloud.device('Third');
    await sync(third);
    await third.runCommand('twincloud:encryption');
    const joining = dialogOf(third);
    await joining.getByLabel('Passphrase', { exact: true }).fill(FIRST);
    await joining.getByRole('button', { name: 'Open' }).click();
    await joining.getByText('This is not the passphrase').waitFor();
    await joining.getByLabel('Passphrase', { exact: true }).fill(SECOND);
    await joining.getByRole('button', { name: 'Open' }).click();
    await joining.waitFor({ state: 'detached' });
    await third.closeModals();
    await settle(third, laptop, phone);
    expect(await third.texts()).toEqual(await laptop.texts());
    expect(await contentsOfBucket()).not.toMatch(/canary/u);
    for (const device of [laptop, phone, third]) expect(await device.errors()).toEqual([]);
  }, 400_000);
});
