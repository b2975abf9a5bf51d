import { compareKeys } from '../key.ts';
import type { ListOptions, ListPage, ObjectStore } from '../object-store.ts';
import { isStoreError, StoreError } from '../store-error.ts';
import type { Jitter, Timer } from '../time.ts';
import { intercept, type StoreCall } from './intercept.ts';

export interface RetryOptions {
  /** Calls in all, the first counted. */
  readonly tries?: number;
  /** Before the second call; doubled for each further one. */
  readonly baseDelayMs?: number;
  readonly maxDelayMs?: number;
  /** No call is begun so long after the first. */
  readonly totalMs?: number;
}

/** A person waits for the sync; the next one asks a cloud again that has no authority. */
export const BACKUP_PATIENCE: RetryOptions = { tries: 2 };

const PROVIDER = 'retry';
/** Damage on the way is mended by another try, damage that lies there is not. */
const CORRUPT_TRIES = 2;
/** After a folder's prefix: past all keys in the folder, but those that begin with this very character. */
const LAST_CHARACTER = '\u{10ffff}';

/**
 * Makes calls again that failed with something that may pass (`retry: 'later'`), where that is the same as
 * making them once: all but conditional puts, which may have had their effect. Waits with jitter, doubling,
 * and at least as long as the provider asks. Gives up with the last error. Listings go on after the last page.
 */
export function withRetry(
  store: ObjectStore,
  means: { readonly timer: Timer; readonly jitter: Jitter },
  options: RetryOptions = {},
): ObjectStore {
  const retried = intercept(store, (call, run) => patient(means, options, call, () => run(call.signal)));
  return { ...retried, list: (prefix, listing = {}) => listOn(store, means, options, { prefix, listing }) };
}

async function patient<T>(
  means: { readonly timer: Timer; readonly jitter: Jitter },
  options: RetryOptions,
  call: Pick<StoreCall, 'conditional' | 'signal'>,
  run: () => Promise<T>,
): Promise<T> {
  const { timer, jitter } = means;
  const { tries = 5, baseDelayMs = 500, maxDelayMs = 20_000, totalMs = 120_000 } = options;
  const startMs = timer.now();
  for (let attempt = 1; ; attempt++) {
    try {
      return await run();
    } catch (error) {
      if (!isStoreError(error) || error.retry === 'never' || call.conditional) throw error;
      const most = error.kind === 'corrupt' ? Math.min(tries, CORRUPT_TRIES) : tries;
      const ceilingMs = Math.min(maxDelayMs, baseDelayMs * 2 ** (attempt - 1));
      const delayMs = Math.max(ceilingMs * (0.5 + jitter.fraction() / 2), error.details.retryAfterMs ?? 0);
      if (attempt >= most || timer.now() - startMs + delayMs > totalMs) throw error;
      await pause(timer, delayMs, call.signal);
    }
  }
}

async function pause(timer: Timer, delayMs: number, signal: AbortSignal | undefined): Promise<void> {
  try {
    await timer.sleep(delayMs, signal);
  } catch (cause) {
    throw new StoreError('aborted', { provider: PROVIDER, cause });
  }
}

/** The listing's pages; after a failure a new listing goes on where the last page ended. */
async function* listOn(
  store: ObjectStore,
  means: { readonly timer: Timer; readonly jitter: Jitter },
  options: RetryOptions,
  request: { readonly prefix: string; readonly listing: ListOptions },
): AsyncGenerator<ListPage> {
  const { prefix, listing } = request;
  let after = listing.startAfter;
  let lastFolder: string | undefined;
  const begin = (): AsyncIterator<ListPage, unknown> => {
    const resumed = after === undefined ? listing : { ...listing, startAfter: after };
    return store.list(prefix, resumed)[Symbol.asyncIterator]();
  };
  let pages: AsyncIterator<ListPage, unknown> | undefined;
  try {
    for (;;) {
      const result = await patient(
        means,
        options,
        { conditional: false, signal: listing.signal },
        async () => {
          pages ??= begin();
          try {
            return await pages.next();
          } catch (error) {
            // An iterator that failed has ended.
            pages = undefined;
            throw error;
          }
        },
      );
      if (result.done === true) return;
      const page = result.value;
      // Should the folder have keys even past that, a listing that goes on meets it again.
      const prefixes = page.prefixes.filter((folder) => folder !== lastFolder);
      lastFolder = page.prefixes.at(-1) ?? lastFolder;
      const pastFolder = page.prefixes.slice(-1).map((folder) => folder + LAST_CHARACTER);
      after = [page.objects.at(-1)?.key, ...pastFolder].reduce(later, after);
      yield prefixes.length === page.prefixes.length ? page : { ...page, prefixes };
    }
  } finally {
    await pages?.return?.();
  }
}

function later(a: string | undefined, b: string | undefined): string | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return compareKeys(a, b) > 0 ? a : b;
}
