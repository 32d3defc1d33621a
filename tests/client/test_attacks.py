"""A hub, a mirror or a region that lies: each attack is refused by name, and what was verified stays.

Everything is real: the repository's files, python-tuf, and HTTP over loopback.
"""

from __future__ import annotations

import shutil
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from comity.client.federation import Federation
from comity.client.folder_source import FolderSource
from comity.client.http_source import Bounds, HttpSource
from comity.client.posting import post
from comity.client.repository_client import RepositoryClient, Synced
from comity.distribution.names import HUB_PATH, TIMESTAMP, role_of, target_path
from comity.distribution.repository import Repository, RepositoryChange
from comity.distribution.statement_file import HubFile, write_hub_file
from comity.domain.instant import DAY, HOUR, Instant
from comity.errors import ClockRefused, DownloadFailed, RepositoryRefused, UsageError
from comity.trust.keys import Membership, Usage
from comity.trust.membership import write_membership
from tests.builders import AT, HOME, HOST, HUB, HUBEI, key
from tests.client import serving as ways
from tests.client.serving import Mirror, serving
from tests.distribution.hub import ONLINE, Hub, current_file, first_root, make_hub, publication, snapshot_of

QUICK = Bounds(silent=0.3, patience=0.3, rate=1_000_000)
"""Bounds for what is meant to be too slow; what is not has the usual ones."""


@dataclass
class Follower:
    """A client that follows a hub over loopback, and the hub."""

    hub: Hub
    mirror: Mirror
    client: RepositoryClient
    bounds: Bounds = Bounds()  # noqa: RUF009

    def sync(self, at: Instant = AT) -> Synced:
        """Fetch once."""
        source = HttpSource(self.mirror.url, bounds=self.bounds)
        try:
            return self.client.sync(source, at=at)
        finally:
            source.close()

    def known(self, at: Instant = AT) -> Federation:
        """What has been verified."""
        found = self.client.find_federation(at=at)
        assert found is not None
        return found


