"""What is carried on a stick: taken over by root, versions and 7 days; and clients far behind."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from comity.client.carry import MAX_CARRIED, CarriedSource, read_carried, repository_files, write_carried
from comity.client.folder_source import FolderSource
from comity.client.repository_client import RepositoryClient
from comity.client.staleness import Staleness, stage_of
from comity.codec import cbor
from comity.distribution.repository import OnlineKeys, Repository
from comity.distribution.root import assemble_root, make_root, sign_root
from comity.domain.instant import DAY, HOUR
from comity.errors import FormatError, RepositoryRefused, UsageError
from tests.builders import AT, HOME, HOST, key
from tests.distribution.hub import (
    KEYHOLDERS,
    Hub,
    current_file,
    make_hub,
    next_root,
    publication,
    root_keys,
)


@pytest.fixture
def hub(tmp_path: Path) -> Hub:
    """A hub with three regions."""
    return make_hub(tmp_path / "repository")


def _carried(hub: Hub, folder: Path, *, at: int = AT) -> bytes:
    client = RepositoryClient(folder, root=hub.root)
    state = client.sync(FolderSource(hub.folder), at=at).state
    return write_carried(repository_files(client.cache, state))


def test_a_copy_is_taken_over_where_the_timestamp_has_long_ended(hub: Hub, tmp_path: Path) -> None:
    data = _carried(hub, tmp_path / "one")
    other = RepositoryClient(tmp_path / "two", root=hub.root)

    synced = other.take_carried(read_carried(data), at=AT + 6 * DAY)

    assert synced.state.as_of == AT
    assert stage_of(synced.state.as_of, at=AT + 6 * DAY) is Staleness.WARN
    known = other.find_federation(at=AT + 6 * DAY)
    assert known is not None
    assert HOST in known.regions


def test_a_copy_of_more_than_7_days_is_refused(hub: Hub, tmp_path: Path) -> None:
    data = _carried(hub, tmp_path / "one")
    other = RepositoryClient(tmp_path / "two", root=hub.root)

    other.take_carried(read_carried(data), at=AT + 7 * DAY)
    with pytest.raises(RepositoryRefused, match="more than 7"):
        other.take_carried(read_carried(data), at=AT + 7 * DAY + 1)


def test_a_copy_that_is_older_than_what_is_here_is_refused(hub: Hub, tmp_path: Path) -> None:
    old = _carried(hub, tmp_path / "one")
    hub.publish(publication(HOST, 2, current_file(HOST, [HOME]), at=AT + HOUR), at=AT + HOUR)
    other = RepositoryClient(tmp_path / "two", root=hub.root)
    other.sync(FolderSource(hub.folder), at=AT + HOUR)

    with pytest.raises(RepositoryRefused, match="rolled back"):
        other.take_carried(read_carried(old), at=AT + HOUR)


def test_a_copy_under_another_root_is_refused(hub: Hub, tmp_path: Path) -> None:
    data = _carried(hub, tmp_path / "one")
    holders = [key("stranger", str(number)) for number in range(5)]
    request = make_root(
        root_keys(holders, OnlineKeys(targets=key("a"), snapshot=key("b"), timestamp=key("c"))),
        version=1,
        at=AT,
    )
    strange = assemble_root(request, [sign_root(request, each) for each in holders])
    other = RepositoryClient(tmp_path / "two", root=strange)

    with pytest.raises(RepositoryRefused):
        other.take_carried(read_carried(data), at=AT)
    assert other.find_federation(at=AT) is None


def test_a_copy_that_was_tampered_with_is_refused(hub: Hub, tmp_path: Path) -> None:
    files = dict(read_carried(_carried(hub, tmp_path / "one")).files)
    path = next(path for path in files if path.endswith("current.cbor") and f"/{HOST}/" in path)
    files[path] = files[path][:-1] + b"\0"
    other = RepositoryClient(tmp_path / "two", root=hub.root)

    synced = other.take_carried(CarriedSource(files), at=AT)

    assert list(synced.refused) == [HOST]


REFUSED: dict[str, Callable[[], object]] = {
    "not CBOR": lambda: read_carried(b"\xff"),
    "too large": lambda: read_carried(bytes(MAX_CARRIED + 1)),
    "another format": lambda: read_carried(cbor.write({"format": "x", "files": {}})),
    "a path that leads out": lambda: read_carried(write_carried({"metadata/../../x": b""})),
    "a path of nobody": lambda: read_carried(write_carried({"etc/passwd": b""})),
    "a field too many": lambda: read_carried(cbor.write({"format": "comity-carried-1", "files": {}, "x": 1})),
}


@pytest.mark.parametrize("title", REFUSED)
def test_what_is_no_copy_is_refused(title: str) -> None:
    with pytest.raises(FormatError):
        REFUSED[title]()


def test_a_client_without_a_root_follows_nobody(hub: Hub, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no root"):
        RepositoryClient(tmp_path / "none").sync(FolderSource(hub.folder), at=AT)


@pytest.mark.parametrize("versions", [1, 3, 5])
def test_clients_versions_behind_follow_the_chain_of_roots_though_every_key_was_replaced(
    hub: Hub, tmp_path: Path, versions: int
) -> None:
    client = RepositoryClient(tmp_path / "cache", root=hub.root)
    client.sync(FolderSource(hub.folder), at=AT)
    root, holders, repository = hub.root, list(KEYHOLDERS), hub.repository
    for number in range(versions):
        signers = [each for place, each in enumerate(holders) if place != number][:3]
        holders[number] = key("keyholder", "new", str(number))
        online = OnlineKeys(
            targets=key("t", str(number)), snapshot=key("s", str(number)), timestamp=key("ts", str(number))
        )
        root = next_root(root, root_keys(holders, online), number + 2, signers)
        repository = Repository(hub.folder, online)
        repository.put_root(root, at=AT)

    synced = client.sync(FolderSource(hub.folder), at=AT + HOUR)

    assert synced.state.root_version == versions + 1
    assert not synced.refused
    fresh = RepositoryClient(tmp_path / "fresh", root=hub.root)
    assert len(fresh.sync(FolderSource(hub.folder), at=AT + HOUR).changed) == 3


def test_a_root_that_the_old_keyholders_did_not_sign_is_not_followed(hub: Hub, tmp_path: Path) -> None:
    client = RepositoryClient(tmp_path / "cache", root=hub.root)
    client.sync(FolderSource(hub.folder), at=AT)
    holders = [key("stranger", str(number)) for number in range(5)]
    request = make_root(root_keys(holders), version=1, at=AT)
    forged = assemble_root(request, [sign_root(request, each) for each in holders])
    (hub.folder / "metadata" / "2.root.json").write_bytes(forged)

    with pytest.raises(RepositoryRefused):
        client.sync(FolderSource(hub.folder), at=AT + HOUR)


@pytest.mark.parametrize(
    ("age", "stage"),
    [
        (0, Staleness.FRESH),
        (DAY, Staleness.FRESH),
        (DAY + 1, Staleness.WARN),
        (7 * DAY, Staleness.WARN),
        (7 * DAY + 1, Staleness.HARD),
    ],
)
def test_stages_of_age_have_the_limits_of_step_v2(age: int, stage: Staleness) -> None:
    assert stage_of(AT, at=AT + age) is stage
