import { describe, expect, it } from 'vitest';
import { setupRows, settingsFrom } from '../../../src/plugin/modals/setup-rows.ts';
import { DEFAULTS } from '../../../src/plugin/settings/defaults.ts';

const place = { endpoint: '', bucket: 'notes', region: 'eu-west-1', prefix: '', pathStyle: false };
const cloud = { kind: 's3', ...place } as const;
const secrets = { 's3.accessKeySecret': 'a', 's3.secretKeySecret': 'b', 'azure.keySecret': 'c' };
const azure = { account: 'notes', container: 'vault', prefix: '', endpoint: '' };

describe('the items of a setup link', () => {
  it('stand beside what this device has', () => {
    const rows = setupRows({ cloud, dotFolders: true, intervalMinutes: 5 }, DEFAULTS);
    expect(rows.map(({ key, asked, now, isSame }) => ({ key, asked: asked.length, now, isSame }))).toEqual([
      { key: 'cloud', asked: 5, now: ['None'], isSame: false },
      { key: 'dotFolders', asked: 1, now: ['Off'], isSame: false },
      { key: 'intervalMinutes', asked: 1, now: ['5'], isSame: true },
    ]);
  });

  it('show signs that would turn the line around', () => {
    const [row] = setupRows({ cloud: { ...cloud, prefix: 'a\u202eb' } }, DEFAULTS);
    expect(row?.asked.join()).toContain('a\\u202eb');
  });

  it('change nothing that was not taken', () => {
    const items = { cloud, ignore: ['x'], dotFolders: true };
    expect(settingsFrom(items, new Set(['ignore']), secrets)).toEqual({ ignore: ['x'] });
    const keys = { accessKeySecret: 'a', secretKeySecret: 'b' };
    const taken = { cloudKind: 's3', s3: { ...place, ...keys } };
    expect(settingsFrom(items, new Set(['cloud']), secrets)).toEqual(taken);
  });

  it('of another kind of cloud name it, and take its own secret alone', () => {
    const items = { cloud: { kind: 'azure', ...azure } } as const;
    const [row] = setupRows(items, DEFAULTS);
    expect(row?.asked).toContain('Kind of cloud: Azure Blob storage');
    const taken = settingsFrom(items, new Set(['cloud']), secrets);
    expect(taken).toEqual({ cloudKind: 'azure', azure: { ...azure, keySecret: 'c' } });
    expect(setupRows(items, { ...DEFAULTS, ...taken })[0]?.isSame).toBe(true);
  });
});