@pytest.fixture(scope="session")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A hub with three regions and a client that has fetched once, to be copied."""
    folder = tmp_path_factory.mktemp("model")
    hub = make_hub(folder / "repository")
    RepositoryClient(folder / "cache", root=hub.root).sync(FolderSource(hub.folder), at=AT)
    return folder


@pytest.fixture
def follower(model: Path, tmp_path: Path) -> Iterator[Follower]:
    """A client that has fetched once from a hub with three regions."""
    shutil.copytree(model, tmp_path, symlinks=True, dirs_exist_ok=True)
    hub = Hub(tmp_path / "repository", Repository(tmp_path / "repository", ONLINE), first_root())
    with serving(hub.folder) as mirror:
        yield Follower(hub, mirror, RepositoryClient(tmp_path / "cache"))


def _refused(
    follower: Follower, *kinds: type[Exception], at: Instant = AT + HOUR, match: str | None = None
) -> None:
    """The next fetch is refused, and what was verified stays as it was."""
    before = follower.known()
    state = (follower.client.cache.folder / "state.cbor").read_bytes()
    with pytest.raises(kinds, match=match):
        follower.sync(at)
    assert (follower.client.cache.folder / "state.cbor").read_bytes() == state
    assert follower.known() == before


def _region_refused(follower: Follower, *, at: Instant = AT + HOUR, match: str = "") -> None:
    """The next fetch takes nothing over from the host, and goes on with the others."""
    before = follower.known()
    follower.hub.publish(publication(HOME, 2, current_file(HOME, [HUBEI]), at=at), at=at)
    synced = follower.sync(at)
    assert list(synced.refused) == [HOST]
    assert match in synced.refused[HOST]
    assert synced.changed == (HOME,)
    assert follower.known(at).regions[HOST].file == before.regions[HOST].file
    assert follower.known(at).regions[HOST].as_of == before.regions[HOST].as_of


def _moved_on(follower: Follower, *, at: Instant = AT + HOUR) -> None:
    follower.hub.publish(publication(HOST, 2, current_file(HOST, [HOME]), at=at), at=at)


def test_a_client_reads_what_regions_published_and_then_what_is_new(follower: Follower) -> None:
    assert set(follower.known().regions) == {HOST, HOME, HUBEI}
    assert follower.known().recognised_by(HOST, at=AT) == ()

    _moved_on(follower)
    synced = follower.sync(AT + HOUR)

    assert synced.changed == (HOST,)
    assert follower.known(AT + HOUR).recognised_by(HOST, at=AT + HOUR) == (HOME,)


def test_an_unchanged_fetch_asks_twice(follower: Follower) -> None:
    follower.mirror.asked.clear()

    synced = follower.sync(AT + HOUR)

    assert not synced.changed
    assert follower.mirror.asked == ["/metadata/2.root.json", "/metadata/timestamp.json"]


ENDINGS = {
    "timestamp": "timestamp.json",
    "snapshot": ".snapshot.json",
    "region metadata": ".region-150000.json",
    "region file": ".current.cbor",
}


def test_attack_endless_data_is_cut_at_the_bound(follower: Follower) -> None:
    follower.mirror.twist("timestamp.json", ways.endless)
    _refused(follower, DownloadFailed, match="longer than")


def test_attack_endless_data_for_a_region_stops_at_the_length_its_metadata_name(follower: Follower) -> None:
    _moved_on(follower)
    follower.mirror.twist("2.region-150000.json", ways.endless)
    _region_refused(follower, match="longer than")


@pytest.mark.parametrize("way", [ways.slow, ways.silent])
def test_attack_slow_retrieval_is_given_up(follower: Follower, way: ways.Answer) -> None:
    follower.bounds = QUICK
    _moved_on(follower)
    follower.mirror.twist(".snapshot.json", way)
    _refused(follower, DownloadFailed)


@pytest.mark.parametrize("way", [ways.longer, ways.shorter, ways.cut_off])
def test_attack_wrong_length_is_refused(follower: Follower, way: ways.Answer) -> None:
    _moved_on(follower)
    follower.mirror.twist(".snapshot.json", way)
    _refused(follower, DownloadFailed, RepositoryRefused)


@pytest.mark.parametrize("way", [ways.longer, ways.shorter, ways.cut_off])
def test_attack_wrong_length_of_a_regions_file_is_refused(follower: Follower, way: ways.Answer) -> None:
    _moved_on(follower)
    follower.mirror.twist("current.cbor", way)
    _refuse_host_file(follower)


def _refuse_host_file(follower: Follower) -> None:
    before = follower.known().regions[HOST]
    assert list(follower.sync(AT + HOUR).refused) == [HOST]
    assert follower.known().regions[HOST] == before


def test_attack_wrong_hash_is_refused(follower: Follower) -> None:
    _moved_on(follower)
    follower.mirror.twist(".snapshot.json", ways.flipped)
    _refused(follower, RepositoryRefused)


def test_attack_wrong_hash_of_a_regions_file_is_refused(follower: Follower) -> None:
    _moved_on(follower)
    follower.mirror.twist("current.cbor", ways.flipped)
    _refuse_host_file(follower)


def test_attack_expired_timestamp_is_refused(follower: Follower) -> None:
    _refused(follower, RepositoryRefused, at=AT + DAY, match="expired")


def test_attack_rollback_of_the_whole_repository_is_refused(follower: Follower, tmp_path: Path) -> None:
    shutil.copytree(follower.hub.folder, tmp_path / "old")
    _moved_on(follower)
    follower.sync(AT + HOUR)

    follower.mirror.folder = tmp_path / "old"

    _refused(follower, RepositoryRefused, at=AT + 2 * HOUR, match="rolled back")


def test_attack_rollback_is_refused_also_after_the_metadata_kept_were_lost(
    follower: Follower, tmp_path: Path
) -> None:
    shutil.copytree(follower.hub.folder, tmp_path / "old")
    _moved_on(follower)
    follower.sync(AT + HOUR)

    follower.mirror.folder = tmp_path / "old"
    shutil.rmtree(follower.client.cache.metadata)

    _refused(follower, RepositoryRefused, at=AT + 2 * HOUR, match="rolled back")


def test_attack_rollback_of_one_statement_by_its_own_region_is_refused(follower: Follower) -> None:
    at = AT + HOUR
    follower.hub.publish(publication(HOST, 2, current_file(HOST, [HOME], version=5), at=at), at=at)
    follower.sync(at)
    follower.hub.publish(publication(HOST, 3, current_file(HOST, [HOME], version=4), at=at), at=at)

    _region_refused(follower, at=at + HOUR, match="version 4")


def test_attack_freeze_is_noticed_when_the_timestamp_ends(follower: Follower, tmp_path: Path) -> None:
    shutil.copytree(follower.hub.folder, tmp_path / "frozen")
    follower.mirror.folder = tmp_path / "frozen"
    _moved_on(follower)

    assert not follower.sync(AT + 23 * HOUR).changed
    assert follower.known().as_of == AT
    _refused(follower, RepositoryRefused, at=AT + 25 * HOUR, match="frozen")


def test_attack_freeze_of_one_region_is_noticed_when_its_metadata_end(follower: Follower) -> None:
    at = AT + 8 * DAY
    follower.hub.repository.renew(at=at)
    follower.hub.publish(publication(HOME, 2, at=at), publication(HUBEI, 2, at=at), at=at)

    synced = follower.sync(at)

    assert list(synced.refused) == [HOST]
    assert "frozen" in synced.refused[HOST]
    assert follower.known(at).regions[HOST].as_of == AT


def test_attack_freeze_by_a_timestamp_that_holds_for_a_year_is_refused(follower: Follower) -> None:
    follower.hub.repository.renew(at=AT + 2 * DAY)
    _refused(follower, RepositoryRefused, at=AT, match="longer than a day")


def test_attack_mix_and_match_of_two_states_is_refused(follower: Follower, tmp_path: Path) -> None:
    old = (follower.hub.folder / "metadata" / "2.snapshot.json").read_bytes()
    _moved_on(follower)
    follower.mirror.twist("3.snapshot.json", ways.other(old))

    _refused(follower, RepositoryRefused)


def test_attack_mix_and_match_of_a_regions_metadata_is_refused(follower: Follower) -> None:
    old = (follower.hub.folder / "metadata" / "1.region-150000.json").read_bytes()
    _moved_on(follower)
    follower.mirror.twist("2.region-150000.json", ways.other(old))

    _region_refused(follower)


def test_attack_forged_recognition_by_the_hub_is_refused(follower: Follower) -> None:
    """The hub delegates the host's role to a key of its own and publishes a recognition in its name."""
    forger = key("forger")
    forged = publication(HOST, 2, current_file(HOST, [HOME], signer=forger), signer=forger, at=AT + HOUR)
    follower.hub.repository.publish(
        RepositoryChange(keys={HOST: [forger.public]}, publications=(forged,)), at=AT + HOUR
    )

    _region_refused(follower, match="not signed by the key it must be signed by")


