import { ButtonComponent, setIcon } from 'obsidian';

/** Small pieces that several screens are made of. */

const TONE_ICONS = {
  info: 'info',
  success: 'check',
  warning: 'alert-triangle',
  error: 'alert-triangle',
} as const;

/** A line that a screen reader tells when it changes. */
export function statusLine(parent: HTMLElement, text: string): HTMLElement {
  return parent.createEl('p', { cls: 'twincloud-status-line', text, attr: { role: 'status' } });
}

/** What went wrong, told at once. */
export function failureBox(parent: HTMLElement, message: string): HTMLElement {
  return callout(parent, { tone: 'error', text: message, role: 'alert' });
}

/** A sentence that stands out; what is added to the element that it returns stands below it. */
export function callout(
  parent: HTMLElement,
  options: {
    readonly tone: keyof typeof TONE_ICONS;
    readonly text: string;
    readonly title?: string;
    readonly role?: string;
  },
): HTMLElement {
  const { tone, text, title, role } = options;
  const box = parent.createDiv({
    cls: `twincloud-callout is-${tone}`,
    attr: role === undefined ? {} : { role },
  });
  icon(box, TONE_ICONS[tone]);
  const words = box.createDiv();
  if (title !== undefined) words.createDiv({ cls: 'twincloud-callout-title', text: title });
  words.createDiv({ text });
  return words;
}

/** For the eye only: the text beside it says the same. */
export function icon(parent: HTMLElement, name: string): HTMLElement {
  const el = parent.createSpan({ cls: 'twincloud-icon', attr: { 'aria-hidden': 'true' } });
  setIcon(el, name);
  return el;
}

/** For the ear only. */
export function hiddenText(parent: HTMLElement, text: string): HTMLElement {
  return parent.createSpan({ cls: 'twincloud-hidden', text });
}

export function buttonRow(parent: HTMLElement): HTMLElement {
  return parent.createDiv({ cls: 'modal-button-container' });
}

export function button(parent: HTMLElement, text: string, onClick: () => void): ButtonComponent {
  return new ButtonComponent(parent).setButtonText(text).onClick(onClick);
}

/** A list under a line that folds it; rows beyond `MOST_ROWS` are counted only. */
export function foldedList(
  parent: HTMLElement,
  options: { readonly title: string; readonly open?: boolean; readonly rows: readonly ListRow[] },
): HTMLElement {
  const details = parent.createEl('details', { cls: 'twincloud-folded' });
  details.open = options.open ?? false;
  details.createEl('summary', { text: options.title });
  const list = details.createEl('ul', { cls: 'twincloud-list' });
  for (const row of options.rows.slice(0, MOST_ROWS)) {
    const item = list.createEl('li');
    item.createDiv({ cls: 'twincloud-path', text: row.title });
    if (row.detail !== undefined) item.createDiv({ cls: 'twincloud-detail', text: row.detail });
  }
  const rest = options.rows.length - MOST_ROWS;
  if (rest > 0) list.createEl('li', { cls: 'twincloud-detail', text: `… ${rest.toLocaleString('en')}` });
  return details;
}

export interface ListRow {
  readonly title: string;
  readonly detail?: string;
}

export const MOST_ROWS = 200;

/** The sentence of a failure; those of the service are for people already. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
