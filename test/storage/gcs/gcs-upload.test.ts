import { describe, expect, it } from 'vitest';
import type { ObjectKey } from '../../../src/core/model/ids.ts';
import type { PutOptions } from '../../../src/storage/object-store.ts';
import { failure, patterned } from '../../contract/object-store/subject-fixture.ts';
import { cannedGoogle, object, refusal, type CannedAnswer } from './canned-google.ts';

const MIB = 1024 * 1024;
const KIB = 1024;

/** `keep …`: the server has taken the piece, or a part of it, whatever it answers. */
type Mishap = CannedAnswer | 'keep a part' | 'keep and hang up';

describe('uploads in pieces', () => {
  /** A session as Google keeps it, with what goes wrong at each request of it. */
  async function session(
    trouble: (index: number, request: { at: number; length: number }) => Mishap | undefined,
    options: { readonly sizeBytes?: number; readonly location?: string } = {},
  ) {
    const kept: Buffer[] = [];
    const size = (): number => kept.reduce((sum, { length }) => sum + length, 0);
    let index = 0;
    const google = await cannedGoogle(
      ({ method, query, headers, body }) => {
        if (method === 'POST') {
          const own = `http://${headers.host ?? ''}/upload/storage/v1/b/notes/o?uploadType=resumable&upload_id=u`;
          return { headers: { location: options.location ?? own }, body: '{}' };
        }
        if (method === 'DELETE' || query.get('upload_id') !== 'u') return { status: 499 };
        const range = /^bytes (?:(\d+)-\d+|\*)\/(\d+)$/u.exec(headers['content-range'] ?? '');
        const total = Number(range?.[2]);
        const wrong = trouble(index++, { at: Number(range?.[1] ?? -1), length: body.length });
        if (range?.[1] !== undefined && Number(range[1]) === size()) {
          if (wrong === undefined || wrong === 'keep and hang up') kept.push(body);
          if (wrong === 'keep a part') kept.push(body.subarray(0, 256 * KIB));
        }
        if (wrong === 'keep and hang up') return { instead: 'hang up' };
        if (wrong !== undefined && wrong !== 'keep a part') return wrong;
        if (size() === total) return object('a.bin', { size: String(total) });
        return { status: 308, headers: size() === 0 ? {} : { range: `bytes=0-${String(size() - 1)}` } };
      },
      { pieceBytes: MIB },
    );
    const body = patterned(options.sizeBytes ?? 3 * MIB + 5);
    const asked: number[] = [];
    const source = {
      sizeBytes: body.length,
      read: (offset: number, length: number) => {
        asked.push(length);
        return Promise.resolve(body.slice(offset, offset + length));
      },
    };
    const run = (put: PutOptions = {}): Promise<unknown> =>
      google.store.put('a.bin' as ObjectKey, source, put);
    return { ...google, run, body, asked, stored: () => Buffer.concat(kept) };
  }

  it('[ST85] pieces follow each other, each a multiple of 256 KiB but the last', async () => {
    const { run, stored, body, asked, received } = await session(() => undefined);
    await run();
    expect(stored().equals(body)).toBe(true);
    expect(asked).toEqual([MIB, MIB, MIB, 5]);
    // The address is a key in itself.
    expect(received.slice(1).every(({ headers }) => headers.authorization === undefined)).toBe(true);
  });

  it('[ST85] a cut upload goes on from where the server says it stands, with nothing sent twice that is there', async () => {
    const { run, stored, body, asked, received, pausesMs } = await session((index) =>
      index === 1 ? { instead: 'hang up' } : index === 4 ? { status: 503 } : undefined,
    );
    await run();
    expect(stored().equals(body)).toBe(true);
    expect(received.slice(1).map(({ headers }) => headers['content-range'])).toEqual([
      'bytes 0-1048575/3145733',
      'bytes 1048576-2097151/3145733',
      'bytes */3145733',
      'bytes 1048576-2097151/3145733',
      'bytes 2097152-3145727/3145733',
      'bytes */3145733',
      'bytes 2097152-3145727/3145733',
      'bytes 3145728-3145732/3145733',
    ]);
    expect(pausesMs).toEqual([500, 500]);
    // Some sources cannot go back.
    expect(asked).toEqual([MIB, MIB, MIB, 5]);
  });

  it('[ST85] a server that kept a part of a piece is sent the rest', async () => {
    const { run, stored, body, asked } = await session((index) => (index === 0 ? 'keep a part' : undefined));
    await run();
    expect(asked).toEqual([MIB, MIB, MIB, 5]);
    expect(stored().equals(body)).toBe(true);
  });

  it('[ST85] the answer to the last piece may be lost: the server is asked, and nothing is sent again', async () => {
    const { run, stored, body, received } = await session((index) =>
      index === 3 ? 'keep and hang up' : undefined,
    );
    await run();
    expect(stored().equals(body)).toBe(true);
    expect(received).toHaveLength(6);
    expect(received.at(-1)?.body).toHaveLength(0);
  });

  it('[ST85] one that gets no further ends, and takes its session back', async () => {
    const { run, store, received } = await session(() => ({ status: 503 }));
    expect((await failure(run())).kind).toBe('unavailable');
    await store.close();
    expect(received.length).toBeLessThan(12);
    expect(received.at(-1)?.method).toBe('DELETE');
  });

  it('[ST85] a server that takes pieces and keeps none ends too', async () => {
    const { run, received } = await session(() => ({ status: 308 }));
    expect((await failure(run())).kind).toBe('unavailable');
    expect(received.length).toBeLessThan(16);
  });

  it('[ST85] a session that is gone may be begun anew; one refused for its condition is a conflict', async () => {
    expect((await failure((await session(() => ({ status: 410 }))).run())).retry).toBe('later');
    expect((await failure((await session(() => refusal(412, 'conditionNotMet'))).run())).retry).toBe('later');
    expect((await failure((await session(() => refusal(403, 'quotaExceeded'))).run())).kind).toBe('quota');
  });

  it('[ST85] a server that says it has what was never sent, or less than it had, is not believed', async () => {
    const ahead = await session(() => ({ status: 308, headers: { range: 'bytes=0-9999999999' } }));
    expect((await failure(ahead.run())).kind).toBe('corrupt');
    const odd = await session(() => ({ status: 308, headers: { range: 'bytes=5-10' } }));
    expect((await failure(odd.run())).kind).toBe('corrupt');
    const less = await session((index) => (index === 0 ? undefined : { status: 308 }));
    expect((await failure(less.run())).kind).toBe('unavailable');
  });

  it('[ST86] contents go to no other server than the settings name', async () => {
    const { run, received } = await session(() => undefined, { location: 'http://127.0.0.1:9/elsewhere' });
    const error = await failure(run());
    expect(error.kind).toBe('corrupt');
    expect(received).toHaveLength(1);
  });
});
