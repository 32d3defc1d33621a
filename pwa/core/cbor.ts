// Deterministic CBOR (RFC 8949 section 4.2.1), strict and bounded, read item by item.
// Only the shortest spelling is read, so that one value has exactly one: no floats, no tags, no undefined, definite
// lengths, map keys in order and once.

import { type Bytes, joined } from "./bytes";
import { malformed } from "./errors";
import type { Integer } from "./instant";

export type Value = Integer | string | Bytes | boolean | null | readonly Value[] | Fields;
export type Fields = ReadonlyMap<Integer | string, Value>;

/** Containers inside one another (interface section 2). */
export const MAX_DEPTH = 8;

const UNSIGNED = 0;
const NEGATIVE = 1;
const BYTES = 2;
const TEXT = 3;
const ARRAY = 4;
const MAP = 5;
const SIMPLE = new Map<number, boolean | null>([[0xf4, false], [0xf5, true], [0xf6, null]]);
const NULL = 0xf6;
const SAFE_HIGH = 0x20_0000;
const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Reads one item after another. Every method throws for anything but the spelling it was asked for. */
export class Reader {
  constructor(
    readonly data: Bytes,
    public at = 0,
  ) {}

  get isAtEnd(): boolean {
    return this.at === this.data.length;
  }

  byte(): number {
    return this.data[this.at++] ?? malformed("CBOR: cut off");
  }

  /** Pass over these bytes if they come next. */
  passes(expected: Uint8Array): boolean {
    for (let place = 0; place < expected.length; place++) {
      if (this.data[this.at + place] !== expected[place]) return false;
    }
    this.at += expected.length;
    return true;
  }

  /** Read a head of this major type and give its argument. */
  head(major: number): Integer {
    const first = this.byte();
    if (first >> 5 !== major) malformed("CBOR: an item of another type was expected");
    const code = first & 0x1f;
    if (code < 24) return code;
    if (code > 27) malformed("CBOR: an indefinite length, or a reserved head");
    const size = 1 << (code - 24);
    let high = 0;
    let low = 0;
    for (let place = 0; place < size; place++) {
      if (place === size - 4) [high, low] = [low, 0];
      low = low * 256 + this.byte();
    }
    const isLonger = size === 8 ? high === 0 : low < (size === 1 ? 24 : 256 ** (size / 2));
    if (isLonger) malformed("CBOR: a number longer than needed");
    return high < SAFE_HIGH ? high * 2 ** 32 + low : (BigInt(high) << 32n) | BigInt(low);
  }

  unsigned(): Integer {
    return this.head(UNSIGNED);
  }

  /** Read that many bytes as they are. */
  octets(length: Integer): Bytes {
    const end = this.at + Number(length);
    if (end > this.data.length) malformed("CBOR: a string is cut off");
    const found = this.data.subarray(this.at, end);
    this.at = end;
    return found;
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

  /** Pass over a null if it comes next. */
  isNull(): boolean {
    const found = this.data[this.at] === NULL;
    if (found) this.at++;
    return found;
  }

  /** Read one item of any type used here. */
  item(depth = 1): Value {
    const first = this.data[this.at] ?? malformed("CBOR: cut off");
    const major = first >> 5;
    if (major === UNSIGNED) return this.unsigned();
    if (major === NEGATIVE) return negative(this.head(NEGATIVE));
    if (major === BYTES) return this.byteString();
    if (major === TEXT) return this.textString();
    const simple = SIMPLE.get(this.data[this.at] ?? 0);
    if (simple !== undefined) {
      this.at++;
      return simple;
    }
    if (major !== ARRAY && major !== MAP) malformed("CBOR: a type that is not used here");
    if (depth > MAX_DEPTH) malformed(`CBOR: more than ${MAX_DEPTH} containers inside one another`);
    return major === ARRAY ? this.array(depth) : this.map(depth);
  }

  private array(depth: number): Value {
    const count = this.head(ARRAY);
    const items: Value[] = [];
    while (items.length < count) items.push(this.item(depth + 1));
    return items;
  }

  private map(depth: number): Value {
    const count = this.head(MAP);
    const fields = new Map<Integer | string, Value>();
    let last: Bytes | null = null;
    while (fields.size < count) {
      const start = this.at;
      const key = this.item(MAX_DEPTH + 1);
      if (typeof key !== "number" && typeof key !== "bigint" && typeof key !== "string") {
        malformed("CBOR: a map key that is neither integer nor text");
      }
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

function isBefore(a: Uint8Array, b: Uint8Array): boolean {
  for (let place = 0; place < a.length; place++) {
    const [left, right] = [a[place] ?? 0, b[place] ?? -1];
    if (left !== right) return left < right;
  }
  return a.length < b.length;
}

/** Decode one deterministic map that fills `data`. */
export function readMap(data: Bytes): Fields {
  const reader = new Reader(data);
  const found = reader.item();
  if (!reader.isAtEnd) malformed("CBOR: bytes after the item");
  return isMap(found) ? found : malformed("CBOR: a map was expected");
}

export function isMap(value: Value | undefined): value is Fields {
  return value instanceof Map;
}

export function isInteger(value: Value | undefined): value is Integer {
  return typeof value === "number" || typeof value === "bigint";
}

export function isBytes(value: Value | undefined): value is Bytes {
  return value instanceof Uint8Array;
}

/** Write the shortest head of an unsigned integer (0) or byte string (2) with an argument below 2^53. */
function writeHead(major: number, argument: number): Bytes {
  if (argument < 24) return Uint8Array.of((major << 5) | argument);
  const power = [0, 1, 2, 3].find((each) => argument < 256 ** (1 << each)) ?? malformed("CBOR: too large");
  const size = 1 << power;
  const content = Array.from({ length: size }, (_, place) => Math.floor(argument / 256 ** (size - 1 - place)) % 256);
  return Uint8Array.of((major << 5) | (24 + power), ...content);
}

export function writeUnsigned(value: number): Bytes {
  return writeHead(UNSIGNED, value);
}

export function writeByteString(content: Uint8Array): Bytes {
  return joined(writeHead(BYTES, content.length), content);
}
