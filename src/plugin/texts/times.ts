/** Times in this device's zone and language. */

const TIME = formatter({ dateStyle: 'medium', timeStyle: 'short' });
const CLOCK = formatter({ timeStyle: 'medium' });
const DAY = formatter({ dateStyle: 'full' });
const SHORT = formatter({ month: 'short', day: 'numeric', hour: 'numeric', minute: '2-digit' });

/** Made at its first use: the first formatter loads the tables of the language, and the app's start would wait. */
function formatter(options: Intl.DateTimeFormatOptions): { readonly format: (timeMs: number) => string } {
  let made: Intl.DateTimeFormat | undefined;
  return { format: (timeMs) => (made ??= new Intl.DateTimeFormat(undefined, options)).format(timeMs) };
}

/** Date and time in this device's zone and language. */
export function timeText(timeMs: number): string {
  return TIME.format(timeMs);
}

/** The time of day, to the second. */
export function clockText(timeMs: number): string {
  return CLOCK.format(timeMs);
}

export function dayText(timeMs: number): string {
  return DAY.format(timeMs);
}

/** The time of day, with the day unless that is today. */
export function momentText(timeMs: number, nowMs: number): string {
  return dayText(timeMs) === dayText(nowMs) ? clockText(timeMs) : SHORT.format(timeMs);
}
