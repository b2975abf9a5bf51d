import { hashOf, toText } from './bytes.ts';
import { readCanvas } from './canvas.ts';

/** Every value that a person gave a card or an arrow: what a merge may choose from. */
export class Cards {
  readonly #values = new Set<string>();
  readonly #saved = new Set<string>();

  /** A person has this canvas, or another program wrote it, or a crash left half of it. */
  saved(bytes: Uint8Array | undefined): void {
    if (bytes === undefined || this.isSaved(bytes)) return;
    this.#saved.add(hashOf(bytes));
    for (const value of valuesOf(toText(bytes)) ?? []) this.#values.add(value);
  }

  /** Whether it is no engine's work. */
  isSaved(bytes: Uint8Array): boolean {
    return this.#saved.has(hashOf(bytes));
  }

  /** What is wrong with a canvas that an engine made: it cannot be read, has a card twice, or a value that nobody gave it. */
  problemIn(text: string): string | undefined {
    const canvas = readCanvas(text);
    if (canvas === undefined) return 'it cannot be read';
    for (const items of [canvas.nodes, canvas.edges]) {
      const ids = items.map((item) => item['id']);
      if (new Set(ids).size < ids.length) return 'a card or an arrow stands in it twice';
    }
    const cards = new Set(canvas.nodes.map((node) => node['id']));
    for (const edge of canvas.edges) {
      if (!cards.has(edge['fromNode']) || !cards.has(edge['toNode'])) return 'an arrow has lost its card';
    }
    const invented = valuesOf(text)?.find((value) => !this.#values.has(value));
    return invented === undefined ? undefined : `nobody gave it ${invented}`;
  }
}

/** Words of a card are merged as those of a note: the marks in them tell what becomes of them. */
const PROSE = 'text';

function valuesOf(text: string): readonly string[] | undefined {
  const canvas = readCanvas(text);
  if (canvas === undefined) return undefined;
  return [...canvas.nodes, ...canvas.edges].flatMap((item) =>
    Object.entries(item).flatMap(([key, value]) =>
      key === PROSE ? [] : [`${String(item['id'])} ${key} ${String(value)}`],
    ),
  );
}
