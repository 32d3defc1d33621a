// Which of the passes that the node names are on this phone: those bound to a key that it has.
import { readPass } from "./presentation";
import type { Code } from "./answers";
import { base64url, bytesOf } from "./bytes";
import type { Kept, KeptPass } from "./kept";
import { seconds } from "./times";

/** Why a pass of this phone is gone. */
export type Ended = "superseded" | "void";

/** Give the passes that this phone holds after an answer of the node, newest of each holder, and what ended. */
export function keptPasses(
  codes: readonly Code[],
  kept: Kept,
  now: number,
): { readonly passes: readonly KeptPass[]; readonly ended: Ended | null } {
  const before = new Map(kept.passes.map((each) => [each.passId, each]));
  const found = new Map<string, KeptPass>();
  let ended: Ended | null = null;
  for (const code of codes) {
    const known = before.get(code.pass_id);
    if (known !== undefined && (code.state === "superseded" || code.state === "void")) ended = code.state;
    const pass = onThisPhone(code, known, kept);
    if (pass !== null && !found.has(pass.holder)) found.set(pass.holder, pass);
  }
  for (const pass of kept.passes) {
    // What the node does not name any more has run out, or is not signed in here: it stays to be seen until its end.
    const isNamed = codes.some((each) => each.pass_id === pass.passId);
    if (!isNamed && !found.has(pass.holder) && pass.expiresAt > now) found.set(pass.holder, pass);
  }
  const isReplaced = [...found.values()].some((each) => !before.has(each.passId));
  return { passes: [...found.values()], ended: isReplaced || found.size > 0 ? null : ended };
}

function onThisPhone(code: Code, known: KeptPass | undefined, kept: Kept): KeptPass | null {
  if (code.pass_class !== "device" || code.is_expired) return null;
  if (code.state === "suspended") return known === undefined ? null : { ...known, isSuspended: true };
  if (code.state !== "current" || code.text === null) return null;
  if (known !== undefined) return { ...known, isSuspended: false, renewableFrom: seconds(code.renewable_from) };
  const { deviceKey } = readPass(code.text);
  if (deviceKey === null) return null;
  const x = base64url(deviceKey.x);
  const key = kept.keys.find((each) => base64url(bytesOf(each.point).subarray(1, 33)) === x);
  return key === undefined ? null : passOf(code, key.holder, key.point, null);
}

/** Write down a pass that the node issued for a key. */
export function passOf(code: Code, holder: string, point: string, nextPoint: string | null): KeptPass {
  return {
    passId: code.pass_id,
    passClass: code.pass_class,
    holder,
    text: code.text ?? "",
    point,
    nextPoint,
    issuedAt: seconds(code.issued_at),
    expiresAt: seconds(code.expires_at),
    renewableFrom: seconds(code.renewable_from),
    isSuspended: false,
  };
}
