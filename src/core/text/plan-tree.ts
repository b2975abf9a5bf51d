import type { Action } from '../plan/plan.ts';

/** What a step of a plan means to a person. */
export const CHANGE_KINDS = [
  'send',
  'receive',
  'delete-in-cloud',
  'delete-here',
  'rename-in-cloud',
  'rename-here',
  'merge',
  'skip',
] as const;
export type ChangeKind = (typeof CHANGE_KINDS)[number];

export interface Change {
  readonly kind: ChangeKind;
  /** The path that it ends at. */
  readonly path: string;
  /** The last part of the path; of an empty folder with its slash. */
  readonly name: string;
  /** Where a rename comes from. */
  readonly from?: string;
  readonly reason: string;
}

export interface ChangeFolder {
  /** Empty for the vault itself. */
  readonly name: string;
  /** Sorted by name, as the folders are. */
  readonly folders: readonly ChangeFolder[];
  readonly changes: readonly Change[];
  /** Changes in it and in all folders below. */
  readonly total: number;
}

/** The steps that a person would notice, in the plan's order; what only this device has to remember is left out. */
export function changesOf(actions: readonly Action[]): readonly Change[] {
  return actions.map(changeOf).filter((change) => change !== undefined);
}

/** How many of each kind there are, in the order of `CHANGE_KINDS`; kinds without any are left out. */
export function countKinds(
  changes: readonly Change[],
): readonly { readonly kind: ChangeKind; readonly count: number }[] {
  const counts = new Map<ChangeKind, number>();
  for (const { kind } of changes) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  return CHANGE_KINDS.flatMap((kind) => {
    const count = counts.get(kind);
    return count === undefined ? [] : [{ kind, count }];
  });
}

export function treeOf(changes: readonly Change[]): ChangeFolder {
  const root = new Branch('');
  for (const change of changes) root.place(change);
  return root.folder();
}

function changeOf(action: Action): Change | undefined {
  const { reason } = action;
  switch (action.kind) {
    case 'adopt-base':
    case 'drop-base':
      return undefined;
    case 'upload':
      return change('send', action.path, reason);
    case 'download':
      return change('receive', action.path, reason);
    case 'tombstone':
      return change('delete-in-cloud', action.path, reason);
    case 'trash':
      return change('delete-here', action.path, reason);
    case 'move-remote':
      return { ...change('rename-in-cloud', action.to, reason), from: action.from };
    case 'move-local':
      return { ...change('rename-here', action.to, reason), from: action.from };
    case 'resolve':
      return change('merge', action.path, reason);
    case 'skip':
      return change('skip', action.path, reason);
  }
}

function change(kind: ChangeKind, path: string, reason: string): Change {
  const end = path.endsWith('/') ? path.length - 1 : path.length;
  return { kind, path, name: path.slice(path.lastIndexOf('/', end - 1) + 1), reason };
}

class Branch {
  readonly #name: string;
  readonly #branches = new Map<string, Branch>();
  readonly #changes: Change[] = [];

  constructor(name: string) {
    this.#name = name;
  }

  place(change: Change): void {
    const folders = change.path
      .slice(0, change.path.length - change.name.length)
      .split('/')
      .slice(0, -1);
    this.#at(folders).#changes.push(change);
  }

  #at([name, ...rest]: readonly string[]): Branch {
    return name === undefined ? this : this.#child(name).#at(rest);
  }

  #child(name: string): Branch {
    const known = this.#branches.get(name);
    if (known !== undefined) return known;
    const branch = new Branch(name);
    this.#branches.set(name, branch);
    return branch;
  }

  folder(): ChangeFolder {
    const folders = [...this.#branches.values()].map((branch) => branch.folder()).sort(byName);
    const changes = [...this.#changes].sort(byName);
    const total = folders.reduce((sum, folder) => sum + folder.total, changes.length);
    return { name: this.#name, folders, changes, total };
  }
}

/** As a person looks for it: 2 before 10, letters whatever their case. Made at its first use, which is not the start. */
let collator: Intl.Collator | undefined;

function byName(a: { readonly name: string }, b: { readonly name: string }): number {
  collator ??= new Intl.Collator(undefined, { numeric: true });
  return collator.compare(a.name, b.name);
}
