import { describe, expect, it } from 'vitest';
import { isFolder, foldPath, folderOf, type VaultPath } from '../../../src/core/model/vault-path.ts';
import type { Entry } from '../../../src/core/model/entry.ts';
import type { ContentHash } from '../../../src/core/model/ids.ts';
import { SeededRandom } from '../../support/seeded-random.ts';
import { Device } from './device.ts';
import { path } from './model.ts';
import { hasForeignClash } from './settle.ts';

const NAMES = [
  'a',
  'A',
  'b',
  'c',
  'f/x',
  'f/y',
  'F/x',
  'F/y',
  'F/z',
  'f',
  'g/h/x',
  'G/h/y',
  'g/H/x',
  'f/s/x',
  'F/S/y',
];
const MAX_ROUNDS = 5;

/** People at two or three devices who write, rename and delete between syncs. */
class Group {
  readonly log: string[] = [];
  readonly remote = new Map<VaultPath, Entry>();
  readonly devices: readonly Device[];
  /** Contents that nobody replaced or deleted. */
  readonly due = new Set<ContentHash>();
  readonly #random: SeededRandom;
  #written = 0;

  constructor(seed: number) {
    this.#random = new SeededRandom(seed);
    const count = 2 + this.#random.below(2);
    this.devices = Array.from(
      { length: count },
      (_, index) => new Device(`D${index}`, this.#random.chance(0.4), this.remote),
    );
  }

  step(): void {
    const device = this.#random.pick(this.devices);
    const dice = this.#random.fraction();
    device.scan();
    if (dice < 0.45) device.sync(this.#random, this.log);
    else if (dice < 0.7) this.#write(device);
    else if (dice < 0.8) this.#remove(device);
    else if (dice < 0.92) this.#renameFile(device);
    else this.#respellFolder(device);
  }

  /** Rounds of syncs until nobody has anything to do. */
  rest(): number {
    for (let rounds = 0; rounds < MAX_ROUNDS; rounds += 1) {
      if (this.devices.every((device) => device.plan().actions.length === 0)) return rounds;
      for (const device of this.devices) device.sync(this.#random, this.log);
    }
    return Infinity;
  }

  #write(device: Device): void {
    const name = this.#random.pick(NAMES);
    if (device.isBlocked(device.at(name) ?? device.spelled(path(name)))) return;
    this.#written += 1;
    const contents = this.#written.toString(16).padStart(16, '0').repeat(4) as ContentHash;
    const former = device.write(name, contents);
    if (former !== undefined) this.due.delete(former);
    this.due.add(contents);
    this.log.push(`${device.name} writes ${name}`);
  }

  #remove(device: Device): void {
    const [...paths] = device.files.keys();
    if (paths.length === 0) return;
    const at = this.#random.pick(paths);
    const contents = device.files.get(at);
    device.remove(at);
    if (contents !== undefined) this.due.delete(contents);
    this.log.push(`${device.name} deletes ${at}`);
  }

  #renameFile(device: Device): void {
    const files = [...device.files.keys()].filter((at) => !isFolder(at));
    if (files.length === 0) return;
    const from = this.#random.pick(files);
    const to = device.spelled(path(this.#random.pick(NAMES)));
    if (device.at(to) !== undefined || device.isBlocked(to)) return;
    device.rename(from, to);
    this.log.push(`${device.name} renames ${from} to ${to}`);
  }

  #respellFolder(device: Device): void {
    const folders = [...new Set([...device.files.keys()].map((at) => folderOf(at)))].filter(
      (at) => at !== '',
    );
    if (folders.length === 0) return;
    const from = path(this.#random.pick(folders));
    const name = from.slice(folderOf(from).length);
    const to = folderOf(from) + (name === name.toUpperCase() ? name.toLowerCase() : name.toUpperCase());
    const isTaken = [...device.files.keys()].some((at) => at.startsWith(to) || `${at}/` === to);
    if (isTaken) return;
    device.rename(from, to);
    this.log.push(`${device.name} renames folder ${from} to ${to}`);
  }
}

/** What is wrong when all have come to rest; empty when nothing is. */
function faults(group: Group): readonly string[] {
  const live = new Map(
    [...group.remote.values()]
      .filter((entry) => entry.deleted !== true)
      .map((entry) => [entry.path, entry.hash]),
  );
  // A folder is there by what it holds, and in any spelling.
  const hasFolder = (folder: VaultPath, paths: Iterable<VaultPath>): boolean =>
    isFolder(folder) && [...paths].some((other) => foldPath(other).startsWith(foldPath(folder)));
  const found: string[] = [];
  for (const { name, files, world } of group.devices) {
    for (const [at, contents] of files) {
      const isLeft = world.skipped.has(at) || hasFolder(at, live.keys());
      if (live.get(at) !== contents && !isLeft) found.push(`${name} has another ${at} than the cloud`);
    }
    for (const at of live.keys()) {
      if (!files.has(at) && !hasFolder(at, files.keys())) found.push(`${name} lacks ${at}`);
    }
  }
  const [device] = group.devices;
  if (device !== undefined && hasForeignClash(device.world)) found.push('two live paths fold to one');
  const alive = new Set([...live.values(), ...group.devices.flatMap(({ files }) => [...files.values()])]);
  for (const contents of group.due) if (!alive.has(contents)) found.push(`lost ${contents.slice(-4)}`);
  return found;
}

describe('several devices', () => {
  it('[PL22] [PL23] [RN10] [NA3] come to one state and lose nothing, whatever their disks think of case', () => {
    let commits = 0;
    for (let seed = 1; seed <= 1_000; seed += 1) {
      const group = new Group(seed);
      for (let steps = 4 + (seed % 14); steps > 0; steps -= 1) group.step();
      const rounds = group.rest();
      commits += group.remote.size;
      const found = [...(rounds > MAX_ROUNDS ? ['no rest'] : []), ...faults(group)];
      if (found.length > 0) expect({ seed, found, log: group.log }).toEqual({ seed, found: [], log: [] });
    }
    // The groups did work.
    expect(commits).toBeGreaterThan(1_000);
  });
});
