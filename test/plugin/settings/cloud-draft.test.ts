import { describe, expect, it } from 'vitest';
import { CloudDraft } from '../../../src/plugin/settings/cloud-draft.ts';
import { DEFAULTS } from '../../../src/plugin/settings/defaults.ts';
import type { S3Settings } from '../../../src/plugin/settings/model.ts';
import { TEXTS } from '../../../src/plugin/texts.ts';

const { cloud } = TEXTS.settings;

function draftOf(saved: S3Settings = DEFAULTS.s3) {
  const saves: S3Settings[] = [];
  const draft = new CloudDraft(
    () => saves.at(-1) ?? saved,
    async (s3) => void saves.push(s3),
  );
  return { draft, saves };
}

/** As the settings' window does: what the check refuses is not set. */
function type(draft: CloudDraft, key: 'endpoint' | 'bucket' | 'region' | 'prefix', value: string): void {
  if (draft.check(key, value) === undefined) draft.set(key, value);
}

describe('the draft of a cloud', () => {
  it('saves nothing while it is typed, and all at once when asked', async () => {
    const { draft, saves } = draftOf();
    for (const value of ['not', 'note', 'notes ']) type(draft, 'bucket', value);
    type(draft, 'prefix', '/vault/');
    type(draft, 'endpoint', 'https://s3.example.com/');
    draft.set('accessKeySecret', 'a');
    draft.set('secretKeySecret', 'b');
    expect(saves).toEqual([]);
    await draft.save();
    const endpoint = 'https://s3.example.com';
    const keys = { accessKeySecret: 'a', secretKeySecret: 'b' };
    expect(saves).toEqual([{ ...DEFAULTS.s3, ...keys, endpoint, bucket: 'notes', prefix: 'vault' }]);
    expect(draft.isDirty).toBe(false);
  });

  it('says what is missing', () => {
    const { draft } = draftOf();
    type(draft, 'bucket', 'notes');
    expect(draft.obstacle).toBe(cloud.save.missing(`${cloud.accessKey.name}, ${cloud.secretKey.name}`));
  });

  it('is not saved with the last good value of a field that shows a wrong one', () => {
    const { draft } = draftOf({
      ...DEFAULTS.s3,
      bucket: 'notes',
      accessKeySecret: 'a',
      secretKeySecret: 'b',
    });
    expect(draft.obstacle).toBeUndefined();
    type(draft, 'bucket', 'notes/');
    expect(draft.isDirty).toBe(true);
    expect(draft.obstacle).toBe(cloud.save.invalid(cloud.bucket.name));
    type(draft, 'bucket', 'notes');
    expect([draft.isDirty, draft.obstacle]).toEqual([false, undefined]);
  });

  it('goes back to what is saved', () => {
    const { draft } = draftOf();
    type(draft, 'bucket', 'other');
    type(draft, 'region', 'Not A Region');
    let changes = 0;
    const end = draft.onChange(() => (changes += 1));
    draft.discard();
    end();
    draft.set('pathStyle', true);
    expect([draft.values.bucket, changes]).toEqual(['', 1]);
  });
});
