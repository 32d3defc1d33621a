"""Statements taken over from hub and regions, and the bundle that is made of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from comity.domain.instant import DAY
from comity.domain.rulebook import Rulebook
from comity.errors import ComityError, InvalidInput, StatementRefused
from comity.issuance.bundle_publication import publish_bundle
from comity.issuance.issuer import Issuer
from comity.issuance.statement_imports import TakenOver, import_statements
from comity.issuance.statements import StatementRow, publish_recognition, publish_rulebook, statement_row
from comity.records.statement_kinds import StatementKind
from comity.trust.bundle import open_bundle, read_anchor
from comity.trust.keys import KeyList, Membership
from comity.trust.membership import write_hub_root, write_key_list, write_membership
from tests.builders import AT, HOME, HOST, HUB, key, key_list
from tests.region import make_issuer

OTHER_HUB = key("another hub")


def membership(region: str, *, version: int = 1, hub: str = "hub", root: str | None = None) -> bytes:
    root_key = key(root or region, "root").public
    return write_membership(
        Membership(region=region, version=version, root_thumbprint=root_key.thumbprint, member_from=0),
        key(hub),
        is_test=True,
    )


def signed_key_list(region: str, *, version: int = 1, entries: int = 4) -> bytes:
    known = key_list(region)
    listed = KeyList(region=region, version=version, root=known.root, entries=known.entries[:entries])
    return write_key_list(listed, key(region, "root"), is_test=True)


def everything() -> dict[str, bytes]:
    return {
        "hub.cbor": write_hub_root(HUB.public),
        "own.cbor": membership(HOST),
        "other.cbor": membership(HOME),
        "keys.cbor": signed_key_list(HOME),
    }


@pytest.fixture
def issuer() -> Issuer:
    made = make_issuer()
    with made.store.transaction() as transaction:
        row = statement_row(StatementKind.KEY_LIST, HOST, 1, signed_key_list(HOST), at=AT)
        transaction.of(StatementRow).add(row)
        publish_rulebook(transaction, made, Rulebook(region=HOST, version=1), at=AT)
    return made


def bring(issuer: Issuer, files: dict[str, bytes], *, at: int = AT) -> TakenOver:
    with issuer.store.transaction() as transaction:
        return import_statements(transaction, issuer, files, at=at)


def test_what_the_hub_vouches_for_is_taken_over_once(issuer: Issuer) -> None:
    first, again = bring(issuer, everything()), bring(issuer, everything())

    assert (first.new, first.members) == (3, (HOST, HOME))
    assert (again.new, again.members) == (0, (HOST, HOME))


@pytest.mark.parametrize(
    ("files", "refusal"),
    [
        pytest.param({"hub.cbor": write_hub_root(OTHER_HUB.public)}, StatementRefused, id="another hub"),
        pytest.param({"m.cbor": membership(HOME, hub="a region")}, StatementRefused, id="not the hub's"),
        pytest.param({"m.cbor": membership(HOME, version=0)}, StatementRefused, id="an older membership"),
        pytest.param({"k.cbor": signed_key_list("650000")}, StatementRefused, id="keys of no member"),
        pytest.param(
            {"m.cbor": membership(HOME, version=2, root="650000")},
            StatementRefused,
            id="keys of another root",
        ),
        pytest.param({"k.cbor": signed_key_list(HOME, entries=3)}, StatementRefused, id="same version twice"),
        pytest.param({"x.cbor": b"\xa0"}, InvalidInput, id="no statement"),
        pytest.param({"x.cbor": b""}, InvalidInput, id="an empty file"),
        pytest.param({"x.cbor": bytes(2**20 + 1)}, InvalidInput, id="a huge file"),
    ],
)
def test_what_nobody_vouches_for_changes_nothing(
    issuer: Issuer, files: dict[str, bytes], refusal: type[ComityError]
) -> None:
    bring(issuer, everything())

    with pytest.raises(refusal):
        bring(issuer, {"next.cbor": signed_key_list(HOME, version=2)} | files)

    assert bring(issuer, {}).new == 0
    with issuer.store.reading() as transaction:
        versions = {row.version for row in transaction.of(StatementRow).select()}
    assert versions == {1}


def test_the_first_import_needs_the_hub_itself(issuer: Issuer) -> None:
    with pytest.raises(InvalidInput):
        bring(issuer, {"own.cbor": membership(HOST)})


def test_the_own_root_must_be_the_one_the_hub_vouches_for(issuer: Issuer) -> None:
    with pytest.raises(StatementRefused):
        bring(issuer, everything() | {"own.cbor": membership(HOST, root="650000")})


def test_a_newer_key_list_takes_the_place_of_the_older(issuer: Issuer, tmp_path: Path) -> None:
    bring(issuer, everything())

    bring(issuer, {"k.cbor": signed_key_list(HOME, version=2, entries=3)})
    publish_bundle(issuer, tmp_path, at=AT)

    bundle = open_bundle((tmp_path / "bundle.cbor").read_bytes(), host=HOST)
    assert {listed.region: listed.version for listed in bundle.key_lists} == {HOST: 1, HOME: 2}


def test_the_published_bundle_holds_what_is_kept_under_the_published_anchor(
    issuer: Issuer, tmp_path: Path
) -> None:
    bring(issuer, everything())
    with issuer.store.transaction() as transaction:
        publish_recognition(transaction, issuer, HOME, at=AT)

    assert publish_bundle(issuer, tmp_path, at=AT + DAY)

    anchor = read_anchor((tmp_path / "anchor.cbor").read_bytes())
    bundle = open_bundle((tmp_path / "bundle.cbor").read_bytes(), anchor=anchor, host=HOST)
    assert bundle.issued_at == AT + DAY
    assert list(bundle.recognitions) == [HOME]
    assert [rulebook.version for rulebook in bundle.rulebooks] == [1]
    assert sorted(path.name for path in (tmp_path / "statements").iterdir()) == [
        "hub.cbor",
        "key_list.cbor",
        "membership.cbor",
    ]


def test_versions_of_the_bundle_only_rise(issuer: Issuer, tmp_path: Path) -> None:
    bring(issuer, everything())
    versions = []
    for _ in range(3):
        publish_bundle(issuer, tmp_path, at=AT)
        versions.append(open_bundle((tmp_path / "bundle.cbor").read_bytes()).version)

    assert versions == [1, 2, 3]


def test_a_region_that_is_no_member_publishes_its_anchor_and_no_bundle(
    issuer: Issuer, tmp_path: Path
) -> None:
    assert not publish_bundle(issuer, tmp_path, at=AT)

    assert (tmp_path / "anchor.cbor").exists()
    assert not (tmp_path / "bundle.cbor").exists()
