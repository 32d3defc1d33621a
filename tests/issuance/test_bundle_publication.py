"""The bundle published: never two bundles of one version, whatever stops between its steps."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from typing_extensions import override

from comity import open_bundle
from comity.bootstrap.demo_hub import demo_hub, demo_membership
from comity.errors import StoreUnavailable
from comity.issuance.bundle_publication import publish_bundle
from comity.issuance.issuer import Issuer
from comity.issuance.statement_imports import import_statements
from comity.records.ports import Transaction
from comity.records.published_files import prepare_file
from comity.storage.memory import MemoryStore
from comity.trust.membership import write_hub_root
from tests.builders import AT
from tests.region import list_keys, make_issuer, make_key_store


class LosingStore(MemoryStore):
    """A store whose confirmation may get lost: what was done is then not there."""

    loses = False

    @override
    @contextmanager
    def transaction(self) -> Iterator[Transaction]:
        with super().transaction() as transaction:
            yield transaction
            if self.loses:
                raise StoreUnavailable("gone while it confirmed")


@pytest.fixture
def issuer() -> Issuer:
    made = make_issuer(store=LosingStore())
    made = list_keys(made, make_key_store(made.region))
    files = {
        "hub.cbor": write_hub_root(demo_hub().public),
        "membership.cbor": demo_membership(made.region, made.keys.key_list.root),
    }
    with made.store.transaction() as transaction:
        import_statements(transaction, made, files, at=AT)
    return made


def version(folder: Path) -> int:
    return open_bundle((folder / "bundle.cbor").read_bytes()).version


def test_a_bundle_whose_transaction_is_lost_is_seen_by_nobody(issuer: Issuer, tmp_path: Path) -> None:
    publish_bundle(issuer, tmp_path, at=AT)
    before = (tmp_path / "bundle.cbor").read_bytes()
    assert isinstance(issuer.store, LosingStore)
    issuer.store.loses = True

    with pytest.raises(StoreUnavailable):
        publish_bundle(issuer, tmp_path, at=AT + 1)

    assert (tmp_path / "bundle.cbor").read_bytes() == before
    assert not list(tmp_path.rglob(".*cbor*"))
    issuer.store.loses = False
    publish_bundle(issuer, tmp_path, at=AT + 2)
    assert version(tmp_path) == 2


def test_what_a_stopped_process_left_half_written_goes_with_the_next_bundle(
    issuer: Issuer, tmp_path: Path
) -> None:
    publish_bundle(issuer, tmp_path, at=AT)
    prepare_file(tmp_path, "bundle.cbor", b"half")
    prepare_file(tmp_path / "statements", "key_list.cbor", b"half")

    publish_bundle(issuer, tmp_path, at=AT + 1)

    assert version(tmp_path) == 2
    assert not list(tmp_path.rglob(".*cbor*"))
