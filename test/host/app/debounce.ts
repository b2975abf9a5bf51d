/** `resetTimer` puts the call off with each call; without it the first call's time stands. */
export function debounce<T extends unknown[], V>(
  callback: (...args: T) => V,
  timeoutMs = 0,
  resetTimer = false,
): Debounced<T, V> {
  let timer: number | undefined;
  let latest: T | undefined;
  const run = (): V | undefined => {
    window.clearTimeout(timer);
    timer = undefined;
    if (latest === undefined) return undefined;
    const args = latest;
    latest = undefined;
    return callback(...args);
  };
  const debounced = Object.assign(
    (...args: T): Debounced<T, V> => {
      latest = args;
      if (resetTimer) window.clearTimeout(timer);
      if (resetTimer || timer === undefined) timer = window.setTimeout(run, timeoutMs);
      return debounced;
    },
    {
      run,
      cancel: (): Debounced<T, V> => {
        window.clearTimeout(timer);
        timer = undefined;
        latest = undefined;
        return debounced;
      },
    },
  );
  return debounced;
}

export interface Debounced<T extends unknown[], V> {
  (...args: T): this;
  run(): V | undefined;
  cancel(): this;
}
