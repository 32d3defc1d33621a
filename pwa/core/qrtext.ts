// The text of a QR code: `CM1:` and base45 of one pass or presentation. What is read here is unverified.

import * as base45 from "./base45";
import { type Bytes, fromHex, isBlank } from "./bytes";
import { Reader } from "./cbor";
import type { PassClaims } from "./claims";
import { type Sign1, readSign1 } from "./cose";
import { readClaims } from "./cwt";
import { CoreError, malformed } from "./errors";
import type { Integer } from "./instant";

export const PREFIX = "CM1:";
const MAX_CHARACTERS = 2_048;
/** Added to every typ in a test federation. */
export const TEST_OFFSET = 100;
export const PRESENTATION_TYP = 65_002;
const [PASS_TYP, PAIR] = [65_001, fromHex("82")];

/** A pass as read: its signed message and its claims, neither vouched for. */
export type UnverifiedPass = Readonly<{ message: Sign1; claims: PassClaims }>;
/** What was shown: a pass, and for a device pass what the phone signed around it and when. */
export type Unverified = Readonly<{ pass: UnverifiedPass; presentation: Readonly<{ message: Sign1; shownAt: Integer }> | null }>;

function unreadable(message: string, found: string): never {
  throw new CoreError("unreadable-text", message, found);
}

/** Read one strict pass or presentation. Throws with `found`, which says what the text is where that can be told. */
export function readText(scanned: string, isTest: boolean): Unverified {
  const text = withoutLineEnd(scanned);
  if (!text.startsWith(PREFIX)) unreadable("the text does not start with CM1:", foreign(text));
  const isLong = text.length > MAX_CHARACTERS && (text.length > 2 * MAX_CHARACTERS || [...text].length > MAX_CHARACTERS);
  if (isLong) unreadable(`more than ${MAX_CHARACTERS} characters`, "too_long");
  return readMessage(base45.decode(text, PREFIX.length), isTest);
}

/** Take CR and LF off the end. */
export function withoutLineEnd(text: string): string {
  let end = text.length;
  while (text[end - 1] === "\n" || text[end - 1] === "\r") end--;
  return text.slice(0, end);
}

/** Read one pass or presentation from its bytes. */
function readMessage(data: Bytes, isTest: boolean): Unverified {
  const [message, offset] = [readSign1(data), isTest ? TEST_OFFSET : 0];
  if (message.typ === PASS_TYP + offset) return { pass: readPassMessage(message), presentation: null };
  if (message.typ !== PRESENTATION_TYP + offset || message.kid !== null) refuseTyp(message.typ, isTest);
  const reader = new Reader(message.payload);
  if (!reader.passes(PAIR)) malformed("a presentation is not an array of time and pass");
  const [shownAt, inner] = [reader.unsigned(), reader.byteString()];
  if (!reader.isAtEnd) malformed("a presentation is not exactly its time and pass");
  const carried = readSign1(inner);
  if (carried.typ !== PASS_TYP + offset) refuseTyp(carried.typ, isTest);
  return { pass: readPassMessage(carried), presentation: { message, shownAt } };
}

/** Refuse another kind of message, naming the other kind of federation where it is one. */
function refuseTyp(typ: Integer | string, isTest: boolean): never {
  const other = isTest ? 0 : TEST_OFFSET;
  if (typ !== PASS_TYP + other && typ !== PRESENTATION_TYP + other) malformed("COSE: not a pass, nor a presentation of one");
  return unreadable("a pass of the other kind of federation", isTest ? "production_pass" : "test_pass");
}

function readPassMessage(message: Sign1): UnverifiedPass {
  return message.kid === null ? malformed("COSE: a pass without kid") : { message, claims: readClaims(message.payload) };
}

/** Tell what kind of other text this is. */
function foreign(text: string): string {
  if (isBlank(text)) return "empty";
  if (/^(https?:\/\/|www\.)/i.test(text)) return "web_address";
  return text.startsWith("HC1:") ? "eu_certificate" : "other_code";
}
