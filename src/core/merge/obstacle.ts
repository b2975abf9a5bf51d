/** Why a merge is not clean; the first that applies, in this order. */
export type Obstacle =
  | 'no-base'
  | 'too-large'
  | 'not-text'
  | 'markers'
  | 'not-json'
  | 'layout'
  | 'line-endings'
  | 'overlap'
  | 'doubled'
  | 'fence';

/** What a person reads about each obstacle. */
const SENTENCES: Readonly<Record<Obstacle, string>> = {
  'no-base': 'There is no common earlier version to compare with.',
  'too-large': 'The note is larger than 4 MB.',
  'not-text': 'One version is not text in UTF-8.',
  markers: 'One version has conflict markers in it.',
  'not-json': 'One version is not JSON, or writing it anew would change how its values are written.',
  layout: 'Both sides changed how the file is laid out, differently.',
  'line-endings': 'Both sides changed the line endings, differently.',
  overlap: 'Both sides changed the same place.',
  doubled: 'Both sides wrote the same line, at different places.',
  fence: 'Together the changes leave a block of code without its end.',
};

export function obstacleSentence(obstacle: Obstacle): string {
  return SENTENCES[obstacle];
}

/** The three texts of a merge. */
export interface Versions<T> {
  readonly base: T;
  readonly local: T;
  readonly remote: T;
}

/** Rule 1 on texts that have a base: what forbids to merge them at all. Symmetric in the sides. */
export function findObstacle(texts: Versions<string>, maxSizeBytes: number): Obstacle | undefined {
  const all = [texts.base, texts.local, texts.remote];
  if (all.some((text) => exceedsUtf8(text, maxSizeBytes))) return 'too-large';
  if (all.some((text) => text.includes('\0') || LONE_SURROGATE.test(text))) return 'not-text';
  if (hasNewMarkers(texts.base, texts.local) || hasNewMarkers(texts.base, texts.remote)) return 'markers';
  return undefined;
}

/** Half a pair cannot be written as UTF-8: such a string would be saved as something else. */
const LONE_SURROGATE = /\p{Surrogate}/u;

/** Whether the text takes more than `maxBytes` in UTF-8; counts only where the length leaves it open. */
function exceedsUtf8(text: string, maxBytes: number): boolean {
  if (text.length > maxBytes) return true;
  // Three bytes are the most that one UTF-16 unit takes.
  if (text.length * 3 <= maxBytes) return false;
  let bytes = 0;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    const isSurrogate = unit >= 0xd800 && unit < 0xe000;
    bytes += unit < 0x80 ? 1 : unit < 0x800 || isSurrogate ? 2 : 3;
  }
  return bytes > maxBytes;
}

/**
 * What git writes around a conflict. The middle one is also the underline of a heading of seven
 * letters; to ask about that costs little, to merge half of a resolved conflict costs a note.
 */
const MARKERS = [/^<{7} /gmu, /^={7}\r?$/gmu, /^>{7} /gmu];

function hasNewMarkers(base: string, side: string): boolean {
  return MARKERS.some((marker) => count(side, marker) > count(base, marker));
}

function count(text: string, pattern: RegExp): number {
  return text.match(pattern)?.length ?? 0;
}
