// Key entries and key lists: which key of a region may sign what, since when. A key id is four bytes of a hash and
// therefore looked up only with region and usage.

import type { PublicKey } from "./algorithm";
import type { Kid } from "./cose";
import { refused } from "./errors";
import type { Instant, Integer } from "./instant";
import { areaCovers } from "./region";

export const USAGES = ["pass", "status", "statement", "bundle"] as const;
export type Usage = (typeof USAGES)[number];

/** One key of a region: usage, window `notBefore <= iat < notAfter`, revocation and limits. */
export class KeyEntry {
  constructor(
    readonly kid: Kid,
    readonly key: PublicKey,
    readonly usage: Usage,
    readonly notBefore: Instant | null,
    readonly notAfter: Instant | null,
    readonly revokedAt: Instant | null,
    readonly maxValidity: Integer,
    readonly areas: readonly string[],
  ) {}

  maySignAt(issuedAt: Integer): boolean {
    const hasBegun = this.notBefore === null || issuedAt >= this.notBefore;
    return hasBegun && (this.notAfter === null || issuedAt < this.notAfter);
  }

  isRevoked(at: Instant): boolean {
    return this.revokedAt !== null && this.revokedAt <= at;
  }

  maySignFor(area: string | null): boolean {
    return this.areas.length === 0 || (area !== null && this.areas.some((own) => areaCovers(own, area)));
  }
}

/** All keys of a region, signed by its root. */
export class KeyList {
  constructor(
    readonly region: string,
    readonly version: Integer,
    readonly root: PublicKey,
    readonly entries: readonly KeyEntry[],
  ) {
    if (new Set(entries.map((entry) => entry.kid)).size !== entries.length) {
      refused(`the key list of ${region} has two keys with one key id`);
    }
  }

  find(kid: Kid | null, usage: Usage): KeyEntry | null {
    return this.entries.find((entry) => entry.usage === usage && entry.kid === kid) ?? null;
  }

  /** Find the key if its time has begun and it is not revoked at `at`; what it signed stays good after notAfter. */
  findUnrevoked(kid: Kid | null, usage: Usage, at: Instant): PublicKey | null {
    const entry = this.find(kid, usage);
    const isLive = entry !== null && !entry.isRevoked(at) && (entry.notBefore === null || at >= entry.notBefore);
    return isLive ? entry.key : null;
  }
}

/** The hub's word that a region takes part: code, thumbprint of its root key, from and to. */
export interface Membership {
  readonly region: string;
  readonly version: Integer;
  readonly rootThumbprint: string;
  readonly memberFrom: Instant;
  readonly memberTo: Instant | null;
}
