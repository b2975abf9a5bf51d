import type { OpenConflict } from '../../engine/api.ts';
import { bytesText, countText, numberText, plainText } from '../../core/text/words.ts';
import { timeText } from './times.ts';

interface ShownKeys {
  readonly keys: readonly string[];
  readonly does: string;
}

function waiting(open: readonly OpenConflict[]): string {
  const [first] = open;
  const name = plainText(first?.path ?? '');
  return open.length === 1
    ? `${name} was changed on two devices. Both versions are kept: resolve the conflict when you like.`
    : `${countText(open.length, 'note')} were changed on two devices, the first is ${name}. All versions are kept: resolve the conflicts when you like.`;
}

export const CONFLICT_TEXTS = {
  waiting,
  listTitle: 'Resolve conflicts',
  listHelp:
    'These notes were changed on two devices in a way that cannot be merged by itself. Both versions of each are safe, so there is no hurry.',
  none: 'No conflict is open.',
  list: 'Open conflicts, oldest first',
  rowDetail: ({ noteDevice, copyDevice, timeMs }: OpenConflict): string =>
    `${devices(noteDevice, copyDevice)}, ${timeText(timeMs)}`,
  loading: 'Reading both versions…',
  title: (path: string): string => `Conflict in ${path}`,
  about: ({ noteDevice, copyDevice, timeMs }: OpenConflict): string =>
    `Changed on ${devices(noteDevice, copyDevice)}. Found ${timeText(timeMs)}.`,
  otherDevice: 'Another device',
  twice: (device: string): string => `${device} (copy)`,
  words: (device: string, words: number | undefined): string =>
    words === undefined ? `${device}: much changed` : `${device}: ${countText(words, 'word')} changed`,
  noBase:
    'What both versions come from is not known here, so all differences between the two are shown. With the cloud in reach there may be fewer.',
  ways: 'What shall the note become?',
  merge: 'Merge',
  newest: (device: string): string => `Newest: ${device}`,
  other: (device: string): string => `Only ${device}`,
  both: 'Keep both',
  bothExplain: (path: string, device: string): string =>
    `${path} stays as it is now. The version of ${device} becomes a note of its own beside it.`,
  versions: 'Versions',
  result: 'Result',
  resultLabel: 'The note as it will be; it can be edited',
  versionLabel: (device: string): string => `Changes of ${device}`,
  empty: 'This note is empty.',
  hunk: (index: number, count: number): string => `Change ${numberText(index)} of ${numberText(count)}`,
  takeBoth: 'Both',
  edit: 'Edit',
  removed: 'Removed',
  kept: (device: string): string => `${device} kept`,
  chosen: { both: 'Both kept', edited: 'Edited' },
  left: (count: number): string =>
    count === 0 ? 'Everything is decided.' : `${countText(count, 'change')} to decide.`,
  clean: 'Both versions fit together: look at the result, then apply it.',
  broken:
    'With these choices the file could not be opened: take one version at each place, or mend it in the result.',
  previous: 'Previous change',
  next: 'Next change',
  apply: 'Apply',
  later: 'Later',
  applying: 'Applying…',
  applied: (path: string): string => `Resolved: ${path}. The former versions are in the history.`,
  /** `alt` and `mod`: what the computer calls these keys. */
  keys: (alt: string, mod: string): readonly ShownKeys[] => [
    { keys: [alt, '↑', '↓'], does: 'previous, next' },
    { keys: [alt, '1', '2', '3'], does: 'first, second, both' },
    { keys: [mod, 'Z'], does: 'undo' },
    { keys: [mod, 'Enter'], does: 'apply' },
  ],
  keysLabel: 'Keys',
  arrived:
    'A new version arrived while you were looking. It is taken in; your choices are kept where they still fit.',
  lostChoices: (texts: number): string =>
    `${countText(texts, 'edit')} of yours had no place in it any more. Here it is, to copy:`,
  over: 'This conflict is over: the note or its copy is gone, here or on another device.',
  size: (bytes: number, timeMs: number): string => `${bytesText(bytes)}, changed ${timeText(timeMs)}`,
  preview: (device: string): string => `Picture of ${device}`,
  noPreview: 'This kind of file cannot be shown here.',
  undo: 'Undo',
  undoLabel: (text: string): string => `Undo: ${text}`,
  undone: 'Undone: both versions are there again, and the conflict waits for you.',
} as const;

function devices(note: string | undefined, copy: string): string {
  if (note === undefined) return `another device and ${plainText(copy)}`;
  return note === copy ? plainText(copy) : `${plainText(note)} and ${plainText(copy)}`;
}
