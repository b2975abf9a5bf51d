import { beforeEach, describe, expect, it } from 'vitest';
import type { ConflictStrategy, OpenConflict, SyncReport } from '../../src/engine/api.ts';
import type { VaultPath } from '../../src/core/model/vault-path.ts';
import { MemoryState } from '../../src/engine/memory/memory-state.ts';
import { bench, contentsOf, textOf, type Bench, type TestDevice } from './two-devices.ts';

const NOTE = 'Plan.md' as VaultPath;
const BASE = '# Plan\n\nMeet at noon.\n\nBring bread.\n';
const OURS = BASE.replace('noon', 'one');
const THEIRS = BASE.replace('noon', 'two');
const MERGEABLE = BASE.replace('bread', 'bread and cheese');

let one: Bench;
let laptop: TestDevice;
let phone: TestDevice;

async function both(conflicts: ConflictStrategy, text: string = BASE): Promise<void> {
  one = bench();
  laptop = one.device('Laptop');
  phone = one.device('Phone', { settings: { conflicts } });
  laptop.vault.userWrite(NOTE, text);
  await laptop.engine.sync();
  await phone.engine.sync();
}

/** Both edit; the laptop's edit is committed first, so the phone meets it. */
async function meet(
  theirs: string | Uint8Array = THEIRS,
  ours: string | Uint8Array = OURS,
  path = NOTE,
): Promise<void> {
  laptop.vault.userWrite(path, theirs);
  phone.vault.userWrite(path, ours);
  await laptop.engine.sync();
}

async function onlyConflict(device: TestDevice): Promise<OpenConflict> {
  const [first, ...more] = await device.engine.conflicts();
  expect(more).toEqual([]);
  if (first === undefined) throw new Error('no conflict is open');
  return first;
}

async function seenOf(device: TestDevice, copy: VaultPath) {
  const { note, copy: other, base, newest } = await device.engine.readConflict(copy);
  return { seen: { note: note.hash, copy: other.hash }, base, newest };
}

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const undoOf = (events: readonly { readonly undo?: string }[]): string =>
  events.find((event) => event.undo !== undefined)?.undo ?? 'none';

/** The one that a sync made. */
function copyOf({ events }: SyncReport): VaultPath {
  const made = events.find((event) => event.kind === 'conflict-copy');
  if (made?.other === undefined) throw new Error('no copy was made');
  return made.other;
}

/** Until nobody has anything to do. */
async function settle(): Promise<void> {
  for (let round = 0; round < 3; round += 1) for (const device of [laptop, phone]) await device.engine.sync();
}

describe('strategies', () => {
  it('[CF2] ask: both versions are kept and wait, even where they could be merged', async () => {
    await both('ask');
    await meet(MERGEABLE, OURS);
    const { events, open } = await phone.engine.sync();
    expect(events.filter(({ kind }) => kind === 'merged' || kind === 'newest-won')).toEqual([]);
    expect(open).toEqual([await onlyConflict(phone)]);
    expect(textOf(phone, NOTE)).toBe(MERGEABLE);
    expect(textOf(phone, open[0]?.copy ?? '')).toBe(OURS);
  });

  it('[CF3] merge: what is clean is merged, what is not waits', async () => {
    await both('merge');
    await meet(MERGEABLE, OURS);
    const merged = await phone.engine.sync();
    expect(textOf(phone, NOTE)).toBe(MERGEABLE.replace('noon', 'one'));
    expect(merged.open).toEqual([]);
    await settle();
    await meet(BASE.replace('noon', 'three'), BASE.replace('noon', 'four'));
    const asked = await phone.engine.sync();
    expect(asked.open).toMatchObject([{ path: NOTE, copyDevice: 'Phone', noteDevice: 'Laptop' }]);
  });

  it('[CF4] keep both: both stay and nobody is asked, here and on other devices', async () => {
    await both('keep-both');
    laptop = one.device('Laptop', {
      vault: laptop.vault,
      state: laptop.state,
      settings: { conflicts: 'keep-both' },
    });
    await meet();
    const { open, conflicts } = await phone.engine.sync();
    expect([open, conflicts.length]).toEqual([[], 1]);
    await settle();
    expect(await laptop.engine.conflicts()).toEqual([]);
    expect(Object.values(await contentsOf(laptop)).sort()).toEqual([OURS, THEIRS].sort());
  });

  it('[I1] a person who exchanges note and copy, while another edits the note, loses neither', async () => {
    await both('keep-both');
    await meet();
    const copy = copyOf(await phone.engine.sync());
    await settle();
    phone.vault.userWrite(NOTE, OURS);
    phone.vault.userWrite(copy, THEIRS);
    laptop.vault.userWrite(NOTE, MERGEABLE);
    await laptop.engine.sync();
    await settle();
    for (const device of [phone, laptop])
      expect(Object.values(await contentsOf(device)).sort()).toEqual([MERGEABLE, OURS, THEIRS].sort());
  });

  it('[I1] what a person wrote is not left to a copy that another device took away', async () => {
    await both('keep-both');
    await meet();
    const copy = copyOf(await phone.engine.sync());
    await settle();
    laptop.vault.userDelete(copy);
    laptop.vault.userWrite(NOTE, MERGEABLE);
    await laptop.engine.sync();
    phone.vault.userWrite(NOTE, OURS);
    await settle();
    for (const device of [phone, laptop]) expect(Object.values(await contentsOf(device))).toContain(OURS);
  });

  it('[CF5] newest: what is committed last stays, the other is in the history', async () => {
    await both('newest');
    await meet();
    const { open, events } = await phone.engine.sync();
    expect(open).toEqual([]);
    expect(events).toMatchObject([{ kind: 'newest-won', path: NOTE }]);
    await settle();
    expect(await contentsOf(laptop)).toEqual({ [NOTE]: OURS });
    expect((await laptop.engine.history(NOTE)).map(({ sizeBytes }) => sizeBytes)).toHaveLength(3);
  });
});

