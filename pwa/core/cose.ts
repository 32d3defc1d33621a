// COSE_Sign1 (RFC 9052 section 4.2) as Comity uses it: tag 18, one signature of 64 bytes, typ always.
// Signatures are only carried here; algorithm.ts verifies them.

import { type Bytes, fromHex, joined, toHex } from "./bytes";
import { Reader, isBytes, isInteger, readMap, writeByteString } from "./cbor";
import { malformed } from "./errors";
import type { Integer } from "./instant";

/** First 4 bytes of the RFC 9679 thumbprint of a key, in hex; looked up only with issuer and usage. */
export type Kid = string;

/** One signed message, read but not verified; `signed` is the Sig_structure under the signature. */
export interface Sign1 {
  readonly alg: Integer;
  readonly kid: Kid | null;
  readonly typ: Integer | string;
  readonly protected: Bytes;
  readonly payload: Bytes;
  readonly signed: Bytes;
  readonly signature: Bytes;
}

export const KID_LENGTH = 4;
const SIGNATURE_LENGTH = 64;
const MAX_PROTECTED = 256;
const [ALG, KID, TYP] = [1, 4, 16];
const OPENING = fromHex("d284");
const EMPTY_MAP = fromHex("a0");
const SIGNATURE_HEAD = fromHex("5840");
const SIGNATURE1 = joined(fromHex("846a"), new TextEncoder().encode("Signature1"));
const NO_AAD = fromHex("40");

/** Build the Sig_structure for context Signature1 with empty external_aad (RFC 9052 section 4.4). */
export function signatureInput(header: Uint8Array, payload: Uint8Array): Bytes {
  return joined(SIGNATURE1, writeByteString(header), NO_AAD, writeByteString(payload));
}

/** Read one tagged COSE_Sign1 that fills `data`. Throws for any other shape, tag, header label or length. */
export function readSign1(data: Bytes): Sign1 {
  const reader = new Reader(data);
  if (!reader.passes(OPENING)) malformed("COSE: not one COSE_Sign1 with tag 18");
  const header = reader.byteString();
  if (!reader.passes(EMPTY_MAP)) malformed("COSE: the unprotected header is not an empty map");
  const payload = reader.byteString();
  if (!reader.passes(SIGNATURE_HEAD)) malformed("COSE: the message does not end with a signature of 64 bytes");
  const signature = reader.octets(SIGNATURE_LENGTH);
  if (!reader.isAtEnd) malformed("COSE: bytes beside header, payload and signature");
  if (header.length > MAX_PROTECTED) malformed("COSE: a protected header longer than any of ours");
  return { ...readHeader(header), protected: header, payload, signed: signatureInput(header, payload), signature };
}

/** Read a protected header: exactly alg and typ, with or without kid. */
function readHeader(header: Bytes): Pick<Sign1, "alg" | "kid" | "typ"> {
  const fields = readMap(header);
  const [alg, kid, typ] = [fields.get(ALG), fields.get(KID), fields.get(TYP)];
  if (!isInteger(alg) || (!isInteger(typ) && typeof typ !== "string")) malformed("COSE: no alg, or no typ");
  if (kid === undefined && fields.size === 2) return { alg, kid: null, typ };
  if (!isBytes(kid) || kid.length !== KID_LENGTH || fields.size !== 3) malformed("COSE: kid is not 4 bytes, or more");
  return { alg, kid: toHex(kid), typ };
}

/** Put a signed message together. */
export function writeSign1(header: Uint8Array, payload: Uint8Array, signature: Uint8Array): Bytes {
  return joined(OPENING, writeByteString(header), EMPTY_MAP, writeByteString(payload), writeByteString(signature));
}
