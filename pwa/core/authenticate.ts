// V2 to V5: is this what its issuer signed, shown rightly, now? Each step gives the reason it fails with, or null.
// Nothing here looks at a colour, and nothing later can undo what is decided here.

import { deviceSignatureHolds, messageHolds } from "./algorithm";
import { findPassKey } from "./bundle";
import type { Checkpoint } from "./checkpoint";
import type { PassClaims } from "./claims";
import type { ReasonCode } from "./decision";
import { CLOCK_LEEWAY, type Instant, ONLINE_LIFETIME, PRESENTATION_WINDOW, difference } from "./instant";
import type { KeyEntry } from "./keys";
import type { Unverified, UnverifiedPass } from "./qrtext";

/** V2: is the bundle usable at this instant? */
export function v2Bundle({ bundle, at, trustFreshness }: Checkpoint): ReasonCode | null {
  if (bundle.issuedAt > at + CLOCK_LEEWAY) return "clock_wrong";
  return trustFreshness === "stale" ? "trust_stale" : null;
}

/** V3: is there a key of the issuer for this pass, in its window and not revoked? */
export function v3Key({ message, claims }: UnverifiedPass, checkpoint: Checkpoint): KeyEntry | ReasonCode {
  const entry = message.kid === null ? null : findPassKey(checkpoint.bundle, claims.issuer, message.kid);
  if (entry === null || !entry.maySignAt(claims.issuedAt)) {
    return checkpoint.trustFreshness === "fresh" ? "unknown_key" : "unknown_key_stale_trust";
  }
  return entry.isRevoked(checkpoint.at) ? "key_revoked" : entry;
}

/** V4: does the issuer's signature hold, made with the key's algorithm? */
export async function v4Signature({ message }: UnverifiedPass, entry: KeyEntry): Promise<ReasonCode | null> {
  return (await messageHolds(message, entry.key)) ? null : "bad_signature";
}

/** V5: is it shown as its class demands, by this phone, now? */
export async function v5Shown(shown: Unverified, entry: KeyEntry, at: Instant): Promise<ReasonCode | null> {
  const { pass: { claims }, presentation } = shown;
  if (presentation === null) {
    if (claims.passClass === "device") return "presentation_missing";
    if (breaksClassRules(claims, entry)) return "class_violation";
    return claims.passClass === "online" && at >= claims.expiresAt ? "presentation_stale" : null;
  }
  const { deviceKey } = claims;
  if (breaksClassRules(claims, entry) || claims.passClass !== "device" || deviceKey === null) return "class_violation";
  if (!(await deviceSignatureHolds(deviceKey, presentation.message))) return "bad_presentation";
  const age = difference(at, presentation.shownAt);
  return -CLOCK_LEEWAY <= age && age <= PRESENTATION_WINDOW ? null : "presentation_stale";
}

/** Say whether the claims break the rules of their class or go beyond what their key may sign. */
function breaksClassRules(claims: PassClaims, entry: KeyEntry): boolean {
  const lifetime = difference(claims.expiresAt, claims.issuedAt);
  const isOnline = claims.passClass === "online";
  return (
    (claims.deviceKey !== null) !== (claims.passClass === "device") ||
    (claims.status === null) !== isOnline ||
    (isOnline && lifetime !== ONLINE_LIFETIME) ||
    lifetime > entry.maxValidity ||
    !entry.maySignFor(claims.area)
  );
}
