import { describe, expect, it } from 'vitest';
import type { ConflictContents } from '../../../src/engine/api.ts';
import { bytesOf, noteTexts } from '../../../src/plugin/conflict/note-text.ts';

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

function contents(note: Uint8Array, copy: Uint8Array, base?: Uint8Array): ConflictContents {
  const side = (bytes: Uint8Array) => ({ hash: '', sizeBytes: bytes.length, mtimeMs: 0, bytes });
  const conflict = { path: 'a.md', copy: 'a (conflict).md', copyDevice: 'Phone', timeMs: 0 };
  const about = { conflict, note: side(note), copy: side(copy), newest: 'note' };
  return (base === undefined ? about : { ...about, base }) as unknown as ConflictContents;
}

describe('the versions of a note as an editor has them', () => {
  it('[CF14] come back as the bytes that they were, with Windows line ends and a byte order mark', () => {
    for (const text of ['', 'a', 'a\nb\n', 'a\r\nb\r\n', '\ufeffa\r\nb', 'ä 日本 😀\n']) {
      const texts = noteTexts(contents(encode(text), encode('x\n')));
      expect(texts?.note).not.toContain('\r');
      expect(bytesOf(texts?.note ?? '', texts?.lineEnd ?? '\n')).toEqual(encode(text));
    }
  });

  it('[CF14] lines end in the result as they do in the note, also those of the copy', () => {
    const texts = noteTexts(contents(encode('a\r\nb\r\n'), encode('a\nc\n')));
    expect(bytesOf(`${texts?.note ?? ''}${texts?.copy ?? ''}`, texts?.lineEnd ?? '\n')).toEqual(
      encode('a\r\nb\r\na\r\nc\r\n'),
    );
  });

  it('[CF14] are not shown as text where one of them is none', () => {
    for (const odd of [Uint8Array.of(0, 1), Uint8Array.of(0xff, 0xfe, 0x41), Uint8Array.of(0xc3)]) {
      expect(noteTexts(contents(odd, encode('x')))).toBeUndefined();
      expect(noteTexts(contents(encode('x'), odd))).toBeUndefined();
    }
  });

  it('[CF14] do without a base that is no text', () => {
    const texts = noteTexts(contents(encode('x'), encode('y'), Uint8Array.of(0)));
    expect([texts?.note, texts?.copy, texts?.base]).toEqual(['x', 'y', undefined]);
  });
});
