import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DEFAULTS } from '../../src/plugin/settings/defaults.ts';
import type { Settings } from '../../src/plugin/settings/model.ts';
import { decodeSetupLink, encodeSetupLink, SETUP_ACTION } from '../../src/plugin/setup-link.ts';

const settings: Settings = {
  ...DEFAULTS,
  s3: {
    endpoint: 'https://s3.example.com',
    bucket: 'notes',
    region: 'eu-central-1',
    prefix: 'my vault/ä & b',
    pathStyle: true,
    accessKeySecret: 'access-key-of-mine',
    secretKeySecret: 'secret-key-of-mine',
  },
  ignore: ['drafts/', '*.tmp', '# a=b&c'],
  conflicts: 'keep-both',
  intervalMinutes: 0,
};

/** What Obsidian hands to the plugin when the link is opened. */
function opened(link: string): Record<string, string> {
  const url = new URL(link);
  return { action: url.host, ...Object.fromEntries(url.searchParams) };
}

const good = opened(encodeSetupLink(settings));

describe('a setup link', () => {
  it('brings all settings to another device as they were', () => {
    // Where notes are sent to be merged is each person's own choice.
    const { s3, ai, ...others } = settings;
    const { endpoint, bucket, region, prefix, pathStyle } = s3;
    const cloud = { endpoint, bucket, region, prefix, pathStyle };
    expect(decodeSetupLink(good)).toEqual({ kind: 'link', items: { cloud, ...others } });
    expect(good['action']).toBe(SETUP_ACTION);
    expect(ai).toEqual(DEFAULTS.ai);
  });

  it('carries neither keys nor the names of secrets', () => {
    expect(encodeSetupLink(settings)).not.toMatch(/of-mine|secret/iu);
  });

  it('may leave out all but the bucket', () => {
    const cloud = { endpoint: '', bucket: 'notes', region: '', prefix: '', pathStyle: false };
    expect(decodeSetupLink({ v: '1', bucket: 'notes' })).toEqual({ kind: 'link', items: { cloud } });
  });

  it('cannot name secrets, nor bring anything that is no setting', () => {
    const hostile = {
      ...good,
      accessKeySecret: 'other',
      secretKeySecret: 'other',
      __proto__x: '1',
      s3: '{}',
    };
    expect(decodeSetupLink(hostile)).toEqual(decodeSetupLink(good));
  });

  it.each([
    ['v', '2', 'version'],
    ['bucket', '', 'no-cloud'],
    ['bucket', '../other', 'wrong'],
    ['bucket', 'a b', 'wrong'],
    ['endpoint', 'javascript:alert(1)', 'wrong'],
    ['endpoint', 'https://user:password@s3.example.com', 'wrong'],
    ['endpoint', 'https://s3.example.com/?x=1', 'wrong'],
    ['endpoint', 'http://s3.example.com', 'wrong'],
    ['endpoint', `https://${'a'.repeat(2000)}.example.com`, 'wrong'],
    ['region', 'eu\nx', 'wrong'],
    ['prefix', 'a/../b', 'wrong'],
    ['prefix', 'a\u0000b', 'wrong'],
    ['pathStyle', 'true', 'wrong'],
    ['dotFolders', 'yes', 'wrong'],
    ['conflicts', 'overwrite', 'wrong'],
    ['intervalMinutes', '-1', 'wrong'],
    ['intervalMinutes', '1e9', 'wrong'],
    ['maxFileMiB', '0', 'wrong'],
    ['ignore', 'x\n'.repeat(1001), 'wrong'],
  ])('is refused whole when %s is %j', (part, value, why) => {
    expect(decodeSetupLink({ ...good, [part]: value })).toEqual({ kind: 'refused', why, part });
  });

  it('with any parameters at all is either refused or has items that pass the checks', () => {
    const parameters = fc.dictionary(fc.constantFrom(...Object.keys(good)), fc.string());
    fc.assert(
      fc.property(parameters, (some) => {
        const link = decodeSetupLink({ ...good, ...some });
        if (link.kind === 'refused') return;
        const again = encodeSetupLink({
          ...DEFAULTS,
          ...link.items,
          s3: { ...DEFAULTS.s3, ...link.items.cloud },
        });
        expect(decodeSetupLink(opened(again))).toEqual(link);
      }),
    );
  });
});
