import { WidgetType } from '@codemirror/view';
import type { Choice, Hunk } from '../../core/conflict/draft.ts';
import { TEXTS } from '../texts.ts';
import type { PlacedHunk } from './hunk-state.ts';
import { diffWords } from './word-diff.ts';

/** What the two versions are called. */
export interface SideNames {
  readonly note: string;
  readonly copy: string;
}

export type HunkAct = (index: number, what: Choice | 'edit') => void;

interface BarParts {
  readonly index: number;
  readonly count: number;
  readonly placed: PlacedHunk;
  readonly isCurrent: boolean;
  readonly names: SideNames;
  readonly act: HunkAct;
}

const MOST_CHARACTERS = 20_000;
const SIDES = ['note', 'copy'] as const;

/** Above a hunk: which one it is, both versions while it is open, and the ways to settle it. */
export class HunkBar extends WidgetType {
  readonly #parts: BarParts;

  constructor(parts: BarParts) {
    super();
    this.#parts = parts;
  }

  override eq(other: HunkBar): boolean {
    const [one, two] = [this.#parts, other.#parts];
    return (
      one.placed.hunk === two.placed.hunk &&
      one.placed.choice === two.placed.choice &&
      one.isCurrent === two.isCurrent &&
      one.index === two.index &&
      one.count === two.count
    );
  }

  override toDOM(): HTMLElement {
    const { index, count, placed, isCurrent, names } = this.#parts;
    const { hunk, choice } = placed;
    const title = TEXTS.conflict.hunk(index + 1, count);
    const bar = createDiv({ cls: 'twincloud-hunk', attr: { role: 'group', 'aria-label': title } });
    bar.toggleClass('is-current', isCurrent);
    bar.toggleClass('is-open', choice === undefined);
    const head = bar.createDiv({ cls: 'twincloud-hunk-head' });
    const said = choice === undefined ? '' : ` · ${choiceText(choice, names)}`;
    head.createSpan({ cls: 'twincloud-hunk-title', text: `${title}${said}` });
    const buttons = head.createDiv({ cls: 'twincloud-hunk-buttons' });
    this.#button(buttons, names.note, 'note');
    this.#button(buttons, names.copy, 'copy');
    this.#button(buttons, TEXTS.conflict.takeBoth, 'both');
    this.#button(buttons, TEXTS.conflict.edit, 'edit');
    if (choice === undefined) for (const side of SIDES) showSide(bar, hunk, { side, name: names[side] });
    return bar;
  }

  /** Clicks are the bar's own. */
  override ignoreEvent(): boolean {
    return true;
  }

  override get estimatedHeight(): number {
    return this.#parts.placed.choice === undefined ? 130 : 40;
  }

  #button(parent: HTMLElement, text: string, what: Choice | 'edit'): void {
    const { placed, index, act } = this.#parts;
    const isPressed = placed.choice === (what === 'edit' ? 'edited' : what);
    const el = parent.createEl('button', {
      cls: 'twincloud-hunk-button',
      text,
      attr: { type: 'button', 'aria-pressed': String(isPressed) },
    });
    el.addEventListener('click', () => act(index, what));
  }
}

function choiceText(choice: NonNullable<PlacedHunk['choice']>, names: SideNames): string {
  if (choice === 'both' || choice === 'edited') return TEXTS.conflict.chosen[choice];
  return TEXTS.conflict.kept(names[choice]);
}

/** One version of a hunk, its words marked against the base or, without one, against the other version. */
function showSide(
  bar: HTMLElement,
  hunk: Hunk,
  { side, name }: { readonly side: 'note' | 'copy'; readonly name: string },
): void {
  const row = bar.createDiv({ cls: `twincloud-side is-${side}` });
  row.createDiv({ cls: 'twincloud-side-name', text: name });
  const text = row.createDiv({ cls: 'twincloud-side-text' });
  const own = hunk[side];
  if (own === '') {
    text.createSpan({ cls: 'twincloud-detail', text: TEXTS.conflict.removed });
    return;
  }
  const other = hunk[side === 'note' ? 'copy' : 'note'];
  const before = hunk.base ?? other;
  for (const part of diffWords(before, own.slice(0, MOST_CHARACTERS))) {
    if (part.kind === 'same') text.appendText(part.text);
    else if (part.kind === 'added') text.createEl('ins', { text: part.text });
    else if (hunk.base !== undefined) text.createEl('del', { text: part.text });
  }
}
