"""Publishing the national status list: 25,000,000 entries read from records, packed, signed; its delta."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path
from time import perf_counter
from typing import Final

from comity.bootstrap.region import OpenRegion
from comity.cli.bench_report import Value, tell
from comity.distribution.status_index import list_file
from comity.domain.colour import Colour, PassClass
from comity.domain.instant import DAY, Instant
from comity.errors import ComityError
from comity.issuance.changes import note_changes
from comity.issuance.records import HolderKey, IssuedPass, PassState
from comity.issuance.status_places import LIST_SIZE, StatusShard, permuted
from comity.issuance.status_publication import publish_status
from comity.trust.delta import write_delta
from comity.trust.status import StatusList, read_status_list

CHANGED: Final = 1_250
"""Passes that change between two editions: a minute of a region of 25 million."""
_AT_ONCE: Final = 2_000
_HOLDER: Final = HolderKey("0" * 32)


def measure_publication(region: OpenRegion, *, listed: int) -> dict[str, Value]:
    """Measure an edition after the first, and its delta alone."""
    tell(f"a status list of {LIST_SIZE:,} with {listed:,} passes that are not current")
    issuer, folder, at = region.issuer, region.folder.published, region.clock()
    with issuer.store.reading() as transaction:
        shard = transaction.of(StatusShard).select(order=("number",))[0]
    passes = _passes(shard, at)
    _add(region, list(islice(passes, listed)))
    publish_status(issuer, folder, at=at)
    before = _read(region, folder, shard)
    _add(region, list(islice(passes, CHANGED)))
    began = perf_counter()
    if publish_status(issuer, folder, at=at + 1) != 1:
        raise ComityError("the status list of the bench was not published again")
    republish_s = perf_counter() - began
    after = _read(region, folder, shard)
    began = perf_counter()
    delta = write_delta(before, after, issuer.keys.status, is_test=issuer.is_test)
    delta_s = perf_counter() - began
    return {
        "republish_s": republish_s,
        "delta_s": delta_s,
        "published_delta_kb": len(delta) / 1_000,
        "published_list_kb": (folder / "status" / list_file(issuer.region, shard.number)).stat().st_size
        / 1_000,
    }


def _passes(shard: StatusShard, at: Instant) -> Iterator[IssuedPass]:
    """Give passes that are not current, at the places from the end of the list's order."""
    model = IssuedPass(
        pass_id="",
        holder=_HOLDER,
        carrier=_HOLDER,
        pass_class=PassClass.PAPER,
        colour=Colour.GREEN,
        issued_at=at - DAY,
        expires_at=at + 13 * DAY,
        list_number=shard.number,
        list_index=0,
        state=PassState.SUPERSEDED,
        state_since=at,
        state_reason=None,
        request=None,
        kid="",
        data=b"",
    )
    for number in range(shard.size - 1, -1, -1):
        index = permuted(number, size=shard.size, seed=shard.seed)
        yield replace(model, pass_id=f"bench{number:011}", list_index=index)


def _add(region: OpenRegion, passes: list[IssuedPass]) -> None:
    for first in range(0, len(passes), _AT_ONCE):
        with region.issuer.store.transaction() as transaction:
            transaction.of(IssuedPass).add(*passes[first : first + _AT_ONCE])
            note_changes(transaction, [_HOLDER], at=region.clock())


def _read(region: OpenRegion, folder: Path, shard: StatusShard) -> StatusList:
    data = (folder / "status" / list_file(region.issuer.region, shard.number)).read_bytes()
    return read_status_list(data, (region.issuer.keys.key_list,))
