import { describe, expect, it } from 'vitest';
import type { VaultPath } from '../../../src/core/model/vault-path.ts';
import { createScope, type ScopeSettings } from '../../../src/core/policy/scope.ts';

const DEFAULTS: ScopeSettings = { ignore: [], dotFolders: false };

const includes = (path: string, settings: Partial<ScopeSettings> = {}): boolean =>
  createScope({ ...DEFAULTS, ...settings }).includes(path as VaultPath);

describe('what is synced', () => {
  it.each([
    ['notes/Plan.md', true],
    ['empty/', true],
    ['v1.2/file', true],
    ['.obsidian/app.json', false],
    ['.hidden', false],
    ['notes/.git/', false],
    ['notes/.env', false],
  ])('[SC1] names that begin with a dot stay out: %s %j', (path, expected) => {
    expect(includes(path)).toBe(expected);
  });

  it('[SC1] unless they are asked for', () => {
    expect(includes('notes/.env', { dotFolders: true })).toBe(true);
  });

  it.each(['.trash/n.md', '.Trash/', '.twincloud/head', '.twincloud-staging/x', '.TWINCLOUD-x'])(
    '[SC2] our own folders stay out whatever is asked for: %s',
    (path) => {
      expect(includes(path, { dotFolders: true, ignore: [`!${path}`] })).toBe(false);
    },
  );

  it('[SC2] names that only begin alike are the vault’s own', () => {
    expect(includes('.trashcan/n', { dotFolders: true })).toBe(true);
    expect(includes('notes/.trash/n', { dotFolders: true })).toBe(true);
  });

  it.each(['.obsidian', '.obsidian/', '.Obsidian/app.json'])(
    '[SC3] the config folder stays out: %s',
    (path) => {
      expect(includes(path, { dotFolders: true, configFolder: '.obsidian' })).toBe(false);
    },
  );

  it('[SC3] also one without a dot, but none that only begins alike', () => {
    expect(includes('config/app.json', { configFolder: 'config' })).toBe(false);
    expect(includes('configs/n.md', { configFolder: 'config' })).toBe(true);
  });

  it.each([
    ['*.tmp', 'f/a.tmp', false],
    ['*.tmp', 'f/a.TMP', true],
    ['drafts/', 'drafts/n.md', false],
    ['drafts/', 'drafts/', false],
    ['drafts/', 'f/drafts', true],
    ['/top', 'f/top', true],
    ['**/cache/**', 'a/cache/b/c', false],
  ])('[SC4] a pattern means what it means to git: %s and %s', (pattern, path, expected) => {
    expect(includes(path, { ignore: [pattern] })).toBe(expected);
  });

  it('[SC4] the last pattern that matches decides', () => {
    expect(includes('keep.tmp', { ignore: ['*.tmp', '!keep.tmp'] })).toBe(true);
  });

  it.each([
    ['drafts\\', 'it ends in a lone backslash'],
    ['*.{tmp\nbak}', 'it has more than one line'],
    ['[a-z', 'its [ is not closed'],
  ])('[SC5] a pattern that cannot be meant so is told, and the others hold: %j', (pattern, message) => {
    const scope = createScope({ ...DEFAULTS, ignore: [pattern, '*.tmp'] });
    expect(scope.problems).toEqual([{ pattern, message }]);
    expect([scope.includes('a.tmp' as VaultPath), scope.includes('a.md' as VaultPath)]).toEqual([
      false,
      true,
    ]);
  });

  it.each(['', '# comment', 'a\\ ', 'a\\\\', '\\[x', '[x]'])('[SC5] no fault is found with %j', (pattern) => {
    expect(createScope({ ...DEFAULTS, ignore: [pattern] }).problems).toEqual([]);
  });
});
