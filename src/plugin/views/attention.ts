import type { VaultPath } from '../../core/model/vault-path.ts';
import type { OpenConflict, Problem } from '../../engine/api.ts';
import { callout, MOST_ROWS } from '../modals/parts.ts';
import { faceOf } from '../status-face.ts';
import { TEXTS } from '../texts.ts';
import { plainText } from '../../core/text/words.ts';
import type { Ui } from '../ui-context.ts';

/** What needs a person, each with its remedy; nothing at all where nothing does. */
export function showAttention(parent: HTMLElement, ui: Ui): void {
  const { state, problems, conflicts } = ui.service;
  parent.empty();
  if (state.kind === 'attention' || state.kind === 'offline' || state.kind === 'unset') {
    const { detail } = faceOf(state);
    const tone = state.kind === 'unset' ? 'info' : 'warning';
    const box = callout(parent, { tone, text: detail });
    const screen = screenFor(ui);
    if (screen !== undefined) link(box, screen.text, screen.open);
  }
  const { open } = ui.service.conflictDesk;
  if (open.length > 0) showOpen(parent, ui, open);
  if (conflicts.length > 0) showConflicts(parent, ui, conflicts);
  if (problems.length > 0) showProblems(parent, problems);
}

function screenFor({ service, open }: Ui): { readonly text: string; readonly open: () => void } | undefined {
  const { state } = service;
  if (state.kind === 'unset') return { text: TEXTS.status.menu.settings, open: () => open.settings() };
  if (state.kind !== 'attention') return undefined;
  if (state.reason === 'conflicts') return { text: TEXTS.commands.resolve, open: () => open.conflicts() };
  if (state.reason === 'held') return { text: TEXTS.commands.showHeld, open: () => open.held() };
  if (state.reason === 'first-preview') return { text: TEXTS.commands.preview, open: () => open.preview() };
  return undefined;
}

function showOpen(parent: HTMLElement, ui: Ui, conflicts: readonly OpenConflict[]): void {
  const list = section(parent, TEXTS.log.openConflicts(conflicts.length), TEXTS.log.openConflictsHelp);
  for (const { path, copy } of conflicts.slice(0, MOST_ROWS))
    link(list.createEl('li'), plainText(path), () => ui.open.conflict(copy));
}

function showConflicts(parent: HTMLElement, ui: Ui, conflicts: readonly VaultPath[]): void {
  const list = section(parent, TEXTS.log.conflicts(conflicts.length), TEXTS.log.conflictsHelp);
  for (const path of conflicts.slice(0, MOST_ROWS)) {
    const shown = plainText(path);
    const open = (): void => ui.run(TEXTS.log.openNote(shown), () => ui.app.workspace.openLinkText(path, ''));
    link(list.createEl('li'), shown, open).setAttr('aria-label', TEXTS.log.openNote(shown));
  }
}

function showProblems(parent: HTMLElement, problems: readonly Problem[]): void {
  const list = section(parent, TEXTS.log.open(problems.length), TEXTS.log.openHelp);
  for (const { path, message } of problems.slice(0, MOST_ROWS)) {
    const row = list.createEl('li');
    row.createDiv({ cls: 'twincloud-path', text: plainText(path) });
    row.createDiv({ cls: 'twincloud-detail', text: plainText(message) });
  }
}

function section(parent: HTMLElement, title: string, help: string): HTMLElement {
  const details = parent.createEl('details', { cls: 'twincloud-folded' });
  details.open = true;
  details.createEl('summary', { text: title });
  details.createDiv({ cls: 'twincloud-detail', text: help });
  return details.createEl('ul', { cls: 'twincloud-list' });
}

function link(parent: HTMLElement, text: string, onClick: () => void): HTMLElement {
  const el = parent.createEl('button', { cls: 'twincloud-link', text, attr: { type: 'button' } });
  el.addEventListener('click', onClick);
  return el;
}
