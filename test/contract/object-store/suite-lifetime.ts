import { describe, expect, it } from 'vitest';
import {
  bytes,
  failure,
  forEachParallel,
  getText,
  key,
  keys,
  patterned,
  putText,
  useStore,
} from './subject-fixture.ts';
import type { StoreSubject } from './suite.ts';

const MIB = 1024 * 1024;

export function lifetimeTests(subject: StoreSubject): void {
  describe('abort, load and close', () => {
    const store = useStore(subject);

    it('[ST33] a call whose signal has fired already rejects with aborted and does nothing', async () => {
      await putText(store(), 'a', 'old');
      const signal = AbortSignal.abort(new Error('enough'));
      expect((await failure(store().get(key('a'), { signal }))).kind).toBe('aborted');
      expect((await failure(store().head(key('a'), { signal }))).kind).toBe('aborted');
      expect((await failure(store().put(key('a'), bytes('new'), { signal }))).kind).toBe('aborted');
      expect((await failure(store().delete(key('a'), { signal }))).kind).toBe('aborted');
      if (subject.capabilities.serverCopy) {
        expect((await failure(store().copy(key('a'), key('b'), { signal }))).kind).toBe('aborted');
      }
      expect((await failure(store().list('', { signal })[Symbol.asyncIterator]().next())).kind).toBe(
        'aborted',
      );
      expect(await keys(store())).toEqual(['a']);
      expect(await getText(store(), 'a')).toBe('old');
    });

    it('[ST33] a put that is aborted while its body is read rejects with aborted and stores nothing', async () => {
      const aborter = new AbortController();
      const body = patterned(20 * MIB);
      const source = {
        sizeBytes: body.length,
        read: (offset: number, length: number) => {
          if (offset >= 8 * MIB) aborter.abort();
          return Promise.resolve(body.slice(offset, offset + length));
        },
      };
      expect((await failure(store().put(key('a'), source, { signal: aborter.signal }))).kind).toBe('aborted');
      expect(await keys(store())).toEqual([]);
    });

    it('[ST34] a hundred puts at once are a hundred objects', async () => {
      const all = Array.from({ length: 100 }, (_, i) => `p/${String(i).padStart(3, '0')}`);
      await Promise.all(all.map((at) => putText(store(), at, `body of ${at}`)));
      expect(await keys(store())).toEqual(all);
      await forEachParallel(all, async (at) => {
        expect(await getText(store(), at)).toBe(`body of ${at}`);
      });
    });

    it('[ST35] errors name the key and the provider', async () => {
      const error = await failure(store().get(key('not/there.md')));
      expect(error.details.key).toBe('not/there.md');
      expect(error.details.provider).not.toBe('');
    });

    it('[ST36] close may be called twice; calls after it reject for good', async () => {
      await putText(store(), 'a');
      await store().close();
      await store().close();
      expect((await failure(store().get(key('a')))).retry).toBe('never');
      expect((await failure(store().put(key('a'), bytes('x')))).retry).toBe('never');
      expect((await failure(store().delete(key('a')))).retry).toBe('never');
      expect((await failure(keys(store()))).retry).toBe('never');
    });
  });
}
