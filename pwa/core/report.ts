// The numbered report: a Decision as JSON, with its texts in Chinese and English (interface section 3).

import type { Appeal, Colour, Ends, MeasureKind, PassClass, Responsible } from "./colour";
import type { Decision, Freshness, Measure, Outcome, ReasonCode, Route } from "./decision";
import { plainTime, rfc3339 } from "./instant";
import type { Text } from "./rulebook";
import { ENDS_AT, wordsOf } from "./rulebook_document";
import { text } from "./texts";

export interface MeasureJson {
  readonly kind: MeasureKind;
  readonly days: number | null;
  readonly responsible: Responsible;
  readonly ends: Ends;
  readonly ends_at: string;
  readonly appeal: Appeal;
  readonly text: Text;
}

export interface ReasonJson {
  readonly code: ReasonCode;
  readonly clause: string;
  readonly source: { readonly kind: string; readonly issuer: string; readonly version: number } | null;
  readonly text: Text;
}

/** A Decision as the JSON object of interface section 3. */
export interface DecisionJson {
  readonly outcome: Outcome;
  readonly host: string;
  readonly issuer: string | null;
  readonly class: PassClass | null;
  readonly holder: { readonly name: string; readonly id_last4: string } | null;
  readonly colour: Colour | null;
  readonly compare_id: boolean;
  readonly authority: string | null;
  readonly measures: readonly MeasureJson[];
  readonly routes: readonly Route[];
  readonly reasons: readonly [ReasonJson];
  readonly steps: readonly { readonly step: string; readonly ok: boolean }[];
  readonly freshness: { readonly trust: Freshness; readonly status: Freshness | null };
  readonly test: boolean;
  readonly decided_at: string;
}

/** Say why, plainly enough to be read out at a gate. */
export function reasonText(decision: Decision): Text {
  const key = decision.detail ?? `reason.${decision.reason}`;
  const { claims, issuerColour } = decision;
  if (decision.reason === "referred") return text(key, { authority: decision.authority ?? "" });
  if (decision.reason !== "contradicted" || claims === null || issuerColour === null) return text(key);
  return text(key, {
    pass_colour: text(`colour.${claims.colour}`),
    issuer_colour: text(`colour.${issuerColour}`),
  });
}

/** Say what is required, until when, by whom. */
export function measureText({ row, endsAt }: Measure): Text {
  const [words, end] = [wordsOf(row), plainTime(endsAt)];
  return { zh: words.zh.replaceAll(ENDS_AT, end), en: words.en.replaceAll(ENDS_AT, end) };
}

/** Give a Decision as the JSON object of interface section 3, every key present. */
export function asJson(decision: Decision): DecisionJson {
  const { source } = decision;
  return {
    outcome: decision.outcome,
    host: decision.host,
    issuer: decision.issuer,
    class: decision.passClass,
    holder: decision.holder,
    colour: decision.colour,
    compare_id: decision.compareId,
    authority: decision.authority,
    measures: decision.measures.map(measureJson),
    routes: decision.routes,
    reasons: [
      {
        code: decision.reason,
        clause: decision.clause,
        source: source && { ...source, version: Number(source.version) },
        text: reasonText(decision),
      },
    ],
    steps: decision.steps,
    freshness: { trust: decision.trustFreshness, status: decision.statusFreshness },
    test: decision.isTest,
    decided_at: rfc3339(decision.at),
  };
}

function measureJson(measure: Measure): MeasureJson {
  const { kind, days, responsible, ends, appeal } = measure.row;
  return { kind, days, responsible, ends, ends_at: rfc3339(measure.endsAt), appeal, text: measureText(measure) };
}
