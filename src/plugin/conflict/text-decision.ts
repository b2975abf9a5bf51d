import { draftOf, type DraftPiece } from '../../core/conflict/draft.ts';
import { mergeKindOf, type MergeKind } from '../../core/merge/mergeable.ts';
import { isWhole } from '../../core/merge/structured/is-whole.ts';
import { checkSuggestion, marksLeft } from '../../core/suggestion/check-suggestion.ts';
import type { Mark } from '../../core/suggestion/mark.ts';
import type { ConflictContents, ConflictDecision } from '../../engine/api.ts';
import { showMarks } from '../ai/marks-list.ts';
import { button, callout } from '../modals/parts.ts';
import { TEXTS } from '../texts.ts';
import type { Editors, ResultEditor } from './editors.ts';
import type { SideNames } from './hunk-bar.ts';
import type { MadeChoices } from './hunk-state.ts';
import { bytesOf, type NoteTexts } from './note-text.ts';

type Side = 'note' | 'copy';
/** How the whole file is settled. */
type Way = 'merge' | Side | 'both' | 'suggestion';
type Tab = 'result' | Side;

/** Above this what is shown comes piece by piece, so that the page goes on in between; characters of both versions. */
const LONG = 200_000;

export interface TextDecisionOptions {
  readonly parent: HTMLElement;
  readonly editors: Editors;
  readonly names: SideNames;
  /** Asks a model; absent where none is set up. */
  readonly suggest?: (texts: NoteTexts) => void;
  /** Whether all is chosen, or how much is not, may be another. */
  readonly changed: () => void;
}

/**
 * Deciding about two texts: the ways for the whole file, both versions beside what they come from, and the result,
 * place by place. Shows the contents that it is given last, and keeps what was chosen where it still fits.
 */
export class TextDecision {
  readonly #options: TextDecisionOptions;
  readonly #ways: HTMLElement;
  readonly #words: HTMLElement;
  readonly #body: HTMLElement;
  readonly #tabs: HTMLElement;
  #shown: readonly { destroy(): void }[] = [];
  #editor: ResultEditor | undefined;
  #contents: ConflictContents | undefined;
  #texts: NoteTexts | undefined;
  #way: Way = 'merge';
  /** What the editor began with. */
  #started = '';
  #tab: Tab = 'result';
  #suggestion: { readonly text: string; readonly marks: readonly Mark[] } | undefined;

