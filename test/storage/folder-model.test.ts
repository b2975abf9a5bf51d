import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FolderStore } from '../../src/storage/folder/folder-store.mts';
import { codedPath, decodeKey } from '../../src/storage/folder/names.mts';
import { keyProblem } from '../../src/storage/key.ts';
import { MemoryStore } from '../../src/storage/memory/memory-store.ts';
import type { ObjectStore } from '../../src/storage/object-store.ts';
import { isStoreError } from '../../src/storage/store-error.ts';
import { bytes, getText, key, keys } from '../contract/object-store/subject-fixture.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { SeededRandom } from '../support/seeded-random.ts';

/** Few keys, so that they meet: folders against objects, codes against paths, versions against plain files. */
const KEYS = [
  'a',
  'a/b',
  'a/b/c',
  'a/',
  'A',
  'a/../b',
  'b',
  '%61',
  '.twincloud/head',
  '.twincloud-store/x',
  'con',
];

interface Step {
  readonly call: 'put' | 'create' | 'replace' | 'stale' | 'delete' | 'copy' | 'reopen';
  readonly at: string;
  readonly to: string;
  readonly body: string;
}

const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.record({
    call: fc.constantFrom('put', 'create', 'replace', 'stale', 'delete', 'copy', 'reopen'),
    at: fc.constantFrom(...KEYS),
    to: fc.constantFrom(...KEYS),
    body: fc.string({ maxLength: 6 }),
  }),
  { maxLength: 25 },
);

/** What the call came to, without tags, which differ from store to store. */
async function run(store: ObjectStore, step: Step): Promise<string> {
  const at = key(step.at);
  const body = bytes(step.body);
  const metadata = step.body === '' ? {} : { body: step.body };
  try {
    switch (step.call) {
      case 'put':
        await store.put(at, body, { metadata });
        break;
      case 'create':
        await store.put(at, body, { metadata, ifNoneMatch: '*' });
        break;
      case 'replace':
        await store.put(at, body, { metadata, ifMatch: (await store.head(at)).etag });
        break;
      case 'stale':
        await store.put(at, body, { ifMatch: 'no tag of anything' });
        break;
      case 'delete':
        await store.delete(at);
        break;
      case 'copy':
        await store.copy(at, key(step.to), { metadata });
        break;
      case 'reopen':
        break;
    }
    return 'done';
  } catch (error) {
    return isStoreError(error) ? error.kind : 'foreign';
  }
}

async function contents(store: ObjectStore): Promise<unknown[]> {
  const all: unknown[] = [];
  for (const at of await keys(store)) {
    const { metadata, sizeBytes } = await store.head(key(at));
    all.push({ at, body: await getText(store, at), metadata, sizeBytes });
  }
  return all;
}

describe('a folder against the store in memory', () => {
  it.each([false, true])(
    '[ST16] [ST42] they answer alike, whatever is done (names for Windows: %s)',
    async (windows) => {
      await fc.assert(
        fc.asyncProperty(steps, async (sequence) => {
          const folder = await mkdtemp(path.join(tmpdir(), 'folder-model-'));
          const means = { clock: new FakeClock(), random: new SeededRandom(1), windows };
          const model = new MemoryStore({ clock: means.clock });
          let store = new FolderStore({ folder, ...means });
          for (const step of sequence) {
            if (step.call === 'reopen') store = new FolderStore({ folder, ...means });
            expect(await run(store, step)).toBe(await run(model, step));
          }
          expect(await contents(store)).toEqual(await contents(model));
          for (const prefix of ['a', 'a/', '.twincloud']) {
            for (const startAfter of ['A', 'a', 'a/b']) {
              expect(await keys(store, prefix, { startAfter })).toEqual(
                await keys(model, prefix, { startAfter }),
              );
            }
          }
          for (const at of KEYS) await store.delete(key(at));
          expect(await keys(store)).toEqual([]);
          await rm(folder, { recursive: true });
        }),
        { numRuns: 60 },
      );
    },
    60_000,
  );

  it('[ST42] a key comes back from its code, and no two keys share one on any system', () => {
    const anyKey = fc
      .string({ unit: 'binary', minLength: 1, maxLength: 400 })
      .filter((at) => keyProblem(at) === undefined);
    fc.assert(
      fc.property(anyKey, (at) => {
        const code = codedPath(at);
        const names = code.split(path.sep);
        expect(decodeKey(names.map((name) => name.slice(0, -1)))).toBe(at);
        // Only characters that every system holds apart, in names that none reserves.
        expect(code).toMatch(/^[a-z0-9_%+=\\/-]+$/u);
        expect(Math.max(...names.map((name) => name.length))).toBeLessThan(130);
      }),
    );
  });
});
