import type { Versions } from '../obstacle.ts';
import { isList, isObject, isSame, meansSame, slotsOf } from './json.ts';
import type { Json, JsonObject, Slot } from './json.ts';
import { mergeOrder } from './merge-order.ts';

/** What is known of a value apart from what it is. */
export interface Shape {
  readonly keys?: Readonly<Record<string, Shape>>;
  /** Of a list by id. */
  readonly items?: Shape;
  /** Keys whose values are one value: a place, or what an arrow connects. */
  readonly together?: readonly (readonly string[])[];
  /** A list that a file without it has too, empty. */
  readonly isAssumed?: boolean;
  /** A list whose items are needed elsewhere: one side's deletions are looked at though the other left it alone. */
  readonly isReferred?: boolean;
  /** Text that people write, merged as a note is. */
  readonly isProse?: boolean;
}

export const ANY_SHAPE: Shape = {};

/** Both changed it, differently. */
export const OPEN = Symbol('open');

export interface ValueRules {
  /** The texts differ, all three. `undefined`: a conflict. */
  readonly mergeProse: (texts: Versions<string>) => string | undefined;
  /** Whether something that this side wrote needs an item that stands there. */
  readonly isNeeded: (item: Json, side: 'local' | 'remote') => boolean;
  /** Whose value stands where both changed it differently; without it the whole is open. */
  readonly settle?: 'local' | 'remote' | undefined;
}

/** Three-way merge of what a key or an id has on the three sides. */
export function mergeSlots(slots: Versions<Slot>, shape: Shape, rules: ValueRules): Slot | typeof OPEN {
  const { base, local, remote } = slots;
  if (isSame(local, remote)) return local;
  const isDeletion = base !== undefined && (local === undefined || remote === undefined);
  if (isDeletion) return mergeDeletion({ base, local, remote }, rules);
  const isLookedInto = shape.isReferred === true && listsById(slots) !== undefined;
  if (!isLookedInto && isSame(local, base)) return remote;
  if (!isLookedInto && isSame(remote, base)) return local;
  // The sides differ here, and each from the base unless its items have to be looked at.
  const before = base === undefined && shape.isAssumed === true ? [] : base;
  const merged = mergeBothChanged({ base: before, local, remote }, shape, rules);
  return merged === OPEN && rules.settle !== undefined ? slots[rules.settle] : merged;
}

function mergeDeletion({ base, local, remote }: Versions<Slot>, rules: ValueRules): Slot | typeof OPEN {
  const side = local === undefined ? 'remote' : 'local';
  const left = side === 'local' ? local : remote;
  if (left === undefined) return undefined;
  if (meansSame(left, base) && !rules.isNeeded(left, side)) return undefined;
  if (rules.settle === undefined) return OPEN;
  return rules.settle === side ? left : undefined;
}

function mergeBothChanged(
  { base, local, remote }: Versions<Slot>,
  shape: Shape,
  rules: ValueRules,
): Slot | typeof OPEN {
  if (isObject(base) && isObject(local) && isObject(remote))
    return mergeObjects({ base, local, remote }, shape, rules);
  const lists = listsById({ base, local, remote });
  if (lists !== undefined) {
    const of = shape.items ?? ANY_SHAPE;
    const merged = mergeEntries(lists, (_id, slots) => mergeSlots(slots, of, rules), rules.settle);
    return merged === OPEN ? OPEN : merged.map(([, item]) => item);
  }
  if (shape.isProse !== true) return OPEN;
  if (typeof base !== 'string' || typeof local !== 'string' || typeof remote !== 'string') return OPEN;
  return rules.mergeProse({ base, local, remote }) ?? OPEN;
}

