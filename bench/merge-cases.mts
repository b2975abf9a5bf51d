import type { Chance } from './tools/random.mts';

/** Three versions of a note, and what people made of them where that is known. */
export interface MergeCase {
  readonly base: string;
  readonly local: string;
  readonly remote: string;
  /** Right results; none where the sides have to be asked. */
  readonly right: readonly string[];
  /** Whether the right result has what both sides wrote. */
  readonly kept: boolean;
}

const WORDS =
  'garden coffee draft review train morning letter window river paper signal memory folder letter doctor recipe kitchen butter walk forest music record piano ticket hotel'.split(
    ' ',
  );

/** What a note is made of. */
interface Source {
  readonly below: (limit: number) => number;
  /** A word that no other place has. */
  readonly fresh: () => string;
  readonly words: (length: number) => string[];
}

function sourceOf(random: Chance): Source {
  let made = 0;
  return {
    below: (limit) => random.below(limit),
    fresh: () => `new${String(made++)}x`,
    words: (length) => Array.from({ length }, () => random.pick(WORDS)),
  };
}

function note(lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join('');
}

type Kind = (source: Source) => MergeCase;

const wordsApart: Kind = ({ below, fresh, words }) => {
  const text = words(24);
  const [here, there] = [2 + below(6), 14 + below(8)];
  const [a, b] = [fresh(), fresh()];
  const edited = (changes: ReadonlyMap<number, string>): string =>
    note(['# Note', '', text.map((each, at) => changes.get(at) ?? each).join(' ')]);
  return {
    base: edited(new Map()),
    local: edited(new Map([[here, a]])),
    remote: edited(new Map([[there, b]])),
    right: [
      edited(
        new Map([
          [here, a],
          [there, b],
        ]),
      ),
    ],
    kept: true,
  };
};

const sameWord: Kind = ({ below, fresh, words }) => {
  const text = words(12);
  const place = 2 + below(8);
  const edited = (value: string): string =>
    note([text.map((each, at) => (at === place ? value : each)).join(' ')]);
  return { base: edited('old'), local: edited(fresh()), remote: edited(fresh()), right: [], kept: false };
};

const itemsAdded: Kind = ({ fresh, words }) => {
  const items = Array.from({ length: 5 }, () => `- ${words(4).join(' ')}`);
  const [x, y] = [`- ${fresh()} ${fresh()}`, `- ${fresh()} ${fresh()}`];
  const right = [note([...items, y, x]), note([...items, x, y])];
  return { base: note(items), local: note([...items, x]), remote: note([...items, y]), right, kept: true };
};

const taskTicked: Kind = ({ below, fresh, words }) => {
  const tasks = Array.from({ length: 6 }, () => `- [ ] ${words(3).join(' ')}`);
  const place = below(6);
  const end = fresh();
  const tick = (line: string): string => line.replace('[ ]', '[x]');
  const add = (line: string): string => `${line} ${end}`;
  const edited = (change: (line: string) => string): string =>
    note(tasks.map((line, at) => (at === place ? change(line) : line)));
  const right = [edited((line) => add(tick(line)))];
  return { base: note(tasks), local: edited(tick), remote: edited(add), right, kept: true };
};

const cellsOfRow: Kind = ({ fresh }) => {
  const table = (state: string, owner: string): string =>
    note(['| a | b | c |', '|---|---|---|', `| x | ${state} | ${owner} |`]);
  const [a, b] = [fresh(), fresh()];
  const right = [table(a, b)];
  return { base: table('open', 'ann'), local: table(a, 'ann'), remote: table('open', b), right, kept: true };
};

const tagsAdded: Kind = ({ fresh }) => {
  const [a, b] = [fresh(), fresh()];
  const head = (tags: readonly string[]): string =>
    note(['---', 'tags:', ...tags.map((tag) => `  - ${tag}`), '---', 'text']);
  const right = [head(['one', b, a]), head(['one', a, b])];
  return { base: head(['one']), local: head(['one', a]), remote: head(['one', b]), right, kept: true };
};

const editOfDeleted: Kind = ({ fresh, words }) => {
  const text = words(10).join(' ');
  const remote = note(['# Note', `${text} ${fresh()}`]);
  return { base: note(['# Note', text]), local: note(['# Note']), remote, right: [], kept: false };
};

const KINDS = [wordsApart, sameWord, itemsAdded, taskTicked, cellsOfRow, tagsAdded, editOfDeleted];

/** Small notes of daily kinds: paragraphs, lists, tasks, tables and properties, edited on two devices. */
export function generateCases(count: number, random: Chance): MergeCase[] {
  const source = sourceOf(random);
  return Array.from({ length: count }, (_, index) => KINDS[index % KINDS.length]?.(source)).filter(
    (made) => made !== undefined,
  );
}
