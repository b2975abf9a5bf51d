import { canvasText } from '../support/canvas-text.ts';
import type { Author } from './author.ts';
import type { Prng } from './prng.ts';

type Value = string | number;
type Item = Readonly<Record<string, Value>>;

export interface Canvas {
  readonly nodes: readonly Item[];
  readonly edges: readonly Item[];
}

/** `undefined`: this is no canvas. */
export function readCanvas(text: string): Canvas | undefined {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof json !== 'object' || json === null) return undefined;
  const { nodes, edges } = json as Readonly<Record<string, unknown>>;
  return Array.isArray(nodes) && Array.isArray(edges)
    ? { nodes: nodes as Item[], edges: edges as Item[] }
    : undefined;
}

/** The canvas after one deed of a person; a new one for no text, `undefined` for what is no canvas. */
export function drawnOn(text: string | undefined, author: Author, rng: Prng): string | undefined {
  if (text === undefined || text === '')
    return canvasText({ nodes: Array.from({ length: 3 }, () => newCard(author, rng)), edges: [] });
  const canvas = readCanvas(text);
  return canvas === undefined ? undefined : canvasText(drawn(canvas, author, rng));
}

function drawn(canvas: Canvas, author: Author, rng: Prng): Canvas {
  const { nodes, edges } = canvas;
  const deed = rng.weighted({
    add: 5,
    write: nodes.length > 0 ? 6 : 0,
    rewrite: nodes.length > 0 ? 3 : 0,
    move: nodes.length > 0 ? 4 : 0,
    color: nodes.length > 0 ? 2 : 0,
    connect: nodes.length > 1 ? 3 : 0,
    remove: nodes.length > 2 ? 2 : 0,
    sort: nodes.length > 1 ? 1 : 0,
  });
  if (deed === 'add') return { nodes: [...nodes, newCard(author, rng)], edges };
  const node = rng.pick(nodes);
  const changed = (change: Item): Canvas => ({
    nodes: nodes.map((one) => (one === node ? { ...one, ...change } : one)),
    edges,
  });
  switch (deed) {
    case 'write':
      return changed({ text: `${String(node['text'] ?? '')}\n${author.words()} ${author.token()}` });
    case 'rewrite':
      return changed({
        [node['type'] === 'group' ? 'label' : 'text']: `${author.words()} ${author.token()}`,
      });
    case 'move':
      return changed({ x: place(rng), y: place(rng) });
    case 'color':
      return changed({ color: String(1 + rng.below(6)) });
    case 'connect':
      return { nodes, edges: [...edges, newArrow(author, node, rng.pick(nodes))] };
    case 'remove':
      return without(canvas, node);
    case 'sort':
      return { nodes: [...nodes.filter((one) => one !== node), node], edges };
  }
}

/** A card takes its arrows along. */
function without({ nodes, edges }: Canvas, node: Item): Canvas {
  const id = node['id'];
  return {
    nodes: nodes.filter((one) => one !== node),
    edges: edges.filter((edge) => edge['fromNode'] !== id && edge['toNode'] !== id),
  };
}

function newCard(author: Author, rng: Prng): Item {
  const at = { x: place(rng), y: place(rng), width: 250, height: 60 };
  const words = `${author.words()} ${author.token()}`;
  return rng.chance(0.2)
    ? { id: `n${author.token()}`, type: 'group', ...at, label: words }
    : { id: `n${author.token()}`, type: 'text', ...at, text: words };
}

function newArrow(author: Author, from: Item, to: Item): Item {
  const ends = { fromNode: from['id'] ?? '', fromSide: 'right', toNode: to['id'] ?? '', toSide: 'left' };
  return { id: `e${author.token()}`, ...ends };
}

function place(rng: Prng): number {
  return rng.below(100) * 20;
}
