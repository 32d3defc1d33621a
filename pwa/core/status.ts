// The Token Status List in CWT form (draft-ietf-oauth-status-list-21): the status of passes, never of a person's health.
// Two bits: 0 current, 1 void, 2 suspended, 3 superseded. Inflating is bounded.

import { messageHolds } from "./algorithm";
import { type Bytes, joined } from "./bytes";
import { isInteger, readMap } from "./cbor";
import type { StatusReference } from "./claims";
import { type Sign1, readSign1 } from "./cose";
import { malformed, refused } from "./errors";
import { CLOCK_LEEWAY, type Instant, type Integer } from "./instant";
import { type KeyEntry, type KeyList, isRevoked, maySignAt } from "./keys";
import { type Read, fields, instant, octets, optional, text, within } from "./statements";

export const [CURRENT, VOID, SUPERSEDED] = [0, 1, 3] as const;
/** Bytes a list may inflate to: 268 million entries of two bits. */
export const MAX_ARRAY = 64 * 2 ** 20;
const TYP = "application/statuslist+cwt";
const number: Read<unknown> = (value) => isInteger(value) || malformed("status list: exp or ttl is no number");
const anything: Read<unknown> = (value) => value;
/** sub, exp, iat, ttl and status_list, with the names that integer labels have as text. */
const CLAIMS = fields({
  2: text, 4: optional(number), 6: instant, 65534: optional(number),
  65533: fields({ bits: within(1, 8), lst: octets, aggregation_uri: anything }),
});

/** A verified status list: whose it is (`signer`), its `uri`, when it was made, and its entries of `bits` each. */
export type StatusList = Readonly<{ signer: string; key: KeyEntry; uri: string; issuedAt: Instant; bits: number; data: Bytes }>;
/** The verified lists a checkpoint has at hand, by file name. */
export type StatusLists = ReadonlyMap<string, StatusList>;

/** Find the status at a zero-based index; null outside the list. */
export function findStatus({ bits, data }: StatusList, index: Integer): number | null {
  const place = Number(index) * bits;
  const byte = data[Math.floor(place / 8)];
  return byte === undefined ? null : (byte >> place % 8) & ((1 << bits) - 1);
}

/** Find the list that `issuer` signed for this reference: the newest that is good at `at`, else the newest. */
export function findList(lists: StatusLists, issuer: string, { uri }: StatusReference, at: Instant): StatusList | null {
  const isGood = ({ key, issuedAt }: StatusList) => !isRevoked(key, at) && issuedAt <= at + CLOCK_LEEWAY;
  const isBetter = (each: StatusList, than: StatusList) =>
    isGood(each) === isGood(than) ? each.issuedAt > than.issuedAt : isGood(each);
  let found: StatusList | null = null;
  for (const each of lists.values()) {
    if (each.uri === uri && each.signer === issuer && (found === null || isBetter(each, found))) found = each;
  }
  return found;
}

/** Decompress one whole zlib stream (RFC 1950) of at most `limit` bytes. */
export async function inflate(data: Bytes, limit: number): Promise<Bytes> {
  const chunks: Bytes[] = [];
  let length = 0;
  const reader = new Blob([data]).stream().pipeThrough(new DecompressionStream("deflate")).getReader();
  try {
    for (let next = await reader.read(); !next.done && length <= limit; next = await reader.read()) {
      chunks.push(next.value);
      length += next.value.length;
    }
  } catch {
    malformed("the compressed data is broken, cut off, or has bytes after it", "unreadable-statement");
  }
  if (length <= limit) return joined(...chunks);
  await reader.cancel();
  return malformed(`the compressed data holds more than ${limit} bytes`, "unreadable-statement");
}

/** Read a status list token signed by a status key of one of the bundle's regions. */
export async function readStatusList(data: Bytes, { keyLists }: Readonly<{ keyLists: readonly KeyList[] }>): Promise<StatusList> {
  const message = readSign1(data);
  const { 2: uri, 6: issuedAt, 65533: { bits, lst } } = CLAIMS(readMap(message.payload));
  const isList = message.typ === TYP && message.kid !== null && [1, 2, 4, 8].includes(bits);
  if (!isList) malformed("status list: this is another kind of file", "unreadable-statement");
  const [signer, key] = await findSigner(message, issuedAt, keyLists);
  return { signer, key, uri, issuedAt, bits, data: await inflate(lst, MAX_ARRAY) };
}

/** Find the region whose status key signed the list, before anything in it is inflated. */
async function findSigner(message: Sign1, issuedAt: Instant, lists: readonly KeyList[]): Promise<readonly [string, KeyEntry]> {
  for (const list of lists) {
    const entry = list.find(message.kid, "status");
    if (entry !== null && maySignAt(entry, issuedAt) && (await messageHolds(message, entry.key))) return [list.region, entry];
  }
  return refused("status list: not signed by a status key of any member region");
}
