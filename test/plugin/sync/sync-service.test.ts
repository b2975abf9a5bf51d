import { describe, expect, it } from 'vitest';
import { DeviceStore } from '../../../src/plugin/adapters/device-store.ts';
import type { SyncState } from '../../../src/plugin/service.ts';
import { DEFAULTS } from '../../../src/plugin/settings/defaults.ts';
import { LogRing } from '../../../src/plugin/sync/log-ring.ts';
import { SeededRandom } from '../../support/seeded-random.ts';
import { made, S3, setting } from './made-service.ts';

describe('the sync of a vault in the app', () => {
  it('[PG1] sends an edit once it has settled, and says what it is doing', async () => {
    const { service, vault, clock, store } = await setting();
    const seen: SyncState['kind'][] = [];
    service.onState(() => {
      if (seen.at(-1) !== service.state.kind) seen.push(service.state.kind);
    });
    service.start();
    await clock.advance(0);
    vault.userWrite('note.md', 'text');
    service.edited();
    await clock.advance(1999);
    expect(service.state.kind).toBe('waiting');
    await clock.advance(1);
    expect(seen).toEqual(['synced', 'syncing', 'synced', 'waiting', 'syncing', 'synced']);
    const other = await made(store, clock);
    await other.service.syncNow();
    expect(new TextDecoder().decode(other.vault.userRead('note.md'))).toBe('text');
    expect(service.log.map(({ text }) => text)).toContain('Sent: note.md');
  });

  it('[PG7] is final in its state when a sync by hand resolves, and is joined by a second', async () => {
    const { service, vault } = await setting();
    vault.userWrite('note.md', 'text');
    const [first, second] = [service.syncNow(), service.syncNow({ byHand: true })];
    expect(second).toBe(first);
    expect((await first)?.outcome).toBe('done');
    expect(service.state.kind).toBe('synced');
  });

  it('[PG6] does nothing by itself before somebody has looked at the first sync of two full sides', async () => {
    const { service, vault, clock, store } = await setting();
    const other = await made(store, clock);
    other.vault.userWrite('theirs.md', 'theirs');
    await other.service.syncNow();
    vault.userWrite('mine.md', 'mine');
    service.start();
    await clock.advance(0);
    expect(service.state).toMatchObject({ kind: 'attention', reason: 'first-preview' });
    service.edited();
    await clock.advance(1_000_000);
    expect(vault.userRead('theirs.md')).toBeUndefined();
    await service.syncNow({ acceptFirst: true, byHand: true });
    expect(vault.userRead('theirs.md')).toBeDefined();
    expect(service.state.kind).toBe('synced');
  });

  it('[PG6] says which key is missing, and goes on when it is there', async () => {
    const { service, secrets, settings, clock } = await setting();
    secrets.delete('secret');
    await service.syncNow();
    expect(service.state).toMatchObject({
      kind: 'unset',
      message: expect.stringContaining('“secret”') as string,
    });
    secrets.set('secret', 'SK');
    await service.changeSettings({ s3: settings.settings.s3 });
    service.start();
    await clock.advance(0);
    expect(service.state.kind).toBe('synced');
  });

  it('[PG6] does nothing while it is paused, over a restart too', async () => {
    const { service, vault, clock, storage } = await setting();
    service.start();
    await clock.advance(0);
    service.setPaused(true);
    vault.userWrite('note.md', 'text');
    service.edited();
    await clock.advance(100_000);
    expect(service.state).toEqual({ kind: 'paused' });
    expect(await service.syncNow({ byHand: true })).toBeUndefined();
    expect(new DeviceStore(storage, new SeededRandom(9), 'x').record.paused).toBe(true);
    service.setPaused(false);
    await clock.advance(0);
    expect(service.state.kind).toBe('synced');
  });

  it('[PG3] is offline while the cloud is out of reach, tries again, and looks for another road', async () => {
    const { service, cloud, clock, probes } = await setting();
    cloud.down = true;
    service.start();
    await clock.advance(0);
    expect(service.state.kind).toBe('offline');
    expect(probes).toEqual(['notes']);
    await clock.advance(5000);
    cloud.down = false;
    await clock.advance(10_000);
    expect(service.state.kind).toBe('synced');
    expect(probes).toEqual(['notes', 'notes']);
  });

  it('[PG8] is stopped by a person at once, and the next sync goes on', async () => {
    const { service, vault, cloud } = await setting();
    vault.userWrite('note.md', 'text');
    cloud.hang = true;
    const running = service.syncNow();
    await Promise.resolve();
    service.stop();
    expect(await running).toBeUndefined();
    expect(service.log.at(-1)?.text).toMatch(/stopped/u);
    cloud.hang = false;
    expect((await service.syncNow())?.events).toHaveLength(1);
  });

  it('[PG8] ends in mid-sync when the plugin is turned off, and lets go of everything', async () => {
    const { service, vault, cloud, holds, clock } = await setting();
    vault.userWrite('note.md', 'text');
    service.start();
    cloud.hang = true;
    const running = service.syncNow();
    await new Promise(setImmediate);
    expect(holds.count).toBe(1);
    await service.close();
    expect(await running).toBeUndefined();
    expect(holds.count).toBe(0);
    expect(clock.sleeping).toBe(0);
    expect(await service.syncNow()).toBeUndefined();
    await expect(service.preview()).rejects.toThrow(/not running/u);
  });

  it('[PG9] starts afresh with another cloud, and forgets one on demand', async () => {
    const { service, states, settings, probes } = await setting();
    await service.syncNow();
    const [first] = states.keys();
    await service.changeSettings({ s3: { ...S3, bucket: 'others' } });
    expect(states.has(first ?? '')).toBe(false);
    await service.syncNow();
    expect(probes).toEqual(['notes', 'others']);
    await service.forgetCloud();
    expect(states.size).toBe(0);
    expect(settings.settings.s3).toEqual(DEFAULTS.s3);
    expect(service.state.kind).toBe('unset');
  });

  it('[PG10] brings a version back as an edit of its own, with what stood there in history', async () => {
    const { service, vault } = await setting();
    const text = (): string => new TextDecoder().decode(vault.userRead('note.md'));
    vault.userWrite('note.md', 'first');
    await service.syncNow();
    vault.userWrite('note.md', 'second');
    await service.syncNow();
    const [, first] = await service.history('note.md' as never);
    if (first === undefined) throw new Error('two versions were synced');
    expect(new TextDecoder().decode(await service.contents(first))).toBe('first');
    vault.userWrite('note.md', 'not synced yet');
    await service.restoreVersion(first);
    expect(text()).toBe('first');
    await service.syncNow();
    const versions = await service.history('note.md' as never);
    const texts = await Promise.all(versions.map((version) => service.contents(version)));
    expect(texts.map((bytes) => new TextDecoder().decode(bytes))).toEqual([
      'first',
      'not synced yet',
      'second',
      'first',
    ]);
  });

  it('[PG11] keeps conflict copies in mind until they are gone', async () => {
    const { service, vault, store, clock } = await setting();
    const other = await made(store, clock);
    vault.userWrite('note.md', 'base');
    await service.syncNow();
    await other.service.syncNow();
    vault.userWrite('note.md', 'mine');
    other.vault.userWrite('note.md', 'theirs');
    await service.syncNow();
    await other.service.syncNow();
    expect(other.service.state).toMatchObject({ kind: 'attention', reason: 'conflicts' });
    const { copy = '' } = other.service.conflictDesk.open[0] ?? {};
    await other.service.syncNow();
    expect(other.service.state.kind).toBe('attention');
    other.vault.userDelete(copy);
    await other.service.syncNow();
    expect(other.service.state.kind).toBe('synced');
  });

  it('keeps its log over a restart', async () => {
    const { service, vault, storage } = await setting();
    vault.userWrite('note.md', 'text');
    await service.syncNow();
    const again = new LogRing(storage);
    expect(again.entries).toEqual(service.log);
    expect(again.entries.length).toBeGreaterThan(0);
  });
});
