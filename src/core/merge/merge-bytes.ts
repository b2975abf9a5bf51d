import { DEFAULT_MERGE_OPTIONS, merge } from './merge.ts';
import type { MergeOptions } from './merge.ts';
import { obstacleSentence } from './obstacle.ts';
import type { Obstacle, Versions } from './obstacle.ts';
import type { MergeKind } from './mergeable.ts';
import { mergeStructured } from './structured/merge-structured.ts';

/** The host's UTF-8, as `TextDecoder` with `fatal` and `ignoreBOM`, and `TextEncoder`, provide it. */
export interface Utf8 {
  /** Throws on bytes that are not UTF-8. Keeps a byte order mark. */
  decode(bytes: Uint8Array): string;
  encode(text: string): Uint8Array;
}

export type MergeBytesResult =
  | { readonly kind: 'clean'; readonly bytes: Uint8Array }
  /** `reason`: a sentence for people. */
  | { readonly kind: 'conflict'; readonly obstacle: Obstacle; readonly reason: string };

/** The three files of a merge; no `base` where no common version is known. */
export interface MergeBytesInput {
  readonly base: Uint8Array | undefined;
  readonly local: Uint8Array;
  readonly remote: Uint8Array;
  /** Prose, if it does not say. */
  readonly kind?: MergeKind;
}

/** `merge` on files. A clean result may be one of the given arrays itself. */
export function mergeBytes(
  { base, local, remote, kind = 'prose' }: MergeBytesInput,
  utf8: Utf8,
  options: MergeOptions = DEFAULT_MERGE_OPTIONS,
): MergeBytesResult {
  if (sameBytes(local, remote)) return { kind: 'clean', bytes: local };
  if (base === undefined) return conflict('no-base');
  if (sameBytes(local, base)) return { kind: 'clean', bytes: remote };
  if (sameBytes(remote, base)) return { kind: 'clean', bytes: local };
  if ([base, local, remote].some((file) => file.length > options.maxSizeBytes)) return conflict('too-large');
  const texts = { base: readText(base, utf8), local: readText(local, utf8), remote: readText(remote, utf8) };
  if (texts.base === undefined || texts.local === undefined || texts.remote === undefined) {
    return conflict('not-text');
  }
  const known = { base: texts.base, local: texts.local, remote: texts.remote };
  const result = mergeTexts(known, kind, options);
  return result.kind === 'clean'
    ? { kind: 'clean', bytes: utf8.encode(result.text) }
    : conflict(result.obstacle);
}

/** The three versions of a file that is merged that way. */
function mergeTexts(
  texts: Versions<string>,
  kind: MergeKind,
  options: MergeOptions,
): ReturnType<typeof mergeStructured> {
  if (kind === 'prose') return merge(texts.base, texts.local, texts.remote, options);
  return mergeStructured(texts, { kind, merge: options });
}

function conflict(obstacle: Obstacle): MergeBytesResult {
  return { kind: 'conflict', obstacle, reason: obstacleSentence(obstacle) };
}

/** `undefined` unless the text stands for exactly these bytes: a lenient decoder must not cost any. */
function readText(bytes: Uint8Array, utf8: Utf8): string | undefined {
  let text: string;
  try {
    text = utf8.decode(bytes);
  } catch {
    return undefined;
  }
  return sameBytes(utf8.encode(text), bytes) ? text : undefined;
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, index) => byte === b[index]);
}
