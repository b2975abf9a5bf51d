import { foldPath, type VaultPath } from '../model/vault-path.ts';

/** Paths of one side by what they fold to. */
export interface FoldIndex {
  /** Every path of this fold, those added first first; a folder's fold ends in `/`. */
  readonly pathsByFold: ReadonlyMap<string, readonly VaultPath[]>;
  /** Folds of the folders that something lies in; each ends in `/`. */
  readonly filledFolders: ReadonlySet<string>;
}

export function indexFolds(paths: Iterable<VaultPath>): FoldIndex {
  const pathsByFold = new Map<string, VaultPath[]>();
  const filledFolders = new Set<string>();
  for (const path of paths) {
    const fold = foldPath(path);
    const twins = pathsByFold.get(fold);
    if (twins === undefined) pathsByFold.set(fold, [path]);
    else twins.push(path);
    addFolders(filledFolders, fold);
  }
  return { pathsByFold, filledFolders };
}

function addFolders(folders: Set<string>, fold: string): void {
  // An empty folder's own slash, at its end, is none of a folder above it.
  for (let end = fold.lastIndexOf('/', fold.length - 2); end >= 0; end = fold.lastIndexOf('/', end - 1)) {
    const folder = fold.slice(0, end + 1);
    // Those above it were added with it.
    if (folders.has(folder)) return;
    folders.add(folder);
  }
}

/** The file names that would stand in the way of this path: `a` and `a/b` for `a/b/c`, and for `a/b/`, `a/b`. */
export function* ancestorFolds(fold: string): Generator<string> {
  for (let end = fold.indexOf('/'); end >= 0; end = fold.indexOf('/', end + 1)) yield fold.slice(0, end);
}
