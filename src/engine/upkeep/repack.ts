import { classifyKey } from '../../core/format/keys.ts';
import { PACK_FOOTER_BYTES } from '../../core/format/pack-codec.ts';
import { keptRoots, repackCandidates, type RootTime } from '../../core/model/collection.ts';
import type { Entry } from '../../core/model/entry.ts';
import type { ContentHash, ObjectKey } from '../../core/model/ids.ts';
import type { VaultPath } from '../../core/model/vault-path.ts';
import { ContentReader, type Wanted } from '../cloud/content.ts';
import { ContentWriter, type Outgoing } from '../cloud/content-writer.ts';
import { commit } from '../execute/commit-phase.ts';
import type { Run } from '../execute/run.ts';
import type { BaseChange } from '../state.ts';
import { addRoot, type Survey } from './survey.ts';

const PACKS_A_RUN = 4;
/** Plain bytes in memory at once. */
const BYTES_A_RUN = 16 * 1024 * 1024;

/**
 * Puts what still lives in packs less than half alive into new packs, and commits the new places; the
 * old packs go when no root needs them any more. Packs that a root kept for good needs stay as they are.
 */
export async function repackSurveyed(run: Run, survey: Survey): Promise<number> {
  const view = run.view;
  if (view === undefined) return 0;
  const packs = await wastefulPacks(run, survey, [...view.tree.values()]);
  if (packs.size === 0) return 0;
  const moving = within([...view.tree.values()].filter((entry) => isIn(entry, packs)));
  const outgoing = await fetchContents(run, moving);
  const writer = new ContentWriter(run.deps, run.cloud);
  const stored = await writer.store(outgoing, new Map(), (_outgoing, error) => {
    throw error;
  });
  const entries = moving.flatMap((entry): Entry[] => {
    const at = stored.get(entry.hash)?.at;
    return at === undefined ? [] : [{ ...entry, at }];
  });
  if (entries.length === 0) return 0;
  const request = { entries, base: basesOf(run, entries), moreFollow: false };
  const outcome = await commit(run, { ...request, keepGeneration: true, fromReadable: true });
  return outcome === 'done' ? packs.size : 0;
}

async function wastefulPacks(
  run: Run,
  survey: Survey,
  entries: readonly Entry[],
): Promise<ReadonlySet<ObjectKey>> {
  const condemned = new Set<ObjectKey>(run.view?.head.condemned?.keys);
  const overhead = overheadByPack(entries);
  const packs = survey.listed
    .filter(({ key }) => classifyKey(key) === 'pack' && !condemned.has(key))
    .map(({ key, sizeBytes }) => ({ key, sizeBytes: sizeBytes - (overhead.get(key) ?? 0) }));
  if (repackCandidates(packs, entries, new Set()).length === 0) return new Set();
  const heldForGood = new Set<ObjectKey>();
  for (const { commit: root } of keptForGood(survey)) await addRoot(run, survey.reach, heldForGood, root);
  const sizeByKey = new Map(packs.map(({ key, sizeBytes }) => [key, sizeBytes]));
  const candidates = [...repackCandidates(packs, entries, heldForGood)];
  candidates.sort((a, b) => (sizeByKey.get(b) ?? 0) - (sizeByKey.get(a) ?? 0));
  return new Set(candidates.slice(0, PACKS_A_RUN));
}

/**
 * Bytes of each pack that its index and footer take for what is alive: a new pack would need them too.
 * Without this, packs of notes smaller than their index would be packed anew for ever.
 */
function overheadByPack(entries: readonly Entry[]): ReadonlyMap<ObjectKey, number> {
  const overhead = new Map<ObjectKey, number>();
  const counted = new Set<string>();
  for (const { hash, sizeBytes: size, at } of entries) {
    if (at === undefined || !('pack' in at)) continue;
    const { pack, ...place } = at;
    const id = `${pack} ${String(place.offset)}`;
    if (counted.has(id)) continue;
    counted.add(id);
    const indexBytes = JSON.stringify({ hash, ...place, size }).length + 1;
    overhead.set(pack, (overhead.get(pack) ?? PACK_FOOTER_BYTES + 1) + indexBytes);
  }
  return overhead;
}

/** The last roots of the months that are over: retention never lets go of them. */
function keptForGood({ kept, nowMs }: Survey): readonly RootTime[] {
  const monthly = keptRoots(kept, nowMs, { allDays: 0, dailyDays: 0 });
  const month = monthOf(nowMs);
  return kept.filter(({ commit: root, timeMs }) => monthly.has(root) && monthOf(timeMs) !== month);
}

function monthOf(timeMs: number): string {
  return new Date(timeMs).toISOString().slice(0, 7);
}

function isIn({ at }: Entry, packs: ReadonlySet<ObjectKey>): boolean {
  return at !== undefined && 'pack' in at && packs.has(at.pack);
}

/** As many as fit in memory; the rest stays for the next time. */
function within(entries: readonly Entry[]): readonly Entry[] {
  let bytes = 0;
  return entries.filter(({ sizeBytes }) => {
    bytes += sizeBytes;
    return bytes <= BYTES_A_RUN;
  });
}

async function fetchContents(run: Run, moving: readonly Entry[]): Promise<readonly Outgoing[]> {
  const byHash = new Map<ContentHash, Wanted & { readonly path: VaultPath }>();
  for (const { path, hash, sizeBytes, at } of moving) {
    if (at !== undefined) byHash.set(hash, { path, hash, sizeBytes, at });
  }
  const outgoing: Outgoing[] = [];
  await new ContentReader(run.deps, run.cloud).each([...byHash.values()], async (fetched) => {
    const { path, hash } = fetched.wanted;
    if (fetched.kind === 'found') {
      outgoing.push({ path, hash, sizeBytes: fetched.bytes.length, bytes: fetched.bytes });
    } else run.deps.log.write('warn', 'damaged-in-cloud', { path, detail: fetched.detail });
    await Promise.resolve();
  });
  return outgoing;
}

/** The base of this device keeps up, so that its texts are found for merges when the old pack is gone. */
function basesOf(run: Run, entries: readonly Entry[]): readonly BaseChange[] {
  return entries.flatMap(({ path, hash, at }): BaseChange[] => {
    const row = run.base.get(path);
    return row?.hash === hash && at !== undefined ? [{ path, row: { ...row, at } }] : [];
  });
}
