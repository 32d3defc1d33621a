// The claims of a pass as CWT claims (RFC 8392) in deterministic CBOR. The reader follows the one grammar from the first
// byte to the last, so that unknown, repeated, unordered or longer-spelled claims have no way in.

import { type Bytes, fromHex, joined } from "./bytes";
import { Reader } from "./cbor";
import { type DeviceKey, NATION, type PassClaims, type StatusReference } from "./claims";
import { COLOURS, COLOUR_REASONS, type Colour, PASS_CLASSES } from "./colour";
import { malformed } from "./errors";
import { type Integer, LAST_INSTANT } from "./instant";
import { isAreaCode, isRegion } from "./region";

type Place = Integer | string | null;
const ascii = new TextEncoder();
const [ISS, EXP, IAT, CTI_HEAD, NULL] = [fromHex("01"), fromHex("04"), fromHex("06"), fromHex("0748"), fromHex("f6")];
/** cnf {1: {1: EC2, -1: P-256, -2: x, -3: sign of y}} up to x. */
const CNF_HEAD = fromHex("08a101a401022001215820");
const [Y_EVEN, Y_ODD, COMITY_HEAD] = [fromHex("22f4"), fromHex("22f5"), fromHex("3a00010000")];
const STATUS_HEAD = joined(fromHex("19ffffa16b"), ascii.encode("status_list"), fromHex("a263"), ascii.encode("idx"));
const URI_HEAD = joined(fromHex("63"), ascii.encode("uri"));
const [MAP_OF_FIVE, NO_PLACES, PLACES, FIXED_PLACES, GUARDIAN] = [0xa5, 0x80, 10, 4, 1];
/** origin and area, counted after the fixed places. */
const TEXT_PLACES: readonly number[] = [3, 4];

/** Read the claims of a pass from its signed payload. Throws for anything that is not exactly one set of claims. */
export function readClaims(payload: Bytes): PassClaims {
  const reader = new Reader(payload, 1);
  const after = (label: Bytes): Reader => (reader.passes(label) ? reader : malformed("claims: a label is not in its place"));
  const issuer = after(ISS).textString();
  const expiresAt = after(EXP).unsigned();
  const issuedAt = after(IAT).unsigned();
  if (issuedAt >= expiresAt) malformed("claims: exp is not after iat");
  const passId = after(CTI_HEAD).octets(8);
  const deviceKey = reader.passes(CNF_HEAD) ? readConfirmation(reader) : null;
  const status = reader.passes(STATUS_HEAD) ? readStatus(reader) : null;
  const claims = MAP_OF_FIVE + (deviceKey === null ? 0 : 1) + (status === null ? 0 : 1);
  if (payload[0] !== claims) malformed("claims: other claims than the known ones");
  return { issuer, passId, issuedAt, expiresAt, ...readPlaces(after(COMITY_HEAD), issuer), deviceKey, status };
}

/** Read the phone's key from its x coordinate on. */
function readConfirmation(reader: Reader): DeviceKey {
  const [x, yIsOdd] = [reader.octets(32), reader.passes(Y_ODD)];
  return yIsOdd || reader.passes(Y_EVEN) ? { x, yIsOdd } : malformed("claims: cnf is not one compressed key of P-256");
}

/** Read the status list reference from its index on. */
function readStatus(reader: Reader): StatusReference {
  const index = reader.unsigned();
  return reader.passes(URI_HEAD) ? { index, uri: reader.textString() } : malformed("claims: not one status list reference");
}

/** Read the Comity claim, which ends the payload. */
function readPlaces(reader: Reader, issuer: string) {
  const count = reader.byte() - NO_PLACES;
  if (count < FIXED_PLACES || count > PLACES) malformed("claims: the Comity claim is not an array of its places");
  const [colour, passClass] = [COLOURS[reader.byte()], PASS_CLASSES[reader.byte()]];
  if (colour === undefined || passClass === undefined) malformed("claims: colour or class is not a known number");
  const [maskedName, idLast4] = [reader.textString(), reader.textString()];
  if (maskedName === "" || [...idLast4].length !== 4) malformed("claims: no masked name, or not four last characters");
  const values: Place[] = [];
  for (let place = 0; place < count - FIXED_PLACES; place++) values.push(readPlace(reader, place));
  if (!reader.isAtEnd || values.at(-1) === null) malformed("claims: bytes after the last place, or it is empty");
  const [reason = null, basis = null, until = null, origin = null, area = null, flags = null] = values;
  if (flags !== null && flags !== GUARDIAN) malformed("claims: flags other than guardian-held");
  const grounds = readGrounds(colour, reason, basis, until, readArea(origin));
  return { colour, passClass, maskedName, idLast4, ...grounds, area: ofIssuer(readArea(area), issuer), isGuardianHeld: flags !== null };
}

/** Read one of the places after the fixed ones: null, text for origin and area, or a number. */
function readPlace(reader: Reader, place: number): Place {
  if (reader.passes(NULL)) return null;
  return TEXT_PLACES.includes(place) ? reader.textString() : reader.unsigned();
}

function readArea(area: Place): string | null {
  return area === null || (typeof area === "string" && isAreaCode(area)) ? area : malformed("claims: not an area code");
}

function ofIssuer(area: string | null, issuer: string): string | null {
  const isOwn = area === null || area.slice(0, 2) === issuer.slice(0, 2);
  const holds = issuer === NATION ? area !== null && isRegion(`${area.slice(0, 2)}0000`) : isOwn;
  return holds ? area : malformed("claims: area is not a division of the issuer, or a national pass names no region");
}

/** Match the grounds with the colour: none with green; with the others only origin may be absent. */
function readGrounds(colour: Colour, reason: Place, basis: Place, until: Place, origin: string | null) {
  if (colour === "green") {
    if (reason !== null || basis !== null || until !== null || origin !== null) malformed("claims: green with grounds");
    return { reason, basis, until, origin };
  }
  const known = typeof reason === "number" ? COLOUR_REASONS[reason] : undefined;
  const isTimed = typeof basis === "number" && typeof until === "number" && Math.max(basis, until) <= LAST_INSTANT;
  return known && isTimed ? { reason: known, basis, until, origin } : malformed("claims: no known reason, basis or until");
}
