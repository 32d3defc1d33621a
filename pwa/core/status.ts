// The Token Status List in CWT form (draft-ietf-oauth-status-list-21): the status of passes, never of a person's health.
// Two bits: 0 current, 1 void, 2 suspended, 3 superseded. Inflating is bounded.

import { messageHolds } from "./algorithm";
import type { VerifierBundle } from "./bundle";
import { type Bytes, joined } from "./bytes";
import { type Value, isBytes, isInteger, isMap, readMap } from "./cbor";
import type { StatusReference } from "./claims";
import { type Sign1, readSign1 } from "./cose";
import { CoreError, malformed, refused } from "./errors";
import { CLOCK_LEEWAY, type Instant, type Integer, LAST_INSTANT } from "./instant";
import type { KeyEntry, KeyList } from "./keys";

export const [CURRENT, VOID, SUSPENDED, SUPERSEDED] = [0, 1, 2, 3] as const;
/** Bytes a list may inflate to: 268 million entries of two bits. */
export const MAX_ARRAY = 64 * 2 ** 20;

const TYP = "application/statuslist+cwt";
const ENTRY_BITS: readonly Integer[] = [1, 2, 4, 8];
const [SUB, EXP, IAT, STATUS_LIST, TTL] = [2, 4, 6, 65_533, 65_534];
const REQUIRED = [SUB, IAT, STATUS_LIST];

/** A verified status list: whose it is (`signer`), its `uri`, when it was made, and its entries of `bits` each. */
export interface StatusList {
  readonly signer: string;
  readonly key: KeyEntry;
  readonly uri: string;
  readonly issuedAt: Instant;
  readonly bits: number;
  readonly data: Bytes;
}

/** The verified lists a checkpoint has at hand, by file name. */
export type StatusLists = ReadonlyMap<string, StatusList>;

/** Find the status at a zero-based index; null outside the list. */
export function findStatus({ bits, data }: StatusList, index: Integer): number | null {
  if (typeof index === "bigint") return null;
  const perByte = 8 / bits;
  const byte = data[Math.floor(index / perByte)];
  return byte === undefined ? null : (byte >> ((index % perByte) * bits)) & ((1 << bits) - 1);
}

/** Find the list that `issuer` signed for this reference: the newest that is good at `at`, else the newest. */
export function findList(
  lists: StatusLists,
  issuer: string,
  reference: StatusReference,
  at: Instant,
): StatusList | null {
  let newest: StatusList | null = null;
  let good: StatusList | null = null;
  for (const each of lists.values()) {
    if (each.uri !== reference.uri || each.signer !== issuer) continue;
    if (newest === null || each.issuedAt > newest.issuedAt) newest = each;
    const isGood = !each.key.isRevoked(at) && each.issuedAt <= at + CLOCK_LEEWAY;
    if (isGood && (good === null || each.issuedAt > good.issuedAt)) good = each;
  }
  return good ?? newest;
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
    unreadable("the compressed data is broken, cut off, or has bytes after it");
  }
  if (length > limit) {
    await reader.cancel();
    unreadable(`the compressed data holds more than ${limit} bytes`);
  }
  return joined(...chunks);
}

function unreadable(message: string): never {
  throw new CoreError("unreadable-statement", message);
}

/** Read a status list token signed by a status key of one of the bundle's regions. */
export async function readStatusList(data: Bytes, bundle: Pick<VerifierBundle, "keyLists">): Promise<StatusList> {
  const message = readSign1(data);
  const [uri, issuedAt, statusList] = readClaims(message.payload);
  if (message.typ !== TYP || message.kid === null) malformed("status list: this is another kind of file");
  const [signer, key] = await findSigner(message, issuedAt, bundle.keyLists);
  return { signer, key, uri, issuedAt, ...(await readArray(statusList)) };
}

/** Find the region whose status key signed the list, before anything in it is inflated. */
async function findSigner(
  message: Sign1,
  issuedAt: Instant,
  keyLists: readonly KeyList[],
): Promise<readonly [string, KeyEntry]> {
  for (const keyList of keyLists) {
    const entry = keyList.find(message.kid, "status");
    if (entry?.maySignAt(issuedAt) && (await messageHolds(message, entry.key))) return [keyList.region, entry];
  }
  return refused("status list: not signed by a status key of any member region");
}

function readClaims(payload: Bytes): readonly [string, Instant, Value | undefined] {
  const claims = readMap(payload);
  const others = [...claims.keys()].filter((name) => ![...REQUIRED, EXP, TTL].includes(name as number));
  if (others.length > 0 || !REQUIRED.every((name) => claims.has(name))) malformed("status list: other claims");
  const [uri, issuedAt] = [claims.get(SUB), claims.get(IAT)];
  if (typeof uri !== "string" || typeof issuedAt !== "number" || issuedAt < 0 || issuedAt > LAST_INSTANT) {
    malformed("status list: sub is not text or iat is not a time");
  }
  for (const name of [EXP, TTL]) {
    if (claims.has(name) && !isInteger(claims.get(name))) malformed("status list: exp or ttl is not a number");
  }
  return [uri, issuedAt, claims.get(STATUS_LIST)];
}

/** Read the status_list claim {bits, lst}, passing over an aggregation_uri. */
async function readArray(statusList: Value | undefined): Promise<Pick<StatusList, "bits" | "data">> {
  if (!isMap(statusList)) return malformed("status list: status_list is not a map");
  const [bits, compressed] = [statusList.get("bits"), statusList.get("lst")];
  const known = statusList.has("aggregation_uri") ? 3 : 2;
  if (typeof bits !== "number" || !ENTRY_BITS.includes(bits) || !isBytes(compressed) || statusList.size !== known) {
    return malformed("status list: bits is not 1, 2, 4 or 8, or lst is not bytes");
  }
  return { bits, data: await inflate(compressed, MAX_ARRAY) };
}
