import { createHash } from 'node:crypto';
import type { RequestUrlParam, RequestUrlResponse } from 'obsidian';
import { describe, expect, it } from 'vitest';
import type { ObjectKey } from '../../../../src/core/model/ids.ts';
import { AnswerPatience } from '../../../../src/plugin/adapters/http/answer-patience.ts';
import { BodyGate } from '../../../../src/plugin/adapters/http/body-gate.ts';
import { fetchTransport } from '../../../../src/plugin/adapters/http/fetch-transport.ts';
import { roadIsOpen } from '../../../../src/plugin/adapters/http/probe-road.ts';
import {
  requestUrlTransport,
  type RequestUrl,
} from '../../../../src/plugin/adapters/http/request-url-transport.ts';
import type { WireRequest } from '../../../../src/plugin/adapters/http/wire.ts';
import { MemoryStore } from '../../../../src/storage/memory/memory-store.ts';
import { StoreError } from '../../../../src/storage/store-error.ts';
import { FakeClock } from '../../../support/fake-clock.ts';
import { SeededRandom } from '../../../support/seeded-random.ts';
import { cannedServer } from '../../../storage/s3/canned-server.ts';

const REQUEST: WireRequest = {
  method: 'GET',
  protocol: 'https:',
  hostname: 'cloud.example',
  path: '/bucket/a%20b.md',
  headers: { Host: 'cloud.example', 'X-Amz-Date': 'now' },
};

function answer(change: Partial<RequestUrlResponse> = {}): RequestUrlResponse {
  return { status: 200, headers: {}, arrayBuffer: new ArrayBuffer(0), text: '', json: undefined, ...change };
}

/** The app's function over Node's network, bodies whole as the app has them. */
const requestUrlOfNode: RequestUrl = async ({ url, method = 'GET', headers = {}, body }) => {
  const response = await fetch(url, { method, headers, ...(body === undefined ? {} : { body }) });
  const arrayBuffer = await response.arrayBuffer();
  return answer({ status: response.status, headers: Object.fromEntries(response.headers), arrayBuffer });
};

function recorded(respond: (request: RequestUrlParam) => Promise<RequestUrlResponse>): {
  readonly asked: RequestUrlParam[];
  readonly requestUrl: RequestUrl;
} {
  const asked: RequestUrlParam[] = [];
  const requestUrl: RequestUrl = (request) => {
    asked.push(request);
    return respond(request);
  };
  return { asked, requestUrl };
}

const open = new BodyGate({ oneLarge: false });

/** Nobody turns its clock. */
function patient(): AnswerPatience {
  return new AnswerPatience(new FakeClock());
}

describe('the road by requestUrl', () => {
  it('[PH1] sends the address as it was signed', async () => {
    const { asked, requestUrl } = recorded(() => Promise.resolve(answer()));
    const query = { prefix: "a b/(c)*'!", 'list-type': '2', empty: '', flag: null, many: ['2', '1'] };
    await requestUrlTransport(requestUrl, open, patient()).handle({ ...REQUEST, port: 9000, query });
    expect(asked[0]?.url).toBe(
      'https://cloud.example:9000/bucket/a%20b.md?empty=&flag=&list-type=2&many=2&many=1&prefix=a%20b%2F%28c%29%2A%27%21',
    );
  });

  it('[PH2] leaves out what a caller may not set, asks past caches, and takes any status for an answer', async () => {
    const { asked, requestUrl } = recorded(() =>
      Promise.resolve(answer({ status: 404, headers: { ETag: '"x"' }, arrayBuffer: new ArrayBuffer(3) })),
    );
    const { response } = await requestUrlTransport(requestUrl, open, patient()).handle(REQUEST);
    expect(asked[0]).toMatchObject({
      throw: false,
      headers: { 'x-amz-date': 'now', 'cache-control': 'no-cache' },
    });
    expect(Object.keys(asked[0]?.headers ?? {})).not.toContain('host');
    expect(response.statusCode).toBe(404);
    expect(response.headers).toEqual({ etag: '"x"' });
    expect((await new Response(response.body).arrayBuffer()).byteLength).toBe(3);
  });

  it('[PH2] gives the app the very bytes, without a copy where it can', async () => {
    const { asked, requestUrl } = recorded(() => Promise.resolve(answer()));
    const whole = new Uint8Array([1, 2, 3, 4]);
    const transport = requestUrlTransport(requestUrl, open, patient());
    await transport.handle({ ...REQUEST, method: 'PUT', body: whole });
    await transport.handle({ ...REQUEST, method: 'PUT', body: whole.subarray(1, 3) });
    expect(asked[0]?.body).toBe(whole.buffer);
    expect(new Uint8Array(asked[1]?.body as ArrayBuffer)).toEqual(new Uint8Array([2, 3]));
  });

  it('[PH3] stops waiting when told to, and sends nothing that was given up before', async () => {
    const { asked, requestUrl } = recorded(() => new Promise(() => undefined));
    const abort = new AbortController();
    const transport = requestUrlTransport(requestUrl, open, patient());
    const waiting = transport.handle(REQUEST, { abortSignal: abort.signal });
    abort.abort();
    await expect(waiting).rejects.toMatchObject({ name: 'AbortError' });
    await expect(transport.handle(REQUEST, { abortSignal: abort.signal })).rejects.toMatchObject({
      name: 'AbortError',
    });
    expect(asked).toHaveLength(1);
  });

  it('[PH5] has one large body on its way at a time, also after an abort', async () => {
    const ends: (() => void)[] = [];
    const { asked, requestUrl } = recorded(
      () => new Promise((resolve) => ends.push(() => resolve(answer()))),
    );
    const transport = requestUrlTransport(requestUrl, new BodyGate({ oneLarge: true }), patient());
    const large: WireRequest = { ...REQUEST, method: 'PUT', body: new Uint8Array(2_000_000) };
    const abort = new AbortController();
    const first = transport.handle(large, { abortSignal: abort.signal });
    const second = transport.handle({ ...REQUEST, headers: { range: 'bytes=0-4000000' } });
    await transport
      .handle({ ...REQUEST, method: 'HEAD' }, { abortSignal: AbortSignal.abort() })
      .catch(() => 0);
    const small = transport.handle({ ...REQUEST, headers: { range: 'bytes=0-999' } });
    const listing = transport.handle({ ...REQUEST, path: '/container?restype=container&comp=list' });
    await new Promise(setImmediate);
    const passed = asked.map(({ method, headers }) => headers?.['range'] ?? method);
    expect(passed).toEqual(['PUT', 'bytes=0-999', 'GET']);
    abort.abort();
    await expect(first).rejects.toMatchObject({ name: 'AbortError' });
    await new Promise(setImmediate);
    expect(asked).toHaveLength(3);
    for (const end of ends) end();
    await new Promise(setImmediate);
    expect(asked).toHaveLength(4);
    ends.at(-1)?.();
    await Promise.all([second, small, listing]);
  });

  it('carries the S3 client: signatures, bodies and error codes', async () => {
    const { store } = await cannedServer(
      ({ method }) =>
        method === 'PUT'
          ? { headers: { etag: '"tag"', date: new Date(0).toUTCString() } }
          : { status: 404, body: '<Error><Code>NoSuchKey</Code></Error>' },
      { requestHandler: requestUrlTransport(requestUrlOfNode, open, patient()) },
    );
    const key = 'notes/a b.md' as ObjectKey;
    expect(await store.put(key, new TextEncoder().encode('text'))).toEqual({ etag: 'tag', serverTimeMs: 0 });
    await expect(store.get(key)).rejects.toMatchObject({ kind: 'not-found' });
  });
});

