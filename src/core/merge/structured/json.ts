export type Json = null | boolean | number | string | readonly Json[] | JsonObject;

export interface JsonObject {
  readonly [key: string]: Json;
}

/** What a key holds on one side: `undefined` where the side has no such key. */
export type Slot = Json | undefined;

/** Deeper values are not merged: what walks them is recursive, and no settings are as deep. */
export const MAX_DEPTH = 200;

/** `undefined` where the text is not JSON. Keys such as `__proto__` are ordinary ones. */
export function parseJson(text: string): Slot {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

export function isObject(slot: Slot): slot is JsonObject {
  return typeof slot === 'object' && slot !== null && !Array.isArray(slot);
}

export function isList(slot: Slot): slot is readonly Json[] {
  return Array.isArray(slot);
}

/** `__proto__` and the like too: a key is never looked up along a prototype. */
export function slotsOf(object: JsonObject): ReadonlyMap<string, Json> {
  return new Map(Object.entries(object));
}

/** The same value, with its keys in the same order. */
export function isSame(a: Slot, b: Slot): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b);
}

/** The same value, whatever the order of its keys. */
export function meansSame(a: Slot, b: Slot): boolean {
  return isSame(a, b) || (a !== undefined && b !== undefined && sorted(a) === sorted(b));
}

function sorted(value: Json): string {
  return JSON.stringify(value, (_key, each: Json) =>
    isObject(each) ? Object.fromEntries(Object.entries(each).sort(byKey)) : each,
  );
}

function byKey([a]: readonly [string, Json], [b]: readonly [string, Json]): number {
  return a < b ? -1 : 1;
}
