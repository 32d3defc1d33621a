// The chain from hub to key: hub root -> membership (thumbprint of a region's root) -> key list signed by that root -> keys.
// A key id is four bytes of a hash and therefore looked up only with region and usage.

import type { PublicKey } from "./algorithm";
import { type Bytes, toHex } from "./bytes";
import type { Kid } from "./cose";
import { refused } from "./errors";
import type { Instant, Integer } from "./instant";
import { areaCovers } from "./region";
import {
  area, bothLanguages, fields, instant, integer, issuer, key, list, octets, oneOf, optional, readStatement, signedBy, where,
} from "./statements";

const USAGES = ["pass", "status", "statement", "bundle"] as const;
type Usage = (typeof USAGES)[number];
const ENTRY = where(
  fields({
    key, usage: oneOf(USAGES), not_before: optional(instant), not_after: optional(instant), revoked_at: optional(instant),
    max_validity: optional(integer), areas: list(area),
  }),
  (entry) => (entry.max_validity !== null) === (entry.usage === "pass"),
);
const KEY_LIST = fields({ region: issuer, version: integer, root: key, keys: list(ENTRY) });
const MEMBERSHIP = fields({
  region: issuer, version: integer, root: octets, from: instant, to: optional(instant), reason: optional(bothLanguages),
});
/** The hub's word that a region takes part: code, thumbprint of its root key, from and to. */
export type Membership = ReturnType<typeof MEMBERSHIP>;
/** One key of a region: usage, window `not_before <= iat < not_after`, revocation and limits. */
export type KeyEntry = ReturnType<typeof ENTRY> & Readonly<{ kid: Kid }>;

export const maySignAt = ({ not_before, not_after }: KeyEntry, issuedAt: Integer): boolean =>
  issuedAt >= (not_before ?? 0) && issuedAt < (not_after ?? Infinity);
export const isRevoked = ({ revoked_at }: KeyEntry, at: Instant): boolean => revoked_at !== null && revoked_at <= at;
export const maySignFor = ({ areas }: KeyEntry, area: string | null): boolean =>
  areas.length === 0 || (area !== null && areas.some((own) => areaCovers(own, area)));

/** All keys of a region, signed by its root. */
export class KeyList {
  constructor(readonly region: string, readonly root: PublicKey, readonly entries: readonly KeyEntry[]) {
    const kids = new Set(entries.map(({ kid }) => kid));
    if (kids.size !== entries.length) refused(`the key list of ${region} has two keys with one key id`);
  }

  find(kid: Kid | null, usage: Usage): KeyEntry | null {
    return this.entries.find((entry) => entry.usage === usage && entry.kid === kid) ?? null;
  }

  /** Find the key if its time has begun and it is not revoked at `at`; what it signed stays good after not_after. */
  findUnrevoked(kid: Kid | null, usage: Usage, at: Instant): PublicKey | null {
    const entry = this.find(kid, usage);
    return entry !== null && !isRevoked(entry, at) && at >= (entry.not_before ?? 0) ? entry.key : null;
  }
}

/** Read a membership that the hub's root signed. */
export function readMembership(data: Bytes, hub: PublicKey, isTest: boolean): Promise<Membership> {
  return signedBy(readStatement(data, "membership", isTest, MEMBERSHIP), hub);
}

/** Read a key list signed by the root it names; the caller compares that root with what vouches for it. */
export async function readKeyList(data: Bytes, isTest: boolean): Promise<KeyList> {
  const statement = readStatement(data, "key_list", isTest, KEY_LIST);
  const { region, root, keys } = await signedBy(statement, statement.fields.root);
  return new KeyList(region, root, await Promise.all(keys.map(async (each) => ({ ...each, kid: await each.key.kid() }))));
}

/** Give the key lists of the regions that take part at `at` or did before, each under its member's root. */
export async function vouchedFor(lists: readonly KeyList[], memberships: readonly Membership[], at: Instant): Promise<KeyList[]> {
  const members = new Map(memberships.map((membership) => [membership.region, membership]));
  const isOnce = members.size === memberships.length && new Set(lists.map(({ region }) => region)).size === lists.length;
  if (!isOnce) refused("two memberships or two key lists of one region");
  const vouched: KeyList[] = [];
  for (const list of lists) {
    const member = members.get(list.region) ?? refused(`${list.region} is no member`);
    if (toHex(member.root) !== (await list.root.thumbprint())) refused(`${list.region} has another root`);
    const [from, to] = [member.from, member.to ?? Infinity];
    if ((from <= at && at < to) || (from < to && to <= at)) vouched.push(list);
  }
  return vouched;
}
