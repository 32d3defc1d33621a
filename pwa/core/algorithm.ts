// ES256 (RFC 9053 section 2.1), the only algorithm today, by WebCrypto: ECDSA on P-256 with SHA-256, signatures r || s.

import { type Bytes, fromHex, joined, toHex } from "./bytes";
import type { DeviceKey } from "./claims";
import { KID_LENGTH, type Kid, type Sign1, signatureInput, writeSign1 } from "./cose";
import { malformed } from "./errors";

export const ES256 = -7;

const CURVE = { name: "ECDSA", namedCurve: "P-256" };
const SCHEME = { name: "ECDSA", hash: "SHA-256" };
const P = 2n ** 256n - 2n ** 224n + 2n ** 192n + 2n ** 96n - 1n;
const B = 0x5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604bn;
const POINT_LENGTH = 65;
const [EVEN, ODD, UNCOMPRESSED] = [2, 3, 4];
const [KEY_HEAD, Y_HEAD] = [fromHex("a401022001215820"), fromHex("225820")];

/** An ES256 public key: its uncompressed point, checked to lie on the curve. */
export class PublicKey {
  private imported: Promise<CryptoKey> | null = null;

  private constructor(readonly point: Bytes) {}

  /** Read an uncompressed point of 65 bytes. */
  static ofPoint(point: Bytes): PublicKey {
    const [x, y] = [number(point.subarray(1, 33)), number(point.subarray(33))];
    const isPoint = point.length === POINT_LENGTH && point[0] === UNCOMPRESSED && x < P && y < P;
    if (!isPoint || (y * y) % P !== rightSide(x)) malformed("a public key that is no point of P-256");
    return new PublicKey(point);
  }

  /** The key as WebCrypto has it, imported once. */
  native(): Promise<CryptoKey> {
    return (this.imported ??= importPoint(this.point));
  }

  /** The COSE Key Thumbprint with SHA-256 in hex (RFC 9679 section 3). */
  async thumbprint(): Promise<string> {
    const spelled = joined(KEY_HEAD, this.point.subarray(1, 33), Y_HEAD, this.point.subarray(33));
    return toHex(await sha256(spelled));
  }

  async kid(): Promise<Kid> {
    return (await this.thumbprint()).slice(0, 2 * KID_LENGTH);
  }
}

export async function sha256(data: Bytes): Promise<Bytes> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", data));
}

function number(bytes: Uint8Array): bigint {
  return BigInt(`0x0${toHex(bytes)}`);
}

/** x^3 - 3x + b, which is y^2 on the curve. */
function rightSide(x: bigint): bigint {
  return (x * ((x * x) % P) + 3n * (P - x) + B) % P;
}

function importPoint(point: Bytes): Promise<CryptoKey> {
  return crypto.subtle.importKey("raw", point, CURVE, false, ["verify"]);
}

/** Say whether a message has the key's algorithm and its signature. */
export async function messageHolds(message: Sign1, key: PublicKey): Promise<boolean> {
  return message.alg === ES256 && signatureHolds(await key.native(), message);
}

/** Say whether a phone's signature holds; false for a point off the curve. */
export async function deviceSignatureHolds(key: DeviceKey, message: Sign1): Promise<boolean> {
  if (message.alg !== ES256) return false;
  const native = await importCompressed(key);
  return native !== null && signatureHolds(native, message);
}

async function signatureHolds(key: CryptoKey, { signature, signed }: Sign1): Promise<boolean> {
  return crypto.subtle.verify(SCHEME, key, signature, signed);
}

/** Import a compressed point, by hand where the browser takes only whole ones; null for one off the curve. */
async function importCompressed(key: DeviceKey): Promise<CryptoKey | null> {
  try {
    return await importPoint(joined(Uint8Array.of(key.yIsOdd ? ODD : EVEN), key.x));
  } catch {
    const y = squareRoot(rightSide(number(key.x)), key.yIsOdd);
    if (number(key.x) >= P || y === null) return null;
    return importPoint(joined(Uint8Array.of(UNCOMPRESSED), key.x, fromHex(y.toString(16).padStart(64, "0"))));
  }
}

/** The square root of that parity, or null where there is none. */
function squareRoot(square: bigint, isOdd: boolean): bigint | null {
  let [root, base] = [1n, square];
  for (let exponent = (P + 1n) / 4n; exponent > 0n; exponent >>= 1n) {
    if (exponent & 1n) root = (root * base) % P;
    base = (base * base) % P;
  }
  if ((root * root) % P !== square) return null;
  return (root & 1n) === (isOdd ? 1n : 0n) ? root : P - root;
}

/** Sign a payload with a key of this device as a tagged COSE_Sign1. */
export async function signMessage(header: Bytes, payload: Bytes, key: CryptoKey): Promise<Bytes> {
  const signature = await crypto.subtle.sign(SCHEME, key, signatureInput(header, payload));
  return writeSign1(header, payload, new Uint8Array(signature));
}
