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

interface Cursor {
  readonly hunks: readonly Hunk[];
  /** The next hunk. */
  index: number;
  /** Side line minus base line, outside hunks. */
  shift: number;
}

/**
 * Lays what both sides changed over the base (diff3; Khanna, Kunal, Pierce, "A Formal Investigation
 * of Diff3", 2007). Hunks of the two sides without an unchanged line between them share a region.
 */
export function findRegions(
  ids: LineIds,
  changes: { local: readonly Hunk[]; remote: readonly Hunk[] },
): Region[] {
  const local: Cursor = { hunks: changes.local, index: 0, shift: 0 };
  const remote: Cursor = { hunks: changes.remote, index: 0, shift: 0 };
  const regions: Region[] = [];
  let done = 0;
  const spans = (start: number, end: number, from: { local: number; remote: number }): Versions<Span> => ({
    base: { start, end },
    local: { start: start + from.local, end: end + local.shift },
    remote: { start: start + from.remote, end: end + remote.shift },
  });
  for (;;) {
    const start = Math.min(nextStart(local), nextStart(remote), ids.base.length);
    const from = { local: local.shift, remote: remote.shift };
    if (start > done) regions.push({ kind: 'unchanged', ...spans(done, start, from) });
    const { end, localHunks, remoteHunks } = takeTouching(local, remote, start);
    if (localHunks + remoteHunks === 0) return regions;
    const region = spans(start, end, from);
    const both = localHunks > 0 && remoteHunks > 0;
    const kind = both ? kindOfBoth(ids, region) : localHunks > 0 ? 'local' : 'remote';
    regions.push({ kind, ...region });
    done = end;
  }
}

function nextStart({ hunks, index }: Cursor): number {
  return hunks[index]?.baseStart ?? Infinity;
}

/** Takes the hunks that begin at `start`, and those that they touch, and so on. */
function takeTouching(
  local: Cursor,
  remote: Cursor,
  start: number,
): { end: number; localHunks: number; remoteHunks: number } {
  let end = start;
  const first = { local: local.index, remote: remote.index };
  for (let grown = true; grown;) {
    grown = false;
    for (const cursor of [local, remote]) {
      const hunk = cursor.hunks[cursor.index];
      if (hunk === undefined || hunk.baseStart > end) continue;
      end = Math.max(end, hunk.baseEnd);
      cursor.index++;
      cursor.shift = hunk.sideEnd - hunk.baseEnd;
      grown = true;
    }
  }
  return { end, localHunks: local.index - first.local, remoteHunks: remote.index - first.remote };
}

function kindOfBoth(ids: LineIds, { local, remote }: Versions<Span>): RegionKind {
  const length = local.end - local.start;
  if (length !== remote.end - remote.start) return 'unstable';
  for (let i = 0; i < length; i++) {
    if (ids.local[local.start + i] !== ids.remote[remote.start + i]) return 'unstable';
  }
  return 'alike';
}
