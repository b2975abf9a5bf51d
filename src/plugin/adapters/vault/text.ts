const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** The text that the bytes are in UTF-8, if they are, and if the app would give back the same: it may drop a byte order mark. */
export function asText(bytes: Uint8Array): string | undefined {
  try {
    const text = decoder.decode(bytes);
    return text.startsWith('\u{feff}') ? undefined : text;
  } catch {
    return undefined;
  }
}
