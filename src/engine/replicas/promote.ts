import { rootKey, seatKey } from '../../core/format/keys.ts';
import type { Head } from '../../core/model/head.ts';
import { succession } from '../../core/model/succession.ts';
import { isStoreError } from '../../storage/store-error.ts';
import { EngineError, type EngineDeps, type Promoted } from '../api.ts';
import { Cloud } from '../cloud/cloud.ts';
import { packHead, readHead, type TaggedHead } from '../cloud/head.ts';
import { writeHead } from '../execute/committer.ts';
import type { DeviceState } from '../state.ts';
import type { SyncDevice } from './absorb.ts';
import { allPlaces, currentPlace, hasSeat, moveTo, placed, successorOf } from './places.ts';
import { replicate } from './replicate.ts';

export interface Promotion {
  /** As the settings name the clouds. */
  readonly deps: EngineDeps;
  readonly state: DeviceState;
  readonly name: string;
  readonly signal: AbortSignal | undefined;
  readonly sync: SyncDevice;
}

/**
 *   bring it up, if the primary answers ─► its head as a root ─► its seat ─► its head, of a new lineage ─► move over
 *
 * Cut off before the head is written, nothing has happened; after it, this device moves over like any other.
 * The former primary need not answer: what it has beyond is imported when it does (`absorb`).
 */
export async function promote(promotion: Promotion): Promise<Promoted> {
  const { deps, state, name, signal } = promotion;
  const place = allPlaces(deps).findIndex((one) => one.name === name);
  const store = allPlaces(deps)[place]?.store;
  if (store === undefined)
    throw new EngineError('not-found', `There is no backup "${name}". See them: twincloud backup list`);
  const cloud = new Cloud({ ...deps, store }, signal);
  await bringUp(promotion, cloud);
  const found = await headOf(promotion, cloud);
  const known = (await state.meta('head'))?.head;
  const behindCommits = known === undefined ? 0 : Math.max(0, known.generation - found.head.generation);
  const kind = await takeSeat({ promotion, cloud, place }, found, known);
  if (kind !== 'already') await moveTo(deps, state, name);
  return { kind, name, behindCommits };
}

/** As far as the primary can be reached: it may be the reason for the promotion that it cannot. */
async function bringUp({ deps, state, name, signal, sync }: Promotion, to: Cloud): Promise<void> {
  if ((await currentPlace(state)) === name) return;
  const here = await placed(deps, state);
  const from = new Cloud(here, signal);
  try {
    await replicate({ deps: here, from, to }, { thorough: true, confirmed: true, sync });
  } catch (error) {
    signal?.throwIfAborted();
    if (!isStoreError(error) && !(error instanceof EngineError)) throw error;
    deps.log.write('warn', 'promoting-without-primary', { detail: error.message });
  }
}

async function headOf({ deps, name }: Promotion, cloud: Cloud): Promise<TaggedHead> {
  const read = await readHead(cloud, deps.compression);
  if (read.kind === 'found') return read;
  throw new EngineError('not-found', `"${name}" holds nothing yet, so it cannot take over. Sync first.`);
}

interface Seat {
  readonly promotion: Promotion;
  readonly cloud: Cloud;
  /** In the order of the settings. */
  readonly place: number;
}

async function takeSeat(
  { promotion, cloud, place }: Seat,
  { etag, head }: TaggedHead,
  known: Head | undefined,
): Promise<Promoted['kind']> {
  const { deps, state, name } = promotion;
  const relation = known === undefined ? 'same' : succession(known, head);
  if (relation === 'other-vault' || relation === 'strange')
    throw new EngineError(
      'other-vault',
      `"${name}" holds another vault, so it cannot take over. Nothing was changed.`,
    );
  const isSeated = await hasSeat(cloud, head);
  if (isSeated && (await currentPlace(state)) === name) return 'already';
  if (isSeated && head.former !== undefined && relation !== 'precedes') return 'joined';
  if (!cloud.store.capabilities.conditionalPut) {
    throw new EngineError(
      'no-conditions',
      `"${name}" keeps no conditional writes: enough for a backup, but two devices that write at once would overwrite each other there. Promote another, or restore from it (twincloud restore --from ${name}).`,
    );
  }
  const next = successorOf(head, { deps, place, timeMs: cloud.nowMs() });
  await cloud.put(rootKey(head.commit), await packHead(deps.compression, head));
  await cloud.put(seatKey(next.lineage), new TextEncoder().encode(`${next.lineage}\n`));
  const result = await writeHead(deps, cloud, { head: next }, { etag });
  if (result.kind === 'won') return 'promoted';
  throw new EngineError(
    'contended',
    `Another device wrote to "${name}" meanwhile. Look at its status, and try again.`,
  );
}
