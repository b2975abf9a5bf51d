import type { Action } from '../../core/plan/plan.ts';
import {
  changesOf,
  countKinds,
  treeOf,
  type Change,
  type ChangeFolder,
  type ChangeKind,
} from '../../core/text/plan-tree.ts';
import { countText, numberText } from '../../core/text/words.ts';
import type { Console, Paint } from './console.mts';

interface Look {
  readonly sign: string;
  readonly ascii: string;
  readonly text: string;
  readonly paint?: Paint;
}

/** Rows of one folder beyond these are only counted. */
const MOST_PER_FOLDER = 40;

const LOOKS: Readonly<Record<ChangeKind, Look>> = {
  send: { sign: '↑', ascii: '^', text: 'send' },
  receive: { sign: '↓', ascii: 'v', text: 'receive' },
  'delete-in-cloud': { sign: '✗', ascii: 'x', text: 'delete in the cloud', paint: 'yellow' },
  'delete-here': { sign: '✗', ascii: 'x', text: 'move to .trash here', paint: 'yellow' },
  'rename-in-cloud': { sign: '→', ascii: '>', text: 'rename in the cloud' },
  'rename-here': { sign: '→', ascii: '>', text: 'rename here' },
  merge: { sign: '⊕', ascii: '+', text: 'merge, or keep both', paint: 'red' },
  skip: { sign: '-', ascii: '-', text: 'leave alone', paint: 'dim' },
};

/** The plan as a tree of folders; what only this device has to remember is left out. */
export function showPlan(console: Console, actions: readonly Action[]): void {
  const changes = changesOf(actions);
  if (changes.length === 0) {
    console.line('  Nothing would move: vault and cloud agree.');
    return;
  }
  console.lines(linesOf(console, treeOf(changes), ''));
  const parts = countKinds(changes).map(({ kind, count }) => `${LOOKS[kind].text}: ${numberText(count)}`);
  console.line(`${countText(changes.length, 'change')} (${parts.join('; ')})`);
}

function linesOf(console: Console, { folders, changes }: ChangeFolder, indent: string): string[] {
  const lines: string[] = [];
  for (const folder of folders) {
    lines.push(`${indent}${console.paint(`${console.name(folder.name)}/`, 'bold')}`);
    lines.push(...linesOf(console, folder, `${indent}  `));
  }
  for (const change of changes.slice(0, MOST_PER_FOLDER)) lines.push(`${indent}${rowText(console, change)}`);
  if (changes.length > MOST_PER_FOLDER)
    lines.push(`${indent}… and ${numberText(changes.length - MOST_PER_FOLDER)} more in this folder`);
  return lines;
}

function rowText(console: Console, { kind, name, from, reason }: Change): string {
  const { sign, ascii, text, paint } = LOOKS[kind];
  const mark = console.options.unicode ? sign : ascii;
  const painted = paint === undefined ? mark : console.paint(mark, paint);
  const what = `${text}${from === undefined ? '' : `, from ${from}`} (${reason})`;
  return `${painted} ${console.name(name)}  ${console.paint(console.name(what), 'dim')}`;
}
