import { describe, expect, it } from 'vitest';
import type { ObjectKey } from '../../../src/core/model/ids.ts';
import type { ObjectStore } from '../../../src/storage/object-store.ts';
import { isStoreError, type StoreError } from '../../../src/storage/store-error.ts';
import { cannedServer, refusal, SECRET, type CannedAnswer } from './canned-server.ts';

const KEY = 'notes/a.md' as ObjectKey;
const BODY = new Uint8Array([1]);

const calls = {
  get: (store) => store.get(KEY),
  head: (store) => store.head(KEY),
  put: (store) => store.put(KEY, BODY),
  'put if-match': (store) => store.put(KEY, BODY, { ifMatch: 'tag' }),
  'put if-none-match': (store) => store.put(KEY, BODY, { ifNoneMatch: '*' }),
  copy: (store) => store.copy(KEY, 'b' as ObjectKey),
  delete: (store) => store.delete(KEY),
  list: (store) => store.list('')[Symbol.asyncIterator]().next(),
} satisfies Record<string, (store: ObjectStore) => Promise<unknown>>;

type CallName = keyof typeof calls;

async function failureOf(call: CallName, answer: CannedAnswer): Promise<StoreError> {
  const { store } = await cannedServer(() => answer);
  const error: unknown = await calls[call](store).then(
    (value) => new Error(`resolved with ${JSON.stringify(value)}`),
    (reason: unknown) => reason,
  );
  if (isStoreError(error)) return error;
  throw error;
}

describe('what a server refuses', () => {
  it.each<[CallName, number, string, string, string?]>([
    ['get', 403, 'InvalidAccessKeyId', 'denied', 'wrong-key'],
    ['get', 404, 'XAdminUserNotFound', 'denied', 'wrong-key'],
    ['put', 400, 'ExpiredToken', 'denied', 'expired-key'],
    ['get', 403, 'SignatureDoesNotMatch', 'denied', 'wrong-secret'],
    ['get', 400, 'AuthorizationHeaderMalformed', 'denied', 'wrong-region'],
    ['list', 301, 'PermanentRedirect', 'denied', 'wrong-region'],
    ['put', 403, 'AccessDenied', 'denied', 'forbidden'],
    ['list', 404, 'NoSuchBucket', 'not-found', 'no-bucket'],
    ['delete', 404, 'NoSuchBucket', 'not-found', 'no-bucket'],
    ['get', 404, 'NoSuchKey', 'not-found'],
    ['copy', 404, 'NoSuchKey', 'not-found'],
    ['get', 404, 'SomethingNew', 'unexpected'],
    ['put if-match', 404, 'NoSuchKey', 'not-found'],
    ['put if-none-match', 412, 'PreconditionFailed', 'conflict'],
    ['put if-none-match', 409, 'ConditionalRequestConflict', 'conflict'],
    ['put', 409, 'OperationAborted', 'unavailable'],
    ['get', 416, 'InvalidRange', 'corrupt'],
    ['put', 400, 'BadDigest', 'corrupt'],
    ['put', 503, 'SlowDown', 'rate-limited'],
    ['put', 429, 'TooManyRequests', 'rate-limited'],
    ['put', 429, 'SomethingNew', 'rate-limited'],
    ['put', 507, 'SomethingNew', 'quota'],
    ['put', 403, 'QuotaExceeded', 'quota'],
    ['put', 500, 'InternalError', 'unavailable'],
    ['put', 503, 'ServiceUnavailable', 'unavailable'],
    ['put', 400, 'RequestTimeout', 'unavailable'],
    ['list', 307, 'TemporaryRedirect', 'unavailable'],
    ['put if-none-match', 501, 'NotImplemented', 'unsupported'],
    ['put if-none-match', 400, 'NotImplemented', 'unsupported'],
    ['copy', 200, 'SlowDown', 'rate-limited'],
    ['put', 400, 'SomethingNew', 'unexpected'],
  ])('%s: %i %s is %s %s', async (...[call, status, code, kind, reason]) => {
    const error = await failureOf(call, { status, body: refusal(code) });
    expect({ kind: error.kind, reason: error.details.reason }).toEqual({ kind, reason });
    expect(error.details).toMatchObject({ provider: 's3', detail: expect.stringContaining(code) as string });
  });

  it('a copy of more than 5 GiB is unsupported', async () => {
    const message =
      'The specified copy source is larger than the maximum allowable size for a copy source: 5368709120';
    const error = await failureOf('copy', { status: 400, body: refusal('InvalidRequest', message) });
    expect(error.kind).toBe('unsupported');
  });

  it.each([
    [403, {}, 'denied', undefined],
    [404, {}, 'not-found', undefined],
    [404, { 'content-type': 'text/html' }, 'unexpected', undefined],
    [301, {}, 'denied', 'wrong-region'],
    [400, { 'x-amz-bucket-region': 'eu-west-1' }, 'denied', 'wrong-region'],
    [503, {}, 'unavailable', undefined],
  ] as const)('head: a bare %i with %j is %s %s', async (status, headers, kind, reason) => {
    const error = await failureOf('head', { status, headers });
    expect({ kind: error.kind, reason: error.details.reason }).toEqual({ kind, reason });
  });

  it('a 404 page of a web site is no word that an object is gone', async () => {
    const page = { status: 404, headers: { 'content-type': 'text/html' }, body: '<html>Not found</html>' };
    expect((await failureOf('get', page)).kind).toBe('unexpected');
    expect((await failureOf('put if-match', page)).kind).toBe('unexpected');
  });

  it('an object that is gone and a 412 for it make not-found', async () => {
    const { store } = await cannedServer(({ method }) =>
      method === 'HEAD' ? { status: 404 } : { status: 412, body: refusal('PreconditionFailed') },
    );
    await expect(store.put(KEY, BODY, { ifMatch: 'tag' })).rejects.toMatchObject({ kind: 'not-found' });
  });

  it('a delete of what is not there is done, whatever the server calls it', async () => {
    const { store } = await cannedServer(() => ({ status: 404, body: refusal('NoSuchKey') }));
    await expect(store.delete(KEY)).resolves.toBeUndefined();
  });

  it.each([
    [{ 'retry-after': '7' }, 7000],
    [{ date: 'Sun, 22 Nov 2026 10:00:00 GMT', 'retry-after': 'Sun, 22 Nov 2026 10:01:30 GMT' }, 90_000],
    [{}, undefined],
  ])('waits as long as %j says', async (headers, retryAfterMs) => {
    const error = await failureOf('put', { status: 503, body: refusal('SlowDown'), headers });
    expect(error.details.retryAfterMs).toBe(retryAfterMs);
  });
});

