import { beforeEach, describe, expect, it } from 'vitest';
import { Triggers } from '../../../src/plugin/sync/triggers.ts';
import { FakeClock } from '../../support/fake-clock.ts';

describe('triggers', () => {
  let clock: FakeClock;
  let triggers: Triggers;
  let syncs: number;
  let isOn: boolean;

  beforeEach(() => {
    clock = new FakeClock();
    syncs = 0;
    isOn = true;
    triggers = new Triggers({
      clock,
      about: () => ({ isOn, intervalMs: 60_000, syncAfterEdit: true }),
      sync: () => {
        syncs += 1;
        triggers.began();
      },
    });
  });

  const ended = (how: { failed?: boolean; deferred?: boolean } = {}): void => {
    triggers.ended({ failed: false, deferred: false, ...how });
    triggers.rests();
  };

  it('do nothing before the app has come to rest', async () => {
    triggers.edited();
    await clock.advance(100_000);
    expect(syncs).toBe(0);
    triggers.start(false);
    await clock.advance(1);
    expect(syncs).toBe(1);
  });

  it('sync at the start where that is wanted', async () => {
    triggers.start(true);
    await clock.advance(0);
    expect(syncs).toBe(1);
  });

  it('[PG1] wait for a burst of edits to end, and sync once', async () => {
    triggers.start(false);
    for (let n = 0; n < 5; n++) {
      triggers.edited();
      await clock.advance(1000);
    }
    expect(syncs).toBe(0);
    expect(triggers.isWaiting).toBe(true);
    await clock.advance(1000);
    expect(syncs).toBe(1);
    expect(triggers.isWaiting).toBe(false);
  });

  it('[PG1] take keys for signs that the edit goes on', async () => {
    triggers.start(false);
    triggers.edited();
    await clock.advance(1500);
    triggers.typed();
    await clock.advance(1500);
    expect(syncs).toBe(0);
    await clock.advance(500);
    expect(syncs).toBe(1);
  });

  it('keep what is edited during a sync for the next', async () => {
    triggers.start(true);
    await clock.advance(0);
    triggers.edited();
    await clock.advance(10_000);
    expect(syncs).toBe(1);
    ended();
    await clock.advance(0);
    expect(syncs).toBe(2);
  });

  it('[PG2] sync again when the interval has passed since the last', async () => {
    triggers.start(true);
    await clock.advance(0);
    await clock.advance(20_000);
    ended();
    await clock.advance(59_999);
    expect(syncs).toBe(1);
    await clock.advance(1);
    expect(syncs).toBe(2);
  });

  it('[PG3] back off after failures and begin afresh after a good sync', async () => {
    triggers.start(true);
    await clock.advance(0);
    ended({ failed: true });
    await clock.advance(5000);
    ended({ failed: true });
    await clock.advance(9999);
    expect(syncs).toBe(2);
    await clock.advance(1);
    expect(syncs).toBe(3);
    ended();
    expect(triggers.failures).toBe(0);
  });

  it('[PG4] go on at once when the network is back, and not for every window that comes to the front', async () => {
    triggers.start(true);
    await clock.advance(0);
    ended({ failed: true });
    triggers.woke();
    await clock.advance(0);
    expect(syncs).toBe(2);
    ended();
    triggers.woke();
    await clock.advance(9000);
    expect(syncs).toBe(2);
    await clock.advance(1000);
    triggers.woke();
    await clock.advance(0);
    expect(syncs).toBe(3);
  });

  it('[PG6] hold still while it is off', async () => {
    isOn = false;
    triggers.start(true);
    triggers.edited();
    await clock.advance(1_000_000);
    expect(syncs).toBe(0);
    isOn = true;
    triggers.changed();
    await clock.advance(0);
    expect(syncs).toBe(1);
  });

  it('let go of their timer when closed', async () => {
    triggers.start(false);
    triggers.edited();
    triggers.close();
    await clock.advance(100_000);
    expect(syncs).toBe(0);
    expect(clock.sleeping).toBe(0);
  });
});
