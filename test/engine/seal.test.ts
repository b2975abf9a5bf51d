import { describe, expect, it } from 'vitest';
import { MemoryState } from '../../src/engine/memory/memory-state.ts';
import type { StateTable } from '../../src/engine/ports.ts';
import { bench, noting, textOf, type Bench, type DeviceOptions, type TestDevice } from './two-devices.ts';

const HOUR_MS = 3_600_000;
const ALL_ROWS: readonly StateTable[] = ['base', 'local', 'projected', 'remote'];

class WatchedState extends MemoryState {
  asked: StateTable[] = [];

  override rows(table: StateTable): Promise<Map<string, unknown>> {
    this.asked.push(table);
    return super.rows(table);
  }
}

interface Sealed {
  readonly at: Bench;
  readonly device: TestDevice;
  /** Starts the program anew; tells the tables of rows that its first sync loads. */
  readonly loads: (options?: DeviceOptions) => Promise<readonly StateTable[]>;
}

/** A device that synced some notes of an hour ago, and then found nothing to do. */
async function sealed(): Promise<Sealed> {
  const at = bench();
  const state = new WatchedState();
  const device = at.device('laptop', { state });
  for (const name of ['a.md', 'b.md']) device.vault.userWrite(name, `text of ${name}`);
  at.clock.jump(HOUR_MS);
  await device.engine.sync();
  await device.engine.sync();
  const loads = async (options: DeviceOptions = {}): Promise<readonly StateTable[]> => {
    state.asked = [];
    await at.device('laptop', { ...options, vault: device.vault, state }).engine.sync();
    return ALL_ROWS.filter((table) => state.asked.includes(table));
  };
  return { at, device, loads };
}

describe('the seal of a sync with nothing to do', () => {
  it('[ND1] lets the next one load no row, time after time', async () => {
    const { device, loads } = await sealed();
    expect(await loads()).toEqual([]);
    expect(await loads()).toEqual([]);
    expect((await device.engine.status()).lastSyncMs).toBeDefined();
  });

  it('[ND1] does not hide an edit here', async () => {
    const { at, device, loads } = await sealed();
    device.vault.userWrite('a.md', 'text of A.md');
    expect(await loads()).not.toEqual([]);
    const other = at.device('phone');
    await other.engine.sync();
    expect(textOf(other, 'a.md')).toBe('text of A.md');
  });

  it('[ND1] does not hide an edit that came while the program was not running', async () => {
    const { at, device, loads } = await sealed();
    const other = at.device('phone');
    await other.engine.sync();
    other.vault.userWrite('b.md', 'edited elsewhere');
    await other.engine.sync();
    await loads();
    expect(textOf(device, 'b.md')).toBe('edited elsewhere');
  });

  it.each(['delete', 'rename', 'empty folder'] as const)('[ND1] does not hide a %s', async (change) => {
    const { device, loads } = await sealed();
    if (change === 'delete') device.vault.userDelete('a.md');
    else if (change === 'rename') device.vault.userRename('a.md', 'c.md');
    else device.vault.userMkdir('Inbox');
    expect(await loads()).toEqual(ALL_ROWS);
  });

  it('[ND1] is good for its day: then some files are hashed again, and it is left anew', async () => {
    const { at, device, loads } = await sealed();
    at.clock.jump(24 * HOUR_MS);
    expect(await loads()).not.toEqual([]);
    for (let count = 0; count < 2; count += 1) await loads();
    expect(await loads()).toEqual([]);
    expect(textOf(device, 'a.md')).toBe('text of a.md');
  });

  it('[ND2] is not left over a file that was written about when it was hashed', async () => {
    const { at, device, loads } = await sealed();
    device.vault.userWrite('a.md', 'one');
    await loads();
    await loads();
    // The same size in the same tick of the clock: no listing can tell.
    device.vault.userWrite('a.md', 'two');
    await loads();
    const other = at.device('phone');
    await other.engine.sync();
    expect(textOf(other, 'a.md')).toBe('two');
  });

  it('[ND2] is broken by an answer to what is held', async () => {
    const { at, device, loads } = await sealed();
    const again = at.device('laptop', { vault: device.vault, state: device.state });
    await again.engine.decideHeld('keep');
    expect(await loads()).not.toEqual([]);
  });

  it('[ND2] does not keep back an audit that is due', async () => {
    const { at, device } = await sealed();
    const reads: string[] = [];
    const again = at.device('laptop', {
      vault: device.vault,
      state: device.state,
      through: noting(reads),
    });
    await again.engine.sync({ audit: 'always' });
    expect(reads).toContain('list');
  });

  it('[ND1] of a device without a readable copy says nothing of one that is to be written', async () => {
    const { loads } = await sealed();
    expect(await loads({ settings: { readableCopy: true } })).not.toEqual([]);
  });
});
