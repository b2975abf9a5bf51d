import { describe, expect, it } from 'vitest';
import type { ListPage } from '../../../src/storage/object-store.ts';
import { createHash } from 'node:crypto';
import {
  bytes,
  failure,
  forEachParallel,
  itUnless,
  itWhen,
  key,
  keys,
  listed,
  putText,
  useStore,
} from './subject-fixture.ts';
import type { StoreSubject } from './suite.ts';

async function pages(list: AsyncIterable<ListPage>): Promise<ListPage[]> {
  const all: ListPage[] = [];
  for await (const page of list) all.push(page);
  return all;
}

export function listingTests(subject: StoreSubject): void {
  describe('listings', () => {
    const store = useStore(subject);
    const numbered = (count: number): string[] =>
      Array.from({ length: count }, (_, i) => `n/${String(i).padStart(5, '0')}`);

    it('[ST25] a listing tells of each object what head tells', async () => {
      await store().put(key('a b'), bytes('hello'), { metadata: { mtime: '1' } });
      const info = await store().head(key('a b'));
      const [object, ...others] = await listed(store());
      expect(others).toEqual([]);
      expect(object).toMatchObject({ key: 'a b', sizeBytes: 5, etag: info.etag });
      expect(Math.abs((object?.lastModifiedMs ?? 0) - info.lastModifiedMs)).toBeLessThan(1000);
    });

    itWhen(subject.capabilities.listingHash === 'md5')(
      '[ST25] a listing carries the MD5 of what was put in one piece',
      async () => {
        await putText(store(), 'a', 'hello');
        expect(await listed(store())).toMatchObject([
          { md5: createHash('md5').update('hello').digest('hex') },
        ]);
      },
    );

    it('[ST26] a listing without objects is one page of nothing', async () => {
      expect(await pages(store().list(''))).toMatchObject([{ objects: [], prefixes: [] }]);
      await putText(store(), 'a');
      expect(await pages(store().list('b/'))).toMatchObject([{ objects: [], prefixes: [] }]);
    });

    it('[ST27] a prefix is the beginning of a key, not a folder', async () => {
      for (const at of ['a', 'abd', 'ab/c', 'abc/d', 'b/ab']) await putText(store(), at);
      expect(await keys(store(), 'ab')).toEqual(['ab/c', 'abc/d', 'abd']);
      expect(await keys(store(), 'ab/')).toEqual(['ab/c']);
      expect(await keys(store(), 'abc/d')).toEqual(['abc/d']);
      expect(await keys(store(), 'abc/d/')).toEqual([]);
    });

    itUnless(subject, 'utf8-order')('[ST28] keys come in the order of their UTF-8 bytes', async () => {
      const ascending = [
        'A',
        'B/z',
        'a b',
        'a!',
        'a-b',
        'a/b',
        'a0',
        'ab',
        'é',
        '日',
        '\ufb01',
        '\uffee',
        '\u{1f600}',
        '\u{10fffd}',
      ];
      await forEachParallel(ascending.slice().reverse(), (at) => putText(store(), at));
      expect(await keys(store())).toEqual(ascending);
    });

    it('[ST29] a page has at most `limit` objects; all pages together have each key once', async () => {
      const all = numbered(25);
      await forEachParallel(all, (at) => putText(store(), at));
      const small = await pages(store().list('n/', { limit: 10 }));
      expect(Math.max(...small.map((page) => page.objects.length))).toBeLessThanOrEqual(10);
      expect(small.length).toBeGreaterThanOrEqual(3);
      expect(small.flatMap((page) => page.objects.map((object) => object.key))).toEqual(all);
      expect(await keys(store(), 'n/', { limit: 25 })).toEqual(all);
    });

    it('[ST29] more objects than one answer holds come in pages of at most 1,000', async () => {
      const all = numbered(subject.manyObjects ?? 1100);
      await forEachParallel(all, (at) => putText(store(), at));
      const found = await pages(store().list(''));
      expect(Math.max(...found.map((page) => page.objects.length))).toBeLessThanOrEqual(1000);
      expect(found.flatMap((page) => page.objects.map((object) => object.key))).toEqual(all);
    }, 120_000);

    it('[ST30] startAfter leaves out the key that it names and all before it', async () => {
      for (const at of ['a', 'b.', 'b/1', 'b/2', 'c', 'd/1']) await putText(store(), at);
      expect(await keys(store(), '', { startAfter: 'b.' })).toEqual(['b/1', 'b/2', 'c', 'd/1']);
      expect(await keys(store(), '', { startAfter: 'b/1' })).toEqual(['b/2', 'c', 'd/1']);
      expect(await keys(store(), '', { startAfter: 'b/11' })).toEqual(['b/2', 'c', 'd/1']);
      expect(await keys(store(), 'b', { startAfter: 'b/1' })).toEqual(['b/2']);
      expect(await keys(store(), 'b/', { startAfter: 'a' })).toEqual(['b/1', 'b/2']);
      expect(await keys(store(), '', { startAfter: 'z' })).toEqual([]);
      expect(await keys(store(), '', { startAfter: 'a', limit: 1 })).toEqual([
        'b.',
        'b/1',
        'b/2',
        'c',
        'd/1',
      ]);
    });

    it('[ST31] with a delimiter, objects of the level and folders as prefixes', async () => {
      for (const at of ['a', 'b/1', 'b/2/x', 'b.md', 'c/1', 'ü/1']) await putText(store(), at);
      const [top, ...rest] = await pages(store().list('', { delimiter: '/' }));
      expect(rest).toEqual([]);
      expect(top?.objects.map((object) => object.key)).toEqual(['a', 'b.md']);
      expect(top?.prefixes).toEqual(['b/', 'c/', 'ü/']);
      const [inner] = await pages(store().list('b/', { delimiter: '/' }));
      expect(inner?.objects.map((object) => object.key)).toEqual(['b/1']);
      expect(inner?.prefixes).toEqual(['b/2/']);
    });

    itUnless(subject, 'delimiter-across-pages')('[ST31] no folder comes twice across pages', async () => {
      const all = ['a/1', 'a/2', 'a/3', 'b', 'c/1', 'c/2', 'd', 'e/1'];
      for (const at of all) await putText(store(), at);
      const found = await pages(store().list('', { delimiter: '/', limit: 1 }));
      expect(found.flatMap((page) => page.prefixes)).toEqual(['a/', 'c/', 'e/']);
      expect(found.flatMap((page) => page.objects.map((object) => object.key))).toEqual(['b', 'd']);
    });

    it('[ST32] what stands throughout is listed once while others are written and deleted', async () => {
      const standing = numbered(30);
      await forEachParallel(standing, (at) => putText(store(), at));
      await putText(store(), 'n/00005 goes');
      const seen: string[] = [];
      let page = 0;
      for await (const { objects } of store().list('n/', { limit: 7 })) {
        seen.push(...objects.map((object) => object.key));
        await putText(store(), `n/000${String(page)}0 comes`);
        await store().delete(key('n/00005 goes'));
        page += 1;
      }
      expect(seen.filter((at) => standing.includes(at))).toEqual(standing);
      expect(new Set(seen).size).toBe(seen.length);
    });

    it('[ST33] a listing that is aborted between pages rejects with aborted', async () => {
      await forEachParallel(numbered(6), (at) => putText(store(), at));
      const aborter = new AbortController();
      const reading = (async () => {
        for await (const page of store().list('', { limit: 2, signal: aborter.signal })) {
          if (page.objects.length > 0) aborter.abort();
        }
      })();
      expect((await failure(reading)).kind).toBe('aborted');
    });
  });
}
