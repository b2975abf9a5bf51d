import { arrow, card } from './canvas-files.ts';
import { canvasText } from '../../../support/canvas-text.ts';
import type { Canvas, Item } from './canvas-files.ts';

/** 0 ≤ x < limit. */
export type Below = (limit: number) => number;

export interface CanvasCase {
  readonly base: string;
  readonly local: string;
  readonly remote: string;
}

const WORDS = 'garden coffee draft review train morning letter window river paper signal memory'.split(' ');

/** A canvas and what two people made of it, each by a few changes as Obsidian makes them. */
export function randomCanvas(below: Below): CanvasCase {
  let made = 0;
  const fresh = (): string => `new${String(made++)}x`;
  const base = startCanvas(below);
  const side = (): Canvas => {
    let canvas = base;
    for (let left = 1 + below(4); left > 0; left--) canvas = change(canvas, below, fresh);
    return canvas;
  };
  return { base: canvasText(base), local: canvasText(side()), remote: canvasText(side()) };
}

function startCanvas(below: Below): Canvas {
  const words = (count: number): string =>
    Array.from({ length: count }, () => WORDS[below(WORDS.length)] ?? '').join(' ');
  const nodes = Array.from({ length: below(9) }, (_, at) =>
    card(`n${String(at)}`, { text: `${words(6)}\n\n${words(8)}`, x: at * 300, y: below(5) * 100 }),
  );
  const edges = Array.from({ length: nodes.length === 0 ? 0 : below(8) }, (_, at) =>
    arrow(`e${String(at)}`, `n${String(below(nodes.length))}`, `n${String(below(nodes.length))}`),
  );
  return { nodes, edges };
}

type Change = (canvas: Canvas, below: Below, fresh: () => string) => Canvas;

const edited = (items: readonly Item[], at: number, edit: (item: Item) => Item): readonly Item[] =>
  items.map((item, index) => (index === at ? edit(item) : item));

const onCard =
  (edit: (item: Item, below: Below, fresh: () => string) => Item): Change =>
  ({ nodes, edges }, below, fresh) => ({
    nodes: edited(nodes, below(nodes.length), (item) => edit(item, below, fresh)),
    edges,
  });

const onArrow =
  (edit: (item: Item, below: Below, fresh: () => string) => Item): Change =>
  ({ nodes, edges }, below, fresh) => ({
    nodes,
    edges: edited(edges, below(edges.length), (item) => edit(item, below, fresh)),
  });

/** One word, at some place of the text. */
const wordWritten = onCard((item, below, fresh) => {
  const text = item['text'];
  const parts = typeof text === 'string' ? text.split(' ') : [];
  parts.splice(below(parts.length + 1), below(2), fresh());
  return { ...item, text: parts.join(' ') };
});

const cardAdded: Change = ({ nodes, edges }, below, fresh) => ({
  nodes: [...nodes, card(fresh(), { text: fresh(), x: below(2000), y: below(2000) })],
  edges,
});

const arrowAdded: Change = ({ nodes, edges }, below, fresh) => {
  const [from, to] = [nodes[below(nodes.length)], nodes[below(nodes.length)]];
  if (from === undefined || to === undefined) return { nodes, edges };
  return { nodes, edges: [...edges, arrow(fresh(), from.id, to.id)] };
};

const cardDeleted: Change = ({ nodes, edges }, below) => {
  const gone = nodes[below(nodes.length)]?.id;
  return {
    nodes: nodes.filter(({ id }) => id !== gone),
    edges: edges.filter((edge) => edge['fromNode'] !== gone && edge['toNode'] !== gone),
  };
};

const cardRaised: Change = ({ nodes, edges }, below) => {
  const raised = nodes[below(nodes.length)];
  if (raised === undefined) return { nodes, edges };
  return { nodes: [...nodes.filter((node) => node !== raised), raised], edges };
};

const CHANGES: readonly Change[] = [
  wordWritten,
  wordWritten,
  wordWritten,
  cardAdded,
  cardAdded,
  arrowAdded,
  cardDeleted,
  cardRaised,
  onCard((item, below) => ({ ...item, x: below(2000), y: below(2000) })),
  onCard((item, below) => ({ ...item, width: 200 + below(300), height: 60 + below(300) })),
  onCard((item, below) => ({ ...item, color: String(1 + below(6)) })),
  onCard(({ color: _color, ...item }) => item),
  onArrow((item, _below, fresh) => ({ ...item, label: fresh() })),
  onArrow((item, below) => ({ ...item, toSide: ['top', 'bottom'][below(2)] })),
  ({ nodes, edges }, below) => {
    const gone = below(edges.length);
    return { nodes, edges: edges.filter((_, at) => at !== gone) };
  },
];

const change: Change = (canvas, below, fresh) =>
  CHANGES[below(CHANGES.length)]?.(canvas, below, fresh) ?? canvas;