describe('what is no answer of S3', () => {
  const page = '<!DOCTYPE html><html><body><h1>Log in to the hotel</h1><p>Welcome<br></p></body></html>';
  const html = { headers: { 'content-type': 'text/html; charset=utf-8' }, body: page };

  it.each(Object.keys(calls) as CallName[])('%s: a log-in page with 200 is corrupt', async (call) => {
    expect((await failureOf(call, html)).kind).toBe('corrupt');
  });

  it.each(['put', 'copy', 'list', 'get', 'head'] as const)('%s: an empty 200 is a failure', async (call) => {
    expect(['corrupt', 'unavailable']).toContain((await failureOf(call, {})).kind);
  });

  it('a body that breaks off is corrupt', async () => {
    const headers = { etag: '"tag"', 'last-modified': 'Sun, 22 Nov 2026 10:00:00 GMT' };
    expect((await failureOf('get', { headers, body: 'x'.repeat(5000), cutAfter: 1000 })).kind).toBe(
      'corrupt',
    );
  });

  it('a connection that ends without an answer is unavailable', async () => {
    const { store } = await cannedServer(() => ({ instead: 'hang up' }));
    for (const call of Object.values(calls)) {
      await expect(call(store)).rejects.toMatchObject({ kind: 'unavailable', retry: 'later' });
    }
  });

  it.each(['http://127.0.0.1:1', 'http://nonesuch.invalid'])(
    'nobody at %s is unavailable',
    async (endpoint) => {
      const { store } = await cannedServer(() => ({}), { endpoint });
      for (const call of Object.values(calls)) {
        await expect(call(store)).rejects.toMatchObject({ kind: 'unavailable', retry: 'later' });
      }
    },
  );

  it('a server without TLS under https is unavailable', async () => {
    const plain = await cannedServer(() => ({}));
    const { store } = await cannedServer(() => ({}), { endpoint: `https://127.0.0.1:${String(plain.port)}` });
    await expect(store.head(KEY)).rejects.toMatchObject({ kind: 'unavailable' });
  });
});

describe('what an error tells', () => {
  it('is neither the secret nor what was signed with it', async () => {
    const body =
      '<Error><Code>SignatureDoesNotMatch</Code><Message>No match.</Message>' +
      '<StringToSign>AWS4-HMAC-SHA256 canned</StringToSign><SignatureProvided>0123abcd</SignatureProvided></Error>';
    const error = await failureOf('put', { status: 403, body });
    const everything = JSON.stringify([error.message, error.details, String(error.cause), error.stack]);
    for (const hidden of [SECRET, 'AWS4-HMAC-SHA256 canned', '0123abcd'])
      expect(everything).not.toContain(hidden);
    expect(error.message).toContain('No match.');
  });
});
