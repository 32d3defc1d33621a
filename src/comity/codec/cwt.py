"""The claims of a pass as CWT claims (RFC 8392) in deterministic CBOR.

1 iss, 4 exp, 6 iat, 7 cti, 8 cnf {1: COSE_Key}, 65535 status reference (Token Status List), -65537 the
Comity claim: an array with fixed places colour, class, masked name, last four, reason, basis, until,
origin, area, flags, trailing empty places left out (interface section 2). Of a national pass the area is
required, and is of the region that it was converted from (ADR 0016).

The reader follows this grammar from the first byte to the last, so that unknown, repeated, unordered or
longer-spelled claims, and bytes that follow, have no way in.
"""

from __future__ import annotations

from typing import Final, TypeAlias

from comity.codec import cbor
from comity.codec.cbor import Value, read_text_string, read_unsigned
from comity.domain.claims import PASS_ID_LENGTH, DeviceKey, PassClaims, PassId, StatusReference
from comity.domain.colour import COLOUR_REASONS, COLOURS, GREEN, PASS_CLASSES, Colour, ColourReason, PassClass
from comity.domain.instant import LAST_INSTANT, Instant
from comity.domain.region import NATION, is_area_code, is_region
from comity.errors import FormatError

ISS: Final = 1
EXP: Final = 4
IAT: Final = 6
CTI: Final = 7
CNF: Final = 8
STATUS: Final = 65_535
COMITY: Final = -65_537

KTY: Final = 1
CRV: Final = -1
X: Final = -2
Y: Final = -3
EC2: Final = 2
P256: Final = 1
COORDINATE_LENGTH: Final = 32

_ISS, _EXP, _IAT = (cbor.write(label) for label in (ISS, EXP, IAT))
_MAP_OF_FIVE: Final = cbor.MAP << 5 | 5
"""Head of the claims without cnf and status; each of them adds one."""
_CTI_HEAD: Final = cbor.write(CTI) + cbor.write_head(cbor.BYTES, PASS_ID_LENGTH)
_CNF_HEAD: Final = (
    cbor.write(CNF)
    + cbor.write({1: {KTY: EC2, CRV: P256, X: b"", Y: False}})[: -len(b"\x40\x22\xf4")]
    + cbor.write_head(cbor.BYTES, COORDINATE_LENGTH)
)
_CNF_SIGNS: Final = {cbor.write(Y) + cbor.write(sign): sign for sign in (False, True)}
_STATUS_HEAD: Final = (
    cbor.write(STATUS) + cbor.write({"status_list": {"idx": 0, "uri": ""}})[: -len(b"\x00\x63uri\x60")]
)
_URI_HEAD: Final = cbor.write("uri")
_COMITY_HEAD: Final = cbor.write(COMITY)
_NULL: Final = b"\xf6"
_NO_PLACES: Final = cbor.ARRAY << 5
"""Head of an empty array; each place adds one."""
_TEXT_PLACES: Final = (3, 4)
"""origin and area, counted after the fixed places."""

_PLACES: Final = 10
_FIXED_PLACES: Final = 4
_GUARDIAN: Final = 1
_ID_DIGITS: Final = 4

_Grounds: TypeAlias = tuple[ColourReason | None, Instant | None, Instant | None, str | None]
_Optional: TypeAlias = tuple[
    ColourReason | None, Instant | None, Instant | None, str | None, str | None, bool
]
_Places: TypeAlias = tuple[
    Colour, PassClass, str, str,
    ColourReason | None, Instant | None, Instant | None, str | None, str | None, bool,
]  # fmt: skip

_NO_GROUNDS: Final[_Grounds] = (None, None, None, None)


def read_claims(payload: bytes) -> PassClaims:
    """Read the claims of a pass from its signed payload.

    Raises: FormatError for anything that is not exactly one set of claims.
    """
    issuer, end = read_text_string(payload, _after(payload, 1, _ISS))
    expires_at, end = read_unsigned(payload, _after(payload, end, _EXP))
    issued_at, end = read_unsigned(payload, _after(payload, end, _IAT))
    if issued_at >= expires_at:
        raise FormatError("claims: exp is not after iat")
    begin = end + len(_CTI_HEAD)
    if payload[end:begin] != _CTI_HEAD:
        raise FormatError("claims: cti is not 8 bytes in its place")
    end = begin + PASS_ID_LENGTH
    pass_id, device_key, status, claims = PassId(payload[begin:end]), None, None, _MAP_OF_FIVE
    if payload.startswith(_CNF_HEAD, end):
        device_key, end = _read_confirmation(payload, end + len(_CNF_HEAD))
        claims += 1
    if payload.startswith(_STATUS_HEAD, end):
        status, end = _read_status(payload, end + len(_STATUS_HEAD))
        claims += 1
    if payload[0] != claims or not payload.startswith(_COMITY_HEAD, end):
        raise FormatError("claims: other claims than the known ones, or in another order")
    places = _read_places(payload, end + len(_COMITY_HEAD), issuer)
    return PassClaims(issuer, pass_id, issued_at, expires_at, *places, device_key, status)


def _after(payload: bytes, at: int, label: bytes) -> int:
    """Give where the value of a one-byte label begins, refusing another label."""
    if payload[at : at + 1] != label:
        raise FormatError(f"claims: label {label[0]} is not in its place")
    return at + 1


