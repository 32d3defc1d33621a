"""A gate is supplied: bundle under its anchor, lists by deltas, never below what it verified."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from comity import bootstrap
from comity.client.gate_folder import GateFolder
from comity.client.gate_sync import GateSync, GateSynced, recognised
from comity.client.http_source import HttpSource
from comity.client.kept_list import read_kept_list, write_kept_list
from comity.distribution.status_index import (
    DELTAS_FOLDER,
    HOURLY_DELTAS_FOLDER,
    HOURLY_FOLDER,
    IndexedList,
    delta_file,
    list_file,
    read_index,
    write_index,
)
from comity.domain.claims import StatusReference
from comity.domain.instant import DAY, HOUR, MINUTE, Instant
from comity.domain.recognition import Recognition
from comity.errors import BundleRefused, ClockRefused, ComityError, DownloadFailed, UnreadableStatement
from comity.trust.bundle import Anchor, BundleParts, write_bundle
from comity.trust.delta import write_delta
from comity.trust.keys import Membership, Usage
from comity.trust.membership import write_key_list, write_membership
from comity.trust.recognition_statements import write_recognition
from comity.trust.status import StatusArray, StatusList, pack, read_status_list, write_status_list
from tests.builders import AT, HOME, HOST, HUB, key, key_list
from tests.client import serving as ways
from tests.client.serving import Mirror, serving

ANCHOR = Anchor(host=HOST, root=key(HOST, "root").public)


def bundle_of(version: int, *, at: Instant = AT) -> bytes:
    """A bundle of the host that recognises the home region."""
    members = tuple(
        write_membership(
            Membership(
                region=region, version=1, root_thumbprint=key(region, "root").public.thumbprint, member_from=0
            ),
            HUB,
            is_test=True,
        )
        for region in (HOST, HOME)
    )
    recognition = Recognition(host=HOST, issuer=HOME, version=1, published_at=AT, effective_from=AT)
    parts = BundleParts(
        host=HOST,
        version=version,
        issued_at=at,
        hub_as_of=at,
        expires_at=at + 7 * DAY,
        is_test=True,
        hub=HUB.public,
        memberships=members,
        key_lists=tuple(
            write_key_list(key_list(region), key(region, "root"), is_test=True) for region in (HOST, HOME)
        ),
        recognitions=(write_recognition(recognition, key(HOST, Usage.STATEMENT), is_test=True),),
    )
    return write_bundle(parts, key(HOST, Usage.BUNDLE))


class Region:
    """One region's published files; every edition has one entry more that is not current."""

    def __init__(self, folder: Path, region: str) -> None:
        self.folder, self.region = folder / region, region
        self.editions: list[Instant] = []
        self.hour: Instant = 0

    def edition(self, at: Instant) -> StatusList:
        """The edition of an instant."""
        count = self.editions.index(at) + 1
        array: StatusArray = pack(dict.fromkeys(range(count), 1), size=4_000)
        return read_status_list(
            write_status_list(array, key(self.region, Usage.STATUS), uri=f"cm:{self.region}/1", issued_at=at),
            (key_list(self.region),),
        )

    def publish(self, at: Instant, *, is_hour: bool = False) -> None:
        """Publish the next edition with its delta, and as that of its hour."""
        self.editions.append(at)
        signer = key(self.region, Usage.STATUS)
        after = self.edition(at)
        token = write_status_list(after.array, signer, uri=after.uri, issued_at=at)
        if len(self.editions) > 1:
            before = self.edition(self.editions[-2])
            self.put(
                f"{DELTAS_FOLDER}/{delta_file(self.region, 1, before.issued_at)}",
                write_delta(before, after, signer, is_test=True),
            )
        self.put(f"status-lists/{list_file(self.region, 1)}", token)
        if is_hour or len(self.editions) == 1:
            if len(self.editions) > 1:
                self.put(
                    f"{HOURLY_DELTAS_FOLDER}/{delta_file(self.region, 1, self.hour)}",
                    write_delta(self.edition(self.hour), after, signer, is_test=True),
                )
            self.put(f"{HOURLY_FOLDER}/{list_file(self.region, 1)}", token)
            self.hour = at
        self.put(
            "status", write_index(self.region, (IndexedList(number=1, issued_at=at, hourly_at=self.hour),))
        )

    def put(self, path: str, data: bytes) -> None:
        """Put a file in place."""
        place = self.folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(data)


