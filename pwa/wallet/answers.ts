// What the node answers, as /openapi.json of the node describes it.
import type { Colour, PassClass } from "../core";
import type { Text } from "../shared/words";

export interface SessionAnswer {
  readonly token: string;
  readonly holder: string;
  readonly ends_at: string;
}

export interface Code {
  readonly pass_id: string;
  readonly pass_class: PassClass;
  readonly colour: Colour;
  readonly state: "current" | "void" | "suspended" | "superseded";
  readonly state_reason: string | null;
  readonly is_expired: boolean;
  readonly is_guardian_held: boolean;
  readonly issued_at: string;
  readonly expires_at: string;
  readonly renewable_from: string;
  readonly text: string | null;
}

export interface Waiting {
  readonly home: string;
  readonly asked_at: string;
  readonly decided_by: string;
}

export interface Finding {
  readonly rule_id: string;
  readonly colour: Colour;
  readonly reason: string;
  readonly rule: Text;
  readonly evidence: Text;
  readonly basis: string;
  readonly until: string;
  readonly way_back: Text;
}

export interface Health {
  readonly holder: string;
  readonly colour: Colour;
  readonly since: string | null;
  readonly until: string | null;
  readonly findings: readonly Finding[];
  readonly what_to_do: Text;
}

export interface HealthAnswer extends Health {
  readonly as_of: string;
  readonly dependants: readonly Health[];
}

export interface Dependant {
  readonly guardianship_id: string;
  readonly holder: string;
  readonly name: string;
  readonly last4: string;
  readonly relation: string;
  readonly since: string;
}

export interface DependantsAnswer {
  readonly dependants: readonly Dependant[];
  readonly most: number;
  readonly consent: Text & { readonly version: number };
}

export interface CorrectionEvent {
  readonly at: string;
  readonly step: string;
  readonly text: Text;
  readonly said: Readonly<Record<string, string>>;
}

export interface Correction {
  readonly correction_id: string;
  readonly kind: "colour" | "identity" | "foreign_colour";
  readonly state: string;
  readonly opened_at: string;
  readonly due_at: string;
  readonly seconds_left: number;
  readonly clock: Text;
  readonly decision: string | null;
  readonly decided_at: string | null;
  readonly relief: { readonly until: string; readonly text: Text; readonly note: string } | null;
  readonly events?: readonly CorrectionEvent[];
}

export interface Message {
  readonly message_id: string;
  readonly text: Text;
  readonly made_at: string;
  readonly read_at: string | null;
}

export interface County {
  readonly code: string;
  readonly name: Text;
}

export interface Demand {
  readonly division: string;
  readonly kind_text: Text;
  readonly reported_on: string;
  readonly due_at: string;
  readonly state: string;
  readonly remedy: string | null;
  readonly answer: string | null;
}

export interface NodeClock {
  readonly at: string;
  readonly region: string;
  readonly test: boolean;
}

export interface TripDecision {
  readonly outcome: "PASS" | "CONTROL" | "REFER" | "REAPPLY" | "REJECT" | "UNDECIDED";
  readonly measures: readonly { readonly kind: string; readonly text: Text }[];
  readonly routes: readonly string[];
  readonly reasons: readonly { readonly code: string; readonly text: Text }[];
}

export interface TripAnswer {
  readonly region: string;
  readonly day: string;
  readonly decision: TripDecision | null;
  readonly after_renewal: TripDecision | null;
  readonly words: Text;
  readonly notes: readonly Text[];
}
