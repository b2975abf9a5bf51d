import { EMPTY_HASH } from '../../../src/core/model/ids.ts';
import { hashOf } from '../bytes.ts';
import type { Device } from '../device.ts';
import { tokensOf } from '../ledger.ts';
import type { VaultEffect } from '../ports/host.ts';
import type { Violation } from '../violation.ts';
import type { World } from '../world.ts';
import { canvasIsWhole } from './canvases.ts';
import { onlyItsUserEdits } from './alone.ts';
import { watchConflictCopy } from './conflict-copies.ts';
import { trashIsMeant } from './deletions.ts';

/** Everything that an engine does to a vault comes by here, after it was done. */
export function watchVault(world: World, device: Device, effect: VaultEffect): void {
  remember(device, effect);
  if (effect.method === 'move') device.lost(effect.path);
  const found = [...wasExpected(effect), ...isSafeElsewhere(world, device, effect)];
  const stood = effect.before.get(effect.path);
  if (effect.method === 'trash' && stood !== undefined) {
    found.push(...trashIsMeant(world, device, { path: effect.path, hash: hashOf(stood) }));
  }
  found.push(...onlyItsUserEdits(world, device, effect));
  found.push(...watchConflictCopy(world, device, effect));
  found.push(...canvasIsWhole(world, effect));
  for (const { invariant, message } of found) world.violate(invariant, `${device.short}: ${message}`);
}

/** What came is one file, or, where a disk that ignores case has it under another spelling, to be looked for. */
function remember(device: Device, { path, to, method, after }: VaultEffect): void {
  if (method === 'trash') return;
  const bytes = after.get(to ?? path);
  device.remember(bytes === undefined ? after : new Map([[to ?? path, bytes]]));
}

/** I7: what was replaced, moved or trashed was what the engine had been told to expect there. */
function wasExpected(effect: VaultEffect): Violation[] {
  const stood = effect.before.get(effect.path);
  const now = stood === undefined ? 'absent' : hashOf(stood);
  // On a system that ignores case the file may stand under another spelling.
  if (now === effect.expected || (stood === undefined && effect.expected !== 'absent')) return [];
  return [
    {
      invariant: 'I7',
      message: `${effect.method} ${effect.path}: expected ${effect.expected}, but there was ${now}`,
    },
  ];
}

/**
 * I7 and I1 at the moment of each replacement: the contents that go away are in the cloud, or under
 * another path here, or all their lines are in what came (or were taken away by a person).
 */
function isSafeElsewhere(world: World, device: Device, effect: VaultEffect): Violation[] {
  const lost = effect.before.get(effect.path);
  if (effect.method !== 'install' || lost === undefined) return [];
  const hash = hashOf(lost);
  if (hash === EMPTY_HASH || world.cloud.everCommitted.has(hash) || device.torn.has(hash)) return [];
  const came = new Set([...effect.after.values()].flatMap((bytes) => [...tokensOf(bytes)]));
  const missing = [...tokensOf(lost)].filter((token) => !came.has(token) && !world.ledger.isExcused(token));
  if (missing.length === 0) return [];
  return [
    { invariant: 'I7', message: `${effect.path} was replaced, and ${missing.join(' ')} is nowhere else` },
  ];
}
