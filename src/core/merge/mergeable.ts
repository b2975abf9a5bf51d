import type { VaultPath } from '../model/vault-path.ts';

/** Files that are prose: lines and words of both sides may stand beside each other. */
const PROSE = /\.(?:md|markdown|txt)$/iu;

/**
 * Whether a file may be merged by lines and words at all. A drawing, a canvas or settings are text too, but
 * two halves of their structure make none.
 */
export function isMergeable(path: VaultPath): boolean {
  return PROSE.test(path) && !/\.excalidraw\.md$/iu.test(path);
}
