import { createHash, randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Bench } from '../cli/commands/command.ts';
import { forEachTest } from '../cli/commands/each-bench.ts';
import { createBucket } from '../support/servers/gcs-bucket.mts';
import type { Trouble } from '../support/servers/gcs-front.mts';
import { startServer, type RunningGcs } from '../support/servers/gcs.mts';
import { GcsBench } from './gcs-bench.ts';

const MIB = 1024 * 1024;

let bench: Bench;
forEachTest((opened) => {
  bench = opened;
});

describe('Google Cloud Storage with troubles', { timeout: 120_000 }, () => {
  let google: RunningGcs;
  let cloud: GcsBench;
  let trouble: (request: IncomingMessage) => Trouble | undefined = () => undefined;
  beforeAll(async () => {
    google = await startServer({ tokenSeconds: 4, trouble: (request) => trouble(request) });
  });
  afterAll(() => google.stop());
  beforeEach(async () => {
    trouble = () => undefined;
    cloud = new GcsBench(bench, google, await createBucket(google));
    for (let count = 0; count < 12; count += 1) {
      await bench.write(`notes/${String(count)}.md`, randomBytes(300_000).toString('hex'));
    }
  });
  afterEach(async () => {
    trouble = () => undefined;
    await cloud.store.close();
  });

  const isUpload = ({ url = '' }: IncomingMessage): boolean => url.startsWith('/upload/');
  /** After `count` requests that `which` names. */
  const after = (
    count: number,
    which: (request: IncomingMessage) => boolean,
    then: () => Trouble | undefined,
  ): ((request: IncomingMessage) => Trouble | undefined) => {
    let seen = 0;
    return (request) => (which(request) && (seen += 1) > count ? then() : undefined);
  };
  async function wholeOnB(): Promise<void> {
    expect((await cloud.sync('a')).exitCode).toBe(0);
    expect((await cloud.sync('b')).exitCode).toBe(0);
    for (const count of [0, 5, 11]) {
      const path = `notes/${String(count)}.md`;
      expect(await bench.read(path, 'b')).toBe(await bench.read(path));
    }
    expect((await cloud.run(['verify', '--full'], 'b')).stdout).toContain('No damage was found');
  }

  it('tokens that end in the midst of a sync are renewed', async () => {
    trouble = after(3, isUpload, () => {
      google.front.accounts.dropTokens();
      trouble = () => undefined;
      return undefined;
    });
    const before = google.front.accounts.given.length;
    await wholeOnB();
    expect(google.front.accounts.given.length).toBeGreaterThan(before + 1);
  });

  it('a key that is revoked in the midst of a sync stops it with the remedy; with a new key it goes on', async () => {
    const other = google.front.accounts.add('second', 'owner');
    trouble = after(8, isUpload, () => {
      google.front.accounts.revoke(other.email);
      google.front.accounts.dropTokens();
      return undefined;
    });
    const env = { TWINCLOUD_GCS_KEY: other.keyFile };
    const stopped = await cloud.run(['sync', '--remote', cloud.remote], 'a', env);
    expect(stopped.exitCode).toBe(1);
    expect(stopped.stderr).toContain('Google does not know this key');
    expect(stopped.stderr).toContain('Make a new JSON key for the service account');
    trouble = () => undefined;
    await wholeOnB();
  });

  it('a bucket that is deleted is told as that, by every device, and no note is touched', async () => {
    await cloud.sync('a');
    await cloud.sync('b');
    await bench.write('notes/0.md', 'edited\n');
    const gone = { status: 404, reason: 'notFound', message: 'The specified bucket does not exist.' };
    trouble = ({ url = '' }) => (url === '/token' ? undefined : gone);
    for (const device of ['a', 'b']) {
      const { exitCode, stderr } = await cloud.sync(device);
      expect(exitCode).toBe(1);
      expect(stderr).toContain('There is no bucket of this name');
    }
    expect(await bench.read('notes/0.md')).toBe('edited\n');
    expect(await bench.read('notes/1.md', 'b')).toBe(await bench.read('notes/1.md'));
    trouble = () => undefined;
    await wholeOnB();
  });

  it.each([
    [{ status: 403, reason: 'quotaExceeded', message: 'Quota.' }, 'storage is used up'],
    [{ status: 507, message: 'Insufficient storage.' }, 'storage is used up'],
  ] satisfies [Trouble, string][])(
    '%j stops an upload with its reason; later it goes on',
    async (answer, words) => {
      trouble = after(6, isUpload, () => answer);
      const { exitCode, stderr } = await cloud.sync();
      expect({ exitCode, stderr }).toMatchObject({ exitCode: 1, stderr: expect.stringContaining(words) });
      trouble = () => undefined;
      await wholeOnB();
    },
  );

  it('more than one write a second of one object is answered with 429, as Google does: nobody notices', async () => {
    const lastMs = new Map<string, number>();
    let refusals = 0;
    const isWrite = (request: IncomingMessage): boolean =>
      request.method === 'DELETE' ||
      (request.method === 'POST' && (isUpload(request) || request.url?.includes('/rewriteTo/') === true));
    trouble = (request) => {
      if (!isWrite(request)) return undefined;
      const url = new URL(request.url ?? '/', google.endpoint);
      const name = url.searchParams.get('name') ?? decodeURIComponent(url.pathname.split('/o/').at(-1) ?? '');
      const sinceMs = Date.now() - (lastMs.get(name) ?? 0);
      if (sinceMs >= 1000) {
        lastMs.set(name, Date.now());
        return undefined;
      }
      refusals += 1;
      return { status: 429, reason: 'rateLimitExceeded', message: 'The object exceeded the rate limit.' };
    };
    expect((await cloud.sync('a')).exitCode).toBe(0);
    expect((await cloud.sync('b')).exitCode).toBe(0);
    await Promise.all(
      ['a', 'b'].map(async (device) => {
        for (let round = 0; round < 2; round += 1) {
          await bench.write(`by ${device} ${String(round)}.md`, `${device} ${String(round)}\n`, device);
          expect(await cloud.sync(device)).toMatchObject({ exitCode: 0 });
        }
      }),
    );
    for (const device of ['a', 'b', 'a']) expect((await cloud.sync(device)).exitCode).toBe(0);
    for (const [one, other] of [
      ['a', 'b'],
      ['b', 'a'],
    ] as const) {
      for (let round = 0; round < 2; round += 1)
        expect(await bench.read(`by ${one} ${String(round)}.md`, other)).toBe(`${one} ${String(round)}\n`);
    }
    expect(refusals).toBeGreaterThan(0);
  });

  it('an upload of 40 MB that is cut again and again goes on where it stood', async () => {
    const large = randomBytes(40_000_000);
    await bench.write('large.bin', large);
    let sent = 0;
    let cuts = 0;
    trouble = (request) => {
      if (request.method !== 'PUT' || request.url?.includes('upload_id') !== true) return undefined;
      request.on('data', (chunk: Buffer) => {
        sent += chunk.length;
      });
      const isPiece = Number(request.headers['content-length'] ?? 0) > MIB;
      if (!isPiece || (cuts += 1) % 2 === 0) return undefined;
      return { status: 0, cutAfterBytes: 3 * MIB };
    };
    const { exitCode, stderr } = await cloud.sync();
    expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
    expect(cuts).toBeGreaterThan(6);
    // A part of each cut piece is sent again, never the upload.
    expect(sent).toBeLessThan(1.5 * large.length);
    trouble = () => undefined;
    expect((await cloud.sync('b')).exitCode).toBe(0);
    expect(sha256(await readFile(join(bench.vault('b'), 'large.bin')))).toBe(sha256(large));
    expect(google.front.sessions.open).toBe(0);
  });

  it('an upload that is stopped leaves no session behind', async () => {
    await bench.write('large.bin', randomBytes(40_000_000));
    trouble = after(
      2,
      (request) => request.method === 'PUT',
      () => ({ status: 403, reason: 'forbidden', message: 'No.' }),
    );
    expect((await cloud.sync()).exitCode).toBe(1);
    expect(google.front.sessions.open).toBe(0);
    trouble = () => undefined;
    await wholeOnB();
  });
});

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
