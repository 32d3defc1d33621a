// A rulebook as a document: refused when it breaks a clause. It cannot name green (C2.3), ask for a document (C3.2),
// exceed 21 days, expel to nowhere (C2.2) or leave out a language.

import { isBlank } from "./bytes";
import { type Fields, type Value, isInteger, isMap } from "./cbor";
import { APPEAL, COLOURS, COLOUR_REASONS, ENDS, MEASURE_KINDS, type MeasureKind, RESPONSIBLE } from "./colour";
import { refused } from "./errors";
import { DAY, type Instant, LAST_INSTANT, STATUS_MAX_AGE } from "./instant";
import { INNER_MONGOLIA, isRegion } from "./region";
import type { MeasureRow, Rulebook, Text } from "./rulebook";
import { isArray } from "./statements";
import { text } from "./texts";

const RULEBOOK_KEYS = "region version valid_from valid_to validity_days status_max_age rows emergency".split(" ");
const ROW_KEYS = "colour reasons kind days responsible ends appeal onward text".split(" ");
const ANY_REASON = "*";
const VALIDITY_DAYS = 14;
/** Stands in a row's words for the time the measure ends for the person at the gate. */
export const ENDS_AT = "{ends_at}";

/** Read a rulebook document. */
export function readRulebook(document: Fields): Rulebook {
  onlyKeys(document, RULEBOOK_KEYS);
  const region = document.get("region");
  if (typeof region !== "string" || !isRegion(region)) refused("a rulebook of no region");
  const version = document.get("version");
  if (!isInteger(version) || version < 1) refused("a rulebook without a version");
  const [validFrom, validTo] = [bound(document.get("valid_from")), bound(document.get("valid_to"))];
  if (validFrom !== null && validTo !== null && validTo <= validFrom) refused("a rulebook that ends before it begins");
  const days = within(document.get("validity_days") ?? missing(document, "validity_days", VALIDITY_DAYS), 1, 30);
  if (region === INNER_MONGOLIA && days !== VALIDITY_DAYS) refused("a validity that the notice does not allow (C2.4)");
  const rows = document.has("rows") ? document.get("rows") : [];
  if (!isArray(rows)) refused("rows that are no list");
  const emergency = document.get("emergency") ?? null;
  if (emergency !== null) bothLanguages(emergency);
  return { region, version, validFrom, validTo, statusMaxAge: statusMaxAge(document), rows: rows.map(row) };
}

function onlyKeys(fields: Fields, known: readonly string[]): void {
  for (const key of fields.keys()) {
    if (typeof key !== "string" || !known.includes(key)) refused(`a rulebook with the unknown word '${key}' (C3.2)`);
  }
}

/** Give what stands for a value that was left out; one that is null is refused. */
function missing(fields: Fields, name: string, instead: number): Value {
  return fields.has(name) ? null : instead;
}

function within(value: Value | undefined, least: number, most: number): number {
  return typeof value === "number" && least <= value && value <= most ? value : refused("a number out of its range");
}

function bound(value: Value | undefined): Instant | null {
  return value === undefined || value === null ? null : within(value, 0, LAST_INSTANT);
}

function statusMaxAge(document: Fields): Rulebook["statusMaxAge"] {
  const ages = document.has("status_max_age") ? document.get("status_max_age") : new Map();
  if (!isMap(ages)) refused("an age of status lists out of its range");
  onlyKeys(ages, ["device", "paper"]);
  const age = (name: string): number => within(ages.has(name) ? ages.get(name) : STATUS_MAX_AGE, DAY, 7 * DAY);
  return { device: age("device"), paper: age("paper") };
}

function row(fields: Value): MeasureRow {
  if (!isMap(fields)) return refused("a row that is no map");
  onlyKeys(fields, ROW_KEYS);
  const colour = word(COLOURS, fields.get("colour"));
  if (colour === "green") refused("a row that names green (C2.3)");
  const kind = word(MEASURE_KINDS, fields.get("kind"));
  const onward = fields.get("onward") ?? null;
  if ((kind === "no_entry") !== (onward !== null)) refused("no_entry needs a passage, and nothing else has one");
  return {
    colour,
    reasons: reasons(fields),
    kind,
    days: days(kind, fields.get("days")),
    responsible: word(RESPONSIBLE, fields.get("responsible")),
    ends: word(ENDS, fields.get("ends")),
    appeal: word(APPEAL, fields.get("appeal")),
    onward: onward === null ? null : bothLanguages(onward),
    text: bothLanguages(fields.get("text")),
  };
}

function word<Word extends string>(words: readonly Word[], value: Value | undefined): Word {
  return words.find((each) => each === value) ?? refused(`a rulebook with the unknown word '${value}'`);
}

function days(kind: MeasureKind, value: Value | undefined): number | null {
  if (value !== undefined && value !== null) return within(value, 1, 21);
  return kind === "medical_referral" ? null : refused("a measure without days");
}

function reasons(fields: Fields): MeasureRow["reasons"] {
  const named = fields.has("reasons") ? fields.get("reasons") : [ANY_REASON];
  if (!isArray(named) || named.length === 0 || new Set(named).size !== named.length) refused("malformed reasons");
  if (named.length === 1 && named[0] === ANY_REASON) return [];
  return named.map((reason) => word(COLOUR_REASONS, reason));
}

function bothLanguages(words: Value | undefined): Text {
  const [zh, en] = isMap(words) ? [words.get("zh"), words.get("en")] : [];
  if (typeof zh !== "string" || typeof en !== "string" || isBlank(zh) || isBlank(en)) refused("a language is missing");
  if (isMap(words) && words.size !== 2) refused("words in a third language");
  return { zh, en };
}

/** Give a row's own words, or the built-in ones of its kind; `ENDS_AT` stands for the end. */
export function wordsOf(measure: MeasureRow): Text {
  if (measure.text !== null) return measure.text;
  return text(`measure.${measure.kind}${measure.days === null ? ".open" : ""}`, {
    days: measure.days ?? "",
    responsible: text(`responsible.${measure.responsible}`),
    ends: text(`ends.${measure.ends}`),
    ends_at: ENDS_AT,
    onward: measure.onward ?? "",
  });
}
