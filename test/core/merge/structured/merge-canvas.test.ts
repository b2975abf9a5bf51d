import { describe, expect, it } from 'vitest';
import type { Canvas } from './canvas-files.ts';
import { arrow, card, mergedBothWays } from './canvas-files.ts';
import { canvasText } from '../../../support/canvas-text.ts';

const LONG = 'Buy bread and butter.\n\nCall the baker about the cake for Sunday.';
const BASE: Canvas = {
  nodes: [card('a'), card('b', { text: LONG, x: 300 }), card('c', { x: 600 })],
  edges: [arrow('ab', 'a', 'b'), arrow('bc', 'b', 'c')],
};

type Change = (canvas: Canvas) => Canvas;

const set =
  (id: string, more: Readonly<Record<string, unknown>>): Change =>
  ({ nodes, edges }) => ({
    nodes: nodes.map((node) => (node.id === id ? { ...node, ...more } : node)),
    edges: edges.map((edge) => (edge.id === id ? { ...edge, ...more } : edge)),
  });
const add =
  (more: Partial<Canvas>): Change =>
  ({ nodes, edges }) => ({
    nodes: [...nodes, ...(more.nodes ?? [])],
    edges: [...edges, ...(more.edges ?? [])],
  });
/** With its arrows, as Obsidian does. */
const remove =
  (id: string): Change =>
  ({ nodes, edges }) => ({
    nodes: nodes.filter((node) => node.id !== id),
    edges: edges.filter((edge) => ![edge.id, edge['fromNode'], edge['toNode']].includes(id)),
  });
const raise =
  (id: string): Change =>
  ({ nodes, edges }) => ({
    nodes: [...nodes.filter((node) => node.id !== id), ...nodes.filter((node) => node.id === id)],
    edges,
  });
const text = (from: string, to: string): Change => set('b', { text: LONG.replace(from, to) });

const OPEN = 'open';

function merged(local: Change, remote: Change): Canvas | typeof OPEN {
  const result = mergedBothWays(
    [canvasText(BASE), canvasText(local(BASE)), canvasText(remote(BASE))],
    'canvas',
  );
  if (result.kind === 'conflict') return OPEN;
  const canvas = JSON.parse(result.text) as Canvas;
  expect(result.text).toBe(canvasText(canvas));
  return canvas;
}

const both =
  (...changes: readonly Change[]): Change =>
  (canvas) =>
    changes.reduce((now, change) => change(now), canvas);

