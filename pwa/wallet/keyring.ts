// The keys of this phone: P-256, fresh for every pass, made and kept where no script can read them out.
import { base64url } from "./bytes";

/** One key: its public half as an uncompressed point, whose pass it is for, and whether a node knows it. */
export interface PhoneKey {
  readonly point: string;
  readonly key: CryptoKey;
  readonly holder: string;
}

const P256 = { name: "ECDSA", namedCurve: "P-256" } as const;
const ES256 = { name: "ECDSA", hash: "SHA-256" } as const;

/** Say whether this browser makes and keeps keys: not on an insecure page, nor in some private windows. */
export async function canKeepKeys(keep: (probe: CryptoKey) => Promise<CryptoKey | undefined>): Promise<boolean> {
  try {
    const made = await freshKey("probe");
    const kept = await keep(made.key);
    return kept !== undefined && (await crypto.subtle.sign(ES256, kept, new Uint8Array(1))).byteLength === 64;
  } catch {
    return false;
  }
}

/** Make a key for a pass of a holder. */
export async function freshKey(holder: string): Promise<PhoneKey> {
  const { publicKey, privateKey } = (await crypto.subtle.generateKey(P256, false, ["sign", "verify"])) as CryptoKeyPair;
  const point = new Uint8Array(await crypto.subtle.exportKey("raw", publicKey));
  return { point: base64url(point), key: privateKey, holder };
}

/** Sign that the phone which has the key of one pass asks for the next under a fresh key (docs/pass-life.md). */
export async function signRenewal(
  key: CryptoKey,
  renewed: { readonly region: string; readonly passId: string; readonly requestId: string; readonly point: Uint8Array },
): Promise<string> {
  const { region, passId, requestId, point } = renewed;
  const words = new TextEncoder().encode(`comity-renewal-1\0${region}\0${passId}\0${requestId}\0`);
  const message = new Uint8Array(words.length + 33);
  message.set(words);
  message[words.length] = 2 + (point[64]! & 1);
  message.set(point.subarray(1, 33), words.length + 1);
  return base64url(new Uint8Array(await crypto.subtle.sign(ES256, key, message)));
}
