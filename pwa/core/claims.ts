// The claims of a pass: everything one region says to another, and nothing else. The bytes are in cwt.ts.

import type { Colour, ColourReason, PassClass } from "./colour";
import type { Instant, Integer } from "./instant";

export const NATION = "000000";

/** The phone's P-256 key: the 32-byte x coordinate and whether y is odd (RFC 9053 7.1.1). */
export interface DeviceKey {
  readonly x: Uint8Array;
  readonly yIsOdd: boolean;
}

/** Where the status of a pass stands: list `uri` and zero-based `index`. */
export interface StatusReference {
  readonly uri: string;
  readonly index: Integer;
}

/** What an issuer signs of one person; reason, basis, until, origin only with yellow or red. */
export interface PassClaims {
  readonly issuer: string;
  readonly passId: Uint8Array;
  readonly issuedAt: Integer;
  readonly expiresAt: Integer;
  readonly colour: Colour;
  readonly passClass: PassClass;
  readonly maskedName: string;
  readonly idLast4: string;
  readonly reason: ColourReason | null;
  readonly basis: Instant | null;
  readonly until: Instant | null;
  readonly origin: string | null;
  readonly area: string | null;
  readonly isGuardianHeld: boolean;
  readonly deviceKey: DeviceKey | null;
  readonly status: StatusReference | null;
}

/** Give the region whose word a pass carries, and the area inside it that the pass names (C3.3, ADR 0016). */
export function wordOf(claims: PassClaims): readonly [region: string, area: string | null] {
  if (claims.issuer !== NATION || claims.area === null) return [claims.issuer, claims.area];
  const region = `${claims.area.slice(0, 2)}0000`;
  return [region, claims.area === region ? null : claims.area];
}
