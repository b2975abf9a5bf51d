/** Numbers, sizes and names as people read them. */

const UNITS = ['B', 'KB', 'MB', 'GB', 'TB'];

export function bytesText(bytes: number): string {
  let size = bytes;
  let unit = 0;
  // 999.95 would be written 1000.0.
  while (Math.round(size * 10) / 10 >= 1000 && unit < UNITS.length - 1) {
    size /= 1000;
    unit += 1;
  }
  return `${size.toFixed(unit === 0 || size >= 99.95 ? 0 : 1)} ${UNITS[unit] ?? 'B'}`;
}

export function numberText(count: number): string {
  // Most counts are small, and the first use of a locale takes as long as a whole small sync has.
  return Number.isInteger(count) && Math.abs(count) < 1000 ? String(count) : count.toLocaleString('en');
}

/** `1 file`, `2 files`; `many` where an s at the end does not do. */
export function countText(count: number, one: string, many = `${one}s`): string {
  return `${numberText(count)} ${count === 1 ? one : many}`;
}

/** Controls and marks that turn the line's direction. */
const STEERING = /[\p{Cc}\u200e\u200f\u2028-\u202e\u2066-\u2069]/gu;

/** What others named, made safe to show: nothing hides in it or turns the line around. */
export function plainText(text: string): string {
  return text.replace(STEERING, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
