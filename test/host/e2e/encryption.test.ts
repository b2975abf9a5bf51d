import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openBucket } from '../../support/servers/s3-bucket.mts';
import { sharedServer } from '../../support/servers/shared.mts';
import type { ServerAddress } from '../../support/servers/server.mts';
import type { DeviceDriver } from '../driver.mts';
import { twincloudFiles } from '../server/plugin-files.mts';
import { CloudDevices, settle, sync } from './cloud-devices.mts';

/** A folder to write pictures to, light and dark; none is written without it. */
const SCREENSHOTS = process.env['TWINCLOUD_SCREENSHOTS'];
const PASSPHRASE = 'correct horse battery';

describe('two devices and an encrypted cloud', () => {
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
      await driver.screenshot(join(SCREENSHOTS, `encryption-${theme}-${name}.png`), theme);
  }

  async function contentsOfBucket(): Promise<string> {
    const store = openBucket(server, { bucket: cloud.place.bucket, conditionForm: 'bare' });
    const found: string[] = [];
    for await (const { objects } of store.list(''))
      for (const { key } of objects) {
        const result = await store.get(key);
        if (result.kind === 'found') found.push(key + Buffer.from(result.body).toString('latin1'));
      }
    await store.close();
    expect(found.length).toBeGreaterThan(2);
    return found.join('\n');
  }

  it('[EN21] [EN22] one begins it with a passphrase, the other is asked for it; a wrong one is told', async () => {
    const laptop = await cloud.device('Laptop', { files: { 'canary.md': 'a canary text\n' } });
    await laptop.runCommand('twincloud:encryption');
    const begun = laptop.page.getByRole('dialog', { name: 'Encryption of the cloud' });
    await begun.getByLabel('Passphrase', { exact: true }).fill(PASSPHRASE);
    await begun.getByLabel('The same once more').fill(`${PASSPHRASE}!`);
    await begun.getByRole('button', { name: 'Encrypt' }).click();
    await begun.getByText('The two passphrases differ.').waitFor();
    await begun.getByLabel('Passphrase', { exact: true }).fill(PASSPHRASE);
    await begun.getByLabel('The same once more').fill(PASSPHRASE);
    await picture(laptop, 'begin');
    await begun.getByRole('button', { name: 'Encrypt' }).click();
    await begun.getByText('AGE-SECRET-KEY-1').waitFor();
    await picture(laptop, 'recovery-key');
    await begun.getByRole('button', { name: 'I have it' }).click();
    expect((await sync(laptop)).state.kind).toBe('synced');
    expect(await contentsOfBucket()).not.toContain('canary');

    const phone = await cloud.device('Phone', {
      config: { kind: 'phone' },
      files: { 'Idea.md': 'an idea\n' },
    });
    const stopped = await sync(phone);
    expect(stopped.state).toMatchObject({ kind: 'attention', reason: 'failed' });
    expect(JSON.stringify(stopped.state)).toContain('Give its passphrase');
    await phone.runCommand('twincloud:encryption');
    const asked = phone.page.getByRole('dialog', { name: 'Encryption of the cloud' });
    await asked.getByLabel('Passphrase', { exact: true }).fill('another one entirely');
    await asked.getByRole('button', { name: 'Open' }).click();
    await asked.getByText('This is not the passphrase').waitFor();
    await picture(phone, 'wrong');
    await asked.getByLabel('Passphrase', { exact: true }).fill(PASSPHRASE);
    await asked.getByRole('button', { name: 'Open' }).click();
    await asked.waitFor({ state: 'detached' });
    await phone.closeModals();
    await settle(phone, laptop);
    expect(await phone.texts()).toEqual(await laptop.texts());
    expect(await phone.text('canary.md')).toBe('a canary text\n');
    expect(await laptop.text('Idea.md')).toBe('an idea\n');
    expect(await contentsOfBucket()).not.toMatch(/canary|Idea|an idea/u);
    expect([await laptop.errors(), await phone.errors()]).toEqual([[], []]);
  }, 240_000);
});
