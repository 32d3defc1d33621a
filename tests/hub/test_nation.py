"""The nation as issuer: vouched for by the hub, recognised by a host's own word, read at a gate."""

from __future__ import annotations

from dataclasses import replace

import pytest

from comity.codec.qrtext import write_text
from comity.domain.claims import PassClaims
from comity.domain.colour import PassClass
from comity.domain.region import NATION, RegionCode
from comity.errors import StatementRefused
from comity.hub.conversion import NationalIssuer, conversion_question, convert_for_member
from comity.hub.members import find_membership
from comity.hub.membership import MembershipChange
from comity.hub.nation import find_national_keys, list_national_keys
from comity.hub.register_entry import read_entries
from comity.hub.register_words import region_name, short_name
from comity.hub.statements import AcceptedStatement
from comity.records.statement_kinds import StatementKind
from comity.trust.attested_answers import AttestedAnswer, AttestedState, write_attested_answer
from comity.trust.bundle import open_bundle
from comity.trust.keys import KeyEntry, KeyList, Usage
from comity.trust.membership import write_key_list
from comity.trust.recognition_statements import write_recognition
from comity.verify import verify
from tests.builders import (
    AT,
    HOME,
    HOST,
    HUB,
    bundle_parts,
    claims,
    key,
    key_list,
    moment,
    recognition,
    signed_bundle,
    signed_key_list,
    signed_membership,
)
from tests.hub_office import HubOffice

ENTRY = KeyEntry(key=key(NATION, Usage.PASS).public, usage=Usage.PASS, max_validity=60)
KEYS = key_list(NATION, ENTRY)


@pytest.fixture
def office() -> HubOffice:
    return HubOffice()


def listed(office: HubOffice, keys: KeyList = KEYS, *, root: str = NATION) -> None:
    data = write_key_list(keys, key(root, "root"), is_test=True)
    with office.hub.store.transaction() as transaction:
        list_national_keys(transaction, office.hub, data, at=office.at)


def attested(region: RegionCode = HOME) -> bytes:
    given: PassClaims = claims(PassClass.ONLINE, issuer=region)
    answer = AttestedAnswer(
        issuer=region,
        question=conversion_question(given.pass_id),
        answered_at=AT,
        state=AttestedState.CURRENT,
        claims=given,
    )
    return write_attested_answer(answer, key(region, Usage.PASS), is_test=True)


def converted(office: HubOffice) -> bytes:
    nation = NationalIssuer(entry=ENTRY, signer=key(NATION, Usage.PASS), is_test=True)
    with office.hub.store.reading() as transaction:
        return convert_for_member(transaction, office.hub, nation, attested(), at=AT)


def test_a_gate_reads_a_converted_pass_under_what_the_hub_vouches_for(office: HubOffice) -> None:
    office.change(HOME, MembershipChange.ADMISSION)
    listed(office)
    with office.hub.store.reading() as transaction:
        rows = transaction.of(AcceptedStatement).select()
    national = {row.kind: row.data for row in rows if NATION in (row.region, row.about)}
    parts = replace(
        bundle_parts(),
        memberships=(signed_membership(HOST), national[StatementKind.MEMBERSHIP]),
        key_lists=(signed_key_list(HOST), national[StatementKind.KEY_LIST]),
        recognitions=(write_recognition(recognition(NATION), key(HOST, Usage.STATEMENT), is_test=True),),
    )

    decision = verify(write_text(converted(office)), open_bundle(signed_bundle(parts)), at=moment(AT))

    assert (decision.outcome, decision.issuer) == ("PASS", NATION)


def test_only_a_region_that_takes_part_has_its_word_converted(office: HubOffice) -> None:
    with pytest.raises(StatementRefused, match="takes no part"):
        converted(office)


def test_the_first_key_list_makes_the_nation_a_member_and_the_next_is_under_the_same_root(
    office: HubOffice,
) -> None:
    listed(office)
    listed(office, replace(KEYS, version=2))

    with office.hub.store.reading() as transaction:
        membership = find_membership(transaction, office.hub, NATION)
        found = find_national_keys(transaction, office.hub)
    assert membership is not None
    assert membership.version == 1
    assert found is not None
    assert found.version == 2


@pytest.mark.parametrize(
    ("keys", "root"),
    [
        (key_list(NATION), NATION),
        (key_list(NATION, replace(ENTRY, areas=("440100",))), NATION),
        (key_list(NATION, replace(ENTRY, max_validity=61)), NATION),
        (replace(KEYS, entries=KEYS.entries[1:]), NATION),
        (key_list(HOME, ENTRY), HOME),
        (KEYS, NATION),
        (replace(KEYS, version=2, root=key(HOME, "root").public), HOME),
    ],
    ids=["a month", "one area", "a second more", "no pass key", "a region's", "known", "another root"],
)
def test_a_key_list_that_is_not_the_nations_is_refused(office: HubOffice, keys: KeyList, root: str) -> None:
    listed(office)

    with pytest.raises(StatementRefused):
        listed(office, keys, root=root)


def test_the_register_holds_and_names_the_nation_and_it_is_no_region_of_the_matrix(office: HubOffice) -> None:
    listed(office)
    with office.hub.store.reading() as transaction:
        rows = transaction.of(AcceptedStatement).select()

    entries, left_out = read_entries(rows, hub=HUB.public, is_test=True)

    assert left_out == 0
    assert [entry.region or entry.about for entry in entries] == [NATION, NATION]
    assert region_name(NATION) == short_name(NATION)
    assert region_name(NATION).zh == "国家平台"
