import { describe, expect, it } from 'vitest';
import { VaultError } from '../../src/engine/ports.ts';
import type { ObjectStore } from '../../src/storage/object-store.ts';
import { StoreError } from '../../src/storage/store-error.ts';
import { intercept } from '../../src/storage/wrappers/intercept.ts';
import { again, failure } from './failures.ts';
import { bench, contentsOf, textOf, type TestDevice } from './two-devices.ts';

/** A crash in the midst of the next install leaves this text there. */
async function tear({ vault, engine }: TestDevice, text: string): Promise<void> {
  const install = vault.install.bind(vault);
  vault.install = (_staged, path) => {
    vault.userWrite(path, text);
    return Promise.reject(new VaultError('disk-full', path, 'the power went'));
  };
  await failure(engine.sync({ acceptFirst: true }));
  vault.install = install;
}

/** The laptop has written a newer version, of which a crash left the beginning on the phone. */
async function torn() {
  const made = bench();
  const [a, b] = [made.device('laptop'), made.device('phone')];
  a.vault.userWrite('n.md', 'old');
  await a.engine.sync();
  await b.engine.sync();
  const before = made.store.snapshot();
  a.vault.userWrite('n.md', 'new and whole');
  await a.engine.sync();
  await tear(b, 'new an');
  return { ...made, a, b, before };
}

describe('an install that ended in an error that nobody foresaw', () => {
  /** What the phone does next fails so, once this text stands under the path. */
  async function failing({ vault, engine }: TestDevice, text: string): Promise<void> {
    const install = vault.install.bind(vault);
    vault.install = (_staged, path) => {
      vault.userWrite(path, text);
      return Promise.reject(new VaultError('unexpected', path, 'the system refused'));
    };
    expect((await engine.sync()).problems).toHaveLength(1);
    vault.install = install;
  }

  it('[I23] is healed by the next sync where it was done by half', async () => {
    const { device } = bench();
    const [a, b] = [device('laptop'), device('phone')];
    await a.engine.sync();
    await b.engine.sync();
    a.vault.userWrite('n.md', 'new and whole');
    await a.engine.sync();
    await failing(b, 'new an');
    expect((await b.engine.sync()).conflicts).toEqual([]);
    expect(textOf(b, 'n.md')).toBe('new and whole');
    await a.engine.sync();
    expect(await contentsOf(a)).toEqual({ 'n.md': 'new and whole' });
  });

  it('[I23] brings back nothing that is deleted elsewhere, where it was done after all', async () => {
    const { device } = bench();
    const [a, b] = [device('laptop'), device('phone')];
    a.vault.userWrite('stays.md', 'stays');
    await a.engine.sync();
    await b.engine.sync();
    a.vault.userWrite('n.md', 'whole');
    await a.engine.sync();
    await failing(b, 'whole');
    a.vault.userDelete('n.md');
    await a.engine.sync();
    await b.engine.sync();
    expect(await contentsOf(b)).toEqual({ 'stays.md': 'stays' });
    await a.engine.sync();
    expect(await contentsOf(a)).toEqual({ 'stays.md': 'stays' });
  });
});

describe('a file that a crash left half written', () => {
  it('[I23] the beginning of a file that a crash left is healed, not committed as an edit', async () => {
    const { a, b, device } = await torn();
    const next = again(b, device);
    const report = await next.engine.sync();
    expect(report.conflicts).toEqual([]);
    expect(textOf(next, 'n.md')).toBe('new and whole');
    await a.engine.sync();
    expect(await contentsOf(a)).toEqual({ 'n.md': 'new and whole' });
  });

  it('[I23] also when the file cannot be found for a moment in the first look after the crash', async () => {
    const { device } = bench();
    const [a, b] = [device('laptop'), device('phone')];
    a.vault.userWrite('daily/n.md', '');
    b.vault.userWrite('daily/n.md', '');
    a.vault.userWrite('daily/n.md', 'new and whole');
    await a.engine.sync();
    await tear(b, 'new an');
    const next = again(b, device);
    const read = next.vault.read.bind(next.vault);
    let looks = 0;
    next.vault.read = (path, range) => {
      looks += 1;
      return looks === 2
        ? Promise.reject(new VaultError('not-found', path, 'it is not there'))
        : read(path, range);
    };
    await next.engine.sync();
    await next.engine.sync();
    expect(await contentsOf(next)).toEqual({ 'daily/n.md': 'new and whole' });
    await a.engine.sync();
    expect(await contentsOf(a)).toEqual({ 'daily/n.md': 'new and whole' });
  });

  it('[I23] also when the answer that would heal it breaks off', async () => {
    const { a, b, device } = await torn();
    let cuts = 0;
    const cutOnce = (store: ObjectStore): ObjectStore => ({
      ...intercept(store, (call, run) => run(call.signal)),
      get: async (key, options) => {
        if (key.startsWith('.twincloud/packs/') && (cuts += 1) === 1)
          throw new StoreError('corrupt', { provider: 'test', key });
        return store.get(key, options);
      },
    });
    const next = device('phone', { vault: b.vault, state: b.state, through: cutOnce });
    const first = await next.engine.sync();
    expect(first.problems.map(({ path }) => path)).toEqual(['n.md']);
    await a.engine.sync();
    expect(await contentsOf(a)).toEqual({ 'n.md': 'new and whole' });
    await next.engine.sync();
    expect(cuts).toBeGreaterThan(1);
    await a.engine.sync();
    for (const one of [a, next]) expect(await contentsOf(one)).toEqual({ 'n.md': 'new and whole' });
  });

  it('[I23] [I9] also when it cannot be read for a while, in which the bucket is put back', async () => {
    const { a, b, device, store, before } = await torn();
    store.rollback(new Map([...store.snapshot(), ...before]));
    const next = again(b, device);
    const read = next.vault.read.bind(next.vault);
    next.vault.read = (path) => Promise.reject(new VaultError('unreadable', path, 'another program has it'));
    await next.engine.sync();
    next.vault.read = read;
    await next.engine.sync();
    await a.engine.sync();
    await next.engine.sync();
    for (const one of [a, next]) {
      expect(Object.values(await contentsOf(one))).toContain('new and whole');
      expect(Object.values(await contentsOf(one))).not.toContain('new an');
    }
  });

  /** A crash leaves the beginning of the newer version on the phone, and a person writes on before the next sync. */
  async function editedAfterTear(text: string): Promise<{ readonly a: TestDevice; readonly b: TestDevice }> {
    const { device } = bench();
    const [a, b] = [device('laptop'), device('phone')];
    a.vault.userWrite('n.md', 'one\ntwo\n');
    await a.engine.sync();
    await b.engine.sync();
    a.vault.userWrite('n.md', 'zero\none\ntwo\n');
    await a.engine.sync();
    await tear(b, text);
    const next = again(b, device);
    await next.engine.sync();
    await a.engine.sync();
    return { a, b: next };
  }

  it('[I23] [I1] what a person adds to a half-written note takes no line away from the whole one', async () => {
    const { a, b } = await editedAfterTear('zero\none\nmine\n');
    const contents = await contentsOf(b);
    expect(contents['n.md']).toBe('zero\none\ntwo\n');
    expect(Object.values(contents)).toContain('zero\none\nmine\n');
    expect(await contentsOf(a)).toEqual(contents);
  });

  it('[I11] an edit after such a crash is merged where it took no line of the base away', async () => {
    const { a } = await editedAfterTear('one\ntwo\nmine\n');
    expect(await contentsOf(a)).toEqual({ 'n.md': 'zero\none\ntwo\nmine\n' });
  });
});
