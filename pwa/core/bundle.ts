// The verifier bundle: everything a checkpoint of one host needs, in one signed file. Every signature inside is checked on
// opening; ages are judged later, by V2. The anchor is the host's root key, pinned at enrolment.

import { PublicKey } from "./algorithm";
import { type Bytes, equal } from "./bytes";
import { readMap } from "./cbor";
import type { Kid } from "./cose";
import { CoreError, refused } from "./errors";
import type { Instant, Integer } from "./instant";
import type { KeyEntry, KeyList, Membership } from "./keys";
import { readKeyList, readMembership, vouchedFor } from "./membership";
import type { Recognition, Referral } from "./recognition";
import { readRecognition, readReferral, readSignedRulebook } from "./recognition_statements";
import { ISSUERS } from "./region";
import type { Rulebook } from "./rulebook";
import { Fields, type UnverifiedStatement, readStatement } from "./statements";

const MAX_BUNDLE = 2 ** 20;
const MAX_ANCHOR = 256;

/** The root key of a host, pinned when a checkpoint is enrolled. */
export interface Anchor {
  readonly host: string;
  readonly root: PublicKey;
}

/** An opened bundle: every signature in it has been checked. `expiresAt` is for whoever fetches it. */
export interface VerifierBundle {
  readonly host: string;
  readonly version: Integer;
  readonly issuedAt: Instant;
  readonly hubAsOf: Instant;
  readonly expiresAt: Instant;
  readonly isTest: boolean;
  readonly root: PublicKey;
  readonly memberships: readonly Membership[];
  readonly keyLists: readonly KeyList[];
  readonly recognitions: ReadonlyMap<string, Recognition>;
  readonly referrals: ReadonlyMap<string, Referral>;
  readonly rulebooks: readonly Rulebook[];
  readonly passKeys: ReadonlyMap<string, KeyEntry>;
  readonly memberEnds: ReadonlyMap<string, Instant>;
}

/** Find the pass key of a member region by its key id. */
export function findPassKey(bundle: VerifierBundle, issuer: string, kid: Kid): KeyEntry | null {
  return bundle.passKeys.get(kid + issuer) ?? null;
}

/** Say whether a region took part and does so no more (settled rule 5). */
export function hasLeft(bundle: VerifierBundle, issuer: string, at: Instant): boolean {
  const end = bundle.memberEnds.get(issuer);
  return end !== undefined && end <= at;
}

/** Read an anchor file. */
export function readAnchor(data: Bytes): Anchor {
  return orRefused("the anchor file cannot be read", () => {
    if (data.length > MAX_ANCHOR) refused(`it is larger than ${MAX_ANCHOR} bytes`);
    const fields = new Fields(readMap(data), "anchor");
    const anchor = { host: fields.region("host"), root: fields.key("root") };
    fields.finish();
    return anchor;
  });
}

/**
 * Open a bundle, checking every signature in it.
 * 1. It is one bundle of a real or a test federation, and says the same inside.
 * 2. It is for the anchor's host.
 * 3. The host's key list is in it, under the anchor's root where one is pinned.
 * 4. A bundle key of that list signed it.
 * 5. The hub named in it vouches for the root of every key list; only members of that time, and former ones, count.
 * 6. The host's statements are signed by its statement keys, one a pair.
 */
export async function openBundle(data: Bytes, anchor: Anchor | null): Promise<VerifierBundle> {
  try {
    if (data.length > MAX_BUNDLE) refused(`it is larger than ${MAX_BUNDLE} bytes`);
    const [statement, isTest] = readEither(data); // 1
    const host = statement.peek().region("host");
    if (anchor !== null && anchor.host !== host) refused(`it is for host ${host}, another one was expected`); // 2
    return await open(statement, host, anchor, isTest);
  } catch (error) {
    return asRefused("the bundle cannot be used", error);
  }
}

function orRefused<Kept>(what: string, read: () => Kept): Kept {
  try {
    return read();
  } catch (error) {
    return asRefused(what, error);
  }
}

function asRefused(what: string, error: unknown): never {
  if (error instanceof CoreError) throw new CoreError("bundle-refused", `${what}: ${error.message}`);
  throw error;
}

