// The answer of a gate: outcome, reason, steps, and what may be shown with it (interface sections 1 and 3).

import type { PassClaims } from "./claims";
import type { Colour, PassClass } from "./colour";
import type { Instant, Integer } from "./instant";
import type { MeasureRow } from "./rulebook";

export type Outcome = "PASS" | "CONTROL" | "REFER" | "REAPPLY" | "REJECT" | "UNDECIDED";
export type Route = "home" | "host" | "refresh" | "authority" | "appeal" | "manual";
export type Freshness = "fresh" | "warn" | "stale" | "missing" | "not_needed";
/** A step by its number, V1 to V10. */
export type Step = 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9 | 10;

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
export interface Source {
  readonly kind: "recognition" | "referral" | "rulebook";
  readonly issuer: string;
  readonly version: Integer;
}

/** What a yellow or red person meets: a row of the host's rulebook with its end for this person. */
export interface Measure {
  readonly row: MeasureRow;
  readonly endsAt: Instant;
}

/** The parts of a decision that are not derived from others; those left out are null or empty. */
export interface DecisionParts {
  readonly host: string;
  readonly at: Instant;
  readonly isTest: boolean;
  readonly step: Step;
  readonly reason: ReasonCode;
  readonly trustFreshness: Freshness;
  readonly statusFreshness?: Freshness | null;
  readonly claims?: PassClaims | null;
  readonly source?: Source | null;
  readonly measures?: readonly Measure[];
  readonly authority?: string | null;
  readonly issuerColour?: Colour | null;
  readonly detail?: string | null;
}

/**
 * The answer of one host to one shown text at one instant. `step` is the last step run: for PASS and CONTROL it held, for
 * every other outcome it failed. The getters hide each claim until the step that vouches for it.
 */
export class Decision {
  readonly host: string;
  readonly at: Instant;
  readonly isTest: boolean;
  readonly step: Step;
  readonly reason: ReasonCode;
  readonly trustFreshness: Freshness;
  readonly statusFreshness: Freshness | null;
  readonly claims: PassClaims | null;
  readonly source: Source | null;
  readonly measures: readonly Measure[];
  readonly authority: string | null;
  readonly issuerColour: Colour | null;
  readonly detail: string | null;

  constructor(parts: DecisionParts) {
    this.host = parts.host;
    this.at = parts.at;
    this.isTest = parts.isTest;
    this.step = parts.step;
    this.reason = parts.reason;
    this.trustFreshness = parts.trustFreshness;
    this.statusFreshness = parts.statusFreshness ?? null;
    this.claims = parts.claims ?? null;
    this.source = parts.source ?? null;
    this.measures = parts.measures ?? [];
    this.authority = parts.authority ?? null;
    this.issuerColour = parts.issuerColour ?? null;
    this.detail = parts.detail ?? null;
  }

  get outcome(): Outcome {
    return RULINGS[this.reason][0];
  }

  get clause(): string {
    return RULINGS[this.reason][1];
  }

  get routes(): readonly Route[] {
    return RULINGS[this.reason][2];
  }

  /** Say whether `step` was run and held (green skips V9, which then counts as held). */
  hasHeld(step: Step): boolean {
    return step < this.step || this.step === 10;
  }

  get issuer(): string | null {
    return this.claims !== null && this.hasHeld(4) ? this.claims.issuer : null;
  }

  get passClass(): PassClass | null {
    return this.claims !== null && this.hasHeld(4) ? this.claims.passClass : null;
  }

  /** Masked name and last four ID characters, once V5 held. */
  get holder(): { readonly name: string; readonly id_last4: string } | null {
    return this.claims !== null && this.hasHeld(5)
      ? { name: this.claims.maskedName, id_last4: this.claims.idLast4 }
      : null;
  }

  /** The colour, once V8 held: nothing stale or superseded is ever shown as a colour. */
  get colour(): Colour | null {
    return this.claims !== null && this.hasHeld(8) ? this.claims.colour : null;
  }

  /** Prompt the officer to compare the ID card: paper and guardian-held passes, once V4 held. */
  get compareId(): boolean {
    const claims = this.hasHeld(4) ? this.claims : null;
    return claims !== null && (claims.passClass === "paper" || claims.isGuardianHeld);
  }

  /** The steps run, in order, each with whether it held. */
  get steps(): readonly { readonly step: `V${Step}`; readonly ok: boolean }[] {
    const all: readonly Step[] = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];
    return all
      .filter((step) => step <= this.step && !(this.reason === "green" && step === 9))
      .map((step) => ({ step: `V${step}` as const, ok: this.hasHeld(step) }));
  }
}
