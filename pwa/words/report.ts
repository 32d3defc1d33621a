// The numbered report: a Decision as JSON, with its texts in Chinese and English (interface section 3).

import { type Decision, type Measure, type MeasureRow, RULINGS, type Text, plainTime, rfc3339 } from "../core";
import { text } from "./texts";

/** Stands in a row's words for the time the measure ends for the person at the gate. */
const ENDS_AT = "{ends_at}";

/** A Decision as the JSON object of interface section 3. */
export type DecisionJson = ReturnType<typeof asJson>;

/** Say why, plainly enough to be read out at a gate. */
export function reasonText({ reason, detail, authority, claims, issuerColour }: Decision): Text {
  const key = detail ?? `reason.${reason}`;
  if (reason !== "contradicted") return text(key, { authority: authority ?? "" });
  return text(key, { pass_colour: text(`colour.${claims?.colour}`), issuer_colour: text(`colour.${issuerColour}`) });
}

/** Give a row's own words, or the built-in ones of its kind; `ENDS_AT` stands for the end. */
function wordsOf(row: MeasureRow): Text {
  const [responsible, ends] = [text(`responsible.${row.responsible}`), text(`ends.${row.ends}`)];
  const filled = { days: row.days ?? "", responsible, ends, ends_at: ENDS_AT, onward: row.onward ?? "" };
  return row.text ?? text(`measure.${row.kind}${row.days === null ? ".open" : ""}`, filled);
}

/** Say what is required, until when, by whom. */
export function measureText({ row, endsAt }: Measure): Text {
  const [{ zh, en }, end] = [wordsOf(row), plainTime(endsAt)];
  return { zh: zh.replaceAll(ENDS_AT, end), en: en.replaceAll(ENDS_AT, end) };
}

/** Give a Decision as the JSON object of interface section 3, every key present, nothing shown before its step held. */
export function asJson(decision: Decision) {
  const { step, reason, claims, source } = decision;
  const [outcome, clause, routes] = RULINGS[reason];
  const steps = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10].filter((each) => each <= step && !(reason === "green" && each === 9));
  return {
    outcome, host: decision.host, issuer: decision.issuer, class: claims?.passClass ?? null,
    holder: claims !== null && step > 5 ? { name: claims.maskedName, id_last4: claims.idLast4 } : null,
    colour: claims !== null && step > 8 ? claims.colour : null,
    compare_id: claims !== null && (claims.passClass === "paper" || claims.isGuardianHeld),
    authority: decision.authority, measures: decision.measures.map(measureJson), routes,
    reasons: [{ code: reason, clause, source, text: reasonText(decision) }],
    steps: steps.map((each) => ({ step: `V${each}`, ok: each < step || step === 10 })),
    freshness: { trust: decision.trustFreshness, status: decision.statusFreshness },
    test: decision.isTest, decided_at: rfc3339(decision.at),
  } as const;
}

function measureJson(measure: Measure) {
  const { kind, days, responsible, ends, appeal } = measure.row;
  return { kind, days, responsible, ends, ends_at: rfc3339(measure.endsAt), appeal, text: measureText(measure) };
}
