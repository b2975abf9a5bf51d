import { describe, expect, it } from 'vitest';
import type { ObjectKey } from '../../../src/core/model/ids.ts';
import { MemoryStore, type MemoryStoreOptions } from '../../../src/storage/memory/memory-store.ts';
import { detectConditionForm } from '../../../src/storage/s3/detect-condition-form.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { SeededRandom } from '../../support/seeded-random.ts';

type Conditions = NonNullable<MemoryStoreOptions['conditions']>;

const random = new SeededRandom(1);

/** What is found of a server that treats the two forms so, and which were tried; every store is closed. */
async function detect(byForm: {
  quoted: Conditions;
  bare: Conditions;
}): Promise<{ form: string; tried: string[] }> {
  const opened: MemoryStore[] = [];
  const tried: string[] = [];
  const { form } = await detectConditionForm(
    (one) => {
      tried.push(one);
      const store = new MemoryStore({ clock: new FakeClock(), conditions: byForm[one] });
      opened.push(store);
      return store;
    },
    { random },
  );
  for (const store of opened) {
    await expect(store.head('any' as ObjectKey)).rejects.toMatchObject({ kind: 'aborted' });
  }
  return { form, tried };
}

describe('the form of If-Match', () => {
  it('is the quoted one of the standard wherever that holds', async () => {
    expect(await detect({ quoted: 'honoured', bare: 'honoured' })).toEqual({
      form: 'quoted',
      tried: ['quoted'],
    });
  });

  it('is the bare one where a quoted tag is never the right one', async () => {
    const found = await detect({ quoted: 'unsupported', bare: 'honoured' });
    expect(found).toEqual({ form: 'bare', tried: ['quoted', 'bare'] });
  });

  it('is none where neither holds', async () => {
    const found = await detect({ quoted: 'unsupported', bare: 'unsupported' });
    expect(found).toEqual({ form: 'none', tried: ['quoted', 'bare'] });
  });

  it('is none, without a second try, where conditions are ignored', async () => {
    expect(await detect({ quoted: 'ignored', bare: 'honoured' })).toEqual({
      form: 'none',
      tried: ['quoted'],
    });
  });
});
