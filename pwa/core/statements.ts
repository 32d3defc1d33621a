// Statements: what regions and the hub sign for others to rely on. The fields of one can be had only together with the
// key that signed it.

import { PublicKey, messageHolds } from "./algorithm";
import { type Bytes, isBlank } from "./bytes";
import * as cbor from "./cbor";
import { type Kid, type Sign1, readSign1 } from "./cose";
import { CoreError, refused } from "./errors";
import { type Instant, type Integer, LAST_INSTANT } from "./instant";
import { TEST_OFFSET } from "./qrtext";
import { isAreaCode, isIssuer, isRegion } from "./region";
import type { Text } from "./rulebook";

/** What a statement states; the value is its typ. */
export const KINDS = {
  membership: 65_011,
  key_list: 65_012,
  recognition: 65_013,
  referral: 65_014,
  rulebook: 65_015,
  status_delta: 65_017,
  bundle: 65_018,
  interim_note: 65_019,
} as const;
export type Kind = keyof typeof KINDS;

function unreadable(message: string): never {
  throw new CoreError("unreadable-statement", message);
}

/** Reads the map of one statement key by key and refuses what is left over. */
export class Fields {
  private readonly left: Map<Integer | string, cbor.Value>;

  constructor(
    fields: cbor.Fields,
    private readonly of: string,
  ) {
    this.left = new Map(fields);
  }

  /** Take a value that `fits`. */
  private take<Kept extends cbor.Value>(name: string, fits: (value: cbor.Value | undefined) => value is Kept): Kept {
    const value = this.left.get(name);
    this.left.delete(name);
    return fits(value) ? value : this.refuse(name);
  }

  private refuse(name: string): never {
    return unreadable(`${this.of}: field '${name}' is missing or not what it should be`);
  }

  has(name: string): boolean {
    return this.left.has(name);
  }

  /** Take what may be left out. */
  optional<Kept>(name: string, take: (name: string) => Kept): Kept | null {
    return this.has(name) ? take.call(this, name) : null;
  }

  /** Take an integer of 0 or more. */
  integer(name: string): Integer {
    const value = this.take(name, cbor.isInteger);
    return value >= 0 ? value : this.refuse(name);
  }

  instant(name: string): Instant {
    const value = this.integer(name);
    return typeof value === "number" && value <= LAST_INSTANT ? value : this.refuse(name);
  }

  text(name: string): string {
    return this.take(name, isText);
  }

  /** Take the code of one of the 31 regions. */
  region(name: string): string {
    const value = this.text(name);
    return isRegion(value) ? value : this.refuse(name);
  }

  /** Take the code of one of the 31 regions or of the nation. */
  issuer(name: string): string {
    const value = this.text(name);
    return isIssuer(value) ? value : this.refuse(name);
  }

  flag(name: string): boolean {
    return this.take(name, isFlag);
  }

  octets(name: string): Bytes {
    return this.take(name, cbor.isBytes);
  }

  /** Take the 65 bytes of an uncompressed point of P-256. */
  key(name: string): PublicKey {
    const point = this.octets(name);
    try {
      return PublicKey.ofPoint(point);
    } catch {
      return this.refuse(name);
    }
  }

  /** Take an array, empty when left out, each item made by `read`; null refuses it. */
  items<Kept>(name: string, read: (item: cbor.Value) => Kept | null): readonly Kept[] {
    const value = this.has(name) ? this.take(name, isArray) : [];
    return value.map((item) => read(item) ?? this.refuse(name));
  }

  allOctets(name: string): readonly Bytes[] {
    return this.items(name, (item) => (cbor.isBytes(item) ? item : null));
  }

  /** Take an array of six-digit division codes. */
  areas(name: string): readonly string[] {
    return this.items(name, (item) => (typeof item === "string" && isAreaCode(item) ? item : null));
  }

  /** Take an array of maps, each to be read in turn. */
  parts(name: string): readonly Fields[] {
    return this.items(name, (item) => (cbor.isMap(item) ? new Fields(item, `${this.of}, ${name}`) : null));
  }

  part(name: string): Fields {
    return new Fields(this.take(name, cbor.isMap), `${this.of}, ${name}`);
  }

  /** Take a map of a text in zh and one in en, neither blank. */
  bothLanguages(name: string): Text {
    const part = this.part(name);
    const words = { zh: part.text("zh"), en: part.text("en") };
    part.finish();
    return isBlank(words.zh) || isBlank(words.en) ? this.refuse(name) : words;
  }

  /** Take everything that is left. */
  rest(): cbor.Fields {
    const rest = new Map(this.left);
    this.left.clear();
    return rest;
  }

  /** Refuse fields that nobody took. */
  finish(): void {
    for (const name of this.left.keys()) this.refuse(String(name));
  }
}

export function isText(value: cbor.Value | undefined): value is string {
  return typeof value === "string";
}

function isFlag(value: cbor.Value | undefined): value is boolean {
  return typeof value === "boolean";
}

export function isArray(value: cbor.Value | undefined): value is readonly cbor.Value[] {
  return Array.isArray(value);
}

/** A statement as read; `kid` tells which key to ask for. */
export class UnverifiedStatement {
  constructor(
    private readonly kind: Kind,
    private readonly message: Sign1,
  ) {}

  get kid(): Kid | null {
    return this.message.kid;
  }

  /** Give the fields before any signature is checked, to learn whom the statement claims to be of. */
  peek(): Fields {
    return new Fields(cbor.readMap(this.message.payload), this.kind);
  }

  /** Give the fields if `key` signed the statement. */
  async signedBy(key: PublicKey | null): Promise<Fields> {
    const holds = key !== null && this.kid === (await key.kid()) && (await messageHolds(this.message, key));
    return holds ? this.peek() : refused(`${this.kind}: not signed by the key it must be signed by`);
  }
}

/** Read a statement of one kind from its bytes. */
export function readStatement(data: Bytes, kind: Kind, isTest: boolean): UnverifiedStatement {
  const message = readSign1(data);
  if (message.typ !== KINDS[kind] + (isTest ? TEST_OFFSET : 0) || message.kid === null) {
    unreadable(`${kind}: this is another kind of file`);
  }
  return new UnverifiedStatement(kind, message);
}
