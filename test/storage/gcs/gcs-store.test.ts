import { describe, expect, it } from 'vitest';
import { tellsVersioning } from '../../../src/storage/versioning.ts';
import type { ObjectStore } from '../../../src/storage/object-store.ts';
import { failure, key, keys, patterned } from '../../contract/object-store/subject-fixture.ts';
import {
  cannedGoogle,
  download,
  listing,
  object,
  refusal,
  resource,
  type CannedAnswer,
} from './canned-google.ts';

const MIB = 1024 * 1024;

/** What a store says when its server gives this answer to everything. */
async function told(answer: CannedAnswer, call: (store: ObjectStore) => Promise<unknown>) {
  const { store } = await cannedGoogle(() => answer);
  const { kind, details } = await failure(call(store));
  return details.reason === undefined ? kind : `${kind}: ${details.reason}`;
}

const get = (store: ObjectStore): Promise<unknown> => store.get(key('a.md'));
const head = (store: ObjectStore): Promise<unknown> => store.head(key('a.md'));
const list = (store: ObjectStore): Promise<unknown> => keys(store);
const put = (store: ObjectStore): Promise<unknown> => store.put(key('a.md'), new Uint8Array(5));
const create = (store: ObjectStore): Promise<unknown> =>
  store.put(key('a.md'), new Uint8Array(5), { ifNoneMatch: '*' });

describe('answers that are none', () => {
  const page = { headers: { 'content-type': 'text/html' }, body: '<html>Please sign in</html>' };

  it('[ST80] a web page in place of an answer is damage, never an object, an empty listing or a success', async () => {
    for (const call of [get, head, list, put, create]) expect(await told(page, call)).toBe('corrupt');
    expect(await told(page, (store) => store.copy(key('a'), key('b')))).toBe('corrupt');
  });

  it('[ST80] nor is JSON of another form', async () => {
    for (const body of ['{}', '[]', 'null', '{"items":[]}', '{"kind":"storage#buckets","items":[]}']) {
      for (const call of [head, list, put]) expect(await told({ body }, call)).toBe('corrupt');
    }
    expect(await told(listing([{ ...resource('a'), generation: 'x' }]), list)).toBe('corrupt');
    expect(await told(listing([{ ...resource('a'), size: '-1' }]), list)).toBe('corrupt');
    expect(await told(object('another.md'), head)).toBe('corrupt');
    expect(await told(object('a.md', { size: '4' }), put)).toBe('corrupt');
  });

  it('[ST80] a page or another server’s word for "not found" is not believed', async () => {
    expect(await told({ ...page, status: 404 }, list)).toBe('unexpected');
    expect(await told({ ...page, status: 404 }, head)).toBe('unexpected');
    expect(await told({ ...page, status: 404 }, get)).toBe('unexpected');
    expect(await told({ status: 404, body: '{"message":"no route"}' }, head)).toBe('unexpected');
    expect(await told({ ...page, status: 403 }, head)).toBe('denied');
    expect(await told({ ...page, status: 302, headers: { location: 'http://portal/' } }, head)).toBe(
      'unavailable',
    );
  });

  it('[ST80] a body that broke off is damage, in a note, in a listing and in a description', async () => {
    const note = { headers: download({ 'x-goog-stored-content-length': '5' }), body: 'hello', cutAfter: 3 };
    expect(await told(note, get)).toBe('corrupt');
    expect(await told({ ...listing([resource('a')]), cutAfter: 40 }, list)).toBe('corrupt');
    expect(await told({ ...object('a.md'), cutAfter: 20 }, head)).toBe('corrupt');
  });

  it('[ST80] other bytes than were asked for are damage', async () => {
    const size = { 'x-goog-stored-content-length': '5' };
    const range = { offset: 1, length: 2 };
    const part = (store: ObjectStore): Promise<unknown> => store.get(key('a.md'), { range });
    expect(await told({ headers: download(size), body: 'hell' }, get)).toBe('corrupt');
    expect(await told({ headers: download(size), body: 'hello!' }, get)).toBe('corrupt');
    expect(await told({ headers: { 'x-goog-generation': '17' }, body: 'hello' }, get)).toBe('corrupt');
    const elsewhere = download({ 'content-range': 'bytes 0-1/5' });
    expect(await told({ status: 206, headers: elsewhere, body: 'he' }, part)).toBe('corrupt');
    const short = download({ 'content-range': 'bytes 1-2/5' });
    expect(await told({ status: 206, headers: short, body: 'e' }, part)).toBe('corrupt');
    expect(await told({ status: 206, headers: short, body: 'ello' }, part)).toBe('corrupt');
  });

  it('[ST6] a server that ignores the range and sends all is cut to it, and not read to its end', async () => {
    const headers = download({ 'x-goog-stored-content-length': '10' });
    const { store } = await cannedGoogle(() => ({ headers, body: '0123456789' }));
    const result = await store.get(key('a.md'), { range: { offset: 2, length: 3 } });
    expect(result).toMatchObject({ kind: 'found', sizeBytes: 10, body: new TextEncoder().encode('234') });
  });

  it('an object that is stored compressed is refused with the reason: its size is another', async () => {
    const headers = download({
      'x-goog-stored-content-length': '3',
      'x-goog-stored-content-encoding': 'gzip',
    });
    const { store } = await cannedGoogle(() => ({ headers, body: 'hello' }));
    const error = await failure(get(store));
    expect(error.kind).toBe('unsupported');
    expect(error.details.detail).toContain('stored compressed');
  });
});

