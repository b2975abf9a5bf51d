import { invertedEffects } from '@codemirror/commands';
import {
  StateEffect,
  StateField,
  type ChangeDesc,
  type Extension,
  type Transaction,
} from '@codemirror/state';
import { hunkKey, type Choice, type DraftPiece, type Hunk } from '../../core/conflict/draft.ts';

/** Where a hunk stands in the result, and what was made of it. An open one is empty. */
export interface PlacedHunk {
  readonly hunk: Hunk;
  readonly from: number;
  readonly to: number;
  readonly choice: Choice | 'edited' | undefined;
}

export interface HunkState {
  readonly hunks: readonly PlacedHunk[];
  /** Index of the one that keys act on. */
  readonly current: number;
}

/** The text of the result as it begins; `made`: what was chosen already, by the hunk. */
export interface StartingDraft {
  readonly text: string;
  readonly hunks: readonly PlacedHunk[];
}

export const chooseHunk = StateEffect.define<{
  readonly index: number;
  readonly choice: Choice | 'edited';
  readonly length: number;
}>();
export const goToHunk = StateEffect.define<number>();
const putBack = StateEffect.define<readonly PlacedHunk[]>({
  map: (hunks, changes) => hunks.map((hunk) => moved(hunk, changes)),
});

export const hunkField = StateField.define<HunkState>({
  create: () => ({ hunks: [], current: 0 }),
  update: (state, transaction) => {
    let { hunks, current } = state;
    if (transaction.docChanged) hunks = afterEdit(hunks, transaction);
    for (const effect of transaction.effects) {
      if (effect.is(goToHunk)) current = effect.value;
      if (effect.is(putBack)) hunks = effect.value;
      if (effect.is(chooseHunk)) {
        const { index, choice, length } = effect.value;
        hunks = hunks.map((one, at) => (at === index ? { ...one, choice, to: one.from + length } : one));
      }
    }
    return hunks === state.hunks && current === state.current ? state : { hunks, current };
  },
});

/** With the field, begun; choices are undone like edits. */
export function hunkExtensions(hunks: readonly PlacedHunk[]): Extension {
  return [
    hunkField.init(() => ({ hunks, current: 0 })),
    invertedEffects.of((transaction) => {
      const before = transaction.startState.field(hunkField).hunks;
      return before === transaction.state.field(hunkField).hunks ? [] : [putBack.of(before)];
    }),
  ];
}

function moved(hunk: PlacedHunk, changes: ChangeDesc): PlacedHunk {
  const isEmpty = hunk.from === hunk.to;
  // What is typed at its edges belongs to the text around it.
  const from = changes.mapPos(hunk.from, isEmpty ? -1 : 1);
  return { ...hunk, from, to: Math.max(from, changes.mapPos(hunk.to, -1)) };
}

function afterEdit(hunks: readonly PlacedHunk[], transaction: Transaction): readonly PlacedHunk[] {
  const chosen = new Set<number>();
  for (const effect of transaction.effects) if (effect.is(chooseHunk)) chosen.add(effect.value.index);
  const first = Math.min(...chosen);
  return hunks.map((hunk, index) => {
    if (chosen.has(index)) return { ...hunk, from: transaction.changes.mapPos(hunk.from, -1) };
    // An empty one at the very place of one before it, where the text between was deleted, stays behind that.
    if (hunk.from === hunk.to && index > first) {
      const at = transaction.changes.mapPos(hunk.from, 1);
      return { ...hunk, from: at, to: at };
    }
    const next = moved(hunk, transaction.changes);
    return isTouched(hunk, transaction.changes) ? { ...next, choice: 'edited' } : next;
  });
}

function isTouched({ from, to }: PlacedHunk, changes: ChangeDesc): boolean {
  let touched = false;
  changes.iterChangedRanges((start, end) => {
    if (start < to && end > from) touched = true;
  });
  return touched;
}

/** What a person made of a draft: to be made again of another one. By `KeysOf` the piece. */
export interface MadeChoices {
  readonly hunks: ReadonlyMap<string, { readonly choice: PlacedHunk['choice']; readonly text: string }>;
  /** Of texts that were edited. */
  readonly texts: ReadonlyMap<string, string>;
}

/** Tells pieces apart, those that say the same by their order. */
class KeysOf {
  readonly #seen = new Map<string, number>();

  key(piece: DraftPiece): string {
    const says = piece.kind === 'text' ? piece.text : hunkKey(piece);
    const count = this.#seen.get(says) ?? 0;
    this.#seen.set(says, count + 1);
    return `${count} ${says}`;
  }
}

export const NOTHING_MADE: MadeChoices = { hunks: new Map(), texts: new Map() };

/** The result as it begins, and what of the choices found no place in it. */
export function startDraft(
  pieces: readonly DraftPiece[],
  made: MadeChoices,
): StartingDraft & { readonly lost: readonly string[] } {
  const [lostHunks, lostTexts] = [new Map(made.hunks), new Map(made.texts)];
  const hunks: PlacedHunk[] = [];
  const keys = new KeysOf();
  let text = '';
  for (const piece of pieces) {
    const from = text.length;
    const key = keys.key(piece);
    if (piece.kind === 'text') {
      text += made.texts.get(key) ?? piece.text;
      lostTexts.delete(key);
      continue;
    }
    const known = made.hunks.get(key);
    lostHunks.delete(key);
    text += known?.text ?? '';
    hunks.push({ hunk: piece, from, to: text.length, choice: known?.choice });
  }
  const edits = [...lostHunks.values()].filter(({ choice }) => choice === 'edited').map((one) => one.text);
  return { text, hunks, lost: [...edits, ...lostTexts.values()].filter((one) => one.trim() !== '') };
}

/** The opposite of `startDraft`. `pieces`: the draft that the result began with. */
export function choicesMade(
  pieces: readonly DraftPiece[],
  result: { readonly text: string; readonly hunks: readonly PlacedHunk[] },
): MadeChoices {
  const hunks = new Map<string, { choice: PlacedHunk['choice']; text: string }>();
  const texts = new Map<string, string>();
  const keys = new KeysOf();
  let next = 0;
  let at = 0;
  for (const piece of pieces) {
    const key = keys.key(piece);
    const placed = result.hunks[next];
    if (piece.kind === 'hunk') {
      if (placed === undefined) break;
      const text = result.text.slice(placed.from, placed.to);
      if (placed.choice !== undefined) hunks.set(key, { choice: placed.choice, text });
      at = placed.to;
      next += 1;
      continue;
    }
    const end = placed?.from ?? result.text.length;
    const text = result.text.slice(at, end);
    if (text !== piece.text) texts.set(key, text);
    at = end;
  }
  return { hunks, texts };
}
