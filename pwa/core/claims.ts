// The claims of a pass: everything one region says to another, and nothing else. The bytes are in cwt.ts.

import type { Bytes } from "./bytes";
import type { Colour, ColourReason, PassClass } from "./colour";
import type { Instant, Integer } from "./instant";

export const NATION = "000000";

/** The phone's P-256 key: the 32-byte x coordinate and whether y is odd (RFC 9053 7.1.1). */
export type DeviceKey = Readonly<{ x: Bytes; yIsOdd: boolean }>;

/** Where the status of a pass stands: list `uri` and zero-based `index`. */
export type StatusReference = Readonly<{ uri: string; index: Integer }>;

/** What an issuer signs of one person; reason, basis, until, origin only with yellow or red. */
export type PassClaims = Readonly<{
  issuer: string; passId: Bytes; issuedAt: Integer; expiresAt: Integer;
  colour: Colour; passClass: PassClass; maskedName: string; idLast4: string;
  reason: ColourReason | null; basis: Instant | null; until: Instant | null; origin: string | null; area: string | null;
  isGuardianHeld: boolean; deviceKey: DeviceKey | null; status: StatusReference | null;
}>;

/** Give the region whose word a pass carries, and the area inside it that the pass names (C3.3, ADR 0016). */
export function wordOf({ issuer, area }: PassClaims): readonly [region: string, area: string | null] {
  if (issuer !== NATION || area === null) return [issuer, area];
  const region = `${area.slice(0, 2)}0000`;
  return [region, area === region ? null : area];
}
