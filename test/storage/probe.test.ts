import { describe, expect, it } from 'vitest';
import type { ObjectKey } from '../../src/core/model/ids.ts';
import { checkCloud, type OpenedCloud } from '../../src/storage/check-cloud.ts';
import { checkConnection, type Finding } from '../../src/storage/check-connection.ts';
import { MemoryStore } from '../../src/storage/memory/memory-store.ts';
import type { ObjectStore, PutOptions } from '../../src/storage/object-store.ts';
import { probeConditions } from '../../src/storage/probe.ts';
import { isStoreError, StoreError } from '../../src/storage/store-error.ts';
import type { Versioning } from '../../src/storage/versioning.ts';
import { failure, keys } from '../contract/object-store/subject-fixture.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { byChance, FaultyStore, whenever } from '../support/faulty-store.ts';
import { SeededRandom } from '../support/seeded-random.ts';

const clock = new FakeClock();
const random = new SeededRandom(7);
const memory = (conditions: 'honoured' | 'ignored' | 'unsupported' = 'honoured'): MemoryStore =>
  new MemoryStore({ clock, conditions });

/** Honours conditions call by call, but looks first and writes then: as servers do that keep no lock. */
function looksThenWrites(
  store: ObjectStore,
  when: (options: PutOptions) => boolean = () => true,
): ObjectStore {
  const put: ObjectStore['put'] = async (key, body, options = {}) => {
    if (!when(options)) return store.put(key, body, options);
    const { ifMatch, ifNoneMatch, ...rest } = options;
    const now = await store.head(key).catch(() => undefined);
    if (ifNoneMatch !== undefined && now !== undefined)
      throw new StoreError('conflict', { provider: 'test' });
    if (ifMatch !== undefined && now === undefined) throw new StoreError('not-found', { provider: 'test' });
    if (ifMatch !== undefined && now?.etag !== ifMatch)
      throw new StoreError('conflict', { provider: 'test' });
    return store.put(key, body, rest);
  };
  return {
    capabilities: store.capabilities,
    put,
    get: (...args) => store.get(...args),
    head: (...args) => store.head(...args),
    copy: (...args) => store.copy(...args),
    delete: (...args) => store.delete(...args),
    list: (...args) => store.list(...args),
    close: () => store.close(),
  };
}

describe('the probe of conditions', () => {
  it('[ST50] a store that honours conditions is told from one that ignores or refuses them', async () => {
    expect((await probeConditions(memory(), { random })).conditions).toBe('honoured');
    expect((await probeConditions(memory('ignored'), { random })).conditions).toBe('ignored');
    expect((await probeConditions(memory('unsupported'), { random })).conditions).toBe('unsupported');
  });

  it('[ST50] a store that fails only in races is found out', async () => {
    const both = await probeConditions(looksThenWrites(memory()), { random });
    expect(both).toMatchObject({
      conditions: 'ignored',
      detail: expect.stringContaining('create') as string,
    });
    const replacing = looksThenWrites(memory(), ({ ifMatch }) => ifMatch !== undefined);
    expect(await probeConditions(replacing, { random })).toMatchObject({
      conditions: 'ignored',
      detail: expect.stringContaining('replace') as string,
    });
  });

  it('[ST51] answers that are lost in a race are looked up, not counted as refusals or wins', async () => {
    const racing = ({ conditional, key }: { conditional: boolean; key: string }): boolean =>
      conditional && !key.endsWith('-0') && !key.endsWith('-1');
    const lost = new FaultyStore(memory(), whenever(racing, { kind: 'fail-after' }));
    expect((await probeConditions(lost, { random })).conditions).toBe('honoured');
    const flaky = byChance(new SeededRandom(5), [{ probability: 0.5, fault: { kind: 'fail-after' } }]);
    const some = new FaultyStore(memory(), (call) => (racing(call) ? flaky(call) : undefined));
    expect((await probeConditions(some, { random })).conditions).toBe('honoured');
    const racy = new FaultyStore(looksThenWrites(memory()), (call) =>
      racing(call) ? flaky(call) : undefined,
    );
    expect((await probeConditions(racy, { random })).conditions).toBe('ignored');
  });

  it('[ST51] a store that gives no race a result is no store without conditions', async () => {
    const racing = whenever(({ conditional, key }) => conditional && !/-[01]$/u.test(key), {
      kind: 'fail-before',
      error: 'rate-limited',
    });
    expect((await failure(probeConditions(new FaultyStore(memory(), racing), { random }))).kind).toBe(
      'unavailable',
    );
    const down = new FaultyStore(
      memory(),
      whenever(() => true, { kind: 'fail-before' }),
    );
    expect((await failure(probeConditions(down, { random }))).kind).toBe('unavailable');
  });

  it('[ST52] nothing is left behind, whatever the answer', async () => {
    for (const store of [memory(), memory('ignored'), memory('unsupported')]) {
      await store.put('mine' as ObjectKey, new Uint8Array(1));
      await probeConditions(store, { random });
      expect(await keys(store)).toEqual(['mine']);
    }
    const aborter = new AbortController();
    const store = memory();
    const stopping = new FaultyStore(store, (call) => {
      if (call.index === 4) aborter.abort();
      return undefined;
    });
    const error = await failure(probeConditions(stopping, { random, signal: aborter.signal }));
    expect(isStoreError(error, 'aborted')).toBe(true);
    expect(await keys(store)).toEqual([]);
  });
});

