"""A node gives on the status lists of the other regions: byte for byte, verified, never an older edition."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest

from comity.client.country_lists import CountryLists, CountrySynced
from comity.client.gate_folder import GateFolder
from comity.client.gate_sync import GateSync
from comity.client.http_source import HttpSource
from comity.distribution.status_index import (
    HOURLY_DELTAS_FOLDER,
    HOURLY_FOLDER,
    INDEX_FILE,
    IndexedList,
    delta_file,
    list_file,
    read_index,
)
from comity.domain.instant import DAY, HOUR
from comity.trust.bundle import open_bundle
from comity.trust.delta import apply_delta
from comity.trust.status import read_status_list
from tests.builders import AT, HOME, HOST, HUBEI, key_list
from tests.client.serving import Mirror, serving
from tests.client.test_gate_sync import ANCHOR, Region, bundle_of

LIST = f"{HOURLY_FOLDER}/{list_file(HOME, 1)}"


def opening(stack: ExitStack) -> Callable[[str], HttpSource]:
    """Opens sources that end with the stack."""
    return lambda address: stack.enter_context(closing(HttpSource(address)))


class Country:
    """The node of a host that recognises the home region, and that region's files over loopback."""

    def __init__(self, folder: Path, mirror: Mirror) -> None:
        self.mirror, self.folder = mirror, folder / "country"
        self.home = Region(mirror.folder, HOME)
        self.home.publish(AT)
        self.bundle = open_bundle(bundle_of(1), anchor=ANCHOR)
        self.addresses = {HOME: f"{mirror.url}/{HOME}"}

    def sync(self) -> CountrySynced:
        """Fetch once."""
        with ExitStack() as stack:
            return CountryLists(self.folder, opening(stack)).sync(self.addresses, self.bundle)

    def file(self, path: str) -> bytes:
        """A file as it is given on."""
        return (self.folder / HOME / path).read_bytes()

    def signed(self, path: str) -> bytes:
        """The same file at the region itself."""
        return (self.mirror.folder / HOME / path).read_bytes()


@pytest.fixture
def country(tmp_path: Path) -> Iterator[Country]:
    (tmp_path / "served").mkdir()
    with serving(tmp_path / "served") as mirror:
        yield Country(tmp_path, mirror)


def test_the_list_of_an_hour_is_given_on_as_its_region_signed_it(country: Country) -> None:
    synced = country.sync()

    assert (synced.lists, synced.deltas, dict(synced.refused)) == (1, 0, {})
    assert country.file(LIST) == country.signed(LIST)
    index = read_index(country.file(INDEX_FILE), region=HOME)
    assert index == (IndexedList(number=1, issued_at=AT, hourly_at=AT),)


def test_what_has_not_changed_is_asked_for_once_more_and_not_fetched(country: Country) -> None:
    country.sync()
    country.mirror.asked.clear()

    assert country.sync().lists == 0
    assert country.mirror.asked == [f"/{HOME}/status"]


def test_a_gate_that_had_the_edition_before_goes_on_by_the_delta(country: Country) -> None:
    country.sync()
    before = read_status_list(country.file(LIST), (key_list(HOME),))
    country.home.publish(AT + HOUR, is_hour=True)

    synced = country.sync()

    delta = country.file(f"{HOURLY_DELTAS_FOLDER}/{delta_file(HOME, 1, AT)}")
    after = apply_delta(delta, before, key_list(HOME), is_test=True)
    assert (synced.lists, synced.deltas) == (1, 1)
    assert after.array == read_status_list(country.file(LIST), (key_list(HOME),)).array
    assert read_index(country.file(INDEX_FILE), region=HOME)[0].hourly_at == AT + HOUR


def test_old_deltas_are_given_on_no_more(country: Country) -> None:
    for hour in (0, 1, 2):
        if hour:
            country.home.publish(AT + hour * HOUR, is_hour=True)
        country.sync()
    country.home.publish(AT + 2 * DAY + 90 * 60, is_hour=True)
    country.sync()

    kept = sorted(path.name for path in (country.folder / HOME / HOURLY_DELTAS_FOLDER).glob("*.cbor"))
    assert kept == [delta_file(HOME, 1, AT + 2 * HOUR)]


@pytest.mark.parametrize(
    ("title", "at"), [("an older edition", AT - HOUR), ("bytes that no key of the region signed", None)]
)
def test_what_does_not_hold_leaves_what_is_there(country: Country, title: str, at: int | None) -> None:
    country.sync()
    good = country.file(LIST)
    country.home.publish(AT + HOUR, is_hour=True)
    if at is None:
        country.home.put(LIST, country.signed(LIST)[:-1] + b"\0")
    else:
        other = Region(country.mirror.folder / "other", HOME)
        other.publish(at)
        country.home.put(LIST, (other.folder / LIST).read_bytes())

    synced = country.sync()

    assert list(synced.refused) == [HOME], title
    assert country.file(LIST) == good
    assert read_index(country.file(INDEX_FILE), region=HOME)[0].hourly_at == AT


def test_a_region_that_cannot_be_reached_stays_as_it_was_and_is_named(country: Country) -> None:
    country.sync()
    country.addresses = {}

    assert dict(country.sync().refused) == {HOME: "where it publishes is not known"}
    assert country.file(LIST) == country.signed(LIST)


def test_a_region_that_is_recognised_no_more_is_given_on_no_more(country: Country) -> None:
    country.sync()
    (country.folder / HUBEI).mkdir()
    (country.folder / "notes").mkdir()

    country.sync()

    assert sorted(path.name for path in country.folder.iterdir() if path.is_dir()) == [HOME, "notes"]


def test_a_gate_follows_the_country_from_the_folder_of_its_own_node(country: Country, tmp_path: Path) -> None:
    country.sync()
    own = Region(tmp_path / "own", HOST)
    own.publish(AT)
    own.put("bundle", bundle_of(1))
    for path in country.folder.rglob("*.cbor"):
        given = path.relative_to(country.folder).as_posix()
        own.put(f"country/{given.replace(INDEX_FILE, 'status')}", path.read_bytes())
    with serving(own.folder) as mirror:
        mirror.nested = "status-lists"
        addresses = {HOST: mirror.url, HOME: f"{mirror.url}/country/{HOME}"}
        with ExitStack() as stack:
            gate = GateSync(GateFolder(tmp_path / "gate"), ANCHOR, opening(stack))
            synced = gate.sync(addresses, at=AT)

    assert (synced.whole, dict(synced.refused)) == (2, {})