def _read_confirmation(payload: bytes, at: int) -> tuple[DeviceKey, int]:
    """Read the phone's key from its x coordinate on: 32 bytes and the sign of y."""
    end = at + COORDINATE_LENGTH
    y_is_odd = _CNF_SIGNS.get(payload[end : end + 2])
    if y_is_odd is None:
        raise FormatError("claims: cnf is not one compressed COSE_Key of type EC2, curve P-256")
    return DeviceKey(payload[at:end], y_is_odd), end + 2


def _read_status(payload: bytes, at: int) -> tuple[StatusReference, int]:
    """Read the status list reference from its index on."""
    index, end = read_unsigned(payload, at)
    if not payload.startswith(_URI_HEAD, end):
        raise FormatError("claims: not one status list reference of idx and uri")
    uri, end = read_text_string(payload, end + len(_URI_HEAD))
    return StatusReference(uri=uri, index=index), end


def _read_places(payload: bytes, at: int, issuer: str) -> _Places:
    """Read the Comity claim, which ends the payload."""
    head = payload[at : at + 3]
    count = head[0] - _NO_PLACES if len(head) == 3 else 0
    if not _FIXED_PLACES <= count <= _PLACES:
        raise FormatError("claims: the Comity claim is not an array of its places")
    if head[1] >= len(COLOURS) or head[2] >= len(PASS_CLASSES):
        raise FormatError("claims: colour or class is not a known number")
    colour, pass_class = COLOURS[head[1]], PASS_CLASSES[head[2]]
    name, end = read_text_string(payload, at + 3)
    last_four, end = read_text_string(payload, end)
    if not name or len(last_four) != _ID_DIGITS:
        raise FormatError("claims: no masked name, or not four last characters of the ID number")
    if count == _FIXED_PLACES and colour is GREEN and end == len(payload) and issuer != NATION:
        return colour, pass_class, name, last_four, *_NO_GROUNDS, None, False
    return colour, pass_class, name, last_four, *_read_optional_places(payload, end, count, colour, issuer)


def _read_optional_places(payload: bytes, end: int, count: int, colour: Colour, issuer: str) -> _Optional:
    """Read reason, basis, until, origin, area and flags, as many as the array says."""
    values: list[int | str | None] = [None] * (_PLACES - _FIXED_PLACES)
    for place in range(count - _FIXED_PLACES):
        values[place], end = _read_place(payload, end, place)
    if end != len(payload) or (count > _FIXED_PLACES and values[count - _FIXED_PLACES - 1] is None):
        raise FormatError("claims: bytes after the last place, or an empty place at the end")
    reason, basis, until, origin, area, flags = values
    grounds = _read_grounds(colour, reason, basis, until, origin)
    if area is not None and not (isinstance(area, str) and is_area_code(area)):
        raise FormatError("claims: area is not an area code")
    if issuer == NATION:
        if area is None or not is_region(f"{area[:2]}0000"):
            raise FormatError("claims: a national pass does not say from which region's word it is")
    elif area is not None and area[:2] != issuer[:2]:
        raise FormatError("claims: area is not a division of the issuer")
    if flags is not None and flags != _GUARDIAN:
        raise FormatError("claims: flags other than guardian-held")
    return *grounds, area, flags is not None


def _read_place(payload: bytes, at: int, place: int) -> tuple[int | str | None, int]:
    """Read one of the places after the fixed ones: null, text for origin and area, or a number."""
    if payload[at : at + 1] == _NULL:
        return None, at + 1
    if place in _TEXT_PLACES:
        return read_text_string(payload, at)
    return read_unsigned(payload, at)


def _read_grounds(
    colour: Colour, reason: int | str | None, basis: object, until: object, origin: object
) -> _Grounds:
    """Match the grounds with the colour: none with green; with the others only origin may be absent."""
    if colour is GREEN:
        if (reason, basis, until, origin) != (None, None, None, None):
            raise FormatError("claims: green with the grounds of another colour")
        return _NO_GROUNDS
    if type(reason) is not int or reason >= len(COLOUR_REASONS):
        raise FormatError("claims: yellow or red without a known reason")
    if type(basis) is not int or type(until) is not int or max(basis, until) > LAST_INSTANT:
        raise FormatError("claims: yellow or red without basis and until")
    if origin is not None and not (isinstance(origin, str) and is_area_code(origin)):
        raise FormatError("claims: origin is not a division code")
    return COLOUR_REASONS[reason], basis, until, origin


def write_claims(claims: PassClaims) -> bytes:
    """Write the claims of a pass as its payload.

    Raises: FormatError for claims that `read_claims` would refuse.
    """
    places: list[Value] = [
        COLOURS.index(claims.colour),
        PASS_CLASSES.index(claims.pass_class),
        claims.masked_name,
        claims.id_last4,
        None if claims.reason is None else COLOUR_REASONS.index(claims.reason),
        claims.basis,
        claims.until,
        claims.origin,
        claims.area,
        _GUARDIAN if claims.is_guardian_held else None,
    ]
    while places[-1] is None:
        places.pop()
    fields: dict[int | str, Value] = {
        ISS: claims.issuer,
        EXP: claims.expires_at,
        IAT: claims.issued_at,
        CTI: claims.pass_id,
        COMITY: places,
    }
    if claims.device_key is not None:
        fields[CNF] = _write_confirmation(claims.device_key)
    if claims.status is not None:
        fields[STATUS] = {"status_list": {"idx": claims.status.index, "uri": claims.status.uri}}
    payload = cbor.write(fields)
    read_claims(payload)
    return payload


def _write_confirmation(key: DeviceKey) -> Value:
    return {1: {KTY: EC2, CRV: P256, X: key.x, Y: key.y_is_odd}}
