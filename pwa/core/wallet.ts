// What a holder's phone does with its own pass: look at it, and sign it for one moment.

import { signMessage } from "./algorithm";
import * as base45 from "./base45";
import type { PassClaims } from "./claims";
import { CoreError } from "./errors";
import { PREFIX, readText, writeShown, writeText } from "./qrtext";

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
  const [header, payload] = writeShown(shownAt, base45.decode(pass, PREFIX.length), isTest);
  return writeText(await signMessage(header, payload, key));
}
