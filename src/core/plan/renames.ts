import { EMPTY_HASH, shortHash, type ContentHash } from '../model/ids.ts';
import type { FileEntry, Tombstone } from '../model/entry.ts';
import { foldPath, folderOf, isFolder, type VaultPath } from '../model/vault-path.ts';
import type { Cell } from './cell.ts';
import type { Draft } from './draft.ts';
import { liveEntry, type PlanInput } from './plan.ts';
import { vanishedHere } from './rows.ts';
import { fitsHere, fitsInCloud } from './room.ts';
import type { Survey } from './survey.ts';

/** Moves of one file that are followed; a chain is longer only where entries are made up. */
const MAX_MOVES = 64;

interface Present extends Cell {
  readonly local: ContentHash;
}

interface Vanished extends Cell {
  readonly base: ContentHash;
}

/** Finds files that kept their contents and changed their names; what fits no rule stays with the rows. */
export function planRenames(cells: readonly Cell[], survey: Survey, draft: Draft): void {
  const files = cells.filter((cell) => !isFolder(cell.path));
  const vanished = files.filter((cell): cell is Vanished => vanishedHere(cell, survey));
  const appeared = files.filter(
    (cell): cell is Present => cell.local !== undefined && cell.base === undefined,
  );
  if (vanished.length > 0 && appeared.length > 0) {
    const spellings = committedSpellings(files, survey);
    const renamed = (pair: Pair): void => {
      if (isRespelledFolder(pair, spellings)) keepSpelling(pair, survey, draft);
      else renamedHere(pair, survey, draft);
    };
    for (const pair of pairsByHash(vanished, appeared)) renamed(pair);
    for (const pair of pairsByFold(vanished, appeared, draft)) renamed(pair);
  }
  for (const cell of files) if (cell.live === undefined) renamedElsewhere(cell, survey, draft);
}

interface Pair {
  readonly from: Vanished;
  readonly to: Present;
}

/** One vanished, one new, the same contents: only a pair that is alone with its contents is proof. */
function* pairsByHash(vanished: readonly Vanished[], appeared: readonly Present[]): Generator<Pair> {
  const fromByHash = loneByHash(vanished, (cell) => cell.base);
  const toByHash = loneByHash(appeared, (cell) => cell.local);
  for (const [hash, from] of fromByHash) {
    const to = toByHash.get(hash);
    // Contents of nothing are no proof.
    if (from !== undefined && to !== undefined && hash !== EMPTY_HASH) yield { from, to };
  }
}

/** Cells by hash; `undefined` where several have it. */
function loneByHash<T>(
  cells: readonly T[],
  hashOf: (cell: T) => ContentHash,
): Map<ContentHash, T | undefined> {
  const byHash = new Map<ContentHash, T | undefined>();
  for (const cell of cells) byHash.set(hashOf(cell), byHash.has(hashOf(cell)) ? undefined : cell);
  return byHash;
}

/** Vanished here, new under a name that differs in case alone: the same file, edited or not. */
function* pairsByFold(
  vanished: readonly Vanished[],
  appeared: readonly Present[],
  draft: Draft,
): Generator<Pair> {
  const left = vanished.filter(({ path }) => !draft.isMoving(path));
  if (left.length === 0) return;
  const toByFold = new Map<string, Present[]>();
  for (const cell of appeared) {
    const fold = foldPath(cell.path);
    toByFold.set(fold, [...(toByFold.get(fold) ?? []), cell]);
  }
  for (const from of left) {
    const free = toByFold.get(foldPath(from.path))?.filter(({ path }) => !draft.isMoving(path)) ?? [];
    const to = free.find(({ local }) => local === from.base) ?? free[0];
    if (to !== undefined) yield { from, to };
  }
}

function renamedHere({ from, to }: Pair, survey: Survey, draft: Draft): void {
  if (from.live !== undefined) commitRename({ from, to, source: from.live }, survey, draft);
  else followCommitted({ from, to }, survey, draft);
}

/** The cloud has the old name, and the new one is free there. */
function commitRename(
  { from, to, source }: Pair & { readonly source: FileEntry },
  survey: Survey,
  draft: Draft,
): void {
  if (!fitsInCloud({ from: from.path, to: to.path }, survey, draft)) return;
  // The cloud's contents are those of the base: what is here now goes with the name.
  const isUnedited = source.hash === from.base;
  draft.set({
    kind: 'move-remote',
    from: from.path,
    to: to.path,
    content: isUnedited ? { side: 'local', hash: to.local } : { side: 'remote' },
    source,
    reason: isUnedited ? 'renamed here' : 'renamed here, edited elsewhere: the edit goes to the new name',
  });
}

