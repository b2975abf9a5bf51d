/** Ends the hold. */
export type Release = () => void;

/**
 * Waits until nobody else of this app holds the name, as an instance of the plugin that is ending may. Rejects
 * with the signal's reason. Held until released or until the page is gone. Where the platform has no locks the hold
 * is empty.
 */
export function hold(locks: LockManager | undefined, name: string, signal: AbortSignal): Promise<Release> {
  if (locks === undefined) return Promise.resolve(() => undefined);
  return new Promise((resolve, reject) => {
    locks
      .request(name, { signal }, () => new Promise<void>((release) => resolve(release)))
      .catch((error: unknown) => {
        reject(error instanceof Error ? error : new Error(String(error)));
      });
  });
}
