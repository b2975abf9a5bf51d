import type { Versions } from '../obstacle.ts';
import { isList, isObject, MAX_DEPTH } from './json.ts';
import type { Json } from './json.ts';

/*
 *   BOM │ head │ value, in a layout │ tail       a file; head and tail are blanks
 *
 *   {                                            depth 2, as Obsidian writes a canvas: what is deeper
 *   ⇥"nodes":[                                   stands on the line of what holds it
 *   ⇥⇥{"id":"a","x":0},
 */

/** Where a file has blanks, apart from what it says. */
export interface Layout {
  /** What ends a line; empty where all is on one. */
  readonly newline: string;
  readonly indent: string;
  readonly colon: string;
  /** Between values on one line. */
  readonly comma: string;
  /** Objects and lists at this many levels stand on lines of their own; those below on one. */
  readonly depth: number;
}

export interface Frame {
  readonly bom: boolean;
  readonly head: string;
  readonly tail: string;
}

/** A file taken apart; its body in its layout within its frame is the file again. */
export interface JsonFile {
  readonly frame: Frame;
  readonly body: string;
}

const BOM = '\uFEFF';
const FILE = /^(\uFEFF?)([ \t\r\n]*)([^]*?)([ \t\r\n]*)$/u;
const FIRST_GAP = /^[[{](\r?\n)([ \t]*)/u;

export function parseFile(text: string): JsonFile {
  const [, bom = '', head = '', body = '', tail = ''] = FILE.exec(text) ?? [];
  return { frame: { bom: bom !== '', head, tail }, body };
}

export function renderFile({ bom, head, tail }: Frame, body: string): string {
  return (bom ? BOM : '') + head + body + tail;
}

/** The value as text, or `undefined` where it is too deep. */
export function render(value: Json, layout: Layout): string | undefined {
  const chunks: string[] = [];
  const isWhole = walk(value, { layout, level: 0 }, (chunk) => {
    chunks.push(chunk);
    return true;
  });
  return isWhole ? chunks.join('') : undefined;
}

/** Whether the text is exactly the value in that layout: then nothing of it is lost by reading it. */
export function isWrittenSo(text: string, value: Json, layout: Layout): boolean {
  let at = 0;
  const isWhole = walk(value, { layout, level: 0 }, (chunk) => {
    if (!text.startsWith(chunk, at)) return false;
    at += chunk.length;
    return true;
  });
  return isWhole && at === text.length;
}

interface Place {
  readonly layout: Layout;
  readonly level: number;
}

type Emit = (chunk: string) => boolean;

/** `false` as soon as `emit` is, or where the value is too deep. */
function walk(value: Json, { layout, level }: Place, emit: Emit): boolean {
  if (!isList(value) && !isObject(value)) return emit(JSON.stringify(value));
  if (level > MAX_DEPTH) return false;
  const entries = isList(value) ? value.map((each) => ['', each] as const) : Object.entries(value);
  const [open, close] = isList(value) ? ['[', ']'] : ['{', '}'];
  if (entries.length === 0) return emit(open + close);
  const isOpened = layout.newline !== '' && level < layout.depth;
  const gap = (levels: number): string => (isOpened ? layout.newline + layout.indent.repeat(levels) : '');
  const between = isOpened ? `,${gap(level + 1)}` : layout.comma;
  const inside = { layout, level: level + 1 };
  const isWhole = entries.every(([key, each], index) => {
    const before = index === 0 ? open + gap(level + 1) : between;
    const name = isList(value) ? '' : JSON.stringify(key) + layout.colon;
    return emit(before + name) && walk(each, inside, emit);
  });
  return isWhole && emit(gap(level) + close);
}

/** The layouts that one of the texts may have; of those that fit alike, the earlier is meant. */
function candidates(bodies: readonly string[]): Layout[] {
  const gaps = new Map<string, readonly [string, string]>();
  for (const body of bodies) {
    const [whole, newline = '', indent = ''] = FIRST_GAP.exec(body) ?? [];
    if (whole !== undefined) gaps.set(newline + indent, [newline, indent]);
  }
  const onLines = [...gaps.values()].flatMap(([newline, indent]) =>
    ON_LINES.map((rest): Layout => ({ newline, indent, ...rest })),
  );
  return [...ON_ONE_LINE.map((rest) => ({ newline: '', indent: '', depth: 0, ...rest })), ...onLines];
}

const ON_ONE_LINE = [
  { colon: ':', comma: ',' },
  { colon: ': ', comma: ', ' },
  { colon: ': ', comma: ',' },
] as const;

const ON_LINES = [
  { colon: ': ', comma: ',', depth: Infinity },
  ...[2, 1, 3, 4, Infinity].map((depth) => ({ colon: ':', comma: ',', depth })),
  ...[1, 2, 3, 4].flatMap((depth) => [', ', ','].map((comma) => ({ colon: ': ', comma, depth }))),
];

/**
 * The layout of the result, as a value of its own: `'unread'` where a text is in none that is known,
 * `undefined` where both sides changed it, differently. Texts that fit several, as those of one key do,
 * follow the others.
 */
export function mergeLayouts(
  bodies: Versions<string>,
  values: Versions<Json>,
): Layout | 'unread' | undefined {
  const all = candidates([bodies.base, bodies.local, bodies.remote]);
  const fits = {
    base: fitOf(bodies.base, values.base),
    local: fitOf(bodies.local, values.local),
    remote: fitOf(bodies.remote, values.remote),
  };
  const ofAll = all.find((layout) => fits.base(layout) && fits.local(layout) && fits.remote(layout));
  if (ofAll !== undefined) return ofAll;
  const [base, local, remote] = [fits.base, fits.local, fits.remote].map((fit) => all.filter(fit));
  if (base === undefined || local === undefined || remote === undefined) return 'unread';
  if (base.length === 0 || local.length === 0 || remote.length === 0) return 'unread';
  const ofBoth = local.find((layout) => remote.includes(layout));
  if (ofBoth !== undefined) return ofBoth;
  // The sides differ here.
  const [isOurs, isTheirs] = [meet(remote, base), meet(local, base)];
  if (isOurs === isTheirs) return undefined;
  return isOurs ? local[0] : remote[0];
}

/** Whether the text is in a layout; those that write it alike are looked at once. */
function fitOf(text: string, value: Json): (layout: Layout) => boolean {
  const known = new Map<string, boolean>();
  const levels = levelsOf(value);
  return (layout) => {
    const { newline, indent, colon, comma } = layout;
    const depth = Math.min(layout.depth, levels);
    // Nothing stands on one line there.
    const between = depth === levels ? '' : comma;
    const key = JSON.stringify([newline, indent, colon, between, depth]);
    const isFit = known.get(key) ?? isWrittenSo(text, value, layout);
    known.set(key, isFit);
    return isFit;
  };
}

/** How deep lists and objects stand in each other; counted as far as they are written at all. */
function levelsOf(value: Json, level = 0): number {
  if ((!isList(value) && !isObject(value)) || level > MAX_DEPTH) return level;
  const inside = isList(value) ? value : Object.values(value);
  return inside.reduce<number>((most, each) => Math.max(most, levelsOf(each, level + 1)), level + 1);
}

function meet(some: readonly Layout[], others: readonly Layout[]): boolean {
  return some.some((layout) => others.includes(layout));
}

/** Each value of the frame by itself; `undefined` where both sides changed one, differently. */
export function mergeFrames({ base, local, remote }: Versions<Frame>): Frame | undefined {
  const bom = local.bom === base.bom ? remote.bom : local.bom;
  const head = mergeBlanks({ base: base.head, local: local.head, remote: remote.head });
  const tail = mergeBlanks({ base: base.tail, local: local.tail, remote: remote.tail });
  return head === undefined || tail === undefined ? undefined : { bom, head, tail };
}

function mergeBlanks({ base, local, remote }: Versions<string>): string | undefined {
  if (local === remote || remote === base) return local;
  return local === base ? remote : undefined;
}
