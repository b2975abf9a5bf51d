import { canvasText } from '../../../support/canvas-text.ts';
import type { Canvas, Item } from './canvas-files.ts';
import type { CanvasCase } from './random-canvas.ts';

export interface Verdict {
  /** What a side wrote, or both left alone, and is not there. */
  readonly lost: readonly string[];
  /** What nobody wrote, or a canvas that is none. */
  readonly corrupt: readonly string[];
}

/** Judges a merged canvas by what each version says of every key, without merging. */
export function judgeCanvas({ base, local, remote }: CanvasCase, merged: string): Verdict {
  const lost: string[] = [];
  const corrupt: string[] = [];
  const [before, here, there] = [base, local, remote].map((text) => JSON.parse(text) as Canvas);
  const result = JSON.parse(merged) as Canvas;
  if (before === undefined || here === undefined || there === undefined) throw new Error('no canvas');
  if (canvasText(result) !== merged) corrupt.push('layout');
  for (const list of ['nodes', 'edges'] as const) {
    const [b, l, r, m] = [before, here, there, result].map((canvas) => itemsById(canvas[list]));
    if (b === undefined || l === undefined || r === undefined || m === undefined) continue;
    if (!isOrderKept([b, l, r, m].map((items) => [...items.keys()]))) corrupt.push(`${list}: order`);
    if (m.size !== result[list].length) corrupt.push(`${list}: an id twice`);
    for (const id of new Set([...b.keys(), ...l.keys(), ...r.keys(), ...m.keys()])) {
      const versions = [b.get(id), l.get(id), r.get(id)] as const;
      judgeValue(`${list} ${id}`, [versions[0], versions[1], versions[2], m.get(id)], { lost, corrupt });
    }
  }
  for (const edge of result.edges) {
    const isThere = (end: unknown): boolean => result.nodes.some(({ id }) => id === end);
    if (!isThere(edge['fromNode']) || !isThere(edge['toNode'])) corrupt.push(`${edge.id} dangles`);
  }
  return { lost, corrupt };
}

/** Whether some value was changed by both, or deleted by one and changed by the other, or the orders of both cannot hold together. */
export function isContested({ base, local, remote }: CanvasCase): boolean {
  const [before, here, there] = [base, local, remote].map((text) => JSON.parse(text) as Canvas);
  if (before === undefined || here === undefined || there === undefined) throw new Error('no canvas');
  const hasCard = ({ nodes }: Canvas, id: unknown): boolean => nodes.some((node) => node.id === id);
  const isCut = (own: Canvas, other: Canvas): boolean =>
    own.edges.some(
      (edge) =>
        !isEqual(
          edge,
          before.edges.find(({ id }) => id === edge.id),
        ) && [edge['fromNode'], edge['toNode']].some((end) => !hasCard(other, end) && hasCard(before, end)),
    );
  const isBoth = (['nodes', 'edges'] as const).some((list) => {
    const [b, l, r] = [before, here, there].map((canvas) => itemsById(canvas[list]));
    return [...(b ?? [])].some(([id, item]) => {
      const [own, other] = [l?.get(id), r?.get(id)];
      if (own === undefined || other === undefined) return !isEqual(own, item) && !isEqual(other, item);
      const keys = new Set([...Object.keys(item), ...Object.keys(own), ...Object.keys(other)]);
      return [...keys].some(
        (key) =>
          !isEqual(own[key], item[key]) && !isEqual(other[key], item[key]) && !isEqual(own[key], other[key]),
      );
    });
  });
  const orders = (list: 'nodes' | 'edges'): readonly (readonly unknown[])[] =>
    [before, here, there].map((canvas) => canvas[list].map(({ id }) => id));
  const isMoved = isTangled(orders('nodes')) || isTangled(orders('edges'));
  return isBoth || isCut(here, there) || isCut(there, here) || isMoved;
}

