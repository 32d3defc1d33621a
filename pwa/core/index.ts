// What the apps and the tests take from the core: reading, verifying and showing passes.

export { type Anchor, type VerifierBundle, openBundle, readAnchor } from "./bundle";
export { CATALOGUE } from "./catalogue";
export { readMap } from "./cbor";
export type * from "./claims";
export type * from "./colour";
export { signatureInput } from "./cose";
export type { Decision, Freshness, Outcome, ReasonCode, Route } from "./decision";
export { applyDelta } from "./delta";
export { CoreError, type ErrorCode } from "./errors";
export { type InterimNoteJson, findNote } from "./interim_note";
export { type Unverified, readText } from "./qrtext";
export { type DecisionJson, asJson } from "./report";
export type { Text } from "./statements";
export { type StatusList, type StatusLists, readStatusList } from "./status";
export { verify } from "./verifier";
export { readPass, writePresentation } from "./wallet";
