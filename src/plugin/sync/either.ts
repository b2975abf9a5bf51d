/** A signal that fires with whichever of the two fires first; `end` lets go of them. (`AbortSignal.any` is missing on phones of 2023.) */
export function eitherOf(
  one: AbortSignal,
  other: AbortSignal | undefined,
): { readonly signal: AbortSignal; readonly end: () => void } {
  if (other === undefined) return { signal: one, end: () => undefined };
  const either = new AbortController();
  const settled = new AbortController();
  for (const signal of [one, other]) {
    const abort = (): void => either.abort(signal.reason);
    if (signal.aborted) abort();
    else signal.addEventListener('abort', abort, { once: true, signal: settled.signal });
  }
  return { signal: either.signal, end: () => settled.abort() };
}
