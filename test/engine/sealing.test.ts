import { describe, expect, it } from 'vitest';
import { classifyKey, headKey } from '../../src/core/format/keys.ts';
import type { DeviceId, ObjectKey } from '../../src/core/model/ids.ts';
import { DEFAULT_SETTINGS, type EngineDeps } from '../../src/engine/api.ts';
import { createEngine } from '../../src/engine/engine.ts';
import { MemoryState } from '../../src/engine/memory/memory-state.ts';
import { clearPlain } from '../../src/engine/sealing/clear-plain.ts';
import { sealCloud } from '../../src/engine/sealing/seal-cloud.ts';
import type { Sides } from '../../src/engine/sealing/sides.ts';
import type { MemorySnapshot } from '../../src/storage/memory/memory-store.ts';
import type { ObjectStore } from '../../src/storage/object-store.ts';
import { isStoreError } from '../../src/storage/store-error.ts';
import { VaultKey } from '../../src/storage/sealed/vault-key.ts';
import { withEncryption } from '../../src/storage/sealed/with-encryption.ts';
import { FaultyStore, type FaultyCall } from '../support/faulty-store.ts';
import { SeededRandom } from '../support/seeded-random.ts';
import {
  bench,
  compression,
  contentsOf,
  hashing,
  textOf,
  type Bench,
  type TestDevice,
} from './two-devices.ts';

const CANARY = 'canary-of-the-text';
const key = await VaultKey.create();
const otherKey = await VaultKey.create();

function sealed(store: ObjectStore, by = key): ObjectStore {
  return withEncryption(store, { key: () => Promise.resolve(by), gzip: compression });
}

function sidesOf({ clock }: Bench, store: ObjectStore, by = key): Sides {
  const deps: EngineDeps = {
    vault: undefined as never,
    store,
    state: new MemoryState(),
    clock,
    random: new SeededRandom(77),
    hashing,
    compression,
    log: { write: () => undefined },
    device: { id: '00000000000000aa' as DeviceId, name: 'sealer' },
    settings: { ...DEFAULT_SETTINGS, bodyBytes: 400_000 },
  };
  return { deps, plain: store, sealed: sealed(store, by) };
}

/** The device goes on with what it remembers, knowing the key now. */
function withKey(at: Bench, { vault, state, name }: TestDevice, id = 1): TestDevice {
  const { deps, sealed: store } = sidesOf(at, at.store);
  const settings = { ...DEFAULT_SETTINGS, readableCopy: false };
  const device = { id: String(id).padStart(16, '0') as DeviceId, name };
  const random = new SeededRandom(id + 1000);
  return {
    name,
    vault,
    state,
    engine: createEngine({ ...deps, vault, state, store, random, settings, device }),
  };
}

const NOTES = Object.fromEntries(
  Array.from({ length: 6 }, (_, index) => [
    `notes/${CANARY}-${String(index)}.md`,
    `${CANARY} ${String(index)}\n`,
  ]),
);

/** Two devices that are in step, a readable copy, history with roots, something deleted, something large. */
async function plainVault(
  readableOf: readonly string[] = ['laptop', 'phone'],
): Promise<{ at: Bench; a: TestDevice; b: TestDevice }> {
  const at = bench();
  const device = (name: string): TestDevice =>
    at.device(name, { settings: { readableCopy: readableOf.includes(name) } });
  const [a, b] = [device('laptop'), device('phone')];
  for (const [path, text] of Object.entries(NOTES)) a.vault.userWrite(path, text);
  a.vault.userWrite('large.bin', `${CANARY} `.repeat(60_000));
  a.vault.userWrite('gone.md', `${CANARY} gone`);
  await a.engine.sync();
  await b.engine.sync();
  b.vault.userDelete('gone.md');
  b.vault.userWrite('both.md', 'one\n');
  await b.engine.sync();
  // Enough entries for a compaction, which writes shards and a root.
  for (let index = 0; index < 300; index += 1)
    b.vault.userWrite(`many/${String(index)}.md`, `${String(index)}\n`);
  await b.engine.sync();
  if (readableOf.length > 1) await a.engine.sync();
  return { at, a, b };
}

/** Of what is no sealed object: keys and bodies. */
function plainIn(at: Bench): string[] {
  return [...at.store.snapshot().keys()].filter((one) => !/^\.twincloud\/(?:head$|sealed\/)/u.test(one));
}

function canariesIn(objects: MemorySnapshot): string[] {
  return [...objects].flatMap(([name, { body }]) =>
    name.includes(CANARY) || Buffer.from(body).includes(CANARY) ? [name] : [],
  );
}

