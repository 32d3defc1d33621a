// V2 to V5: is this what its issuer signed, shown rightly, now? Each step gives the reason it fails with, or null.
// Nothing here looks at a colour, and nothing later can undo what is decided here.

import { deviceSignatureHolds, messageHolds } from "./algorithm";
import type { VerifierBundle } from "./bundle";
import type { PassClaims } from "./claims";
import type { Freshness, ReasonCode } from "./decision";
import { CLOCK_LEEWAY, type Instant, ONLINE_LIFETIME, PRESENTATION_WINDOW, TRUST_MAX_AGE, TRUST_WARN_AGE, difference } from "./instant";
import { type KeyEntry, isRevoked, maySignAt, maySignFor } from "./keys";
import type { Unverified, UnverifiedPass } from "./qrtext";
import type { Rulebook } from "./rulebook";
import type { StatusLists } from "./status";

/** The standing conditions at a gate: one bundle, its lists, one instant, the age of trust, the rulebook in force. */
export type Checkpoint = Readonly<{
  bundle: VerifierBundle; lists: StatusLists; at: Instant; trustFreshness: Freshness; rulebook: Rulebook | null;
}>;

/** Judge the age of trust; a bundle from the future counts as fresh. */
export function trustFreshness(bundle: VerifierBundle, at: Instant): Freshness {
  const age = at - Math.min(bundle.issuedAt, bundle.hubAsOf);
  if (age <= TRUST_WARN_AGE || bundle.issuedAt > at + CLOCK_LEEWAY) return "fresh";
  return age <= TRUST_MAX_AGE ? "warn" : "stale";
}

/** V2: is the bundle usable at this instant? */
export const v2Bundle = ({ bundle, at, trustFreshness }: Checkpoint): ReasonCode | null =>
  bundle.issuedAt > at + CLOCK_LEEWAY ? "clock_wrong" : trustFreshness === "stale" ? "trust_stale" : null;

/** V3: is there a key of the issuer for this pass, in its window and not revoked? */
export function v3Key({ message, claims }: UnverifiedPass, { bundle, at, trustFreshness }: Checkpoint): KeyEntry | ReasonCode {
  const entry = bundle.passKeys.get(message.kid + claims.issuer);
  if (entry === undefined || !maySignAt(entry, claims.issuedAt)) {
    return trustFreshness === "fresh" ? "unknown_key" : "unknown_key_stale_trust";
  }
  return isRevoked(entry, at) ? "key_revoked" : entry;
}

/** V4: does the issuer's signature hold, made with the key's algorithm? */
export async function v4Signature({ message }: UnverifiedPass, entry: KeyEntry): Promise<ReasonCode | null> {
  return (await messageHolds(message, entry.key)) ? null : "bad_signature";
}

/** V5: is it shown as its class demands, by this phone, now? */
export async function v5Shown({ pass: { claims }, presentation }: Unverified, entry: KeyEntry, at: Instant): Promise<ReasonCode | null> {
  const { passClass, deviceKey } = claims;
  if (presentation === null && passClass === "device") return "presentation_missing";
  if (breaksClassRules(claims, entry) || (presentation !== null && passClass !== "device")) return "class_violation";
  if (presentation === null || deviceKey === null) {
    return passClass === "online" && at >= claims.expiresAt ? "presentation_stale" : null;
  }
  if (!(await deviceSignatureHolds(deviceKey, presentation.message))) return "bad_presentation";
  const age = difference(at, presentation.shownAt);
  return -CLOCK_LEEWAY <= age && age <= PRESENTATION_WINDOW ? null : "presentation_stale";
}

/** Say whether the claims break the rules of their class or go beyond what their key may sign. */
function breaksClassRules({ passClass, deviceKey, status, expiresAt, issuedAt, area }: PassClaims, entry: KeyEntry): boolean {
  const [lifetime, isOnline] = [difference(expiresAt, issuedAt), passClass === "online"];
  const fits = (deviceKey !== null) === (passClass === "device") && (status === null) === isOnline;
  const isBounded = lifetime <= (entry.max_validity ?? 0) && (!isOnline || lifetime === ONLINE_LIFETIME);
  return !fits || !isBounded || !maySignFor(entry, area);
}
