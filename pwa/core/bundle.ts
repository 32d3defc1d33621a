// The verifier bundle: everything a checkpoint of one host needs, in one signed file. Every signature inside is checked on
// opening; ages are judged later, by V2. The anchor is the host's root key, pinned at enrolment.

import type { PublicKey } from "./algorithm";
import { type Bytes, equal } from "./bytes";
import { isMap, readMap } from "./cbor";
import { CoreError, malformed, refused } from "./errors";
import type { Instant } from "./instant";
import { type KeyEntry, KeyList, isRevoked, maySignAt, readKeyList, readMembership, vouchedFor } from "./keys";
import { RECOGNITION, REFERRAL, type Recognition, type Referral } from "./recognition";
import { ISSUERS } from "./region";
import { RULEBOOK, type Rulebook } from "./rulebook";
import { type Read, fields, flag, instant, integer, key, list, octets, readStatement, region, signedBy } from "./statements";

const MAX_BUNDLE = 2 ** 20;
const MAX_ANCHOR = 256;
const ANCHOR = fields({ host: region, root: key });
const SIGNED = list(octets);
const BUNDLE = fields({
  host: region, version: integer, issued_at: instant, hub_as_of: instant, expires_at: instant, test: flag, hub: key,
  memberships: SIGNED, key_lists: SIGNED, recognitions: SIGNED, referrals: SIGNED, rulebooks: SIGNED,
});

/** The root key of a host, pinned when a checkpoint is enrolled. */
export type Anchor = ReturnType<typeof ANCHOR>;
/** An opened bundle: every signature in it has been checked. `expiresAt` is for whoever fetches it. */
export type VerifierBundle = Readonly<{
  host: string; version: number; issuedAt: Instant; hubAsOf: Instant; expiresAt: Instant; isTest: boolean; root: PublicKey;
  keyLists: readonly KeyList[]; recognitions: ReadonlyMap<string, Recognition>; referrals: ReadonlyMap<string, Referral>;
  rulebooks: readonly Rulebook[]; passKeys: ReadonlyMap<string, KeyEntry>;
  /** When the part of a region ended that takes part no more (settled rule 5). */
  memberEnds: ReadonlyMap<string, Instant>;
}>;

/** Read an anchor file. */
export function readAnchor(data: Bytes): Anchor {
  try {
    return ANCHOR(data.length <= MAX_ANCHOR ? readMap(data) : undefined);
  } catch {
    return malformed("the anchor file cannot be read", "bundle-refused");
  }
}

/**
 * Open a bundle, checking every signature in it.
 * 1. It is one bundle of a real or a test federation, and says the same inside; it is for the anchor's host.
 * 2. The host's key list is in it, under the anchor's root where one is pinned.
 * 3. A bundle key of that list signed it.
 * 4. The hub named in it vouches for the root of every key list; only members of that time, and former ones, count.
 * 5. The host's statements are signed by its statement keys, one a pair.
 */
export async function openBundle(data: Bytes, anchor: Anchor | null): Promise<VerifierBundle> {
  try {
    return await open(data.length <= MAX_BUNDLE ? data : refused(`it is larger than ${MAX_BUNDLE} bytes`), anchor);
  } catch (error) {
    throw error instanceof CoreError ? new CoreError("bundle-refused", `the bundle cannot be used: ${error.message}`) : error;
  }
}

async function open(data: Bytes, anchor: Anchor | null): Promise<VerifierBundle> {
  const statement = readEither(data); // 1
  const { host, issued_at: madeAt, hub, test: isTest, ...told } = statement.fields;
  const own = await ownKeyList(told.key_lists, host, isTest); // 2
  const isPinned = anchor === null || (anchor.host === host && equal(anchor.root.point, own.root.point));
  const signing = own.find(statement.message.kid, "bundle"); // 3
  const isLive = signing !== null && maySignAt(signing, madeAt) && !isRevoked(signing, madeAt);
  if (!isPinned || !isLive) refused("it is for another host, or under another key");
  await signedBy(statement, signing.key);
  const keyLists = await Promise.all(told.key_lists.map((each) => readKeyList(each, isTest))); // 4
  const memberships = await Promise.all(told.memberships.map((each) => readMembership(each, hub, isTest)));
  const members = await vouchedFor(keyLists, memberships, madeAt);
  const memberEnds = new Map(memberships.flatMap(({ region, to }) => (to === null ? [] : [[region, to]])));
  const isMember = members.some((each) => each.region === host) && (memberEnds.get(host) ?? Infinity) > madeAt;
  if (!isMember) refused("its host is not a member");
  const ofHost = <Kept>(kind: "recognition" | "referral" | "rulebook", read: Read<Kept>, all: readonly Bytes[]) => // 5
    Promise.all(all.map((each) => {
      const signed = readStatement(each, kind, isTest, read);
      return signedBy(signed, own.findUnrevoked(signed.message.kid, "statement", madeAt));
    }));
  const recognitions = await ofHost("recognition", RECOGNITION, told.recognitions);
  const referrals = await ofHost("referral", REFERRAL, told.referrals);
  const rulebooks = await ofHost("rulebook", RULEBOOK, told.rulebooks);
  const isOwn = [...recognitions, ...referrals].every((each) => each.host === host) && rulebooks.every((each) => each.region === host);
  if (!isOwn || new Set(rulebooks.map(({ version }) => version)).size !== rulebooks.length) {
    refused("a statement of another host, or two rulebooks of one version");
  }
  const passKeys = members.flatMap(({ region, entries }) => entries.filter(({ usage }) => usage === "pass")
    .map((entry) => [entry.kid + region, entry] as const));
  return {
    host, version: told.version, issuedAt: madeAt, hubAsOf: told.hub_as_of, expiresAt: told.expires_at, isTest, root: own.root,
    keyLists: members, recognitions: newest(recognitions), referrals: newest(referrals), rulebooks, memberEnds,
    passKeys: new Map(passKeys),
  };
}

function readEither(data: Bytes) {
  const read = (isTest: boolean) => readStatement(data, "bundle", isTest, (value) => {
    const bundle = BUNDLE(value);
    return bundle.test === isTest ? bundle : refused("it is marked as test and real at once");
  });
  try {
    return read(false);
  } catch {
    return read(true);
  }
}

/** Read the host's key list; the others wait until the bundle's signature holds. */
async function ownKeyList(lists: readonly Bytes[], host: string, isTest: boolean): Promise<KeyList> {
  if (lists.length > ISSUERS) refused("it has more key lists than there are issuers");
  const claimed = lists.map((each) => readStatement(each, "key_list", isTest, (value) => isMap(value) && value.get("region")));
  const own = lists[claimed.findIndex((each) => each.fields === host)];
  return own === undefined ? refused("it does not hold the key list of its own host") : readKeyList(own, isTest);
}

/** Keep the newest version of each pair. */
function newest<Dated extends Recognition | Referral>(statements: readonly Dated[]): ReadonlyMap<string, Dated> {
  const found = new Map<string, Dated>();
  for (const dated of statements) {
    const known = found.get(dated.issuer);
    if (known?.version === dated.version) refused(`two statements on ${dated.issuer} have one version`);
    if (known === undefined || dated.version > known.version) found.set(dated.issuer, dated);
  }
  return found;
}
