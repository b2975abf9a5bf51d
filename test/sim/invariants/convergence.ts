import { classifyKey } from '../../../src/core/format/keys.ts';
import { isFolder, type VaultPath } from '../../../src/core/model/vault-path.ts';
import { hashOf } from '../bytes.ts';
import type { CloudView } from '../cloud-view.ts';
import { isHeldByAny } from './contents.ts';
import type { Device } from '../device.ts';
import type { Violation } from '../violation.ts';
import type { World } from '../world.ts';

/** I2: after the last passes each vault holds what the head holds, but for what its device has shown as left alone. */
export function vaultsAgree(world: World): Violation[] {
  return world.devices.flatMap((device) => differences(world, device));
}

function differences(world: World, device: Device): Violation[] {
  const here = new Map([...device.files()].map(([path, bytes]) => [path, hashOf(bytes)]));
  const there = liveFiles(world);
  const paths = new Set([...here.keys(), ...there.keys()]);
  return [...paths].flatMap((path): Violation[] => {
    const [mine, cloud] = [here.get(path), there.get(path)];
    if (mine === cloud || isLeftAlone(device, path)) return [];
    const message = `${device.short}: ${path} is ${mine?.slice(0, 4) ?? 'absent'} here and ${cloud?.slice(0, 4) ?? 'absent'} in the cloud`;
    return [{ invariant: 'I2', message }];
  });
}

function liveFiles(world: World): Map<VaultPath, string> {
  return world.cloud.view === undefined ? new Map<VaultPath, string>() : filesOf(world.cloud.view);
}

/** Live files of a head, by hash. */
export function filesOf(view: CloudView): Map<VaultPath, string> {
  const files = new Map<VaultPath, string>();
  for (const entry of view.tree.values()) {
    if (entry.deleted !== true && !isFolder(entry.path)) files.set(entry.path, entry.hash);
  }
  return files;
}

/** Out of scope, or named in the last report. */
function isLeftAlone(device: Device, path: VaultPath): boolean {
  if (path.split('/').some((name) => name.startsWith('.'))) return true;
  return device.problems.some(
    (problem) => problem.path === path || (problem.path.endsWith('/') && path.startsWith(problem.path)),
  );
}

/** I2: the readable copy is the head's tree under plain names, where some device writes one. */
export function readableCopyAgrees(world: World): Violation[] {
  if (!world.devices.some((device) => device.plan.settings.readableCopy)) return [];
  const plain = new Map(
    [...world.bucket()]
      .filter(([key]) => classifyKey(key) === 'plain')
      .map(([key, object]) => [key, hashOf(object.body)]),
  );
  const live = liveFiles(world);
  const found: Violation[] = [];
  for (const path of new Set<string>([...plain.keys(), ...live.keys()])) {
    const [copy, entry] = [plain.get(path), live.get(path as VaultPath)];
    // An empty folder may have an object that marks it.
    const marks = path.endsWith('/') && (copy === undefined || isLiveFolder(world, path as VaultPath));
    // Nobody can write what has rotted and no vault holds.
    const rotted = world.harmed && entry !== undefined && !isHeldByAny(world, entry);
    if (copy === entry || marks || rotted) continue;
    found.push({
      invariant: 'I2',
      message: `the readable copy of ${path} is ${copy?.slice(0, 4) ?? 'absent'}, not ${entry?.slice(0, 4) ?? 'absent'}`,
    });
  }
  return found;
}

function isLiveFolder(world: World, path: VaultPath): boolean {
  const entry = world.cloud.view?.tree.get(path);
  return entry !== undefined && entry.deleted !== true;
}

/** What is out of scope never reaches the cloud. */
export function scopeHolds(world: World): Violation[] {
  return [...liveFiles(world).keys()].flatMap((path): Violation[] =>
    path.split('/').some((name) => name.startsWith('.'))
      ? [{ invariant: 'scope', message: `${path} was committed` }]
      : [],
  );
}
