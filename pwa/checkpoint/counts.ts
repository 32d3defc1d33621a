// What a gate counts, by the hour and by outcome only (rule 12: looked at and verified apart; rule 19: refusals).
// Neither a pass nor a place in a list nor a time finer than the hour is kept.

import type { DecisionJson } from "../words/report";
import { COUNTS, kept, type EnrolledGate } from "./kept";
import { Refused, send } from "./signed-request";

export type RefusalReason = "id_mismatch" | "another_law" | "person_left";

export interface HourCounts {
  lookedAt: number;
  verified: Partial<Record<DecisionJson["outcome"], number>>;
  refusals: { reason: RefusalReason; law: string | null; count: number }[];
}

/** Counts by the beginning of their hour, in seconds. */
export type Counts = Record<number, HourCounts>;

const HOUR = 3_600;
const NOT_POSSIBLE_NOW = 409;
const NOT_VALID = 422;

function hourOf(at: number): number {
  return at - (at % HOUR);
}

function changed(at: number, change: (hour: HourCounts) => void): Promise<Counts> {
  return kept.change<Counts>(COUNTS, (before = {}) => {
    const hour = before[hourOf(at)] ?? { lookedAt: 0, verified: {}, refusals: [] };
    change(hour);
    return { ...before, [hourOf(at)]: hour };
  });
}

/** Count a green that was shown and looked at. */
export function countLooked(at: number): Promise<Counts> {
  return changed(at, (hour) => void hour.lookedAt++);
}

/** Count an outcome. */
export function countVerified(outcome: DecisionJson["outcome"], at: number): Promise<Counts> {
  return changed(at, (hour) => void (hour.verified[outcome] = (hour.verified[outcome] ?? 0) + 1));
}

/** Count a refusal of somebody who got PASS; another law is named. */
export function countRefusal(reason: RefusalReason, law: string | null, at: number): Promise<Counts> {
  return changed(at, (hour) => {
    const known = hour.refusals.find((each) => each.reason === reason && each.law === law);
    if (known === undefined) hour.refusals.push({ reason, law, count: 1 });
    else known.count++;
  });
}

/** Give the counts of the hour that is running. */
export async function countsNow(at: number): Promise<HourCounts> {
  const all = (await kept.read<Counts>(COUNTS)) ?? {};
  return all[hourOf(at)] ?? { lookedAt: 0, verified: {}, refusals: [] };
}

/** Upload every hour that is over. Throws TypeError without a network. */
export async function uploadCounts(gate: EnrolledGate, at: number): Promise<void> {
  const all = (await kept.read<Counts>(COUNTS)) ?? {};
  for (const [period, hour] of Object.entries(all)) {
    if (Number(period) + HOUR > at) continue;
    try {
      await send(gate, "POST", "gate-counts", bodyOf(Number(period), hour), at);
    } catch (error) {
      const isSettled = error instanceof Refused && [NOT_POSSIBLE_NOW, NOT_VALID].includes(error.status);
      if (!isSettled) throw error;
    }
    await kept.change<Counts>(COUNTS, (before = {}) => {
      const { [Number(period)]: _uploaded, ...rest } = before;
      return rest;
    });
  }
}

function bodyOf(period: number, hour: HourCounts): unknown {
  return {
    period: new Date(period * 1_000).toISOString().replace(".000Z", "Z"),
    looked_at: hour.lookedAt,
    verified: hour.verified,
    refusals: hour.refusals,
  };
}
