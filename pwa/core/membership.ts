// The chain from hub to key: hub root -> membership (thumbprint of a region's root) -> key list signed by that root.

import type { PublicKey } from "./algorithm";
import { type Bytes, toHex } from "./bytes";
import { refused } from "./errors";
import { type Instant, KEY_MAX_VALIDITY } from "./instant";
import { KeyEntry, KeyList, type Membership, USAGES } from "./keys";
import { type Fields, readStatement } from "./statements";

/** Read a membership that the hub's root signed. */
export async function readMembership(data: Bytes, hub: PublicKey, isTest: boolean): Promise<Membership> {
  const fields = await readStatement(data, "membership", isTest).signedBy(hub);
  const membership = {
    region: fields.issuer("region"),
    version: fields.integer("version"),
    rootThumbprint: toHex(fields.octets("root")),
    memberFrom: fields.instant("from"),
    memberTo: fields.optional("to", fields.instant),
  };
  fields.optional("reason", fields.bothLanguages);
  fields.finish();
  return membership;
}

/** Read a key list signed by the root it names; the caller compares that root with what vouches for it. */
export async function readKeyList(data: Bytes, isTest: boolean): Promise<KeyList> {
  const statement = readStatement(data, "key_list", isTest);
  const fields = await statement.signedBy(statement.peek().key("root"));
  const [region, version, root] = [fields.issuer("region"), fields.integer("version"), fields.key("root")];
  const entries = await Promise.all(fields.parts("keys").map(readEntry));
  fields.finish();
  return new KeyList(region, version, root, entries);
}

async function readEntry(fields: Fields): Promise<KeyEntry> {
  const word = fields.text("usage");
  const usage = USAGES.find((each) => each === word) ?? refused(`a key with the unknown usage '${word}'`);
  const key = fields.key("key");
  const [notBefore, notAfter, revokedAt] = ["not_before", "not_after", "revoked_at"].map((name) =>
    fields.optional(name, fields.instant),
  );
  const maxValidity = usage === "pass" ? fields.integer("max_validity") : KEY_MAX_VALIDITY;
  const areas = fields.areas("areas");
  fields.finish();
  const window = [notBefore ?? null, notAfter ?? null, revokedAt ?? null] as const;
  return new KeyEntry(await key.kid(), key, usage, ...window, maxValidity, areas);
}

/** Give the key lists of the regions that take part at `at` or did before, each under its member's root. */
export async function vouchedFor(
  keyLists: readonly KeyList[],
  memberships: readonly Membership[],
  at: Instant,
): Promise<readonly KeyList[]> {
  const members = new Map(memberships.map((membership) => [membership.region, membership]));
  const regions = new Set(keyLists.map((keyList) => keyList.region));
  if (members.size !== memberships.length || regions.size !== keyLists.length) {
    refused("two memberships or two key lists of one region");
  }
  const vouched: KeyList[] = [];
  for (const keyList of keyLists) {
    const member = members.get(keyList.region);
    if (member === undefined || member.rootThumbprint !== (await keyList.root.thumbprint())) {
      return refused(`the key list of ${keyList.region} is not under the root of a member`);
    }
    const { memberFrom, memberTo } = member;
    const isInForce = memberFrom <= at && (memberTo === null || at < memberTo);
    if (isInForce || (memberTo !== null && memberFrom < memberTo && memberTo <= at)) vouched.push(keyList);
  }
  return vouched;
}
