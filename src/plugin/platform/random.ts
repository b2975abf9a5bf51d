import type { Random } from '../../engine/ports.ts';

const HEX_DIGITS = 2;
/** As many bits as a fraction of a double holds without a rest. */
const FRACTION_BITS = 32;

export const webRandom: Random = {
  hex(digits) {
    const bytes = crypto.getRandomValues(new Uint8Array(Math.ceil(digits / HEX_DIGITS)));
    return hexText(bytes).slice(0, digits);
  },
  fraction() {
    const [value = 0] = crypto.getRandomValues(new Uint32Array(1));
    return value / 2 ** FRACTION_BITS;
  },
};

export function hexText(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += byte.toString(16).padStart(HEX_DIGITS, '0');
  return text;
}
