import { expect, it } from 'vitest';
import { answerTime } from '../../src/cli/compose.mts';

it('the time that a cloud has to answer can be set, and nonsense is refused with the remedy', () => {
  expect(answerTime({})).toEqual({});
  expect(answerTime({ TWINCLOUD_TIMEOUT_SECONDS: '' })).toEqual({});
  expect(answerTime({ TWINCLOUD_TIMEOUT_SECONDS: '90' })).toEqual({ baseMs: 90_000 });
  for (const text of ['0', '-1', '4000', 'soon'])
    expect(() => answerTime({ TWINCLOUD_TIMEOUT_SECONDS: text })).toThrow(/Set it to seconds, 1 to 3600/u);
});
