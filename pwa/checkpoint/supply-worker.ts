// Fetches beside the page, so that unpacking a list never holds up a person at the gate.

import { GATE, kept, type EnrolledGate } from "./kept";
import type { FromSupply, ToSupply } from "./messages";
import { Supply, SupplyFault } from "./supply";

/** The name of the lock by which two windows take turns. */
const LOCK = "comity-gate-supply";

function tell(message: FromSupply): void {
  postMessage(message);
}

async function sync(isWhole: boolean, at: number): Promise<void> {
  const gate = await kept.read<EnrolledGate>(GATE);
  if (gate === undefined) return;
  const supply = new Supply(gate, (done, of) => tell({ kind: "progress", done, of }));
  tell({ kind: "done", report: await supply.sync(at, isWhole) });
}

addEventListener("message", (event: MessageEvent<ToSupply>) => {
  const { isWhole, at } = event.data;
  void navigator.locks.request(LOCK, () => sync(isWhole, at)).catch((error: unknown) => {
    const why = error instanceof SupplyFault ? error.why : "refused";
    tell({ kind: "failed", why, message: error instanceof Error ? error.message : String(error) });
  });
});
