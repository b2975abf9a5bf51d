import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DeviceDriver } from './driver.mts';
import { openTestDevice } from './fixtures/open-test-device.mts';
import { listen, readBody, type LoopbackServer } from './server/http.mts';

/** Answers as a bucket would that knows no CORS; under `/cors` as one that does. */
async function startPeer(seen: string[]): Promise<LoopbackServer> {
  return listen(async (request, response) => {
    const body = await readBody(request);
    const url = request.url ?? '';
    seen.push(`${request.method ?? ''} ${url} ${String(body.length)}`);
    if (url.startsWith('/cors')) {
      response.setHeader('access-control-allow-origin', request.headers.origin ?? '*');
      response.setHeader('access-control-allow-headers', '*');
      response.setHeader('access-control-allow-methods', 'GET, PUT');
    }
    response.setHeader('x-own', 'yes');
    if (url.includes('missing')) response.writeHead(404).end('<Error><Code>NoSuchKey</Code></Error>');
    else if (url.includes('slow')) setTimeout(() => response.end('late'), 600);
    else response.end(Buffer.alloc(Number(new URL(url, 'http://x').searchParams.get('bytes') ?? 4), 97));
  });
}

describe('The host’s network', () => {
  let device: DeviceDriver;
  let peer: LoopbackServer;
  const seen: string[] = [];

  beforeAll(async () => {
    peer = await startPeer(seen);
    device = await openTestDevice();
  });

  afterAll(async () => {
    await device.close();
    await peer.close();
  });

  /** What came of a promise in the page. */
  const tried = (act: 'requestUrl' | 'fetch', path: string, options: object = {}): Promise<unknown> =>
    device.page.evaluate(
      async ([name, url, given]) => {
        try {
          if (name === 'fetch') return await (await fetch(url, given)).text();
          const { status, text, headers } = await window.testPlugin.requestUrl({ url, ...given });
          return [status, text, headers['x-own']];
        } catch (error) {
          return String(error);
        }
      },
      [act, peer.url + path, options] as const,
    );

  it('asks through requestUrl without CORS, and gives status, text and all headers (d.ts requestUrl)', async () => {
    expect(await tried('requestUrl', '/a')).toEqual([200, 'aaaa', 'yes']);
    expect(seen).toEqual(['GET /a 0']);
  });

  it('throws from 400 on unless told not to (d.ts RequestUrlParam.throw)', async () => {
    expect(await tried('requestUrl', '/missing')).toBe('Error: Request failed, status 404');
    expect(await tried('requestUrl', '/missing', { throw: false })).toEqual([
      404,
      '<Error><Code>NoSuchKey</Code></Error>',
      'yes',
    ]);
  });

  it('refuses headers that the browser sets itself (remotely-save fsS3: host and content-length are dropped)', async () => {
    expect(await tried('requestUrl', '/a', { headers: { Host: 'x' } })).toBe(
      'Error: net::ERR_INVALID_ARGUMENT',
    );
  });

  it('says in the words of the browser that nobody answers', async () => {
    expect(await tried('requestUrl', '/../', { url: 'http://127.0.0.1:9/' })).toBe(
      'Error: net::ERR_CONNECTION_REFUSED',
    );
  });

  it('meets real CORS with fetch (Fetch standard)', async () => {
    expect(await tried('fetch', '/a')).toBe('TypeError: Failed to fetch');
    expect(await tried('fetch', '/cors')).toBe('aaaa');
  });

  it('goes on with what was asked through requestUrl whoever waits (d.ts: it takes no signal)', async () => {
    const from = seen.length;
    const raced = await device.page.evaluate(async (url) => {
      const late = window.testPlugin.requestUrl({ url, method: 'PUT', body: 'x'.repeat(1_000) });
      return Promise.race([
        late.then(() => 'answered'),
        new Promise((resolve) => setTimeout(() => resolve('left'), 100)),
      ]);
    }, `${peer.url}/slow`);
    expect(raced).toBe('left');
    await device.until(
      'the request',
      async () => seen.slice(from),
      (requests) => requests.includes('PUT /slow 1000'),
    );
  });

  it('aborts a fetch for real (Fetch standard)', async () => {
    const answer = await device.page.evaluate(async (url) => {
      const controller = new AbortController();
      const pending = fetch(url, { signal: controller.signal }).catch(
        (error: unknown) => (error as Error).name,
      );
      setTimeout(() => controller.abort(), 50);
      return pending;
    }, `${peer.url}/cors/slow`);
    expect(answer).toBe('AbortError');
  });

  it('keeps a ledger of the bodies', async () => {
    await tried('requestUrl', '/a?bytes=5000', { method: 'PUT', body: 'x'.repeat(3_000) });
    const ledger = await device.ledger();
    expect(ledger.largestRequestBytes).toBe(3_000);
    expect(ledger.largestResponseBytes).toBe(5_000);
    expect(ledger.largestInFlightBytes).toBeGreaterThanOrEqual(8_000);
  });

  it('has no network when offline, says so, and goes on when it is back', async () => {
    await device.setOnline(false);
    expect(await tried('requestUrl', '/a')).toBe('Error: net::ERR_INTERNET_DISCONNECTED');
    expect(await tried('fetch', '/cors')).toBe('TypeError: Failed to fetch');
    expect(await device.page.evaluate(() => navigator.onLine)).toBe(false);
    await device.userModifies('Welcome.md', 'written offline');
    expect(await device.text('Welcome.md')).toBe('written offline');
    await device.setOnline(true);
    expect(await tried('requestUrl', '/a')).toEqual([200, 'aaaa', 'yes']);
  });

  it('reads a file of the vault by its resource address, in ranges (sync-engine GET_STREAM)', async () => {
    await device.programWrites('big.bin', new Uint8Array(1_000).fill(7));
    const lengths = await device.page.evaluate(async () => {
      const url = window.testPlugin.app.vault.adapter.getResourcePath('big.bin');
      const [all, part] = [await fetch(url), await fetch(url, { headers: { range: 'bytes=900-' } })];
      return [(await all.arrayBuffer()).byteLength, (await part.arrayBuffer()).byteLength, part.status];
    });
    expect(lengths).toEqual([1_000, 100, 206]);
  });
});
