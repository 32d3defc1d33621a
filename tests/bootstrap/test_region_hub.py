"""A region and its hub: fetched, taken over, published, and the hub caught when it withholds."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from comity.bootstrap.region import OpenRegion
from comity.bootstrap.region_folder import RegionFolder
from comity.bootstrap.region_hub import hub_client, publish_region, sync_region
from comity.bootstrap.settings import NodeSettings
from comity.client.folder_source import FolderSource
from comity.distribution.opened_statements import open_statements
from comity.distribution.publication import read_publication
from comity.distribution.statement_file import read_history_file, read_statement_file
from comity.domain.instant import DAY, HOUR, MINUTE, Instant
from comity.domain.recognition import Recognition
from comity.domain.region import RegionCode
from comity.domain.rulebook import Rulebook
from comity.errors import (
    ComityError,
    DownloadFailed,
    NotPossibleNow,
    RequestRefused,
    StatementRefused,
    UsageError,
)
from comity.issuance.hub_publication import HubPublication, find_publication
from comity.issuance.hub_state import find_hub_state
from comity.issuance.key_ring import follow_keys
from comity.issuance.key_rotation import close_key
from comity.issuance.statement_imports import import_statements
from comity.issuance.statements import (
    StatementRow,
    newest_statements,
    publish_rulebook,
    statement_row,
)
from comity.records.statement_kinds import StatementKind
from comity.storage.memory import MemoryKeyStore
from comity.trust.bundle import open_bundle
from comity.trust.keys import Membership, Usage
from comity.trust.membership import write_hub_root, write_key_list
from comity.trust.recognition_statements import write_recognition
from tests.builders import AT, HOME, HOST, key
from tests.distribution.hub import Hub, current_file, make_hub, publication
from tests.region import make_issuer, make_key_store

URL = "https://node.example"


class Clock:
    """A clock a test sets."""

    def __init__(self) -> None:
        self.at: Instant = AT

    def __call__(self) -> Instant:
        return self.at

    def put_forward(self, seconds: int) -> Instant:
        """Let time pass."""
        self.at += seconds
        return self.at


class Node:
    """A region in memory with a hub on disk; `send` publishes into the hub's repository."""

    def __init__(self, folder: Path) -> None:
        self.hub: Hub = make_hub(folder / "repository")
        (folder / "root.json").write_bytes(self.hub.root)
        self.clock = Clock()
        self.issuer = make_issuer(HOST)
        settings = NodeSettings(public_url=URL, hub_root=folder / "root.json", data=folder / "data")
        self.region = OpenRegion(
            issuer=self.issuer,
            keys=MemoryKeyStore(),  # type: ignore[arg-type]
            clock=self.clock,  # type: ignore[arg-type]
            folder=RegionFolder(path=folder / "data"),
            settings=settings,
        )
        with self.issuer.store.transaction() as transaction:
            data = write_key_list(self.issuer.keys.key_list, key(HOST, "root"), is_test=True)
            transaction.of(StatementRow).add(statement_row(StatementKind.KEY_LIST, HOST, 1, data, at=AT))
            publish_rulebook(transaction, self.issuer, Rulebook(region=HOST, version=1), at=AT)

    def send(self, body: bytes) -> None:
        """Take a publication in as the hub does."""
        sent = read_publication(body)
        try:
            self.hub.repository.accept_region_metadata(
                sent.region, sent.metadata, sent.files, at=self.clock()
            )
        except ComityError as error:
            raise RequestRefused(str(error)) from error

    def sync(self) -> str | None:
        """Fetch; give the warning."""
        return sync_region(self.region, FolderSource(self.hub.folder)).state.warning

    def publish(self, *added: StatementRow, send: Callable[[bytes], None] | None = None) -> int | None:
        """Publish with new statements."""
        return publish_region(self.region, added, send=send or self.send)

    def recognition(self, other: RegionCode = HOME, version: int = 1) -> StatementRow:
        """A new recognition, signed and not kept."""
        data = write_recognition(
            Recognition(
                host=HOST,
                issuer=other,
                version=version,
                published_at=self.clock(),
                effective_from=self.clock(),
            ),
            key(HOST, Usage.STATEMENT),
            is_test=True,
        )
        return statement_row(StatementKind.RECOGNITION, HOST, version, data, at=self.clock(), about=other)

    def kept(self, kind: StatementKind) -> list[StatementRow]:
        """The newest statements of a kind in the region's records."""
        with self.issuer.store.reading() as transaction:
            return newest_statements(transaction, kind)


@pytest.fixture
def node(tmp_path: Path) -> Node:
    """A region that has fetched once."""
    made = Node(tmp_path)
    made.sync()
    return made


def test_what_others_signed_is_taken_over_and_the_bundle_says_as_of_when(node: Node) -> None:
    bundle = open_bundle((node.region.folder.published / "bundle.cbor").read_bytes(), host=HOST)

    assert {each.region for each in bundle.key_lists} == {"150000", "440000", "420000"}
    assert bundle.hub_as_of == AT
    node.clock.put_forward(2 * HOUR)
    node.hub.repository.renew(at=AT + HOUR)
    node.sync()
    bundle = open_bundle((node.region.folder.published / "bundle.cbor").read_bytes(), host=HOST)
    assert bundle.hub_as_of == AT + HOUR


def test_c2_1_a_new_recognition_counts_at_home_once_the_hub_has_taken_it_in(node: Node) -> None:
    assert node.publish(node.recognition()) == 2

    assert [row.about for row in node.kept(StatementKind.RECOGNITION)] == [HOME]
    assert node.sync() is None
    known = hub_client(node.region).find_federation(at=AT)
    assert known is not None
    assert known.recognised_by(HOST, at=AT) == (HOME,)
    location = known.regions[HOST].opened.location
    assert location is not None
    assert location.url == URL


