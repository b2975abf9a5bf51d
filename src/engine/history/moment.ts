import type { RemoteTree } from '../../core/model/entry.ts';
import type { CommitStamp, Head } from '../../core/model/head.ts';
import {
  keptRange,
  locateMoment,
  treeAt,
  type KeptRange,
  type Located,
  type PastMoment,
} from '../../core/model/history.ts';
import type { CommitId, ObjectKey } from '../../core/model/ids.ts';
import { EngineError, type CloudDeps, type Moment } from '../api.ts';
import type { Cloud } from '../cloud/cloud.ts';
import { readDelta, readTree, recordsAfter, shardTree } from '../cloud/tree-reader.ts';
import { onFreshHead, readableRoot, readChain } from './chain.ts';

/** A vault as it was after a commit. */
export interface MomentTree {
  readonly tree: RemoteTree;
  readonly commit: CommitId;
  readonly generation: number;
}

const ID_DIGITS = 16;
const LEAST_DIGITS = 6;

/** Rejects with kind `not-found`, and the range that is kept, where the moment cannot be had. */
export async function treeOfMoment(deps: CloudDeps, cloud: Cloud, moment: Moment): Promise<MomentTree> {
  return onFreshHead(deps, cloud, async (head) => {
    if (moment.kind === 'now') {
      const { commit, generation } = head;
      return { tree: await readTree(deps, cloud, head), commit, generation };
    }
    const chain = await readChain(deps, cloud, head);
    const past: PastMoment =
      moment.kind === 'time' ? moment : { kind: 'commit', commit: wholeId(chain, moment.commit) };
    return (await asideTree(deps, cloud, { chain, past })) ?? pastTree(deps, cloud, chain, past);
  });
}

/** The vault exactly as it was after that commit; `undefined` where the cloud cannot tell. */
export async function treeOfCommit(
  deps: CloudDeps,
  cloud: Cloud,
  commit: CommitId,
): Promise<RemoteTree | undefined> {
  try {
    const found = await treeOfMoment(deps, cloud, { kind: 'commit', commit });
    return found.commit === commit ? found.tree : undefined;
  } catch (error) {
    if (error instanceof EngineError && (error.kind === 'not-found' || error.kind === 'format'))
      return undefined;
    throw error;
  }
}

/** The commit's own root, where it stands aside of the chain: a backup keeps so what the primary went back from. */
async function asideTree(
  deps: CloudDeps,
  cloud: Cloud,
  { chain, past }: { readonly chain: readonly Head[]; readonly past: PastMoment },
): Promise<MomentTree | undefined> {
  if (past.kind !== 'commit') return undefined;
  const located = locateMoment(chain, past);
  if (located.kind !== 'not-found' || past.commit.length !== ID_DIGITS) return undefined;
  const root = await readableRoot(deps, cloud, past.commit);
  if (root === undefined || root.vaultId !== chain[0]?.vaultId) return undefined;
  return { tree: await readTree(deps, cloud, root), commit: root.commit, generation: root.generation };
}

async function pastTree(
  deps: CloudDeps,
  cloud: Cloud,
  chain: readonly Head[],
  moment: PastMoment,
): Promise<MomentTree> {
  const located = locateMoment(chain, moment);
  if (located.kind === 'not-found') throw await beyond(deps, cloud, chain, located.reason);
  const { head, until } = located;
  const shardEntries = (await shardTree(deps, cloud, head)).values();
  const records = await recordsAfter({ deps, cloud }, head, -1);
  const past = treeAt({ head, shardEntries, records }, until);
  if (past === undefined) throw await beyond(deps, cloud, chain, 'before-kept-history');
  if (!located.exact) deps.log.write('info', 'history-thinned', { generation: past.stamp.generation });
  return { tree: past.tree, commit: past.stamp.commit, generation: past.stamp.generation };
}

/** The one commit whose id begins with the digits. */
function wholeId(chain: readonly Head[], digits: string): CommitId {
  const prefix = digits.toLowerCase();
  if (prefix.length === ID_DIGITS) return prefix as CommitId;
  if (prefix.length < LEAST_DIGITS) {
    throw new EngineError('not-found', `Give at least ${String(LEAST_DIGITS)} digits of the commit's id.`);
  }
  const found = new Set<CommitId>();
  for (const { log, shardsAt } of chain) {
    const ids = shardsAt === undefined ? log : [...log, shardsAt.commit];
    for (const id of ids) if (id.startsWith(prefix)) found.add(id);
  }
  const [only, another] = found;
  if (another !== undefined) {
    throw new EngineError('not-found', `More than one commit begins with ${prefix}: give more digits.`);
  }
  return only ?? (prefix as CommitId);
}

type Reason = Extract<Located, { readonly kind: 'not-found' }>['reason'];

const REASONS: Readonly<Record<Reason, string>> = {
  'before-kept-history': 'That moment lies before the history that is kept.',
  trimmed: 'That commit has left the history that is kept.',
  'unknown-commit': 'No commit of that id is in the history that is kept.',
};

async function beyond(
  deps: CloudDeps,
  cloud: Cloud,
  chain: readonly Head[],
  reason: Reason,
): Promise<EngineError> {
  const range = await timedRange(deps, cloud, chain);
  return new EngineError('not-found', `${REASONS[reason]} ${rangeText(range)}`.trim());
}

/** With times that only a delta tells. */
async function timedRange(
  deps: CloudDeps,
  cloud: Cloud,
  chain: readonly Head[],
): Promise<KeptRange | undefined> {
  const range = keptRange(chain);
  if (range === undefined) return undefined;
  const fromMs = range.from.timeMs ?? (await stampIn(deps, cloud, chain.at(-1)?.deltas[0], 0))?.timeMs;
  const toMs = range.to.timeMs ?? (await stampIn(deps, cloud, chain[0]?.deltas.at(-1), -1))?.timeMs;
  return {
    from: { ...range.from, ...(fromMs !== undefined && { timeMs: fromMs }) },
    to: { ...range.to, ...(toMs !== undefined && { timeMs: toMs }) },
  };
}

async function stampIn(
  deps: CloudDeps,
  cloud: Cloud,
  delta: ObjectKey | undefined,
  index: number,
): Promise<CommitStamp | undefined> {
  return delta === undefined ? undefined : (await readDelta(deps, cloud, delta)).at(index);
}

function rangeText(range: KeptRange | undefined): string {
  if (range === undefined) return '';
  return `It reaches from ${pointText(range.from)} to ${pointText(range.to)}.`;
}

function pointText(point: KeptRange['from']): string {
  const commit = `commit number ${String(point.generation)}`;
  const date = new Date(point.timeMs ?? NaN);
  return Number.isNaN(date.getTime()) ? commit : `${date.toISOString()} (${commit})`;
}
