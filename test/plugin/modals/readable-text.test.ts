import { expect, it } from 'vitest';
import { readableText } from '../../../src/plugin/modals/readable-text.ts';

it('text is shown as it is, other contents are not', () => {
  expect(readableText(new TextEncoder().encode('Grüße\n'))).toBe('Grüße\n');
  expect(readableText(new Uint8Array())).toBe('');
  expect(readableText(Uint8Array.of(0x89, 0x50, 0x4e, 0x47))).toBeUndefined();
  expect(readableText(Uint8Array.of(65, 0, 66))).toBeUndefined();
});