  constructor(options: TextDecisionOptions) {
    this.#options = options;
    const { parent } = options;
    this.#words = parent.createDiv({ cls: 'twincloud-detail twincloud-conflict-words' });
    this.#ways = parent.createDiv({
      cls: 'twincloud-ways',
      attr: { role: 'group', 'aria-label': TEXTS.conflict.ways },
    });
    this.#tabs = parent.createDiv({ cls: 'twincloud-tabs', attr: { role: 'tablist' } });
    this.#body = parent.createDiv({ cls: 'twincloud-conflict-body' });
  }

  get open(): number {
    return this.#editor?.open ?? 0;
  }

  /** Put together as it is, nothing could open the file; the versions themselves may always be taken. */
  get isBroken(): boolean {
    const [kind, texts, editor] = [this.#kind, this.#texts, this.#editor];
    if (kind === undefined || kind === 'prose' || texts === undefined || editor === undefined) return false;
    if (editor.open > 0 || editor.text === texts.note || editor.text === texts.copy) return false;
    return !isWhole(editor.text, kind, [texts.note, texts.copy]);
  }

  get #kind(): MergeKind | undefined {
    const path = this.#contents?.conflict.path;
    return path === undefined ? undefined : mergeKindOf(path);
  }

  get isClean(): boolean {
    return this.#way === 'merge' && this.#editor?.count === 0;
  }

  get editor(): ResultEditor | undefined {
    return this.#editor;
  }

  /** How many marks the suggestion came with; absent: the result is no suggestion. */
  get suggestedMarks(): number | undefined {
    return this.#way === 'suggestion' ? this.#suggestion?.marks.length : undefined;
  }

  /** What is wrong with the suggestion as it stands now; of what was not suggested, nothing. */
  get marks(): readonly Mark[] {
    const suggestion = this.#suggestion;
    if (this.#way !== 'suggestion' || suggestion === undefined || this.#texts === undefined) return [];
    const text = this.#editor?.text ?? '';
    if (text === suggestion.text) return suggestion.marks;
    return marksLeft(suggestion.marks, checkSuggestion(this.#texts, text));
  }

  /** Shows what a model made of the texts that are shown. */
  suggested(text: string): void {
    if (this.#texts === undefined) return;
    this.#suggestion = { text, marks: checkSuggestion(this.#texts, text) };
    this.#show('suggestion');
  }

  /** What is to be done, once nothing is open. */
  get take(): ConflictDecision['take'] {
    const text = this.#editor?.text ?? '';
    if (this.#way === 'both') return { kind: 'both' };
    // Untouched, it is taken byte by byte.
    if ((this.#way === 'note' || this.#way === 'copy') && text === this.#started) return { kind: this.#way };
    return { kind: 'text', bytes: bytesOf(text, this.#texts?.lineEnd ?? '\n') };
  }

  /** Texts of the person that found no place in these contents. */
  show(contents: ConflictContents, texts: NoteTexts): readonly string[] {
    const made = this.#texts === undefined ? undefined : this.#madeSoFar();
    this.#contents = contents;
    this.#texts = texts;
    // It was made of other versions.
    if (this.#way === 'suggestion') this.#way = 'merge';
    this.#suggestion = undefined;
    this.#showWords(texts);
    this.#showWays(contents);
    this.#showTabs();
    return this.#showBody(made);
  }

  destroy(): void {
    for (const one of this.#shown) one.destroy();
    this.#shown = [];
  }

  #madeSoFar(): { readonly made: MadeChoices; readonly typed: string | undefined } | undefined {
    const editor = this.#editor;
    if (editor === undefined) return undefined;
    if (this.#way === 'merge') return { made: editor.made, typed: undefined };
    const { NOTHING_MADE } = this.#options.editors;
    return { made: NOTHING_MADE, typed: editor.text === this.#started ? undefined : editor.text };
  }

  #showWords({ note, copy, base }: NoteTexts): void {
    const { names, editors } = this.#options;
    const words = (text: string): number | undefined =>
      base === undefined ? undefined : editors.countChangedWords(base, text);
    this.#words.empty();
    if (base === undefined) {
      this.#words.setText(TEXTS.conflict.noBase);
      return;
    }
    const counts = [
      { cls: 'is-note', name: names.note, text: note },
      { cls: 'is-copy', name: names.copy, text: copy },
    ];
    for (const { cls, name, text } of counts) {
      const span = this.#words.createSpan({ cls });
      this.#soon(span, () => span.setText(TEXTS.conflict.words(name, words(text))));
    }
  }

  #showWays({ newest }: ConflictContents): void {
    const { names, suggest } = this.#options;
    const oldest = newest === 'note' ? 'copy' : 'note';
    this.#ways.empty();
    const add = (way: Way, text: string): void => {
      const { buttonEl } = button(this.#ways, text, () => this.#take(way));
      buttonEl.setAttr('aria-pressed', String(this.#way === way));
      buttonEl.dataset['way'] = way;
    };
    add('merge', TEXTS.conflict.merge);
    add(newest, TEXTS.conflict.newest(names[newest]));
    add(oldest, TEXTS.conflict.other(names[oldest]));
    add('both', TEXTS.conflict.both);
    if (suggest !== undefined) add('suggestion', TEXTS.ai.way);
  }

  #take(way: Way): void {
    if (this.#contents === undefined) return;
    if (way === 'suggestion' && (this.#suggestion === undefined || this.#way === 'suggestion')) {
      if (this.#texts !== undefined) this.#options.suggest?.(this.#texts);
      return;
    }
    this.#show(way);
  }

  #show(way: Way): void {
    if (this.#contents === undefined) return;
    this.#way = way;
    this.#showWays(this.#contents);
    this.#tab = 'result';
    this.#showTabs();
    this.#showBody(undefined);
  }

  /** Where there is no room beside each other. */
  #showTabs(): void {
    const { names } = this.#options;
    const tabs = [
      ['result', TEXTS.conflict.result],
      ['note', names.note],
      ['copy', names.copy],
    ] as const;
    this.#tabs.empty();
    this.#body.dataset['tab'] = this.#tab;
    for (const [tab, text] of tabs) {
      const { buttonEl } = button(this.#tabs, text, () => {
        this.#tab = tab;
        this.#showTabs();
        this.#editor?.measure();
      });
      buttonEl.setAttrs({ role: 'tab', 'aria-selected': String(this.#tab === tab) });
    }
  }

  #showBody(
    before: { readonly made: MadeChoices; readonly typed: string | undefined } | undefined,
  ): readonly string[] {
    const texts = this.#texts;
    if (texts === undefined) return [];
    this.destroy();
    this.#editor = undefined;
    this.#body.empty();
    const versions = this.#body.createDiv({ cls: 'twincloud-conflict-versions' });
    this.#showVersions(versions, texts);
    const result = this.#body.createDiv({ cls: 'twincloud-conflict-result' });
    result.createDiv({ cls: 'twincloud-pane-name', text: TEXTS.conflict.result });
    this.#shown = [...this.#shown, ...this.#showResult(result, texts, before?.made)];
    this.#options.changed();
    const lost = (this.#editor as ResultEditor | undefined)?.lost ?? [];
    return before?.typed === undefined ? lost : [before.typed, ...lost];
  }

  #showVersions(parent: HTMLElement, { note, copy, base }: NoteTexts): void {
    const { names, editors } = this.#options;
    if (base === undefined) {
      const beside = parent.createDiv({ cls: 'twincloud-beside' });
      const side = (name: string, text: string) => ({ text, label: TEXTS.conflict.versionLabel(name) });
      this.#showSoon(beside, () =>
        editors.showBeside(beside, { a: side(names.note, note), b: side(names.copy, copy) }),
      );
      return;
    }
    for (const which of ['note', 'copy'] as const) {
      const pane = parent.createDiv({ cls: `twincloud-version-pane is-${which}` });
      pane.createDiv({ cls: 'twincloud-pane-name', text: names[which] });
      const label = TEXTS.conflict.versionLabel(names[which]);
      const text = which === 'note' ? note : copy;
      const code = pane.createDiv('twincloud-code');
      this.#showSoon(code, () => editors.showVersion({ parent: code, text, before: base, label }));
    }
  }

  #showSoon(parent: HTMLElement, show: () => { destroy(): void }): void {
    this.#soon(parent, () => {
      this.#shown = [...this.#shown, show()];
    });
  }

  /** At once, or of long texts in a turn of its own, if the element is still there then. */
  #soon(el: HTMLElement, show: () => void): void {
    const { note = '', copy = '' } = this.#texts ?? {};
    if (note.length + copy.length <= LONG) show();
    else
      window.setTimeout(() => {
        if (el.isConnected) show();
      });
  }

  #showResult(
    parent: HTMLElement,
    texts: NoteTexts,
    made: MadeChoices | undefined,
  ): readonly { destroy(): void }[] {
    const { names, editors, changed } = this.#options;
    if (this.#way === 'both') {
      const path = this.#contents?.conflict.path ?? '';
      callout(parent, { tone: 'info', text: TEXTS.conflict.bothExplain(path, names.copy) });
      return [];
    }
    const marks = this.#way === 'suggestion' ? (this.#suggestion?.marks ?? []) : [];
    if (this.#way === 'suggestion') showMarks(parent, marks, names);
    const editor = new editors.ResultEditor({
      parent: parent.createDiv('twincloud-code'),
      pieces: this.#pieces(texts),
      made: made ?? editors.NOTHING_MADE,
      names,
      label: TEXTS.conflict.resultLabel,
      marks,
      changed,
    });
    this.#started = editor.text;
    this.#editor = editor;
    return [editor];
  }

  #pieces(texts: NoteTexts): readonly DraftPiece[] {
    if (this.#way === 'note' || this.#way === 'copy') return [{ kind: 'text', text: texts[this.#way] }];
    if (this.#way === 'suggestion') return [{ kind: 'text', text: this.#suggestion?.text ?? '' }];
    return draftOf(texts, this.#kind);
  }
}
