import { readCopyName } from '../conflict/copy-name.ts';
import { EMPTY_HASH, shortHash, type ContentHash } from '../model/ids.ts';
import { isFolder, type VaultPath } from '../model/vault-path.ts';
import type { Action } from '../plan/plan.ts';

export type Direction = 'in-cloud' | 'here';

/** One thing that waits for a person. */
export interface HeldItem {
  readonly path: VaultPath;
  /** Deletes in the cloud that vanished files here would cause; deletes here that tombstones would. */
  readonly direction: Direction;
  readonly kind: 'delete' | 'truncate' | 'change';
  /** What would be deleted, or the contents that would take the place of others. */
  readonly hash: ContentHash;
}

export interface GuardContext {
  /** Files, without empty folders, on each side before the plan. */
  readonly localFiles: () => number;
  readonly remoteFiles: () => number;
  readonly baseFiles: () => number;
  /** Deletes carried out within the last ten minutes, before this plan. */
  readonly recentDeletes: Readonly<Record<Direction, number>>;
  /** What a person has allowed this once. */
  readonly approved: readonly Pick<HeldItem, 'path' | 'hash' | 'direction'>[];
  /** What is held already: it stays so, however few are left, until a person decides. */
  readonly heldBefore?: readonly Pick<HeldItem, 'path' | 'hash' | 'direction'>[];
}

export interface GuardResult {
  /** In the plan's order. */
  readonly allowed: readonly Action[];
  readonly held: readonly { readonly action: Action; readonly item: HeldItem }[];
}

/** So many removals pass whatever the vault's size; above it a share of the files counts. */
export const MIN_HELD_REMOVALS = 5;
export const HELD_REMOVALS_SHARE = 0.2;
/** Removals within ten minutes that are held whatever the share. */
export const HELD_REMOVALS_IN_WINDOW = 50;
/** Fewer changed files than this are never held. */
export const MIN_HELD_CHANGES = 10;
export const HELD_CHANGES_SHARE = 0.6;

interface Weighed {
  readonly action: Action;
  readonly item: HeldItem;
}

/**
 * Holds back what looks like an accident: many removals (deletes, truncations to nothing) or a rewrite
 * of most files, each direction by itself. Held is held: all of that kind and direction, but for what
 * a person approved; everything else goes on. Renames and empty folders do not count.
 */
export function guard(actions: readonly Action[], context: GuardContext): GuardResult {
  const approved = new Set(context.approved.map(approvalKey));
  const weighed: Weighed[] = [];
  const moved = new MovedContents(actions);
  for (const action of actions) {
    const item = weigh(action);
    if (item === undefined || approved.has(approvalKey(item))) continue;
    if (item.kind === 'delete' && moved.accountsFor(item)) continue;
    weighed.push({ action, item });
  }
  const tooMuch = findTooMuch(weighed, context);
  const before = new Set(context.heldBefore?.map(approvalKey));
  const held = weighed.filter(({ item }) => tooMuch.has(limitKey(item)) || before.has(approvalKey(item)));
  if (held.length === 0) return { allowed: actions, held };
  const heldActions = new Set(held.map(({ action }) => action));
  return { allowed: actions.filter((action) => !heldActions.has(action)), held };
}

function approvalKey(item: Pick<HeldItem, 'path' | 'hash' | 'direction'>): string {
  return `${item.direction}:${item.hash}:${item.path}`;
}

/** What the action would take from a side, if it takes anything. */
function weigh(action: Action): HeldItem | undefined {
  switch (action.kind) {
    case 'tombstone':
      if (isFolder(action.path) || readCopyName(action.path) !== undefined) return undefined;
      return { path: action.path, direction: 'in-cloud', kind: 'delete', hash: action.last.hash };
    case 'trash':
      // Copies of conflicts go by the dozen when somebody goes through them.
      if (isFolder(action.path) || readCopyName(action.path) !== undefined) return undefined;
      return { path: action.path, direction: 'here', kind: 'delete', hash: action.expected };
    case 'upload': {
      const replaced = action.prev[0];
      if (replaced === undefined) return undefined;
      const truncates = action.hash === EMPTY_HASH && replaced !== shortHash(EMPTY_HASH);
      return {
        path: action.path,
        direction: 'in-cloud',
        kind: truncates ? 'truncate' : 'change',
        hash: action.hash,
      };
    }
    case 'download': {
      if (action.expected === 'absent') return undefined;
      const { hash } = action.entry;
      const truncates = hash === EMPTY_HASH && action.expected !== EMPTY_HASH;
      return { path: action.path, direction: 'here', kind: truncates ? 'truncate' : 'change', hash };
    }
    case 'adopt-base':
    case 'drop-base':
    case 'move-remote':
    case 'move-local':
    case 'resolve':
    case 'skip':
      return undefined;
  }
}

/** Contents that the same plan brings to another path of the same side: their delete is half of a move. */
class MovedContents {
  readonly #arrivals = new Map<string, number>();

  constructor(actions: readonly Action[]) {
    for (const action of actions) {
      if (action.kind === 'upload' && action.prev.length === 0) this.#arrive('in-cloud', action.hash);
      else if (action.kind === 'download' && action.expected === 'absent')
        this.#arrive('here', action.entry.hash);
    }
  }

  #arrive(direction: Direction, hash: ContentHash): void {
    const key = `${direction}:${hash}`;
    this.#arrivals.set(key, (this.#arrivals.get(key) ?? 0) + 1);
  }

  /** Each arrival accounts for one delete. Nothing proves that empty contents moved. */
  accountsFor(item: HeldItem): boolean {
    const key = `${item.direction}:${item.hash}`;
    const left = this.#arrivals.get(key) ?? 0;
    if (left === 0 || item.hash === EMPTY_HASH) return false;
    this.#arrivals.set(key, left - 1);
    return true;
  }
}

/** Deletes and truncations share a limit; changes have their own. */
function limitKey(item: HeldItem): string {
  return `${item.direction}:${item.kind === 'change' ? 'change' : 'removal'}`;
}

function findTooMuch(weighed: readonly Weighed[], context: GuardContext): ReadonlySet<string> {
  const counts = new Map<string, { item: HeldItem; count: number }>();
  for (const { item } of weighed) {
    const seen = counts.get(limitKey(item));
    if (seen === undefined) counts.set(limitKey(item), { item, count: 1 });
    else seen.count += 1;
  }
  const tooMuch = new Set<string>();
  for (const [key, { item, count }] of counts) if (isTooMuch(item, count, context)) tooMuch.add(key);
  return tooMuch;
}

function isTooMuch({ direction, kind }: HeldItem, count: number, context: GuardContext): boolean {
  const files = direction === 'in-cloud' ? context.remoteFiles : context.localFiles;
  if (kind === 'change') return count >= MIN_HELD_CHANGES && count > files() * HELD_CHANGES_SHARE;
  if (count + context.recentDeletes[direction] >= HELD_REMOVALS_IN_WINDOW) return true;
  if (count <= MIN_HELD_REMOVALS) return false;
  // Only what both sides had can be deleted: files that only one of them has make no delete small.
  return count > Math.min(files(), context.baseFiles()) * HELD_REMOVALS_SHARE;
}
