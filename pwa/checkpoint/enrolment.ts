// A device becomes a gate: it scans the code of the county's manager and gets its key this once.

import { GATE, kept, wipe, type EnrolledGate } from "./kept";
import { fromBase64, Refused, routeOf } from "./signed-request";

const PREFIX = "CMG1";

/** What a manager's code says: the region, the one-time code and the address of the node. */
export interface EnrolmentCode {
  readonly region: string;
  readonly code: string;
  readonly address: string;
}

interface DeviceView {
  gate_id: string;
  division: string;
  region: string;
  is_test: boolean;
  secret: string;
  tag: string;
  anchor: string;
  bundle_url: string;
}

/** Read the text of an enrolment code; null for any other text. */
export function readEnrolmentCode(text: string): EnrolmentCode | null {
  const found = /^CMG1 (\d{6}) ([A-Z2-7]{32}) (https?:\/\/[^\s]+)$/.exec(text.trim());
  return found === null ? null : { region: found[1]!, code: found[2]!, address: found[3]! };
}

/** Say whether a text means to be an enrolment code. */
export function isEnrolment(text: string): boolean {
  return text.startsWith(`${PREFIX} `);
}

/** Say whether a code is of the node that serves this app. */
export function isOfThisNode(code: EnrolmentCode): boolean {
  return `${new URL(code.address).href.replace(/\/$/, "")}/` === routeOf("");
}

/** Enrol this device. Throws Refused for a code that is used or has ended, TypeError without a network. */
export async function enrol(code: EnrolmentCode): Promise<EnrolledGate> {
  const answer = await fetch(routeOf("gates/enrol"), {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ enrolment_code: code.code }),
  });
  if (!answer.ok) throw new Refused(answer.status, "the enrolment code is unknown, used or has ended");
  const view = (await answer.json()) as DeviceView;
  const hmac = { name: "HMAC", hash: "SHA-256" };
  const gate: EnrolledGate = {
    gateId: view.gate_id,
    division: view.division,
    region: view.region,
    isTest: view.is_test,
    key: await crypto.subtle.importKey("raw", fromBase64(view.secret), hmac, false, ["sign"]),
    tag: view.tag,
    anchor: fromBase64(view.anchor),
    publicUrl: view.bundle_url.replace(/\/bundle$/, ""),
  };
  await wipe();
  await kept.write(GATE, gate);
  return gate;
}
