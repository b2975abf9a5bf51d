import pMap from 'p-map';

/**
 * Does the work for each item, so many at once, and gives the results in order. After a failure
 * nothing new is begun, and what runs is waited for: nothing of a run may go on after its end.
 * Rejects with the first failure.
 */
export async function inLanes<T, R>(
  items: Iterable<T>,
  lanes: number,
  work: (item: T, index: number) => Promise<R>,
): Promise<R[]> {
  let failure: { readonly error: unknown } | undefined;
  const results: R[] = [];
  await pMap(
    items,
    async (item, index) => {
      if (failure !== undefined) return;
      try {
        results[index] = await work(item, index);
      } catch (error) {
        failure ??= { error };
      }
    },
    { concurrency: lanes },
  );
  if (failure !== undefined) throw failure.error;
  return results;
}
