import { describe, expect, it } from 'vitest';
import { cloudId, cloudName, hasCloud, isCloudNamed, NO_CLOUD } from '../../../src/plugin/settings/cloud.ts';
import { CLOUD_KINDS, type CloudKind, type CloudSettings } from '../../../src/plugin/settings/model.ts';

const SET_UP: CloudSettings = {
  cloudKind: 's3',
  s3: { ...NO_CLOUD.s3, bucket: 'notes', prefix: 'a/b', accessKeySecret: 'a', secretKeySecret: 'b' },
  azure: { ...NO_CLOUD.azure, account: 'acc', container: 'con', keySecret: 'c' },
  gcs: { ...NO_CLOUD.gcs, bucket: 'google', keySecret: 'd' },
};
const of = (cloudKind: CloudKind, change: Partial<CloudSettings> = {}): CloudSettings => ({
  ...SET_UP,
  cloudKind,
  ...change,
});

describe('a cloud in the settings', () => {
  it('is named once its place and all its keys are', () => {
    expect(CLOUD_KINDS.map((kind) => isCloudNamed(of(kind)))).toEqual([true, true, true]);
    expect(CLOUD_KINDS.map((cloudKind) => isCloudNamed({ ...NO_CLOUD, cloudKind }))).toEqual(
      Array(3).fill(false),
    );
    const keyless = {
      s3: { ...SET_UP.s3, secretKeySecret: '' },
      azure: { ...SET_UP.azure, keySecret: '' },
      gcs: { ...SET_UP.gcs, keySecret: '' },
    };
    expect(CLOUD_KINDS.map((kind) => isCloudNamed(of(kind, keyless)))).toEqual(Array(3).fill(false));
    expect(CLOUD_KINDS.map((kind) => hasCloud(of(kind, keyless)))).toEqual(Array(3).fill(true));
  });

  it('has a name as people know it', () => {
    expect(CLOUD_KINDS.map((kind) => cloudName(of(kind)))).toEqual(['notes/a/b', 'acc/con', 'google']);
    expect(CLOUD_KINDS.map((cloudKind) => cloudName({ ...NO_CLOUD, cloudKind }))).toEqual(['', '', '']);
  });

  it('[PC5] is another one where its place or its kind is another, and the same with other keys', () => {
    const ids = CLOUD_KINDS.map((kind) => cloudId(of(kind)));
    expect(new Set(ids).size).toBe(3);
    const moved = of('azure', { azure: { ...SET_UP.azure, container: 'other' } });
    expect(cloudId(moved)).not.toBe(ids[1]);
    const rekeyed = of('azure', { azure: { ...SET_UP.azure, keySecret: 'other' }, s3: NO_CLOUD.s3 });
    expect(cloudId(rekeyed)).toBe(ids[1]);
  });

  it('of S3 has the id that it had before there were other kinds', () => {
    expect(cloudId(of('s3'))).toBe('["","notes","us-east-1","a/b",false]');
  });
});
