import type { VerifyReport } from '../../engine/api.ts';
import { bytesText, countText, numberText } from '../../core/text/words.ts';

export const VERIFY_TEXTS = {
  title: 'Verify cloud',
  explain:
    'Looks whether everything of this vault is in the cloud and undamaged, and mends what this device still has.',
  starting: 'Starting…',
  stop: 'Stop',
  stopped: 'Stopped. Nothing was lost; start it again when you like.',
  bar: 'Progress of the check',
  good: ({ entries, bytes }: VerifyReport): string =>
    `All ${countText(entries, 'file')} (${bytesText(bytes)}) are in the cloud and undamaged.`,
  bad: ({ damaged, entries }: VerifyReport): string =>
    `${numberText(damaged.length)} of ${countText(entries, 'file')} were missing or damaged in the cloud.`,
  damaged: 'Missing or damaged',
  repaired: 'Mended from this device',
  lost: 'Not mended: open Twincloud on a device that still has this file and verify there',
  readable: ({ readable }: VerifyReport): string => {
    const parts = [
      `${countText(readable.good, 'file')} in step`,
      ...(readable.rewritten === 0 ? [] : [`${numberText(readable.rewritten)} written again`]),
      ...(readable.imported.length === 0
        ? []
        : [`${numberText(readable.imported.length)} taken in as edits`]),
    ];
    return `Readable copy: ${parts.join(', ')}.`;
  },
  problems: (count: number): string => `${countText(count, 'file')} left alone`,
} as const;
