import { describe, expect, it } from 'vitest';
import type { BodySource } from '../../../src/storage/object-store.ts';
import {
  bytes,
  failure,
  getBytes,
  getText,
  kept,
  key,
  keys,
  patterned,
  putText,
  useStore,
} from './subject-fixture.ts';
import type { StoreSubject } from './suite.ts';

const MIB = 1024 * 1024;

/** Remembers what was asked of it. */
function sourceOf(body: Uint8Array): BodySource & { readonly asked: { offset: number; length: number }[] } {
  const asked: { offset: number; length: number }[] = [];
  return {
    sizeBytes: body.length,
    asked,
    read: (offset, length) => {
      asked.push({ offset, length });
      return Promise.resolve(body.slice(offset, offset + length));
    },
  };
}

function same(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0;
}

export function bodyTests(subject: StoreSubject): void {
  describe('bodies', () => {
    const store = useStore(subject);

    it('[ST19] an empty body is an object of no bytes', async () => {
      await store().put(key('empty'), new Uint8Array(0));
      await store().put(key('empty source'), sourceOf(new Uint8Array(0)));
      expect(await getBytes(store(), 'empty')).toHaveLength(0);
      expect(await getBytes(store(), 'empty source')).toHaveLength(0);
      expect((await store().head(key('empty'))).sizeBytes).toBe(0);
      expect(await keys(store())).toEqual(['empty', 'empty source']);
    });

    it.each([5 * MIB - 1, 5 * MIB, 5 * MIB + 1, 8 * MIB - 1, 8 * MIB, 8 * MIB + 1])(
      '[ST20] %i bytes come back as they were, as an array and as a source',
      async (sizeBytes) => {
        const body = patterned(sizeBytes);
        await store().put(key('array'), body);
        expect(same(await getBytes(store(), 'array'), body)).toBe(true);
        const { etag } = await store().put(key('source'), sourceOf(body), { metadata: { parts: 'ja, ü' } });
        expect(same(await getBytes(store(), 'source'), body)).toBe(true);
        expect(await store().head(key('source'))).toMatchObject({
          etag,
          sizeBytes,
          metadata: kept(subject, { parts: 'ja, ü' }),
        });
      },
    );

    it('[ST21] a source of 20 MiB is read in pieces inside its size, never in whole', async () => {
      const body = patterned(20 * MIB + 7);
      const source = sourceOf(body);
      await store().put(key('large'), source);
      expect(same(await getBytes(store(), 'large'), body)).toBe(true);
      expect(source.asked.every(({ offset, length }) => offset + length <= body.length && length > 0)).toBe(
        true,
      );
      expect(Math.max(...source.asked.map(({ length }) => length))).toBeLessThanOrEqual(8 * MIB);
      const range = { offset: 8 * MIB - 3, length: 6 };
      const across = await store().get(key('large'), { range });
      expect(across.kind === 'found' && across.body).toEqual(
        body.slice(range.offset, range.offset + range.length),
      );
    });

    it('[ST22] what a source rejects with comes out unchanged, and nothing is stored', async () => {
      class FileChanged extends Error {}
      const cause = new FileChanged('the note changed while it was read');
      const body = patterned(20 * MIB);
      const failing = (at: number): BodySource => ({
        sizeBytes: body.length,
        read: (offset, length) =>
          offset >= at ? Promise.reject(cause) : Promise.resolve(body.slice(offset, offset + length)),
      });
      await putText(store(), 'old', 'as it was');
      for (const at of [0, 16 * MIB]) {
        await expect(store().put(key('new'), failing(at))).rejects.toBe(cause);
        await expect(store().put(key('old'), failing(at))).rejects.toBe(cause);
      }
      expect(await keys(store())).toEqual(['old']);
      expect(await getText(store(), 'old')).toBe('as it was');
    });

    it('[ST22] a source that gives fewer bytes than asked for stores nothing', async () => {
      const source = { sizeBytes: 9 * MIB, read: () => Promise.resolve(bytes('few')) };
      expect((await failure(store().put(key('a'), source))).kind).toBe('corrupt');
      expect(await keys(store())).toEqual([]);
    });
  });
}
