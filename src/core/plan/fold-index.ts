import { foldPath, folderOf, type VaultPath } from '../model/vault-path.ts';

/** Paths of one side by what they fold to. */
export interface FoldIndex {
  /** Every path of this fold, in the order they were given; a folder's fold ends in `/`. */
  readonly named: (fold: string) => readonly VaultPath[];
  /** Whether something lies in the folder of this fold, which ends in `/`. */
  readonly isFilled: (folder: string) => boolean;
}

const NONE: readonly VaultPath[] = [];

/** Made for 100,000 paths at once: one look-up each, and one for each of their folders. */
export function indexFolds(paths: Iterable<VaultPath>): FoldIndex {
  const pathByFold = new Map<string, VaultPath>();
  const twinsByFold = new Map<string, VaultPath[]>();
  const filled = new FilledFolders();
  for (const path of paths) {
    const fold = foldPath(path);
    const first = pathByFold.get(fold);
    if (first === undefined) pathByFold.set(fold, path);
    else twinsByFold.set(fold, [...(twinsByFold.get(fold) ?? [first]), path]);
    filled.addOf(path);
  }
  return {
    named: (fold) => {
      const first = pathByFold.get(fold);
      return first === undefined ? NONE : (twinsByFold.get(fold) ?? [first]);
    },
    isFilled: (folder) => filled.has(folder),
  };
}

class FilledFolders {
  /** As they are spelled, so that each is folded once only. */
  readonly #seen = new Set<string>(['']);
  readonly #folds = new Set<string>();
  #last = '';

  /** The folder of the path: paths come in the order of a tree, most from where the one before came. */
  addOf(path: VaultPath): void {
    const next = path.indexOf('/', this.#last.length);
    if ((next < 0 || next === path.length - 1) && path.startsWith(this.#last)) return;
    this.#last = folderOf(path);
    this.#add(this.#last);
  }

  #add(folder: string): void {
    let at = folder;
    // Those above a folder that was seen were added with it.
    while (!this.#seen.has(at)) {
      this.#seen.add(at);
      this.#folds.add(foldPath(at as VaultPath));
      at = folderOf(at as VaultPath);
    }
  }

  has(fold: string): boolean {
    return this.#folds.has(fold);
  }
}

/** The file names that would stand in the way of this path: `a` and `a/b` for `a/b/c`, and for `a/b/`, `a/b`. */
export function ancestorFolds(fold: string): readonly string[] {
  const above: string[] = [];
  for (let end = fold.indexOf('/'); end >= 0; end = fold.indexOf('/', end + 1))
    above.push(fold.slice(0, end));
  return above;
}
