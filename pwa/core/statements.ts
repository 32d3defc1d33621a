// Statements: what regions and the hub sign for others to rely on. A kind of statement is a shape: its fields and how each
// is read. Whatever is missing, unknown or of another type is refused.

import { PublicKey, messageHolds } from "./algorithm";
import { type Bytes, isBlank } from "./bytes";
import { type Value, isBytes, isMap, readMap } from "./cbor";
import { type Sign1, readSign1 } from "./cose";
import { malformed, refused } from "./errors";
import { type Integer, LAST_INSTANT } from "./instant";
import { TEST_OFFSET } from "./qrtext";
import { isAreaCode, isIssuer, isRegion } from "./region";

/** What a statement states, with its typ. */
const TYPS = {
  membership: 65_011, key_list: 65_012, recognition: 65_013, referral: 65_014, rulebook: 65_015, status_delta: 65_017, bundle: 65_018,
  interim_note: 65_019,
} as const;
type Kind = keyof typeof TYPS;
/** The same words in simplified Chinese and in English. */
export type Text = Readonly<{ zh: string; en: string }>;
export type Read<Kept> = (value: Value | undefined) => Kept;
type Shape = Readonly<Record<string, Read<unknown>>>;

const wrong = (): never => malformed("a field is missing, unknown, or not what it should be", "unreadable-statement");

/** Read a map of exactly these fields; a name in digits is an integer label. */
export function fields<Fields extends Shape>(shape: Fields) {
  const takes = Object.entries(shape).map(([name, take]) => ({ label: /^\d+$/.test(name) ? Number(name) : name, name, take }));
  const known = new Set<Integer | string>(takes.map(({ label }) => label));
  return (value: Value | undefined): { readonly [Name in keyof Fields]: ReturnType<Fields[Name]> } => {
    if (!isMap(value) || [...value.keys()].some((label) => !known.has(label))) return wrong();
    const read = takes.map(({ label, name, take }) => [name, take(value.get(label))]);
    return Object.fromEntries(read) as { [Name in keyof Fields]: ReturnType<Fields[Name]> };
  };
}

/** Read a value of one type. */
const that = <Kept extends Value>(fits: (value: Value | undefined) => value is Kept): Read<Kept> =>
  (value) => (fits(value) ? value : wrong());
/** Read a value for which something holds besides. */
export const where = <Kept>(read: Read<Kept>, holds: (kept: Kept) => boolean): Read<Kept> => (value) => {
  const kept = read(value);
  return holds(kept) ? kept : wrong();
};
export const optional = <Kept>(read: Read<Kept>) => or(null, read);
/** Read a value that may be left out, and what stands for it then. */
export const or = <Kept, Instead>(instead: Instead, read: Read<Kept>): Read<Kept | Instead> =>
  (value) => (value === undefined ? instead : read(value));
/** Read a value that may be left out or null. */
export const nullable = <Kept>(read: Read<Kept>): Read<Kept | null> => (value) => (value === null ? null : optional(read)(value));
/** Read an array, empty when left out. */
export const list = <Kept>(read: Read<Kept>): Read<readonly Kept[]> =>
  or([], (value) => (Array.isArray(value) ? value.map((each: Value) => read(each)) : wrong()));
export const oneOf = <Word extends string>(words: readonly Word[]): Read<Word> =>
  (value) => words.find((word) => word === value) ?? wrong();
export const within = (least: number, most: number): Read<number> =>
  where(that((value) => typeof value === "number"), (value) => least <= value && value <= most);

/** An integer of 0 or more that JSON and every database hold exactly. */
export const integer = within(0, Number.MAX_SAFE_INTEGER);
export const instant = within(0, LAST_INSTANT);
export const text: Read<string> = that((value) => typeof value === "string");
export const flag: Read<boolean> = that((value) => typeof value === "boolean");
export const octets: Read<Bytes> = that(isBytes);
export const region = where(text, isRegion);
export const issuer = where(text, isIssuer);
export const area = where(text, isAreaCode);
export const bothLanguages: Read<Text> = where(fields({ zh: text, en: text }), ({ zh, en }) => !isBlank(zh) && !isBlank(en));
export const key: Read<PublicKey> = (value) => new PublicKey(octets(value));

/** A statement as read: to be trusted only once `signedBy` gave its fields. */
export type UnverifiedStatement<Kept> = Readonly<{ message: Sign1; fields: Kept }>;

/** Read a statement of one kind from its bytes. */
export function readStatement<Kept>(data: Bytes, kind: Kind, isTest: boolean, read: Read<Kept>): UnverifiedStatement<Kept> {
  const message = readSign1(data);
  const isOfKind = message.typ === TYPS[kind] + (isTest ? TEST_OFFSET : 0) && message.kid !== null;
  if (!isOfKind) malformed(`${kind}: this is another kind of file`, "unreadable-statement");
  return { message, fields: read(readMap(message.payload)) };
}

/** Give the fields if `key` signed the statement. */
export async function signedBy<Kept>({ message, fields }: UnverifiedStatement<Kept>, key: PublicKey | null): Promise<Kept> {
  const holds = key !== null && message.kid === (await key.kid()) && (await messageHolds(message, key));
  return holds ? fields : refused("a statement is not signed by the key it must be signed by");
}
