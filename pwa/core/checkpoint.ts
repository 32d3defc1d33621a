// The standing conditions at a gate: one bundle, its lists and one instant.

import type { VerifierBundle } from "./bundle";
import type { PassClass } from "./colour";
import type { Freshness } from "./decision";
import { CLOCK_LEEWAY, type Instant, STATUS_MAX_AGE, TRUST_MAX_AGE, TRUST_WARN_AGE } from "./instant";
import { type Rulebook, rulebookInForce, statusMaxAge } from "./rulebook";
import type { StatusLists } from "./status";

export interface Checkpoint {
  readonly bundle: VerifierBundle;
  readonly lists: StatusLists;
  readonly at: Instant;
  readonly trustFreshness: Freshness;
  readonly rulebook: Rulebook | null;
}

/** Judge the age of trust (a bundle from the future counts as fresh) and find the rulebook in force. */
export function openCheckpoint(bundle: VerifierBundle, lists: StatusLists, at: Instant): Checkpoint {
  const age = at - Math.min(bundle.issuedAt, bundle.hubAsOf);
  const isFresh = age <= TRUST_WARN_AGE || bundle.issuedAt > at + CLOCK_LEEWAY;
  const trustFreshness = isFresh ? "fresh" : age <= TRUST_MAX_AGE ? "warn" : "stale";
  return { bundle, lists, at, trustFreshness, rulebook: rulebookInForce(bundle.rulebooks, at) };
}

/** Give the age limit of a status list, in seconds (settled rule 13: none in force, 48 hours). */
export function statusLimit({ rulebook }: Checkpoint, passClass: PassClass): number {
  return rulebook === null ? STATUS_MAX_AGE : statusMaxAge(rulebook, passClass);
}
