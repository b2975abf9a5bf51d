import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rename, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FolderStore } from '../../src/storage/folder/folder-store.mts';
import { translateError } from '../../src/storage/folder/translate-error.mts';
import type { BodySource } from '../../src/storage/object-store.ts';
import {
  bytes,
  failure,
  getText,
  key,
  keys,
  listed,
  putText,
} from '../contract/object-store/subject-fixture.ts';

const random = { hex: (digits: number) => randomBytes(digits).toString('hex').slice(0, digits) };

describe('a store in a folder', () => {
  let around: string;
  let folder: string;
  let store: FolderStore;
  const at = (...names: string[]): string => path.join(folder, ...names);
  const another = (windows = false): FolderStore => new FolderStore({ folder, clock: Date, random, windows });

  beforeEach(async () => {
    // Around it a folder of its own, to see that nothing leaves it.
    around = await mkdtemp(path.join(tmpdir(), 'folder-store-'));
    folder = path.join(around, 'store');
    await mkdir(folder);
    store = another();
  });
  afterEach(async () => {
    await rm(around, { recursive: true, force: true });
  });

  describe('plain files', () => {
    it('[ST40] an object is the plain file at its own path', async () => {
      await putText(store, 'Notes/Übung: what? 100 %.md', 'text');
      expect(await readFile(at('Notes', 'Übung: what? 100 %.md'), 'utf8')).toBe('text');
      await putText(store, '.twincloud/blobs/ab/abcd', 'blob');
      expect(await readFile(at('.twincloud', 'blobs', 'ab', 'abcd'), 'utf8')).toBe('blob');
    });

    it('[ST40] a file that a person puts there is an object', async () => {
      await mkdir(at('by', 'hand'), { recursive: true });
      await writeFile(at('by', 'hand', 'a.md'), 'typed');
      expect(await getText(store, 'by/hand/a.md')).toBe('typed');
      const info = await store.head(key('by/hand/a.md'));
      expect(info).toMatchObject({ sizeBytes: 5, metadata: {} });
      expect(await listed(store)).toMatchObject([{ key: 'by/hand/a.md', etag: info.etag, sizeBytes: 5 }]);
      await store.put(key('by/hand/a.md'), bytes('next'), { ifMatch: info.etag });
      expect(await getText(store, 'by/hand/a.md')).toBe('next');
    });

    it('[ST41] an edit by hand gives another tag and takes the metadata away', async () => {
      const { etag } = await store.put(key('a.md'), bytes('12345'), {
        metadata: { twincloud: 'commit:hash' },
      });
      await writeFile(at('a.md'), '54321');
      const edited = await store.head(key('a.md'));
      expect(edited.metadata).toEqual({});
      expect(edited.etag).not.toBe(etag);
      expect((await failure(store.put(key('a.md'), bytes('mine'), { ifMatch: etag }))).kind).toBe('conflict');
      expect(await getText(store, 'a.md')).toBe('54321');
    });

    it('[ST41] a copy of the folder that keeps the times keeps tags and metadata', async () => {
      await store.put(key('notes/a.md'), bytes('12345'), { metadata: { mtime: '7' } });
      const before = await store.head(key('notes/a.md'));
      const moved = `${folder}-moved`;
      await rename(folder, moved);
      folder = moved;
      store = another();
      expect(await store.head(key('notes/a.md'))).toMatchObject({
        etag: before.etag,
        metadata: { mtime: '7' },
      });
    });

    it('[ST40] a deleted object takes the folders with it that it leaves empty, no others', async () => {
      await mkdir(at('kept'));
      await putText(store, 'a/b/c/d');
      await putText(store, 'a/e');
      await store.delete(key('a/b/c/d'));
      expect(await readdir(at('a'))).toEqual(['e']);
      await store.delete(key('a/e'));
      expect((await readdir(folder)).sort()).toEqual(['.twincloud-store', 'kept']);
    });

    it('[ST40] what systems put on a disk is no object, and does not stop a listing', async () => {
      await mkdir(at('lost+found'), { mode: 0 });
      await mkdir(at('System Volume Information'));
      await writeFile(at('System Volume Information', 'x'), '');
      await putText(store, 'a');
      await putText(store, 'lost+found/mine', 'mine');
      expect(await keys(store)).toEqual(['a', 'lost+found/mine']);
      expect(await getText(store, 'lost+found/mine')).toBe('mine');
    });

    it('[ST42] a link is no object and leads nowhere', async () => {
      await putText(store, 'real/a', 'inside');
      const outside = await mkdtemp(path.join(tmpdir(), 'outside-'));
      await writeFile(path.join(outside, 'a'), 'outside');
      await symlink(outside, at('linked'));
      await symlink(at('real', 'a'), at('b'));
      expect(await keys(store)).toEqual(['real/a']);
      expect((await failure(store.get(key('linked/a')))).kind).toBe('not-found');
      expect((await failure(store.get(key('b')))).kind).toBe('not-found');
      await putText(store, 'linked/a', 'mine');
      await putText(store, 'b', 'mine too');
      expect(await readFile(path.join(outside, 'a'), 'utf8')).toBe('outside');
      expect(await getText(store, 'real/a')).toBe('inside');
      expect(await keys(store)).toEqual(['b', 'linked/a', 'real/a']);
      await store.delete(key('linked/a'));
      expect(await readFile(path.join(outside, 'a'), 'utf8')).toBe('outside');
      await rm(outside, { recursive: true });
    });
  });

  describe('keys that cannot be paths', () => {
    const IMPOSSIBLE = [
      '/absolute',
      'double//slash',
      'trailing/',
      '.',
      '..',
      '../outside',
      'a/../b',
      'a/./b',
      'nul\0byte',
      `long ${'n'.repeat(251)}`,
      '.twincloud-store/odd/a=',
      '.TWINCLOUD-STORE/x',
      '%2fabsolute',
    ];

    it('[ST42] each has an object of its own, inside the folder', async () => {
      for (const odd of IMPOSSIBLE) await putText(store, odd, `body of ${odd}`);
      for (const odd of IMPOSSIBLE) expect(await getText(store, odd)).toBe(`body of ${odd}`);
      expect(await keys(store)).toEqual([...IMPOSSIBLE].sort());
      expect(await readdir(around)).toEqual(['store']);
      for (const odd of IMPOSSIBLE) await store.delete(key(odd));
      expect(await keys(store)).toEqual([]);
      expect(await readdir(at('.twincloud-store', 'odd'))).toEqual([]);
    });

    it('[ST42] names that Windows refuses are plain files elsewhere and under codes there', async () => {
      const windows = another(true);
      for (const odd of ['con', 'aux.md', 'a:b', 'ends.', 'ends ', 'back\\slash']) {
        await putText(windows, odd, odd);
        expect(await getText(windows, odd)).toBe(odd);
      }
      await putText(windows, 'console.md', 'plain');
      expect((await readdir(folder)).sort()).toEqual(['.twincloud-store', 'console.md']);
    });

    it('[ST42] an object whose place is free again stays where it is until it is deleted', async () => {
      await putText(store, 'a/b', 'below');
      await putText(store, 'a', 'beside');
      await store.delete(key('a/b'));
      await putText(store, 'a', 'beside again');
      expect(await getText(store, 'a')).toBe('beside again');
      expect(await keys(store)).toEqual(['a']);
      await store.delete(key('a'));
      await putText(store, 'a', 'plain now');
      expect(await readFile(at('a'), 'utf8')).toBe('plain now');
    });

    it('[ST42] where a person puts a plain file beside one under a code, the plain one counts', async () => {
      await putText(store, 'a/b', 'below');
      await putText(store, 'a', 'coded');
      await store.delete(key('a/b'));
      await writeFile(at('a'), 'plain');
      expect(await getText(store, 'a')).toBe('plain');
      expect(await listed(store)).toMatchObject([{ key: 'a', sizeBytes: 5 }]);
      await store.delete(key('a'));
      expect(await keys(store)).toEqual([]);
    });
  });

  describe('versions', () => {
    it('[ST43] a writer that slept while its place was written and tidied away is told that it is unsure', async () => {
      const { etag } = await store.put(key('head'), bytes('0'), { ifNoneMatch: '*' });
      const others = another();
      const sleeping: BodySource = {
        sizeBytes: 4,
        read: async () => {
          let tag = etag;
          for (let i = 1; i <= 40; i++) {
            ({ etag: tag } = await others.put(key('head'), bytes(String(i)), { ifMatch: tag }));
          }
          return bytes('late');
        },
      };
      expect((await failure(store.put(key('head'), sleeping, { ifMatch: etag }))).kind).toBe('unavailable');
      expect(await getText(store, 'head')).toBe('40');
      const next = await store.head(key('head'));
      await store.put(key('head'), bytes('41'), { ifMatch: next.etag });
      expect(await getText(others, 'head')).toBe('41');
    });

    it('[ST43] old versions go, with their metadata', async () => {
      let { etag } = await store.put(key('head'), bytes('0'), { ifNoneMatch: '*' });
      for (let i = 1; i <= 60; i++) {
        ({ etag } = await store.put(key('head'), bytes(String(i)), {
          ifMatch: etag,
          metadata: { i: String(i) },
        }));
      }
      const files = await readdir(at('.twincloud-store'), { recursive: true, withFileTypes: true });
      expect(files.filter((file) => file.isFile()).length).toBeLessThan(40);
      expect(await readdir(at('.twincloud-store', 'tmp'))).toEqual([]);
    });

    it('[ST43] the first write with a condition takes over the plain file with its tag and metadata', async () => {
      await store.put(key('head'), bytes('plain'), { metadata: { n: '1' } });
      const { etag } = await store.head(key('head'));
      await failure(store.put(key('head'), bytes('x'), { ifMatch: 'other' }));
      expect(await readFile(at('head'), 'utf8')).toBe('plain');
      await Promise.allSettled(
        ['a', 'b', 'c'].map((body) => another().put(key('head'), bytes(body), { ifMatch: etag })),
      );
      await expect(stat(at('head'))).rejects.toMatchObject({ code: 'ENOENT' });
      expect(await getText(store, 'head')).toMatch(/^[abc]$/u);
      expect(await keys(store)).toEqual(['head']);
    });
  });

  describe('staging', () => {
    it('[ST44] what a killed process left is gone a day later, what is young stays', async () => {
      await putText(store, 'a');
      const tmp = at('.twincloud-store', 'tmp');
      await writeFile(path.join(tmp, 'old'), 'half a body');
      await putText(another(), 'b');
      expect(await readdir(tmp)).toEqual(['old']);
      const tomorrow = { now: () => Date.now() + 25 * 3_600_000 };
      await putText(new FolderStore({ folder, clock: tomorrow, random }), 'c');
      expect(await readdir(tmp)).toEqual([]);
      expect(await keys(store)).toEqual(['a', 'b', 'c']);
    });

    it('[ST41] metadata that a power cut tore is as none', async () => {
      await store.put(key('a'), bytes('1'), { metadata: { mtime: '7' } });
      const meta = at('.twincloud-store', 'meta');
      for (const file of await readdir(meta, { recursive: true, withFileTypes: true })) {
        if (file.isFile()) await writeFile(path.join(file.parentPath, file.name), '{"key":"a","meta');
      }
      expect((await store.head(key('a'))).metadata).toEqual({});
      expect(await getText(store, 'a')).toBe('1');
    });
  });

  describe('what goes wrong', () => {
    it('[ST45] a folder that is not there is unavailable, is named, and is never made', async () => {
      const missing = new FolderStore({ folder: at('not', 'mounted'), clock: Date, random });
      for (const call of [
        () => missing.get(key('a')),
        () => missing.head(key('a')),
        () => putText(missing, 'a'),
        () => missing.delete(key('a')),
        () => keys(missing),
      ]) {
        const error = await failure(call());
        expect(error.kind).toBe('unavailable');
        expect(error.message).toContain(at('not', 'mounted'));
      }
      expect(await readdir(folder)).toEqual([]);
    });

    it('[ST45] a folder that goes away is unavailable, not empty', async () => {
      await putText(store, 'a/b');
      await putText(store, 'c');
      await rename(folder, `${folder}-gone`);
      expect((await failure(store.get(key('c')))).kind).toBe('unavailable');
      expect((await failure(keys(store))).kind).toBe('unavailable');
      expect((await failure(putText(store, 'a/b'))).kind).toBe('unavailable');
      await rename(`${folder}-gone`, folder);
      expect(await keys(store)).toEqual(['a/b', 'c']);
    });

    it('[ST45] a folder that goes away in the middle of a listing is no end of it', async () => {
      for (let i = 0; i < 6; i++) await putText(store, `${String(i)}/a`);
      const reading = (async () => {
        for await (const page of store.list('', { limit: 2 })) {
          if (page.objects.length > 0) await rename(folder, `${folder}-gone`).catch(() => undefined);
        }
      })();
      expect((await failure(reading)).kind).toBe('unavailable');
      await rm(`${folder}-gone`, { recursive: true });
    });

    it('[ST45] a full disk is quota, a forbidden file denied, a broken disk unavailable', () => {
      const kinds = ['ENOSPC', 'EDQUOT', 'EACCES', 'EPERM', 'EROFS', 'EIO', 'ENOENT'].map((code) => {
        const cause = Object.assign(new Error(`${code}: it failed`), { code });
        return translateError(cause, 'a').kind;
      });
      expect(kinds).toEqual(['quota', 'quota', 'denied', 'denied', 'denied', 'unavailable', 'unexpected']);
    });
  });

  it('[ST46] ten thousand files are listed without reading them', async () => {
    for (let i = 0; i < 100; i++) {
      await mkdir(at(`folder ${String(i)}`));
      const names = Array.from({ length: 100 }, (_, j) => at(`folder ${String(i)}`, `${String(j)}.md`));
      await Promise.all(names.map((name) => writeFile(name, 'x')));
    }
    const startMs = performance.now();
    const found = await keys(store);
    const tookMs = performance.now() - startMs;
    expect(found).toHaveLength(10_000);
    // 300 ms on a machine that does nothing else; ten times that catches reading bodies or a pass per page.
    expect(tookMs).toBeLessThan(3000);
  });
});
