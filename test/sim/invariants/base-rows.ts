import type { Head } from '../../../src/core/model/head.ts';
import { isFolder, type VaultPath } from '../../../src/core/model/vault-path.ts';
import type { StateWrite } from '../../../src/engine/ports.ts';
import type { Device } from '../device.ts';
import type { World } from '../world.ts';

/**
 * I8: a base row says what vault and cloud agreed on, so its hash was once in that vault and once in
 * a head, both at that path or, where a rename carried the row along, at the path that it came from.
 */
export function watchState(world: World, device: Device, batch: readonly StateWrite[]): void {
  for (const { table, key, value } of batch) {
    if (table === 'meta' && key === 'head') device.observedCommit = (value as { readonly head: Head }).head.commit;
    if (table !== 'base' || value === undefined || isFolder(key as VaultPath)) continue;
    const { hash } = value as { readonly hash: string };
    const path = key as VaultPath;
    const moved = batch.some((other) => other.table === 'base' && other.key !== key && other.value === undefined);
    const short = hash.slice(0, 4);
    if (!device.hadAt(path).has(hash) && !(moved && device.everHadAnywhere(hash))) {
      world.violate('I8', `${device.short}: base of ${path} is ${short}, which its vault never had there`);
    }
    if (!world.cloud.hadAt(path).has(hash) && !(moved && world.cloud.everHad(hash))) {
      world.violate('I8', `${device.short}: base of ${path} is ${short}, which no head had there`);
    }
  }
}
