import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeMetadata, encodeMetadata } from '../../src/storage/metadata-text.ts';

const text = fc.string({ unit: 'binary', maxLength: 40 });

describe('metadata in headers', () => {
  it('any text comes back as it was', () => {
    fc.assert(
      fc.property(text, (value) => {
        expect(decodeMetadata(encodeMetadata({ value }))).toEqual({ value });
      }),
    );
  });

  it('what is sent is printable ASCII that no server trims or folds', () => {
    fc.assert(
      fc.property(text, (value) => {
        expect(encodeMetadata({ value })['value']).toMatch(/^[\x21-\x7e]+(?: [\x21-\x7e]+)*$/u);
      }),
    );
  });

  it('plain ASCII stays readable to other tools', () => {
    const metadata = { mtime: '1795391093.5', twincloud: '0123456789abcdef:ff', note: "50 % of 'it' (a+b)" };
    expect(encodeMetadata(metadata)).toEqual(metadata);
  });

  it('other text is an RFC 8187 value', () => {
    expect(encodeMetadata({ name: 'é €' })).toEqual({ name: "UTF-8''%C3%A9%20%E2%82%AC" });
  });

  it('half a character becomes the replacement character', () => {
    expect(decodeMetadata(encodeMetadata({ half: 'a\ud83d' }))).toEqual({ half: 'a\ufffd' });
  });

  it("another tool's value that only looks encoded stays as it is", () => {
    expect(decodeMetadata({ odd: "UTF-8''50%" })).toEqual({ odd: "UTF-8''50%" });
  });
});
