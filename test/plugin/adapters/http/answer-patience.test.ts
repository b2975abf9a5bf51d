import { createHash } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { RequestUrlResponse } from 'obsidian';
import { describe, expect, it } from 'vitest';
import type { ObjectKey } from '../../../../src/core/model/ids.ts';
import { AnswerPatience } from '../../../../src/plugin/adapters/http/answer-patience.ts';
import { BodyGate } from '../../../../src/plugin/adapters/http/body-gate.ts';
import { fetchTransport } from '../../../../src/plugin/adapters/http/fetch-transport.ts';
import {
  requestUrlTransport,
  type RequestUrl,
} from '../../../../src/plugin/adapters/http/request-url-transport.ts';
import type { Transport, WireRequest } from '../../../../src/plugin/adapters/http/wire.ts';
import { readPastedKey, type AzureAccess } from '../../../../src/storage/azure/access.ts';
import { createAzureStore } from '../../../../src/storage/azure/azure-store.ts';
import { createGcsStore } from '../../../../src/storage/gcs/gcs-store.ts';
import type { GetResult, ObjectStore } from '../../../../src/storage/object-store.ts';
import { wrapped } from '../../../../src/storage/wrappers/wrapped.ts';
import { cannedServer, type CannedAnswer } from '../../../storage/s3/canned-server.ts';
import { FakeClock } from '../../../support/fake-clock.ts';
import { SeededRandom } from '../../../support/seeded-random.ts';

const MIB = 1024 * 1024;
const KEY = 'a.md' as ObjectKey;
const BODY = 'text';

const GOOD: CannedAnswer = {
  body: BODY,
  headers: {
    etag: `"${createHash('md5').update(BODY).digest('hex')}"`,
    'last-modified': new Date(0).toUTCString(),
    'x-goog-generation': '1',
    'x-goog-stored-content-length': '4',
  },
};

/** The app's function over Node's network: bodies whole, and no end to it. */
const requestUrlOfNode: RequestUrl = async ({ url, method = 'GET', headers = {} }) => {
  const response = await fetch(url, { method, headers });
  const arrayBuffer = await response.arrayBuffer();
  const answered = { headers: Object.fromEntries(response.headers), text: '', json: undefined };
  return { ...answered, status: response.status, arrayBuffer };
};

/** Real time passes too: sockets take it. */
async function until(isSo: () => boolean): Promise<void> {
  for (let tries = 0; !isSo(); tries += 1) {
    if (tries > 1000) throw new Error('It did not come to that.');
    await pause(5);
  }
}

/** The store as the plugin has it, over a real server whose first answers never come. */
async function stalled(
  road: (gate: BodyGate, patience: AnswerPatience) => Transport,
  options: { readonly silent?: number; readonly first?: CannedAnswer; readonly isPhone?: boolean } = {},
): Promise<{ store: ObjectStore; clock: FakeClock; count: () => number; port: number }> {
  const { silent = 1, first = { instead: 'stay silent' } } = options;
  const clock = new FakeClock();
  const gate = new BodyGate({ oneLarge: options.isPhone ?? true });
  const { store, received, port } = await cannedServer((_request, index) => (index < silent ? first : GOOD), {
    requestHandler: road(gate, new AnswerPatience(clock)),
  });
  return { store: asOfPlugin(store, clock), clock, count: () => received.length, port };
}

function asOfPlugin(store: ObjectStore, clock: FakeClock): ObjectStore {
  return wrapped(store, { prefix: '', timer: clock, jitter: new SeededRandom(1), connections: 4 });
}

const byApp = (gate: BodyGate, patience: AnswerPatience): Transport =>
  requestUrlTransport(requestUrlOfNode, gate, patience);
const byPage = (gate: BodyGate, patience: AnswerPatience): Transport =>
  fetchTransport((url, init) => fetch(url, init), gate, patience);

function textOf(result: GetResult): string {
  return result.kind === 'found' ? new TextDecoder().decode(result.body) : result.kind;
}

/** Milliseconds of the clock until so many requests have come in. */
async function msUntil(clock: FakeClock, wanted: () => boolean): Promise<number> {
  for (let ms = 0; ms <= 600_000; ms += 1000) {
    await pause(2);
    if (wanted()) return ms;
    await clock.advance(1000);
  }
  throw new Error('Never asked again.');
}