def test_c2_1_what_the_hub_refuses_is_nowhere(node: Node) -> None:
    def refuse(body: bytes) -> None:
        raise RequestRefused("not yet", clause="C2.1")

    with pytest.raises(RequestRefused, match="not yet"):
        node.publish(node.recognition(), send=refuse)

    assert node.kept(StatementKind.RECOGNITION) == []
    with node.issuer.store.reading() as transaction:
        assert find_publication(transaction, is_confirmed=False) is None


@pytest.mark.parametrize("was_taken_in", [True, False])
def test_an_answer_that_got_lost_is_asked_for_again_and_nothing_is_published_twice(
    node: Node, was_taken_in: bool
) -> None:
    def lose(body: bytes) -> None:
        if was_taken_in:
            node.send(body)
        raise DownloadFailed("no answer")

    with pytest.raises(DownloadFailed):
        node.publish(node.recognition(), send=lose)
    assert node.kept(StatementKind.RECOGNITION) == []

    node.publish()

    assert [row.about for row in node.kept(StatementKind.RECOGNITION)] == [HOME]
    assert node.hub.repository.version_of(HOST) == 2


def test_a_word_whose_key_closed_while_its_publication_was_on_its_way_is_signed_again(node: Node) -> None:
    def lose(body: bytes) -> None:
        node.send(body)
        raise DownloadFailed("no answer")

    with pytest.raises(DownloadFailed):
        node.publish(node.recognition(), send=lose)
    keys, sent = make_key_store(HOST), list[bytes]()
    closed = node.issuer.keys.statements.kid
    close_key(node.issuer, keys, Usage.STATEMENT, closed, at=AT, actor="region")

    with pytest.raises(NotPossibleNow, match="has been closed") as refused:
        node.publish()
    node.region = replace(node.region, issuer=follow_keys(node.issuer, keys, at=AT))
    node.publish(send=sent.append)

    assert "key of now" in refused.value.next_step
    file = read_statement_file(read_publication(sent[-1]).files["current.cbor"], region=HOST)
    member = Membership(
        region=HOST, version=1, root_thumbprint=key(HOST, "root").public.thumbprint, member_from=AT
    )
    assert set(open_statements(file, member, at=AT, is_test=True).recognitions) == {HOME}


def test_nothing_is_published_without_a_change_until_a_day_has_passed(node: Node) -> None:
    assert node.publish() == 2
    assert node.publish() is None
    node.clock.put_forward(DAY - 1)
    assert node.publish() is None
    node.clock.put_forward(1)
    assert node.publish() == 3


def test_superseded_versions_go_into_the_history(node: Node) -> None:
    node.publish(node.recognition())
    node.publish(node.recognition(version=2))

    with node.issuer.store.reading() as transaction:
        last = find_publication(transaction, is_confirmed=True)
    assert last is not None
    files = read_publication(last.body).files
    assert len(read_statement_file(files["current.cbor"], region=HOST).recognitions) == 1
    assert len(read_history_file(files["history.cbor"], region=HOST).statements) == 1


def test_a_rulebook_to_come_is_published_beside_the_one_in_force(node: Node) -> None:
    with node.issuer.store.transaction() as transaction:
        for version, start in ((2, AT - 1), (3, AT + DAY)):
            rulebook = Rulebook(region=HOST, version=version, valid_from=start)
            publish_rulebook(transaction, node.issuer, rulebook, at=AT)

    node.publish()

    known = node.sync() or hub_client(node.region).find_federation(at=AT)
    assert known is not None
    assert not isinstance(known, str)
    assert [each.version for each in known.regions[HOST].opened.rulebooks] == [2, 3]


def test_a_hub_that_withholds_a_publication_is_caught_after_a_quarter_of_an_hour(
    node: Node, tmp_path: Path
) -> None:
    shutil.copytree(node.hub.folder, tmp_path / "old")
    node.publish(node.recognition())
    served, node.hub = node.hub, replace(node.hub, folder=tmp_path / "old")

    assert node.sync() is None
    node.clock.put_forward(15 * MINUTE)
    warning = node.sync()
    assert warning is not None
    assert "withheld" in warning
    with node.issuer.store.reading() as transaction:
        state = find_hub_state(transaction)
    assert state is not None
    assert state.warning == warning
    node.hub = served
    assert node.sync() is None


def test_a_publication_that_this_node_did_not_make_is_told(node: Node) -> None:
    node.publish()
    node.hub.publish(publication(HOST, 3, current_file(HOST, [HOME])))

    warning = node.sync()

    assert warning is not None
    assert "did not publish" in warning


def test_a_region_restored_from_an_old_backup_goes_on_after_the_version_that_is_served(node: Node) -> None:
    node.publish(node.recognition())
    node.sync()
    with node.issuer.store.transaction() as transaction:
        transaction.of(HubPublication).remove()

    assert node.publish() == 3


def test_without_a_hub_there_is_nothing_to_fetch_from(node: Node, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no hub"):
        sync_region(node.region)
    unset = replace(
        node.region, settings=NodeSettings(data=tmp_path / "x"), folder=RegionFolder(path=tmp_path)
    )
    with pytest.raises(UsageError, match="no root"):
        sync_region(unset, FolderSource(node.hub.folder))


def test_statements_of_a_hub_with_another_key_are_not_taken_over(node: Node) -> None:
    files = {"hub.cbor": write_hub_root(key("other hub").public)}

    with node.issuer.store.transaction() as transaction, pytest.raises(StatementRefused, match="another hub"):
        import_statements(transaction, node.issuer, files, at=AT)
