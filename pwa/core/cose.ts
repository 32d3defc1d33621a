// COSE_Sign1 (RFC 9052 section 4.2) as Comity uses it: tag 18, one signature of 64 bytes, typ always.
// Signatures are only carried here; algorithm.ts verifies them.

import { type Bytes, fromHex, joined, joinedIn, toHex } from "./bytes";
import { Reader, byteStringHead, isBytes, isInteger, readMap } from "./cbor";
import { malformed } from "./errors";
import type { Integer } from "./instant";

/** First 4 bytes of the RFC 9679 thumbprint of a key, in hex; looked up only with issuer and usage. */
export type Kid = string;
type Header = Readonly<{ alg: Integer; kid: Kid | null; typ: Integer | string }>;
/** One signed message, read but not verified. */
export type Sign1 = Header & Readonly<{ protected: Bytes; payload: Bytes; signature: Bytes }>;

const MAX_PROTECTED = 256;
const [ALG, KID, TYP] = [1, 4, 16];
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
  const fields = readMap(header);
  const [alg, kid, typ] = [fields.get(ALG), fields.get(KID), fields.get(TYP)];
  if (!isInteger(alg) || (!isInteger(typ) && typeof typ !== "string")) malformed("COSE: no alg, or no typ");
  if (kid === undefined && fields.size === 2) return { alg, kid: null, typ };
  if (!isBytes(kid) || kid.length !== 4 || fields.size !== 3) malformed("COSE: kid is not 4 bytes, or another label");
  return { alg, kid: toHex(kid), typ };
}
