/** Times in this device's zone and language. */

const TIME = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });
const CLOCK = new Intl.DateTimeFormat(undefined, { timeStyle: 'medium' });
const DAY = new Intl.DateTimeFormat(undefined, { dateStyle: 'full' });
const SHORT = new Intl.DateTimeFormat(undefined, {
  month: 'short',
  day: 'numeric',
  hour: 'numeric',
  minute: '2-digit',
});

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
