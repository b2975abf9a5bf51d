import type { Action } from '../../core/plan/plan.ts';
import type { Console, Paint } from './console.mts';
import { countText } from './human.mts';

interface Row {
  readonly path: string;
  readonly sign: string;
  readonly ascii: string;
  readonly text: string;
  readonly paint?: Paint;
}

interface Folder {
  readonly rows: Row[];
  readonly folders: Map<string, Folder>;
}

/** Rows of one folder beyond these are only counted. */
const MOST_PER_FOLDER = 40;

/** The plan as a tree of folders; what only this device has to remember is left out. */
export function showPlan(console: Console, actions: readonly Action[]): void {
  const rows = actions.map(rowOf).filter((row) => row !== undefined);
  if (rows.length === 0) {
    console.line('  Nothing would move: vault and cloud agree.');
    return;
  }
  const root: Folder = { rows: [], folders: new Map() };
  for (const row of rows) place(root, row);
  console.lines(linesOf(console, root, ''));
  console.line(legend(rows));
}

function rowOf(action: Action): Row | undefined {
  const { reason } = action;
  switch (action.kind) {
    case 'adopt-base':
    case 'drop-base':
      return undefined;
    case 'upload':
      return { path: action.path, sign: '↑', ascii: '^', text: `send (${reason})` };
    case 'download':
      return { path: action.path, sign: '↓', ascii: 'v', text: `receive (${reason})` };
    case 'tombstone':
      return {
        path: action.path,
        sign: '✗',
        ascii: 'x',
        text: `delete in the cloud (${reason})`,
        paint: 'yellow',
      };
    case 'trash':
      return {
        path: action.path,
        sign: '✗',
        ascii: 'x',
        text: `move to .trash here (${reason})`,
        paint: 'yellow',
      };
    case 'move-remote':
      return {
        path: action.to,
        sign: '→',
        ascii: '>',
        text: `rename in the cloud, from ${action.from} (${reason})`,
      };
    case 'move-local':
      return { path: action.to, sign: '→', ascii: '>', text: `rename here, from ${action.from} (${reason})` };
    case 'resolve':
      return {
        path: action.path,
        sign: '⊕',
        ascii: '+',
        text: `merge, or keep both (${reason})`,
        paint: 'red',
      };
    case 'skip':
      return { path: action.path, sign: '-', ascii: '-', text: `leave alone (${reason})`, paint: 'dim' };
    default:
      return action satisfies never;
  }
}

function place(root: Folder, row: Row): void {
  const isEmptyFolder = row.path.endsWith('/');
  const parts = (isEmptyFolder ? row.path.slice(0, -1) : row.path).split('/');
  let folder = root;
  for (const name of parts.slice(0, -1)) {
    const next = folder.folders.get(name) ?? { rows: [], folders: new Map<string, Folder>() };
    folder.folders.set(name, next);
    folder = next;
  }
  folder.rows.push({ ...row, path: `${parts.at(-1) ?? ''}${isEmptyFolder ? '/' : ''}` });
}

function linesOf(console: Console, folder: Folder, indent: string): string[] {
  const byName = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
  const lines: string[] = [];
  for (const [name, inner] of [...folder.folders].sort(([a], [b]) => byName(a, b))) {
    lines.push(`${indent}${console.paint(`${console.name(name)}/`, 'bold')}`);
    lines.push(...linesOf(console, inner, `${indent}  `));
  }
  const rows = [...folder.rows].sort((a, b) => byName(a.path, b.path));
  for (const row of rows.slice(0, MOST_PER_FOLDER)) lines.push(`${indent}${rowText(console, row)}`);
  if (rows.length > MOST_PER_FOLDER)
    lines.push(`${indent}… and ${String(rows.length - MOST_PER_FOLDER)} more in this folder`);
  return lines;
}

function rowText(console: Console, row: Row): string {
  const sign = console.options.unicode ? row.sign : row.ascii;
  const painted = row.paint === undefined ? sign : console.paint(sign, row.paint);
  return `${painted} ${console.name(row.path)}  ${console.paint(console.name(row.text), 'dim')}`;
}

function legend(rows: readonly Row[]): string {
  const counts = new Map<string, number>();
  for (const row of rows) {
    const what = row.text.split(/[,(]/u)[0]?.trim() ?? '';
    counts.set(what, (counts.get(what) ?? 0) + 1);
  }
  const parts = [...counts].map(([what, count]) => `${what}: ${count.toLocaleString('en')}`);
  return `${countText(rows.length, 'change')} (${parts.join(', ')})`;
}
