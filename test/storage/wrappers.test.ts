import { describe, expect, it } from 'vitest';
import { MemoryStore } from '../../src/storage/memory/memory-store.ts';
import type { BodySource, ObjectStore } from '../../src/storage/object-store.ts';
import { withLimit } from '../../src/storage/wrappers/with-limit.ts';
import { Meter, withMetering } from '../../src/storage/wrappers/with-metering.ts';
import { withPrefix } from '../../src/storage/wrappers/with-prefix.ts';
import { withRetry } from '../../src/storage/wrappers/with-retry.ts';
import { withTimeout } from '../../src/storage/wrappers/with-timeout.ts';
import { bytes, failure, getText, key, keys, putText } from '../contract/object-store/subject-fixture.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { atCalls, FaultyStore, whenever } from '../support/faulty-store.ts';
import { SeededRandom } from '../support/seeded-random.ts';

const clock = new FakeClock();
const memory = (): MemoryStore => new MemoryStore({ clock });

/** A promise that the test settles. */
function gate(): { readonly opened: Promise<void>; readonly open: () => void } {
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open };
}

describe('withRetry', () => {
  const jitter = { fraction: () => 0.5 };

  it('[ST60] makes a call again that failed with what may pass, and waits longer each time', async () => {
    const timer = new FakeClock({ auto: true });
    const faulty = new FaultyStore(memory(), atCalls([0, 1, 2], { kind: 'fail-before' }));
    const startMs = timer.now();
    await putText(withRetry(faulty, { timer, jitter }, { baseDelayMs: 1000 }), 'a', 'body');
    expect(faulty.calls).toHaveLength(4);
    expect(timer.now() - startMs).toBe(0.75 * (1000 + 2000 + 4000));
  });

  it('[ST60] gives up after its tries, and when the time would be over, with the last error', async () => {
    const timer = new FakeClock({ auto: true });
    const down = (): FaultyStore =>
      new FaultyStore(
        memory(),
        whenever(() => true, { kind: 'fail-before' }),
      );
    const thrice = down();
    const error = await failure(withRetry(thrice, { timer, jitter }, { tries: 3 }).get(key('a')));
    expect(error).toMatchObject({ kind: 'unavailable', details: { provider: 'faulty' } });
    expect(thrice.calls).toHaveLength(3);
    const inTime = down();
    const startMs = timer.now();
    await failure(withRetry(inTime, { timer, jitter }, { tries: 1000, totalMs: 60_000 }).get(key('a')));
    expect(timer.now() - startMs).toBeLessThanOrEqual(60_000);
    expect(inTime.calls.length).toBeGreaterThan(5);
  });

  it('[ST61] never repeats a conditional put, nor what cannot pass', async () => {
    const timer = new FakeClock({ auto: true });
    const faulty = new FaultyStore(
      memory(),
      whenever(() => true, { kind: 'fail-after' }),
    );
    const store = withRetry(faulty, { timer, jitter });
    expect((await failure(store.put(key('a'), bytes('1'), { ifNoneMatch: '*' }))).kind).toBe('unavailable');
    expect((await failure(store.put(key('a'), bytes('1'), { ifMatch: 'x' }))).kind).toBe('conflict');
    expect(faulty.calls).toHaveLength(2);
    faulty.script = whenever(() => true, { kind: 'fail-before', error: 'denied' });
    await failure(store.get(key('a')));
    await failure(keys(store));
    expect(faulty.calls).toHaveLength(4);
  });

  it('[ST61] what the source of a body rejects with is not the store’s to repeat', async () => {
    let reads = 0;
    const cause = new Error('changed');
    const source: BodySource = {
      sizeBytes: 5,
      read: () => {
        reads += 1;
        return Promise.reject(cause);
      },
    };
    const store = withRetry(memory(), { timer: new FakeClock({ auto: true }), jitter });
    await expect(store.put(key('a'), source)).rejects.toBe(cause);
    expect(reads).toBe(1);
  });

  it('[ST62] waits as long as the provider asks, and not at all where that is too long', async () => {
    const timer = new FakeClock({ auto: true });
    const asked = (retryAfterMs: number): FaultyStore => {
      const fault = { kind: 'fail-before', error: 'rate-limited', details: { retryAfterMs } } as const;
      return new FaultyStore(memory(), atCalls([0], fault));
    };
    const startMs = timer.now();
    await putText(withRetry(asked(30_000), { timer, jitter }), 'a');
    expect(timer.now() - startMs).toBe(30_000);
    const longer = withRetry(asked(3_600_000), { timer, jitter });
    expect((await failure(putText(longer, 'a'))).kind).toBe('rate-limited');
    expect(timer.now() - startMs).toBe(30_000);
  });

  it('[ST62] a signal ends the waiting', async () => {
    const timer = new FakeClock();
    const aborter = new AbortController();
    const faulty = new FaultyStore(
      memory(),
      whenever(() => true, { kind: 'fail-before' }),
    );
    const call = failure(withRetry(faulty, { timer, jitter }).get(key('a'), { signal: aborter.signal }));
    await timer.advance(0);
    expect(timer.sleeping).toBe(1);
    aborter.abort();
    expect((await call).kind).toBe('aborted');
    expect(faulty.calls).toHaveLength(1);
  });

  it('[ST63] a listing goes on where it failed, with no key and no folder twice or missed', async () => {
    const all = ['a', 'b/1', 'b/2', 'c', 'd/1', 'e', 'f/1/2', 'g'];
    const inner = memory();
    for (const at of all) await putText(inner, at);
    for (const limit of [1, 2, 3]) {
      const random = new SeededRandom(limit);
      const faulty = new FaultyStore(inner, () => (random.chance(0.5) ? { kind: 'fail-before' } : undefined));
      const store = withRetry(
        faulty,
        { timer: new FakeClock({ auto: true }), jitter },
        { tries: 99, totalMs: 1e9 },
      );
      expect(await keys(store, '', { limit })).toEqual(all);
      const seen: string[] = [];
      for await (const page of store.list('', { limit, delimiter: '/' })) {
        seen.push(...page.objects.map((object) => object.key), ...page.prefixes);
      }
      expect(seen.sort()).toEqual(['a', 'b/', 'c', 'd/', 'e', 'f/', 'g']);
    }
  });
});

