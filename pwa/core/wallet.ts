// What a holder's phone does with its own pass: look at it, and sign it for one moment.

import { signMessage } from "./algorithm";
import * as base45 from "./base45";
import type { PassClaims } from "./claims";
import { CoreError } from "./errors";
import { PREFIX, type Unverified, presentationHeader, readText, writeShown, writeText } from "./qrtext";

/** Read a pass for its holder, of a real or a test federation: nothing in it is vouched for. */
export function readPass(text: string): PassClaims {
  return readEither(text).pass.claims;
}

function readEither(text: string): Unverified {
  try {
    return readText(text, false);
  } catch (error) {
    if (error instanceof CoreError && error.found === "test_pass") return readText(text, true);
    throw error;
  }
}

/** Let the phone's key sign a device pass for one moment: the text of the QR code. */
export async function writePresentation(
  passText: string,
  key: CryptoKey,
  shownAt: number,
  isTest: boolean,
): Promise<string> {
  readText(passText, isTest);
  const signedPass = base45.decode(passText, PREFIX.length);
  return writeText(await signMessage(presentationHeader(isTest), writeShown(shownAt, signedPass), key));
}