/** Whether what the sides moved goes round in a circle: one before another, that before a third, the third before the one. */
function isTangled([before = [], here = [], there = []]: readonly (readonly unknown[])[]): boolean {
  const shared = before.filter((id) => here.includes(id) && there.includes(id));
  const isBefore = (one: unknown, other: unknown): boolean => {
    const isIn = (order: readonly unknown[]): boolean => order.indexOf(one) < order.indexOf(other);
    return [here, there].some((order) => isIn(order) !== isIn(before)) !== isIn(before);
  };
  return shared.some((a) =>
    shared.some((b) => a !== b && isBefore(a, b) && shared.some((c) => isBefore(b, c) && isBefore(c, a))),
  );
}

type Four = readonly [unknown, unknown, unknown, unknown];

function judgeValue(
  name: string,
  [base, local, remote, merged]: Four,
  verdict: { lost: string[]; corrupt: string[] },
): void {
  if (isItem(base) && isItem(local) && isItem(remote) && isItem(merged)) {
    const keys = new Set([base, local, remote, merged].flatMap((item) => Object.keys(item)));
    for (const key of keys)
      judgeValue(`${name}.${key}`, [base[key], local[key], remote[key], merged[key]], verdict);
    return;
  }
  const isBothChanged = !isEqual(local, base) && !isEqual(remote, base) && !isEqual(local, remote);
  if (!isBothChanged) {
    if (!isEqual(merged, isEqual(local, base) ? remote : local)) verdict.lost.push(name);
    return;
  }
  if (![base, local, remote, merged].every((text) => typeof text === 'string')) verdict.corrupt.push(name);
  else judgeWords(name, [base, local, remote, merged].map(wordsOf), verdict);
}

/** Of two items that all have, neither stands where no side that moved them has it. */
function isOrderKept(lists: readonly (readonly string[])[]): boolean {
  const [before, here, there, after] = lists.map((ids) => new Map(ids.map((id, at) => [id, at])));
  if (before === undefined || here === undefined || there === undefined || after === undefined) return true;
  const shared = [...after.keys()].filter((id) => before.has(id) && here.has(id) && there.has(id));
  return shared.every((one, at) =>
    shared.slice(at + 1).every((other) => {
      const isBehind = (ids: ReadonlyMap<string, number>): boolean =>
        (ids.get(one) ?? 0) > (ids.get(other) ?? 0);
      const was = isBehind(before);
      const isTurned = isBehind(here) !== was || isBehind(there) !== was;
      return isBehind(after) === (isTurned ? !was : was);
    }),
  );
}

/** Each removal of a side may hold, and what it added must. */
function judgeWords(
  name: string,
  [base, local, remote, merged]: readonly ReadonlyMap<string, number>[],
  { lost, corrupt }: { lost: string[]; corrupt: string[] },
): void {
  if (base === undefined || local === undefined || remote === undefined || merged === undefined) return;
  for (const word of new Set([...base.keys(), ...local.keys(), ...remote.keys(), ...merged.keys()])) {
    const was = base.get(word) ?? 0;
    const changes = [(local.get(word) ?? 0) - was, (remote.get(word) ?? 0) - was];
    const added = changes.map((change) => Math.max(0, change));
    const removed = changes.map((change) => Math.max(0, -change));
    const found = merged.get(word) ?? 0;
    if (found < was - sum(removed) + Math.max(...added)) lost.push(`${name}: ${word}`);
    if (found > was - Math.max(...removed) + sum(added)) corrupt.push(`${name}: ${word}`);
  }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}

function wordsOf(text: unknown): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const word of String(text).split(/\s+/u)) counts.set(word, (counts.get(word) ?? 0) + 1);
  return counts;
}

function itemsById(items: readonly Item[]): ReadonlyMap<string, Item> {
  return new Map(items.map((item) => [item.id, item]));
}

function isItem(value: unknown): value is Item {
  return typeof value === 'object' && value !== null;
}

function isEqual(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
