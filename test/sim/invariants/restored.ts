import type { VaultPath } from '../../../src/core/model/vault-path.ts';
import { sha256 } from '../bytes.ts';
import type { Driver } from '../driver.ts';
import type { World } from '../world.ts';
import { liveFiles } from './convergence.ts';

/** I6, through the engine's own restore: what a device restores now is the head's tree, byte for byte. */
export async function restoredIsTheHead(world: World, driver: Driver): Promise<void> {
  const [device] = world.devices;
  if (device === undefined || world.cloud.view === undefined || world.scenario.damage) return;
  const got = new Map<VaultPath, string>();
  await driver.quiet(
    world.engineOf(device).restore({
      at: { kind: 'now' },
      write: async ({ path }, chunks) => {
        const pieces: Uint8Array[] = [];
        for await (const chunk of chunks) pieces.push(chunk);
        if (!path.endsWith('/')) got.set(path, sha256(Buffer.concat(pieces)));
      },
    }),
  );
  const expected = liveFiles(world);
  for (const path of new Set([...got.keys(), ...expected.keys()])) {
    if (got.get(path) !== expected.get(path)) world.violate('I6', `restoring gave other contents for ${path}`);
  }
}