function readEither(data: Bytes): readonly [UnverifiedStatement, boolean] {
  try {
    return [readStatement(data, "bundle", false), false];
  } catch {
    return [readStatement(data, "bundle", true), true];
  }
}

async function open(
  statement: UnverifiedStatement,
  host: string,
  anchor: Anchor | null,
  isTest: boolean,
): Promise<VerifierBundle> {
  const signedLists = statement.peek().allOctets("key_lists");
  const own = await ownKeyList(signedLists, host, isTest);
  if (anchor !== null && !equal(own.root.point, anchor.root.point)) refused("it is not under the root pinned"); // 3
  const madeAt = statement.peek().instant("issued_at");
  const fields = await statement.signedBy(bundleKey(own, statement, madeAt)); // 4
  const keyLists = await Promise.all(signedLists.map((each) => readKeyList(each, isTest)));
  const hub = fields.key("hub");
  const signed = fields.allOctets("memberships");
  const memberships = await Promise.all(signed.map((each) => readMembership(each, hub, isTest)));
  const members = await vouchedFor(keyLists, memberships, madeAt); // 5
  const ends = memberships.flatMap(({ region, memberTo }) => (memberTo === null ? [] : [[region, memberTo] as const]));
  const memberEnds = new Map(ends);
  if (!members.some(({ region }) => region === host) || (memberEnds.get(host) ?? Infinity) <= madeAt) {
    refused("its host is not a member");
  }
  if (fields.flag("test") !== isTest) refused("it is marked as test and real at once");
  type Read<Kept> = (data: Bytes, keys: KeyList, at: Instant, isTest: boolean) => Promise<Kept>;
  const ofHost = <Kept>(name: string, read: Read<Kept>): Promise<Kept[]> => // 6
    Promise.all(fields.allOctets(name).map((each) => read(each, own, madeAt, isTest)));
  const bundle = {
    host: fields.region("host"),
    version: fields.integer("version"),
    issuedAt: fields.instant("issued_at"),
    hubAsOf: fields.instant("hub_as_of"),
    expiresAt: fields.instant("expires_at"),
    isTest,
    root: own.root,
    memberships,
    keyLists: members,
    recognitions: newest(await ofHost("recognitions", readRecognition)),
    referrals: newest(await ofHost("referrals", readReferral)),
    rulebooks: oneAVersion(await ofHost("rulebooks", readSignedRulebook)),
    passKeys: passKeys(members),
    memberEnds,
  };
  fields.allOctets("key_lists");
  fields.finish();
  return bundle;
}

/** Give the host's bundle key that the statement names, if it was good when the bundle was made. */
function bundleKey(own: KeyList, statement: UnverifiedStatement, madeAt: Instant): PublicKey {
  const signing = own.find(statement.kid, "bundle");
  if (signing === null || !signing.maySignAt(madeAt) || signing.isRevoked(madeAt)) {
    return refused("it is not signed by a bundle key of its host");
  }
  return signing.key;
}

/** Read the host's key list; the others wait until the bundle's signature holds. */
async function ownKeyList(lists: readonly Bytes[], host: string, isTest: boolean): Promise<KeyList> {
  if (lists.length > ISSUERS) refused("it has more key lists than there are issuers");
  const claimed = lists.map((each) => readStatement(each, "key_list", isTest).peek().text("region"));
  const own = lists[claimed.indexOf(host)];
  return own === undefined ? refused("it does not hold the key list of its own host") : readKeyList(own, isTest);
}

function passKeys(keyLists: readonly KeyList[]): ReadonlyMap<string, KeyEntry> {
  const found = new Map<string, KeyEntry>();
  for (const { region, entries } of keyLists) {
    for (const entry of entries) if (entry.usage === "pass") found.set(entry.kid + region, entry);
  }
  return found;
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

function oneAVersion(rulebooks: readonly Rulebook[]): readonly Rulebook[] {
  const versions = new Set(rulebooks.map((rulebook) => rulebook.version));
  return versions.size === rulebooks.length ? rulebooks : refused("two rulebooks have one version");
}