describe('the check of a connection', () => {
  const states = (findings: readonly Finding[]): Record<string, string> =>
    Object.fromEntries(findings.map(({ check, state }) => [check, state]));
  const ALL_WELL = {
    reach: 'ok',
    key: 'ok',
    list: 'ok',
    write: 'ok',
    read: 'ok',
    delete: 'ok',
    conditions: 'ok',
    clock: 'ok',
    versioning: 'skipped',
  };
  const failing = (
    picks: Parameters<typeof whenever>[0],
    fault: Omit<Parameters<typeof whenever>[1] & { kind: 'fail-before' }, 'kind'>,
  ): ObjectStore => new FaultyStore(memory(), whenever(picks, { kind: 'fail-before', ...fault }));

  it('[ST53] all is well: one finding a check, nothing left behind', async () => {
    const store = memory();
    expect(states(await checkConnection(store, { random, clock }))).toEqual(ALL_WELL);
    expect(await keys(store)).toEqual([]);
  });

  it('[ST53] a cloud that is down, a wrong bucket, key, secret or region is named, the rest is skipped', async () => {
    const cases = [
      [{}, 'reach', /reached/u],
      [{ error: 'not-found', details: { reason: 'no-bucket' } }, 'reach', /bucket/u],
      [{ error: 'denied', details: { reason: 'wrong-region' } }, 'reach', /region/u],
      [{ error: 'denied', details: { reason: 'wrong-key' } }, 'key', /access key/u],
      [{ error: 'denied', details: { reason: 'wrong-secret' } }, 'key', /secret/u],
      [{ error: 'denied', details: { reason: 'clock-skew' } }, 'clock', /clock/u],
    ] as const;
    for (const [fault, check, words] of cases) {
      const findings = await checkConnection(
        failing(() => true, fault),
        { random, clock },
      );
      const wrong = findings.filter(({ state }) => state === 'failed' || state === 'warning');
      expect(wrong).toHaveLength(1);
      expect(wrong[0]).toMatchObject({ check, message: expect.stringMatching(words) as string });
      expect(wrong[0]?.remedy).toMatch(/[.]$/u);
      expect(states(findings)['write']).toBe('skipped');
    }
  });

  it('[ST53] a right that the key lacks is named alone', async () => {
    const denied = { error: 'denied', details: { reason: 'forbidden' } } as const;
    const no = async (kind: string): Promise<Record<string, string>> =>
      states(
        await checkConnection(
          failing((call) => call.kind === kind, denied),
          { random, clock },
        ),
      );
    expect(await no('list')).toEqual({ ...ALL_WELL, list: 'failed' });
    expect(await no('get')).toEqual({ ...ALL_WELL, read: 'failed' });
    expect(await no('delete')).toEqual({ ...ALL_WELL, delete: 'failed' });
    expect(await no('put')).toEqual({
      ...ALL_WELL,
      write: 'failed',
      read: 'skipped',
      delete: 'skipped',
      conditions: 'skipped',
    });
  });

  it('[ST53] ignored conditions and a clock that is off are warnings with a way out', async () => {
    const findings = await checkConnection(memory('ignored'), { random, clock });
    expect(states(findings)).toEqual({ ...ALL_WELL, conditions: 'warning' });
    const late = { now: () => clock.now() - 7 * 60_000 };
    const time = (await checkConnection(memory(), { random, clock: late })).find(
      ({ check }) => check === 'clock',
    );
    expect(time).toMatchObject({ state: 'warning' });
    expect(time?.message).toContain('7 minutes behind');
  });

  it('[ST53] a body that comes back changed is a failure', async () => {
    const store = new FaultyStore(
      memory(),
      whenever(({ kind }) => kind === 'get', { kind: 'corrupt-body' }),
    );
    expect(states(await checkConnection(store, { random, clock }))).toEqual({ ...ALL_WELL, read: 'failed' });
  });

  it('[ST54] whether the cloud keeps old versions is told where the cloud tells it, and is never a fault', async () => {
    const told = async (versioning: () => Promise<Versioning>): Promise<Finding | undefined> => {
      const bare = Object.assign(memory(), { versioning });
      return (await checkConnection(bare, { random, clock, bare })).find(
        ({ check }) => check === 'versioning',
      );
    };
    expect(await told(() => Promise.resolve('on'))).toMatchObject({
      state: 'ok',
      message: expect.stringContaining('keeps old versions') as string,
    });
    expect(await told(() => Promise.resolve('off'))).toMatchObject({
      state: 'ok',
      message: expect.stringContaining('keeps no old versions') as string,
    });
    const silent = { state: 'skipped', message: expect.stringContaining('does not tell') as string };
    expect(await told(() => Promise.resolve('unknown'))).toMatchObject(silent);
    expect(await told(() => Promise.reject(new StoreError('unavailable', { provider: 's3' })))).toMatchObject(
      silent,
    );
  });
});

