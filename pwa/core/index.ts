// What the apps and the tests take from the core: reading, verifying and showing passes.

import type { PassClaims } from "./claims";
import type { Colour } from "./colour";
import type { Decision } from "./decision";
import { CoreError } from "./errors";
import type { Instant } from "./instant";

export { CATALOGUE } from "./catalogue";
export { CoreError, type ErrorCode } from "./errors";
export type * from "./claims";
export type * from "./colour";
export { Decision, type Freshness, type Outcome, type ReasonCode, type Route, type Step } from "./decision";
export type { Text } from "./rulebook";

/** The root key of a host, pinned when a checkpoint is enrolled. */
export interface Anchor {
  readonly host: string;
  readonly root: Uint8Array;
}

/** An opened bundle: every signature in it has been checked. */
export interface VerifierBundle {
  readonly host: string;
  readonly version: number;
  readonly issuedAt: Instant;
  readonly hubAsOf: Instant;
  readonly expiresAt: Instant;
  readonly isTest: boolean;
}

/** A verified status list: whose it is, its uri and when it was made. */
export interface StatusList {
  readonly signer: string;
  readonly uri: string;
  readonly issuedAt: Instant;
}

export type StatusLists = ReadonlyMap<string, StatusList>;

/** A Decision as the JSON object of interface section 3. */
export interface DecisionJson {
  readonly outcome: "PASS" | "CONTROL" | "REFER" | "REAPPLY" | "REJECT" | "UNDECIDED";
  readonly host: string;
  readonly issuer: string | null;
  readonly class: "device" | "online" | "paper" | null;
  readonly holder: { readonly name: string; readonly id_last4: string } | null;
  readonly colour: Colour | null;
  readonly compare_id: boolean;
  readonly authority: string | null;
  readonly measures: readonly {
    readonly kind: string;
    readonly days: number | null;
    readonly responsible: string;
    readonly ends: string;
    readonly ends_at: string;
    readonly appeal: string;
    readonly text: { readonly zh: string; readonly en: string };
  }[];
  readonly routes: readonly string[];
  readonly reasons: readonly {
    readonly code: string;
    readonly clause: string;
    readonly source: { readonly kind: string; readonly issuer: string; readonly version: number } | null;
    readonly text: { readonly zh: string; readonly en: string };
  }[];
  readonly steps: readonly { readonly step: string; readonly ok: boolean }[];
  readonly freshness: { readonly trust: string; readonly status: string | null };
  readonly test: boolean;
  readonly decided_at: string;
}

function later(): never {
  throw new CoreError("format", "this part of the core is not built yet");
}

export function readAnchor(_data: Uint8Array): Anchor {
  return later();
}
export async function openBundle(_data: Uint8Array, _anchor: Anchor | null): Promise<VerifierBundle> {
  return later();
}
export async function readStatusList(_data: Uint8Array, _bundle: VerifierBundle): Promise<StatusList> {
  return later();
}
export async function applyDelta(
  _list: StatusList,
  _delta: Uint8Array,
  _bundle: VerifierBundle,
): Promise<StatusList> {
  return later();
}
export async function verify(
  _text: string,
  _bundle: VerifierBundle,
  _at: Instant,
  _lists: StatusLists,
  _issuerSays: Colour | null = null,
): Promise<Decision> {
  return later();
}
export function asJson(_decision: Decision): DecisionJson {
  return later();
}
/** Read a pass for its holder: nothing in it is vouched for. */
export function readPass(_text: string): PassClaims {
  return later();
}
/** Let the phone's key sign a device pass for one moment: the text of the QR code. */
export async function writePresentation(
  _passText: string,
  _key: CryptoKey,
  _shownAt: Instant,
  _isTest: boolean,
): Promise<string> {
  return later();
}
