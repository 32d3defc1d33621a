// Recognition and referral as dated data: whom a host recognises, since when (C2.1, C3.3).

import type { Instant, Integer } from "./instant";
import { INNER_MONGOLIA, areaCovers } from "./region";

/** 2020-03-19T00:00:00+08:00: before it Inner Mongolia recognised no other code (C3.1). */
const EQUAL_SINCE: Instant = 1_584_547_200;

/** A published stop of recognition, or its end, with the instant it takes effect. */
export interface Suspension {
  readonly publishedAt: Instant;
  readonly effectiveFrom: Instant;
}

/** Host `host` recognises the passes of `issuer`. */
export interface Recognition extends Suspension {
  readonly host: string;
  readonly issuer: string;
  readonly version: Integer;
  readonly suspension: Suspension | null;
  readonly resumption: Suspension | null;
}

function hasBegun({ publishedAt, effectiveFrom }: Suspension, at: Instant): boolean {
  return at >= publishedAt && at >= effectiveFrom;
}

/** Say whether the recognition holds at `at`, suspensions left aside (settled rule 3). */
export function isInForce(recognition: Recognition, at: Instant): boolean {
  return hasBegun(recognition, at) && (recognition.host !== INNER_MONGOLIA || at >= EQUAL_SINCE);
}

/** Say whether a suspension has taken effect and no resumption has (settled rule 5). */
export function isSuspended({ suspension, resumption }: Recognition, at: Instant): boolean {
  if (suspension === null || !hasBegun(suspension, at)) return false;
  return resumption === null || !hasBegun(resumption, at);
}

/** From `effectiveFrom` the issuer's passes are recognised, but for `areasExcept` (C3.3). */
export interface Release {
  readonly effectiveFrom: Instant;
  readonly areasExcept: readonly string[];
}

/** For `issuer`, `host` applies the national rulebook: ask `authority` until a release (C3.3). */
export interface Referral {
  readonly host: string;
  readonly issuer: string;
  readonly version: Integer;
  readonly authority: string;
  readonly releases: readonly Release[];
}

/** Say whether the latest release in force covers `area`; of equals the later listed counts. */
export function isReleased(referral: Referral, at: Instant, area: string | null): boolean {
  let latest: Release | null = null;
  for (const release of referral.releases) {
    const isLater = latest === null || release.effectiveFrom >= latest.effectiveFrom;
    if (release.effectiveFrom <= at && isLater) latest = release;
  }
  if (latest === null || latest.areasExcept.length === 0) return latest !== null;
  return area !== null && !latest.areasExcept.some((excepted) => areaCovers(excepted, area));
}
