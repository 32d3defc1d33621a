// A region's rulebook: what yellow and red meet there (C2.2, C2.6). It cannot name green (C2.3), ask for a document (C3.2),
// exceed 21 days, expel to nowhere (C2.2) or leave out a language.

import { APPEAL, COLOUR_REASONS, type Colour, type ColourReason, ENDS, MEASURE_KINDS, type PassClass, RESPONSIBLE } from "./colour";
import { DAY, type Instant, STATUS_MAX_AGE } from "./instant";
import { INNER_MONGOLIA } from "./region";
import { bothLanguages, fields, instant, list, nullable, oneOf, or, region, type Text, where, within } from "./statements";

const ANY_REASON = "*";
const VALIDITY_DAYS = 14;
const AGE = or(STATUS_MAX_AGE, within(DAY, 7 * DAY));

const ROW = where(
  fields({
    colour: oneOf(["yellow", "red"]),
    reasons: where(or([ANY_REASON], list(oneOf([ANY_REASON, ...COLOUR_REASONS]))), (reasons) =>
      reasons.length > 0 && new Set(reasons).size === reasons.length && (reasons.length === 1 || !reasons.includes(ANY_REASON))),
    kind: oneOf(MEASURE_KINDS), days: nullable(within(1, 21)), responsible: oneOf(RESPONSIBLE), ends: oneOf(ENDS),
    appeal: oneOf(APPEAL), onward: nullable(bothLanguages), text: bothLanguages,
  }),
  ({ kind, days, onward }) => (days !== null || kind === "medical_referral") && (onward !== null) === (kind === "no_entry"),
);
/** One version of a region's rules, in force for `valid_from <= at < valid_to` (null: no bound). */
export const RULEBOOK = where(
  fields({
    region, version: within(1, Number.MAX_SAFE_INTEGER), valid_from: nullable(instant), valid_to: nullable(instant),
    validity_days: or(VALIDITY_DAYS, within(1, 30)), rows: list(ROW), emergency: nullable(bothLanguages),
    status_max_age: or({ device: STATUS_MAX_AGE, paper: STATUS_MAX_AGE }, fields({ device: AGE, paper: AGE })),
  }),
  ({ region, validity_days, valid_from, valid_to }) =>
    (valid_from === null || valid_to === null || valid_from < valid_to) &&
    (region !== INNER_MONGOLIA || validity_days === VALIDITY_DAYS),
);
export type Rulebook = ReturnType<typeof RULEBOOK>;
/** What a colour with one of `reasons` meets; without `text` in the built-in words. */
export type MeasureRow = Omit<ReturnType<typeof ROW>, "text"> & Readonly<{ text: Text | null }>;

const DEFAULT = { reasons: [ANY_REASON], days: 14, ends: "after_days", appeal: "home", onward: null, text: null } as const;
const DEFAULT_ROWS: Readonly<Record<Colour, readonly MeasureRow[]>> = {
  green: [],
  yellow: [{ ...DEFAULT, colour: "yellow", kind: "home_observation", responsible: "community" }],
  red: [{ ...DEFAULT, colour: "red", kind: "central_isolation", responsible: "county_command" }],
};

/** Give the rows that (colour, reason) meets, in file order: those that name the reason, else the general ones. */
export function rowsFor({ rows }: Rulebook, colour: Colour, reason: ColourReason): readonly MeasureRow[] {
  const naming = (word: string) => rows.filter((row) => row.colour === colour && row.reasons.some((each) => each === word));
  return [naming(reason), naming(ANY_REASON)].find((found) => found.length > 0) ?? DEFAULT_ROWS[colour];
}

/** Find the newest version in force at `at`. */
export function rulebookInForce(rulebooks: readonly Rulebook[], at: Instant): Rulebook | null {
  let found: Rulebook | null = null;
  for (const each of rulebooks) {
    const isInForce = at >= (each.valid_from ?? 0) && at < (each.valid_to ?? Infinity);
    if (isInForce && (found === null || each.version > found.version)) found = each;
  }
  return found;
}

/** Give the age limit of a status list in seconds (settled rule 13: no rulebook in force, 48 hours). */
export function statusMaxAge(rulebook: Rulebook | null, passClass: PassClass): number {
  return rulebook?.status_max_age[passClass === "paper" ? "paper" : "device"] ?? STATUS_MAX_AGE;
}
