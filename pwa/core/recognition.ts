// Recognition and referral as dated data: whom a host recognises, since when (C2.1, C3.3).

import type { Instant } from "./instant";
import { INNER_MONGOLIA, areaCovers } from "./region";
import { area, fields, instant, integer, issuer, list, optional, region, text } from "./statements";

/** 2020-03-19T00:00:00+08:00: before it Inner Mongolia recognised no other code (C3.1). */
const EQUAL_SINCE = 1_584_547_200;
const DATES = { published_at: instant, effective_from: instant };
const STOP = optional(fields(DATES));

/** Host `host` recognises the passes of `issuer`; a suspension stops it and a resumption ends that. */
export const RECOGNITION = fields({ host: region, issuer, version: integer, ...DATES, suspension: STOP, resumption: STOP });
export type Recognition = ReturnType<typeof RECOGNITION>;

/** For `issuer`, `host` applies the national rulebook: ask `authority` until a release (C3.3). */
export const REFERRAL = fields({
  host: region, issuer: region, version: integer, authority: text,
  releases: list(fields({ from: instant, areas_except: list(area) })),
});
export type Referral = ReturnType<typeof REFERRAL>;

function hasBegun(dates: NonNullable<ReturnType<typeof STOP>>, at: Instant): boolean {
  return at >= dates.published_at && at >= dates.effective_from;
}

/** Say whether the recognition holds at `at`, suspensions left aside (settled rule 3). */
export function isInForce(recognition: Recognition, at: Instant): boolean {
  return hasBegun(recognition, at) && (recognition.host !== INNER_MONGOLIA || at >= EQUAL_SINCE);
}

/** Say whether a suspension has taken effect and no resumption has (settled rule 5). */
export function isSuspended({ suspension, resumption }: Recognition, at: Instant): boolean {
  return suspension !== null && hasBegun(suspension, at) && (resumption === null || !hasBegun(resumption, at));
}

/** Say whether the latest release in force covers `area`; of equals the later listed counts. */
export function isReleased({ releases }: Referral, at: Instant, area: string | null): boolean {
  const [latest] = releases.filter(({ from }) => from <= at).reverse().sort((a, b) => b.from - a.from);
  if (latest === undefined || latest.areas_except.length === 0) return latest !== undefined;
  return area !== null && !latest.areas_except.some((excepted) => areaCovers(excepted, area));
}
