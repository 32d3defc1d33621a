// What a gate keeps on its device: who it is, its bundle, the heights it reached, its counts and open cases; and
// beside them the status lists. Nothing of anybody who was verified.

import { Storage } from "../shared/storage";

/** The gate's own record: its secret is a non-extractable HMAC key, its anchor the root of its host. */
export interface EnrolledGate {
  readonly gateId: string;
  readonly division: string;
  readonly region: string;
  readonly isTest: boolean;
  readonly key: CryptoKey;
  readonly tag: string;
  readonly anchor: Uint8Array<ArrayBuffer>;
  /** The public address of the node, without a slash at the end: what signatures name. */
  readonly publicUrl: string;
}

/** The highest version and times of a bundle verified here, in seconds: they never go back. */
export interface Heights {
  readonly version: number;
  readonly issuedAt: number;
  readonly verifiedAt: number;
}

/** When the supply was last renewed, and what went wrong, by region. */
export interface SupplyReport {
  readonly at: number;
  readonly ownAt: number;
  readonly countryAt: number;
  readonly refused: Readonly<Record<string, string>>;
}

export const GATE = "gate";
export const BUNDLE = "bundle";
export const HEIGHTS = "heights";
export const TAGS = "tags";
export const REPORT = "report";
export const CLOCK = "clock";
export const COUNTS = "counts";
export const CASES = "cases";

export const kept = new Storage("comity-gate");
export const keptLists = new Storage("comity-gate-lists");

/** Forget the gate whole: it has to be enrolled again. */
export async function wipe(): Promise<void> {
  await keptLists.wipe();
  await kept.wipe();
}
