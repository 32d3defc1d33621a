"""`POST /codes/verify`: the same Decision as offline, for enrolled gates and approved applications alone."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from comity import verify
from comity.distribution.status_index import HOURLY_FOLDER, list_file
from comity.domain.colour import Colour, PassClass
from comity.domain.instant import DAY
from comity.issuance.gate_log import GateLog
from comity.officers.permissions import Role
from comity.records.published_files import COUNTRY_FOLDER, STATUS_FOLDER
from comity.trust.interim_note import InterimNote, write_interim_note
from comity.trust.keys import Usage
from comity.trust.status import VOID
from comity.verify import answer_as_json, answer_block, as_json
from tests.builders import AT, HOME, crossing, key, moment
from tests.server.gate_node import COUNTY, GateNode


@pytest.fixture
def gate_node(tmp_path: Path) -> GateNode:
    return GateNode(folder=tmp_path)


@pytest.mark.parametrize("colour", list(Colour))
@pytest.mark.parametrize("pass_class", list(PassClass))
def test_the_online_answer_is_the_offline_answer(
    gate_node: GateNode, pass_class: PassClass, colour: Colour
) -> None:
    shown = crossing(pass_class, colour)
    bundle = shown.bundle()
    with gate_node.served() as client:
        gate = gate_node.enrol(client)

        answer = gate.post(client, "/codes/verify", {"text": shown.text()}, created=AT)

    offline = verify(shown.text(), bundle, at=moment(AT), lists=shown.lists(bundle))
    assert answer.status_code == 200
    assert answer.json() == as_json(offline)


@pytest.mark.parametrize("colour", list(Colour))
def test_settled_rule_16_a_good_note_is_answered_online_as_offline(
    gate_node: GateNode, colour: Colour
) -> None:
    said = InterimNote(region=HOME, division="440300", case="c1", issued_at=AT, expires_at=AT + DAY)
    texts = [
        write_interim_note(said, key(HOME, Usage.STATEMENT), is_test=True),
        crossing(colour=colour).text(),
    ]
    bundle, lists = crossing().bundle(), crossing().lists(crossing().bundle())
    with gate_node.served() as client:
        gate = gate_node.enrol(client)
        online = [gate.post(client, "/codes/verify", {"text": text}, created=AT).json() for text in texts]

    offline = answer_block(texts, bundle, at=moment(AT), lists=lists)
    assert online == [answer_as_json(each, bundle, at=moment(AT)) for each in offline]
    assert online[0]["interim_note"]["case"] == "c1"
    assert "outcome" not in online[0]


def test_a_note_is_logged_as_such_and_one_that_is_over_as_unreadable(gate_node: GateNode) -> None:
    said = InterimNote(region=HOME, division="440300", case="c1", issued_at=AT - DAY, expires_at=AT + 1)
    text = write_interim_note(said, key(HOME, Usage.STATEMENT), is_test=True)
    with gate_node.served() as client:
        gate = gate_node.enrol(client)
        gate.post(client, "/codes/verify", {"text": text}, created=AT)
        gate_node.at = AT + 1
        late = gate.post(client, "/codes/verify", {"text": text}, created=AT + 1).json()

    with gate_node.issuer.store.reading() as transaction:
        rows = transaction.of(GateLog).select()
    assert sorted(row.outcome for row in rows) == ["INTERIM_NOTE", "REJECT"]
    assert late["reasons"][0]["code"] == "unreadable"


def test_c3_1_another_regions_pass_is_answered_by_the_lists_given_on_to_the_gates(
    gate_node: GateNode,
) -> None:
    shown, published = crossing(colour=Colour.GREEN), gate_node.node.published
    foreign = published / STATUS_FOLDER / f"{HOME}-1"
    given_on = published / COUNTRY_FOLDER / HOME / HOURLY_FOLDER
    given_on.mkdir(parents=True)
    token = foreign.read_bytes()
    foreign.unlink()
    answers = []
    with gate_node.served() as client:
        gate = gate_node.enrol(client)
        for data in (None, b"spoiled", token):
            if data is not None:
                (given_on / list_file(HOME, 1)).write_bytes(data)
                client.app.state.hot_verifier.refresh()  # type: ignore[attr-defined]
            answer = gate.post(client, "/codes/verify", {"text": shown.text()}, created=AT).json()
            answers.append(answer["outcome"])

    assert answers == ["UNDECIDED", "UNDECIDED", "PASS"]


def test_a_request_sent_twice_is_refused_the_second_time(gate_node: GateNode) -> None:
    content = json.dumps({"text": "CM1:"}).encode()
    with gate_node.served() as client:
        gate = gate_node.enrol(client)
        fields = gate.fields("POST", "/codes/verify", content, created=AT)

        first = client.post("/codes/verify", content=content, headers=fields)
        second = client.post("/codes/verify", content=content, headers=fields)

    assert (first.status_code, second.status_code) == (200, 401)


def test_a_request_answered_by_one_worker_is_refused_by_another(gate_node: GateNode) -> None:
    content = json.dumps({"text": "CM1:"}).encode()
    with gate_node.served() as one, gate_node.served() as other:
        gate = gate_node.enrol(one)
        fields = gate.fields("POST", "/codes/verify", content, created=AT)

        first = one.post("/codes/verify", content=content, headers=fields)
        second = other.post("/codes/verify", content=content, headers=fields)

    assert (first.status_code, second.status_code) == (200, 401)


def test_a_disabled_gate_is_out_within_two_seconds(gate_node: GateNode) -> None:
    with gate_node.served() as client:
        gate = gate_node.enrol(client)
        manager = gate_node.signed_in(Role.CHECKPOINT_MANAGER)
        before = gate.post(client, "/codes/verify", {"text": "x"}, created=AT)

        client.post(f"/gates/{gate.keyid}/disable", headers=manager)
        gate_node.at = AT + 2
        after = gate.post(client, "/codes/verify", {"text": "x"}, created=AT + 2)

    assert (before.status_code, after.status_code) == (200, 401)


def test_a_newly_published_list_is_used(gate_node: GateNode) -> None:
    text = crossing().text()
    with gate_node.served() as client:
        gate = gate_node.enrol(client)
        before = gate.post(client, "/codes/verify", {"text": text}, created=AT).json()

        gate_node.publish(status=VOID)
        client.app.state.hot_verifier.refresh()  # type: ignore[attr-defined]
        after = gate.post(client, "/codes/verify", {"text": text}, created=AT).json()

    assert (before["outcome"], after["outcome"]) == ("PASS", "REAPPLY")


def test_the_log_holds_device_time_and_outcome_and_is_written_at_shutdown(gate_node: GateNode) -> None:
    text = crossing().text()
    with gate_node.served() as client:
        gate = gate_node.enrol(client)
        for _ in range(3):
            gate.post(client, "/codes/verify", {"text": text}, created=AT)

    with gate_node.issuer.store.reading() as transaction:
        rows = transaction.of(GateLog).select()
    assert [(row.device, row.at, row.outcome, row.count) for row in rows] == [(gate.keyid, AT, "PASS", 3)]


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[]", b'{"text": 1}', b'{"text": "a", "at": 5}', b"\xff", b"[" * 8000],
    ids=["empty", "no JSON", "no object", "no text", "a time", "no UTF-8", "deep"],
)
def test_a_body_that_is_no_shown_text_is_told_so(gate_node: GateNode, content: bytes) -> None:
    with gate_node.served() as client:
        gate = gate_node.enrol(client)

        answer = gate.post(client, "/codes/verify", content, created=AT)

    assert answer.status_code == 422


def test_who_is_not_enrolled_gets_no_answer(gate_node: GateNode) -> None:
    with gate_node.served() as client:
        gate = gate_node.enrol(client)
        manager = gate_node.signed_in(Role.CHECKPOINT_MANAGER, division=COUNTY)

        answers = [
            client.post("/codes/verify", json={"text": "x"}),
            client.post("/codes/verify", json={"text": "x"}, headers=manager),
            gate.but(keyid="f" * 32).post(client, "/codes/verify", {"text": "x"}, created=AT),
            gate.but(sign=lambda base: bytes(32)).post(client, "/codes/verify", {"text": "x"}, created=AT),
        ]

    assert {answer.status_code for answer in answers} == {401}
