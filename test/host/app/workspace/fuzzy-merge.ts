import { diff_match_patch as DiffMatchPatch } from 'diff-match-patch';

/** What was typed since `base`, patched onto `theirs` wherever it seems to fit. Hunks that fit nowhere are dropped. */
export function mergeFuzzily(base: string, live: string, theirs: string): string {
  const matcher = new DiffMatchPatch();
  const patches = matcher.patch_make(base, live);
  const [merged] = matcher.patch_apply(patches, theirs);
  return merged;
}