describe('what the service refuses', () => {
  const cases: readonly [CannedAnswer, string][] = [
    [refusal(400, 'invalid'), 'unexpected'],
    [refusal(400, 'invalid', 'The object name is too long.'), 'unsupported'],
    [refusal(401, 'authError', 'Invalid Credentials'), 'denied: expired-key'],
    [refusal(403, 'forbidden'), 'denied: forbidden'],
    [
      refusal(403, 'accountDisabled', 'The billing account for the owning project is disabled.'),
      'denied: account-closed',
    ],
    [refusal(403, 'rateLimitExceeded'), 'rate-limited'],
    [refusal(403, 'quotaExceeded'), 'quota'],
    [refusal(404, 'notFound', 'The specified bucket does not exist.'), 'not-found: no-bucket'],
    [refusal(408, ''), 'unavailable'],
    [refusal(413, 'uploadTooLarge'), 'unsupported'],
    [refusal(429, 'rateLimitExceeded'), 'rate-limited'],
    [refusal(500, 'backendError'), 'unavailable'],
    [refusal(501, 'notImplemented'), 'unsupported'],
    [refusal(503, 'backendError'), 'unavailable'],
    [refusal(507, ''), 'quota'],
    [{ status: 503, headers: { 'content-type': 'text/html' }, body: '<html>' }, 'unavailable'],
    [{ instead: 'hang up' }, 'unavailable'],
  ];

  it.each(cases)('[ST81] %j is told as %s by every call', async (answer, expected) => {
    for (const call of [get, head, list, put]) expect(await told(answer, call)).toBe(expected);
  });

  it('[ST81] "no such object" is an absent object; a bare "not found" is that only where the bucket stands', async () => {
    expect(await told(refusal(404, 'notFound', 'No such object: notes/a.md'), head)).toBe('not-found');
    expect(await told(refusal(404, 'notFound', 'No such object: notes/a.md'), get)).toBe('not-found');
    const bare = refusal(404, 'notFound', 'Not Found');
    expect(await told(bare, head)).toBe('not-found: no-bucket');
    expect(await told(bare, (store) => store.delete(key('a.md')))).toBe('not-found: no-bucket');
    const { store } = await cannedGoogle(({ path }) => (path.endsWith('/o') ? listing([]) : bare));
    expect((await failure(head(store))).details.reason).toBeUndefined();
    await store.delete(key('a.md'));
  });

  it('[ST81] a conditional write that is refused is a conflict, a plain one may be made again', async () => {
    const refused = refusal(412, 'conditionNotMet');
    expect(await told(refused, create)).toBe('conflict');
    expect(await told(refused, put)).toBe('unavailable');
  });

  it('[ST81] what the service says never holds a page, and is cut', async () => {
    const { store } = await cannedGoogle(() => refusal(400, 'invalid', 'x'.repeat(5_000)));
    expect((await failure(head(store))).details.detail).toHaveLength(300);
    const page = await cannedGoogle(() => ({ status: 400, body: '<html>secret page</html>' }));
    expect((await failure(head(page.store))).details.detail).toBe('400');
  });
});