function mergeObjects(
  { base, local, remote }: Versions<JsonObject>,
  shape: Shape,
  rules: ValueRules,
): Slot | typeof OPEN {
  const all = { base: slotsOf(base), local: slotsOf(local), remote: slotsOf(remote) };
  const owners = mergeTogether(all, shape.together ?? [], rules.settle);
  if (owners === OPEN) return OPEN;
  const shapes = new Map(Object.entries(shape.keys ?? {}));
  const merged = mergeEntries(
    all,
    (key, slots) => {
      const owner = owners.get(key);
      return owner === undefined ? mergeSlots(slots, shapes.get(key) ?? ANY_SHAPE, rules) : slots[owner];
    },
    rules.settle,
  );
  return merged === OPEN ? OPEN : Object.fromEntries(merged);
}

type Slots = ReadonlyMap<string, Json>;
type Side = 'local' | 'remote';

/** Whose values of keys that belong together stand in the result. */
function mergeTogether(
  { base, local, remote }: Versions<Slots>,
  groups: readonly (readonly string[])[],
  settle: Side | undefined,
): ReadonlyMap<string, Side> | typeof OPEN {
  const owners = new Map<string, Side>();
  for (const keys of groups) {
    const of = (slots: Slots): Json[] => keys.map((key) => slots.get(key) ?? null);
    const [was, here, there] = [of(base), of(local), of(remote)];
    const isOpen = !isSame(here, was) && !isSame(there, was) && !isSame(here, there);
    if (isOpen && settle === undefined) return OPEN;
    const owner = isOpen ? settle : isSame(here, was) ? 'remote' : 'local';
    for (const key of keys) owners.set(key, owner ?? 'local');
  }
  return owners;
}

/** What stands under each name, in the merged order. */
function mergeEntries(
  { base, local, remote }: Versions<Slots>,
  mergeEach: (name: string, slots: Versions<Slot>) => Slot | typeof OPEN,
  settle: Side | undefined,
): (readonly [string, Json])[] | typeof OPEN {
  const merged = new Map<string, Json>();
  for (const name of new Set([...local.keys(), ...remote.keys()])) {
    const slots = { base: base.get(name), local: local.get(name), remote: remote.get(name) };
    const value = mergeEach(name, slots);
    if (value === OPEN) return OPEN;
    if (value !== undefined) merged.set(name, value);
  }
  const names = { base: [...base.keys()], local: [...local.keys()], remote: [...remote.keys()] };
  const kept = new Set(merged.keys());
  const order = mergeOrder(names, kept) ?? settledOrder(names, kept, settle);
  if (order === undefined) return OPEN;
  return order.flatMap((name) => {
    const value = merged.get(name);
    return value === undefined ? [] : [[name, value] as const];
  });
}

/** As the one side has it; what only the other has comes where it stands there. */
function settledOrder(
  { local, remote }: Versions<readonly string[]>,
  kept: ReadonlySet<string>,
  settle: Side | undefined,
): string[] | undefined {
  if (settle === undefined) return undefined;
  const [own, other] = settle === 'local' ? [local, remote] : [remote, local];
  const [known, theirs] = [new Set(own), new Set(other)];
  const rearranged = own.filter((name) => theirs.has(name));
  let next = 0;
  const there = other.map((name) => (known.has(name) ? (rearranged[next++] ?? name) : name));
  return mergeOrder({ base: own, local: own, remote: there }, kept);
}

function listsById({ base, local, remote }: Versions<Slot>): Versions<Slots> | undefined {
  const lists = { base: byId(base), local: byId(local), remote: byId(remote) };
  if (lists.base === undefined || lists.local === undefined || lists.remote === undefined) return undefined;
  return { base: lists.base, local: lists.local, remote: lists.remote };
}

/** Items by their ids, in order, or `undefined` where one has none, two have the same, or it is no list. */
function byId(list: Slot): Slots | undefined {
  if (!isList(list)) return undefined;
  const items = new Map<string, Json>();
  for (const item of list) {
    if (!isObject(item) || !Object.hasOwn(item, 'id')) return undefined;
    const id = item['id'];
    if (typeof id !== 'string' && typeof id !== 'number') return undefined;
    items.set(JSON.stringify(id), item);
  }
  return items.size === list.length ? items : undefined;
}