describe('a canvas that both sides changed', () => {
  it.each<readonly [string, Change, Change, Change]>([
    [
      '[MJ1] different cards',
      set('a', { text: 'Here' }),
      set('c', { color: '3' }),
      both(set('a', { text: 'Here' }), set('c', { color: '3' })),
    ],
    [
      '[MJ1] different keys of one card',
      set('a', { color: '1' }),
      set('a', { width: 300 }),
      set('a', { color: '1', width: 300 }),
    ],
    [
      '[MJ1] a card moved and its text written',
      set('b', { x: 1, y: 2 }),
      text('bread', 'rolls'),
      both(set('b', { x: 1, y: 2 }), text('bread', 'rolls')),
    ],
    [
      '[MJ7] the text of one card, at two places',
      text('bread', 'rolls'),
      text('Sunday', 'Monday'),
      set('b', { text: LONG.replace('bread', 'rolls').replace('Sunday', 'Monday') }),
    ],
    [
      '[MJ3] cards added by both',
      add({ nodes: [card('z')] }),
      add({ nodes: [card('d'), card('y')] }),
      add({ nodes: [card('d'), card('y'), card('z')] }),
    ],
    [
      '[MJ3] an arrow here and a card there',
      add({ edges: [arrow('ac', 'a', 'c')] }),
      add({ nodes: [card('d')] }),
      add({ nodes: [card('d')], edges: [arrow('ac', 'a', 'c')] }),
    ],
    [
      '[MJ2] a card deleted that the other side left alone',
      remove('c'),
      set('a', { text: 'Here' }),
      both(remove('c'), set('a', { text: 'Here' })),
    ],
    [
      '[MJ2] the same card deleted by both',
      both(remove('c'), set('a', { x: 5 })),
      both(remove('c'), set('b', { x: 6 })),
      both(remove('c'), set('a', { x: 5 }), set('b', { x: 6 })),
    ],
    [
      '[MJ4] a card raised above the others, another one written',
      raise('a'),
      set('b', { text: 'Here' }),
      both(raise('a'), set('b', { text: 'Here' })),
    ],
    ['[MJ4] two cards raised', raise('a'), raise('b'), both(raise('b'), raise('a'))],
    [
      '[MJ8] a card moved on one side, its arrow turned on the other',
      set('a', { y: 9 }),
      set('ab', { fromSide: 'top' }),
      both(set('a', { y: 9 }), set('ab', { fromSide: 'top' })),
    ],
  ])('%s', (_title, local, remote, expected) => {
    expect(merged(local, remote)).toEqual(expected(BASE));
  });

  it.each<readonly [string, Change, Change]>([
    ['[MJ5] one value changed by both', set('a', { color: '1' }), set('a', { color: '2' })],
    ['[MJ7] the same words of one card', text('bread', 'rolls'), text('bread', 'cake')],
    ['[MJ6] a card deleted against its text', remove('b'), text('bread', 'rolls')],
    ['[MJ6] a card deleted against its place', remove('a'), set('a', { x: 7 })],
    [
      '[MJ9] a card deleted to which the other side drew an arrow',
      remove('c'),
      add({ edges: [arrow('ac', 'a', 'c')] }),
    ],
    [
      '[MJ9] a card deleted without its arrow, which the other side labelled',
      (canvas) => ({ ...canvas, nodes: canvas.nodes.slice(1) }),
      set('ab', { label: 'why' }),
    ],
    ['[MJ8] a card moved across by one and down by the other', set('a', { x: 50 }), set('a', { y: 50 })],
    [
      '[MJ8] an arrow of which each side moved one end',
      set('ab', { toNode: 'c' }),
      set('ab', { fromNode: 'c' }),
    ],
    [
      '[MJ5] one id given to two new cards',
      add({ nodes: [card('d')] }),
      add({ nodes: [card('d', { text: 'Other' })] }),
    ],
  ])('is a conflict: %s', (_title, local, remote) => {
    expect(merged(local, remote)).toBe(OPEN);
  });

  it('[MJ3] a canvas that was empty gets the cards of both', () => {
    const one = canvasText({ nodes: [card('a')], edges: [] });
    const other = canvasText({ nodes: [card('b')], edges: [] });
    const text = canvasText({ nodes: [card('a'), card('b')], edges: [] });
    expect(mergedBothWays(['{}', one, other], 'canvas')).toEqual({ kind: 'clean', text });
  });

  it('[MJ1] what has no ids, or is new, on one side alone is taken', () => {
    const of = (value: object): string => JSON.stringify(value);
    expect(mergedBothWays(['{"a":1}', '{"a":2}', of({ a: 1, nodes: [card('a')] })], 'canvas')).toEqual({
      kind: 'clean',
      text: of({ a: 2, nodes: [card('a')] }),
    });
    expect(
      mergedBothWays(['{"a":1,"nodes":[1]}', '{"a":2,"nodes":[1]}', '{"a":1,"nodes":[2]}'], 'canvas'),
    ).toEqual({
      kind: 'clean',
      text: '{"a":2,"nodes":[2]}',
    });
  });

  it('[MJ9] an arrow that both sides have loose stays as it is', () => {
    const loose: Canvas = { nodes: [card('a'), card('b')], edges: [arrow('x', 'a', 'gone')] };
    const here = canvasText(set('a', { x: 1 })(loose));
    const there = canvasText(set('b', { x: 2 })(loose));
    const text = canvasText(both(set('a', { x: 1 }), set('b', { x: 2 }))(loose));
    expect(mergedBothWays([canvasText(loose), here, there], 'canvas')).toEqual({ kind: 'clean', text });
  });
});
