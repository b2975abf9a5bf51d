import type { Moment } from '../../../src/engine/api.ts';
import type { VaultPath } from '../../../src/core/model/vault-path.ts';
import { sha256 } from '../bytes.ts';
import type { Driver } from '../driver.ts';
import type { World } from '../world.ts';
import { filesOf } from './convergence.ts';

const KEPT_MS = 30 * 86_400_000;

/** I6, through the engine's own restore: what a device restores now is the head's tree, byte for byte. */
export async function restoredIsTheHead(world: World, driver: Driver): Promise<void> {
  if (world.cloud.view === undefined || world.harmed) return;
  const got = await restored(world, driver, { kind: 'now' });
  if (got !== undefined) compare(world, got, filesOf(world.cloud.view), 'now');
}

/** What history promises: any commit of the last 30 days can be had as it was. */
export async function historyIsWhole(world: World, driver: Driver): Promise<void> {
  const { view, views, times } = world.cloud;
  // A rollback takes packs away that later commits still name; contents are put again, but not for history.
  if (view === undefined || world.harmed || world.scenario.rollback) return;
  const recent = view.head.log.filter((commit) => world.nowMs - (times.get(commit) ?? 0) < KEPT_MS);
  const commit = recent[Math.floor(recent.length / 2)];
  const then = commit === undefined ? undefined : views.get(commit);
  if (commit === undefined || then === undefined) return;
  const got = await restored(world, driver, { kind: 'commit', commit });
  if (got !== undefined) compare(world, got, filesOf(then), `at ${commit}`);
}

async function restored(
  world: World,
  driver: Driver,
  at: Moment,
): Promise<Map<VaultPath, string> | undefined> {
  const [device] = world.devices;
  if (device === undefined) return undefined;
  const got = new Map<VaultPath, string>();
  await driver.quiet(
    world.engineOf(device).restore({
      at,
      write: async ({ path }, chunks) => {
        const pieces: Uint8Array[] = [];
        for await (const chunk of chunks) pieces.push(chunk);
        if (!path.endsWith('/')) got.set(path, sha256(Buffer.concat(pieces)));
      },
    }),
  );
  return got;
}

function compare(
  world: World,
  got: ReadonlyMap<VaultPath, string>,
  expected: ReadonlyMap<VaultPath, string>,
  when: string,
): void {
  for (const path of new Set([...got.keys(), ...expected.keys()])) {
    const [have, want] = [
      got.get(path)?.slice(0, 4) ?? 'nothing',
      expected.get(path)?.slice(0, 4) ?? 'nothing',
    ];
    if (have !== want) world.violate('I6', `restoring ${path} ${when} gave ${have}, not ${want}`);
  }
}