describe('a request that is taken and never answered', () => {
  const silent = (): CannedAnswer => ({ instead: 'say nothing' });

  it('is given up where its answer does not begin, though a body of its size might take minutes', async () => {
    for (const call of [get, head, list]) {
      const { store } = await cannedGoogle(silent, { answerMs: 1_000 });
      const error = await failure(call(store));
      expect(error).toMatchObject({ kind: 'unavailable', details: { detail: 'no answer within 1 s' } });
    }
  });

  it('keeps nobody from closing the store when it was to take an upload back', async () => {
    const { store } = await cannedGoogle(
      ({ method, headers }) => {
        if (method === 'POST')
          return { headers: { location: `http://${headers.host ?? ''}/upload?upload_id=1` }, body: '{}' };
        return method === 'DELETE' ? silent() : refusal(403, 'forbidden');
      },
      { answerMs: 1_000, pieceBytes: MIB },
    );
    expect((await failure(store.put(key('large'), patterned(3 * MIB)))).kind).toBe('denied');
    await store.close();
  });
});

describe('one write a second of one object', () => {
  it('[ST82] a conditional write that came too soon waits longer each time, and is made once', async () => {
    const { store, received, pausesMs } = await cannedGoogle((_, index) =>
      index < 3 ? { ...refusal(429, 'rateLimitExceeded'), headers: { 'retry-after': '3' } } : object('a.md'),
    );
    await create(store);
    expect(received).toHaveLength(4);
    expect(pausesMs).toEqual([3_000, 3_000, 4_000]);
    expect(received.map(({ query }) => query.get('ifGenerationMatch'))).toEqual(['0', '0', '0', '0']);
  });

  it('[ST82] it gives up in the end; a plain write leaves the waiting to those above', async () => {
    const busy = await cannedGoogle(() => refusal(429, 'rateLimitExceeded'));
    expect((await failure(create(busy.store))).kind).toBe('rate-limited');
    expect(busy.received).toHaveLength(5);
    const plain = await cannedGoogle(() => refusal(429, 'rateLimitExceeded'));
    expect((await failure(put(plain.store))).kind).toBe('rate-limited');
    expect(plain.received).toHaveLength(1);
  });
});

describe('copies', () => {
  it('[ST83] a copy goes on until the server has moved all', async () => {
    const { store, received } = await cannedGoogle(({ query }) => {
      const at = Number(query.get('rewriteToken') ?? '0');
      return at < 3
        ? {
            body: JSON.stringify({
              done: false,
              rewriteToken: String(at + 1),
              totalBytesRewritten: String(at + 1),
            }),
          }
        : { body: JSON.stringify({ done: true, resource: resource('to/ü.md', { generation: '99' }) }) };
    });
    expect(await store.copy(key('from &.md'), key('to/ü.md'))).toMatchObject({ etag: '99' });
    expect(received).toHaveLength(4);
    expect(received[0]?.path).toBe('/storage/v1/b/notes/o/from%20%26.md/rewriteTo/b/notes/o/to%2F%C3%BC.md');
    expect(new Set(received.map(({ body }) => body.toString()))).toEqual(
      new Set(['{"contentType":"application/octet-stream","metadata":{}}']),
    );
  });

  it('[ST83] one that moves nothing further ends', async () => {
    const { store, received } = await cannedGoogle(() => ({
      body: JSON.stringify({ done: false, rewriteToken: 'again', totalBytesRewritten: '1' }),
    }));
    expect((await failure(store.copy(key('a'), key('b')))).kind).toBe('corrupt');
    expect(received).toHaveLength(2);
  });
});

