import type { Versions } from '../obstacle.ts';
import { isList, isObject, isSame } from './json.ts';
import type { Json, JsonObject, Slot } from './json.ts';
import type { Shape, ValueRules } from './merge-values.ts';

/** A card's place, and what an arrow connects, are one choice of one person. */
const CARD: Shape = {
  keys: { text: { isProse: true } },
  together: [
    ['x', 'y'],
    ['file', 'subpath'],
  ],
};
const ARROW: Shape = { together: [['fromNode', 'fromSide', 'toNode', 'toSide']] };

/** Of the open format JSON Canvas 1.0 (jsoncanvas.org); what other keys it has is merged by key. */
export const CANVAS_SHAPE: Shape = {
  keys: {
    nodes: { items: CARD, isAssumed: true, isReferred: true },
    edges: { items: ARROW, isAssumed: true },
  },
};

/** Whether a card has a new or changed arrow of that side: then the card is not only what it was. */
export function arrowNeeds({ base, local, remote }: Versions<Json>): ValueRules['isNeeded'] {
  const before = new Map(arrowsOf(base).map((arrow) => [idOf(arrow), arrow]));
  const needed = (side: Json): ReadonlySet<unknown> =>
    new Set(
      arrowsOf(side)
        .filter((arrow) => !isSame(arrow, before.get(idOf(arrow))))
        .flatMap(endsOf),
    );
  const ids = { local: needed(local), remote: needed(remote) };
  return (item, side) => isObject(item) && item['id'] !== undefined && ids[side].has(idOf(item));
}

/** Arrows that have lost a card though no side has them without it. */
export function danglingArrows(merged: Json, sides: readonly Json[]): ReadonlySet<JsonObject> {
  const cards = cardIds(merged);
  const known = sides.map((side) => ({
    cards: cardIds(side),
    arrows: new Map(arrowsOf(side).map((arrow) => [idOf(arrow), arrow])),
  }));
  const wasLoose = (arrow: JsonObject, end: Slot): boolean =>
    known.some(({ cards: there, arrows }) => {
      const same = arrows.get(idOf(arrow));
      return same !== undefined && endsOf(same).includes(end) && !there.has(end);
    });
  return new Set(
    arrowsOf(merged).filter((arrow) => endsOf(arrow).some((end) => !cards.has(end) && !wasLoose(arrow, end))),
  );
}

export function hasIdTwice(canvas: Json): boolean {
  return (['nodes', 'edges'] as const).some((key) => {
    const items = itemsOf(canvas, key);
    return new Set(items.map(idOf)).size < items.length;
  });
}

export function withoutArrows(canvas: Json, arrows: ReadonlySet<JsonObject>): Json {
  if (!isObject(canvas) || arrows.size === 0) return canvas;
  return { ...canvas, edges: arrowsOf(canvas).filter((arrow) => !arrows.has(arrow)) };
}

function arrowsOf(canvas: Json): readonly JsonObject[] {
  return itemsOf(canvas, 'edges');
}

function cardIds(canvas: Json): ReadonlySet<Slot> {
  return new Set(itemsOf(canvas, 'nodes').map(idOf));
}

function itemsOf(canvas: Json, key: 'nodes' | 'edges'): readonly JsonObject[] {
  const items = isObject(canvas) ? canvas[key] : undefined;
  return isList(items) ? items.filter(isObject) : [];
}

function idOf(item: JsonObject): Slot {
  return item['id'];
}

/** The ends that it has: a loose one names no card. */
function endsOf(arrow: JsonObject): readonly Slot[] {
  return [arrow['fromNode'], arrow['toNode']].filter((end) => end !== undefined);
}
