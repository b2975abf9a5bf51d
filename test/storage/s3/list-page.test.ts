import { describe, expect, it } from 'vitest';
import type { ListOptions, ListPage, ObjectStore } from '../../../src/storage/object-store.ts';
import { cannedServer } from './canned-server.ts';

const MD5 = 'd41d8cd98f00b204e9800998ecf8427e';

function entry(key: string, etag: string = MD5): string {
  return (
    `<Contents><Key>${key}</Key><LastModified>2026-11-22T10:00:00.000Z</LastModified>` +
    `<ETag>&quot;${etag}&quot;</ETag><Size>0</Size></Contents>`
  );
}

function page(inner: string, truncated = false): string {
  return `<?xml version="1.0"?><ListBucketResult><Name>notes</Name><IsTruncated>${String(truncated)}</IsTruncated>${inner}</ListBucketResult>`;
}

const ENCODED = '<EncodingType>url</EncodingType>';

async function pages(store: ObjectStore, options?: ListOptions): Promise<ListPage[]> {
  const all: ListPage[] = [];
  for await (const one of store.list('', options)) all.push(one);
  return all;
}

async function keysOf(body: string): Promise<string[]> {
  const { store } = await cannedServer(() => ({ body }));
  return (await pages(store)).flatMap(({ objects }) => objects.map(({ key }) => key));
}

describe('listings', () => {
  it('keys come decoded: a plus is a blank, a slash may be either', async () => {
    expect(await keysOf(page(ENCODED + entry('a+b%2Bc%20d/%C3%BC%2F%01%25')))).toEqual(['a b+c d/ü/\u0001%']);
  });

  it('keys of a server that does not encode stay as they are', async () => {
    expect(await keysOf(page(entry('a+b%20c &amp; d')))).toEqual(['a+b%20c & d']);
  });

  it('only a tag of 32 hexadecimal digits is an MD5', async () => {
    const body = page(entry('one') + entry('two', `${MD5}-3`));
    const { store } = await cannedServer(() => ({ body }));
    const [{ objects } = { objects: [] }] = await pages(store);
    expect(objects).toEqual([
      { key: 'one', sizeBytes: 0, etag: MD5, md5: MD5, lastModifiedMs: Date.UTC(2026, 10, 22, 10) },
      { key: 'two', sizeBytes: 0, etag: `${MD5}-3`, lastModifiedMs: Date.UTC(2026, 10, 22, 10) },
    ]);
  });

  it('the next page is asked for by the token of the last', async () => {
    const { store, received } = await cannedServer((_request, index) => ({
      body:
        index === 0
          ? page(`${entry('a')}<NextContinuationToken>t+1/=</NextContinuationToken>`, true)
          : page(entry('b')),
    }));
    expect((await pages(store, { startAfter: '0', limit: 5000 })).length).toBe(2);
    const queries = received.map(({ url }) => new URL(url, 'http://s3').searchParams);
    expect(queries[0]?.get('start-after')).toBe('0');
    expect(queries[1]?.get('continuation-token')).toBe('t+1/=');
    expect(queries.map((query) => query.get('max-keys'))).toEqual(['1000', '1000']);
  });

  it('the time of the server comes with each page', async () => {
    const { store } = await cannedServer(() => ({
      body: page(''),
      headers: { date: 'Sun, 22 Nov 2026 10:00:00 GMT' },
    }));
    expect(await pages(store)).toEqual([
      { objects: [], prefixes: [], serverTimeMs: Date.UTC(2026, 10, 22, 10) },
    ]);
  });

  it.each([
    ['is a web page', '<html><body>Welcome</body></html>'],
    ['is empty', ''],
    ['breaks off', page(entry('a') + entry('b')).slice(0, 200)],
    ['says that there is more, but not where', page(entry('a'), true)],
    ['has half an entry', page('<Contents><Key>a</Key></Contents>')],
    ['has a key that cannot be decoded', page(ENCODED + entry('50%'))],
  ])('one that %s is corrupt, never short', async (_title, body) => {
    const { store } = await cannedServer(() => ({ body }));
    await expect(pages(store)).rejects.toMatchObject({ kind: 'corrupt' });
  });

  it('one that goes in circles is corrupt, never endless', async () => {
    const body = page(`${entry('a')}<NextContinuationToken>again</NextContinuationToken>`, true);
    const { store, received } = await cannedServer(() => ({ body }));
    await expect(pages(store)).rejects.toMatchObject({ kind: 'corrupt' });
    expect(received.length).toBe(2);
  });
});
