import { describe, expect, it } from 'vitest';
import { backupObstacle, placeObstacle } from '../../../src/core/model/backup-place.ts';
import { serverOf } from '../../../src/storage/http/server-of.ts';

const clouds = [
  { name: 'main', place: { store: 's3 a bucket', path: 'notes' } },
  { name: 'spare', place: { store: 's3 b bucket', path: '' } },
];

describe('the place of a backup', () => {
  it.each([
    ['s3 a bucket', 'notes/', { kind: 'same-place', with: 'main' }],
    ['s3 a bucket', '/notes//', { kind: 'same-place', with: 'main' }],
    ['s3 a bucket', 'notes/deeper', { kind: 'inside', with: 'main' }],
    ['s3 a bucket', '', { kind: 'inside', with: 'main' }],
    ['s3 b bucket', 'anything', { kind: 'inside', with: 'spare' }],
    ['s3 a bucket', 'notes2', undefined],
    ['s3 a bucket', 'other', undefined],
    ['s3 c bucket', 'notes', undefined],
  ])('[PB1] %s %s: %j', (store, path, obstacle) => {
    expect(placeObstacle({ store, path }, clouds)).toEqual(obstacle);
  });

  it.each([
    ['Spare', 'name'],
    ['-a', 'name'],
    ['main', 'reserved'],
    ['spare', 'taken'],
  ])('[PB1] the name %s is refused', (name, kind) => {
    expect(backupObstacle({ name, place: { store: 'new', path: '' } }, clouds)).toEqual({ kind });
  });

  it('[PB1] one server is one, however its address is written', () => {
    const one = serverOf('https://S3.Example.com');
    for (const address of [
      'https://s3.example.com/',
      'https://s3.example.com:443',
      'HTTPS://s3.example.com//',
    ])
      expect(serverOf(address)).toBe(one);
    expect(serverOf('https://s3.example.com:9000')).not.toBe(one);
    expect(serverOf('')).toBe('');
  });
});
