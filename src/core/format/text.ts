import type { Decoded } from './decoded.ts';
import { decoded, undecodable } from './decoded.ts';

// The Encoding Standard's two classes are in every host that runs ES2022, but not in its library.
// They are pure, so the core may use them; nothing else of a host is declared here.
declare const TextEncoder: new () => { encode(text: string): Uint8Array<ArrayBuffer> };
declare const TextDecoder: new (
  label: 'utf-8',
  options: { readonly fatal: boolean; readonly ignoreBOM: boolean },
) => { decode(bytes: Uint8Array): string };

// Made once: neither keeps anything from one call to the next.
const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

export function encodeUtf8(text: string): Uint8Array<ArrayBuffer> {
  return encoder.encode(text);
}

/** One line a value, each ended by a line feed; so a missing end shows. */
export function encodeLines(values: readonly unknown[]): Uint8Array<ArrayBuffer> {
  return encodeUtf8(values.map((value) => `${JSON.stringify(value)}\n`).join(''));
}

/** The lines without their line feeds. `what` names the object in messages, as `shard`. */
export function decodeLines(
  bytes: Uint8Array,
  limits: { readonly what: string; readonly maxBytes: number },
): Decoded<readonly string[]> {
  const { what, maxBytes } = limits;
  if (bytes.length > maxBytes) {
    return undecodable(
      'too-large',
      `The ${what} has ${String(bytes.length)} bytes; at most ${String(maxBytes)} are allowed.`,
    );
  }
  const text = decodeUtf8(bytes);
  if (text === undefined) return undecodable('not-json', `The ${what} is not UTF-8 text.`);
  if (text === '') return decoded([]);
  if (!text.endsWith('\n')) return undecodable('truncated', `The end of the ${what} is missing.`);
  return decoded(text.slice(0, -1).split('\n'));
}

/** The value, or `undefined` where the text is no JSON (JSON itself has no `undefined`). */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A byte order mark stays, so that the JSON parser refuses it: equal values have equal bytes. */
export function decodeUtf8(bytes: Uint8Array): string | undefined {
  try {
    return decoder.decode(bytes);
  } catch {
    return undefined;
  }
}
