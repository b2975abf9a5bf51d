import type { App } from '../app.ts';
import { Modal } from './modal.ts';

type Choice = MouseEvent | KeyboardEvent;

export abstract class SuggestModal<T> extends Modal {
  limit = 100;
  emptyStateText = 'No results found.';
  readonly inputEl: HTMLInputElement;
  readonly resultContainerEl: HTMLElement;
  #shown: readonly T[] = [];
  #selected = 0;
  #asked = 0;

  constructor(app: App) {
    super(app);
    this.modalEl.empty();
    this.modalEl.removeClass('modal');
    this.modalEl.addClass('prompt');
    const holder = this.modalEl.createDiv('prompt-input-container');
    this.inputEl = holder.createEl('input', {
      cls: 'prompt-input',
      type: 'text',
      attr: { autocapitalize: 'off' },
    });
    this.resultContainerEl = this.modalEl.createDiv('prompt-results');
    this.inputEl.addEventListener('input', () => {
      void this.#refresh();
    });
    const move = (by: number) => (): boolean => {
      this.#select((this.#selected + by + this.#shown.length) % Math.max(1, this.#shown.length));
      return false;
    };
    this.scope.register([], 'ArrowDown', move(1));
    this.scope.register([], 'ArrowUp', move(-1));
    this.scope.register(null, 'Enter', (event) => {
      this.selectActiveSuggestion(event);
      return false;
    });
  }

  abstract getSuggestions(query: string): T[] | Promise<T[]>;
  abstract renderSuggestion(value: T, el: HTMLElement): void;
  abstract onChooseSuggestion(item: T, event: Choice): void;

  override open(): void {
    super.open();
    this.inputEl.focus();
    void this.#refresh();
  }

  setPlaceholder(placeholder: string): void {
    this.inputEl.placeholder = placeholder;
  }

  setInstructions(instructions: readonly { readonly command: string; readonly purpose: string }[]): void {
    this.modalEl.querySelector('.prompt-instructions')?.detach();
    const holder = this.modalEl.createDiv('prompt-instructions');
    for (const { command, purpose } of instructions) {
      const el = holder.createDiv('prompt-instruction');
      el.createSpan({ cls: 'prompt-instruction-command', text: command });
      el.createSpan({ text: purpose });
    }
  }

  onNoSuggestion(): void {
    this.resultContainerEl.empty();
    this.resultContainerEl.createDiv({ cls: 'suggestion-empty', text: this.emptyStateText });
  }

  selectSuggestion(value: T, event: Choice): void {
    this.close();
    this.onChooseSuggestion(value, event);
  }

  selectActiveSuggestion(event: Choice): void {
    const value = this.#shown[this.#selected];
    if (value !== undefined) this.selectSuggestion(value, event);
  }

  async #refresh(): Promise<void> {
    const asked = (this.#asked += 1);
    const found = await this.getSuggestions(this.inputEl.value);
    if (asked !== this.#asked) return;
    this.#shown = found.slice(0, this.limit);
    this.resultContainerEl.empty();
    if (this.#shown.length === 0) {
      this.onNoSuggestion();
      return;
    }
    for (const [index, value] of this.#shown.entries()) {
      const el = this.resultContainerEl.createDiv('suggestion-item');
      this.renderSuggestion(value, el);
      el.addEventListener('mousemove', () => {
        this.#select(index);
      });
      el.addEventListener('click', (event) => {
        this.selectSuggestion(value, event);
      });
    }
    this.#select(0);
  }

  #select(index: number): void {
    this.#selected = index;
    for (const [at, el] of [...this.resultContainerEl.children].entries())
      el.toggleClass('is-selected', at === index);
    this.resultContainerEl.children[index]?.scrollIntoView({ block: 'nearest' });
  }
}

export interface FuzzyMatch<T> {
  readonly item: T;
  readonly match: { readonly score: number; readonly matches: [number, number][] };
}

export abstract class FuzzySuggestModal<T> extends SuggestModal<FuzzyMatch<T>> {
  abstract getItems(): T[];
  abstract getItemText(item: T): string;
  abstract onChooseItem(item: T, event: Choice): void;

  getSuggestions(query: string): FuzzyMatch<T>[] {
    return this.getItems()
      .flatMap((item) => {
        const match = fuzzyMatch(query, this.getItemText(item));
        return match === undefined ? [] : [{ item, match }];
      })
      .sort((one, other) => other.match.score - one.match.score);
  }

  renderSuggestion({ item, match }: FuzzyMatch<T>, el: HTMLElement): void {
    const text = this.getItemText(item);
    let at = 0;
    for (const [from, to] of match.matches) {
      el.appendText(text.slice(at, from));
      el.createSpan({ cls: 'suggestion-highlight', text: text.slice(from, to) });
      at = to;
    }
    el.appendText(text.slice(at));
  }

  onChooseSuggestion({ item }: FuzzyMatch<T>, event: Choice): void {
    this.onChooseItem(item, event);
  }
}

/** The letters of the query in their order; the fewer gaps the better. */
export function fuzzyMatch(query: string, text: string): FuzzyMatch<unknown>['match'] | undefined {
  const wanted = query.toLowerCase().replaceAll(/\s+/gu, '');
  const matches: [number, number][] = [];
  let at = 0;
  for (const letter of wanted) {
    const found = text.toLowerCase().indexOf(letter, at);
    if (found < 0) return undefined;
    const last = matches.at(-1);
    if (last?.[1] === found) last[1] = found + 1;
    else matches.push([found, found + 1]);
    at = found + 1;
  }
  return { score: -matches.length - (matches[0]?.[0] ?? 0) / 1_000, matches };
}
