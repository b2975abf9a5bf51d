import type { Device } from '../device.ts';
import type { VaultEffect } from '../ports/host.ts';
import type { Violation } from '../violation.ts';
import type { World } from '../world.ts';

/**
 * Where one person edits at one device and others only receive, the engine has nothing to bring into
 * the vault of that person: what it does there, it does because it mistakes its own commit for another's.
 */
export function onlyItsUserEdits(world: World, device: Device, effect: VaultEffect): Violation[] {
  const [first] = world.devices;
  if (world.scenario.theme?.alone !== true || device !== first) return [];
  // Two spellings of one name: that person made both.
  if (effect.method === 'move' && effect.to?.includes('(case conflict ') === true) return [];
  // What somebody kept of what the guard held comes back from there.
  if (world.devices.some(({ decided }) => decided)) return [];
  return [
    {
      invariant: 'alone',
      message: `${effect.method} ${effect.path}, though nobody else has edited anything`,
    },
  ];
}