class Place:
    """A gate in the host region, and both regions' nodes over loopback."""

    def __init__(self, folder: Path, mirror: Mirror) -> None:
        self.mirror, self.folder = mirror, GateFolder(folder / "gate")
        self.host, self.home = Region(mirror.folder, HOST), Region(mirror.folder, HOME)
        for region in (self.host, self.home):
            region.publish(AT)
        self.host.put("bundle", bundle_of(1))
        self.addresses = {region: f"{mirror.url}/{region}" for region in (HOST, HOME)}

    def sync(self, at: Instant = AT, *, own_only: bool = False, anchor: Anchor = ANCHOR) -> GateSynced:
        """Fetch once."""
        made: list[HttpSource] = []

        def source(address: str) -> HttpSource:
            made.append(HttpSource(address))
            return made[-1]

        try:
            return GateSync(self.folder, anchor, source).sync(self.addresses, at=at, own_only=own_only)
        finally:
            for each in made:
                each.close()

    def known(self, region: str, synced: GateSynced) -> StatusList:
        """The list of a region as kept."""
        found = self.folder.find_list(region, 1, synced.bundle)
        assert found is not None
        return found


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    """A gate that has fetched nothing yet."""
    (tmp_path / "served").mkdir()
    with serving(tmp_path / "served") as mirror:
        mirror.nested = "status-lists"
        yield Place(tmp_path, mirror)


def test_a_gate_gets_its_bundle_and_the_lists_of_all_it_recognises_and_verifies_offline(place: Place) -> None:
    synced = place.sync()

    assert (synced.whole, synced.by_delta, dict(synced.refused)) == (2, 0, {})
    assert recognised(synced.bundle) == [HOME]
    gate = bootstrap.open_pinned(place.folder.bundle)
    assert gate.bundle.version == 1
    lists = bootstrap.open_gate(place.folder.bundle, anchor=None, host=HOST, status=None).lists
    found = lists.find(HOME, StatusReference(uri=f"cm:{HOME}/1", index=0), at=AT)
    assert found is not None
    assert found.array.find(0) == 1


def test_what_has_not_changed_is_not_fetched_again(place: Place) -> None:
    place.sync()
    place.mirror.asked.clear()

    synced = place.sync(AT + MINUTE)

    assert (synced.whole, synced.by_delta) == (0, 0)
    assert len(place.mirror.asked) == 3


def test_the_own_region_is_followed_edition_by_edition_and_the_others_by_the_hour(place: Place) -> None:
    place.sync()
    for minute in (1, 2, 3):
        for region in (place.host, place.home):
            region.publish(AT + minute * MINUTE)

    synced = place.sync(AT + 4 * MINUTE)

    assert (synced.whole, synced.by_delta) == (0, 1)
    assert place.known(HOST, synced).issued_at == AT + 3 * MINUTE
    assert place.known(HOST, synced).array == place.host.edition(AT + 3 * MINUTE).array
    assert place.known(HOME, synced).issued_at == AT
    for region in (place.host, place.home):
        region.publish(AT + HOUR, is_hour=True)
    assert place.sync(AT + HOUR).by_delta == 2
    assert place.known(HOME, synced).array == place.home.edition(AT + HOUR).array


def test_between_the_hours_only_the_own_region_is_asked(place: Place) -> None:
    place.sync()
    place.mirror.asked.clear()

    place.sync(AT + MINUTE, own_only=True)

    assert not [path for path in place.mirror.asked if path.startswith(f"/{HOME}/")]


@pytest.mark.parametrize("way", [ways.absent, ways.flipped, ways.shorter, ways.other(b"other")])
def test_a_delta_that_does_not_chain_means_the_whole_list(place: Place, way: ways.Answer) -> None:
    place.sync()
    place.host.publish(AT + MINUTE)
    place.mirror.twist(delta_file(HOST, 1, AT), way)

    synced = place.sync(AT + MINUTE)

    assert (synced.whole, synced.by_delta, dict(synced.refused)) == (1, 0, {})
    assert place.known(HOST, synced).issued_at == AT + MINUTE


