import { describe, expect, it } from 'vitest';
import {
  bytes,
  failure,
  getText,
  itUnless,
  itWhen,
  kept,
  key,
  keys,
  putText,
  text,
  useStore,
} from './subject-fixture.ts';
import type { StoreSubject } from './suite.ts';

const DAY_MS = 86_400_000;

export function objectTests(subject: StoreSubject): void {
  const store = useStore(subject);

  it('says of itself what the subject declares', () => {
    const { conditionalPut, serverCopy, listingHash } = store().capabilities;
    expect({ conditionalPut, serverCopy, listingHash }).toEqual(subject.capabilities);
  });

  describe('get and head', () => {
    it('[ST1] get gives the bytes, tag, size, time and metadata of what was put', async () => {
      const { etag } = await store().put(key('notes/a.md'), bytes('hello'), { metadata: { mtime: '12' } });
      const result = await store().get(key('notes/a.md'));
      expect(result).toMatchObject({
        kind: 'found',
        etag,
        sizeBytes: 5,
        metadata: kept(subject, { mtime: '12' }),
      });
      if (result.kind !== 'found') return;
      expect(text(result.body)).toBe('hello');
      expect(Math.abs(result.lastModifiedMs - Date.now())).toBeLessThan(DAY_MS);
    });

    it('[ST1] a tag carries no quotes', async () => {
      expect(await putText(store(), 'a')).not.toMatch(/^$|["]/u);
    });

    it('[ST2] head tells the same as get, without the body', async () => {
      await store().put(key('a'), bytes('hello'), { metadata: { mtime: '12' } });
      const result = await store().get(key('a'));
      const info = await store().head(key('a'));
      if (result.kind !== 'found') throw new Error(result.kind);
      const { etag, sizeBytes, lastModifiedMs, metadata } = result;
      expect(info).toMatchObject({ etag, sizeBytes, lastModifiedMs, metadata });
    });

    it('[ST3] get and head of what is absent reject with not-found', async () => {
      expect((await failure(store().get(key('absent')))).kind).toBe('not-found');
      expect((await failure(store().head(key('absent')))).kind).toBe('not-found');
      expect((await failure(store().get(key('absent'), { ifNoneMatch: 'tag' }))).kind).toBe('not-found');
    });

    it('[ST3] a folder of objects is no object', async () => {
      await putText(store(), 'folder/a');
      expect((await failure(store().get(key('folder')))).kind).toBe('not-found');
      expect((await failure(store().head(key('folder/')))).kind).toBe('not-found');
      expect((await failure(store().get(key('folder/a/b')))).kind).toBe('not-found');
    });

    it('[ST4] get with the tag that it has answers unchanged, with another the object', async () => {
      const first = await putText(store(), 'a', 'one');
      expect(await store().get(key('a'), { ifNoneMatch: first })).toMatchObject({ kind: 'unchanged' });
      await putText(store(), 'a', 'two');
      const result = await store().get(key('a'), { ifNoneMatch: first });
      expect(result.kind === 'found' && text(result.body)).toBe('two');
    });

    it('[ST5] equal tags mean equal objects: another body of the same size has another tag', async () => {
      const tags = new Set<string>();
      for (let i = 0; i < 20; i++) tags.add(await putText(store(), 'a', `body ${String(10 + i)}`));
      expect(tags.size).toBe(20);
    });

    it('[ST6] a range gives its bytes and the size of the whole', async () => {
      await putText(store(), 'a', '0123456789');
      const result = await store().get(key('a'), { range: { offset: 2, length: 3 } });
      expect(result).toMatchObject({ kind: 'found', sizeBytes: 10 });
      expect(result.kind === 'found' && text(result.body)).toBe('234');
    });

    it('[ST6] a range past the end gives what there is, one that starts at the end is corrupt', async () => {
      await putText(store(), 'a', '0123456789');
      const tail = await store().get(key('a'), { range: { offset: 8, length: 50 } });
      expect(tail).toMatchObject({ kind: 'found', sizeBytes: 10 });
      expect(tail.kind === 'found' && text(tail.body)).toBe('89');
      const last = await store().get(key('a'), { range: { offset: 9, length: 1 } });
      expect(last.kind === 'found' && text(last.body)).toBe('9');
      expect((await failure(store().get(key('a'), { range: { offset: 10, length: 1 } }))).kind).toBe(
        'corrupt',
      );
      expect((await failure(store().get(key('a'), { range: { offset: 99, length: 5 } }))).kind).toBe(
        'corrupt',
      );
    });

    it('[ST6] a range of an empty object is corrupt', async () => {
      await putText(store(), 'empty', '');
      expect((await failure(store().get(key('empty'), { range: { offset: 0, length: 1 } }))).kind).toBe(
        'corrupt',
      );
    });
  });

  describe('put, copy and delete', () => {
    it('[ST7] a completed write is seen at once by get, head and list', async () => {
      for (let i = 0; i < 10; i++) {
        const etag = await putText(store(), 'a', `version ${String(i)}`);
        expect(await getText(store(), 'a')).toBe(`version ${String(i)}`);
        expect((await store().head(key('a'))).etag).toBe(etag);
        expect(await keys(store())).toEqual(['a']);
        await store().delete(key('a'));
        expect((await failure(store().head(key('a')))).kind).toBe('not-found');
        expect(await keys(store())).toEqual([]);
      }
    });

    it('[ST8] a reader sees the old or the new object, never part of one', async () => {
      const versions = ['a', 'b', 'c', 'd'].map((letter, i) => letter.repeat(200_000 + i));
      await putText(store(), 'a', versions[0]);
      const seen: string[] = [];
      const readers = Array.from({ length: 4 }, async () => {
        for (let i = 0; i < 4; i++) seen.push(await getText(store(), 'a'));
      });
      for (const version of versions) await putText(store(), 'a', version);
      await Promise.all(readers);
      expect(seen.filter((body) => !versions.includes(body))).toEqual([]);
    });

    it('[ST9] put replaces all metadata', async () => {
      await store().put(key('a'), bytes('1'), {
        metadata: { one: '1', two: '2' },
        contentType: 'text/plain',
      });
      await store().put(key('a'), bytes('2'), { metadata: { two: 'zwei' } });
      expect((await store().head(key('a'))).metadata).toEqual(kept(subject, { two: 'zwei' }));
      await store().put(key('a'), bytes('3'));
      expect((await store().head(key('a'))).metadata).toEqual({});
    });

    itUnless(subject, 'unicode-metadata')('[ST9] metadata may be any text', async () => {
      const metadata = {
        path: 'Übung/日本 – “quoted”.md',
        emoji: '👩‍👩‍👧 ok',
        symbols: `a=b&c; "d", 'e' %41 =?utf-8?Q?x?= + \\`,
        spaces: ' both ends ',
        empty: '',
        lines: 'one\ntwo\r\n\tthree',
      };
      await store().put(key('a'), bytes('1'), { metadata });
      expect((await store().head(key('a'))).metadata).toEqual(metadata);
      const result = await store().get(key('a'));
      expect(result.kind === 'found' && result.metadata).toEqual(metadata);
    });

    it('[ST10] delete removes the object alone, and again is success', async () => {
      await putText(store(), 'a/b');
      await putText(store(), 'a/bc');
      await store().delete(key('a/b'));
      await store().delete(key('a/b'));
      await store().delete(key('never/there'));
      expect(await keys(store())).toEqual(['a/bc']);
    });

    it('[ST11] what the caller changes afterwards changes nothing here', async () => {
      const body = bytes('before');
      const metadata = { note: 'before' };
      await store().put(key('a'), body, { metadata });
      body.fill(0);
      metadata.note = 'after';
      const first = await store().get(key('a'));
      if (first.kind !== 'found') throw new Error(first.kind);
      expect(text(first.body)).toBe('before');
      first.body.fill(0);
      expect(await getText(store(), 'a')).toBe('before');
      expect((await store().head(key('a'))).metadata).toEqual(kept(subject, { note: 'before' }));
    });

    itWhen(subject.capabilities.serverCopy)(
      '[ST12] copy makes an equal body with the given metadata',
      async () => {
        await store().put(key('from'), bytes('body'), { metadata: { old: '1' } });
        const { etag } = await store().copy(key('from'), key('to/ü &+.md'), { metadata: { fresh: '2' } });
        expect(await getText(store(), 'to/ü &+.md')).toBe('body');
        expect(await store().head(key('to/ü &+.md'))).toMatchObject({ etag, metadata: { fresh: '2' } });
        expect((await store().head(key('from'))).metadata).toEqual({ old: '1' });
        await store().copy(key('from'), key('bare'));
        expect((await store().head(key('bare'))).metadata).toEqual({});
      },
    );

    itWhen(subject.capabilities.serverCopy)('[ST12] copy replaces what is there', async () => {
      await putText(store(), 'from', 'new');
      await putText(store(), 'to', 'old');
      await store().copy(key('from'), key('to'));
      expect(await getText(store(), 'to')).toBe('new');
    });

    itWhen(subject.capabilities.serverCopy)(
      '[ST12] copy from what is absent rejects with not-found',
      async () => {
        await putText(store(), 'to', 'old');
        expect((await failure(store().copy(key('absent'), key('to')))).kind).toBe('not-found');
        expect(await getText(store(), 'to')).toBe('old');
      },
    );

    if (subject.capabilities.serverCopy) {
      itUnless(subject, 'copy-onto-itself')('[ST12] copy onto itself replaces the metadata', async () => {
        await store().put(key('a'), bytes('body'), { metadata: { old: '1' } });
        await store().copy(key('a'), key('a'), { metadata: { fresh: '2' } });
        expect(await getText(store(), 'a')).toBe('body');
        expect((await store().head(key('a'))).metadata).toEqual({ fresh: '2' });
      });
    }
  });
}
