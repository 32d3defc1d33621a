// What a holder's phone does with its own pass: look at it, and sign it for one moment.

import {
  ALPHABET, CoreError, PREFIX, PRESENTATION_TYP, TEST_OFFSET, type Bytes, type PassClaims, decodeBase45, fromHex, joined, readText,
  signatureInput, writeByteString, writeUnsigned,
} from "../core";

const SCHEME = { name: "ECDSA", hash: "SHA-256" };
const MAX_CHARACTERS = 2_048;
/** ES256 without kid, up to the typ. */
const HEADER = fromHex("a2012610");
const [TAGGED, NO_UNPROTECTED, PAIR] = [fromHex("d284"), fromHex("a0"), fromHex("82")];

/** Read a pass for its holder, of a real or a test federation: nothing in it is vouched for. */
export function readPass(text: string): PassClaims {
  try {
    return readText(text, false).pass.claims;
  } catch (error) {
    if (error instanceof CoreError && error.found === "test_pass") return readText(text, true).pass.claims;
    throw error;
  }
}

/** Let the phone's key sign a device pass for one moment: the text of the QR code. */
export async function writePresentation(pass: string, key: CryptoKey, shownAt: number, isTest: boolean): Promise<string> {
  readText(pass, isTest);
  const header = joined(HEADER, writeUnsigned(PRESENTATION_TYP + (isTest ? TEST_OFFSET : 0)));
  const payload = joined(PAIR, writeUnsigned(shownAt), writeByteString(decodeBase45(pass, PREFIX.length)));
  const signature = new Uint8Array(await crypto.subtle.sign(SCHEME, key, signatureInput(header, payload)));
  const parts = [writeByteString(header), NO_UNPROTECTED, writeByteString(payload), writeByteString(signature)];
  const text = PREFIX + encodeBase45(joined(TAGGED, ...parts));
  if (text.length > MAX_CHARACTERS) throw new RangeError("a pass too long to be shown as a QR code");
  return text;
}

/** Encode bytes as base45 text, three characters for every two bytes. */
function encodeBase45(data: Bytes): string {
  let text = "";
  for (let at = 0; at < data.length; at += 2) {
    const isPair = at + 1 < data.length;
    const number = isPair ? data[at]! * 256 + data[at + 1]! : data[at]!;
    text += ALPHABET[number % 45]! + ALPHABET[Math.floor(number / 45) % 45]! + (isPair ? ALPHABET[Math.floor(number / 2_025)]! : "");
  }
  return text;
}
