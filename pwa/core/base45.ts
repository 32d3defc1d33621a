// Base45 (RFC 9285): bytes in the alphabet of QR alphanumeric mode.

import type { Bytes } from "./bytes";
import { malformed } from "./errors";

export const ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";
/** The value of each character by its code; one outside the alphabet is worth more than any group can hold. */
const VALUES = Uint32Array.from({ length: 128 }, (_, code) => ALPHABET.indexOf(String.fromCharCode(code)) & 0x1ffff);

/** Decode base45 text from `start` on. Throws for a foreign character, a length of 3k + 1, or a group too large. */
export function decode(text: string, start: number): Bytes {
  const rest = (text.length - start) % 3;
  if (rest === 1) malformed("base45: a length no bytes can have");
  const out = new Uint8Array(Math.floor(((text.length - start) * 2) / 3));
  for (let at = start, place = 0; at < text.length; at += 3) {
    const isPair = at + 2 < text.length;
    const last = isPair ? VALUES[text.charCodeAt(at + 2)]! : 0;
    const number = VALUES[text.charCodeAt(at)]! + 45 * VALUES[text.charCodeAt(at + 1)]! + 2_025 * last;
    if (!(number <= (isPair ? 0xffff : 0xff))) malformed("base45: a foreign character, or a group above what it can hold");
    if (isPair) out[place++] = number >> 8;
    out[place++] = number & 0xff;
  }
  return out;
}
