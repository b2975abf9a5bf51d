import { describe, expect, it } from 'vitest';
import { backOffMs, nextDue, type Situation } from '../../../src/plugin/sync/due.ts';

const NOW = 1_000_000;
const MINUTE = 60_000;

function due(change: Partial<Situation>): number | undefined {
  const situation: Situation = {
    isOn: true,
    isRunning: false,
    wanted: false,
    edits: undefined,
    deferred: undefined,
    lastEndMs: NOW - 1000,
    failures: 0,
    intervalMs: 0,
    syncAfterEdit: true,
    ...change,
  };
  const dueMs = nextDue(situation, NOW);
  return dueMs === undefined ? undefined : dueMs - NOW;
}

const edits = (firstAgoMs: number, lastAgoMs: number): Partial<Situation> => ({
  edits: { firstMs: NOW - firstAgoMs, lastMs: NOW - lastAgoMs },
});

describe('when the next sync is due', () => {
  it('never by itself when nothing happens and no interval is set', () => {
    expect(due({})).toBeUndefined();
  });

  it('[PG1] two seconds after the last edit', () => {
    expect(due(edits(500, 500))).toBe(1500);
    expect(due(edits(9000, 100))).toBe(1900);
  });

  it('[PG1] at most 30 seconds after the first edit, however long somebody types', () => {
    expect(due(edits(29_500, 0))).toBe(500);
  });

  it('[PG1] not after an edit where that is turned off', () => {
    expect(due({ ...edits(500, 500), syncAfterEdit: false })).toBeUndefined();
  });

  it('[PG2] by the interval after the end of the last, or sooner by an edit', () => {
    expect(due({ intervalMs: 5 * MINUTE })).toBe(5 * MINUTE - 1000);
    expect(due({ intervalMs: 5 * MINUTE, ...edits(0, 0) })).toBe(2000);
  });

  it('[PG3] longer and longer after failures, whatever is edited', () => {
    expect([1, 2, 3, 4, 5, 6, 7, 50].map(backOffMs)).toEqual([
      5000, 10_000, 20_000, 40_000, 80_000, 160_000, 300_000, 300_000,
    ]);
    expect(due({ failures: 2, ...edits(20_000, 20_000), intervalMs: 1 })).toBe(9000);
  });

  it('[PG4] at once when the app or the network came back', () => {
    expect(due({ wanted: true, failures: 5 })).toBe(0);
  });

  it('[PG5] soon after the typing for notes that were left alone, and once in a while without', () => {
    const deferred = { typedMs: NOW - 700 };
    expect(due({ deferred, ...edits(3000, 900), syncAfterEdit: false })).toBe(1300);
    expect(due({ deferred })).toBe(14_000);
  });

  it.each<Partial<Situation>>([{ isOn: false }, { isRunning: true }])(
    '[PG6] never while it is off or a sync runs: %o',
    (change) => {
      expect(due({ wanted: true, ...edits(1, 1), intervalMs: 1, ...change })).toBeUndefined();
    },
  );
});
