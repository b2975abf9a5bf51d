import { describe, expect, it } from 'vitest';
import { CloudDraft } from '../../../src/plugin/settings/cloud-draft.ts';
import { DEFAULTS } from '../../../src/plugin/settings/defaults.ts';
import { NO_CLOUD } from '../../../src/plugin/settings/cloud.ts';
import type { CloudTextKey } from '../../../src/plugin/settings/cloud-fields.ts';
import type { CloudSettings, S3Settings } from '../../../src/plugin/settings/model.ts';
import { TEXTS } from '../../../src/plugin/texts.ts';

const { cloud } = TEXTS.settings;

function draftOf(s3: S3Settings = DEFAULTS.s3) {
  const saves: CloudSettings[] = [];
  const draft = new CloudDraft(
    () => saves.at(-1) ?? { ...NO_CLOUD, s3 },
    async (cloud) => void saves.push(cloud),
  );
  return { draft, saves };
}

/** As the settings' window does: what the check refuses is not set. */
function type(draft: CloudDraft, key: CloudTextKey, value: string): void {
  if (draft.check(key, value) === undefined) draft.set(key, value);
}

describe('the draft of a cloud', () => {
  it('saves nothing while it is typed, and all at once when asked', async () => {
    const { draft, saves } = draftOf();
    for (const value of ['not', 'note', 'notes ']) type(draft, 's3.bucket', value);
    type(draft, 's3.prefix', '/vault/');
    type(draft, 's3.endpoint', 'https://s3.example.com/');
    draft.set('s3.accessKeySecret', 'a');
    draft.set('s3.secretKeySecret', 'b');
    expect(saves).toEqual([]);
    await draft.save();
    const endpoint = 'https://s3.example.com';
    const keys = { accessKeySecret: 'a', secretKeySecret: 'b' };
    const s3 = { ...DEFAULTS.s3, ...keys, endpoint, bucket: 'notes', prefix: 'vault' };
    expect(saves).toEqual([{ ...NO_CLOUD, s3 }]);
    expect(draft.isDirty).toBe(false);
  });

  it('says what is missing', () => {
    const { draft } = draftOf();
    type(draft, 's3.bucket', 'notes');
    expect(draft.obstacle).toBe(
      cloud.save.missing(`${cloud.s3.accessKeySecret.name}, ${cloud.s3.secretKeySecret.name}`),
    );
  });

  it('is not saved with the last good value of a field that shows a wrong one', () => {
    const { draft } = draftOf({
      ...DEFAULTS.s3,
      bucket: 'notes',
      accessKeySecret: 'a',
      secretKeySecret: 'b',
    });
    expect(draft.obstacle).toBeUndefined();
    type(draft, 's3.bucket', 'notes/');
    expect(draft.isDirty).toBe(true);
    expect(draft.obstacle).toBe(cloud.save.invalid(cloud.s3.bucket.name));
    type(draft, 's3.bucket', 'notes');
    expect([draft.isDirty, draft.obstacle]).toEqual([false, undefined]);
  });

  it('goes back to what is saved', () => {
    const { draft } = draftOf();
    type(draft, 's3.bucket', 'other');
    type(draft, 's3.region', 'Not A Region');
    let changes = 0;
    const end = draft.onChange(() => (changes += 1));
    draft.discard();
    end();
    draft.set('s3.pathStyle', true);
    expect([draft.text('s3.bucket'), changes]).toEqual(['', 1]);
  });

  it('is of one kind at a time: what is missing or wrong with another kind is not in the way', async () => {
    const { draft, saves } = draftOf();
    type(draft, 's3.bucket', 'not a bucket');
    type(draft, 's3.prefix', 'kept while one looks around');
    draft.setKind('azure');
    expect(draft.isDirty).toBe(true);
    const { account, container, keySecret } = cloud.azure;
    expect(draft.obstacle).toBe(
      cloud.save.missing([account, container, keySecret].map(({ name }) => name).join(', ')),
    );
    type(draft, 'azure.account', ' notes ');
    type(draft, 'azure.container', 'vault');
    draft.set('azure.keySecret', 'azure');
    expect(draft.obstacle).toBeUndefined();
    expect(draft.text('s3.prefix')).toBe('kept while one looks around');
    await draft.save();
    const azure = { ...DEFAULTS.azure, account: 'notes', container: 'vault', keySecret: 'azure' };
    expect(saves).toEqual([{ ...NO_CLOUD, cloudKind: 'azure', azure }]);
    expect([draft.isDirty, draft.kind]).toEqual([false, 'azure']);
  });

  it('keeps what this version does not know of a cloud', async () => {
    const { draft, saves } = draftOf({ ...DEFAULTS.s3, later: 1 } as S3Settings);
    type(draft, 's3.bucket', 'notes');
    await draft.save();
    expect(saves[0]?.s3).toMatchObject({ bucket: 'notes', later: 1 });
  });
});
