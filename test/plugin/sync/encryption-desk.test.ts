import { describe, expect, it } from 'vitest';
import { TEXTS } from '../../../src/plugin/texts.ts';
import type { LongWork } from '../../../src/plugin/service.ts';
import { MemoryStore } from '../../../src/storage/memory/memory-store.ts';
import { made, setting, type Made } from './made-service.ts';

const PASSPHRASE = 'correct horse battery';
const CANARY = 'canary of the text';

/** Work that nobody stops, and what it told. */
function work(): LongWork & { readonly phases: Set<string> } {
  const phases = new Set<string>();
  return { phases, signal: new AbortController().signal, onProgress: ({ phase }) => phases.add(phase) };
}

function textOf(store: MemoryStore): string {
  return [...store.snapshot()]
    .map(([name, { body }]) => `${name}\n${Buffer.from(body).toString('latin1')}`)
    .join('\n');
}

/** What lies there otherwise than as an encrypted vault has it. */
function plainKeys(store: MemoryStore): string[] {
  return [...store.snapshot().keys()].filter(
    (name) => !/^\.twincloud\/(?:sealed\/|keys\/|head$)/u.test(name),
  );
}

/** A device with a vault that lies in the clear, and what another program put beside it. */
async function plain(): Promise<Awaited<ReturnType<typeof setting>>> {
  const one = await setting({ readableCopy: true });
  one.vault.userWrite('canary.md', `${CANARY}\n`);
  one.vault.userWrite('folder/canary-b.md', `${CANARY}, the second\n`);
  await one.service.syncNow();
  one.vault.userWrite('canary.md', `${CANARY}\nand more\n`);
  await one.service.syncNow();
  return one;
}

async function reads(device: Made, path: string): Promise<string> {
  return new TextDecoder().decode(device.vault.userRead(path));
}

