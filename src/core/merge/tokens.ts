/**
 * What a token is: a `word` (a number with its separators, an address, a tag of HTML and a link's target are
 * one word each), an `ideograph` (a character of a script that is written without spaces, or one emoji with
 * all that belongs to it), a line's end, blanks, or a punctuation `mark`.
 */
export type TokenKind = 'word' | 'ideograph' | 'newline' | 'space' | 'mark';

export interface Token {
  readonly kind: TokenKind;
  readonly text: string;
}

/** Scripts that are written without spaces between words: there, each character stands for itself. */
const UNSPACED =
  '\\p{Script=Han}\\p{Script=Hiragana}\\p{Script=Katakana}\\p{Script=Thai}\\p{Script=Lao}\\p{Script=Khmer}\\p{Script=Myanmar}';
const LETTER = `(?:(?![${UNSPACED}])[\\p{L}\\p{N}\\p{M}_])`;
/** A pictograph with its variation, skin tone and joined parts: never to be taken apart. */
const PICTOGRAPH = '\\p{Extended_Pictographic}(?:\\uFE0F|\\p{Emoji_Modifier})*';
const KINDS: readonly (readonly [TokenKind, string])[] = [
  ['newline', '\\r\\n|\\n|\\r'],
  ['space', '[^\\S\\r\\n]+'],
  // The box of a task.
  ['mark', '\\[[^\\]\\r\\n]\\](?=\\s)'],
  // Addresses, a link's target, a tag of HTML: half of each is worth nothing.
  ['word', '(?:https?|ftp|file|obsidian):\\/\\/[^\\s<>"\'`)\\]|]*[^\\s<>"\'`)\\]|.,;:!?]'],
  ['word', '\\]\\([^()\\s]*(?:\\([^()\\s]*\\)[^()\\s]*)*\\)'],
  ['word', '<\\/?[A-Za-z][^<>\\r\\n]*>'],
  ['ideograph', `[0-9#*]\\uFE0F?\\u20E3|\\p{Regional_Indicator}{2}|${PICTOGRAPH}(?:\\u200D${PICTOGRAPH})*`],
  // Dates, times, amounts, versions.
  ['word', `\\p{N}${LETTER}*(?:[.,:/-]\\p{N}${LETTER}*)+`],
  ['word', `${LETTER}+(?:['’]${LETTER}+)*`],
  ['ideograph', `[${UNSPACED}]\\p{M}*`],
  ['mark', '[^]\\p{M}*'],
];
/** Made when a text is first taken apart: the scripts' tables take a few milliseconds, which no start should pay. */
let anyToken: RegExp | undefined;

/** Takes a text apart; the tokens' texts joined are the text again. */
export function tokenize(text: string): Token[] {
  anyToken ??= new RegExp(KINDS.map(([, source]) => `(${source})`).join('|'), 'gu');
  return Array.from(text.matchAll(anyToken), (match) => {
    const index = match.findIndex((group: string | undefined, at) => at > 0 && group !== undefined);
    return { kind: KINDS[index - 1]?.[0] ?? 'mark', text: match[0] };
  });
}

export function textOf(tokens: readonly Token[]): string {
  return tokens.map(({ text }) => text).join('');
}

/** Words and ideographs: what a text says, without how it is set. */
export function isContent({ kind }: Token): boolean {
  return kind === 'word' || kind === 'ideograph';
}

/** An address or a link's target: nobody writes the same one by chance. */
export function isPlace(text: string): boolean {
  return /^(?:\]\([^)]|[a-z]+:\/\/)/u.test(text);
}
