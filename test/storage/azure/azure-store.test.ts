import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { describe, expect, it, onTestFinished } from 'vitest';
import { nodeClock } from '../../../src/cli/platform/clock.mts';
import { fetchTransport } from '../../../src/cli/platform/fetch-transport.mts';
import { nodeRandom } from '../../../src/cli/platform/random.mts';
import type { ObjectKey } from '../../../src/core/model/ids.ts';
import { createAzureStore, type AzureStoreOptions } from '../../../src/storage/azure/azure-store.ts';
import type { ObjectStore } from '../../../src/storage/object-store.ts';
import type { TellsVersioning } from '../../../src/storage/versioning.ts';
import { failure } from '../../contract/object-store/subject-fixture.ts';

const KEY = 'note.md' as ObjectKey;
const ABOUT = { etag: '"0x1"', 'last-modified': new Date(0).toUTCString() };

/** The store of a server that answers as the test says: over a real socket, for what Azurite does not do. */
async function storeOf(
  answer: (request: IncomingMessage, response: ServerResponse) => void,
  options: Partial<AzureStoreOptions> = {},
): Promise<ObjectStore & TellsVersioning> {
  const server = createServer((request, response) => {
    request.resume();
    request.once('end', () => answer(request, response));
  });
  const port = await new Promise<number>((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : 0);
    });
  });
  const endpoint = `http://127.0.0.1:${String(port)}`;
  const access = { kind: 'key', account: 'account', key: btoa('key'), endpoint } as const;
  const store = createAzureStore({
    container: 'notes',
    access: () => Promise.resolve(access),
    transport: fetchTransport(),
    timer: nodeClock,
    random: nodeRandom,
    ...options,
  });
  onTestFinished(async () => {
    await store.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return store;
}

describe('versions of blobs on Azure', () => {
  it('[ST54] the answer to a put tells of them: named, they are kept; not named, they are not', async () => {
    const version = { 'x-ms-version-id': '2026-11-23T12:00:00.0000000Z' };
    const keeps = await storeOf((_, response) => response.writeHead(201, { ...ABOUT, ...version }).end());
    expect(await keeps.versioning()).toBe('unknown');
    await keeps.put(KEY, new Uint8Array(1));
    expect(await keeps.versioning()).toBe('on');
    const keepsNot = await storeOf((_, response) => response.writeHead(201, ABOUT).end());
    await keepsNot.put(KEY, new Uint8Array(1));
    expect(await keepsNot.versioning()).toBe('off');
  });
});

describe('a get of Azure that is slow', () => {
  /** A time that passes when the test says so; `ended` resolves when nobody waits for it any more. */
  function timeByHand() {
    const passed = new AbortController();
    const left = new AbortController();
    const happened = ({ signal }: AbortController): Promise<void> =>
      new Promise((resolve) => signal.addEventListener('abort', () => resolve()));
    const [pass, ended] = [happened(passed), happened(left)];
    const sleep = (_ms: number, signal?: AbortSignal): Promise<void> => {
      signal?.addEventListener('abort', () => left.abort());
      return pass;
    };
    const timer = { now: Date.now, sleep };
    return { pass: () => passed.abort(), ended, getAnswer: { timer, ms: 30_000 } };
  }

  it('is given up where its answer does not begin, though a body of its size might take minutes', async () => {
    const { pass, getAnswer } = timeByHand();
    const store = await storeOf(() => pass(), { getAnswer });
    const error = await failure(store.get(KEY));
    expect(error).toMatchObject({ kind: 'unavailable', details: { detail: 'no answer within 30 s' } });
  });

  it('is waited for once its answer has begun', async () => {
    const { pass, ended, getAnswer } = timeByHand();
    const answer = async (response: ServerResponse): Promise<void> => {
      response.writeHead(200, { ...ABOUT, 'content-length': '4' });
      response.write('no');
      await ended;
      pass();
      response.end('te');
    };
    const store = await storeOf((_, response) => void answer(response), { getAnswer });
    const got = await store.get(KEY);
    expect(got.kind === 'found' && new TextDecoder().decode(got.body)).toBe('note');
  });

  it('ends with the signal of whoever asked, before the answer and in its midst', async () => {
    const early = new AbortController();
    const silent = await storeOf(() => early.abort(), { getAnswer: timeByHand().getAnswer });
    expect((await failure(silent.get(KEY, { signal: early.signal }))).kind).toBe('aborted');
    const late = new AbortController();
    const { ended, getAnswer } = timeByHand();
    const store = await storeOf(
      (_, response) => response.writeHead(200, { ...ABOUT, 'content-length': '4' }).write('no'),
      { getAnswer },
    );
    void ended.then(() => late.abort());
    expect((await failure(store.get(KEY, { signal: late.signal }))).kind).toBe('aborted');
  });
});

describe('a copy on Azure that takes its time', () => {
  const copied = (status: string, id = '1'): Record<string, string> => ({
    ...ABOUT,
    'x-ms-copy-id': id,
    'x-ms-copy-status': status,
  });
  /** One that passes at once. */
  const timer = { now: Date.now, sleep: () => Promise.resolve() };

  async function copyOf(...looks: readonly Record<string, string>[]) {
    const rest = [...looks];
    const store = await storeOf(
      (request, response) => {
        const begins = request.method === 'PUT';
        const answer = begins ? copied('pending') : { ...rest.shift(), 'content-length': '4' };
        response.writeHead(begins ? 202 : 200, answer).end();
      },
      { timer },
    );
    return { copy: store.copy(KEY, 'copy.md' as ObjectKey), left: () => rest.length };
  }

  it('is waited for', async () => {
    const { copy, left } = await copyOf(copied('pending'), { ...copied('success'), etag: '"0x2"' });
    expect((await copy).etag).toBe('0x2');
    expect(left()).toBe(0);
  });

  it('that failed, or whose place another took, may be tried again', async () => {
    for (const look of [copied('failed'), copied('success', '2')]) {
      const { copy } = await copyOf(look);
      expect((await failure(copy)).kind).toBe('unavailable');
    }
  });
});

describe('a server that is not Azure', () => {
  it('answers 404 to a look: the note does not count as gone', async () => {
    const store = await storeOf((_, response) => response.writeHead(404).end());
    expect((await failure(store.head(KEY))).kind).toBe('unexpected');
    expect((await failure(store.delete(KEY))).kind).toBe('unexpected');
  });

  it('answers 200 with a page to all: nothing counts as stored, read, listed or deleted', async () => {
    const page = '<html><body>Log in</body></html>';
    const store = await storeOf((request, response) => {
      response.writeHead(200, { 'content-type': 'text/html', 'content-length': String(page.length) });
      response.end(request.method === 'HEAD' ? undefined : page);
    });
    const listed = async (): Promise<void> => {
      for await (const page of store.list('')) expect(page).toBeUndefined();
    };
    const calls = [
      () => store.put(KEY, new Uint8Array(1)),
      () => store.get(KEY),
      () => store.head(KEY),
      () => store.delete(KEY),
      listed,
    ];
    for (const call of calls) expect((await failure(call())).kind).toBe('corrupt');
  });
});

describe('a clock that is off', () => {
  it('is corrected by the server’s where a signature is refused for it, once', async () => {
    const days = 3 * 86_400_000;
    const ends: number[] = [];
    const store = await storeOf(
      ({ url = '' }, response) => {
        const end = Date.parse(new URL(url, 'http://host').searchParams.get('se') ?? '');
        ends.push(end);
        const code = { 'x-ms-error-code': 'AuthenticationFailed' };
        if (end < Date.now()) response.writeHead(403, code).end();
        else response.writeHead(201, ABOUT).end();
      },
      { timer: { ...nodeClock, now: () => Date.now() - days } },
    );
    for (const size of [1, 2]) await store.put(KEY, new Uint8Array(size));
    expect(ends.map((end) => end > Date.now())).toEqual([false, true, true]);
  });
});
