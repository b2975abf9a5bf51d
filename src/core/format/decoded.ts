/** Why bytes are not what they should be. Every message is a sentence for people, without note text. */
export interface FormatProblem {
  /**
   * `truncated`: the end is missing. `not-json`: no UTF-8, or no JSON. `newer-format`: a later version
   * wrote it; nothing may be written here. `wrong-shape`: JSON, but not of this format.
   * `too-large`: refused unread, by its size. `sealed`: encrypted, and this reader has no key.
   */
  readonly kind: 'truncated' | 'not-json' | 'newer-format' | 'wrong-shape' | 'too-large' | 'sealed';
  readonly message: string;
}

export type Decoded<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly problem: FormatProblem };

export function decoded<T>(value: T): Decoded<T> {
  return { ok: true, value };
}

export function undecodable(kind: FormatProblem['kind'], message: string): Decoded<never> {
  return { ok: false, problem: { kind, message } };
}
