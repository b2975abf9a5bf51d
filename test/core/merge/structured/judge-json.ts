/** What a merge did wrong, by what each version says under every key and id; asks nothing of the merge. */
export function judgeJson(
  versions: readonly [unknown, unknown, unknown],
  merged: unknown,
): readonly string[] {
  return wrongAt('', [...versions, merged]);
}

type Four = readonly [base: unknown, local: unknown, remote: unknown, merged: unknown];

function wrongAt(path: string, four: Four): readonly string[] {
  const [base, local, remote, merged] = four;
  const [b, l, r, m] = four.map(canonical);
  const expected = l === r || r === b ? local : l === b ? remote : undefined;
  const isSettled = l === r || r === b || l === b;
  if (isSettled) return m === canonical(expected) ? [] : [path];
  const ids = [base, local, remote, merged].map(itemsById);
  const keys = [base, local, remote, merged].map(entries);
  const inside = ids.every((each) => each !== undefined) ? ids : keys;
  if (inside.some((each) => each === undefined)) return [`${path}: both changed it`];
  const names = new Set(inside.flatMap((each) => [...(each?.keys() ?? [])]));
  return [...names].flatMap((name) => {
    const [b1, l1, r1, m1] = inside.map((each) => each?.get(name));
    return wrongAt(`${path}.${name}`, [b1, l1, r1, m1]);
  });
}

function entries(value: unknown): ReadonlyMap<string, unknown> | undefined {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  return isObject ? new Map(Object.entries(value)) : undefined;
}

function itemsById(value: unknown): ReadonlyMap<string, unknown> | undefined {
  if (!Array.isArray(value)) return undefined;
  const items = new Map(value.map((item: unknown) => [JSON.stringify(entries(item)?.get('id')), item]));
  return items.size === value.length ? items : undefined;
}

function canonical(value: unknown): string | undefined {
  return JSON.stringify(value, (_key, each: unknown) => {
    const own = entries(each);
    return own === undefined ? each : Object.fromEntries([...own].sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}
