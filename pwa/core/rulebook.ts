// A region's rulebook: what yellow and red meet there (C2.2, C2.6). Green has no row and needs no rulebook (C2.3).

import type { Appeal, Colour, ColourReason, Ends, MeasureKind, PassClass, Responsible } from "./colour";
import type { Instant, Integer } from "./instant";

/** The same words in simplified Chinese and in English. */
export interface Text {
  readonly zh: string;
  readonly en: string;
}

/** What `colour` with one of `reasons` meets; no reasons means every reason. `text` are the region's own words. */
export interface MeasureRow {
  readonly colour: Colour;
  readonly reasons: readonly ColourReason[];
  readonly kind: MeasureKind;
  readonly days: number | null;
  readonly responsible: Responsible;
  readonly ends: Ends;
  readonly appeal: Appeal;
  readonly onward: Text | null;
  readonly text: Text | null;
}

/** One version of a region's rules, in force for `validFrom <= at < validTo` (null: no bound). */
export interface Rulebook {
  readonly region: string;
  readonly version: Integer;
  readonly validFrom: Instant | null;
  readonly validTo: Instant | null;
  readonly statusMaxAge: { readonly device: number; readonly paper: number };
  readonly rows: readonly MeasureRow[];
}

const DEFAULT = { reasons: [], days: 14, ends: "after_days", appeal: "home", onward: null, text: null } as const;
const DEFAULT_ROWS: Readonly<Record<Colour, MeasureRow | null>> = {
  green: null,
  yellow: { ...DEFAULT, colour: "yellow", kind: "home_observation", responsible: "community" },
  red: { ...DEFAULT, colour: "red", kind: "central_isolation", responsible: "county_command" },
};

/** Give the rows that (colour, reason) meets, in file order: those that name the reason, else the general ones. */
export function rowsFor(rulebook: Rulebook, colour: Colour, reason: ColourReason): readonly MeasureRow[] {
  const named = rulebook.rows.filter((row) => row.colour === colour && row.reasons.includes(reason));
  if (named.length > 0) return named;
  const general = rulebook.rows.filter((row) => row.colour === colour && row.reasons.length === 0);
  const builtIn = DEFAULT_ROWS[colour];
  return general.length > 0 || builtIn === null ? general : [builtIn];
}

/** Find the newest version in force at `at`. */
export function rulebookInForce(rulebooks: readonly Rulebook[], at: Instant): Rulebook | null {
  const begun = rulebooks.filter(
    ({ validFrom, validTo }) => (validFrom === null || at >= validFrom) && (validTo === null || at < validTo),
  );
  return begun.reduce<Rulebook | null>((newest, each) => (each.version > (newest?.version ?? 0) ? each : newest), null);
}

/** Give the age limit of a status list for a class of pass, in seconds. */
export function statusMaxAge(rulebook: Rulebook, passClass: PassClass): number {
  return passClass === "paper" ? rulebook.statusMaxAge.paper : rulebook.statusMaxAge.device;
}