describe('listings', () => {
  it('[ST84] one that names its own page again ends as damage', async () => {
    const { store, received } = await cannedGoogle(() => listing([resource('a')], { nextPageToken: 't' }));
    expect((await failure(keys(store))).kind).toBe('corrupt');
    expect(received).toHaveLength(2);
  });

  it('[ST84] an MD5 that is none is left out; a composed object has none', async () => {
    const { store } = await cannedGoogle(() =>
      listing([
        resource('a', { md5Hash: 'XUFAKrxLKna5cZ2REBfFkg==' }),
        resource('b', { md5Hash: '%%%' }),
        resource('c', { md5Hash: 'AAAA' }),
        resource('d'),
      ]),
    );
    const found = [];
    for await (const { objects } of store.list('')) found.push(...objects);
    expect(found.map(({ md5 }) => md5)).toEqual([
      '5d41402abc4b2a76b9719d911017c592',
      undefined,
      undefined,
      undefined,
    ]);
    expect(found[0]).toMatchObject({
      key: 'a',
      sizeBytes: 5,
      etag: '17',
      lastModifiedMs: Date.UTC(2026, 10, 22, 10),
    });
  });
});

describe('names', () => {
  it('[ST24] what Google takes as no name is refused before anything is sent', async () => {
    const { store, received } = await cannedGoogle(() => ({}));
    for (const odd of ['.', '..', 'two\nlines', 'a\rb', '.well-known/acme-challenge/x']) {
      expect((await failure(store.put(key(odd), new Uint8Array(1)))).kind).toBe('unsupported');
    }
    expect(received).toEqual([]);
  });

  it('[ST23] dots as folders do not lead to another object', async () => {
    const headers = download({ 'x-goog-stored-content-length': '1' });
    const { store, received } = await cannedGoogle(() => ({ headers, body: 'x' }));
    for (const odd of ['a/../b', './a', 'a/..', 'a//b', 'a/%2e%2e/b']) await store.get(key(odd));
    expect(received.map(({ path }) => path)).toEqual([
      '/notes/a%2F..%2Fb',
      '/notes/.%2Fa',
      '/notes/a%2F..',
      '/notes/a//b',
      '/notes/a/%252e%252e/b',
    ]);
  });

  it('[ST14] a tag that is no generation is never sent as one: 0 would mean "absent"', async () => {
    const { store, received } = await cannedGoogle(() => object('a.md'));
    for (const ifMatch of ['0', '', '-1', 'tag', '17 ', '1e3']) {
      expect((await failure(store.put(key('a.md'), new Uint8Array(5), { ifMatch }))).kind).toBe('conflict');
    }
    expect(received.every(({ method }) => method === 'GET')).toBe(true);
  });
});

describe('old versions', () => {
  const bucket = (more: object = {}): CannedAnswer => ({
    body: JSON.stringify({ kind: 'storage#bucket', ...more }),
  });

  it.each([
    [bucket({ versioning: { enabled: true } }), 'on'],
    [bucket({ versioning: { enabled: false } }), 'off'],
    [bucket(), 'off'],
    [refusal(403, 'forbidden', 'no storage.buckets.get access'), 'unknown'],
  ])('[ST54] %j is told as %s', async (answer, expected) => {
    const { store } = await cannedGoogle(() => answer);
    if (!tellsVersioning(store)) throw new Error('it does not tell');
    expect(await store.versioning()).toBe(expected);
  });
});
