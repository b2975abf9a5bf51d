/** When the page has nothing else to do, or after `latestMs`. iOS has no idle callbacks. */
export function whenIdle(latestMs: number, callback: () => void): () => void {
  if (typeof window.requestIdleCallback !== 'function') {
    const timer = window.setTimeout(callback, latestMs);
    return () => window.clearTimeout(timer);
  }
  const handle = window.requestIdleCallback(callback, { timeout: latestMs });
  return () => window.cancelIdleCallback(handle);
}