describe('withLimit', () => {
  /** A store whose gets wait for the test; tells how many wait. */
  function held(): { store: ObjectStore; waiting: (() => void)[]; faulty: FaultyStore } {
    const waiting: (() => void)[] = [];
    const hold = {
      kind: 'delay',
      until: () => new Promise<void>((resolve) => waiting.push(resolve)),
    } as const;
    const faulty = new FaultyStore(
      memory(),
      whenever(({ kind }) => kind === 'get', hold),
    );
    return { store: faulty, waiting, faulty };
  }
  const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

  it('[ST64] lets no more than its number run at once, the others in the order they came', async () => {
    const { store, waiting, faulty } = held();
    const limited = withLimit(store, 3);
    const calls = Array.from({ length: 7 }, (_, i) => failure(limited.get(key(`k${String(i)}`))));
    await turn();
    expect(waiting).toHaveLength(3);
    waiting[1]?.();
    await turn();
    expect(faulty.calls.map((call) => call.key)).toEqual(['k0', 'k1', 'k2', 'k3']);
    // The list grows as the next ones get their turn; a second release does nothing.
    for (const release of waiting) {
      release();
      await turn();
    }
    expect(await Promise.all(calls)).toHaveLength(7);
    expect(faulty.calls.map((call) => call.key)).toEqual(['k0', 'k1', 'k2', 'k3', 'k4', 'k5', 'k6']);
  });

  /** How many of twenty calls the limit lets run at once. */
  async function width(limited: ObjectStore, waiting: (() => void)[]): Promise<number> {
    waiting.length = 0;
    const calls = Array.from({ length: 20 }, () => limited.get(key('a')).catch(() => undefined));
    await turn();
    const at = waiting.length;
    const aborts = Promise.all(calls);
    for (let done = 0; done < 20; done++) {
      waiting[done]?.();
      await turn();
    }
    await aborts;
    return at;
  }

  it('[ST65] halves when the store asks for less, once for calls that ran together, and grows back', async () => {
    const { store, waiting, faulty } = held();
    await putText(store, 'a');
    const limited = withLimit(store, 8);
    const slow = whenever(({ kind }) => kind === 'head', { kind: 'fail-before', error: 'rate-limited' });
    const usual = faulty.script;
    faulty.script = (call) => slow(call) ?? usual(call);
    await Promise.all(Array.from({ length: 8 }, () => failure(limited.head(key('a')))));
    const after = await width(limited, waiting);
    expect(after).toBe(4);
    // Twenty successes at four to eight places add about three places.
    const grown = await width(limited, waiting);
    expect(grown).toBeGreaterThan(after);
    for (let i = 0; i < 20; i++) await failure(limited.head(key('a')));
    expect(await width(limited, waiting)).toBe(1);
  });

  it('[ST66] a body whose source reads from the same store gets through, also one place at a time', async () => {
    const inner = memory();
    await inner.put(key('from'), new Uint8Array(20 * 1024 * 1024).fill(7));
    const limited = withLimit(inner, 1);
    const source: BodySource = {
      sizeBytes: 20 * 1024 * 1024,
      read: async (offset, length) => {
        const result = await limited.get(key('from'), { range: { offset, length } });
        return result.kind === 'found' ? result.body : new Uint8Array(0);
      },
    };
    await Promise.all(['a', 'b', 'c'].map((to) => limited.put(key(to), source)));
    expect((await inner.head(key('c'))).sizeBytes).toBe(20 * 1024 * 1024);
    // All places are free again.
    expect(await keys(limited)).toEqual(['a', 'b', 'c', 'from']);
  });

  it('[ST66] who is aborted while waiting leaves the queue', async () => {
    const { store, waiting, faulty } = held();
    const limited = withLimit(store, 1);
    const first = failure(limited.get(key('first')));
    const aborter = new AbortController();
    const second = failure(limited.get(key('second'), { signal: aborter.signal }));
    const third = failure(limited.get(key('third')));
    await turn();
    aborter.abort();
    expect((await second).kind).toBe('aborted');
    waiting[0]?.();
    await first;
    await turn();
    waiting[1]?.();
    await third;
    expect(faulty.calls.map((call) => call.key)).toEqual(['first', 'third']);
  });
});