def test_attack_rollback_of_a_bundle_is_refused(place: Place) -> None:
    place.host.put("bundle", bundle_of(5, at=AT + HOUR))
    place.sync(AT + HOUR)
    for data in (bundle_of(4, at=AT + HOUR), bundle_of(6, at=AT + HOUR - 61)):
        place.host.put("bundle", data)
        with pytest.raises(BundleRefused, match="rolled back"):
            place.sync(AT + 2 * HOUR)
    place.host.put("bundle", bundle_of(6, at=AT + HOUR - 60))
    assert place.sync(AT + 2 * HOUR).bundle.version == 6


def test_attack_freeze_of_a_bundle_is_refused_when_it_has_expired(place: Place) -> None:
    with pytest.raises(BundleRefused, match="frozen"):
        place.sync(AT + 7 * DAY)


def test_attack_a_bundle_of_another_root_is_refused(place: Place) -> None:
    with pytest.raises(BundleRefused):
        place.sync(anchor=replace(ANCHOR, root=key("other").public))


def test_attack_rollback_of_a_list_is_refused_and_the_newer_one_kept(place: Place) -> None:
    old = (place.host.folder / "status-lists" / list_file(HOST, 1)).read_bytes()
    place.host.publish(AT + MINUTE)
    place.sync(AT + MINUTE)
    place.host.publish(AT + 2 * MINUTE)
    place.mirror.twist(delta_file(HOST, 1, AT + MINUTE), ways.absent)
    place.host.put(f"status-lists/{list_file(HOST, 1)}", old)

    synced = place.sync(AT + 2 * MINUTE)

    assert "older than the one here" in synced.refused[HOST]
    assert place.known(HOST, synced).issued_at == AT + MINUTE


def test_attack_a_list_of_another_region_is_refused(place: Place) -> None:
    token = (place.home.folder / "status-lists" / list_file(HOME, 1)).read_bytes()
    place.host.put(f"status-lists/{list_file(HOST, 1)}", token)

    assert "another list" in place.sync().refused[HOST]


def test_one_region_out_of_reach_leaves_the_others_supplied(place: Place) -> None:
    place.addresses[HOME] = "http://127.0.0.1:9"

    synced = place.sync()

    assert list(synced.refused) == [HOME]
    assert place.known(HOST, synced).issued_at == AT


def test_a_gate_whose_own_region_is_down_goes_on_with_the_bundle_it_has(place: Place) -> None:
    place.addresses.pop(HOST)
    with pytest.raises(DownloadFailed):
        place.sync()
    place.addresses[HOST] = f"{place.mirror.url}/{HOST}"
    place.sync()
    place.addresses[HOST] = "http://127.0.0.1:9"

    synced = place.sync(AT + DAY)

    assert synced.bundle.version == 1
    assert set(synced.refused) == {"bundle", HOST}


def test_a_clock_set_back_is_refused(place: Place) -> None:
    place.sync(AT + HOUR)
    with pytest.raises(ClockRefused):
        place.sync(AT + HOUR - 61)


def test_a_kept_list_that_was_damaged_or_whose_key_is_gone_is_not_used(place: Place) -> None:
    place.host.publish(AT + 1)
    known = place.host.edition(AT + 1)
    data = write_kept_list(known)

    assert read_kept_list(data, (key_list(HOST),)) == known
    with pytest.raises(ComityError):
        read_kept_list(data, (key_list(HOME),))
    with pytest.raises(ComityError):
        read_kept_list(data.replace(known.array.data[:8], b"\0" * 8) + b"\0", (key_list(HOST),))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        write_index(HOME, ()),
        write_index(HOST, tuple(IndexedList(number=n, issued_at=0, hourly_at=0) for n in range(1_001))),
        bytes(2**16 + 1),
    ],
)
def test_an_index_that_is_none_is_refused(data: bytes) -> None:
    with pytest.raises((UnreadableStatement, ComityError)):
        read_index(data, region=HOST)