def test_attack_forged_recognition_by_a_stolen_publication_is_refused(follower: Follower) -> None:
    """Another region's statement key signs a recognition in the host's name, and gets it published."""
    file = current_file(HOST, [HOME], signer=key(HOME, Usage.STATEMENT))
    follower.hub.publish(publication(HOST, 2, file, at=AT + HOUR), at=AT + HOUR)

    _region_refused(follower, match="not signed by the key it must be signed by")


def test_attack_cross_delegation_of_another_regions_path_is_refused(follower: Follower) -> None:
    """A region signs for another's path: the client never asks it about that path."""
    state = follower.hub.repository.state()
    assert state.targets.delegations is not None
    roles = state.targets.delegations.roles or {}
    mine, others = target_path(HOST), target_path(HOME)
    assert [name for name, role in roles.items() if role.is_delegated_path(mine)] == [role_of(HOST)]
    assert not roles[role_of(HOST)].is_delegated_path(others)
    assert not roles[role_of(HOST)].is_delegated_path(HUB_PATH)
    file = current_file(HOME, [HUBEI])
    follower.hub.publish(publication(HOST, 2, file, at=AT + HOUR), at=AT + HOUR)

    _region_refused(follower, match="another region")


def test_a_clock_set_back_is_refused_and_60_seconds_are_borne(follower: Follower) -> None:
    follower.sync(AT + HOUR)
    follower.sync(AT + HOUR - 60)
    _refused(follower, ClockRefused, at=AT + HOUR - 61)


