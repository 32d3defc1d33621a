// Deterministic CBOR (RFC 8949 section 4.2.1), strict and bounded, item by item. Only the shortest spelling is read: definite
// lengths, map keys in order and once, no floats, no tags, no undefined.

import { type Bytes, joined } from "./bytes";
import { malformed } from "./errors";
import type { Integer } from "./instant";

export type Value = Integer | string | Bytes | boolean | null | readonly Value[] | ValueMap;
export type ValueMap = ReadonlyMap<Integer | string, Value>;

/** Containers inside one another (interface section 2). */
const MAX_DEPTH = 8;
const [UNSIGNED, NEGATIVE, BYTES, TEXT, ARRAY, MAP] = [0, 1, 2, 3, 4, 5];
const SIMPLE = new Map([[0xf4, false], [0xf5, true], [0xf6, null]]);
const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Reads one item after another. Every method throws for anything but the spelling it was asked for. */
export class Reader {
  constructor(readonly data: Bytes, public at = 0) {}

  get isAtEnd(): boolean {
    return this.at === this.data.length;
  }

  byte(): number {
    return this.data[this.at++] ?? malformed("CBOR: cut off");
  }

  /** Pass over these bytes if they come next. */
  passes(expected: Bytes): boolean {
    for (let place = 0; place < expected.length; place++) if (this.data[this.at + place] !== expected[place]) return false;
    this.at += expected.length;
    return true;
  }

  /** Read a head of this major type and give its argument. */
  head(major: number): Integer {
    const first = this.byte();
    const code = first & 0x1f;
    if (first >> 5 !== major || code > 27) malformed("CBOR: an item of another type, or an indefinite length");
    if (code < 24) return code;
    const size = 1 << (code - 24);
    let high = 0;
    let low = 0;
    for (let place = size; place > 0; place--) {
      if (place === 4) high = low;
      low = (place === 4 ? 0 : low * 256) + this.byte();
    }
    if (size === 8 ? high === 0 : low < (size === 1 ? 24 : 256 ** (size / 2))) malformed("CBOR: a number longer than needed");
    return high < 2 ** 21 ? high * 2 ** 32 + low : (BigInt(high) << 32n) | BigInt(low);
  }

  unsigned(): Integer {
    return this.head(UNSIGNED);
  }

  /** Read that many bytes as they are. */
  octets(length: Integer): Bytes {
    const begin = this.at;
    this.at += Number(length);
    return this.at > this.data.length ? malformed("CBOR: a string is cut off") : this.data.subarray(begin, this.at);
  }

  byteString(): Bytes {
    return this.octets(this.head(BYTES));
  }

  textString(): string {
    const found = this.octets(this.head(TEXT));
    try {
      return utf8.decode(found);
    } catch {
      return malformed("CBOR: text that is not UTF-8");
    }
  }

  /** Read one item of any type used here. */
  item(depth = 1): Value {
    const first = this.byte();
    const simple = SIMPLE.get(first);
    if (simple !== undefined) return simple;
    const major = first >> 5;
    this.at--;
    if (major === UNSIGNED) return this.unsigned();
    if (major === NEGATIVE) return negative(this.head(NEGATIVE));
    if (major === BYTES) return this.byteString();
    if (major === TEXT) return this.textString();
    if ((major !== ARRAY && major !== MAP) || depth > MAX_DEPTH) malformed("CBOR: a type not used here, or too deep");
    const count = this.head(major);
    if (major === MAP) return this.map(count, depth);
    const items: Value[] = [];
    while (items.length < count) items.push(this.item(depth + 1));
    return items;
  }

  private map(count: Integer, depth: number): ValueMap {
    const fields = new Map<Integer | string, Value>();
    for (let last: Bytes | null = null; fields.size < count; ) {
      const start = this.at;
      const key = this.item(MAX_DEPTH + 1);
      if (!isInteger(key) && typeof key !== "string") malformed("CBOR: a map key that is neither integer nor text");
      const spelled = this.data.subarray(start, this.at);
      if (last !== null && !isBefore(last, spelled)) malformed("CBOR: map keys out of order, or one twice");
      last = spelled;
      fields.set(key, this.item(depth + 1));
    }
    return fields;
  }
}

function negative(argument: Integer): Integer {
  return typeof argument === "number" && argument < Number.MAX_SAFE_INTEGER ? -1 - argument : -1n - BigInt(argument);
}

/** Compare two spelled keys, of which neither begins the other. */
function isBefore(a: Bytes, b: Bytes): boolean {
  const place = a.findIndex((byte, at) => byte !== b[at]);
  return place >= 0 && a[place]! < (b[place] ?? -1);
}

/** Decode one deterministic map that fills `data`. */
export function readMap(data: Bytes): ValueMap {
  const reader = new Reader(data);
  const found = reader.item();
  return isMap(found) && reader.isAtEnd ? found : malformed("CBOR: one map was expected");
}

type Maybe = Value | undefined;
export const isMap = (value: Maybe): value is ValueMap => value instanceof Map;
export const isInteger = (value: Maybe): value is Integer => typeof value === "number" || typeof value === "bigint";
export const isBytes = (value: Maybe): value is Bytes => value instanceof Uint8Array;

function writeHead(major: number, argument: number): Bytes {
  if (argument < 24) return Uint8Array.of((major << 5) | argument);
  if (argument < 2 ** 8) return Uint8Array.of((major << 5) | 24, argument);
  if (argument < 2 ** 16) return Uint8Array.of((major << 5) | 25, argument >> 8, argument);
  const size = argument < 2 ** 32 ? 4 : 8;
  const content = Array.from({ length: size }, (_, place) => Math.floor(argument / 256 ** (size - 1 - place)) % 256);
  return Uint8Array.of((major << 5) | (size === 4 ? 26 : 27), ...content);
}

export const writeUnsigned = (value: number): Bytes => writeHead(UNSIGNED, value);
export const byteStringHead = (content: Bytes): Bytes => writeHead(BYTES, content.length);
export const writeByteString = (content: Bytes): Bytes => joined(byteStringHead(content), content);