describe('open conflicts', () => {
  beforeEach(() => both('merge'));

  it('[CF6] every device knows of it, with what both come from', async () => {
    await meet();
    await phone.engine.sync();
    await laptop.engine.sync();
    const here = await onlyConflict(laptop);
    expect(here).toMatchObject({ path: NOTE, copyDevice: 'Phone', noteDevice: 'Laptop' });
    const { base } = await seenOf(laptop, here.copy);
    expect(new TextDecoder().decode(base)).toBe(BASE);
  });

  it('[CF7] a device that lost its memory finds it again, with what both come from', async () => {
    await meet();
    await phone.engine.sync();
    phone = one.device('Phone', { vault: phone.vault, state: new MemoryState() });
    await phone.engine.sync({ acceptFirst: true });
    const { base } = await seenOf(phone, (await onlyConflict(phone)).copy);
    expect(new TextDecoder().decode(base)).toBe(BASE);
  });

  it('[CF7] the base of a copy that was edited since is still known to others', async () => {
    await meet();
    await phone.engine.sync();
    phone.vault.userWrite((await onlyConflict(phone)).copy, `${OURS}more\n`);
    await phone.engine.sync();
    await laptop.engine.sync();
    const { base } = await seenOf(laptop, (await onlyConflict(laptop)).copy);
    expect(new TextDecoder().decode(base)).toBe(BASE);
  });

  it('[CF8] it is over when somebody deletes the copy by hand, everywhere', async () => {
    await meet();
    await phone.engine.sync();
    await laptop.engine.sync();
    laptop.vault.userDelete((await onlyConflict(laptop)).copy);
    await settle();
    expect([await laptop.engine.conflicts(), await phone.engine.conflicts()]).toEqual([[], []]);
  });

  it('[CF6] a sync with nothing to do still tells of it, by one request', async () => {
    await meet();
    await settle();
    const { open } = await phone.engine.sync();
    expect(open).toHaveLength(1);
  });
});

describe('resolutions', () => {
  beforeEach(async () => {
    await both('merge');
    await meet();
    await settle();
  });

  it.each(['Laptop', 'Phone'])(
    '[CF9] a text decided on the %s is one commit, and it comes back nowhere',
    async (name) => {
      const [device, other] = name === 'Laptop' ? [laptop, phone] : [phone, laptop];
      const { copy } = await onlyConflict(device);
      const { seen } = await seenOf(device, copy);
      const before = (await device.engine.status()).observed?.generation ?? 0;
      const text = BASE.replace('noon', 'half past one');
      const report = await device.engine.resolveConflict({
        copy,
        seen,
        take: { kind: 'text', bytes: bytes(text) },
      });
      expect(report.head?.generation).toBe(before + 1);
      expect(report.open).toEqual([]);
      await other.engine.sync();
      await settle();
      expect([await contentsOf(laptop), await contentsOf(phone)]).toEqual([
        { [NOTE]: text },
        { [NOTE]: text },
      ]);
      expect([await laptop.engine.conflicts(), await phone.engine.conflicts()]).toEqual([[], []]);
    },
  );

  it.each([
    ['note', { [NOTE]: THEIRS }],
    ['copy', { [NOTE]: OURS }],
    ['both', { [NOTE]: THEIRS, 'Plan (Phone).md': OURS }],
  ] as const)('[CF9] %s is taken whole', async (kind, files) => {
    const { copy } = await onlyConflict(laptop);
    const { seen } = await seenOf(laptop, copy);
    await laptop.engine.resolveConflict({ copy, seen, take: { kind } });
    await settle();
    expect(await contentsOf(phone)).toEqual(files);
    expect([await laptop.engine.conflicts(), await phone.engine.conflicts()]).toEqual([[], []]);
  });

  it('[CF10] what changed since it was seen is not decided upon', async () => {
    const { copy } = await onlyConflict(laptop);
    const { seen } = await seenOf(laptop, copy);
    phone.vault.userWrite(NOTE, `${THEIRS}And water.\n`);
    await phone.engine.sync();
    await expect(laptop.engine.resolveConflict({ copy, seen, take: { kind: 'copy' } })).rejects.toMatchObject(
      {
        kind: 'changed',
      },
    );
    await settle();
    expect(textOf(laptop, NOTE)).toBe(`${THEIRS}And water.\n`);
    expect(textOf(laptop, copy)).toBe(OURS);
  });

  it('[CF10] of two devices that decide at once the second is refused', async () => {
    const { copy } = await onlyConflict(laptop);
    const [here, there] = [await seenOf(laptop, copy), await seenOf(phone, copy)];
    await laptop.engine.resolveConflict({
      copy,
      seen: here.seen,
      take: { kind: 'text', bytes: bytes('left\n') },
    });
    await expect(
      phone.engine.resolveConflict({
        copy,
        seen: there.seen,
        take: { kind: 'text', bytes: bytes('right\n') },
      }),
    ).rejects.toMatchObject({ kind: 'changed' });
    await settle();
    expect(await contentsOf(phone)).toEqual({ [NOTE]: 'left\n' });
  });

  it('[CF5] the newest is what was committed last', async () => {
    const { copy } = await onlyConflict(laptop);
    expect((await seenOf(laptop, copy)).newest).toBe('copy');
    phone.vault.userWrite(NOTE, `${THEIRS}And water.\n`);
    await settle();
    expect((await seenOf(laptop, copy)).newest).toBe('note');
  });
});

