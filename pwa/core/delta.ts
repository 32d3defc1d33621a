// Signed deltas between two status lists: pairs of how many bytes to skip (LEB128) and the XOR of the next byte, deflated.
// Any mismatch means: fetch the full list.

import { sha256 } from "./algorithm";
import type { VerifierBundle } from "./bundle";
import { type Bytes, equal } from "./bytes";
import { malformed, refused } from "./errors";
import { maySignAt } from "./keys";
import { fields, instant, integer, octets, readStatement, signedBy, text } from "./statements";
import { MAX_ARRAY, type StatusList, inflate } from "./status";

const DELTA = fields({
  uri: text, bits: integer, from_iat: instant, to_iat: instant, before: octets, after: octets, changes: octets,
});
const [MORE, LONGEST_SKIP] = [0x80, 28];

/** Turn a list into its next version by a delta that the list's own region signed. */
export async function applyDelta(before: StatusList, data: Bytes, bundle: VerifierBundle): Promise<StatusList> {
  const statement = readStatement(data, "status_delta", bundle.isTest, DELTA);
  const keys = bundle.keyLists.find(({ region }) => region === before.signer);
  const key = keys?.find(statement.message.kid, "status") ?? refused("status delta: signed by no status key of its region");
  const told = await signedBy(statement, key.key);
  const isNamed = told.uri === before.uri && told.bits === before.bits && told.from_iat === before.issuedAt;
  const isNext = told.to_iat > before.issuedAt && maySignAt(key, told.to_iat);
  if (!isNamed || !isNext || !equal(told.before, await sha256(before.data))) refused("status delta: made for another list");
  const after = changed(before.data, await inflate(told.changes, MAX_ARRAY));
  if (!equal(told.after, await sha256(after))) refused("status delta: its result is not the list it promises");
  return { ...before, key, issuedAt: told.to_iat, data: after };
}

function changed(before: Bytes, changes: Bytes): Bytes {
  const [out, broken] = [before.slice(), () => malformed("status delta: its changes fit no list", "unreadable-statement")];
  for (let at = 0, place = 0; at < changes.length; at += 2, place += 1) {
    let shift = 0;
    for (; changes[at]! & MORE; shift += 7, at += 1) {
      place += (changes[at]! & ~MORE) * 2 ** shift;
      if (shift + 7 > LONGEST_SKIP || at + 2 >= changes.length) broken();
    }
    place += (changes[at] ?? 0) * 2 ** shift;
    out[place] = (out[place] ?? broken()) ^ (changes[at + 1] ?? broken());
  }
  return out;
}
