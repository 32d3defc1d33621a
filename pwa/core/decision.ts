// The answer of a gate: outcome, reason, steps, and what may be shown with it (interface sections 1 and 3).

import type { PassClaims } from "./claims";
import type { Colour } from "./colour";
import type { Instant } from "./instant";
import type { MeasureRow } from "./rulebook";

export type Outcome = "PASS" | "CONTROL" | "REFER" | "REAPPLY" | "REJECT" | "UNDECIDED";
export type Route = "home" | "host" | "refresh" | "authority" | "appeal" | "manual";
export type Freshness = "fresh" | "warn" | "stale" | "missing" | "not_needed";

/** Outcome, clause and routes of every reason code, in the order of interface section 1. */
export const RULINGS = {
  unreadable: ["REJECT", "C2.2", ["manual"]],
  clock_wrong: ["UNDECIDED", "C1.2", ["manual"]],
  trust_stale: ["UNDECIDED", "C1.2", ["manual"]],
  unknown_key: ["REJECT", "C2.5", ["refresh", "manual"]],
  unknown_key_stale_trust: ["UNDECIDED", "C2.5", ["manual"]],
  key_revoked: ["REAPPLY", "C2.5", ["refresh"]],
  bad_signature: ["REJECT", "C2.2", ["refresh", "manual"]],
  presentation_missing: ["REJECT", "C2.2", ["refresh"]],
  class_violation: ["REJECT", "C2.2", ["refresh", "manual"]],
  bad_presentation: ["REJECT", "C2.2", ["refresh", "manual"]],
  presentation_stale: ["REJECT", "C2.2", ["refresh", "manual"]],
  referred: ["REFER", "C3.3", ["authority"]],
  not_recognised: ["REAPPLY", "C2.1", ["host"]],
  not_recognised_stale_trust: ["UNDECIDED", "C2.1", ["manual"]],
  recognition_suspended: ["REAPPLY", "C2.1", ["host"]],
  issued_in_future: ["REJECT", "C2.4", ["refresh", "manual"]],
  expired: ["REAPPLY", "C2.4", ["home", "host"]],
  status_missing: ["UNDECIDED", "C2.2", ["manual"]],
  void: ["REAPPLY", "C2.7", ["home", "host"]],
  superseded: ["REAPPLY", "C2.2", ["refresh"]],
  status_stale: ["UNDECIDED", "C2.2", ["manual"]],
  under_review: ["UNDECIDED", "C2.2", ["home", "manual"]],
  colour_ended: ["REAPPLY", "C2.2", ["refresh"]],
  contradicted: ["UNDECIDED", "C2.2", ["appeal", "manual"]],
  rulebook_missing: ["UNDECIDED", "C2.2", ["manual"]],
  green: ["PASS", "C2.3", []],
  measures_apply: ["CONTROL", "C2.2", ["appeal"]],
} as const satisfies Record<string, readonly [Outcome, string, readonly Route[]]>;
export type ReasonCode = keyof typeof RULINGS;

/** The statement a decision rests on: its kind, the region that signed it, its version. */
export type Source = Readonly<{ kind: "recognition" | "referral" | "rulebook"; issuer: string; version: number }>;
/** What a yellow or red person meets: a row of the host's rulebook with its end for this person. */
export type Measure = Readonly<{ row: MeasureRow; endsAt: Instant }>;

/**
 * The answer of one host to one shown text at one instant. `step` (1 to 10) is the last step run: for PASS and CONTROL it
 * held, for every other outcome it failed. `issuer` and `claims` are there once V4 held; `report` hides each until its step.
 */
export type Decision = Readonly<{
  host: string; at: Instant; isTest: boolean; step: number; reason: ReasonCode; trustFreshness: Freshness;
  issuer: string | null; claims: PassClaims | null; statusFreshness: Freshness | null; source: Source | null;
  measures: readonly Measure[]; authority: string | null; issuerColour: Colour | null; detail: string | null;
}>;
