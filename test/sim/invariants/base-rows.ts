import { isFolder, type VaultPath } from '../../../src/core/model/vault-path.ts';
import type { StateWrite } from '../../../src/engine/ports.ts';
import type { Device } from '../device.ts';
import type { World } from '../world.ts';

/**
 * I8: a base row says what vault and cloud agreed on, so its hash was once in that vault and once in
 * a head, both at that path.
 */
export function watchState(world: World, device: Device, batch: readonly StateWrite[]): void {
  for (const { table, key, value } of batch) {
    if (table !== 'base' || value === undefined || isFolder(key as VaultPath)) continue;
    const { hash } = value as { readonly hash: string };
    const path = key as VaultPath;
    if (!device.hadAt(path).has(hash)) {
      world.violate('I8', `${device.short}: base of ${path} is ${hash.slice(0, 4)}, which its vault never had there`);
    }
    if (!world.cloud.hadAt(path).has(hash)) {
      world.violate('I8', `${device.short}: base of ${path} is ${hash.slice(0, 4)}, which no head had there`);
    }
  }
}
