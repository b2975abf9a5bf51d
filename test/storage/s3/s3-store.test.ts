import { describe, expect, it } from 'vitest';
import type { ObjectKey } from '../../../src/core/model/ids.ts';
import type { BodySource } from '../../../src/storage/object-store.ts';
import type { S3Credentials } from '../../../src/storage/s3/check-settings.ts';
import { isStoreError } from '../../../src/storage/store-error.ts';
import { cannedServer, refusal } from './canned-server.ts';

const KEY = 'notes/a.md' as ObjectKey;
const BODY = new Uint8Array([1]);
const MIB = 1024 * 1024;
const FOUND = { etag: '"tag"', 'last-modified': 'Sun, 22 Nov 2026 10:00:00 GMT' };

describe('requests', () => {
  it.each([
    ['quoted', '"tag"'],
    ['bare', 'tag'],
  ] as const)('ifMatch goes %s where the server wants it so', async (conditionForm, value) => {
    const { store, received } = await cannedServer(() => ({ headers: FOUND }), { conditionForm });
    expect(await store.put(KEY, BODY, { ifMatch: 'tag' })).toMatchObject({ etag: 'tag' });
    expect(received[0]?.headers['if-match']).toBe(value);
  });

  it('ifNoneMatch of a get goes quoted, whatever the form', async () => {
    const { store, received } = await cannedServer(() => ({ status: 304 }), { conditionForm: 'bare' });
    expect(await store.get(KEY, { ifNoneMatch: 'tag' })).toMatchObject({ kind: 'unchanged' });
    expect(received[0]?.headers['if-none-match']).toBe('"tag"');
  });

  it('no condition goes to a server that does not keep them', async () => {
    const { store, received } = await cannedServer(() => ({ headers: FOUND }), { conditionForm: 'none' });
    expect(store.capabilities.conditionalPut).toBe(false);
    await expect(store.put(KEY, BODY, { ifNoneMatch: '*' })).rejects.toMatchObject({ kind: 'unsupported' });
    await expect(store.put(KEY, BODY, { ifMatch: 'tag' })).rejects.toMatchObject({ kind: 'unsupported' });
    expect(received).toEqual([]);
  });

  it('neither two conditions nor one on a body in parts are sent', async () => {
    const { store, received } = await cannedServer(() => ({ headers: FOUND }));
    const both = store.put(KEY, BODY, { ifMatch: 'tag', ifNoneMatch: '*' });
    await expect(both).rejects.toMatchObject({ kind: 'unsupported' });
    const large = store.put(KEY, new Uint8Array(8 * MIB + 1), { ifMatch: 'tag' });
    await expect(large).rejects.toMatchObject({ kind: 'unsupported' });
    expect(received).toEqual([]);
  });

  it('no checksum goes to a server that is not AWS, and no wait for "continue"', async () => {
    const { store, received } = await cannedServer(() => ({ headers: FOUND }));
    await store.put(KEY, new Uint8Array(3 * MIB));
    const names = Object.keys(received[0]?.headers ?? {});
    expect(names.filter((name) => /checksum|^expect$|trailer/u.test(name))).toEqual([]);
  });

  it('one call is one request, also when it fails: others decide on retries', async () => {
    const { store, received } = await cannedServer(() => ({ status: 503, body: refusal('SlowDown') }));
    await expect(store.put(KEY, BODY)).rejects.toMatchObject({ kind: 'rate-limited' });
    expect(received.length).toBe(1);
  });

  it('a copy names its source encoded', async () => {
    const body = '<CopyObjectResult><ETag>&quot;tag&quot;</ETag></CopyObjectResult>';
    const { store, received } = await cannedServer(() => ({ body }));
    await store.copy('a b/c+d?ü%.md' as ObjectKey, KEY);
    expect(received[0]?.headers['x-amz-copy-source']).toBe('notes/a%20b/c%2Bd%3F%C3%BC%25.md');
    expect(received[0]?.headers['x-amz-metadata-directive']).toBe('REPLACE');
  });

  it('a server that ignores the range is cut to it', async () => {
    const { store } = await cannedServer(() => ({ headers: FOUND, body: '0123456789' }));
    const part = await store.get(KEY, { range: { offset: 2, length: 3 } });
    expect(part).toMatchObject({ sizeBytes: 10, body: new TextEncoder().encode('234') });
  });
});

