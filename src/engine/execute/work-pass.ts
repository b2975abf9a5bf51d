import { readCopyName } from '../../core/conflict/copy-name.ts';
import { isLive } from '../../core/model/tree.ts';
import { foldPath, isFolder, type VaultPath } from '../../core/model/vault-path.ts';
import type { Action } from '../../core/plan/plan.ts';
import { isStoreError, type StoreError } from '../../storage/store-error.ts';
import { ContentReader } from '../cloud/content.ts';
import type { ContentWriter } from '../cloud/content-writer.ts';
import { StateChanges } from '../state.ts';
import { commitActions } from './commit-phase.ts';
import type { CommitAction } from './commit-steps.ts';
import { LocalSteps, type Download } from './local-steps.ts';
import { resolve } from './resolve.ts';
import type { Run } from './run.ts';

/** Deletes of the last so many count together for the guard. */
const RECENT_MS = 10 * 60_000;

type Sorted = { readonly [K in Action['kind']]: Extract<Action, { kind: K }>[] };

function sorted(actions: readonly Action[]): Sorted {
  const lists: Record<Action['kind'], Action[]> = {
    'adopt-base': [],
    'drop-base': [],
    upload: [],
    tombstone: [],
    'move-remote': [],
    download: [],
    trash: [],
    'move-local': [],
    resolve: [],
    skip: [],
  };
  for (const action of actions) lists[action.kind].push(action);
  return lists as Sorted;
}

/**
 * One round. What a store refuses for good (no right to write, no space) does not keep this device
 * from receiving: that is done first, and then the refusal is told.
 */
export async function workPass(
  run: Run,
  writer: ContentWriter,
  actions: readonly Action[],
): Promise<'done' | 'lost'> {
  const todo = sorted(actions);
  const reader = new ContentReader(run.deps, run.cloud);
  const steps = new LocalSteps(run, reader);
  await remember(run, todo);
  await steps.moves(todo['move-local']);
  const commits: CommitAction[] = [...todo.upload, ...todo.tombstone, ...todo['move-remote']];
  const downloads: Download[] = [...todo.download];
  for (const action of todo.resolve) {
    const resolution = await resolve(run, reader, action);
    commits.push(...resolution.commit);
    downloads.push(...resolution.downloads);
  }
  let refusal: StoreError | undefined;
  let outcome: 'done' | 'lost' = 'done';
  try {
    outcome = await commitActions(run, writer, commits);
  } catch (error) {
    if (!isStoreError(error, 'denied') && !isStoreError(error, 'quota')) throw error;
    refusal = error;
  }
  if (outcome === 'done') {
    run.expect(
      'download',
      downloads.length,
      downloads.reduce((sum, one) => sum + one.entry.sizeBytes, 0),
    );
    await steps.downloads(downloads);
    await steps.trashes(todo.trash);
    await removeEmptied(run);
    await countDeletes(run, todo);
  }
  if (refusal !== undefined) throw refusal;
  return outcome;
}

/** Rows that only this device's memory needs. */
async function remember(run: Run, todo: Sorted): Promise<void> {
  const changes = run.withLocalRows(new StateChanges());
  for (const { path, hash } of todo['adopt-base']) {
    const entry = run.view?.tree.get(path);
    changes.base({
      path,
      row: entry?.at === undefined || entry.hash !== hash ? { hash } : { hash, at: entry.at },
    });
  }
  for (const { path } of todo['drop-base']) changes.base({ path });
  for (const { path, row } of todo.skip) changes.skipped(path, row);
  await run.state.write(changes);
}

/** A folder that a removal emptied goes too, unless the cloud keeps it as an empty one. */
async function removeEmptied(run: Run): Promise<void> {
  const emptied = run.takeEmptied();
  if (emptied.length === 0) return;
  const keptFolds = new Set<string>();
  for (const entry of run.view?.tree.values() ?? []) {
    // Two spellings of one folder are one folder on some disks.
    if (isLive(entry) && isFolder(entry.path)) keptFolds.add(foldPath(entry.path));
  }
  for (const folder of emptied) {
    for (let at: string = folder; at !== ''; at = at.slice(0, at.slice(0, -1).lastIndexOf('/') + 1)) {
      const kept = keptFolds.has(foldPath(at as VaultPath));
      const inUse = [...run.local.files.keys()].some((path) => path.startsWith(at));
      if (kept || inUse) break;
      await run.deps.vault.setFolder(at as VaultPath, 'absent');
    }
  }
}

async function countDeletes(run: Run, todo: Sorted): Promise<void> {
  const now = run.deps.clock.now();
  const files = (list: readonly { readonly path: VaultPath }[]): number[] =>
    list.filter(({ path }) => !isFolder(path) && readCopyName(path) === undefined).map(() => now);
  const inCloud = files(todo.tombstone);
  const here = files(todo.trash);
  if (inCloud.length + here.length === 0) return;
  const before = (await run.state.meta('recentDeletes')) ?? { 'in-cloud': [], here: [] };
  const recent = (times: readonly number[]): number[] =>
    times.filter((time) => Math.abs(now - time) < RECENT_MS);
  await run.state.write(
    new StateChanges().meta('recentDeletes', {
      'in-cloud': [...recent(before['in-cloud']), ...inCloud],
      here: [...recent(before.here), ...here],
    }),
  );
}
