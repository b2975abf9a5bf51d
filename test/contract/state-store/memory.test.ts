import { describe, expect, it } from 'vitest';
import { MemoryState } from '../../../src/engine/memory/memory-state.ts';
import { put, stateStoreContract } from './suite.ts';

stateStoreContract('MemoryState', () => {
  const state = new MemoryState();
  return Promise.resolve({
    state,
    restart: () => Promise.resolve(state.crash()),
    dispose: () => state.close(),
  });
});

describe('MemoryState', () => {
  it('loses a write that a crash overtakes, and takes none after it', async () => {
    const state = new MemoryState();
    const overtaken = state.write([put('base', 'a', 1)]);
    const next = state.crash();
    await expect(overtaken).rejects.toMatchObject({ kind: 'closed' });
    await expect(state.write([put('base', 'b', 1)])).rejects.toMatchObject({ kind: 'closed' });
    expect((await next.rows('base')).size).toBe(0);
  });

  it('says what it was told was broken', () => {
    expect(new MemoryState({ damaged: 'a bad line' }).damaged).toBe('a bad line');
  });
});
