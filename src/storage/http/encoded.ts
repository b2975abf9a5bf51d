/** As a part of a path or a query: all but letters, digits and `-._~` (RFC 3986, section 2.3). */
export function encoded(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/gu,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/** Folders stay readable, but where a segment would be taken for "this folder" or "the one above". */
export function encodedPath(key: string): string {
  return /(?:^|\/)\.{1,2}(?:\/|$)/u.test(key) ? encoded(key) : key.split('/').map(encoded).join('/');
}
