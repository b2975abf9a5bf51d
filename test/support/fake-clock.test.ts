import { describe, expect, it } from 'vitest';
import { FakeClock } from './fake-clock.ts';

describe('the fake clock', () => {
  it('wakes sleepers in the order of their time, and those who sleep again within the advance', async () => {
    const clock = new FakeClock({ startMs: 1000 });
    const woken: string[] = [];
    const sleep = async (name: string, ...delaysMs: number[]): Promise<void> => {
      for (const delayMs of delaysMs) {
        await clock.sleep(delayMs);
        woken.push(`${name} at ${String(clock.now())}`);
      }
    };
    void sleep('late', 30);
    void sleep('often', 10, 15, 100);
    await clock.advance(50);
    expect(woken).toEqual(['often at 1010', 'often at 1025', 'late at 1030']);
    expect(clock.now()).toBe(1050);
    expect(clock.sleeping).toBe(1);
  });

  it('wakes nobody when the device’s clock jumps', async () => {
    const clock = new FakeClock({ startMs: 1000 });
    const sleeping = clock.sleep(10);
    clock.jump(-500_000);
    await clock.advance(9);
    expect(clock.sleeping).toBe(1);
    await clock.advance(1);
    await sleeping;
    expect(clock.now()).toBe(1010 - 500_000);
  });

  it('rejects with the signal’s reason', async () => {
    const clock = new FakeClock();
    const abort = new AbortController();
    const sleeping = clock.sleep(10, abort.signal);
    abort.abort(new Error('enough'));
    await expect(sleeping).rejects.toThrow('enough');
    expect(clock.sleeping).toBe(0);
  });
});
