import { tokenize } from './tokens.ts';

/**
 * The one with more blanks of two texts that differ by blanks within lines alone, else `undefined`. Indentation is no
 * such blank: it says what belongs to what.
 */
export function wideSpaced(local: string, remote: string): string | undefined {
  // Cheap, and almost always enough: what is written without any blanks differs.
  if (local.replaceAll(BLANKS, '') !== remote.replaceAll(BLANKS, '')) return undefined;
  if (withoutSpacing(local) !== withoutSpacing(remote)) return undefined;
  if (local.length !== remote.length) return local.length > remote.length ? local : remote;
  return local < remote ? remote : local;
}

const BLANKS = /[^\S\r\n]+/gu;

/** Each token, parted from the next, and of the blanks those at the beginning of lines. */
function withoutSpacing(text: string): string {
  const tokens = tokenize(text);
  return tokens
    .filter(({ kind }, index) => kind !== 'space' || index === 0 || tokens[index - 1]?.kind === 'newline')
    .map((token) => token.text)
    .join('\0');
}
