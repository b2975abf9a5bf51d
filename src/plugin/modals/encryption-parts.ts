import { Notice, Setting } from 'obsidian';
import type { ClearReport } from '../service.ts';
import { TEXTS } from '../texts.ts';
import { plainText } from '../../core/text/words.ts';
import type { Ui } from '../ui-context.ts';
import { button, buttonRow, callout, failureBox, foldedList } from './parts.ts';

const TEXT = TEXTS.encryption;
const LEAST_CHARACTERS = 10;

/** What somebody is asked to type, and what comes of it. */
export interface Asked {
  /** Draws what stands above the fields. */
  readonly explain: (parent: HTMLElement) => void;
  readonly button: string;
  readonly cancel: () => void;
  readonly act: (secret: string) => void;
  /** What was wrong with what was typed before. */
  readonly problem?: string | undefined;
}

/** Asks for a passphrase that is in force. */
export function askSecret(parent: HTMLElement, asked: Asked): void {
  drawAsked(parent, asked, [TEXT.passphrase], ([secret = '']) => asked.act(secret));
}

/** Asks for a new passphrase, twice, until it is long enough. */
export function askNew(parent: HTMLElement, asked: Asked): void {
  drawAsked(parent, asked, [TEXT.passphrase, TEXT.again], ([first = '', again = '']) => {
    if (first.length < LEAST_CHARACTERS) askNew(parent, { ...asked, problem: TEXT.short });
    else if (first !== again) askNew(parent, { ...asked, problem: TEXT.differ });
    else asked.act(first);
  });
}

function drawAsked(
  parent: HTMLElement,
  { problem, explain, button: text, cancel }: Asked,
  names: readonly string[],
  done: (values: readonly string[]) => void,
): void {
  parent.empty();
  if (problem !== undefined) failureBox(parent, problem);
  explain(parent);
  const fields = names.map((name) => secretField(parent, name));
  const act = (): void => done(fields.map((field) => field?.value ?? ''));
  for (const field of fields)
    field?.addEventListener('keydown', (event) => {
      if (event.key === 'Enter' && !event.isComposing) act();
    });
  fields[0]?.focus({ preventScroll: true });
  const row = buttonRow(parent);
  button(row, text, act).setCta();
  button(row, TEXTS.cancel, cancel);
}

function secretField(parent: HTMLElement, name: string): HTMLInputElement | undefined {
  let input: HTMLInputElement | undefined;
  new Setting(parent).setName(name).addText((text) => {
    input = text.inputEl;
    input.type = 'password';
    input.autocomplete = 'off';
    input.setAttr('aria-label', name);
  });
  return input;
}

/** What encrypting a vault that lies in a cloud does, step by step, and what can be lost by it. */
export function explainSteps(parent: HTMLElement): void {
  parent.createEl('p', { text: TEXT.explain });
  const list = parent.createEl('ol');
  for (const text of TEXT.steps) list.createEl('li', { text });
  callout(parent, { tone: 'warning', text: TEXT.lost });
}

export function drawRecoveryKey(parent: HTMLElement, ui: Ui, key: string, onKept: () => void): void {
  parent.empty();
  callout(parent, { tone: 'warning', text: TEXT.recovery });
  parent.createEl('code', { cls: 'twincloud-recovery-key', text: key });
  const row = buttonRow(parent);
  button(row, TEXT.copy, () => {
    ui.run(TEXT.copy, async () => {
      await navigator.clipboard.writeText(key);
      new Notice(TEXT.copied);
    });
  });
  button(row, TEXT.kept, onKept).setCta();
}

/** What was removed, and what stayed and why. */
export function drawCleared(parent: HTMLElement, report: ClearReport): void {
  callout(parent, { tone: 'success', text: TEXT.removed(report), role: 'status' });
  for (const kind of ['otherFiles', 'damaged'] as const) {
    const rows = report[kind].map((key) => ({ title: plainText(key) }));
    if (rows.length > 0) foldedList(parent, { title: TEXT[kind](rows.length), open: true, rows });
  }
  const { versioning } = report;
  if (versioning !== 'off')
    callout(parent, { tone: 'info', text: `${TEXT.versions[versioning]} ${TEXT.versions.how}` });
}
