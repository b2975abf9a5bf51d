import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DEFAULTS, readSettings } from '../../../src/plugin/settings/defaults.ts';

describe('stored settings', () => {
  it.each([undefined, null, 'text', 7, []])('that are %j are the defaults', (stored) => {
    expect(readSettings(stored)).toEqual(DEFAULTS);
  });

  it('keep what makes sense and what this version does not know', () => {
    const stored = { s3: { bucket: 'notes', later: 1 }, intervalMinutes: 30, unknown: { a: 1 } };
    expect(readSettings(stored)).toEqual({
      ...DEFAULTS,
      s3: { ...DEFAULTS.s3, bucket: 'notes', later: 1 },
      intervalMinutes: 30,
      unknown: { a: 1 },
    });
  });

  it('give way one by one where they make no sense', () => {
    const stored = {
      s3: { bucket: 7, region: 'auto' },
      conflicts: 'overwrite',
      maxFileMiB: 0.5,
      dotFolders: 1,
    };
    expect(readSettings(stored)).toEqual({ ...DEFAULTS, s3: { ...DEFAULTS.s3, region: 'auto' } });
  });

  it('can be anything without a failure, and read again as they were read', () => {
    fc.assert(
      fc.property(fc.object({ key: fc.constantFrom(...Object.keys(DEFAULTS)) }), (stored) => {
        const read = readSettings(stored);
        expect(readSettings(structuredClone(read))).toEqual(read);
      }),
    );
  });
});