describe('encrypting a vault that is in a cloud', () => {
  it('[EN14] [EN18] leaves nothing plain, and the same vault with its history', async () => {
    const { at, a, b } = await plainVault();
    const before = await contentsOf(a);
    const commit = (await a.engine.status()).observed?.commit;
    const kinds = new Set([...at.store.snapshot().keys()].map(classifyKey));
    expect([...kinds].sort()).toEqual(['blob', 'device', 'head', 'pack', 'plain', 'root', 'shard']);
    const sides = sidesOf(at, at.store);
    expect((await sealCloud(sides)).kind).toBe('sealed');
    const cleared = await clearPlain(sides);
    expect(cleared).toMatchObject({ otherFiles: [], damaged: [] });
    expect(plainIn(at)).toEqual([]);
    expect(canariesIn(at.store.snapshot())).toEqual([]);
    const [knowing, other] = [withKey(at, a, 1), withKey(at, b, 2)];
    expect((await knowing.engine.sync()).events).toEqual([]);
    expect((await other.engine.sync()).events).toEqual([]);
    expect((await knowing.engine.status()).observed?.commit).toBe(commit);
    expect(await contentsOf(knowing)).toEqual(before);
    expect((await knowing.engine.verify({ full: true })).damaged).toEqual([]);
    expect(await knowing.engine.history('gone.md' as never)).toHaveLength(2);
  });

  it('[EN16] another device stops in the clear, and with the key goes on from its base', async () => {
    const { at, a, b } = await plainVault();
    b.vault.userWrite('both.md', 'one\nmine, unsynced\n');
    b.vault.userDelete('many/7.md');
    b.vault.userWrite('new.md', 'new\n');
    const sides = sidesOf(at, at.store);
    await sealCloud(sides);
    const objects = at.store.snapshot();
    await expect(b.engine.sync()).rejects.toMatchObject({ kind: 'encrypted-bucket' });
    expect(at.store.snapshot()).toEqual(objects);
    await clearPlain(sides);
    const [first, second] = [withKey(at, a, 1), withKey(at, b, 2)];
    first.vault.userWrite('both.md', 'zero\none\n');
    await first.engine.sync();
    const report = await second.engine.sync();
    expect(report.conflicts).toEqual([]);
    await first.engine.sync();
    expect(textOf(first, 'both.md')).toBe('zero\none\nmine, unsynced\n');
    expect(textOf(first, 'new.md')).toBe('new\n');
    expect(textOf(first, 'many/7.md')).toBeUndefined();
    expect(await contentsOf(second)).toEqual(await contentsOf(first));
  });

  it('[EN15] a commit that comes in between is sealed too', async () => {
    const { at, a, b } = await plainVault();
    let late = 0;
    const store = new FaultyStore(at.store, (call) =>
      call.kind === 'put' && call.key === headKey && late++ === 0
        ? {
            kind: 'delay',
            until: async () => {
              b.vault.userWrite('late.md', `${CANARY} late`);
              await b.engine.sync();
            },
          }
        : undefined,
    );
    await sealCloud(sidesOf(at, store));
    expect(late).toBe(2);
    await clearPlain(sidesOf(at, at.store));
    expect(plainIn(at)).toEqual([]);
    const first = withKey(at, a, 1);
    await first.engine.sync();
    expect(textOf(first, 'late.md')).toBe(`${CANARY} late`);
  });

  it('[EN17] a file that was edited in the bucket, or is another program’s, stays and is named', async () => {
    const { at } = await plainVault();
    const sides = sidesOf(at, at.store);
    await sealCloud(sides);
    const edited = `notes/${CANARY}-3.md` as ObjectKey;
    await at.store.put(edited, new TextEncoder().encode('edited by rclone'));
    await at.store.put('foreign/report.pdf' as ObjectKey, new Uint8Array(9));
    expect((await clearPlain(sides)).otherFiles).toEqual(['foreign/report.pdf', edited]);
    expect(plainIn(at).sort()).toEqual(['foreign/report.pdf', edited]);
  });

  it('[EN17] nothing plain is removed while a sealed object is missing or spoilt, or the head is plain', async () => {
    const { at } = await plainVault();
    const sides = sidesOf(at, at.store);
    await expect(clearPlain(sides)).rejects.toMatchObject({ details: { reason: 'not-sealed' } });
    await sealCloud(sides);
    const whole = at.store.snapshot();
    const packs = [...whole.keys()].filter((one) =>
      one.startsWith('.twincloud/sealed/packs/'),
    ) as ObjectKey[];
    const [pack] = packs;
    if (pack === undefined) throw new Error('no pack');
    const spoilt = (whole.get(pack)?.body ?? new Uint8Array()).slice();
    spoilt[spoilt.length - 1] = (spoilt.at(-1) ?? 0) ^ 1;
    await at.store.put(pack, spoilt);
    const left = plainIn(at);
    await expect(clearPlain(sides)).rejects.toMatchObject({ kind: 'format' });
    await at.store.delete(pack);
    await expect(clearPlain(sides)).rejects.toMatchObject({ kind: 'format' });
    expect(plainIn(at)).toEqual(left);
  });

  it('[EN15] a vault that is damaged is not sealed, and goes on in the clear', async () => {
    const { at, a } = await plainVault();
    const pack = [...at.store.snapshot().keys()].find((one) => one.startsWith('.twincloud/packs/'));
    await at.store.delete((pack ?? '') as ObjectKey);
    await expect(sealCloud(sidesOf(at, at.store))).rejects.toMatchObject({ kind: 'format' });
    a.vault.userWrite('goes-on.md', 'on\n');
    expect((await a.engine.sync()).outcome).toBe('done');
  });

  it('a cloud that another key sealed meanwhile is refused', async () => {
    const { at } = await plainVault();
    await sealCloud(sidesOf(at, at.store, otherKey));
    await expect(sealCloud(sidesOf(at, at.store))).rejects.toMatchObject({ kind: 'format' });
    await expect(clearPlain(sidesOf(at, at.store))).rejects.toMatchObject({ kind: 'format' });
  });
});