describe('withTimeout', () => {
  it('[ST67] a call that takes longer than its size allows is unavailable, and told to stop', async () => {
    const timer = new FakeClock();
    const stuck = gate();
    let told = false;
    const inner = memory();
    const store: ObjectStore = withTimeout(
      {
        capabilities: inner.capabilities,
        get: (...args) => inner.get(...args),
        put: async (_key, _body, options) => {
          options?.signal?.addEventListener('abort', () => (told = true));
          await stuck.opened;
          return { etag: 'late' };
        },
        copy: (...args) => inner.copy(...args),
        delete: (...args) => inner.delete(...args),
        head: (...args) => inner.head(...args),
        list: (...args) => inner.list(...args),
        close: () => inner.close(),
      },
      timer,
      { baseMs: 10_000, minBytesPerSecond: 1000 },
    );
    let ended = false;
    const call = failure(store.put(key('a'), new Uint8Array(5000))).finally(() => (ended = true));
    await timer.advance(14_999);
    expect(ended).toBe(false);
    await timer.advance(1);
    expect((await call).kind).toBe('unavailable');
    expect(told).toBe(true);
    stuck.open();
    expect(timer.sleeping).toBe(0);
  });

  it('[ST67] a signal ends the call though the store does not listen, and leaves no timer', async () => {
    const timer = new FakeClock();
    const deaf = new FaultyStore(
      memory(),
      whenever(() => true, { kind: 'delay', until: () => gate().opened }),
    );
    const store = withTimeout(deaf, timer);
    const aborter = new AbortController();
    const call = failure(store.get(key('a'), { signal: aborter.signal }));
    aborter.abort();
    expect((await call).kind).toBe('aborted');
    await timer.advance(0);
    expect(timer.sleeping).toBe(0);
  });

  it('[ST67] each page of a listing has its own time', async () => {
    const timer = new FakeClock();
    const inner = memory();
    for (const at of ['a', 'b', 'c']) await putText(inner, at);
    const slow = new FaultyStore(inner, () => ({ kind: 'delay', until: () => timer.sleep(9000) }));
    const listing = keys(withTimeout(slow, timer, { baseMs: 10_000 }), '', { limit: 1 });
    await timer.advance(30_000);
    expect(await listing).toEqual(['a', 'b', 'c']);
  });
});

describe('withMetering', () => {
  it('[ST68] counts calls, failures and bytes of bodies by kind', async () => {
    const meter = new Meter();
    const store = withMetering(memory(), meter);
    const { etag } = await store.put(key('a'), bytes('12345'));
    await store.put(key('b'), { sizeBytes: 3, read: () => Promise.resolve(bytes('abc')) });
    await failure(store.put(key('b'), bytes('1'), { ifNoneMatch: '*' }));
    await store.get(key('a'));
    await store.get(key('a'), { ifNoneMatch: etag });
    await store.get(key('a'), { range: { offset: 1, length: 2 } });
    await keys(store, '', { limit: 1 });
    expect(meter.reading('put')).toEqual({ requests: 3, failed: 1, bytesUp: 9, bytesDown: 0 });
    expect(meter.reading('get')).toEqual({ requests: 3, failed: 0, bytesUp: 0, bytesDown: 7 });
    expect(meter.reading('list')).toEqual({ requests: 2, failed: 0, bytesUp: 0, bytesDown: 0 });
    expect(meter.total()).toEqual({ requests: 8, failed: 1, bytesUp: 9, bytesDown: 7 });
  });
});

describe('withPrefix', () => {
  it('[ST69] sees and touches only what lies below the prefix, and leaves the prefix out of errors', async () => {
    const whole = memory();
    for (const at of ['notes/x', 'notes-old/x', 'other', 'notes']) await putText(whole, at, at);
    const store = withPrefix(whole, 'notes/');
    await putText(store, 'y', 'mine');
    expect(await keys(store)).toEqual(['x', 'y']);
    expect(await getText(whole, 'notes/y')).toBe('mine');
    await store.delete(key('x'));
    expect(await keys(whole)).toEqual(['notes', 'notes-old/x', 'notes/y', 'other']);
    const error = await failure(store.get(key('x')));
    expect(error.details.key).toBe('x');
    expect(error.message).not.toContain('notes/');
  });
});
