// Bytes as hex and text, compared and put together.

export type Bytes = Uint8Array<ArrayBuffer>;

const DIGITS = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));

export const toHex = (data: Bytes): string => data.reduce((hex, byte) => hex + DIGITS[byte], "");

export const fromHex = (hex: string): Bytes =>
  Uint8Array.from(hex.match(/../g) ?? [], (byte) => Number.parseInt(byte, 16));

export function equal(a: Bytes, b: Bytes): boolean {
  return a.length === b.length && a.every((byte, place) => byte === b[place]);
}

export const joined = (...parts: readonly Bytes[]): Bytes => joinedIn(new Uint8Array(0), parts);

/** Put parts together in `room` where they fit in it, else in a new place. */
export function joinedIn(room: Bytes, parts: readonly Bytes[]): Bytes {
  let length = 0;
  for (const part of parts) length += part.length;
  const whole = length <= room.length ? room.subarray(0, length) : new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** Say whether there is nothing but white space, by the list the Python twin has. */
export function isBlank(text: string): boolean {
  return /^[\t-\r\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]*$/.test(text);
}