describe('the check of a cloud whose form of conditions is not known', () => {
  const opening = (stores: Readonly<Record<'quoted' | 'bare', ObjectStore>>) => {
    const asked: string[] = [];
    const open = (form: 'quoted' | 'bare'): OpenedCloud => {
      asked.push(form);
      return { store: stores[form], bare: stores[form] };
    };
    return { asked, open };
  };
  const both = ['quoted', 'bare'] as const;

  it('[ST55] the form in which conditions hold is taken, and no other is asked after it', async () => {
    const bare = opening({ quoted: memory('unsupported'), bare: memory() });
    expect(await checkCloud(bare.open, both, { random, clock })).toMatchObject({ form: 'bare' });
    const quoted = opening({ quoted: memory(), bare: memory() });
    expect(await checkCloud(quoted.open, both, { random, clock })).toMatchObject({ form: 'quoted' });
    expect(quoted.asked).toEqual(['quoted']);
  });

  it('[ST55] where no form holds, the findings are of the first, and what fails before is asked once', async () => {
    const none = opening({ quoted: memory('ignored'), bare: memory('unsupported') });
    const { form, findings } = await checkCloud(none.open, both, { random, clock });
    expect(form).toBe('quoted');
    expect(findings).toContainEqual(
      expect.objectContaining({
        check: 'conditions',
        state: 'warning',
        message: expect.stringContaining('a second time') as string,
      }),
    );
    const down = new FaultyStore(
      memory(),
      whenever(() => true, { kind: 'fail-before' }),
    );
    const away = opening({ quoted: down, bare: down });
    await checkCloud(away.open, both, { random, clock });
    expect(away.asked).toEqual(['quoted']);
  });

  it('[ST55] every store that was opened is closed', async () => {
    const stores = { quoted: memory('unsupported'), bare: memory() };
    await checkCloud(opening(stores).open, both, { random, clock });
    for (const store of [stores.quoted, stores.bare])
      expect((await failure(store.head('any' as ObjectKey))).kind).toBe('aborted');
  });
});
