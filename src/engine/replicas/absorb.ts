import type { Head } from '../../core/model/head.ts';
import { newestCommon } from '../../core/model/succession.ts';
import { isLive } from '../../core/model/tree.ts';
import { isFolder } from '../../core/model/vault-path.ts';
import type { RemoteTree } from '../../core/model/entry.ts';
import type { EngineDeps, Problem, SyncReport } from '../api.ts';
import { ContentReader } from '../cloud/content.ts';
import { readTree } from '../cloud/tree-reader.ts';
import { treeOfCommit } from '../history/moment.ts';
import type { LookRequest } from '../look.ts';
import { MemoryState } from '../memory/memory-state.ts';
import { DeviceState, StateChanges } from '../state.ts';
import type { Route } from './copy-objects.ts';
import { TreeVault } from './tree-vault.ts';

/** A sync of such a device; handed in, for a sync replicates too. */
export type SyncDevice = (request: LookRequest) => Promise<SyncReport>;

export interface Tail {
  /** Of the cloud that has authority. */
  readonly own: Head;
  /** Of a cloud that had it, and was committed to since. */
  readonly old: Head;
}

/**
 * Brings what was committed to a former primary (`route.to`), after another cloud had taken over, into that one
 * (`route.from`): as a device would that has the former one's tree, last synced at the newest commit that both
 * know, and only sends. Conflicts become copies or merges, as always. Repeated, it finds nothing to do. Resolves
 * with what could not be read there.
 */
export async function absorb(route: Route, tail: Tail, sync: SyncDevice): Promise<readonly Problem[]> {
  const { deps, from, to } = route;
  const tree = await readTree(deps, to, tail.old);
  const common = newestCommon(tail.own, tail.old);
  const base = common === undefined ? undefined : await treeOfCommit(deps, from, common);
  const vault = new TreeVault(tree, new ContentReader(deps, to), deps.hashing);
  const memory = new MemoryState();
  const state = new DeviceState(memory);
  await state.write(remembering(tree, base));
  const options = { audit: 'never', acceptFirst: true, ...from.options } as const;
  const report = await sync({
    deps: importing({ ...deps, vault, state: memory }, tail.old),
    state,
    options,
    only: 'outgoing',
  });
  for (const event of report.events)
    deps.log.write('info', event.kind, { path: event.path, reason: event.reason });
  return report.problems.filter(({ kind }) => kind === 'unreadable' || kind === 'changed-while-read');
}

function importing(deps: EngineDeps, old: Head): EngineDeps {
  const author = old.delta.at(-1)?.deviceName ?? old.shardsAt?.deviceName ?? deps.device.name;
  return {
    ...deps,
    backups: [],
    device: { id: deps.device.id, name: author },
    settings: {
      ...deps.settings,
      readableCopy: false,
      // Nobody is asked by a device that nobody holds; what cannot be merged is kept twice.
      conflicts: deps.settings.conflicts === 'newest' ? 'keep-both' : deps.settings.conflicts,
      scope: { ignore: [], dotFolders: true, maxFileBytes: Number.MAX_SAFE_INTEGER },
      names: 'posix',
    },
  };
}

/** What the device knows that has `tree`, and saw `base` last; without one it knows of nothing agreed on. */
function remembering(tree: RemoteTree, base: RemoteTree | undefined): StateChanges {
  const changes = new StateChanges().meta('joined', true).meta('fresh', base === undefined);
  for (const entry of base?.values() ?? []) {
    if (!isLive(entry)) continue;
    const { path, hash, at } = entry;
    changes.base({ path, row: at === undefined ? { hash } : { hash, at } });
  }
  for (const entry of tree.values()) {
    if (!isLive(entry) || isFolder(entry.path)) continue;
    const { path, sizeBytes, mtimeMs, hash } = entry;
    changes.local(path, { sizeBytes, mtimeMs, hash, hashedAt: Number.MAX_SAFE_INTEGER });
  }
  return changes;
}
