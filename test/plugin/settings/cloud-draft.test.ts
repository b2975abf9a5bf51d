import { describe, expect, it } from 'vitest';
import { CloudDraft } from '../../../src/plugin/settings/cloud-draft.ts';
import { DEFAULTS } from '../../../src/plugin/settings/defaults.ts';
import { NO_CLOUD } from '../../../src/plugin/settings/cloud.ts';
import type { CloudTextKey } from '../../../src/plugin/settings/cloud-fields.ts';
import type { CloudSettings, S3Settings } from '../../../src/plugin/settings/model.ts';
import { serviceAt } from '../../../src/plugin/settings/s3-services.ts';
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

  it('a service fills in what it is known by, and is not saved without the endpoint that it needs', () => {
    const { draft } = draftOf({
      ...DEFAULTS.s3,
      bucket: 'notes',
      accessKeySecret: 'a',
      secretKeySecret: 'b',
    });
    const filled = () => [
      draft.service,
      draft.text('s3.endpoint'),
      draft.text('s3.region'),
      draft.get('s3.pathStyle'),
    ];
    expect(filled()).toEqual(['amazon', '', 'us-east-1', false]);
    draft.setService('r2');
    expect(filled()).toEqual(['r2', '', 'auto', false]);
    expect(draft.obstacle).toBe(cloud.save.missing(cloud.s3.endpoint.name));
    type(draft, 's3.endpoint', 'https://abc.r2.cloudflarestorage.com');
    expect(draft.obstacle).toBeUndefined();
    draft.setService('minio');
    expect(filled()).toEqual(['minio', '', 'us-east-1', true]);
    draft.setService('wasabi');
    expect(filled()).toEqual(['wasabi', 'https://s3.wasabisys.com', 'us-east-1', false]);
    draft.setService('amazon');
    expect([...filled(), draft.isDirty]).toEqual(['amazon', '', 'us-east-1', false, false]);
  });

  it('a service that is selected again leaves its own endpoint and region alone', () => {
    const endpoint = 'https://s3.eu-central-2.wasabisys.com';
    const { draft } = draftOf({ ...DEFAULTS.s3, endpoint, region: 'eu-central-2' });
    expect(draft.service).toBe('wasabi');
    draft.setService('wasabi');
    expect([draft.text('s3.endpoint'), draft.text('s3.region')]).toEqual([endpoint, 'eu-central-2']);
    draft.setService('other');
    expect([draft.service, draft.text('s3.endpoint'), draft.isDirty]).toEqual(['other', endpoint, false]);
  });

  it('an endpoint tells whose it is', () => {
    const told = [
      ['', 'amazon'],
      ['https://s3.eu-west-1.amazonaws.com', 'amazon'],
      ['https://abc.eu.r2.cloudflarestorage.com', 'r2'],
      ['https://s3.us-west-004.backblazeb2.com', 'b2'],
      ['https://wasabisys.com.example.com', 'other'],
      ['http://nas:9000', 'other'],
      ['no address', 'other'],
    ] as const;
    for (const [endpoint, service] of told) expect(serviceAt(endpoint)).toBe(service);
  });
});
