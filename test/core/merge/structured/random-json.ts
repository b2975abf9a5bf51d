import type { Below } from './random-canvas.ts';

const KEYS = ['a', 'b', 'c', 'd', '1', '22', '__proto__', 'toString'];
const LEAVES: readonly unknown[] = [0, 1, 2, 'x', '\u2028 é"\\', '😀', null, true, [], {}];

/** Settings and what two programs made of them, each by a few changes at any depth. */
export function randomSettings(below: Below): readonly [base: unknown, local: unknown, remote: unknown] {
  const base = Object.fromEntries(['p', 'q', 'r', 's', 't'].map((key) => [key, randomValue(3, below)]));
  const side = (): unknown => {
    let value: unknown = base;
    for (let left = 1 + below(3); left > 0; left--) value = changed(value, below);
    return value;
  };
  return [base, side(), side()];
}

function randomValue(depth: number, below: Below): unknown {
  const kind = depth === 0 ? 0 : below(3);
  if (kind === 0) return LEAVES[below(LEAVES.length)];
  const names = Array.from({ length: below(5) }, () => below(KEYS.length));
  if (kind === 1)
    return Object.fromEntries(names.map((name) => [KEYS[name] ?? '', randomValue(depth - 1, below)]));
  return [...new Set(names)].map((id) => ({ id, value: randomValue(depth - 1, below) }));
}

/** One change somewhere in it: something added, removed, moved or another. */
function changed(value: unknown, below: Below): unknown {
  const fresh = (): number => 100 + below(1000);
  if (Array.isArray(value)) {
    const items: unknown[] = [...value];
    const at = below(items.length);
    const [item] = items.splice(at, 1);
    const what = below(4);
    if (what === 0) return items;
    if (what === 1) return [...items, ...(item === undefined ? [] : [item])];
    if (what === 2) return [...value, { id: fresh(), value: randomValue(1, below) }];
    const { id, value: inside } = (item ?? { id: fresh() }) as { id: number; value?: unknown };
    items.splice(at, 0, { id, value: changed(inside ?? 0, below) });
    return items;
  }
  if (typeof value !== 'object' || value === null) return randomValue(1, below);
  const entries = Object.entries(value);
  const at = below(entries.length);
  const what = below(4);
  if (what === 0) return Object.fromEntries(entries.filter((_, index) => index !== at));
  if (what === 1) return Object.fromEntries([...entries, [`new${String(fresh())}`, randomValue(1, below)]]);
  return Object.fromEntries(entries.map(([key, each], i) => [key, i === at ? changed(each, below) : each]));
}