describe('undo', () => {
  const cases = [
    ['merge', MERGEABLE],
    ['newest', THEIRS],
    ['keep-both', THEIRS],
  ] as const;

  it.each(cases)(
    '[CF12] what %s did is undone after more syncs, and the conflict is open again',
    async (strategy, theirs) => {
      await both(strategy);
      await meet(theirs, OURS);
      const { events } = await phone.engine.sync();
      laptop.vault.userWrite('Other.md', 'other\n');
      await settle();
      const { open } = await phone.engine.undoResolution(undoOf(events));
      expect(open).toMatchObject([{ path: NOTE, copyDevice: 'Phone', noteDevice: 'Laptop' }]);
      expect(textOf(phone, NOTE)).toBe(theirs);
      expect(textOf(phone, open[0]?.copy ?? '')).toBe(OURS);
      const { base } = await seenOf(phone, open[0]?.copy ?? NOTE);
      expect(new TextDecoder().decode(base)).toBe(BASE);
      await settle();
      expect(await contentsOf(laptop)).toEqual(await contentsOf(phone));
      expect(await laptop.engine.conflicts()).toHaveLength(1);
    },
  );

  it.each([
    ['text', { kind: 'text', bytes: bytes('mine\n') }],
    ['both', { kind: 'both' }],
    ['note', { kind: 'note' }],
  ] as const)('[CF12] what a person decided is undone: %s', async (_name, take) => {
    await both('merge');
    await meet();
    await settle();
    const { copy } = await onlyConflict(laptop);
    const { seen } = await seenOf(laptop, copy);
    const { events } = await laptop.engine.resolveConflict({ copy, seen, take });
    await settle();
    await laptop.engine.undoResolution(undoOf(events));
    await settle();
    expect(Object.values(await contentsOf(phone)).sort()).toEqual([OURS, THEIRS].sort());
    expect(await phone.engine.conflicts()).toMatchObject([{ path: NOTE, copyDevice: 'Phone' }]);
  });

  it('[CF12] a large picture that the newest replaced comes back', async () => {
    await both('newest');
    const path = 'Map.png' as VaultPath;
    laptop.vault.userWrite(path, new Uint8Array(400_000).fill(1));
    await settle();
    await meet(new Uint8Array(400_000).fill(2), new Uint8Array(400_000).fill(3), path);
    const { events } = await phone.engine.sync();
    await phone.engine.undoResolution(undoOf(events));
    expect(phone.vault.userRead(path)?.[0]).toBe(2);
    expect(phone.vault.userRead((await onlyConflict(phone)).copy)?.[0]).toBe(3);
  });

  it('[CF13] it refuses where the note was changed since, and changes nothing', async () => {
    await both('newest');
    await meet();
    const { events } = await phone.engine.sync();
    await settle();
    laptop.vault.userWrite(NOTE, 'worked on\n');
    await settle();
    await expect(phone.engine.undoResolution(undoOf(events))).rejects.toMatchObject({
      kind: 'changed',
      message: expect.stringContaining(NOTE) as string,
    });
    await settle();
    expect(await contentsOf(phone)).toEqual({ [NOTE]: 'worked on\n' });
  });

  it('[CF13] it is done once', async () => {
    await both('newest');
    await meet();
    const { events } = await phone.engine.sync();
    await phone.engine.undoResolution(undoOf(events));
    await expect(phone.engine.undoResolution(undoOf(events))).rejects.toMatchObject({ kind: 'not-found' });
  });
});
