// Signed deltas between two status lists: pairs of how many bytes to skip (LEB128) and the XOR of the next byte, deflated.
// Any mismatch means: fetch the full list.

import { sha256 } from "./algorithm";
import type { VerifierBundle } from "./bundle";
import { type Bytes, equal } from "./bytes";
import { CoreError, refused } from "./errors";
import { readStatement } from "./statements";
import { MAX_ARRAY, type StatusList, inflate } from "./status";

const MORE = 0x80;
const LONGEST_SKIP = 28;

/** Turn a list into its next version by a delta that the list's own region signed. */
export async function applyDelta(before: StatusList, data: Bytes, bundle: VerifierBundle): Promise<StatusList> {
  const statement = readStatement(data, "status_delta", bundle.isTest);
  const keys = bundle.keyLists.find(({ region }) => region === before.signer);
  const entry = keys?.find(statement.kid, "status") ?? null;
  const fields = await statement.signedBy(entry?.key ?? null);
  const isNamed =
    fields.text("uri") === before.uri &&
    fields.integer("bits") === before.bits &&
    fields.instant("from_iat") === before.issuedAt;
  if (!isNamed || entry === null || !equal(fields.octets("before"), await sha256(before.data))) {
    return refused("status delta: made for another list or another version of it");
  }
  const [issuedAt, expected] = [fields.instant("to_iat"), fields.octets("after")];
  const after = changed(before.data, await inflate(fields.octets("changes"), MAX_ARRAY));
  fields.finish();
  if (!equal(await sha256(after), expected) || issuedAt <= before.issuedAt || !entry.maySignAt(issuedAt)) {
    refused("status delta: its result is not the list it promises");
  }
  return { ...before, key: entry, issuedAt, data: after };
}

function changed(before: Bytes, changes: Bytes): Bytes {
  const out = before.slice();
  let place = 0;
  for (let at = 0; at < changes.length; ) {
    let shift = 0;
    for (let byte = changes[at] ?? 0; byte & MORE; byte = changes[at] ?? 0) {
      place += (byte & ~MORE) * 2 ** shift;
      [shift, at] = [shift + 7, at + 1];
      if (shift > LONGEST_SKIP) unreadable("a skip beyond any array");
    }
    const change = changes[at + 1] ?? unreadable("cut off within a change");
    place += (changes[at] ?? 0) * 2 ** shift;
    if (place >= out.length) unreadable("a change outside the array");
    out[place] = (out[place] ?? 0) ^ change;
    [place, at] = [place + 1, at + 2];
  }
  return out;
}

function unreadable(message: string): never {
  throw new CoreError("unreadable-statement", `status delta: ${message}`);
}
