import type { ConflictContents } from '../../engine/api.ts';

/** Both versions as an editor has them: lines end in LF. */
export interface NoteTexts {
  readonly note: string;
  readonly copy: string;
  readonly base: string | undefined;
  /** What ends the note's lines in the file. */
  readonly lineEnd: '\n' | '\r\n';
}

/** `undefined` where a version is no text, or too long to be shown. */
export function noteTexts({ note, copy, base }: ConflictContents): NoteTexts | undefined {
  const [one, other] = [textOf(note.bytes), textOf(copy.bytes)];
  if (one === undefined || other === undefined) return undefined;
  const before = textOf(base);
  return {
    note: withLf(one),
    copy: withLf(other),
    base: before === undefined ? undefined : withLf(before),
    lineEnd: one.includes('\n') && !/(?:^|[^\r])\n/u.test(one) ? '\r\n' : '\n',
  };
}

export function bytesOf(text: string, lineEnd: NoteTexts['lineEnd']): Uint8Array {
  return new TextEncoder().encode(lineEnd === '\n' ? text : text.replaceAll('\n', lineEnd));
}

function withLf(text: string): string {
  return text.includes('\r') ? text.replace(/\r\n?/gu, '\n') : text;
}

/** With a byte order mark, where there is one. */
function textOf(bytes: Uint8Array | undefined): string | undefined {
  if (bytes === undefined || bytes.includes(0)) return undefined;
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
