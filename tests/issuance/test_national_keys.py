"""A region takes over the nation's keys, recognises the national code, and its gates read national passes."""

from __future__ import annotations

from pathlib import Path

from comity.codec.qrtext import write_text
from comity.domain.region import NATION
from comity.issuance.bundle_publication import publish_bundle
from comity.issuance.statement_imports import import_statements
from comity.issuance.statements import publish_recognition
from comity.records.published_files import BUNDLE_FILE
from comity.trust.bundle import open_bundle
from comity.trust.keys import KeyEntry, Usage
from comity.trust.membership import write_hub_root
from comity.verify import verify
from tests.builders import AT, HOST, HUB, key, moment, sign_pass, signed_key_list, signed_membership
from tests.region import make_issuer
from tests.verify.test_national_passes import national

ENTRY = KeyEntry(key=key(NATION, Usage.PASS).public, usage=Usage.PASS, max_validity=60)


def test_c2_1_a_converted_pass_passes_once_the_host_has_said_so_and_not_before(tmp_path: Path) -> None:
    issuer = make_issuer()
    files = {
        "hub.cbor": write_hub_root(HUB.public),
        "membership.cbor": signed_membership(HOST),
        "key-list.cbor": signed_key_list(HOST),
        "membership-nation.cbor": signed_membership(NATION),
        "key-list-nation.cbor": signed_key_list(NATION, ENTRY),
    }
    with issuer.store.transaction() as transaction:
        taken = import_statements(transaction, issuer, files, at=AT)

    def shown() -> str:
        publish_bundle(issuer, tmp_path, at=AT)
        bundle = open_bundle((tmp_path / BUNDLE_FILE).read_bytes())
        return str(verify(write_text(sign_pass(national())), bundle, at=moment(AT)).reason)

    before = shown()
    with issuer.store.transaction() as transaction:
        publish_recognition(transaction, issuer, NATION, at=AT)

    assert NATION in taken.members
    assert (before, shown()) == ("not_recognised", "green")
