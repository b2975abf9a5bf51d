import { TEXTS } from '../texts.ts';
import { plainText } from '../../core/text/words.ts';
import { hiddenText, icon, MOST_ROWS } from './parts.ts';
import {
  countKinds,
  treeOf,
  type Change,
  type ChangeFolder,
  type ChangeKind,
} from '../../core/text/plan-tree.ts';

const ICONS: Readonly<Record<ChangeKind, string>> = {
  send: 'arrow-up',
  receive: 'arrow-down',
  'delete-in-cloud': 'trash-2',
  'delete-here': 'trash-2',
  'rename-in-cloud': 'arrow-right',
  'rename-here': 'arrow-right',
  merge: 'git-merge',
  skip: 'minus',
};

/** Folders are open from the start as long as no more rows than these are shown. */
const OPEN_ROWS = 60;

/** The changes of a plan as a tree of folders that open and close, with a button for each kind that leaves only it. */
export function showChanges(parent: HTMLElement, changes: readonly Change[]): void {
  const kinds = countKinds(changes);
  const chips = parent.createDiv({
    cls: 'twincloud-chips',
    attr: { role: 'group', 'aria-label': TEXTS.plan.counts },
  });
  const tree = parent.createDiv({
    cls: 'twincloud-tree',
    attr: { role: 'region', 'aria-label': TEXTS.plan.tree, tabindex: '0' },
  });
  const buttons: { readonly kind: ChangeKind | undefined; readonly el: HTMLElement }[] = [];
  const select = (kind: ChangeKind | undefined): void => {
    for (const one of buttons) one.el.setAttr('aria-pressed', String(one.kind === kind));
    tree.empty();
    showTree(tree, kind === undefined ? changes : changes.filter((change) => change.kind === kind));
  };
  const chip = (kind: ChangeKind | undefined, text: string): void => {
    const el = chips.createEl('button', { cls: 'twincloud-chip', attr: { type: 'button' } });
    if (kind !== undefined) icon(el, ICONS[kind]);
    el.createSpan({ text });
    el.addEventListener('click', () => select(kind));
    buttons.push({ kind, el });
  };
  if (kinds.length > 1) chip(undefined, TEXTS.plan.everything(changes.length));
  for (const { kind, count } of kinds) chip(kind, TEXTS.plan.kindCount(kind, count));
  select(undefined);
}

function showTree(parent: HTMLElement, changes: readonly Change[]): void {
  const root = treeOf(changes);
  const budget = { rows: OPEN_ROWS };
  showInside(parent.createEl('ul', { cls: 'twincloud-tree-list' }), root, budget);
}

function showInside(list: HTMLElement, folder: ChangeFolder, budget: { rows: number }): void {
  budget.rows -= folder.folders.length + folder.changes.length;
  for (const inner of folder.folders) showFolder(list, inner, budget);
  for (const change of folder.changes.slice(0, MOST_ROWS)) showChange(list, change);
  const rest = folder.changes.length - MOST_ROWS;
  if (rest > 0) list.createEl('li', { cls: 'twincloud-detail', text: TEXTS.plan.more(rest) });
}

/** What is inside is made when it is first opened: a vault may have ten thousand notes. */
function showFolder(list: HTMLElement, given: ChangeFolder, budget: { rows: number }): void {
  const { folder, name } = joined(given);
  const details = list.createEl('li').createEl('details', { cls: 'twincloud-tree-folder' });
  const summary = details.createEl('summary');
  summary.createSpan({ cls: 'twincloud-path', text: plainText(`${name}/`) });
  summary.createSpan({ cls: 'twincloud-detail', text: TEXTS.plan.folderCount(folder.total) });
  const inside = details.createEl('ul', { cls: 'twincloud-tree-list' });
  let made = false;
  const make = (rows: { rows: number }): void => {
    if (made) return;
    made = true;
    showInside(inside, folder, rows);
  };
  if (folder.folders.length + folder.changes.length <= budget.rows) {
    make(budget);
    details.open = true;
  }
  details.addEventListener('toggle', () => make({ rows: OPEN_ROWS }));
}

/** Folders with nothing but one folder in them are one row: `a/b/c/`. */
function joined(folder: ChangeFolder): { readonly folder: ChangeFolder; readonly name: string } {
  const [only, ...others] = folder.folders;
  if (only === undefined || others.length > 0 || folder.changes.length > 0) {
    return { folder, name: folder.name };
  }
  const inner = joined(only);
  return { folder: inner.folder, name: `${folder.name}/${inner.name}` };
}

function showChange(list: HTMLElement, change: Change): void {
  const row = list.createEl('li', { cls: `twincloud-change is-${change.kind}` });
  icon(row, ICONS[change.kind]);
  const words = row.createDiv();
  hiddenText(words, `${TEXTS.plan.kind(change.kind)}: `);
  words.createSpan({ cls: 'twincloud-path', text: plainText(change.name) });
  const from = change.from === undefined ? '' : `${TEXTS.plan.from(plainText(change.from))}, `;
  words.createDiv({ cls: 'twincloud-detail', text: `${from}${plainText(change.reason)}` });
}
