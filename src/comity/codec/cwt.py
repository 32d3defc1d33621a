"""The claims of a pass as CWT claims (RFC 8392) in deterministic CBOR.

1 iss, 4 exp, 6 iat, 7 cti, 8 cnf {1: COSE_Key}, 65535 status reference (Token Status List), -65537 the
Comity claim: an array with fixed places colour, class, masked name, last four, reason, basis, until,
origin, area, flags, trailing empty places left out (interface section 2). Nothing unknown is passed over.
"""

from __future__ import annotations

from typing import Final, TypeAlias, TypeVar

from comity.codec import cbor
from comity.codec.cbor import Value
from comity.domain.claims import PASS_ID_LENGTH, DeviceKey, PassClaims, PassId, StatusReference
from comity.domain.colour import COLOUR_REASONS, COLOURS, GREEN, PASS_CLASSES, Colour, ColourReason
from comity.domain.instant import LAST_INSTANT, Instant
from comity.domain.region import is_area_code
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

_KEY_SETS: Final = frozenset(
    (ISS, EXP, IAT, CTI, *cnf, *status, COMITY) for cnf in ((), (CNF,)) for status in ((), (STATUS,))
)
"""The only sequences of claim keys: also their deterministic order."""

_INTEGERS: Final = {int}
_PLACES: Final = 10
_FIXED_PLACES: Final = 4
_EMPTY: Final[list[Value]] = [None] * _PLACES
_GUARDIAN: Final = 1
_ID_DIGITS: Final = 4

Member = TypeVar("Member")


def read_claims(payload: bytes) -> PassClaims:
    """Read the claims of a pass from its signed payload.

    Raises: FormatError for anything that is not exactly one set of claims.
    """
    claims = cbor.read_unchecked(payload)
    if type(claims) is not dict or tuple(claims) not in _KEY_SETS or set(map(type, claims)) != _INTEGERS:
        raise FormatError("claims: not the known claims in their order")
    issuer, pass_id, places = claims[ISS], claims[CTI], claims[COMITY]
    issued_at, expires_at = _instant(claims[IAT]), _instant(claims[EXP])
    if type(issuer) is not str or issued_at >= expires_at:
        raise FormatError("claims: iss is not text, or exp is not after iat")
    if type(pass_id) is not bytes or len(pass_id) != PASS_ID_LENGTH:
        raise FormatError("claims: cti is not 8 bytes")
    if type(places) is not list or not _FIXED_PLACES <= len(places) <= _PLACES or places[-1] is None:
        raise FormatError("claims: the Comity claim is not an array of its places, empty ends left out")
    colour, pass_class = _member(COLOURS, places[0]), _member(PASS_CLASSES, places[1])
    name, last_four = places[2], places[3]
    if type(name) is not str or not name:
        raise FormatError("claims: the masked name is not text")
    if type(last_four) is not str or len(last_four) != _ID_DIGITS:
        raise FormatError("claims: the last four are not four characters")
    return PassClaims(
        issuer,
        PassId(pass_id),
        issued_at,
        expires_at,
        colour,
        pass_class,
        name,
        last_four,
        _read_confirmation(claims[CNF]) if CNF in claims else None,
        _read_status(claims[STATUS]) if STATUS in claims else None,
        *_read_optional_places(colour, places, issuer),
    )


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


def _instant(value: Value) -> Instant:
    if type(value) is not int or not 0 <= value <= LAST_INSTANT:
        raise FormatError("claims: a time that is no whole number of seconds between 1970 and 9998")
    return value


def _member(members: tuple[Member, ...], number: Value) -> Member:
    if type(number) is not int or not 0 <= number < len(members):
        raise FormatError("claims: colour, class or reason is not a known number")
    return members[number]


_Optional: TypeAlias = tuple[
    ColourReason | None, Instant | None, Instant | None, str | None, str | None, bool
]
_NOTHING_MORE: Final[_Optional] = (None, None, None, None, None, False)


def _read_optional_places(colour: Colour, places: list[Value], issuer: str) -> _Optional:
    """Read reason, basis, until, origin, area and whether it is guardian-held.

    The first four are absent with green; with yellow and red only origin may be.
    """
    if len(places) == _FIXED_PLACES and colour is GREEN:
        return _NOTHING_MORE
    reason, basis, until, origin, area, flags = places[4:] + _EMPTY[len(places) :]
    if flags is not None and (type(flags) is not int or flags != _GUARDIAN):
        raise FormatError("claims: flags other than guardian-held")
    signed_for, is_guardian_held = _read_area(area, issuer), flags is not None
    if colour is GREEN:
        if (reason, basis, until, origin) != (None, None, None, None):
            raise FormatError("claims: green with the grounds of another colour")
        return None, None, None, None, signed_for, is_guardian_held
    if origin is not None and (type(origin) is not str or not is_area_code(origin)):
        raise FormatError("claims: origin is not a division code")
    because = _member(COLOUR_REASONS, reason)
    return because, _instant(basis), _instant(until), origin, signed_for, is_guardian_held


def _read_area(area: Value, issuer: str) -> str | None:
    if area is None:
        return None
    if type(area) is not str or not is_area_code(area) or area[:2] != issuer[:2]:
        raise FormatError("claims: area is not a division of the issuer")
    return area


def _read_status(value: Value) -> StatusReference:
    reference = value["status_list"] if type(value) is dict and list(value) == ["status_list"] else None
    if type(reference) is not dict or list(reference) != ["idx", "uri"]:
        raise FormatError("claims: not one status list reference")
    index, uri = reference["idx"], reference["uri"]
    if type(index) is not int or index < 0 or type(uri) is not str or not uri:
        raise FormatError("claims: status index or uri out of bounds")
    return StatusReference(uri=uri, index=index)


def _read_confirmation(value: Value) -> DeviceKey:
    key = value[1] if type(value) is dict and _integer_keys(value) == [1] else None
    if type(key) is not dict or _integer_keys(key) != [KTY, CRV, X, Y] or key[KTY] != EC2 or key[CRV] != P256:
        raise FormatError("claims: cnf is not one COSE_Key of type EC2, curve P-256")
    x, y_is_odd = key[X], key[Y]
    if type(key[KTY]) is not int or type(key[CRV]) is not int:
        raise FormatError("claims: cnf type or curve is not an integer")
    if type(x) is not bytes or len(x) != COORDINATE_LENGTH or type(y_is_odd) is not bool:
        raise FormatError("claims: cnf coordinates are not 32 bytes and a sign")
    return DeviceKey(x=x, y_is_odd=y_is_odd)


def _integer_keys(value: dict[int | str, Value]) -> list[int | str] | None:
    return list(value) if set(map(type, value)) == {int} else None


def _write_confirmation(key: DeviceKey) -> Value:
    return {1: {KTY: EC2, CRV: P256, X: key.x, Y: key.y_is_odd}}
