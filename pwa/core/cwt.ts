// The claims of a pass as CWT claims (RFC 8392) in deterministic CBOR. The reader follows the one grammar from the first
// byte to the last, so that unknown, repeated, unordered or longer-spelled claims have no way in.

import { type Bytes, fromHex, joined } from "./bytes";
import { Reader } from "./cbor";
import { type DeviceKey, NATION, type PassClaims, type StatusReference } from "./claims";
import { COLOURS, COLOUR_REASONS, type Colour, PASS_CLASSES } from "./colour";
import { malformed } from "./errors";
import { type Integer, LAST_INSTANT } from "./instant";
import { isAreaCode, isRegion } from "./region";

const ascii = new TextEncoder();
const [ISS, EXP, IAT] = [fromHex("01"), fromHex("04"), fromHex("06")];
const MAP_OF_FIVE = 0xa5;
const CTI_HEAD = fromHex("0748");
const PASS_ID_LENGTH = 8;
const COORDINATE_LENGTH = 32;
/** cnf {1: {1: EC2, -1: P-256, -2: x, -3: sign of y}} up to x. */
const CNF_HEAD = fromHex("08a101a401022001215820");
const [Y_EVEN, Y_ODD] = [fromHex("22f4"), fromHex("22f5")];
const STATUS_HEAD = joined(fromHex("19ffffa16b"), ascii.encode("status_list"), fromHex("a263"), ascii.encode("idx"));
const URI_HEAD = joined(fromHex("63"), ascii.encode("uri"));
const COMITY_HEAD = fromHex("3a00010000");
const NO_PLACES = 0x80;
const [PLACES, FIXED_PLACES] = [10, 4];
/** origin and area, counted after the fixed places. */
const TEXT_PLACES: readonly number[] = [3, 4];
const GUARDIAN = 1;

type Place = Integer | string | null;
type Grounds = Pick<PassClaims, "reason" | "basis" | "until" | "origin">;
type Places = Omit<PassClaims, "issuer" | "passId" | "issuedAt" | "expiresAt" | "deviceKey" | "status">;

/** Read the claims of a pass from its signed payload. Throws for anything that is not exactly one set of claims. */
export function readClaims(payload: Bytes): PassClaims {
  const reader = new Reader(payload, 1);
  const claim = (label: Uint8Array): void => {
    if (!reader.passes(label)) malformed("claims: a label is not in its place");
  };
  claim(ISS);
  const issuer = reader.textString();
  claim(EXP);
  const expiresAt = reader.unsigned();
  claim(IAT);
  const issuedAt = reader.unsigned();
  if (issuedAt >= expiresAt) malformed("claims: exp is not after iat");
  claim(CTI_HEAD);
  const passId = reader.octets(PASS_ID_LENGTH);
  const deviceKey = reader.passes(CNF_HEAD) ? readConfirmation(reader) : null;
  const status = reader.passes(STATUS_HEAD) ? readStatus(reader) : null;
  const claims = MAP_OF_FIVE + (deviceKey === null ? 0 : 1) + (status === null ? 0 : 1);
  if (payload[0] !== claims) malformed("claims: other claims than the known ones");
  claim(COMITY_HEAD);
  return { issuer, passId, issuedAt, expiresAt, ...readPlaces(reader, issuer), deviceKey, status };
}

/** Read the phone's key from its x coordinate on. */
function readConfirmation(reader: Reader): DeviceKey {
  const x = reader.octets(COORDINATE_LENGTH);
  const yIsOdd = reader.passes(Y_ODD);
  if (!yIsOdd && !reader.passes(Y_EVEN)) malformed("claims: cnf is not one compressed COSE_Key of curve P-256");
  return { x, yIsOdd };
}

/** Read the status list reference from its index on. */
function readStatus(reader: Reader): StatusReference {
  const index = reader.unsigned();
  if (!reader.passes(URI_HEAD)) malformed("claims: not one status list reference of idx and uri");
  return { index, uri: reader.textString() };
}

/** Read the Comity claim, which ends the payload. */
function readPlaces(reader: Reader, issuer: string): Places {
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
  const grounds = readGrounds(colour, reason, basis, until, origin);
  if (flags !== null && flags !== GUARDIAN) malformed("claims: flags other than guardian-held");
  const isGuardianHeld = flags !== null;
  return { colour, passClass, maskedName, idLast4, ...grounds, area: readArea(area, issuer), isGuardianHeld };
}

/** Read one of the places after the fixed ones: null, text for origin and area, or a number. */
function readPlace(reader: Reader, place: number): Place {
  if (reader.isNull()) return null;
  return TEXT_PLACES.includes(place) ? reader.textString() : reader.unsigned();
}

function readArea(area: Place, issuer: string): string | null {
  if (area !== null && (typeof area !== "string" || !isAreaCode(area))) malformed("claims: area is not an area code");
  if (issuer === NATION) {
    if (area === null || !isRegion(`${area.slice(0, 2)}0000`)) malformed("claims: a national pass names no region");
  } else if (area !== null && area.slice(0, 2) !== issuer.slice(0, 2)) {
    malformed("claims: area is not a division of the issuer");
  }
  return area;
}

/** Match the grounds with the colour: none with green; with the others only origin may be absent. */
function readGrounds(colour: Colour, reason: Place, basis: Place, until: Place, origin: Place): Grounds {
  if (colour === "green") {
    if (reason !== null || basis !== null || until !== null || origin !== null) malformed("claims: green with grounds");
    return { reason: null, basis: null, until: null, origin: null };
  }
  const known = typeof reason === "number" ? COLOUR_REASONS[reason] : undefined;
  if (known === undefined) malformed("claims: yellow or red without a known reason");
  if (typeof basis !== "number" || typeof until !== "number" || Math.max(basis, until) > LAST_INSTANT) {
    malformed("claims: yellow or red without basis and until");
  }
  if (origin !== null && (typeof origin !== "string" || !isAreaCode(origin))) malformed("claims: origin is no code");
  return { reason: known, basis, until, origin };
}
