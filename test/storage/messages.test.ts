import { describe, expect, it } from 'vitest';
import { describeStoreError } from '../../src/storage/messages.ts';
import { StoreError, type StoreErrorKind } from '../../src/storage/store-error.ts';

const KINDS: readonly StoreErrorKind[] = [
  'not-found',
  'conflict',
  'denied',
  'quota',
  'rate-limited',
  'unavailable',
  'corrupt',
  'aborted',
  'unsupported',
  'unexpected',
];

describe('the words for a store’s errors', () => {
  it('[ST70] each kind is whole sentences with a way out', () => {
    for (const kind of KINDS) {
      const { message, remedy } = describeStoreError(new StoreError(kind, { provider: 's3' }));
      expect(message).toMatch(/^[A-Z].*[.]$/u);
      expect(remedy).toMatch(/^[A-Z].*[.]$/u);
    }
  });

  it('[ST70] the reason is said where it is known, with the object that it is about', () => {
    const error = new StoreError('denied', {
      provider: 's3',
      reason: 'forbidden',
      key: 'a/b.md',
      detail: '403 AccessDenied',
    });
    expect(describeStoreError(error)).toEqual({
      message: 'The key is right, but it has no right to do this (object: a/b.md).',
      remedy: 'Give the key the rights to list, read, write and delete objects in this bucket.',
    });
  });

  it('[ST70] a folder is no cloud', () => {
    const detail = 'The folder /mnt/disk is not there. Connect its disk, or make the folder.';
    const gone = describeStoreError(new StoreError('unavailable', { provider: 'folder', detail }));
    expect(gone.message).toBe(`The folder cannot be reached. It said: ${detail}`);
    expect(describeStoreError(new StoreError('quota', { provider: 'folder' })).message).toBe(
      'The disk is full.',
    );
  });
});
