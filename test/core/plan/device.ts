import type { Entry } from '../../../src/core/model/entry.ts';
import type { ContentHash } from '../../../src/core/model/ids.ts';
import { foldPath, folderOf, isFolder, type VaultPath } from '../../../src/core/model/vault-path.ts';
import type { Plan } from '../../../src/core/plan/plan.ts';
import type { SeededRandom } from '../../support/seeded-random.ts';
import { apply, hash, ModelError, path, planOf, POLICY, world, type World } from './model.ts';
import { shown } from './shown.ts';

const MAX_PASSES = 8;

/** One vault of several that share a cloud, on a disk that minds case or does not. */
export class Device {
  readonly name: string;
  world: World;
  /** On a disk that ignores case: how each folder is spelled, by fold. */
  readonly #spelling = new Map<string, string>();

  constructor(name: string, mindsCase: boolean, remote: Map<VaultPath, Entry>) {
    this.name = name;
    this.world = {
      ...world({}, { fresh: true, policy: { ...POLICY, deviceName: name } }),
      mindsCase,
      remote,
    };
  }

  get files(): Map<VaultPath, ContentHash> {
    return this.world.local;
  }

  /** What a scan finds: on such a disk every path has the spelling of its folders. */
  scan(): void {
    this.#note();
    const found = [...this.files].map(([at, contents]) => [this.spelled(at), contents] as const);
    this.files.clear();
    for (const [at, contents] of found) this.files.set(at, contents);
  }

  plan(): Plan {
    this.scan();
    return planOf(this.world);
  }

  /** Passes until nothing is left to do, the actions of each in any order. */
  sync(random: SeededRandom, log: string[]): void {
    this.scan();
    for (let passes = 0; passes < MAX_PASSES; passes += 1) {
      const plan = planOf(this.world);
      if (plan.actions.length === 0) {
        this.world = { ...this.world, fresh: false };
        return;
      }
      log.push(`${this.name}: ${shown(plan).join('; ')}`);
      for (const action of shuffled(plan.actions, random)) {
        apply(this.world, action);
        this.#note();
        if (action.kind === 'move-local' && foldPath(action.from) === foldPath(action.to))
          this.respell(action.to);
      }
    }
    throw new ModelError(`${this.name} does not come to an end`);
  }

  /** A person's write; where there is such a file in another spelling, to that. */
  write(wanted: string, contents: ContentHash): ContentHash | undefined {
    const at = this.at(wanted) ?? this.spelled(path(wanted));
    const former = this.files.get(at);
    this.#put(at, contents);
    return former;
  }

  remove(at: VaultPath): void {
    this.files.delete(at);
    const folder = path(folderOf(at));
    const isEmptied = folder !== '' && ![...this.files.keys()].some((other) => other.startsWith(folder));
    // The folder stays on the disk.
    if (isEmptied && !isFolder(at)) this.files.set(folder, hash('-'));
    this.#note();
  }

  /** A person's rename, of a file or of all below a folder. */
  rename(from: VaultPath, to: string): void {
    const moved = isFolder(from)
      ? [...this.files].filter(([at]) => at.startsWith(from))
      : [[from, this.files.get(from)] as const];
    for (const [at] of moved) this.files.delete(at);
    this.#note();
    if (foldPath(from) === foldPath(path(to))) this.respell(path(to));
    for (const [at, contents] of moved) {
      if (contents !== undefined) this.#put(this.spelled(path(to + at.slice(from.length))), contents);
    }
  }

  /** The path here that the name stands for. */
  at(wanted: string): VaultPath | undefined {
    const fold = foldPath(path(wanted));
    return [...this.files.keys()].find((at) =>
      this.world.mindsCase ? at === wanted : foldPath(at) === fold,
    );
  }

  /** Whether a file stands where a folder would have to be, or the reverse. */
  isBlocked(wanted: string): boolean {
    const key = (at: string): string => (this.world.mindsCase ? at : foldPath(path(at)));
    return [...this.files.keys()].some(
      (at) =>
        key(at).startsWith(`${key(wanted)}/`) || (!isFolder(at) && key(wanted).startsWith(`${key(at)}/`)),
    );
  }

  spelled(at: VaultPath): VaultPath {
    if (this.world.mindsCase) return at;
    const names = at.split('/');
    const folders = names.slice(0, -1).map((name, index) => {
      const fold = foldPath(path(`${names.slice(0, index + 1).join('/')}/`));
      return this.#spelling.get(fold) ?? name;
    });
    return path([...folders, names.at(-1)].join('/'));
  }

  /** Gives the folders on the way the spelling of the path. */
  respell(at: VaultPath): void {
    for (const [fold, name] of foldersOn(at)) this.#spelling.set(fold, name);
  }

  #put(at: VaultPath, contents: ContentHash): void {
    this.files.set(at, contents);
    for (let above = folderOf(at); above !== ''; above = folderOf(path(above)))
      this.files.delete(path(above));
    this.#note();
  }

  /** The first path in a folder spells it; the last that leaves takes the spelling along. */
  #note(): void {
    const used = new Set<string>();
    for (const at of this.files.keys()) {
      for (const [fold, name] of foldersOn(at)) {
        used.add(fold);
        if (!this.#spelling.has(fold)) this.#spelling.set(fold, name);
      }
    }
    for (const fold of this.#spelling.keys()) if (!used.has(fold)) this.#spelling.delete(fold);
  }
}

/** The folders of a path: fold of each, and its own name. */
function foldersOn(at: VaultPath): readonly (readonly [fold: string, name: string])[] {
  const names = at.split('/').slice(0, -1);
  return names.map((name, index) => [foldPath(path(`${names.slice(0, index + 1).join('/')}/`)), name]);
}

function shuffled<T>(items: readonly T[], random: SeededRandom): readonly T[] {
  return items
    .map((item) => ({ item, rank: random.fraction() }))
    .sort((a, b) => a.rank - b.rank)
    .map(({ item }) => item);
}