const WRITES = new Set<FaultyCall['kind']>(['put', 'copy', 'delete']);

/** From the call on that is picked nothing reaches the store any more; `effect`: but that one did. */
function killedAt(store: ObjectStore, index: number, effect: boolean): FaultyStore {
  let writes = 0;
  return new FaultyStore(store, (call) => {
    if (writes > index) return { kind: 'fail-before' };
    if (!WRITES.has(call.kind) || writes++ < index) return undefined;
    return { kind: effect ? 'fail-after' : 'fail-before' };
  });
}

describe('a crash at each write', { timeout: 120_000 }, () => {
  it('[EN15] leaves a vault that goes on, and that the next run completes with nothing lost', async () => {
    const { at, b } = await plainVault(['laptop']);
    const start = at.store.snapshot();
    const expected = await contentsOf(b);
    const cuts = { plain: 0, sealed: 0 };
    for (let index = 0, isCut = true; isCut; index += 1) {
      for (const effect of [false, true]) {
        at.store.rollback(start);
        isCut = await work(sidesOf(at, killedAt(at.store, index, effect)));
        const kind = isCut ? await kindOfCut(at, start, expected) : 'sealed';
        cuts[kind] += 1;
        await work(sidesOf(at, at.store));
        expect(plainIn(at)).toEqual([]);
        expect(canariesIn(at.store.snapshot())).toEqual([]);
        // A vault that was whole at the cut only lost what lay beside it.
        if (kind === 'plain' || !isCut) await expectWhole(at, expected);
      }
    }
    // One cut at least for each object sealed, and for each that was removed.
    expect(cuts.plain).toBeGreaterThan(15);
    expect(cuts.sealed).toBeGreaterThan(30);
  });
});

async function expectWhole(at: Bench, expected: Record<string, string>, isPlain = false): Promise<void> {
  const fresh = at.device('fresh');
  const device = isPlain ? fresh : withKey(at, fresh, 9);
  await device.engine.sync({ acceptFirst: true });
  expect(await contentsOf(device)).toEqual(expected);
}

async function work(sides: Sides): Promise<boolean> {
  try {
    await sealCloud(sides);
    await clearPlain(sides);
    return false;
  } catch (error) {
    if (!isStoreError(error, 'unavailable')) throw error;
    return true;
  }
}

/** While the head is plain all that is plain is there; a device that begins finds everything, either way. */
async function kindOfCut(
  at: Bench,
  start: MemorySnapshot,
  expected: Record<string, string>,
): Promise<'plain' | 'sealed'> {
  const now = at.store.snapshot();
  const isPlain = now.get(headKey) === start.get(headKey);
  if (isPlain) expect([...start.keys()].filter((one) => !now.has(one))).toEqual([]);
  await expectWhole(at, expected, isPlain);
  return isPlain ? 'plain' : 'sealed';
}
