import type { HeldItem, Problem, SyncEvent, SyncReport } from '../../engine/api.ts';
import type { Console, Paint } from './console.mts';
import { countText } from '../../core/text/words.ts';
import { secondsText } from './human.mts';

type EventKind = SyncEvent['kind'];

interface EventWords {
  readonly sign: string;
  readonly ascii: string;
  readonly verb: string;
  readonly paint?: Paint;
}

const WORDS: Readonly<Record<EventKind, EventWords>> = {
  uploaded: { sign: '↑', ascii: '^', verb: 'sent' },
  'deleted-in-cloud': { sign: '✗', ascii: 'x', verb: 'deleted in the cloud', paint: 'yellow' },
  'renamed-in-cloud': { sign: '→', ascii: '>', verb: 'renamed in the cloud' },
  downloaded: { sign: '↓', ascii: 'v', verb: 'received' },
  trashed: { sign: '✗', ascii: 'x', verb: 'moved to .trash', paint: 'yellow' },
  'renamed-here': { sign: '→', ascii: '>', verb: 'renamed here' },
  merged: { sign: '⊕', ascii: '+', verb: 'merged', paint: 'green' },
  'conflict-copy': { sign: '!', ascii: '!', verb: 'kept both', paint: 'red' },
  'kept-edit': { sign: '⊕', ascii: '+', verb: 'the edit was kept', paint: 'green' },
  imported: { sign: '⇣', ascii: 'v', verb: 'taken in from the bucket' },
  repaired: { sign: '⊕', ascii: '+', verb: 'repaired', paint: 'green' },
  'newest-won': { sign: '⊕', ascii: '+', verb: 'the newest was kept', paint: 'green' },
  resolved: { sign: '⊕', ascii: '+', verb: 'conflict resolved', paint: 'green' },
  reopened: { sign: '!', ascii: '!', verb: 'conflict open again', paint: 'yellow' },
};

export const EVENT_KINDS = Object.keys(WORDS) as readonly EventKind[];

const REASONED: readonly EventKind[] = [
  'merged',
  'conflict-copy',
  'kept-edit',
  'imported',
  'repaired',
  'newest-won',
  'resolved',
  'reopened',
];

/** One change in a line: what, where, and why where that is not plain. */
export function eventLine(
  console: Console,
  event: Omit<SyncEvent, 'path' | 'other'> & { path: string; other?: string },
): string {
  const words = WORDS[event.kind];
  const sign = console.options.unicode ? words.sign : words.ascii;
  const path = console.name(event.path);
  const other = event.other === undefined ? undefined : console.name(event.other);
  const what = wayOf(event.kind, path, other, console.options.unicode ? '→' : '->');
  const why = REASONED.includes(event.kind) ? console.paint(` (${event.reason})`, 'dim') : '';
  const painted = words.paint === undefined ? sign : console.paint(sign, words.paint);
  return `  ${painted} ${words.verb}: ${what}${why}`;
}

function wayOf(kind: EventKind, path: string, other: string | undefined, arrow: string): string {
  if (other === undefined) return path;
  if (kind === 'renamed-here' || kind === 'renamed-in-cloud') return `${other} ${arrow} ${path}`;
  return `${path}, the other as ${other}`;
}

/** The end of a sync for a person. */
export function showReport(console: Console, report: SyncReport, seconds: number): void {
  console.some(report.events.map((event) => eventLine(console, event)));
  showProblems(console, report.problems);
  showHeld(console, report.held);
  if (report.conflicts.length > 0) {
    console.line(
      console.paint(
        `${countText(report.conflicts.length, 'note')} changed on two devices in a way that cannot be merged: both versions are kept, look at the copies.`,
        'red',
      ),
    );
  }
  console.line(closingLine(report, seconds));
}

function closingLine(report: SyncReport, seconds: number): string {
  const took = `(${secondsText(seconds)})`;
  if (report.outcome === 'held') return `All but what is held back is in step ${took}.`;
  if (report.problems.length > 0)
    return `All but ${countText(report.problems.length, 'path')} is in step ${took}.`;
  if (report.events.length === 0) return `Nothing to do: vault and cloud agree ${took}.`;
  return `In step: ${countText(report.events.length, 'change')} ${took}.`;
}

export function showProblems(console: Console, problems: readonly Problem[]): void {
  if (problems.length === 0) return;
  console.line(console.paint(`Left alone: ${countText(problems.length, 'path')}`, 'yellow'));
  console.some(problems.map(({ path, message }) => `  ! ${problemText(console, path, message)}`));
}

function problemText(console: Console, path: string, message: string): string {
  const text = console.name(message);
  const name = console.name(path);
  return text.includes(name) ? text : `${name}: ${text}`;
}

const HELD: Readonly<Record<HeldItem['kind'], string>> = {
  delete: 'delete',
  truncate: 'emptied',
  change: 'changed',
};

export function showHeld(console: Console, held: readonly HeldItem[]): void {
  if (held.length === 0) return;
  console.line(
    console.paint(
      `Held back, as so much at once may be a mistake: ${countText(held.length, 'file')}`,
      'yellow',
    ),
  );
  console.some(heldLines(console, held));
  console.line(
    '  Do it this time: twincloud held --apply · bring the files back: twincloud held --restore · or leave it so.',
  );
}

export function heldLines(console: Console, held: readonly HeldItem[]): string[] {
  return held.map(({ path, kind, direction }) => {
    const where = direction === 'here' ? 'here' : 'in the cloud';
    return `  ? ${HELD[kind]} ${where}: ${console.name(path)}`;
  });
}
