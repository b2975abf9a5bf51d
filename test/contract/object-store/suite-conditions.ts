import { describe, expect, it } from 'vitest';
import {
  bytes,
  failure,
  getText,
  itUnless,
  kept,
  key,
  keys,
  patterned,
  putText,
  tally,
  useStore,
} from './subject-fixture.ts';
import type { StoreSubject } from './suite.ts';

const RACERS = 8;
const ROUNDS = 5;

export function conditionTests(subject: StoreSubject): void {
  if (!subject.capabilities.conditionalPut) return;
  describe('conditions', () => {
    const store = useStore(subject);
    /** Some servers answer 500 to losers: nothing was written, but only a look at the object tells. */
    const loserKinds =
      subject.lacks?.['told-losers'] === undefined ? ['conflict'] : ['conflict', 'unavailable'];
    const foreignKinds = (kinds: readonly string[]): string[] =>
      kinds.filter((kind) => !loserKinds.includes(kind));

    it('[ST13] ifNoneMatch creates what is absent and else conflicts', async () => {
      const { etag } = await store().put(key('head'), bytes('one'), { ifNoneMatch: '*' });
      expect((await failure(store().put(key('head'), bytes('two'), { ifNoneMatch: '*' }))).kind).toBe(
        'conflict',
      );
      expect(await getText(store(), 'head')).toBe('one');
      expect((await store().head(key('head'))).etag).toBe(etag);
    });

    it('[ST13] ifNoneMatch conflicts with an object that was put without conditions', async () => {
      await putText(store(), 'head', 'plain');
      expect((await failure(store().put(key('head'), bytes('two'), { ifNoneMatch: '*' }))).kind).toBe(
        'conflict',
      );
      expect(await getText(store(), 'head')).toBe('plain');
    });

    it('[ST14] ifMatch replaces the version that it names and conflicts with another', async () => {
      const first = await putText(store(), 'head', 'one');
      const { etag: second } = await store().put(key('head'), bytes('two'), { ifMatch: first });
      expect((await failure(store().put(key('head'), bytes('three'), { ifMatch: first }))).kind).toBe(
        'conflict',
      );
      expect(await getText(store(), 'head')).toBe('two');
      const { etag: third } = await store().put(key('head'), bytes('three'), { ifMatch: second });
      expect((await store().head(key('head'))).etag).toBe(third);
      expect(await getText(store(), 'head')).toBe('three');
    });

    it('[ST15] ifMatch on what is absent rejects with not-found and stores nothing', async () => {
      expect((await failure(store().put(key('head'), bytes('x'), { ifMatch: 'tag' }))).kind).toBe(
        'not-found',
      );
      const etag = await putText(store(), 'head', 'one');
      await store().delete(key('head'));
      expect((await failure(store().put(key('head'), bytes('x'), { ifMatch: etag }))).kind).toBe('not-found');
      expect(await keys(store())).toEqual([]);
    });

    it('[ST16] an object with conditions is written, deleted and made again as any other', async () => {
      await store().put(key('head'), bytes('one'), { ifNoneMatch: '*', metadata: { n: '1' } });
      const etag = await putText(store(), 'head', 'two');
      await store().put(key('head'), bytes('three'), { ifMatch: etag, metadata: { n: '3' } });
      expect(await store().head(key('head'))).toMatchObject({
        sizeBytes: 5,
        metadata: kept(subject, { n: '3' }),
      });
      expect(await keys(store())).toEqual(['head']);
      await store().delete(key('head'));
      await store().delete(key('head'));
      expect(await keys(store())).toEqual([]);
      await store().put(key('head'), bytes('four'), { ifNoneMatch: '*' });
      expect(await getText(store(), 'head')).toBe('four');
      expect((await store().head(key('head'))).metadata).toEqual({});
    });

    it('[ST16] ranges and tags are those of any other object', async () => {
      const { etag } = await store().put(key('head'), bytes('0123456789'), { ifNoneMatch: '*' });
      expect(await store().get(key('head'), { ifNoneMatch: etag })).toMatchObject({ kind: 'unchanged' });
      const tail = await store().get(key('head'), { range: { offset: 7, length: 9 } });
      expect(tail).toMatchObject({ kind: 'found', sizeBytes: 10, body: bytes('789') });
      expect((await failure(store().get(key('head'), { range: { offset: 10, length: 1 } }))).kind).toBe(
        'corrupt',
      );
      await store().put(key('head'), new Uint8Array(0), { ifMatch: etag });
      expect(await store().get(key('head'))).toMatchObject({ kind: 'found', sizeBytes: 0 });
    });

    it('[ST17] of many that create at once exactly one wins, the others conflict', async () => {
      for (let round = 0; round < ROUNDS; round++) {
        const at = `head ${String(round)}`;
        const racers = Array.from({ length: RACERS }, (_, i) =>
          store().put(key(at), bytes(`racer ${String(i)}`), { ifNoneMatch: '*' }),
        );
        const { won, kinds } = await tally(racers);
        expect({ won, foreign: foreignKinds(kinds) }).toEqual({ won: 1, foreign: [] });
        const winner = (await Promise.allSettled(racers)).findIndex(({ status }) => status === 'fulfilled');
        expect(await getText(store(), at)).toBe(`racer ${String(winner)}`);
      }
    });

    it('[ST17] of many that replace one version at once exactly one wins, the others conflict', async () => {
      let etag = await putText(store(), 'head', 'start');
      for (let round = 0; round < ROUNDS; round++) {
        const racers = Array.from({ length: RACERS }, (_, i) =>
          store().put(key('head'), bytes(`round ${String(round)} racer ${String(i)}`), { ifMatch: etag }),
        );
        const { won, kinds } = await tally(racers);
        expect({ won, foreign: foreignKinds(kinds) }).toEqual({ won: 1, foreign: [] });
        const winner = (await Promise.allSettled(racers)).findIndex(({ status }) => status === 'fulfilled');
        expect(await getText(store(), 'head')).toBe(`round ${String(round)} racer ${String(winner)}`);
        ({ etag } = await store().head(key('head')));
      }
    });

    itUnless(subject, 'conditions-in-parts')('[ST18] conditions hold for a body in many parts', async () => {
      const body = patterned(9 * 1024 * 1024);
      const source = {
        sizeBytes: body.length,
        read: (offset: number, length: number) => Promise.resolve(body.slice(offset, offset + length)),
      };
      const first = await putText(store(), 'large', 'small before');
      expect((await failure(store().put(key('large'), source, { ifNoneMatch: '*' }))).kind).toBe('conflict');
      expect(await getText(store(), 'large')).toBe('small before');
      await store().put(key('large'), source, { ifMatch: first });
      expect((await store().head(key('large'))).sizeBytes).toBe(body.length);
      expect((await failure(store().put(key('large'), source, { ifMatch: first }))).kind).toBe('conflict');
    });
  });
}
