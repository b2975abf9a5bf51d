import type { VaultPath } from '../model/vault-path.ts';
import type { StructuredKind } from './structured/merge-structured.ts';

/** How two versions of a file become one: by lines and words, or by the keys and ids of its structure. */
export type MergeKind = 'prose' | StructuredKind;

const KIND_BY_EXTENSION: Readonly<Record<string, MergeKind>> = {
  canvas: 'canvas',
  json: 'json',
  markdown: 'prose',
  md: 'prose',
  txt: 'prose',
};

/**
 * `undefined`: both versions are kept. A drawing is text too, but two halves of its structure make none, and
 * the file says nothing of which halves fit.
 */
export function mergeKindOf(path: VaultPath): MergeKind | undefined {
  if (/\.excalidraw\.md$/iu.test(path)) return undefined;
  const extension = /\.([a-z]+)$/iu.exec(path)?.[1]?.toLowerCase() ?? '';
  return Object.hasOwn(KIND_BY_EXTENSION, extension) ? KIND_BY_EXTENSION[extension] : undefined;
}
