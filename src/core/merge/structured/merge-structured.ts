import { DEFAULT_MERGE_OPTIONS, merge } from '../merge.ts';
import type { MergeOptions } from '../merge.ts';
import { findObstacle } from '../obstacle.ts';
import type { Obstacle, Versions } from '../obstacle.ts';
import { arrowNeeds, CANVAS_SHAPE, danglingArrows, withoutArrows } from './canvas.ts';
import { parseJson } from './json.ts';
import type { Json } from './json.ts';
import { isWrittenSo, mergeFrames, mergeLayouts, parseFile, render, renderFile } from './layout.ts';
import type { Frame, Layout } from './layout.ts';
import { ANY_SHAPE, mergeSlots, OPEN } from './merge-values.ts';

export type StructuredKind = 'canvas' | 'json';

export interface StructuredOptions {
  readonly kind: StructuredKind;
  /** Somebody decided: where both changed one thing differently, this side's stands. */
  readonly settle?: 'local' | 'remote';
  readonly merge?: MergeOptions;
}

export type StructuredResult =
  | { readonly kind: 'clean'; readonly text: string }
  | { readonly kind: 'conflict'; readonly obstacle: Obstacle };

/**
 * Three-way merge of a file of JSON by its keys, lists by their items' ids. Pure, and the same with the
 * sides exchanged. What is written is read from JSON and written as JSON: a text that does not come out
 * byte for byte that way (numbers beyond precision, a key twice, unusual blanks) is a conflict.
 */
export function mergeStructured(texts: Versions<string>, options: StructuredOptions): StructuredResult {
  const { base, local, remote } = texts;
  if (local === remote || remote === base) return { kind: 'clean', text: local };
  if (local === base) return { kind: 'clean', text: remote };
  const { maxSizeBytes } = options.merge ?? DEFAULT_MERGE_OPTIONS;
  const obstacle = findObstacle(texts, maxSizeBytes);
  if (obstacle !== undefined) return conflict(obstacle);
  const files = read(texts);
  if (files === undefined) return conflict('not-json');
  const layout = mergeLayouts(files.bodies, files.values);
  if (layout === 'unread') return conflict('not-json');
  const frame = mergeFrames(files.frames);
  if (layout === undefined || frame === undefined) return conflict('layout');
  const merged = mergeValues(files.values, options);
  if (typeof merged === 'string') return conflict(merged);
  return write(merged.value, layout, frame);
}

function conflict(obstacle: Obstacle): StructuredResult {
  return { kind: 'conflict', obstacle };
}

interface Files {
  readonly bodies: Versions<string>;
  readonly frames: Versions<Frame>;
  readonly values: Versions<Json>;
}

function read(texts: Versions<string>): Files | undefined {
  const files = {
    base: parseFile(texts.base),
    local: parseFile(texts.local),
    remote: parseFile(texts.remote),
  };
  const bodies = { base: files.base.body, local: files.local.body, remote: files.remote.body };
  const [base, local, remote] = [parseJson(bodies.base), parseJson(bodies.local), parseJson(bodies.remote)];
  if (base === undefined || local === undefined || remote === undefined) return undefined;
  const frames = { base: files.base.frame, local: files.local.frame, remote: files.remote.frame };
  return { bodies, frames, values: { base, local, remote } };
}

function mergeValues(
  values: Versions<Json>,
  { kind, settle, merge: options = DEFAULT_MERGE_OPTIONS }: StructuredOptions,
): { readonly value: Json } | Obstacle {
  const isCanvas = kind === 'canvas';
  const merged = mergeSlots(values, isCanvas ? CANVAS_SHAPE : ANY_SHAPE, {
    mergeProse: ({ base, local, remote }) => {
      const result = merge(base, local, remote, options);
      if (result.kind === 'clean') return result.text;
      if (settle === undefined) return undefined;
      return result.pieces.map((piece) => (piece.kind === 'hunk' ? piece[settle] : piece.text)).join('');
    },
    isNeeded: isCanvas ? arrowNeeds(values) : () => false,
    settle,
  });
  if (merged === OPEN || merged === undefined) return 'overlap';
  if (!isCanvas) return { value: merged };
  const dangling = danglingArrows(merged, [values.local, values.remote]);
  if (dangling.size > 0 && settle === undefined) return 'overlap';
  return { value: withoutArrows(merged, dangling) };
}

/** Whatever made the value: what is written must say the same when it is read again. */
function write(value: Json, layout: Layout, frame: Frame): StructuredResult {
  const body = render(value, layout);
  const again = body === undefined ? undefined : parseJson(body);
  if (body === undefined || again === undefined || !isWrittenSo(body, again, layout))
    return conflict('not-json');
  return { kind: 'clean', text: renderFile(frame, body) };
}
