// The public way in: `verify(text, bundle, at, lists)`. Any text gets a Decision, never an exception.

import { trustFreshness, v2Bundle, v3Key, v4Signature, v5Shown } from "./authenticate";
import type { VerifierBundle } from "./bundle";
import type { Colour } from "./colour";
import { answered, decide } from "./decide";
import type { Decision } from "./decision";
import { CoreError } from "./errors";
import { type Instant, LAST_INSTANT } from "./instant";
import { type Unverified, readText } from "./qrtext";
import { rulebookInForce } from "./rulebook";
import type { StatusLists } from "./status";

/**
 * Answer one shown text by the host's bundle at one instant (steps V1 to V10). `issuerSays` is the issuer's own online
 * answer, where one is in hand. Throws RangeError only for an `at` outside the years 1970 to 9998.
 */
export async function verify(
  text: string, bundle: VerifierBundle, time: Instant, lists: StatusLists, issuerSays: Colour | null = null,
): Promise<Decision> {
  const at = Math.floor(time);
  if (!(at >= 0 && at <= LAST_INSTANT)) throw new RangeError("a time outside the years 1970 to 9998");
  const rulebook = rulebookInForce(bundle.rulebooks, at);
  const checkpoint = { bundle, lists, at, trustFreshness: trustFreshness(bundle, at), rulebook };
  const shown = read(text, bundle.isTest);
  if (shown instanceof CoreError) {
    return answered(checkpoint, 1, "unreadable", { detail: shown.found && `reason.unreadable.${shown.found}` });
  }
  const blocked = v2Bundle(checkpoint);
  if (blocked !== null) return answered(checkpoint, 2, blocked);
  const entry = v3Key(shown.pass, checkpoint);
  if (typeof entry === "string") return answered(checkpoint, 3, entry);
  // Both signatures are checked at once, the phone's begun first: its key is imported while the issuer's is checked.
  // Which one decides stays V4 before V5.
  const showing = v5Shown(shown, entry, at);
  const unsigned = await v4Signature(shown.pass, entry);
  const misshown = await showing;
  if (unsigned !== null) return answered(checkpoint, 4, unsigned);
  const { claims } = shown.pass;
  return misshown === null ? decide(claims, checkpoint, issuerSays) : answered(checkpoint, 5, misshown, { claims });
}

function read(text: string, isTest: boolean): Unverified | CoreError {
  try {
    return readText(text, isTest);
  } catch (error) {
    if (error instanceof CoreError) return error;
    throw error;
  }
}
