import { groupChanges, growth, overlap } from './change-groups.ts';
import type { ChangeGroup, Changes } from './change-groups.ts';
import type { Hunk } from './diff-lines.ts';
import type { LineIds } from './line-ids.ts';
import type { Span } from './note-form.ts';
import type { Versions } from './obstacle.ts';

/** Who changed a region of the base. `alike`: both, to the same lines. `unstable`: both, differently. */
export type RegionKind = 'unchanged' | 'local' | 'remote' | 'alike' | 'unstable';

/** Lines that belong together on the three sides; a list of regions covers each side, in order. */
export interface Region extends Versions<Span> {
  readonly kind: RegionKind;
}

/**
 * Lays what both sides changed over the base (diff3; Khanna, Kunal, Pierce, "A Formal Investigation
 * of Diff3", 2007). Unlike there, changes that touch without overlapping are regions of their own, unless
 * both wrote one line alike: then one is not beside the other, but in part the same.
 */
export function findRegions(ids: LineIds, changes: Changes): Region[] {
  const regions: Region[] = [];
  let at: Versions<number> = { base: 0, local: 0, remote: 0 };
  const cover = (lengths: Versions<number>): Versions<Span> => {
    const spans = {
      base: { start: at.base, end: at.base + lengths.base },
      local: { start: at.local, end: at.local + lengths.local },
      remote: { start: at.remote, end: at.remote + lengths.remote },
    };
    at = { base: spans.base.end, local: spans.local.end, remote: spans.remote.end };
    return spans;
  };
  const coverUnchanged = (until: number): void => {
    const length = until - at.base;
    if (length > 0)
      regions.push({ kind: 'unchanged', ...cover({ base: length, local: length, remote: length }) });
  };
  const inLocal = new Set(changes.local);
  const meet = (earlier: Hunk, later: Hunk): boolean => {
    if (overlap(earlier, later)) return true;
    if (later.baseStart > earlier.baseEnd) return false;
    return inLocal.has(earlier) ? shareLine(ids, earlier, later) : shareLine(ids, later, earlier);
  };
  for (const group of groupChanges(changes, meet)) {
    coverUnchanged(group.start);
    const base = group.end - group.start;
    const spans = cover({ base, local: base + growth(group.local), remote: base + growth(group.remote) });
    regions.push({ kind: kindOf(ids, group, spans), ...spans });
  }
  coverUnchanged(ids.base.length);
  return regions;
}

function kindOf(ids: LineIds, group: ChangeGroup, { local, remote }: Versions<Span>): RegionKind {
  if (group.remote.length === 0) return 'local';
  if (group.local.length === 0) return 'remote';
  const length = local.end - local.start;
  if (length !== remote.end - remote.start) return 'unstable';
  for (let i = 0; i < length; i++) {
    if (ids.local[local.start + i] !== ids.remote[remote.start + i]) return 'unstable';
  }
  return 'alike';
}

function shareLine(ids: LineIds, local: Hunk, remote: Hunk): boolean {
  const written = new Set(ids.local.subarray(local.sideStart, local.sideEnd));
  return ids.remote
    .subarray(remote.sideStart, remote.sideEnd)
    .some((id) => written.has(id) && ids.texts[id]?.trim() !== '');
}
