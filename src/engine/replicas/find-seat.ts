import { succession } from '../../core/model/succession.ts';
import type { Head } from '../../core/model/head.ts';
import { isStoreError } from '../../storage/store-error.ts';
import { EngineError, type EngineDeps } from '../api.ts';
import { Cloud } from '../cloud/cloud.ts';
import { readHead } from '../cloud/head.ts';
import { allPlaces, hasSeat } from './places.ts';

/**
 * The name of the cloud that has authority over the line of `head`, or over one that took over from that.
 * Clouds that cannot be reached or understood are passed over. `deps` may be as `placed` made them.
 */
export async function findSeat(
  deps: EngineDeps,
  head: Head,
  signal: AbortSignal | undefined,
): Promise<string | undefined> {
  let found: { readonly name: string; readonly head: Head } | undefined;
  for (const { name, store } of allPlaces(deps)) {
    const there = await seatedHead({ ...deps, store }, signal);
    if (there === undefined) continue;
    const relation = succession(found?.head ?? head, there);
    if (relation === 'follows' || (relation === 'same' && found === undefined)) found = { name, head: there };
  }
  return found?.name;
}

/** The head there, if that cloud may be committed to. */
async function seatedHead(deps: EngineDeps, signal: AbortSignal | undefined): Promise<Head | undefined> {
  try {
    const cloud = new Cloud(deps, signal);
    const read = await readHead(cloud, deps.compression);
    // A vault's first line has no seat anywhere: each of its copies looks like the cloud that it came from.
    if (read.kind !== 'found' || read.head.former === undefined) return undefined;
    return (await hasSeat(cloud, read.head)) ? read.head : undefined;
  } catch (error) {
    signal?.throwIfAborted();
    if (isStoreError(error) || error instanceof EngineError) return undefined;
    throw error;
  }
}
