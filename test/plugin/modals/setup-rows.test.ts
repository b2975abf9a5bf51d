import { describe, expect, it } from 'vitest';
import { setupRows, settingsFrom } from '../../../src/plugin/modals/setup-rows.ts';
import { DEFAULTS } from '../../../src/plugin/settings/defaults.ts';

const cloud = { endpoint: '', bucket: 'notes', region: 'eu-west-1', prefix: '', pathStyle: false };
const keys = { accessKeySecret: 'a', secretKeySecret: 'b' };

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
    expect(settingsFrom(items, new Set(['ignore']), keys)).toEqual({ ignore: ['x'] });
    expect(settingsFrom(items, new Set(['cloud']), keys)).toEqual({ s3: { ...cloud, ...keys } });
  });
});
