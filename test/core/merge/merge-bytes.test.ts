import { describe, expect, it } from 'vitest';
import { mergeBytes } from '../../../src/core/merge/merge-bytes.ts';
import type { Utf8 } from '../../../src/core/merge/merge-bytes.ts';
import { DEFAULT_MERGE_OPTIONS } from '../../../src/core/merge/merge.ts';

const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const encoder = new TextEncoder();
const utf8: Utf8 = {
  decode: (bytes) => strict.decode(bytes),
  encode: (text) => encoder.encode(text),
};
const bytes = (text: string): Uint8Array => encoder.encode(text);

const base = bytes('a\nb\nc\n');
const local = bytes('x\nb\nc\n');
const remote = bytes('a\nb\nü\n');
const invalid = Uint8Array.of(0x61, 0x0a, 0xff, 0x0a);

describe('mergeBytes', () => {
  it('[ME9] merges files', () => {
    expect(mergeBytes({ base, local, remote }, utf8)).toEqual({ kind: 'clean', bytes: bytes('x\nb\nü\n') });
  });

  it('[ME1] equal files are clean though they are no text', () => {
    const merged = mergeBytes({ base: undefined, local: invalid, remote: invalid.slice() }, utf8);
    expect(merged).toEqual({ kind: 'clean', bytes: invalid });
  });

  it('[ME3] an unchanged file gives the other one, though that is no text', () => {
    expect(mergeBytes({ base, local: base.slice(), remote: invalid }, utf8)).toEqual({
      kind: 'clean',
      bytes: invalid,
    });
    expect(mergeBytes({ base, local: invalid, remote: base.slice() }, utf8)).toEqual({
      kind: 'clean',
      bytes: invalid,
    });
  });

  it('[ME2] no base is a conflict', () => {
    expect(mergeBytes({ base: undefined, local, remote }, utf8)).toEqual({
      kind: 'conflict',
      obstacle: 'no-base',
      reason: 'There is no common earlier version to compare with.',
    });
  });

  it.each(['base', 'local', 'remote'] as const)('[ME4] a %s file that is not UTF-8 is a conflict', (side) => {
    const merged = mergeBytes({ base, local, remote, [side]: invalid }, utf8);
    expect(merged).toMatchObject({ kind: 'conflict', obstacle: 'not-text' });
  });

  it('[ME4] a file above the limit is a conflict', () => {
    const options = { ...DEFAULT_MERGE_OPTIONS, maxSizeBytes: 6 };
    expect(mergeBytes({ base, local, remote }, utf8, options)).toMatchObject({ obstacle: 'too-large' });
    const fits = { ...options, maxSizeBytes: 7 };
    expect(mergeBytes({ base, local, remote }, utf8, fits).kind).toBe('clean');
  });

  it('[ME8] keeps a byte order mark', () => {
    const marked = bytes('\uFEFFa\nb\nc\n');
    const edited = bytes('\uFEFFa\nb\ny\n');
    expect(mergeBytes({ base: marked, local: bytes('\uFEFFx\nb\nc\n'), remote: edited }, utf8)).toEqual({
      kind: 'clean',
      bytes: bytes('\uFEFFx\nb\ny\n'),
    });
  });

  it('[ME4] a decoder that mends or drops bytes costs a conflict, not the bytes', () => {
    const lenient = new TextDecoder('utf-8');
    const careless: Utf8 = { ...utf8, decode: (file) => lenient.decode(file) };
    const cut = Uint8Array.of(...bytes('x\nb\nc\n'), 0xf0, 0x9f, 0x98);
    expect(mergeBytes({ base, local: cut, remote }, careless)).toMatchObject({ obstacle: 'not-text' });
    const marked = bytes('\uFEFFx\nb\nc\n');
    expect(mergeBytes({ base, local: marked, remote }, careless)).toMatchObject({ obstacle: 'not-text' });
  });

  it('[ME17] a conflict of lines says so', () => {
    expect(mergeBytes({ base, local, remote: bytes('y\nb\nc\n') }, utf8)).toEqual({
      kind: 'conflict',
      obstacle: 'overlap',
      reason: 'Both sides changed the same place.',
    });
  });
});
