import { describe, expect, it } from 'vitest';
import {
  checkAccount,
  checkAddress,
  checkBucket,
  checkContainer,
  checkDeviceName,
  checkEndpoint,
  checkGoogleBucket,
  checkPrefix,
  ignoreLines,
  trimPrefix,
} from '../../../src/plugin/settings/checks.ts';
import { TEXTS } from '../../../src/plugin/texts.ts';

const { address: endpoint } = TEXTS.settings.cloud;

describe('an endpoint', () => {
  it.each([
    '',
    'https://s3.example.com',
    'https://s3.example.com/',
    'https://s3.example.com:9000',
    'http://localhost:9000',
    'http://127.0.0.1:9000',
    'http://192.168.1.5:9000',
    'http://[::1]:9000',
    'http://nas:9000',
    'http://nas.local',
  ])('may be %j', (value) => {
    expect(checkEndpoint(value)).toBeUndefined();
  });

  it.each([
    ['s3.example.com', endpoint.notUrl],
    ['ftp://s3.example.com', endpoint.notUrl],
    ['https://', endpoint.notUrl],
    ['https://s3.example.com/bucket', endpoint.path],
    ['https://s3.example.com?x', endpoint.path],
    ['https://me@s3.example.com', endpoint.credentials],
    ['http://s3.example.com', endpoint.insecure],
    ['http://10.example.com', endpoint.insecure],
    ['http://172.40.0.1', endpoint.insecure],
  ])('may not be %j', (value, message) => {
    expect(checkEndpoint(value)).toBe(message);
  });
});

it('an address of Azure’s may have a path, which is the account of an emulator', () => {
  expect(checkAddress('http://127.0.0.1:10000/devstoreaccount1')).toBeUndefined();
  expect(checkAddress('https://a.blob.core.windows.net/?sv=1&sig=2')).toBe(endpoint.path);
  expect(checkAddress('http://a.blob.core.windows.net')).toBe(endpoint.insecure);
});

it('an account, a container and a bucket of Google’s are names, not addresses', () => {
  const { azure, gcs } = TEXTS.settings.cloud;
  expect(['', 'notes24'].map(checkAccount)).toEqual([undefined, undefined]);
  expect(['', 'my-notes', '$root'].map(checkContainer)).toEqual([undefined, undefined, undefined]);
  expect(['', 'my-notes.2_x'].map(checkGoogleBucket)).toEqual([undefined, undefined]);
  for (const wrong of ['https://notes.blob.core.windows.net', 'No', 'a b'])
    expect(checkAccount(wrong)).toBe(azure.account.wrong);
  for (const wrong of ['a--b', 'My', 'a/b', 'x'.repeat(64)])
    expect(checkContainer(wrong)).toBe(azure.container.wrong);
  for (const wrong of ['gs://notes', 'My-notes', 'a/b'])
    expect(checkGoogleBucket(wrong)).toBe(gcs.bucket.wrong);
});

it('a bucket has no slash and no blank', () => {
  expect(['', 'notes', 'My_notes.2'].map(checkBucket)).toEqual([undefined, undefined, undefined]);
  for (const wrong of ['ab', 'a/b', 'my notes', '-notes', 'x'.repeat(256)]) {
    expect(checkBucket(wrong)).toBe(TEXTS.settings.cloud.s3.bucket.wrong);
  }
});

it('a folder in the bucket leads nowhere else', () => {
  expect(['', '/', 'a', '/a/b/', 'my vault'].map(checkPrefix)).toEqual(Array(5).fill(undefined));
  for (const wrong of ['a//b', '../a', 'a/./b', 'a\\b', 'a\nb']) {
    expect(checkPrefix(wrong)).toBe(TEXTS.settings.cloud.s3.prefix.wrong);
  }
  expect(trimPrefix(' /a/b// ')).toBe('a/b');
});

it('a device has a name', () => {
  expect(checkDeviceName('Laptop')).toBeUndefined();
  expect(checkDeviceName('  ')).toBe(TEXTS.settings.device.name.empty);
  expect(checkDeviceName('x'.repeat(61))).toBe(TEXTS.settings.device.name.wrong);
});

it('ignore patterns stand a line each, in their order', () => {
  expect(ignoreLines('a\r\n\n !b \n  \n# c')).toEqual(['a', ' !b ', '# c']);
});
