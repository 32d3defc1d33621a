"""`POST /conversions`: who may have a region's word converted, and what a gate makes of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import pytest
from starlette.testclient import TestClient

from comity.bootstrap.hub import init_hub, open_hub
from comity.bootstrap.hub_file import hub_file_of
from comity.bootstrap.hub_nation import NationalKeys, found_nation
from comity.bootstrap.settings import read_settings
from comity.codec.base45 import decode
from comity.codec.qrtext import PREFIX
from comity.distribution.names import role_of
from comity.distribution.opened_statements import open_memberships, open_national_keys
from comity.distribution.statement_file import read_hub_file
from comity.domain.region import HUBEI, NATION
from comity.errors import UsageError
from comity.hub.conversion import NationalIssuer
from comity.hub.membership import MembershipChange
from comity.records.audit_records import AuditRow
from comity.server.hub_app import make_hub_app
from comity.trust.algorithm import PrivateKey
from comity.trust.attested_answers import AttestedAnswer, AttestedState, question_of, write_attested_answer
from comity.trust.keys import KeyEntry, Usage
from tests.builders import HOME, key, referral
from tests.hub.test_conversion import attested, decided
from tests.logs import collected_logs
from tests.server.hub_server import UNBOUNDED, HubServer

ENTRY: Final = KeyEntry(key=key(NATION, Usage.PASS).public, usage=Usage.PASS, max_validity=60)
NATIONAL: Final = NationalIssuer(entry=ENTRY, signer=key(NATION, Usage.PASS), is_test=True)


@pytest.fixture
def hub(tmp_path: Path) -> HubServer:
    hub = HubServer(tmp_path)
    for region in (HOME, HUBEI):
        hub.change(region, MembershipChange.ADMISSION)
    return hub


@pytest.fixture
def client(hub: HubServer) -> Iterator[TestClient]:
    with TestClient(make_hub_app(replace(hub.node, nation=lambda _: NATIONAL), bounds=UNBOUNDED)) as client:
        yield client


def sent(client: TestClient, answer: AttestedAnswer, signer: PrivateKey | None = None) -> Any:
    data = write_attested_answer(answer, signer or key(answer.issuer, Usage.PASS), is_test=True)
    return client.post("/conversions", content=data, headers={"content-type": "application/cbor"})


def pass_in(answer: Any) -> bytes:
    assert answer.status_code == 201, answer.text
    return decode(answer.json()["text"].removeprefix(PREFIX).encode())


def test_a_regions_word_becomes_a_pass_that_a_gate_reads_and_no_cache_keeps(client: TestClient) -> None:
    answer = sent(client, attested())

    assert answer.headers["cache-control"] == "no-store"
    decision = decided(pass_in(answer))
    assert (decision.outcome, decision.issuer) == ("PASS", NATION)


def test_c3_3_a_pass_converted_over_http_is_still_referred(client: TestClient) -> None:
    converted = pass_in(sent(client, attested(region=HUBEI)))

    assert decided(converted, referrals=(referral(HUBEI),)).outcome == "REFER"


def test_who_is_no_region_that_takes_part_gets_nothing(hub: HubServer, client: TestClient) -> None:
    gates = replace(attested(), question=question_of("YKM:abcdefghijklmnop", bytes(16)))
    void = replace(attested(), state=AttestedState.VOID, claims=None)

    refused = {
        "no member": sent(client, attested(region="650000")),  # type: ignore[arg-type]
        "another's key": sent(client, attested(), key(HUBEI, Usage.PASS)),
        "a gate's answer": sent(client, gates),
        "not current": sent(client, void),
        "nothing": client.post("/conversions", content=b""),
        "too long": client.post("/conversions", content=bytes(2_000)),
    }
    hub.at += 60
    refused["old"] = sent(client, attested())

    statuses = {what: answer.status_code for what, answer in refused.items()}
    assert statuses.pop("not current") == 409
    assert set(statuses.values()) == {422}, statuses


def test_settled_rule_15_nothing_of_the_person_is_kept_or_logged(hub: HubServer, client: TestClient) -> None:
    with hub.hub.store.reading() as transaction:
        before = transaction.of(AuditRow).select()
    with collected_logs() as lines:
        sent(client, attested())

    given = attested().claims
    assert given is not None
    assert given.masked_name not in "".join(lines)
    assert given.pass_id.hex() not in "".join(lines)
    with hub.hub.store.reading() as transaction:
        assert transaction.of(AuditRow).select() == before


def test_a_hub_without_a_national_code_says_so(hub: HubServer) -> None:
    with hub.client() as client:
        answer = sent(client, attested())

    assert answer.status_code == 409
    assert "comity hub nation" in answer.json()["next_step"]


def test_the_keys_of_the_nation_are_made_once_and_carried_by_the_hubs_file(tmp_path: Path) -> None:
    settings = read_settings(data=tmp_path / "hub", demo=True, key_passphrase="words")
    with init_hub(settings).opened as opened:
        made = found_nation(opened)
        with pytest.raises(UsageError, match="already"):
            found_nation(opened)

    with open_hub(settings) as opened:
        with opened.hub.store.reading() as transaction:
            nation = NationalKeys(opened)(transaction)
        file = read_hub_file(hub_file_of(opened.hub, at=opened.clock()))
        state = opened.repository.state()
    members, is_test = open_memberships(file)
    assert nation is not None
    assert nation.entry == made.entries[0]  # the other one stands by
    assert open_national_keys(file, members, is_test=is_test) == made
    delegations = state.targets.delegations
    assert delegations is None or role_of(NATION) not in (delegations.roles or {})


def test_the_keys_of_the_nation_may_be_made_before_the_ceremony_of_the_root(tmp_path: Path) -> None:
    with init_hub(read_settings(data=tmp_path / "hub", key_passphrase="words")).opened as opened:
        made = found_nation(opened)
        file = read_hub_file(hub_file_of(opened.hub, at=opened.clock()))

    members, is_test = open_memberships(file)
    assert open_national_keys(file, members, is_test=is_test) == made
