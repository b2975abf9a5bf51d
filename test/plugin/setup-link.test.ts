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

/** The same device with the other kinds of cloud. */
const OTHERS: readonly Settings[] = [
  {
    ...settings,
    cloudKind: 'azure',
    azure: {
      account: 'notes24',
      container: 'my-vault',
      prefix: 'ä & b',
      endpoint: 'http://127.0.0.1:10000/notes24',
      keySecret: 'azure-key-of-mine',
    },
  },
  {
    ...settings,
    cloudKind: 'gcs',
    gcs: { bucket: 'my-notes', prefix: 'vault', endpoint: '', keySecret: 'google-key-of-mine' },
  },
];

describe('a setup link', () => {
  it('brings all settings to another device as they were', () => {
    // Where notes are sent to be merged is each person’s own choice; backups are added on each device.
    const { s3, azure, gcs, cloudKind: kind, ai, backups, ...others } = settings;
    const { endpoint, bucket, region, prefix, pathStyle } = s3;
    const cloud = { kind, endpoint, bucket, region, prefix, pathStyle };
    expect([azure, gcs]).toEqual([DEFAULTS.azure, DEFAULTS.gcs]);
    expect(decodeSetupLink(good)).toEqual({ kind: 'link', items: { cloud, ...others } });
    expect(good['action']).toBe(SETUP_ACTION);
    expect([ai, backups]).toEqual([DEFAULTS.ai, DEFAULTS.backups]);
  });

  it.each(OTHERS)('brings a cloud of the kind $cloudKind as it was, and nothing of the others', (from) => {
    const link = decodeSetupLink(opened(encodeSetupLink(from)));
    const { cloudKind: kind } = from;
    if (kind === 's3') throw new Error('not one of the others');
    const { keySecret, ...place } = from[kind];
    expect(link).toMatchObject({
      kind: 'link',
      items: { cloud: { kind, ...place }, conflicts: 'keep-both' },
    });
    expect(keySecret).toContain('of-mine');
  });

  it('carries neither keys nor the names of secrets', () => {
    for (const from of [settings, ...OTHERS]) expect(encodeSetupLink(from)).not.toMatch(/of-mine|secret/iu);
  });

  it('made before there were kinds of clouds still opens, and is made the same to this day', () => {
    const before =
      'obsidian://twincloud-setup?v=1&endpoint=https%3A%2F%2Fs3.example.com&bucket=notes&region=eu-central-1&prefix=my%20vault%2F%C3%A4%20%26%20b&pathStyle=1&ignore=drafts%2F%0A*.tmp%0A%23%20a%3Db%26c&dotFolders=0&readableCopy=1&conflicts=keep-both&intervalMinutes=0&syncOnStart=1&syncAfterEdit=1&maxFileMiB=5120';
    expect(encodeSetupLink(settings)).toBe(before);
    expect(decodeSetupLink(opened(before))).toEqual(decodeSetupLink(good));
  });

  it('of another kind is refused by a plugin that knows S3 alone, which reads version 1', () => {
    for (const from of OTHERS) expect(opened(encodeSetupLink(from))['v']).toBe('2');
  });

  it.each([
    ['azure', 'account', '', 'no-cloud'],
    ['azure', 'container', '', 'no-cloud'],
    ['azure', 'account', 'a.evil.example', 'wrong'],
    ['azure', 'container', 'a/b', 'wrong'],
    ['azure', 'endpoint', 'http://blob.example.com', 'wrong'],
    ['azure', 'endpoint', 'https://blob.example.com/?sig=1', 'wrong'],
    ['azure', 'prefix', '../other', 'wrong'],
    ['azure', 'cloud', 'ftp', 'version'],
    ['gcs', 'bucket', '', 'no-cloud'],
    ['gcs', 'bucket', 'My notes', 'wrong'],
    ['gcs', 'endpoint', 'https://storage.example.com/bucket', 'wrong'],
  ])('of the kind %s is refused whole when %s is %j', (kind, part, value, why) => {
    const from = OTHERS.find(({ cloudKind }) => cloudKind === kind) ?? settings;
    const parameters = { ...opened(encodeSetupLink(from)), [part]: value };
    expect(decodeSetupLink(parameters)).toEqual({ kind: 'refused', why, part });
  });

  it('may leave out all but the bucket', () => {
    const place = { endpoint: '', bucket: 'notes', region: '', prefix: '', pathStyle: false };
    const cloud = { kind: 's3', ...place };
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
    ['v', '3', 'version'],
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
    const links = fc.constantFrom(good, ...OTHERS.map((kind) => opened(encodeSetupLink(kind))));
    const keys = [...Object.keys(good), 'cloud', 'account', 'container'];
    const parameters = fc.dictionary(fc.constantFrom(...keys), fc.string());
    fc.assert(
      fc.property(links, parameters, (base, some) => {
        const link = decodeSetupLink({ ...base, ...some });
        if (link.kind === 'refused') return;
        const { cloud, ...others } = link.items;
        const { kind, ...place } = cloud;
        const again = encodeSetupLink({
          ...DEFAULTS,
          ...others,
          cloudKind: kind,
          [kind]: { ...DEFAULTS[kind], ...place },
        });
        expect(decodeSetupLink(opened(again))).toEqual(link);
      }),
    );
  });
});