describe('the encryption of the cloud in the app', () => {
  it('[EN21] [EN22] encrypts an empty cloud, and another device opens it with the passphrase alone', async () => {
    const { service, vault, store, clock, secrets } = await setting();
    const other = await made(store, clock);
    expect(await service.encryption.look()).toBe('empty');
    const recoveryKey = await service.encryption.begin(PASSPHRASE);
    expect(await service.encryption.look()).toBe('has-key');
    expect(await service.encryption.recoveryKey()).toBe(recoveryKey);
    vault.userWrite('canary.md', 'the canary text');
    await service.syncNow();
    expect(service.state.kind).toBe('synced');
    const objects = [...store.snapshot()].map(
      ([name, { body }]) => name + Buffer.from(body).toString('latin1'),
    );
    expect(objects.join('')).not.toMatch(/canary/u);
    expect([...secrets.values()].join(' ')).not.toContain(PASSPHRASE);

    other.vault.userWrite('mine.md', 'unsynced');
    await other.service.syncNow();
    expect(other.service.state).toMatchObject({ kind: 'attention', message: TEXTS.encryption.locked });
    expect(await other.service.encryption.look()).toBe('sealed');
    const before = store.snapshot();
    expect(await other.service.encryption.join('another one entirely')).toBe(false);
    expect(store.snapshot()).toEqual(before);
    expect(await other.service.encryption.join(PASSPHRASE)).toBe(true);
    await other.service.syncNow({ acceptFirst: true });
    await service.syncNow();
    expect(new TextDecoder().decode(other.vault.userRead('canary.md'))).toBe('the canary text');
    expect(new TextDecoder().decode(vault.userRead('mine.md'))).toBe('unsynced');
    await other.service.forgetCloud();
    expect([...other.secrets.values()].join(' ')).not.toContain('AGE-SECRET-KEY');
  });

  it('[EN22] a plain cloud is not begun encrypted, and the recovery key opens in the place of the passphrase', async () => {
    const { service, vault, store, clock } = await setting();
    vault.userWrite('note.md', 'text');
    await service.syncNow();
    expect(await service.encryption.look()).toBe('plain');
    await expect(service.encryption.begin(PASSPHRASE)).rejects.toThrow(TEXTS.encryption.files);
    await service.forgetCloud();
    const empty = new MemoryStore({ clock });
    const [first, second] = [await made(empty, clock), await made(empty, clock)];
    const key = await first.service.encryption.begin(PASSPHRASE);
    await expect(second.service.encryption.begin('a second one, later')).rejects.toThrow(
      TEXTS.encryption.otherFirst,
    );
    expect(await second.service.encryption.join(key.toLowerCase())).toBe(true);
    expect(store.snapshot().size).toBeGreaterThan(0);
  });

  it('[EN23] encrypts a vault that lies there in steps, and another device goes on with the passphrase', async () => {
    const one = await plain();
    const { service, store, vault, clock } = one;
    const other = await made(store, clock);
    await other.service.syncNow({ acceptFirst: true });
    vault.userWrite('late.md', 'not sent yet');
    expect(await service.encryption.look()).toBe('plain');
    const told = work();
    const recoveryKey = await service.encryption.prepare(PASSPHRASE, told);
    expect(recoveryKey).toMatch(/^AGE-SECRET-KEY-1/u);
    expect(await service.encryption.look()).toBe('begun-here');
    expect(await service.encryption.unfinished()).toBe('sealing');
    // Until then everybody goes on in the clear.
    other.vault.userWrite('meanwhile.md', 'written meanwhile');
    await other.service.syncNow();
    expect(other.service.state.kind).toBe('synced');
    await service.encryption.seal(told);
    expect([...told.phases]).toEqual(expect.arrayContaining(['upload', 'audit']));
    expect(await service.encryption.look()).toBe('leftovers');
    expect(await service.encryption.unfinished()).toBe('clearing');
    expect(plainKeys(store)).toContain('folder/canary-b.md');
    const { removed, otherFiles, damaged, versioning } = await service.encryption.clear(work());
    expect({ otherFiles, damaged, versioning }).toEqual({ otherFiles: [], damaged: [], versioning: 'off' });
    expect(removed).toBeGreaterThan(3);
    expect(await service.encryption.look()).toBe('has-key');
    expect(await service.encryption.unfinished()).toBeUndefined();
    expect(textOf(store)).not.toMatch(/canary|late|meanwhile/u);
    expect(plainKeys(store)).toEqual([]);

    other.vault.userWrite('folder/canary-b.md', 'edited by the other');
    await other.service.syncNow();
    expect(other.service.state).toMatchObject({ message: TEXTS.encryption.locked });
    expect(await other.service.encryption.join(PASSPHRASE)).toBe(true);
    await other.service.syncNow();
    await service.syncNow();
    expect(await reads(one, 'folder/canary-b.md')).toBe('edited by the other');
    expect(await reads(one, 'meanwhile.md')).toBe('written meanwhile');
    expect(await reads(other, 'late.md')).toBe('not sent yet');
    expect((await service.history('canary.md' as never)).length).toBe(2);
  });

  it('[EN23] cut off after any request it goes on where it was, also in an app that was started anew', async () => {
    const first = await plain();
    await first.service.encryption.prepare(PASSPHRASE, work());
    await first.service.close();
    const before = first.store.snapshot();
    const secrets = [...first.secrets];
    const seen = new Set<string>();
    for (let calls = 0; ; calls += 1) {
      const { clock } = first;
      const store = new MemoryStore({ clock });
      store.rollback(before);
      const cut = await made(store, clock, { secrets: new Map(secrets) });
      cut.cloud.callsLeft = calls;
      const isDone = await cut.service.encryption
        .seal(work())
        .then(() => cut.service.encryption.clear(work()))
        .then(
          () => true,
          () => false,
        );
      await cut.service.close();
      const next = await made(store, clock, { secrets: cut.secrets });
      const found = await next.service.encryption.look();
      seen.add(found);
      if (found === 'begun-here') await next.service.encryption.seal(work());
      if (found !== 'has-key') await next.service.encryption.clear(work());
      expect(await next.service.encryption.look()).toBe('has-key');
      expect(textOf(store)).not.toContain('canary');
      expect(plainKeys(store)).toEqual([]);
      await next.service.syncNow({ acceptFirst: true });
      expect(await reads(next, 'canary.md')).toBe(`${CANARY}\nand more\n`);
      expect(await reads(next, 'folder/canary-b.md')).toBe(`${CANARY}, the second\n`);
      if (isDone) break;
    }
    expect([...seen].sort()).toEqual(['begun-here', 'has-key', 'leftovers']);
  });

  it('[EN23] a wrong passphrase for what another device began is known before anything is written', async () => {
    const one = await plain();
    const other = await made(one.store, one.clock);
    await other.service.syncNow({ acceptFirst: true });
    const key = await one.service.encryption.prepare(PASSPHRASE, work());
    expect(await other.service.encryption.look()).toBe('begun');
    const before = one.store.snapshot();
    expect(await other.service.encryption.prepare('another one entirely', work())).toBeUndefined();
    expect(one.store.snapshot()).toEqual(before);
    expect(await other.service.encryption.look()).toBe('begun');
    expect(await other.service.encryption.prepare(PASSPHRASE, work())).toBe(key);
    // Both at once: one of them replaces the head, and neither harms the other.
    await Promise.all([one.service.encryption.seal(work()), other.service.encryption.seal(work())]);
    await Promise.all([one.service.encryption.clear(work()), other.service.encryption.clear(work())]);
    expect(textOf(one.store)).not.toContain('canary');
    expect(plainKeys(one.store)).toEqual([]);
    for (const { service } of [one, other]) {
      await service.syncNow();
      expect(service.state.kind).toBe('synced');
    }
  });

  it('[EN23] is stopped by a person, and refused where this device has not synced or another key came first', async () => {
    const one = await plain();
    const fresh = await made(one.store, one.clock);
    fresh.vault.userWrite('canary.md', 'another beginning');
    await expect(fresh.service.encryption.prepare(PASSPHRASE, work())).rejects.toThrow(
      TEXTS.encryption.syncFirst,
    );
    expect(await fresh.service.encryption.unfinished()).toBeUndefined();
    await one.service.encryption.prepare(PASSPHRASE, work());
    const stopping = new AbortController();
    const stopped = one.service.encryption.seal({
      signal: stopping.signal,
      onProgress: () => stopping.abort(),
    });
    await expect(stopped).rejects.toThrow();
    expect(await one.service.encryption.look()).toBe('begun-here');
    // Somebody has removed the key and begun anew.
    for (const name of one.store.snapshot().keys())
      if (name.startsWith('.twincloud/keys/')) await one.store.delete(name as never);
    await fresh.service.syncNow({ acceptFirst: true });
    await fresh.service.encryption.prepare('a second one, later', work());
    await expect(one.service.encryption.seal(work())).rejects.toThrow(TEXTS.encryption.otherFirst);
    expect(await one.service.encryption.look()).toBe('begun');
  });

  it('[EN23] is refused where there are backups, before anything is written for it', async () => {
    const one = await plain();
    const backup = new MemoryStore({ clock: one.clock });
    const other = await made(one.store, one.clock, { backup });
    await other.service.syncNow({ acceptFirst: true });
    const keys = [...one.store.snapshot().keys()];
    await expect(other.service.encryption.prepare(PASSPHRASE, work())).rejects.toThrow(
      TEXTS.encryption.withBackups,
    );
    expect([...one.store.snapshot().keys()].filter((key) => !keys.includes(key))).toEqual([]);
    expect(await other.service.encryption.look()).toBe('plain');
  });

  it('[EN23] leaves and names what the vault does not have so, and goes on looking', async () => {
    const { service, store, vault } = await plain();
    await store.put('taken-in.txt' as never, new TextEncoder().encode('edited in the bucket before'));
    await service.encryption.prepare(PASSPHRASE, work());
    await store.put('other.txt' as never, new TextEncoder().encode('of another program'));
    await service.encryption.seal(work());
    const report = await service.encryption.clear(work());
    expect(report.otherFiles).toEqual(['other.txt']);
    expect(plainKeys(store)).toEqual(['other.txt']);
    vault.userWrite('more.md', 'more');
    expect((await service.syncNow())?.outcome).toBe('done');
    expect(new TextDecoder().decode(vault.userRead('taken-in.txt'))).toBe('edited in the bucket before');
    expect(await service.encryption.look()).toBe('leftovers');
  });

  it('[EN11] [EN24] changes the passphrase without sending a note again, on a device that holds the key', async () => {
    const one = await plain();
    const { service, store, clock } = one;
    await service.encryption.prepare(PASSPHRASE, work());
    await service.encryption.seal(work());
    await service.encryption.clear(work());
    const second = await made(store, clock);
    await second.service.encryption.join(PASSPHRASE);
    const before = store.snapshot();
    await service.encryption.changePassphrase('quite another passphrase');
    const after = store.snapshot();
    const changed = [...after].filter(([name, { etag }]) => before.get(name)?.etag !== etag);
    expect(changed.map(([name]) => name)).toEqual([expect.stringMatching(/keys\/00000002-/u)]);
    const gone = [...before.keys()].filter((name) => !after.has(name));
    expect(gone.every((name) => name.startsWith('.twincloud/keys/'))).toBe(true);
    const third = await made(store, clock);
    expect(await third.service.encryption.join(PASSPHRASE)).toBe(false);
    expect(await third.service.encryption.join('quite another passphrase')).toBe(true);
    // One that has the key goes on, and takes the passphrase further from where it is.
    await second.service.syncNow({ acceptFirst: true });
    expect(second.service.state.kind).toBe('synced');
    await second.service.encryption.changePassphrase('and a third one');
    expect(await third.service.encryption.join('quite another passphrase')).toBe(false);
    expect(await third.service.encryption.join('and a third one')).toBe(true);
    await expect(one.service.encryption.changePassphrase('a fourth one')).resolves.toBeUndefined();
  });
});