describe('the road by the page', () => {
  it('[PH4] asks past caches and sends no cookies', async () => {
    const asked: RequestInit[] = [];
    const transport = fetchTransport(
      (_url, init) => {
        asked.push(init);
        return Promise.resolve(new Response('x', { headers: { ETag: '"x"' } }));
      },
      open,
      patient(),
    );
    const { response } = await transport.handle(REQUEST);
    expect(asked[0]).toMatchObject({ cache: 'no-store', credentials: 'omit' });
    expect(response.headers['etag']).toBe('"x"');
  });

  it('[PH3] ends the request itself when told to', async () => {
    const abort = new AbortController();
    const transport = fetchTransport(
      (_url, { signal }) =>
        new Promise((_resolve, reject) => {
          signal?.addEventListener('abort', () => reject(new TypeError('Failed to fetch')));
        }),
      open,
      patient(),
    );
    const waiting = transport.handle(REQUEST, { abortSignal: abort.signal });
    abort.abort();
    await expect(waiting).rejects.toMatchObject({ name: 'AbortError' });
  });

  it('carries the S3 client', async () => {
    const body = 'text';
    const md5 = createHash('md5').update(body).digest('hex');
    const { store } = await cannedServer(
      () => ({ body, headers: { etag: `"${md5}"`, 'last-modified': new Date(0).toUTCString() } }),
      { requestHandler: fetchTransport((url, init) => fetch(url, init), open, patient()) },
    );
    const found = await store.get('a.md' as ObjectKey);
    expect(found.kind === 'found' && new TextDecoder().decode(found.body)).toBe(body);
  });
});

describe('the probe of a road', () => {
  const random = new SeededRandom(1);
  const newStore = (): MemoryStore => new MemoryStore({ clock: new FakeClock() });

  it('[PH6] finds a road open on which all comes through, and leaves nothing behind', async () => {
    const store = newStore();
    expect(await roadIsOpen(store, { random })).toBe(true);
    for await (const page of store.list('')) expect(page.objects).toEqual([]);
  });

  it.each(['put', 'head', 'get', 'copy', 'delete'] as const)(
    '[PH6] finds it closed where %s fails',
    async (name) => {
      const store = newStore();
      const failing = (): Promise<never> =>
        Promise.reject(new StoreError('unavailable', { provider: 'test' }));
      Object.assign(store, { [name]: failing });
      expect(await roadIsOpen(store, { random })).toBe(false);
    },
  );

  it('[PH6] finds it closed where the answer hides its metadata or its time', async () => {
    const withoutMetadata = newStore();
    const head = withoutMetadata.head.bind(withoutMetadata);
    withoutMetadata.head = async (key) => ({ ...(await head(key)), metadata: {} });
    expect(await roadIsOpen(withoutMetadata, { random })).toBe(false);
    const withoutTime = newStore();
    const put = withoutTime.put.bind(withoutTime);
    withoutTime.put = async (...args) => ({ etag: (await put(...args)).etag });
    expect(await roadIsOpen(withoutTime, { random })).toBe(false);
  });

  it('[PH6] finds it closed where what is absent cannot be told from what went wrong', async () => {
    const store = newStore();
    const head = store.head.bind(store);
    store.head = (key) =>
      head(key).catch(() => Promise.reject(new StoreError('unexpected', { provider: 'test' })));
    expect(await roadIsOpen(store, { random })).toBe(false);
  });
});
