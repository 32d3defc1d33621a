// The host's own word on other regions and on its rules, as signed bytes (C2.1, C3.3, settled rule 4): each signed by a
// statement key of the host that had not been revoked when the bundle was made.

import type { Bytes } from "./bytes";
import { refused } from "./errors";
import type { Instant } from "./instant";
import type { KeyList } from "./keys";
import type { Recognition, Referral, Suspension } from "./recognition";
import type { Rulebook } from "./rulebook";
import { readRulebook } from "./rulebook_document";
import { type Fields, type Kind, readStatement } from "./statements";

/** Read a recognition signed by the region whose keys these are. */
export async function readRecognition(data: Bytes, keys: KeyList, at: Instant, isTest: boolean): Promise<Recognition> {
  const fields = await signedFields(data, "recognition", keys, at, isTest);
  const recognition = {
    host: ownRegion(fields.region("host"), keys),
    issuer: fields.issuer("issuer"),
    version: fields.integer("version"),
    publishedAt: fields.instant("published_at"),
    effectiveFrom: fields.instant("effective_from"),
    suspension: readSuspension(fields.optional("suspension", fields.part)),
    resumption: readSuspension(fields.optional("resumption", fields.part)),
  };
  fields.finish();
  return recognition;
}

/** Read a referral signed by the region whose keys these are. */
export async function readReferral(data: Bytes, keys: KeyList, at: Instant, isTest: boolean): Promise<Referral> {
  const fields = await signedFields(data, "referral", keys, at, isTest);
  const referral = {
    host: ownRegion(fields.region("host"), keys),
    issuer: fields.region("issuer"),
    version: fields.integer("version"),
    authority: fields.text("authority"),
    releases: fields.parts("releases").map((release) => {
      const read = { effectiveFrom: release.instant("from"), areasExcept: release.areas("areas_except") };
      release.finish();
      return read;
    }),
  };
  fields.finish();
  return referral;
}

/** Read a rulebook signed by the region whose keys these are. */
export async function readSignedRulebook(data: Bytes, keys: KeyList, at: Instant, isTest: boolean): Promise<Rulebook> {
  const fields = await signedFields(data, "rulebook", keys, at, isTest);
  const rulebook = readRulebook(fields.rest());
  ownRegion(rulebook.region, keys);
  return rulebook;
}

/** Give the fields of a statement that a live statement key of these signed. */
function signedFields(data: Bytes, kind: Kind, keys: KeyList, at: Instant, isTest: boolean): Promise<Fields> {
  const statement = readStatement(data, kind, isTest);
  return statement.signedBy(keys.findUnrevoked(statement.kid, "statement", at));
}

function ownRegion(region: string, keys: KeyList): string {
  return region === keys.region ? region : refused(`a statement of ${region} signed by ${keys.region}`);
}

function readSuspension(fields: Fields | null): Suspension | null {
  if (fields === null) return null;
  const read = { publishedAt: fields.instant("published_at"), effectiveFrom: fields.instant("effective_from") };
  fields.finish();
  return read;
}
