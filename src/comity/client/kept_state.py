"""What a client has verified so far, in one small file replaced whole: the floor it never goes below."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from comity.codec import cbor
from comity.codec.cbor import Value
from comity.domain.instant import Instant, rfc3339
from comity.domain.region import RegionCode
from comity.domain.validity import CLOCK_LEEWAY
from comity.errors import ClockRefused, FormatError, RepositoryRefused
from comity.trust.statements import Fields

Heights = Mapping[str, int]
"""The highest version verified of each statement, by its name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptFile:
    """One file of the hub or of a region: its hash, the instant the hub last vouched for it, and heights."""

    digest: str
    length: int
    role_version: int
    as_of: Instant
    heights: Heights = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptState:
    """Versions reached, when they were verified, and as of when the hub had signed them."""

    root_version: int
    timestamp_version: int
    snapshot_version: int
    verified_at: Instant
    as_of: Instant
    hub_key: bytes
    hub: KeptFile
    regions: Mapping[RegionCode, KeptFile]


def require_time(known: KeptState | None, *, at: Instant) -> None:
    """Refuse a clock that stands more than 60 s before the highest time verified. Raises: ClockRefused."""
    if known is not None and at < known.verified_at - CLOCK_LEEWAY:
        raise ClockRefused(
            f"the clock says {rfc3339(at)}, but {rfc3339(known.verified_at)} has been verified"
        )


def require_heights(known: Heights, found: Iterable[tuple[str, int]], *, of: str) -> dict[str, int]:
    """Give the new heights. Raises: RepositoryRefused for a statement below the version verified before."""
    heights = dict(known)
    for name, version in found:
        if version < known.get(name, 0):
            raise RepositoryRefused(
                f"{name} of {of}: version {version}, but {known[name]} was verified before"
            )
        heights[name] = version
    return heights


def write_state(state: KeptState) -> bytes:
    """Write what has been verified."""
    regions: dict[int | str, Value] = {code: _write_file(file) for code, file in state.regions.items()}
    return cbor.write(
        {
            "root": state.root_version,
            "timestamp": state.timestamp_version,
            "snapshot": state.snapshot_version,
            "verified_at": state.verified_at,
            "as_of": state.as_of,
            "hub_key": state.hub_key,
            "hub": _write_file(state.hub),
            "regions": regions,
        }
    )


def read_state(data: bytes) -> KeptState:
    """Read what has been verified. Raises: FormatError."""
    fields = Fields(cbor.read_map(data), of="kept state")
    state = KeptState(
        root_version=fields.integer("root"),
        timestamp_version=fields.integer("timestamp"),
        snapshot_version=fields.integer("snapshot"),
        verified_at=fields.instant("verified_at"),
        as_of=fields.instant("as_of"),
        hub_key=fields.octets("hub_key"),
        hub=_read_file(fields.part("hub")),
        regions={
            RegionCode(code): _read_file(Fields(_as_map(value), of=f"kept state, {code}"))
            for code, value in fields.part("regions").rest().items()
        },
    )
    fields.finish()
    return state


def _write_file(file: KeptFile) -> Value:
    heights: dict[int | str, Value] = {}
    heights.update(file.heights)
    return {
        "digest": file.digest,
        "length": file.length,
        "version": file.role_version,
        "as_of": file.as_of,
        "heights": heights,
    }


def _read_file(fields: Fields) -> KeptFile:
    heights = fields.part("heights").rest()
    file = KeptFile(
        digest=fields.text("digest"),
        length=fields.integer("length"),
        role_version=fields.integer("version"),
        as_of=fields.instant("as_of"),
        heights={name: value for name, value in heights.items() if type(value) is int},
    )
    fields.finish()
    return file


def _as_map(value: Value) -> dict[int | str, Value]:
    if type(value) is not dict:
        raise FormatError("kept state: a map was expected")
    return value
