// COSE_Sign1 (RFC 9052 section 4.2) as Comity uses it: tag 18, one signature of 64 bytes, typ always.
// Signatures are only carried here; algorithm.ts verifies them.

import { type Bytes, fromHex, joined, joinedIn, toHex } from "./bytes";
import { Reader, byteStringHead, isInteger } from "./cbor";
import { malformed } from "./errors";
import type { Integer } from "./instant";

/** First 4 bytes of the RFC 9679 thumbprint of a key, in hex; looked up only with issuer and usage. */
export type Kid = string;
type Header = Readonly<{ alg: Integer; kid: Kid | null; typ: Integer | string }>;
/** One signed message, read but not verified. */
export type Sign1 = Header & Readonly<{ protected: Bytes; payload: Bytes; signature: Bytes }>;

const MAX_PROTECTED = 256;
/** The heads of a header map with its first label, of kid with its length, and of typ. */
const [TWO_TO_ALG, THREE_TO_ALG, KID_HEAD, TYP] = [fromHex("a201"), fromHex("a301"), fromHex("0444"), fromHex("10")];
const [OPENING, EMPTY_MAP, SIGNATURE_HEAD, NO_AAD] = [fromHex("d284"), fromHex("a0"), fromHex("5840"), fromHex("40")];
const SIGNATURE1 = joined(fromHex("846a"), new TextEncoder().encode("Signature1"));

/** Where short Sig_structures are put together, one after another: WebCrypto copies what it is given. */
const ROOM = new Uint8Array(4_096);

/** Build the Sig_structure for context Signature1 with empty external_aad (RFC 9052 section 4.4); it stands until the next one. */
export function signatureInput(header: Bytes, payload: Bytes): Bytes {
  return joinedIn(ROOM, [SIGNATURE1, byteStringHead(header), header, NO_AAD, byteStringHead(payload), payload]);
}

/** Read one tagged COSE_Sign1 that fills `data`. Throws for any other shape, tag, header label or length. */
export function readSign1(data: Bytes): Sign1 {
  const reader = new Reader(data);
  if (!reader.passes(OPENING)) malformed("COSE: not one COSE_Sign1 with tag 18");
  const header = reader.byteString();
  if (!reader.passes(EMPTY_MAP)) malformed("COSE: the unprotected header is not an empty map");
  const payload = reader.byteString();
  if (!reader.passes(SIGNATURE_HEAD)) malformed("COSE: the message does not end with a signature of 64 bytes");
  const signature = reader.octets(64);
  if (!reader.isAtEnd || header.length > MAX_PROTECTED) malformed("COSE: bytes after the signature, or a long header");
  const { alg, kid, typ } = readHeader(header);
  return { alg, kid, typ, protected: header, payload, signature };
}

/** Read a protected header: exactly alg and typ, with or without kid. */
function readHeader(header: Bytes): Header {
  const reader = new Reader(header);
  const hasKid = reader.passes(THREE_TO_ALG);
  if (!hasKid && !reader.passes(TWO_TO_ALG)) malformed("COSE: a header of other labels");
  const alg = reader.item();
  if (hasKid && !reader.passes(KID_HEAD)) malformed("COSE: kid is not 4 bytes");
  const kid = hasKid ? toHex(reader.octets(4)) : null;
  if (!reader.passes(TYP)) malformed("COSE: no typ, or another label");
  const typ = reader.item();
  if (!isInteger(alg) || (!isInteger(typ) && typeof typ !== "string") || !reader.isAtEnd) malformed("COSE: alg or typ of another type");
  return { alg, kid, typ };
}