/** Renamed here, and the old name is gone from the cloud: a name that was committed wins. */
function followCommitted({ from, to }: Pair, survey: Survey, draft: Draft): void {
  const target = committedName(from.path, survey.input);
  if (target === undefined) return;
  if (target === to.path) {
    // Both gave it the same name. What was the base of the old name is the base of the new one.
    if (to.live?.hash === to.local) return;
    draft.set({
      kind: 'adopt-base',
      path: target,
      hash: from.base,
      reason: 'renamed alike here and elsewhere',
    });
    return;
  }
  if (survey.cell(target).base !== undefined) return;
  const move = { from: to.path, to: target };
  if (!fitsHere(move, survey, draft)) return;
  draft.set({
    kind: 'move-local',
    ...move,
    expected: to.local,
    base: from.base,
    why: 'renamed-elsewhere',
    reason: 'renamed here and elsewhere: the name that was committed first stays',
  });
}

/** Here with its base, gone from the cloud under this name. */
function renamedElsewhere(cell: Cell, survey: Survey, draft: Draft): void {
  const { path, local, base } = cell;
  if (local === undefined || base === undefined) return;
  const to = committedName(path, survey.input) ?? otherSpelling(path, survey);
  if (to === undefined || survey.cell(to).base !== undefined) return;
  const move = { from: path, to };
  if (!fitsHere(move, survey, draft)) return;
  const reason = local === base ? 'renamed elsewhere' : 'renamed elsewhere, edited here: the edit goes along';
  draft.set({ kind: 'move-local', ...move, expected: local, base, why: 'renamed-elsewhere', reason });
}

/**
 * Folders that a rename committed elsewhere spells anew, by fold. On a disk that ignores case the
 * files of a folder share its one spelling: without this, two such devices that spelled it
 * differently would rename each other's files for ever.
 */
function committedSpellings(files: readonly Cell[], survey: Survey): ReadonlyMap<string, string> {
  const spellings = new Map<string, string>();
  for (const { path, local, base, live } of files) {
    if (local === undefined || base === undefined || live !== undefined) continue;
    const to = committedName(path, survey.input);
    if (to === undefined) continue;
    const former = new Set(foldersOf(path));
    for (const folder of foldersOf(to)) if (!former.has(folder)) spellings.set(foldPath(folder), folder);
  }
  return spellings;
}

/** Whether the pair spells a folder in another way than the one just committed, which it had before. */
function isRespelledFolder({ from, to }: Pair, spellings: ReadonlyMap<string, string>): boolean {
  if (spellings.size === 0 || foldPath(from.path) !== foldPath(to.path)) return false;
  const now = new Set(foldersOf(to.path));
  return foldersOf(from.path).some(
    (folder) => spellings.get(foldPath(folder)) === folder && !now.has(folder),
  );
}

/** The committed spelling of the folder wins over the one here. */
function keepSpelling({ from, to }: Pair, survey: Survey, draft: Draft): void {
  const move = { from: to.path, to: from.path };
  if (!fitsHere(move, survey, draft)) return;
  const reason = 'its folder was renamed elsewhere; the spelling that was committed first stays';
  draft.set({ kind: 'move-local', ...move, expected: to.local, base: from.base, why: 'spelling', reason });
}

function foldersOf(path: VaultPath): VaultPath[] {
  const folders: VaultPath[] = [];
  for (let at = folderOf(path); at !== ''; at = folderOf(at as VaultPath)) folders.push(at as VaultPath);
  return folders;
}

/** Deleted here and live under a name that differs in case alone, without a word that it was moved. */
function otherSpelling(path: VaultPath, survey: Survey): VaultPath | undefined {
  return survey.cloudTwins(path).find((twin) => survey.cell(twin).local === undefined);
}

/** The live path that the tombstones lead to, if it is the same file still. */
function committedName(path: VaultPath, { remote }: Pick<PlanInput, 'remote'>): VaultPath | undefined {
  const first = remote.get(path);
  let entry = first;
  for (let moves = 0; moves < MAX_MOVES; moves += 1) {
    if (first?.deleted !== true || entry?.deleted !== true) return undefined;
    const { to } = entry;
    if (to === undefined || isFolder(to)) return undefined;
    entry = remote.get(to);
    const live = liveEntry(remote, to);
    if (live !== undefined) return isSameFile(first, live) ? to : undefined;
  }
  return undefined;
}

/** Whether the live file is what was moved: another may have taken a name on the way since. */
function isSameFile(moved: Tombstone, live: FileEntry): boolean {
  return live.from === moved.path || live.hash === moved.hash || live.prev.includes(shortHash(moved.hash));
}
