import type { Versions } from './obstacle.ts';

/** A list of single values as a property has it. */
interface List {
  /** `[a, b]`, a line an item, or not to be told, where it has none. */
  readonly style: 'inline' | 'lines' | undefined;
  /** What stands before the items. */
  readonly head: string;
  readonly items: readonly string[];
}

const EMPTY = /^([^:]+:)[ ]*(?:\[[ ]*\])?[ ]*\n$/u;
const INLINE = /^([^:]+:[ ]*\[)([^[\]{}#\n]+)\][ ]*\n$/u;
const HEAD = /^([^:]+:)[ ]*\n/u;
/** An item on a line of its own: no map, no comment, no text over several lines. */
const ITEM = /^[ ]*- (?:[^\s:#[\]{}&*!|>%@`'"-](?:[^:#\n]|:(?! ))*|"[^"\n]*"|'[^'\n]*')[ ]*$/u;

/**
 * Three-way merge of lists as sets in order: what a side removed is gone, what a side added is there, after
 * what stood before it. `undefined` where one is no such list, or the sides write theirs differently.
 */
export function mergeLists(texts: Versions<string>): string | undefined {
  const base: List | undefined = texts.base === '' ? NONE : readList(texts.base);
  const [local, remote] = [readList(texts.local), readList(texts.remote)];
  if (base === undefined || local === undefined || remote === undefined) return undefined;
  const style = local.style ?? remote.style;
  if (style === undefined || (remote.style ?? style) !== style) return undefined;
  const [here, there] = local.style === undefined ? [remote, local] : [local, remote];
  if (there.style !== undefined && there.head !== here.head) return undefined;
  const items = mergeSets({
    base: numbered(base.items),
    local: numbered(local.items),
    remote: numbered(remote.items),
  }).map((item) => item.replaceAll('\0', ''));
  if (style === 'inline') return `${here.head}${items.join(', ')}]\n`;
  return items.length === 0
    ? `${here.head} []\n`
    : `${here.head}\n${items.map((item) => `${item}\n`).join('')}`;
}

const NONE: List = { style: undefined, head: '', items: [] };

function readList(text: string): List | undefined {
  const empty = EMPTY.exec(text);
  if (empty !== null) return { style: undefined, head: empty[1] ?? '', items: [] };
  const inline = INLINE.exec(text);
  const items =
    inline === null ? text.split('\n').slice(1, -1) : (inline[2] ?? '').split(',').map((item) => item.trim());
  const head = inline?.[1] ?? HEAD.exec(text)?.[1];
  const isItem = inline === null ? (item: string) => ITEM.test(item) : isInlineItem;
  const isList = head !== undefined && items.every(isItem);
  return isList ? { style: inline === null ? 'lines' : 'inline', head, items } : undefined;
}

/** Told apart where one stands twice: the second has a mark that no note has. */
function numbered(items: readonly string[]): string[] {
  const counts = new Map<string, number>();
  return items.map((item) => {
    const before = counts.get(item) ?? 0;
    counts.set(item, before + 1);
    return item + '\0'.repeat(before);
  });
}

/** Whole: no comma within quotes has parted it. */
function isInlineItem(item: string): boolean {
  return /^(?:[^'"]+|"[^"]*"|'[^']*')$/u.test(item);
}

function mergeSets({ base, local, remote }: Versions<readonly string[]>): string[] {
  const [was, here, there] = [new Set(base), new Set(local), new Set(remote)];
  const merged = remote.filter((item) => here.has(item) || !was.has(item));
  local.forEach((item, index) => {
    if (was.has(item) || there.has(item)) return;
    const before = local
      .slice(0, index)
      .reverse()
      .find((each) => merged.includes(each));
    let at = before === undefined ? 0 : merged.indexOf(before) + 1;
    // What the remote side added at the same place stays first.
    while (at < merged.length && !here.has(merged[at] ?? '')) at++;
    merged.splice(at, 0, item);
  });
  return merged;
}
