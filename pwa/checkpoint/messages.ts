// What the page and its two workers say to each other.

import type { DecisionJson } from "../words/report";
import type { InterimNoteJson } from "./interim_note";
import type { SupplyReport } from "./kept";

/** To the worker that reads and answers. */
export type ToScanner =
  | { readonly kind: "frame"; readonly frame: ImageBitmap; readonly at: number }
  | { readonly kind: "text"; readonly text: string; readonly at: number }
  | { readonly kind: "clock"; readonly offset: number }
  | { readonly kind: "next" }
  | { readonly kind: "load" };

/** How new what the gate has is, in seconds since 1970; `lists` is how many there are, `listsAsOf` the oldest by region. */
export interface Loaded {
  readonly host: string;
  readonly isTest: boolean;
  readonly version: number;
  readonly trustAsOf: number;
  readonly lists: number;
  readonly listsAsOf: Readonly<Record<string, number>>;
  readonly milliseconds: number;
}

export interface Answer {
  readonly decision: DecisionJson;
  /** Milliseconds from the frame, or the last key of the scanner, to the decision. */
  readonly milliseconds: number;
  /** Milliseconds since the same code was seen before, or null. */
  readonly before: number | null;
}

/** From the worker that reads and answers. `frame` says that the frame sent last is done with. */
export type FromScanner =
  | { readonly kind: "loaded"; readonly loaded: Loaded | null }
  | { readonly kind: "nothing" }
  | { readonly kind: "same" }
  | { readonly kind: "answer"; readonly answer: Answer }
  | { readonly kind: "note"; readonly note: InterimNoteJson }
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "broken"; readonly what: "reader" | "bundle" };

/** To the worker that fetches. */
export interface ToSupply {
  readonly kind: "sync";
  readonly isWhole: boolean;
  readonly at: number;
}

/** From the worker that fetches: where it is, then how it ended. */
export type FromSupply =
  | { readonly kind: "progress"; readonly done: number; readonly of: number }
  | { readonly kind: "done"; readonly report: SupplyReport }
  | { readonly kind: "failed"; readonly why: "network" | "refused" | "clock"; readonly message: string };
