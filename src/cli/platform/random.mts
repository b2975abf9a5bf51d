import { randomBytes } from 'node:crypto';
import type { Random } from '../../engine/ports.ts';

const FRACTION_BYTES = 6;

export const nodeRandom: Random = {
  hex: (digits) =>
    randomBytes(Math.ceil(digits / 2))
      .toString('hex')
      .slice(0, digits),
  fraction: () => randomBytes(FRACTION_BYTES).readUIntBE(0, FRACTION_BYTES) / 2 ** (8 * FRACTION_BYTES),
};
