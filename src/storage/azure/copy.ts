import type { ObjectVersion } from '../object-store.ts';
import { StoreError } from '../store-error.ts';
import type { Timer } from '../time.ts';
import type { AzureAnswer } from './azure-connection.ts';
import { readVersion } from './read-answer.ts';
import { corruptAnswer } from './translate-error.ts';

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 10_000;

export interface CopyUnderWay {
  readonly to: string;
  /** Looks at the copy. */
  readonly look: () => Promise<AzureAnswer>;
  readonly timer: Timer;
  readonly signal: AbortSignal | undefined;
}

/**
 * Waits until the service has copied, which it mostly has when it answers. Ends with the copy, however that
 * goes: the service gives one up after two weeks, and the caller's time-out long before.
 */
export async function whenCopied(begun: AzureAnswer, copy: CopyUnderWay): Promise<ObjectVersion> {
  const { to, look, timer, signal } = copy;
  const id = begun.headers['x-ms-copy-id'];
  let answer = begun;
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)) {
    const { 'x-ms-copy-status': status, 'x-ms-copy-id': current } = answer.headers;
    if (status === undefined || id === undefined) throw corruptAnswer('a copy without a status', to);
    if (current !== id) throw failed('somebody else wrote there meanwhile', to);
    if (status === 'success') return readVersion(answer, to);
    if (status !== 'pending') {
      throw failed(answer.headers['x-ms-copy-status-description'] ?? `the copy was ${status}`, to);
    }
    await timer.sleep(pauseMs, signal).catch((cause: unknown) => {
      throw new StoreError('aborted', { provider: 'azure', key: to, cause });
    });
    answer = await look();
  }
}

function failed(detail: string, key: string): StoreError {
  return new StoreError('unavailable', { provider: 'azure', key, detail });
}
