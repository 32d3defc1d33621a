// COSE_Sign1 (RFC 9052 section 4.2) as Comity uses it: tag 18, one signature of 64 bytes, typ always.
// Signatures are only carried here; algorithm.ts verifies them.

import { type Bytes, fromHex, joined, toHex } from "./bytes";
import { Reader, isBytes, isInteger, readMap, writeByteString } from "./cbor";
import { malformed } from "./errors";
import type { Integer } from "./instant";

/** First 4 bytes of the RFC 9679 thumbprint of a key, in hex; looked up only with issuer and usage. */
export type Kid = string;
type Header = Readonly<{ alg: Integer; kid: Kid | null; typ: Integer | string }>;
/** One signed message, read but not verified; `signed` is the Sig_structure under the signature. */
export type Sign1 = Header & Readonly<{ protected: Bytes; payload: Bytes; signed: Bytes; signature: Bytes }>;

const MAX_PROTECTED = 256;
const [ALG, KID, TYP] = [1, 4, 16];
const [OPENING, EMPTY_MAP, SIGNATURE_HEAD, NO_AAD] = [fromHex("d284"), fromHex("a0"), fromHex("5840"), fromHex("40")];
const SIGNATURE1 = joined(fromHex("846a"), new TextEncoder().encode("Signature1"));

/** Build the Sig_structure for context Signature1 with empty external_aad (RFC 9052 section 4.4). */
export function signatureInput(header: Bytes, payload: Bytes): Bytes {
  return joined(SIGNATURE1, writeByteString(header), NO_AAD, writeByteString(payload));
}

/** Read one tagged COSE_Sign1 that fills `data`. Throws for any other shape, tag, header label or length. */
export function readSign1(data: Bytes): Sign1 {
  const reader = new Reader(data);
  if (!reader.passes(OPENING)) malformed("COSE: not one COSE_Sign1 with tag 18");
  const header = reader.byteString();
  const headerItem = data.subarray(OPENING.length, reader.at);
  if (!reader.passes(EMPTY_MAP)) malformed("COSE: the unprotected header is not an empty map");
  const begin = reader.at;
  const payload = reader.byteString();
  const signed = joined(SIGNATURE1, headerItem, NO_AAD, data.subarray(begin, reader.at)); // both stand as they are signed
  if (!reader.passes(SIGNATURE_HEAD)) malformed("COSE: the message does not end with a signature of 64 bytes");
  const signature = reader.octets(64);
  if (!reader.isAtEnd || header.length > MAX_PROTECTED) malformed("COSE: bytes after the signature, or a long header");
  const { alg, kid, typ } = readHeader(header);
  return { alg, kid, typ, protected: header, payload, signed, signature };
}

/** Read a protected header: exactly alg and typ, with or without kid. */
function readHeader(header: Bytes): Header {
  const fields = readMap(header);
  const [alg, kid, typ] = [fields.get(ALG), fields.get(KID), fields.get(TYP)];
  if (!isInteger(alg) || (!isInteger(typ) && typeof typ !== "string")) malformed("COSE: no alg, or no typ");
  if (kid === undefined && fields.size === 2) return { alg, kid: null, typ };
  if (!isBytes(kid) || kid.length !== 4 || fields.size !== 3) malformed("COSE: kid is not 4 bytes, or another label");
  return { alg, kid: toHex(kid), typ };
}

/** Put a signed message together. */
export function writeSign1(header: Bytes, payload: Bytes, signature: Bytes): Bytes {
  return joined(OPENING, writeByteString(header), EMPTY_MAP, writeByteString(payload), writeByteString(signature));
}
