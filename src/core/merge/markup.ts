/** Backticks after the first ones make it code within a line. */
const FENCE = /^\s*(?:`{3,}[^`]*$|~{3,})/u;

export function isFence(line: string): boolean {
  return FENCE.test(line);
}

/** Whether a block of code or mathematics is begun and not ended, or the other way round. */
export function hasOpenFence(lines: readonly string[]): boolean {
  return (
    lines.filter(isFence).length % 2 === 1 || lines.filter((line) => line.trim() === '$$').length % 2 === 1
  );
}

/** Marks that come in pairs of the same, the longer ones before those that they contain. */
const PAIRED = ['**', '~~', '==', '%%', '$$', '`'];
/** An opening mark and what closes it. */
const BRACKETS = [
  ['[[', ']]'],
  ['<!--', '-->'],
] as const;

/**
 * Which kinds of inline marks are out of balance in a text: one more opened than closed would set the
 * rest of the note in bold, or hide it.
 */
export function unbalanced(text: string): Set<string> {
  const open = new Set(PAIRED.filter((mark) => count(text, mark) % 2 === 1));
  for (const [start, end] of BRACKETS) if (count(text, start) !== count(text, end)) open.add(start);
  return open;
}

function count(text: string, mark: string): number {
  return text.split(mark).length - 1;
}
