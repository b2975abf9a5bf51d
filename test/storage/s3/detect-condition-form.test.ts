import { describe, expect, it } from 'vitest';
import type { ObjectKey } from '../../../src/core/model/ids.ts';
import { MemoryStore } from '../../../src/storage/memory/memory-store.ts';
import type { ObjectStore } from '../../../src/storage/object-store.ts';
import { detectConditionForm } from '../../../src/storage/s3/detect-condition-form.ts';
import { StoreError } from '../../../src/storage/store-error.ts';

const KEY = 'probe' as ObjectKey;

/** Opens a store for each form tried; conditions hold on that of the form `kept` alone. */
async function detect(
  kept: 'quoted' | 'bare' | 'none',
): Promise<{ form: string; tried: string[]; open: number }> {
  const opened = new Map<string, ObjectStore>();
  const form = await detectConditionForm({
    open: (tried) => {
      const store = new MemoryStore({ clock: Date, conditions: tried === kept ? 'honoured' : 'ignored' });
      opened.set(tried, store);
      return store;
    },
    holds: async (store) => {
      await store.put(KEY, new Uint8Array(1));
      return store.put(KEY, new Uint8Array(2), { ifNoneMatch: '*' }).then(
        () => false,
        () => true,
      );
    },
  });
  const stillOpen = await Promise.all(
    [...opened.values()].map((store) =>
      store.head(KEY).then(
        () => 1,
        () => 0,
      ),
    ),
  );
  return { form, tried: [...opened.keys()], open: stillOpen.reduce<number>((sum, one) => sum + one, 0) };
}

describe('the form of If-Match', () => {
  it('is the quoted one of the standard wherever that holds', async () => {
    expect(await detect('quoted')).toEqual({ form: 'quoted', tried: ['quoted'], open: 0 });
  });

  it('is the bare one where only that holds', async () => {
    expect(await detect('bare')).toEqual({ form: 'bare', tried: ['quoted', 'bare'], open: 0 });
  });

  it('is none where neither holds', async () => {
    expect(await detect('none')).toEqual({ form: 'none', tried: ['quoted', 'bare'], open: 0 });
  });

  it('stays unknown where the server cannot be asked', async () => {
    const down = new StoreError('unavailable', { provider: 's3' });
    const store = new MemoryStore({ clock: Date });
    const found = detectConditionForm({ open: () => store, holds: () => Promise.reject(down) });
    await expect(found).rejects.toBe(down);
    await expect(store.head(KEY)).rejects.toMatchObject({ kind: 'aborted' });
  });
});
