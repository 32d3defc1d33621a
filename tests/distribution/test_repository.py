"""The hub's repository: what regions publish is ordered whole or not at all, and nothing else gets in."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from tuf.api.metadata import Delegations, Metadata, TargetFile, Targets

from comity.distribution.metadata import SHA256, expiry, write_metadata
from comity.distribution.names import CURRENT, HISTORY, HUB_PATH, target_path
from comity.distribution.publication import Publication, sign_publication
from comity.distribution.repository import OnlineKeys, Repository, RepositoryChange
from comity.domain.instant import DAY, HOUR
from comity.domain.region import RegionCode
from comity.errors import (
    KeyStoreError,
    NotPossibleNow,
    StatementRefused,
    StoreUnavailable,
    UnreadableStatement,
)
from comity.trust.keys import Usage
from tests.builders import AT, HOME, HOST, STRANGER, key
from tests.distribution.hub import (
    KEYHOLDERS,
    ONLINE,
    REGIONS,
    Hub,
    current_file,
    first_root,
    hub_file,
    make_hub,
    next_root,
    publication,
    root_keys,
    snapshot_of,
)


@pytest.fixture
def hub(tmp_path: Path) -> Hub:
    """A hub with three regions, each with its first publication."""
    return make_hub(tmp_path / "repository")


def test_a_repository_begins_with_a_root_and_the_hubs_file_and_only_once(tmp_path: Path) -> None:
    repository = Repository(tmp_path, ONLINE)

    repository.begin(first_root(), hub_file(), at=AT)

    assert repository.state().root.version == 1
    assert HUB_PATH in repository.state().targets.targets
    with pytest.raises(NotPossibleNow):
        repository.begin(first_root(), hub_file(), at=AT)


def test_what_a_region_signed_lies_there_byte_for_byte(hub: Hub) -> None:
    new = publication(HOST, 2, current_file(HOST, [HOME]))

    hub.publish(new)

    assert hub.repository.version_of(HOST) == 2
    assert (hub.folder / "metadata" / "2.region-150000.json").read_bytes() == new.metadata
    found = list((hub.folder / "targets" / "regions" / HOST).glob("*.current.cbor"))
    assert new.files[CURRENT] in [path.read_bytes() for path in found]


def test_sending_the_same_publication_again_changes_nothing(hub: Hub) -> None:
    before = snapshot_of(hub.folder)

    hub.publish(publication(HOST, 1))

    assert snapshot_of(hub.folder) == before


def test_a_file_that_is_there_already_need_not_be_sent_again(hub: Hub) -> None:
    again = publication(HOST, 2, at=AT + DAY)

    hub.publish(replace(again, files={}), at=AT + DAY)

    assert hub.repository.version_of(HOST) == 2


def _targets(
    region: RegionCode, version: int = 2, path: str | None = None, *, lifetime: int = DAY
) -> Targets:
    path = path or target_path(region)
    named = {path: TargetFile.from_data(path, current_file(region), [SHA256])}
    return Targets(version=version, expires=expiry(AT, lifetime), targets=named)


def _signed(region: RegionCode, targets: Targets) -> Publication:
    data = write_metadata(targets, [key(region, Usage.STATEMENT)])
    return Publication(region=region, metadata=data, files={CURRENT: current_file(region)})


def _delegating() -> Publication:
    targets = _targets(HOST)
    targets.delegations = Delegations({}, {})
    return _signed(HOST, targets)


def _flipped(given: Publication) -> Publication:
    metadata = Metadata.from_bytes(given.metadata)
    metadata.signed.version = 2
    return replace(given, metadata=metadata.to_bytes())


HOSTILE: dict[str, Callable[[], Publication]] = {
    "signed by another region's key (forged)": lambda: publication(HOST, 2, signer=key(HOME, "statement")),
    "signed by the region's pass key": lambda: publication(HOST, 2, signer=key(HOST, Usage.PASS)),
    "of a region that is no member": lambda: publication(STRANGER, 1),
    "a version skipped": lambda: publication(HOST, 3),
    "the same version with other content": lambda: publication(HOST, 1, current_file(HOST, [HOME])),
    "version 0": lambda: replace(
        publication(HOST, 2), metadata=b'{"signed":{"_type":"targets","version":0}}'
    ),
    "expired already": lambda: publication(HOST, 2, at=AT - 8 * DAY),
    "holding for a month": lambda: _signed(HOST, _targets(HOST, lifetime=30 * DAY)),
    "naming another region's path (cross-delegation)": lambda: _signed(
        HOST, _targets(HOST, path=target_path(HOME))
    ),
    "naming the hub's path": lambda: _signed(HOST, _targets(HOST, path=HUB_PATH)),
    "naming a path above its own": lambda: _signed(HOST, _targets(HOST, path="regions/150000/../x.cbor")),
    "delegating further": _delegating,
    "without its present statements": lambda: sign_publication(
        HOST, 2, {HISTORY: b"x"}, key(HOST, Usage.STATEMENT), at=AT
    ),
    "a file that is not the one named": lambda: replace(publication(HOST, 2), files={CURRENT: b"other"}),
    "a file not named at all": lambda: replace(
        publication(HOST, 2), files={CURRENT: current_file(HOST), HISTORY: b"x"}
    ),
    "a file named and not sent": lambda: replace(publication(HOST, 2, current_file(HOST, [HOME])), files={}),
    "altered after signing": lambda: _flipped(publication(HOST, 1)),
    "not JSON": lambda: replace(publication(HOST, 2), metadata=b"\x84"),
    "deeply nested JSON": lambda: replace(publication(HOST, 2), metadata=b"[" * 10_000),
    "too large": lambda: replace(publication(HOST, 2), metadata=b" " * (2**14 + 1)),
    "metadata of another role": lambda: replace(publication(HOST, 2), metadata=first_root()),
}


@pytest.mark.parametrize("title", HOSTILE)
def test_a_hostile_publication_is_refused_and_leaves_everything_as_it_was(hub: Hub, title: str) -> None:
    before = snapshot_of(hub.folder)

    with pytest.raises((UnreadableStatement, StatementRefused)):
        hub.publish(HOSTILE[title]())

    assert snapshot_of(hub.folder) == before


def test_one_bad_publication_among_good_ones_keeps_all_of_them_out(hub: Hub) -> None:
    before = snapshot_of(hub.folder)

    with pytest.raises(StatementRefused):
        hub.publish(publication(HOST, 2), publication(HOME, 7))

    assert snapshot_of(hub.folder) == before


def test_two_regions_publishing_at_once_both_land(hub: Hub) -> None:
    threads = [
        threading.Thread(target=hub.publish, args=(publication(region, 2, at=AT + HOUR),))
        for region in REGIONS
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert [hub.repository.version_of(region) for region in REGIONS] == [2, 2, 2]
    assert not hub.repository.reconcile(at=AT)


def test_new_keys_and_what_they_sign_come_in_together(hub: Hub) -> None:
    new = key(HOST, "new statement key")

    hub.repository.accept_region_metadata(
        HOST,
        publication(HOST, 2, signer=new).metadata,
        {CURRENT: current_file(HOST)},
        at=AT,
        keys=[new.public],
    )

    assert hub.repository.version_of(HOST) == 2
    with pytest.raises(StatementRefused):
        hub.publish(publication(HOST, 3))


def test_new_keys_alone_are_refused_where_the_present_metadata_would_no_longer_hold(hub: Hub) -> None:
    change = RepositoryChange(keys={HOST: [key("other").public]})

    with pytest.raises(StatementRefused, match="publish them anew"):
        hub.repository.publish(change, at=AT)
    both = RepositoryChange(keys={HOST: [key("other").public, key(HOST, Usage.STATEMENT).public]})
    hub.repository.publish(both, at=AT)


def test_a_check_says_what_publishing_would_and_changes_nothing(hub: Hub) -> None:
    before = snapshot_of(hub.folder)

    hub.repository.check(RepositoryChange(publications=(publication(HOST, 2),)), at=AT)
    with pytest.raises(StatementRefused):
        hub.repository.check(RepositoryChange(publications=(publication(HOST, 3),)), at=AT)

    assert snapshot_of(hub.folder) == before


def test_the_timestamp_is_signed_again_every_hour_and_the_rest_in_good_time(hub: Hub) -> None:
    assert not hub.repository.renew(at=AT + HOUR - 1)
    snapshot = hub.repository.state().snapshot.version
    assert hub.repository.renew(at=AT + HOUR)
    assert hub.repository.state().snapshot.version == snapshot
    assert hub.repository.renew(at=AT + 4 * DAY)
    assert hub.repository.state().snapshot.version == snapshot + 1
    targets = hub.repository.state().targets.version
    assert hub.repository.renew(at=AT + 46 * DAY)
    assert hub.repository.state().targets.version == targets + 1


def test_a_new_root_with_new_ordering_keys_signs_everything_again(hub: Hub) -> None:
    online = OnlineKeys(targets=key("t2"), snapshot=key("s2"), timestamp=key("ts2"))
    root = next_root(hub.root, root_keys(online=online), 2, KEYHOLDERS[:3])

    with pytest.raises(KeyStoreError):
        hub.repository.put_root(root, at=AT)
    Repository(hub.folder, online).put_root(root, at=AT)

    assert not Repository(hub.folder, online).reconcile(at=AT)
    assert hub.repository.version_of(HOST) == 1


def test_a_root_that_came_in_alone_is_followed_up_at_the_next_start(hub: Hub) -> None:
    online = OnlineKeys(targets=key("t2"), snapshot=key("s2"), timestamp=key("ts2"))
    root = next_root(hub.root, root_keys(online=online), 2, KEYHOLDERS[:3])
    (hub.folder / "metadata" / "2.root.json").write_bytes(root)

    assert Repository(hub.folder, online).reconcile(at=AT)
    assert not Repository(hub.folder, online).reconcile(at=AT)


def test_a_missing_file_is_told_and_not_papered_over(hub: Hub) -> None:
    for path in (hub.folder / "metadata").glob("*.snapshot.json"):
        path.unlink()

    with pytest.raises(StoreUnavailable, match="cannot be read"):
        hub.repository.reconcile(at=AT)


def test_what_no_state_leads_to_is_pruned_and_roots_never(hub: Hub) -> None:
    hub.publish(publication(HOST, 2, at=AT + HOUR))

    assert hub.repository.prune(older_than=0) == 0
    assert hub.repository.prune(older_than=time.time() + 60) > 0

    names = {path.name for path in (hub.folder / "metadata").iterdir()}
    assert {"1.root.json", "2.region-150000.json", "timestamp.json"} <= names
    assert "1.region-150000.json" not in names
    assert not hub.repository.reconcile(at=AT)


KILL = """
import os, signal, sys
from pathlib import Path
from tests.builders import AT, HOME, HOST
from tests.distribution.hub import ONLINE, publication, current_file
from comity.distribution.repository import Repository, RepositoryChange
path, left = Path(sys.argv[1]), int(sys.argv[2])
def counted(event, args):
    global left
    if event in ("open", "os.rename") and str(args[0]).startswith(str(path)) and ".new-" in str(args[0]):
        left -= 1
        if left < 0:
            os.kill(os.getpid(), signal.SIGKILL)
sys.addaudithook(counted)
change = RepositoryChange(publications=(publication(HOST, 2, current_file(HOST, [HOME])),))
Repository(path, ONLINE).publish(change, at=AT)
"""
"""Publishes, and is killed at the given opening or renaming of a file."""


def test_kill_9_anywhere_in_a_publication_leaves_the_old_state_or_the_new_one(hub: Hub) -> None:
    ended, writes = set(), 0
    while True:
        status = subprocess.run(
            [sys.executable, "-c", KILL, str(hub.folder), str(writes)], check=False
        ).returncode
        after = Repository(hub.folder, ONLINE)
        after.reconcile(at=AT)
        assert after.state().files(after._folder)
        assert not list(hub.folder.rglob(".new-*"))
        if status == 0:
            break
        assert status == -signal.SIGKILL
        ended.add(after.version_of(HOST))
        writes += 1
    assert writes >= 6
    assert 1 in ended
    assert Repository(hub.folder, ONLINE).version_of(HOST) == 2
