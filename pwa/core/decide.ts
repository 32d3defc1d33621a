// V6 to V10: the host's own published rules turn an authentic pass into an answer (C2.2). One code path for local and
// foreign passes (C3.1): only V6 looks at the issuer. Names and ID digits are never looked at (C2.5).

import { hasLeft } from "./bundle";
import { type Checkpoint, statusLimit } from "./checkpoint";
import { type PassClaims, wordOf } from "./claims";
import type { Colour } from "./colour";
import { Decision, type DecisionParts, type Freshness, type ReasonCode, type Step } from "./decision";
import { CLOCK_LEEWAY, DAY, type Instant } from "./instant";
import { isInForce, isReleased, isSuspended } from "./recognition";
import { type MeasureRow, type Rulebook, rowsFor } from "./rulebook";
import { CURRENT, SUPERSEDED, VOID, findList, findStatus } from "./status";

/** Why a decision falls and, where one is behind it, the statement it rests on. */
type Ground = Pick<DecisionParts, "reason" | "source" | "authority" | "detail">;

/** Answer an authentic pass by the host's rules, in order. `issuerSays` is the issuer's own online answer. */
export function decide(claims: PassClaims, checkpoint: Checkpoint, issuerSays: Colour | null): Decision {
  const answer = (step: Step, ground: Ground, more: Partial<DecisionParts> = {}): Decision =>
    answered(checkpoint, step, ground.reason, { claims, ...ground, ...more });
  const unrecognised = v6Recognised(claims, checkpoint);
  if (unrecognised !== null) return answer(6, unrecognised);
  const late = v7InTime(claims, checkpoint.at);
  if (late !== null) return answer(7, { reason: late });
  const [ground, statusFreshness] = v8Current(claims, checkpoint, issuerSays);
  if (ground !== null) return answer(8, ground, { statusFreshness, issuerColour: issuerSays });
  if (claims.colour === "green") return answer(10, { reason: "green" }, { statusFreshness });
  const { rulebook, at } = checkpoint;
  if (rulebook === null) return answer(9, { reason: "rulebook_missing" }, { statusFreshness });
  const source = { kind: "rulebook", issuer: rulebook.region, version: rulebook.version } as const;
  const measures = v10Measures(claims, rulebook, at);
  return answer(10, { reason: "measures_apply", source }, { measures, statusFreshness });
}

/** Give the Decision of a step at this checkpoint. */
export function answered(
  { bundle, at, trustFreshness }: Checkpoint,
  step: Step,
  reason: ReasonCode,
  more: Partial<DecisionParts> = {},
): Decision {
  return new Decision({ ...more, host: bundle.host, isTest: bundle.isTest, at, trustFreshness, step, reason });
}

/** V6: does the host recognise the issuer, and the region whose word it passes on? A referral alone decides. */
function v6Recognised(claims: PassClaims, checkpoint: Checkpoint): Ground | null {
  const { bundle, at } = checkpoint;
  const { issuer } = claims;
  const [region, area] = wordOf(claims);
  if (issuer === bundle.host) return null;
  if (hasLeft(bundle, issuer, at)) return notRecognised(checkpoint);
  const referral = bundle.referrals.get(region);
  if (referral !== undefined && !isReleased(referral, at, area)) {
    const source = { kind: "referral", issuer: referral.host, version: referral.version } as const;
    return { reason: "referred", source, authority: referral.authority };
  }
  if (region === issuer) return referral === undefined ? recognised(issuer, checkpoint) : null;
  return recognised(issuer, checkpoint) ?? (referral === undefined ? suspended(region, checkpoint) : null);
}

/** Say what the host's recognition lacks, by its own rows alone. */
function recognised(issuer: string, checkpoint: Checkpoint): Ground | null {
  const recognition = checkpoint.bundle.recognitions.get(issuer);
  const isRecognised = recognition !== undefined && isInForce(recognition, checkpoint.at);
  return isRecognised ? suspended(issuer, checkpoint) : notRecognised(checkpoint);
}

function notRecognised({ trustFreshness }: Checkpoint): Ground {
  return { reason: trustFreshness === "fresh" ? "not_recognised" : "not_recognised_stale_trust" };
}

function suspended(issuer: string, { bundle, at }: Checkpoint): Ground | null {
  const recognition = bundle.recognitions.get(issuer);
  if (recognition === undefined || !isSuspended(recognition, at)) return null;
  const source = { kind: "recognition", issuer: recognition.host, version: recognition.version } as const;
  return { reason: "recognition_suspended", source };
}

/** V7: has its time begun, and not run out? Online passes ran out in V5. */
function v7InTime(claims: PassClaims, at: Instant): ReasonCode | null {
  if (claims.issuedAt > at + CLOCK_LEEWAY) return "issued_in_future";
  return claims.passClass !== "online" && at >= claims.expiresAt ? "expired" : null;
}

/** V8: is it still the issuer's word? The status list first, then the colour's own end. */
function v8Current(
  claims: PassClaims,
  checkpoint: Checkpoint,
  issuerSays: Colour | null,
): readonly [Ground | null, Freshness] {
  const [ground, freshness] =
    claims.passClass === "online" ? [null, "not_needed" as const] : listedStatus(claims, checkpoint);
  if (ground !== null) return [ground, freshness];
  if (claims.until !== null && claims.until <= checkpoint.at) return [{ reason: "colour_ended" }, freshness];
  const isContradicted = issuerSays !== null && issuerSays !== claims.colour;
  return [isContradicted ? { reason: "contradicted" } : null, freshness];
}

/** Look the pass up in its issuer's list; void and superseded hold even from a stale one. */
function listedStatus(claims: PassClaims, checkpoint: Checkpoint): readonly [Ground | null, Freshness] {
  const { lists, at } = checkpoint;
  const listed = claims.status === null ? null : findList(lists, claims.issuer, claims.status, at);
  const status = listed === null || claims.status === null ? null : findStatus(listed, claims.status.index);
  if (listed === null || status === null || status > SUPERSEDED || listed.key.isRevoked(at)) {
    return [{ reason: "status_missing" }, "missing"];
  }
  const isStale = at - listed.issuedAt > statusLimit(checkpoint, claims.passClass);
  const freshness = isStale ? "stale" : "fresh";
  if (listed.issuedAt > at + CLOCK_LEEWAY) {
    return [{ reason: "clock_wrong", detail: "reason.clock_wrong_status" }, freshness];
  }
  if (status === VOID) return [{ reason: "void" }, freshness];
  if (status === SUPERSEDED) return [{ reason: "superseded" }, freshness];
  if (isStale) return [{ reason: "status_stale" }, freshness];
  return [status === CURRENT ? null : { reason: "under_review" }, freshness];
}

/** V10: yellow and red meet the measures of the host's rulebook. */
function v10Measures(claims: PassClaims, rulebook: Rulebook, at: Instant): DecisionParts["measures"] & object {
  const { colour, reason, basis, until } = claims;
  if (reason === null || basis === null || until === null) throw new Error("the reader lets only grounded colours pass");
  return rowsFor(rulebook, colour, reason).map((row) => ({ row, endsAt: endsAt(row, basis, until, at) }));
}

/** Days count from the basis of the colour, not from this border (settled rule 20). */
function endsAt(row: MeasureRow, basis: Instant, until: Instant, at: Instant): Instant {
  return Math.max(row.days === null ? until : Math.min(basis + row.days * DAY, until), at);
}
