/**
 * Header values carry printable ASCII only, and servers trim or fold blanks. What cannot travel as
 * it is goes as an RFC 8187 ext-value (`UTF-8''` and percent-encoded bytes); plain ASCII stays
 * readable to every other tool.
 */
const MARKER = "UTF-8''";
const PLAIN = /^[\x21-\x7e]+(?: [\x21-\x7e]+)*$/u;

export function encodeMetadata(metadata: Readonly<Record<string, string>>): Record<string, string> {
  return mapValues(metadata, (value) =>
    PLAIN.test(value) && !value.startsWith(MARKER) ? value : MARKER + encodeURIComponent(wellFormed(value)),
  );
}

/** A value that only looks encoded (another tool wrote it) comes back as it stands. */
export function decodeMetadata(
  metadata: Readonly<Record<string, string>> | undefined,
): Record<string, string> {
  return mapValues(metadata ?? {}, (value) => {
    if (!value.startsWith(MARKER)) return value;
    try {
      return decodeURIComponent(value.slice(MARKER.length));
    } catch {
      return value;
    }
  });
}

function mapValues(
  record: Readonly<Record<string, string>>,
  change: (value: string) => string,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(record).map(([name, value]) => [name.toLowerCase(), change(value)]),
  );
}

/** A lone surrogate has no UTF-8 form; it becomes U+FFFD. */
function wellFormed(text: string): string {
  return new TextDecoder().decode(new TextEncoder().encode(text));
}
