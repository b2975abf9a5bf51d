import { numberText } from '../../core/text/words.ts';

/** Numbers and times as people read them in a terminal. */

export function describeRest(count: number): string {
  return `… and ${numberText(count)} more`;
}

export function secondsText(seconds: number): string {
  if (seconds < 59.5) return `${seconds.toFixed(seconds < 9.95 ? 1 : 0)} s`;
  const whole = Math.round(seconds);
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return `${String(minutes)} min ${String(whole % 60)} s`;
  return `${String(Math.floor(minutes / 60))} h ${String(minutes % 60)} min`;
}

/** How long ago a time was; for a time to come, the time itself. */
export function agoText(timeMs: number, nowMs: number): string {
  const seconds = (nowMs - timeMs) / 1000;
  if (seconds < 0) return timeText(timeMs);
  if (seconds < 90) return `${String(Math.round(seconds))} s ago`;
  if (seconds < 5400) return `${String(Math.round(seconds / 60))} min ago`;
  if (seconds < 129_600) return `${String(Math.round(seconds / 3600))} h ago`;
  return `${String(Math.round(seconds / 86_400))} days ago`;
}

/** `2026-11-22 14:03:59` by this computer's zone; for what is no time, a dash. */
export function timeText(timeMs: number): string {
  const time = new Date(timeMs);
  if (Number.isNaN(time.getTime())) return '-';
  const two = (value: number): string => String(value).padStart(2, '0');
  const day = [String(time.getFullYear()), two(time.getMonth() + 1), two(time.getDate())].join('-');
  return `${day} ${[time.getHours(), time.getMinutes(), time.getSeconds()].map(two).join(':')}`;
}
