import type { Head } from '../../../src/core/model/head.ts';
import { isFolder, type VaultPath } from '../../../src/core/model/vault-path.ts';
import type { StateTable, StateWrite } from '../../../src/engine/ports.ts';
import type { Device } from '../device.ts';
import type { World } from '../world.ts';

/**
 * I8: a base row says what vault and cloud agreed on, so its hash was once in that vault and once in
 * a head, both at that path or, where a rename carried the row along, at the path that it came from.
 */
export function watchState(
  world: World,
  device: Device,
  batch: readonly StateWrite[],
  cleared: readonly StateTable[],
): void {
  if (cleared.includes('base')) device.baseRows.clear();
  const moves = batch.some((write) => write.table === 'base' && write.value === undefined);
  for (const { table, key, value } of batch) {
    if (table === 'meta' && key === 'head')
      device.observedCommit = (value as { readonly head: Head }).head.commit;
    if (table !== 'base') continue;
    const hash = (value as { readonly hash: string } | undefined)?.hash;
    const isNew = hash !== undefined && device.baseRows.get(key) !== hash;
    if (isNew && !isFolder(key as VaultPath))
      checkRow(world, device, { path: key as VaultPath, hash, moves });
    if (hash === undefined) device.baseRows.delete(key);
    else device.baseRows.set(key, hash);
  }
}

function checkRow(
  world: World,
  device: Device,
  row: { readonly path: VaultPath; readonly hash: string; readonly moves: boolean },
): void {
  const { path, hash, moves } = row;
  const what = `${device.short}: base of ${path} is ${hash.slice(0, 4)}`;
  if (!device.hadAt(path).has(hash) && !(moves && device.everHadAnywhere(hash))) {
    world.violate('I8', `${what}, which its vault never had there`);
  }
  if (!world.cloud.hadAt(path).has(hash) && !(moves && world.cloud.everHad(hash))) {
    world.violate('I8', `${what}, which no head had there`);
  }
}