@pytest.mark.parametrize("way", [ways.failing, ways.absent, ways.elsewhere])
def test_a_hub_that_answers_otherwise_is_told_and_changes_nothing(
    follower: Follower, way: ways.Answer
) -> None:
    follower.mirror.twist(f"{TIMESTAMP}.json", way)
    _refused(follower, DownloadFailed)


def test_a_hub_out_of_reach_is_told_and_changes_nothing(follower: Follower) -> None:
    follower.mirror.url = "http://127.0.0.1:9"
    _refused(follower, DownloadFailed, match="could not be fetched")


def test_a_fetch_that_was_cut_off_goes_on_where_it_stopped(tmp_path: Path) -> None:
    hub = make_hub(tmp_path / "repository")
    with serving(hub.folder) as mirror:
        new = Follower(hub, mirror, RepositoryClient(tmp_path / "cache", root=hub.root))
        for region in (HOME, HUBEI):
            mirror.twist(f".{role_of(region)}.json", ways.failing)
        with pytest.raises(DownloadFailed, match="given up"):
            new.sync()
        assert new.client.find_federation(at=AT) is None
        mirror.odd.clear()
        mirror.asked.clear()

        assert len(new.sync().changed) == 3

        assert not [path for path in mirror.asked if role_of(HOST) in path or f"/{HOST}/" in path]


def test_a_region_that_the_hub_withholds_keeps_its_old_state(follower: Follower) -> None:
    _moved_on(follower)
    follower.mirror.twist("2.region-150000.json", ways.absent)
    _region_refused(follower, match="404")


def test_a_client_follows_one_hub_and_no_other(follower: Follower) -> None:
    with pytest.raises(UsageError):
        RepositoryClient(follower.client.cache.folder, root=first_root(at=AT + 1))


def test_a_damaged_file_is_fetched_again(follower: Follower) -> None:
    for path in (follower.client.cache.folder / "targets").iterdir():
        path.write_bytes(b"damaged")

    assert not follower.sync(AT + HOUR).refused

    assert set(follower.known().regions) == {HOST, HOME, HUBEI}
    assert snapshot_of(follower.client.cache.folder)


@pytest.mark.parametrize("is_dropped", [False, True])
def test_a_region_under_a_new_root_or_without_a_part_takes_nobody_along(
    follower: Follower, is_dropped: bool
) -> None:
    """Its file does not hold until it publishes again; what others say stands meanwhile."""
    known = follower.known().hub_file
    returned = Membership(
        region=HOME, version=2, root_thumbprint=key("new root").public.thumbprint, member_from=AT
    )
    rest = [
        data
        for region, data in zip(follower.known().memberships, known.memberships, strict=True)
        if region != HOME
    ]
    added = [] if is_dropped else [write_membership(returned, HUB, is_test=True)]
    file = write_hub_file(HubFile(hub=HUB.public, memberships=(*rest, *added)))
    follower.hub.repository.publish(RepositoryChange(hub_file=file), at=AT + HOUR)

    synced = follower.sync(AT + HOUR)

    assert HOME in synced.refused
    assert set(follower.known(AT + HOUR).regions) == {HOST, HUBEI}


def test_attack_slow_answer_to_what_is_sent_is_given_up() -> None:
    with socket.create_server(("127.0.0.1", 0)) as never, pytest.raises(DownloadFailed):
        post(f"http://127.0.0.1:{never.getsockname()[1]}", "anything", b"x", deadline=0.3)
