"""What lies behind a target: the signed statements of a region, or of the hub, verbatim in one small file.

A deflated (RFC 1950) deterministic CBOR map. The statements in it carry their own signatures: reading a file
proves nothing of them. Inflating is bounded, so is the number of statements.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from comity.codec import cbor
from comity.codec.cbor import Value
from comity.domain.region import ISSUER_CODES, RegionCode
from comity.errors import UnreadableStatement
from comity.trust.algorithm import PublicKey
from comity.trust.statements import Fields
from comity.trust.status import deflate, inflate, inflate_start

MAX_INFLATED: Final = 2**20
"""Bytes of `current.cbor` inflated: a hundred keys, 30 pairs and a dozen rulebooks take a tenth of it."""
MAX_HISTORY_INFLATED: Final = 2**23
MAX_KEY_LIST: Final = 2**16
"""Bytes at the start of `current.cbor` in which its key list ends: 100 keys take a fifth of it."""
MAX_STATEMENTS: Final = 200
"""Statements of one kind in `current.cbor`."""
MAX_PAST_STATEMENTS: Final = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementFile:
    """`regions/R/current.cbor`: what a region says that is in force or to come, each statement as signed."""

    region: RegionCode
    key_list: bytes
    location: bytes | None = None
    recognitions: tuple[bytes, ...] = ()
    referrals: tuple[bytes, ...] = ()
    rulebooks: tuple[bytes, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryFile:
    """`regions/R/history.cbor`: steps and superseded versions, oldest first."""

    region: RegionCode
    statements: tuple[bytes, ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class HubFile:
    """`hub/current.cbor`: the key that signs memberships, all memberships, and the national rulebook.

    `authority` names the key of the national authority, which signs the rulebooks; `national_keys` is the key
    list of the national code, under the root its membership names (ADR 0016).
    """

    hub: PublicKey
    memberships: tuple[bytes, ...] = ()
    authority: bytes | None = None
    rulebooks: tuple[bytes, ...] = ()
    national_keys: bytes | None = None


def write_statement_file(file: StatementFile) -> bytes:
    """Write `current.cbor` of a region."""
    return _write(
        {
            "region": file.region,
            "key_list": file.key_list,
            "location": file.location,
            "recognitions": list(file.recognitions),
            "referrals": list(file.referrals),
            "rulebooks": list(file.rulebooks),
        }
    )


def read_statement_file(data: bytes, *, region: RegionCode) -> StatementFile:
    """Read `current.cbor` of this region. Raises: UnreadableStatement, FormatError."""
    fields = _fields(data, MAX_INFLATED, of=f"current statements of {region}")
    file = StatementFile(
        region=_own(fields, region),
        key_list=fields.octets("key_list"),
        location=fields.optional_octets("location"),
        recognitions=_bounded(fields.all_octets("recognitions"), MAX_STATEMENTS),
        referrals=_bounded(fields.all_octets("referrals"), MAX_STATEMENTS),
        rulebooks=_bounded(fields.all_octets("rulebooks"), MAX_STATEMENTS),
    )
    fields.finish()
    return file


def peek_key_list(data: bytes) -> bytes:
    """Give the key list at the start of `current.cbor`, and look at no more of it.

    So a publication under new keys is told from a forgery before anything of it costs time.

    Raises: UnreadableStatement, FormatError.
    """
    start = inflate_start(data, length=MAX_KEY_LIST)
    major, _, place = cbor.read_head(start, 0)
    first, place = cbor.read_text_string(start, place)
    _, place = cbor.read_text_string(start, place)
    second, place = cbor.read_text_string(start, place)
    if (major, first, second) != (cbor.MAP, "region", "key_list"):
        raise UnreadableStatement("present statements do not begin with their region and key list")
    return cbor.read_byte_string(start, place)[0]


def write_history_file(file: HistoryFile) -> bytes:
    """Write `history.cbor` of a region."""
    return _write({"region": file.region, "statements": list(file.statements)})


def read_history_file(data: bytes, *, region: RegionCode) -> HistoryFile:
    """Read `history.cbor` of this region. Raises: UnreadableStatement, FormatError."""
    fields = _fields(data, MAX_HISTORY_INFLATED, of=f"past statements of {region}")
    file = HistoryFile(
        region=_own(fields, region),
        statements=_bounded(fields.all_octets("statements"), MAX_PAST_STATEMENTS),
    )
    fields.finish()
    return file


def write_hub_file(file: HubFile) -> bytes:
    """Write `hub/current.cbor`."""
    return _write(
        {
            "hub": file.hub.point,
            "memberships": list(file.memberships),
            "authority": file.authority,
            "rulebooks": list(file.rulebooks),
            "national_keys": file.national_keys,
        }
    )


def read_hub_file(data: bytes) -> HubFile:
    """Read `hub/current.cbor`. Raises: UnreadableStatement, FormatError."""
    fields = _fields(data, MAX_INFLATED, of="statements of the hub")
    file = HubFile(
        hub=fields.key("hub"),
        memberships=_bounded(fields.all_octets("memberships"), len(ISSUER_CODES)),
        authority=fields.optional_octets("authority"),
        rulebooks=_bounded(fields.all_octets("rulebooks"), MAX_STATEMENTS),
        national_keys=fields.optional_octets("national_keys"),
    )
    fields.finish()
    return file


def _write(fields: dict[str, Value]) -> bytes:
    present: dict[int | str, Value] = {key: value for key, value in fields.items() if value not in (None, [])}
    return deflate(cbor.write(present))


def _fields(data: bytes, limit: int, *, of: str) -> Fields:
    return Fields(cbor.read_map(inflate(data, limit=limit)), of=of)


def _own(fields: Fields, region: RegionCode) -> RegionCode:
    if fields.region("region") != region:
        raise UnreadableStatement(f"a file of another region where that of {region} must be")
    return region


def _bounded(statements: tuple[bytes, ...], limit: int) -> tuple[bytes, ...]:
    if len(statements) > limit:
        raise UnreadableStatement(f"more than {limit} statements of one kind")
    return statements