describe('a request that is never answered', () => {
  it('[PH7] through the app is given up and tried again within some one minute, the head and one piece alike', async () => {
    for (const length of [1000, 4 * MIB, 8 * MIB]) {
      const { store, clock, count } = await stalled(byApp);
      const getting = store.get(KEY, { range: { offset: 0, length } });
      await until(() => count() === 1);
      const ms = await msUntil(clock, () => count() === 2);
      expect(ms).toBeGreaterThanOrEqual(30_000);
      expect(ms).toBeLessThanOrEqual(70_000);
      expect(textOf(await getting)).toBe(BODY);
      expect(clock.sleeping).toBe(0);
    }
  });

  it('[PH7] on a phone does not hold up the large ones behind it for longer', async () => {
    const { store, clock, count } = await stalled(byApp);
    const range = { offset: 0, length: 4 * MIB };
    const [first, second] = [store.get(KEY, { range }), store.get('b.md' as ObjectKey, { range })];
    await until(() => count() === 1);
    expect(await msUntil(clock, () => count() === 3)).toBeLessThanOrEqual(70_000);
    expect([textOf(await first), textOf(await second)]).toEqual([BODY, BODY]);
  });

  it('[PH7] by the page has 30 s to begin its answer; what has begun has its time, and ends when told to', async () => {
    const { store, clock, count } = await stalled(byPage);
    const getting = store.get(KEY, { range: { offset: 0, length: 8 * MIB } });
    await until(() => count() === 1);
    expect(await msUntil(clock, () => count() === 2)).toBeLessThanOrEqual(40_000);
    expect(textOf(await getting)).toBe(BODY);

    let isBegun = false;
    const begun = await stalled(byPage, { first: { ...GOOD, onStalled: () => (isBegun = true) } });
    const abort = new AbortController();
    const waiting = begun.store.get(KEY, { range: { offset: 0, length: 4 * MIB }, signal: abort.signal });
    await until(() => isBegun);
    await pause(50);
    await begun.clock.advance(100_000);
    expect(begun.count()).toBe(1);
    abort.abort();
    await expect(waiting).rejects.toMatchObject({ kind: 'aborted' });
  });

  it('[PH7] is given up with the other clouds, too', async () => {
    for (const open of [azureAt, googleAt]) {
      const { clock, count, port } = await stalled(byApp);
      const transport = byApp(new BodyGate({ oneLarge: false }), new AnswerPatience(clock));
      const store = asOfPlugin(open(`http://127.0.0.1:${String(port)}`, transport, clock), clock);
      const getting = store.get(KEY, { range: { offset: 0, length: 4 } });
      await until(() => count() === 1);
      expect(await msUntil(clock, () => count() === 2)).toBeLessThanOrEqual(70_000);
      expect(textOf(await getting)).toBe(BODY);
      await store.close();
    }
  });
});

function azureAt(endpoint: string, transport: Transport, timer: FakeClock): ObjectStore {
  const place = { account: 'account', container: 'notes', endpoint: `${endpoint}/account` };
  const access = (): Promise<AzureAccess> => Promise.resolve(readPastedKey('sv=2025-01-05&sig=x', place));
  return createAzureStore({ container: 'notes', access, transport, timer, random: new SeededRandom(2) });
}

function googleAt(endpoint: string, transport: Transport, timer: FakeClock): ObjectStore {
  return createGcsStore({ bucket: 'notes', endpoint, transport, timer, random: new SeededRandom(2) });
}

describe('the time that the app has for an answer', () => {
  const piece: WireRequest = {
    method: 'GET',
    protocol: 'https:',
    hostname: 'cloud.example',
    path: '/a',
    headers: { range: `bytes=0-${String(4 * MIB - 1)}` },
  };
  const whole = (bytes: number): RequestUrlResponse =>
    ({ arrayBuffer: new ArrayBuffer(bytes) }) as RequestUrlResponse;
  const never = (): Promise<RequestUrlResponse> => new Promise(() => undefined);

  async function givenUpAfterMs(
    patience: AnswerPatience,
    clock: FakeClock,
    request: WireRequest = piece,
  ): Promise<number> {
    const startMs = clock.now();
    let endMs: number | undefined;
    patience.untilWhole(request, never).catch(() => (endMs = clock.now()));
    while (endMs === undefined) await clock.advance(1000);
    return endMs - startMs;
  }

  /** What comes after so long. */
  async function arrives(patience: AnswerPatience, clock: FakeClock, ms: number): Promise<boolean> {
    const arriving = patience.untilWhole(piece, () => clock.sleep(ms).then(() => whole(4 * MIB)));
    const outcome = arriving.then(
      () => true,
      () => false,
    );
    await clock.advance(ms + 1000);
    return outcome;
  }

  it('[PH8] grows where the line is poor, until a piece comes through, and shrinks where it is good again', async () => {
    const clock = new FakeClock();
    const patience = new AnswerPatience(clock);
    // 20 kB a second: 205 s for a piece.
    const tries = [];
    for (let n = 0; n < 4; n += 1) tries.push(await arrives(patience, clock, 205_000));
    expect(tries).toEqual([false, false, false, true]);
    expect(await arrives(patience, clock, 205_000)).toBe(true);
    expect(await givenUpAfterMs(patience, clock)).toBe(286_000);
    for (let n = 0; n < 6; n += 1) expect(await arrives(patience, clock, 4_000)).toBe(true);
    expect(await givenUpAfterMs(patience, clock)).toBe(62_000);
  });

  it('[PH8] is shared: sixteen pieces at once on a line of 8 MBit/s all come through', async () => {
    const clock = new FakeClock();
    const patience = new AnswerPatience(clock);
    const all = Array.from({ length: 16 }, () =>
      patience.untilWhole(piece, () => clock.sleep(130_000).then(() => whole(4 * MIB))),
    );
    await clock.advance(131_000);
    expect(await Promise.all(all)).toHaveLength(16);
  });

  it('[PH8] what is sent has the time of its bytes, as before', async () => {
    const clock = new FakeClock();
    const patience = new AnswerPatience(clock);
    const put = patience.untilWhole({ ...piece, method: 'PUT' }, () =>
      clock.sleep(500_000).then(() => whole(0)),
    );
    await clock.advance(500_000);
    await expect(put).resolves.toBeDefined();
  });
});