describe('settings that no server can be asked with', () => {
  it.each([
    [{ endpoint: '' }, 'unsupported', undefined],
    [{ endpoint: 'localhost:9000' }, 'unsupported', undefined],
    [{ endpoint: 'https://' }, 'unsupported', undefined],
    [{ bucket: '' }, 'not-found', 'no-bucket'],
    [{ bucket: 'a/b' }, 'not-found', 'no-bucket'],
    [{ region: '' }, 'denied', 'wrong-region'],
    [{ region: 'eu west' }, 'denied', 'wrong-region'],
  ])('%j is %s %s, not a cloud that is down', async (options, kind, reason) => {
    const { store, received } = await cannedServer(() => ({ headers: FOUND }), options);
    const error: unknown = await store.head(KEY).catch((thrown: unknown) => thrown);
    expect(isStoreError(error) && { ...error.details, kind: error.kind, retry: error.retry }).toMatchObject({
      kind,
      retry: 'never',
      ...(reason === undefined ? {} : { reason }),
    });
    expect(received).toEqual([]);
  });

  it.each([
    [{ accessKeyId: '', secretAccessKey: 'x' }, 'wrong-key'],
    [{ accessKeyId: 'with a blank', secretAccessKey: 'x' }, 'wrong-key'],
    [{ accessKeyId: 'KEY', secretAccessKey: '' }, 'wrong-secret'],
    [new Error('no keys are set'), 'no-key'],
  ])('keys as %j are denied: %s', async (keys, reason) => {
    const credentials = (): Promise<S3Credentials> =>
      keys instanceof Error ? Promise.reject(keys) : Promise.resolve(keys);
    const { store, received } = await cannedServer(() => ({ headers: FOUND }), { credentials });
    await expect(store.put(KEY, BODY)).rejects.toMatchObject({ kind: 'denied', details: { reason } });
    expect(received).toEqual([]);
  });
});

describe('keys that expire', () => {
  it('are asked for again before they do, and others once', async () => {
    for (const [inMs, isAskedAgain] of [
      [60_000, true],
      [3_600_000, false],
      [undefined, false],
    ] as const) {
      let count = 0;
      const credentials = (): Promise<S3Credentials> => {
        count += 1;
        const expiration = inMs === undefined ? {} : { expiration: new Date(Date.now() + inMs) };
        return Promise.resolve({ accessKeyId: `KEY${String(count)}`, secretAccessKey: 'x', ...expiration });
      };
      const { store, received } = await cannedServer(() => ({ headers: FOUND }), { credentials });
      for (let call = 0; call < 3; call += 1) await store.put(KEY, BODY);
      expect(count > 1).toBe(isAskedAgain);
      expect(received.at(-1)?.headers.authorization?.includes('Credential=KEY1/')).toBe(!isAskedAgain);
    }
  });
});

