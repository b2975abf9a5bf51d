/**
 * What page and host send each other over a socket, JSON and bytes in one message:
 *
 *   length of JSON (4 bytes, little endian), JSON, bytes one after the other
 */
export function framed(value: unknown, parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const json = new TextEncoder().encode(JSON.stringify(value));
  const message = new Uint8Array(4 + json.length + parts.reduce((sum, { length }) => sum + length, 0));
  new DataView(message.buffer).setUint32(0, json.length, true);
  let offset = 4;
  for (const part of [json, ...parts]) {
    message.set(part, offset);
    offset += part.length;
  }
  return message;
}

/** The bytes are a view of the message. */
export function unframed(message: Uint8Array): { readonly value: unknown; readonly bytes: Uint8Array } {
  const jsonLength = new DataView(message.buffer, message.byteOffset).getUint32(0, true);
  const value: unknown = JSON.parse(new TextDecoder().decode(message.subarray(4, 4 + jsonLength)));
  return { value, bytes: message.subarray(4 + jsonLength) };
}
