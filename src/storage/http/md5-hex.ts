/** A listing's MD5 in base64 as hexadecimal. Objects of other tools may have none, and one that is none is not worth a failed listing. */
export function md5Hex(base64: string): string | undefined {
  try {
    const bytes = Array.from(atob(base64), (character) => character.charCodeAt(0));
    if (bytes.length !== 16) return undefined;
    return bytes.map((byte) => byte.toString(16).padStart(2, '0')).join('');
  } catch {
    return undefined;
  }
}
