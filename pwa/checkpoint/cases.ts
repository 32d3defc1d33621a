// The manual path: cases with a clock of 30 minutes (rule 16). A case says why there was no answer, never who asked.
// Without a network the clock runs here all the same: when it ends, the person goes on.

import type { Text } from "../shared/words";
import { CASES, kept, type EnrolledGate } from "./kept";
import { Refused, send } from "./signed-request";

export const CASE_CLOCK = 1_800;
/** Seconds for which a case that has ended stays in sight. */
const STAYS = 3_600;

export interface ManualCase {
  /** The id here; `nodeId` is the node's once it knows of the case. */
  readonly id: string;
  readonly nodeId: string | null;
  readonly reason: string;
  readonly openedAt: number;
  readonly dueAt: number;
  readonly state: "open" | "ended" | "noted";
  readonly outcome: string | null;
  readonly note: string | null;
  readonly text: Text | null;
}

interface CaseView {
  case_id: string;
  opened_at: string;
  due_at: string;
  state: ManualCase["state"];
  outcome: string | null;
  note: string | null;
  text: Text;
}

/** Open a case for a reason code of UNDECIDED or REFER. */
export async function openCase(gate: EnrolledGate, reason: string, at: number): Promise<ManualCase> {
  const opened: ManualCase = {
    id: crypto.randomUUID(), nodeId: null, reason, openedAt: at, dueAt: at + CASE_CLOCK,
    state: "open", outcome: null, note: null, text: null,
  };
  await replace(opened);
  return refresh(gate, opened, at);
}

/** Ask the node how a case stands, or tell it of the case; without a network it stays as it was. */
export async function refresh(gate: EnrolledGate, known: ManualCase, at: number): Promise<ManualCase> {
  if (known.state !== "open") return known;
  let now = known;
  try {
    const view = known.nodeId === null
      ? await send<CaseView>(gate, "POST", "manual-cases", { reason: known.reason }, at)
      : await send<CaseView>(gate, "GET", `manual-cases/${known.nodeId}`, null, at);
    const dueAt = known.nodeId === null ? known.dueAt : Date.parse(view.due_at) / 1_000;
    now = { ...known, nodeId: view.case_id, dueAt: Math.min(known.dueAt, dueAt), state: view.state, outcome: view.outcome, note: view.note, text: view.text };
  } catch (error) {
    if (!(error instanceof TypeError || error instanceof Refused)) throw error;
  }
  await replace(now);
  return now;
}

/** Give the cases that are open, or ended a short while ago, the most urgent first. */
export async function casesNow(at: number): Promise<ManualCase[]> {
  const all = (await kept.read<ManualCase[]>(CASES)) ?? [];
  return all.filter((each) => each.dueAt + STAYS > at).sort((one, other) => one.dueAt - other.dueAt);
}

/** Take a case out of sight. */
export async function closeCase(id: string): Promise<void> {
  await kept.change<ManualCase[]>(CASES, (before = []) => before.filter((each) => each.id !== id));
}

async function replace(now: ManualCase): Promise<void> {
  const oldest = now.openedAt - CASE_CLOCK - STAYS;
  await kept.change<ManualCase[]>(CASES, (before = []) => [
    ...before.filter((each) => each.id !== now.id && each.openedAt > oldest),
    now,
  ]);
}