describe('clocks', () => {
  const serverDate = { date: new Date(Date.now() + 864e5).toUTCString() };
  const skewed = { status: 403, headers: serverDate, body: refusal('RequestTimeTooSkewed') };

  it('an offset is learnt from the answer that refuses it', async () => {
    const { store, received } = await cannedServer((_request, index) =>
      index === 0 ? skewed : { headers: { ...FOUND, ...serverDate } },
    );
    await store.put(KEY, BODY);
    await store.put(KEY, BODY);
    const daysAhead = received.map(({ headers }) =>
      Math.abs((signedAt(headers) - Date.now()) / 864e5).toFixed(0),
    );
    expect(daysAhead).toEqual(['0', '1', '1']);
  });

  it('an offset is learnt from a refused head, which has no body to say why', async () => {
    const { store, received } = await cannedServer((_request, index) =>
      index === 0 ? { status: 403, headers: serverDate } : { headers: { ...FOUND, ...serverDate } },
    );
    await expect(store.head(KEY)).resolves.toMatchObject({ etag: 'tag' });
    expect(received.length).toBe(2);
  });

  it('a clock that stays refused is clock-skew after one more try', async () => {
    const { store, received } = await cannedServer(() => skewed);
    const call = store.put(KEY, BODY);
    await expect(call).rejects.toMatchObject({ kind: 'denied', details: { reason: 'clock-skew' } });
    expect(received.length).toBe(2);
  });

  it('the device signs by the clock that it is given', async () => {
    const { store, received } = await cannedServer(() => ({ headers: FOUND }), {
      now: () => Date.now() - 864e5,
    });
    await store.put(KEY, BODY);
    expect(Math.round((signedAt(received[0]?.headers ?? {}) - Date.now()) / 864e5)).toBe(-1);
  });

  function signedAt(headers: Readonly<Record<string, string | string[] | undefined>>): number {
    const stamp = String(headers['x-amz-date']);
    return Date.parse(stamp.replace(/^(....)(..)(..T..)(..)(..Z)$/u, '$1-$2-$3:$4:$5'));
  }
});

describe('abort and close', () => {
  it.each(['get', 'put', 'head', 'delete'] as const)(
    '%s ends at once when it is aborted, with a server that is silent',
    async (call) => {
      const aborter = new AbortController();
      const { store } = await cannedServer(() => {
        queueMicrotask(() => {
          aborter.abort();
        });
        return { instead: 'stay silent' };
      });
      const options = { signal: aborter.signal };
      const made = call === 'put' ? store.put(KEY, BODY, options) : store[call](KEY, options);
      await expect(made).rejects.toMatchObject({ kind: 'aborted' });
    },
  );

  it('a body that stops coming ends when it is aborted', async () => {
    const aborter = new AbortController();
    const { store } = await cannedServer(() => ({
      headers: FOUND,
      body: '0123456789',
      onStalled: () => {
        setImmediate(() => {
          aborter.abort();
        });
      },
    }));
    await expect(store.get(KEY, { signal: aborter.signal })).rejects.toMatchObject({ kind: 'aborted' });
  });

  it('close waits until an upload in parts is taken back, late parts too', async () => {
    const aborter = new AbortController();
    // As where a part comes in late: the first two of three find an upload.
    let left = 2;
    const { store, received } = await cannedServer(({ method, url }) => {
      if (method === 'POST' && url.includes('uploads')) {
        return {
          body: '<InitiateMultipartUploadResult><UploadId>u1</UploadId></InitiateMultipartUploadResult>',
        };
      }
      if (method !== 'DELETE') return { headers: FOUND };
      left -= 1;
      return left >= 0 ? { status: 204 } : { status: 404, body: refusal('NoSuchUpload') };
    });
    const source: BodySource = {
      sizeBytes: 20 * MIB,
      read: (offset, length) => {
        if (offset > 0) aborter.abort();
        return Promise.resolve(new Uint8Array(length));
      },
    };
    await expect(store.put(KEY, source, { signal: aborter.signal })).rejects.toMatchObject({
      kind: 'aborted',
    });
    await store.close();
    expect(received.filter(({ method }) => method === 'DELETE').map(({ url }) => url)).toEqual(
      Array.from({ length: 3 }, () => '/notes/notes/a.md?uploadId=u1&x-id=AbortMultipartUpload'),
    );
  });

  it('an upload in parts is taken back when its last step fails', async () => {
    const { store, received } = await cannedServer(({ method, url }) => {
      if (method === 'POST' && url.includes('uploads')) {
        return {
          body: '<InitiateMultipartUploadResult><UploadId>u1</UploadId></InitiateMultipartUploadResult>',
        };
      }
      if (method === 'POST') return { body: refusal('InternalError') };
      return method === 'DELETE' ? { status: 204 } : { headers: FOUND };
    });
    await expect(store.put(KEY, new Uint8Array(9 * MIB))).rejects.toMatchObject({ kind: 'unavailable' });
    expect(received.map(({ method }) => method).sort()).toEqual(['DELETE', 'POST', 'POST', 'PUT', 'PUT']);
  });
});
