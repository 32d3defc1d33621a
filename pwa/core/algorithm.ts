// ES256 (RFC 9053 section 2.1), the only algorithm today, by WebCrypto: ECDSA on P-256 with SHA-256, signatures r || s.

import { type Bytes, fromHex, joined, joinedIn, toHex } from "./bytes";
import type { DeviceKey } from "./claims";
import { type Kid, type Sign1, signatureInput } from "./cose";
import { malformed } from "./errors";

const ES256 = -7;
const CURVE = { name: "ECDSA", namedCurve: "P-256" };
const SCHEME = { name: "ECDSA", hash: "SHA-256" };
const P = 2n ** 256n - 2n ** 224n + 2n ** 192n + 2n ** 96n - 1n;
const B = 0x5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604bn;
const [KEY_HEAD, Y_HEAD] = [fromHex("a401022001215820"), fromHex("225820")];
/** Where a phone's point is put together: WebCrypto copies what it is given. */
const ROOM = new Uint8Array(33);
const [EVEN, ODD, WHOLE] = [fromHex("02"), fromHex("03"), fromHex("04")];

/** An ES256 public key: its uncompressed point, checked to lie on the curve. */
export class PublicKey {
  /** The key as WebCrypto has it, once imported. */
  native: CryptoKey | null = null;

  constructor(readonly point: Bytes) {
    const [x, y] = [number(point.subarray(1, 33)), number(point.subarray(33))];
    const isPoint = point.length === 65 && point[0] === 4 && x < P && y < P && (y * y) % P === rightSide(x);
    if (!isPoint) malformed("a public key that is no point of P-256");
  }

  /** The COSE Key Thumbprint with SHA-256 in hex (RFC 9679 section 3); its first 4 bytes are the key id. */
  async thumbprint(): Promise<string> {
    return toHex(await sha256(joined(KEY_HEAD, this.point.subarray(1, 33), Y_HEAD, this.point.subarray(33))));
  }

  async kid(): Promise<Kid> {
    return (await this.thumbprint()).slice(0, 8);
  }
}

export const sha256 = async (data: Bytes): Promise<Bytes> => new Uint8Array(await crypto.subtle.digest("SHA-256", data));

const number = (bytes: Bytes): bigint => BigInt(`0x0${toHex(bytes)}`);

/** x^3 - 3x + b, which is y^2 on the curve. */
const rightSide = (x: bigint): bigint => (x * x * x + 3n * (P - x) + B) % P;

const importPoint = (point: Bytes): Promise<CryptoKey> => crypto.subtle.importKey("raw", point, CURVE, false, ["verify"]);

/** Say whether a message has the key's algorithm and its signature; begun at once where the key is imported already. */
export async function messageHolds(message: Sign1, key: PublicKey): Promise<boolean> {
  return holds(message, (key.native ??= await importPoint(key.point)));
}

/** Say whether a phone's signature holds; false for a point off the curve. */
export async function deviceSignatureHolds(key: DeviceKey, message: Sign1): Promise<boolean> {
  return holds(message, await importCompressed(key));
}

async function holds({ alg, signature, protected: header, payload }: Sign1, key: CryptoKey | null): Promise<boolean> {
  return key !== null && alg === ES256 && crypto.subtle.verify(SCHEME, key, signature, signatureInput(header, payload));
}

/** Import a compressed point, by hand where the browser takes only whole ones; null for one off the curve. */
async function importCompressed({ x, yIsOdd }: DeviceKey): Promise<CryptoKey | null> {
  try {
    return await importPoint(joinedIn(ROOM, [yIsOdd ? ODD : EVEN, x]));
  } catch {
    const [square, root] = [rightSide(number(x)), squareRoot(rightSide(number(x)))];
    if (number(x) >= P || (root * root) % P !== square) return null;
    const y = (root & 1n) === (yIsOdd ? 1n : 0n) ? root : P - root;
    return importPoint(joined(WHOLE, x, fromHex(y.toString(16).padStart(64, "0"))));
  }
}

/** The square root, if there is one: the (P + 1) / 4th power. */
function squareRoot(square: bigint): bigint {
  let [root, base] = [1n, square];
  for (let exponent = (P + 1n) / 4n; exponent > 0n; exponent >>= 1n) {
    if (exponent & 1n) root = (root * base) % P;
    base = (base * base) % P;
  }
  return root;
}
