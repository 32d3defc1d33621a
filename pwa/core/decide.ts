// V6 to V10: the host's own published rules turn an authentic pass into an answer (C2.2). One code path for local and
// foreign passes (C3.1): only V6 looks at the issuer. Names and ID digits are never looked at (C2.5).

import type { Checkpoint } from "./authenticate";
import { type PassClaims, wordOf } from "./claims";
import type { Colour } from "./colour";
import type { Decision, Freshness, Measure, ReasonCode, Source } from "./decision";
import { CLOCK_LEEWAY, DAY, type Instant } from "./instant";
import { isRevoked } from "./keys";
import { isInForce, isReleased, isSuspended } from "./recognition";
import { type Rulebook, rowsFor, statusMaxAge } from "./rulebook";
import { CURRENT, SUPERSEDED, VOID, findList, findStatus } from "./status";

type More = Partial<Omit<Decision, "step" | "reason">>;
/** Why a decision falls and, where one is behind it, the statement it rests on. */
type Ground = Pick<Decision, "reason"> & More;

/** Give the Decision of a step at this checkpoint. */
export function answered({ bundle, at, trustFreshness }: Checkpoint, step: number, reason: ReasonCode, more: More = {}): Decision {
  const { claims = null, statusFreshness = null, source = null, measures = [], authority = null } = more;
  const { issuerColour = null, detail = null } = more;
  return {
    host: bundle.host, isTest: bundle.isTest, at, trustFreshness, issuer: claims?.issuer ?? null, claims, step, reason,
    statusFreshness, source, measures, authority, issuerColour, detail,
  };
}

/** Answer an authentic pass by the host's rules, in order. `issuerSays` is the issuer's own online answer. */
export function decide(claims: PassClaims, checkpoint: Checkpoint, issuerSays: Colour | null): Decision {
  const { rulebook, at } = checkpoint;
  const answer = (step: number, { reason, ...ground }: Ground, more: More = {}): Decision =>
    answered(checkpoint, step, reason, { claims, ...ground, ...more });
  const unrecognised = v6Recognised(claims, checkpoint);
  if (unrecognised !== null) return answer(6, unrecognised);
  const late = v7InTime(claims, at);
  if (late !== null) return answer(7, { reason: late });
  const [ground, statusFreshness] = v8Current(claims, checkpoint, issuerSays);
  if (ground !== null) return answer(8, ground, { statusFreshness, issuerColour: issuerSays });
  if (claims.colour === "green") return answer(10, { reason: "green" }, { statusFreshness });
  if (rulebook === null) return answer(9, { reason: "rulebook_missing" }, { statusFreshness });
  const source = sourceOf("rulebook", rulebook.region, rulebook.version);
  return answer(10, { reason: "measures_apply", source }, { measures: v10Measures(claims, rulebook, at), statusFreshness });
}

const sourceOf = (kind: Source["kind"], issuer: string, version: number): Source => ({ kind, issuer, version });

/** V6: does the host recognise the issuer, and the region whose word it passes on? A referral alone decides. */
function v6Recognised(claims: PassClaims, checkpoint: Checkpoint): Ground | null {
  const { bundle, at } = checkpoint;
  const [{ issuer }, [region, area]] = [claims, wordOf(claims)];
  if (issuer === bundle.host) return null;
  if ((bundle.memberEnds.get(issuer) ?? Infinity) <= at) return notRecognised(checkpoint);
  const referral = bundle.referrals.get(region);
  if (referral !== undefined && !isReleased(referral, at, area)) {
    const source = sourceOf("referral", referral.host, referral.version);
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

const notRecognised = ({ trustFreshness }: Checkpoint): Ground =>
  ({ reason: trustFreshness === "fresh" ? "not_recognised" : "not_recognised_stale_trust" });

function suspended(issuer: string, { bundle, at }: Checkpoint): Ground | null {
  const recognition = bundle.recognitions.get(issuer);
  if (recognition === undefined || !isSuspended(recognition, at)) return null;
  return { reason: "recognition_suspended", source: sourceOf("recognition", recognition.host, recognition.version) };
}

/** V7: has its time begun, and not run out? Online passes ran out in V5. */
function v7InTime(claims: PassClaims, at: Instant): ReasonCode | null {
  if (claims.issuedAt > at + CLOCK_LEEWAY) return "issued_in_future";
  return claims.passClass !== "online" && at >= claims.expiresAt ? "expired" : null;
}

/** V8: is it still the issuer's word? The status list first, then the colour's own end. */
function v8Current(claims: PassClaims, checkpoint: Checkpoint, issuerSays: Colour | null): readonly [Ground | null, Freshness] {
  const [ground, freshness] = claims.passClass === "online" ? [null, "not_needed" as const] : listedStatus(claims, checkpoint);
  if (ground !== null) return [ground, freshness];
  if (claims.until !== null && claims.until <= checkpoint.at) return [{ reason: "colour_ended" }, freshness];
  return [issuerSays !== null && issuerSays !== claims.colour ? { reason: "contradicted" } : null, freshness];
}

/** Look the pass up in its issuer's list; void and superseded hold even from a stale one. */
function listedStatus({ issuer, status, passClass }: PassClaims, { lists, at, rulebook }: Checkpoint): readonly [Ground | null, Freshness] {
  const listed = status === null ? null : findList(lists, issuer, status, at);
  const found = listed === null || status === null ? null : findStatus(listed, status.index);
  if (listed === null || found === null || found > SUPERSEDED || isRevoked(listed.key, at)) {
    return [{ reason: "status_missing" }, "missing"];
  }
  const isStale = at - listed.issuedAt > statusMaxAge(rulebook, passClass);
  const freshness = isStale ? "stale" : "fresh";
  if (listed.issuedAt > at + CLOCK_LEEWAY) return [{ reason: "clock_wrong", detail: "reason.clock_wrong_status" }, freshness];
  if (found === VOID || found === SUPERSEDED) return [{ reason: found === VOID ? "void" : "superseded" }, freshness];
  if (isStale) return [{ reason: "status_stale" }, freshness];
  return [found === CURRENT ? null : { reason: "under_review" }, freshness];
}

/** V10: yellow and red meet the measures of the host's rulebook; days count from the basis of the colour (settled rule 20). */
function v10Measures({ colour, reason, basis, until }: PassClaims, rulebook: Rulebook, at: Instant): readonly Measure[] {
  if (reason === null || basis === null || until === null) throw new Error("the reader lets only grounded colours pass");
  const end = (days: number | null): Instant => (days === null ? until : Math.min(basis + days * DAY, until));
  return rowsFor(rulebook, colour, reason).map((row) => ({ row, endsAt: Math.max(end(row.days), at) }));
}
