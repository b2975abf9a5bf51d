import { describe, expect, it } from 'vitest';
import { faceOf } from '../../src/plugin/status-face.ts';

const progress = { phase: 'upload', doneFiles: 3, totalFiles: 1200, doneBytes: 0, totalBytes: 0 } as const;

describe('the status', () => {
  it('counts what a sync has done', () => {
    expect(faceOf({ kind: 'syncing', progress })).toMatchObject({
      text: 'Syncing 3 of 1,200',
      detail: 'Sending: 3 of 1,200 files.',
      tone: 'busy',
    });
  });

  it('says only that it syncs as long as nothing can be counted', () => {
    const uncounted = { ...progress, doneFiles: 0, totalFiles: 0 };
    expect(faceOf({ kind: 'syncing', progress: uncounted }).text).toBe('Syncing');
    expect(faceOf({ kind: 'syncing', progress: undefined }).text).toBe('Syncing');
  });

  it('passes on what a person is to do', () => {
    const message = 'The disk is full. Free some space.';
    expect(faceOf({ kind: 'attention', reason: 'failed', message })).toMatchObject({
      text: 'Needs attention',
      detail: message,
      tone: 'warning',
    });
  });

  it('tells nothing apart by colour alone: each state has words of its own', () => {
    const message = 'm';
    const texts = [
      faceOf({ kind: 'unset', message, inSettings: message }),
      faceOf({ kind: 'synced', atMs: 0 }),
      faceOf({ kind: 'waiting' }),
      faceOf({ kind: 'syncing', progress: undefined }),
      faceOf({ kind: 'paused' }),
      faceOf({ kind: 'offline', message }),
      faceOf({ kind: 'attention', reason: 'held', message }),
    ].map(({ text }) => text);
    expect(new Set(texts).size).toBe(texts.length);
  });
});
