// What the apps and the tests take from the core: reading, verifying and deciding.

export { ALPHABET, decode as decodeBase45 } from "./base45";
export { type Anchor, type VerifierBundle, openBundle, readAnchor } from "./bundle";
export { type Bytes, fromHex, joined } from "./bytes";
export { readMap, writeByteString, writeUnsigned } from "./cbor";
export type * from "./claims";
export type * from "./colour";
export { signatureInput } from "./cose";
export { type Decision, type Freshness, type Measure, type Outcome, RULINGS, type ReasonCode, type Route } from "./decision";
export { applyDelta } from "./delta";
export { CoreError, type ErrorCode } from "./errors";
export { type Instant, plainTime, rfc3339 } from "./instant";
export { PREFIX, PRESENTATION_TYP, TEST_OFFSET, type Unverified, readText, withoutLineEnd } from "./qrtext";
export type { MeasureRow } from "./rulebook";
export { type Text, fields, instant, readStatement, region, signedBy, text } from "./statements";
export { type StatusList, type StatusLists, readStatusList } from "./status";
export { verify } from "./verifier";
