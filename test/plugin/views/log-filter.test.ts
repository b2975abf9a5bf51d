import { describe, expect, it } from 'vitest';
import type { LogEntry } from '../../../src/plugin/service.ts';
import { entriesAfter, passes } from '../../../src/plugin/views/log-filter.ts';

const entry = (text: string, level: LogEntry['level'] = 'info'): LogEntry => ({ timeMs: 0, level, text });

describe('the log', () => {
  const [a, b, c] = [entry('a'), entry('b'), entry('c')];

  it('adds what came after the newest that is shown', () => {
    expect(entriesAfter([a, b, c], a)).toEqual([b, c]);
    expect(entriesAfter([a, b], b)).toEqual([]);
  });

  it('starts again when that has fallen out of its bound, or nothing was shown', () => {
    expect(entriesAfter([b, c], a)).toEqual([b, c]);
    expect(entriesAfter([b, c], undefined)).toEqual([b, c]);
  });

  it('filtered for problems shows warnings and errors', () => {
    const log = [entry('i'), entry('w', 'warn'), entry('e', 'error')];
    expect(log.filter((one) => passes(one, 'problems')).map(({ text }) => text)).toEqual(['w', 'e']);
  });
});
