import { describe, expect, it } from 'vitest';

import type { ContentHash, DeviceId } from '../../../src/core/model/ids.ts';
import {
  blobKey,
  classifyKey,
  deltaKey,
  deviceKey,
  headKey,
  packKey,
  plainKey,
  rootKey,
  shardKey,
} from '../../../src/core/format/keys.ts';
import { EXTERNAL_DEVICE } from '../../../src/core/model/ids.ts';
import { commitOf, deviceOf, digitsOf, hashOf, vaultPath } from './samples.ts';

const HASH = 'ab'.repeat(32) as ContentHash;

describe('keys', () => {
  it.each([
    ['head', headKey, '.twincloud/head'],
    ['delta', deltaKey(digitsOf(1)), `.twincloud/deltas/${digitsOf(1)}`],
    ['shard', shardKey(hashOf(1)), `.twincloud/shards/${hashOf(1)}`],
    ['pack', packKey(digitsOf(1)), `.twincloud/packs/${digitsOf(1)}`],
    ['blob', blobKey(HASH, digitsOf(1)), `.twincloud/blobs/ab/abababababababab-${digitsOf(1)}`],
    ['root', rootKey(commitOf(1)), `.twincloud/roots/${commitOf(1)}`],
    ['device', deviceKey(deviceOf(1)), `.twincloud/devices/${deviceOf(1)}`],
    ['plain', plainKey(vaultPath('notes/a.md')), 'notes/a.md'],
  ])('[OL1] of a %s have their form', (kind, key, form) => {
    expect(key).toBe(form);
    expect(classifyKey(form)).toBe(kind);
  });

  it.each([
    '.twincloud/',
    '.twincloud/head/',
    '.twincloud/head2',
    '.twincloud/packs/',
    `.twincloud/packs/${'a'.repeat(15)}`,
    `.twincloud/packs/${'a'.repeat(65)}`,
    `.twincloud/packs/${'A'.repeat(16)}`,
    `.twincloud/packs/${digitsOf(1)}\n`,
    `.twincloud/packs/${digitsOf(1)}/x`,
    `.twincloud/shards/${digitsOf(1)}`,
    `.twincloud/blobs/ac/abababababababab-${digitsOf(1)}`,
    `.twincloud/roots/../head`,
    '.twincloud/later/thing',
  ])('[OL2] in our folder without such a form are foreign: %j', (key) => {
    expect(classifyKey(key)).toBe('foreign');
  });

  it.each(['a.md', '.twincloud', '.twincloud2/head', 'x/.twincloud/head', '', '/.twincloud/head'])(
    '[OL1] elsewhere belong to the readable copy: %j',
    (key) => {
      expect(classifyKey(key)).toBe('plain');
    },
  );

  it.each(['.twincloud/head', '.twincloud/x.md', '.TwinCloud/head', '.twincloud', '.twincloud/empty/'])(
    '[OL3] of the readable copy are never in our folder: %j',
    (path) => {
      expect(plainKey(vaultPath(path))).toBeUndefined();
    },
  );

  it('of a wrong form are not made', () => {
    expect(() => packKey('../head')).toThrow(TypeError);
    expect(() => deltaKey('')).toThrow(TypeError);
    expect(() => shardKey('abc')).toThrow(TypeError);
    expect(() => deviceKey(EXTERNAL_DEVICE)).toThrow(TypeError);
    expect(() => deviceKey('..' as DeviceId)).toThrow(TypeError);
  });
});
