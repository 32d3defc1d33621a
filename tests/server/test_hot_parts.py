"""What the hot route has in memory: files, recent changes, the waiting log, and life without records."""

# Python 3.11 has no typing.override:
# mypy: disable-error-code="explicit-override"

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from comity.domain.colour import Colour, ColourReason, PassClass
from comity.domain.instant import DAY, MINUTE
from comity.errors import StoreUnavailable
from comity.issuance.changes import note_changes
from comity.issuance.gate_log import GateLog, Verified, VerifiedBy
from comity.issuance.records import HolderKey, IssuedPass, PassState, Standing
from comity.records.ports import Transaction
from comity.records.published_files import BUNDLE_FILE, STATUS_FOLDER
from comity.server.http_signatures import GATE_TAG
from comity.server.known_signers import SIGNERS_MAX_AGE, KnownSigners
from comity.server.recent_changes import CHANGES_KEPT, RecentChanges
from comity.server.verification_log import VerificationLog
from comity.storage.memory import MemoryStore
from tests import builders
from tests.builders import AT, HOST, Crossing, claims
from tests.server.gate_node import GateNode, issuer

HOLDER = HolderKey("0" * 32)
OWN = claims(issuer=HOST)


class FaultyStore(MemoryStore):
    """A store that can be out of reach for a while."""

    is_out = False
    asked = 0

    @contextmanager
    def transaction(self) -> Iterator[Transaction]:
        """Work, unless out of reach."""
        if self.is_out:
            raise StoreUnavailable("out of reach")
        with super().transaction() as transaction:
            yield transaction

    @contextmanager
    def reading(self) -> Iterator[Transaction]:
        """Read, unless out of reach."""
        self.asked += 1
        if self.is_out:
            raise StoreUnavailable("out of reach")
        with super().reading() as transaction:
            yield transaction


@pytest.fixture
def gate_node(tmp_path: Path) -> GateNode:
    return GateNode(folder=tmp_path, issuer=issuer(FaultyStore()))


def turn(gate_node: GateNode, colour: Colour, *, number: int, at: int = AT) -> None:
    """Let the holder of the pass `OWN` have a colour from now on."""
    standing = Standing(
        holder=HOLDER,
        colour=colour,
        reason=None if colour is Colour.GREEN else ColourReason.CLOSE_CONTACT,
        rule=None,
        rulebook_version=1,
        basis=at,
        until=at + DAY,
        origin=HOST,
        since=at,
        assessed_at=at,
        changes=number,
    )
    issued = IssuedPass(
        pass_id=OWN.pass_id.hex(),
        holder=HOLDER,
        carrier=HOLDER,
        pass_class=PassClass.PAPER,
        colour=Colour.GREEN,
        issued_at=AT - DAY,
        expires_at=AT + DAY,
        list_number=1,
        list_index=builders.INDEX,
        state=PassState.SUPERSEDED,
        state_since=at,
        state_reason=None,
        request=None,
        kid="",
        data=b"",
    )
    with gate_node.issuer.store.transaction() as transaction:
        note_changes(transaction, [HOLDER], at=at)
        if number == 1:
            transaction.of(Standing).add(standing)
            transaction.of(IssuedPass).add(issued)
        else:
            transaction.of(Standing).replace(standing)


def test_rule_11_a_pass_that_the_region_now_contradicts_is_undecided_before_the_list_follows(
    gate_node: GateNode,
) -> None:
    text = Crossing(claims=OWN).text()
    with gate_node.served() as client:
        gate, hot = gate_node.enrol(client), client.app.state.hot_verifier  # type: ignore[attr-defined]
        answers = [gate.post(client, "/codes/verify", {"text": text}, created=AT).json()]

        turn(gate_node, Colour.YELLOW, number=1)
        hot.refresh()
        answers.append(gate.post(client, "/codes/verify", {"text": text}, created=AT).json())
        turn(gate_node, Colour.GREEN, number=2)
        hot.refresh()
        answers.append(gate.post(client, "/codes/verify", {"text": text}, created=AT).json())

    assert [answer["outcome"] for answer in answers] == ["PASS", "UNDECIDED", "PASS"]
    assert answers[1]["reasons"][0]["code"] == "contradicted"


def test_a_foreign_pass_is_never_held_against_our_own_records(gate_node: GateNode) -> None:
    turn(gate_node, Colour.RED, number=1)
    with gate_node.served() as client:
        gate = gate_node.enrol(client)
        foreign = Crossing(claims=claims())

        answer = gate.post(client, "/codes/verify", {"text": foreign.text()}, created=AT).json()

    assert answer["outcome"] == "PASS"


def test_a_change_is_forgotten_when_the_lists_must_have_followed(gate_node: GateNode) -> None:
    changes = RecentChanges(gate_node.issuer.store)
    turn(gate_node, Colour.YELLOW, number=1)
    changes.refresh(at=AT)

    assert changes.find(OWN.pass_id) is Colour.YELLOW
    changes.refresh(at=AT + CHANGES_KEPT)
    assert changes.find(OWN.pass_id) is None


def test_rule_13_gates_are_answered_while_the_records_are_out_of_reach(gate_node: GateNode) -> None:
    store = gate_node.issuer.store
    assert isinstance(store, FaultyStore)
    text = Crossing(claims=OWN).text()
    with gate_node.served() as client:
        gate, hot = gate_node.enrol(client), client.app.state.hot_verifier  # type: ignore[attr-defined]
        gate.post(client, "/codes/verify", {"text": text}, created=AT)

        store.is_out = True
        gate_node.at = AT + MINUTE
        hot.refresh()
        answer = gate.post(client, "/codes/verify", {"text": text}, created=AT + MINUTE)
        waiting = len(hot.log)
        store.is_out = False
        hot.refresh()

    with store.reading() as transaction:
        logged = sum(row.count for row in transaction.of(GateLog).select())
    assert (answer.status_code, answer.json()["outcome"]) == (200, "PASS")
    assert (waiting, logged) == (2, 2)


def test_the_waiting_log_is_bounded_and_loses_nothing() -> None:
    region = issuer()
    log = VerificationLog(region, max_waiting=10)
    for second in range(600):
        log.count(Verified("gate", AT + second, VerifiedBy.CODE, "PASS"))

    assert len(log) <= 10 + 600 // MINUTE + 1
    log.flush()
    with region.store.reading() as transaction:
        assert sum(row.count for row in transaction.of(GateLog).select()) == 600


def test_without_a_bundle_the_node_says_so(gate_node: GateNode) -> None:
    (gate_node.node.published / BUNDLE_FILE).unlink()
    with gate_node.served() as client:
        gate = gate_node.enrol(client)

        answer = gate.post(client, "/codes/verify", {"text": "x"}, created=AT)

    assert answer.status_code == 503


def test_a_file_that_cannot_be_used_leaves_the_one_before_in_place(gate_node: GateNode) -> None:
    text = Crossing(claims=OWN).text()
    with gate_node.served() as client:
        gate, hot = gate_node.enrol(client), client.app.state.hot_verifier  # type: ignore[attr-defined]
        gate.post(client, "/codes/verify", {"text": text}, created=AT)

        (gate_node.node.published / BUNDLE_FILE).write_bytes(b"cut off")
        (gate_node.node.published / STATUS_FOLDER / f"{HOST}-1").write_bytes(b"cut off")
        hot.refresh()
        answer = gate.post(client, "/codes/verify", {"text": text}, created=AT)

    assert answer.json()["outcome"] == "PASS"


def test_a_list_that_is_gone_is_missing(gate_node: GateNode) -> None:
    text = Crossing(claims=OWN).text()
    with gate_node.served() as client:
        gate, hot = gate_node.enrol(client), client.app.state.hot_verifier  # type: ignore[attr-defined]
        gate.post(client, "/codes/verify", {"text": text}, created=AT)

        (gate_node.node.published / STATUS_FOLDER / f"{HOST}-1").unlink()
        hot.refresh()
        answer = gate.post(client, "/codes/verify", {"text": text}, created=AT)

    assert answer.json()["reasons"][0]["code"] == "status_missing"


def test_settled_rule_13_with_the_records_gone_not_every_request_waits_for_them(gate_node: GateNode) -> None:
    store = gate_node.issuer.store
    assert isinstance(store, FaultyStore)
    with gate_node.served() as client:
        gate_id = gate_node.enrol(client).keyid
    signers = KnownSigners(gate_node.node)
    known = signers.get_key(GATE_TAG, gate_id, at=AT)
    store.is_out, store.asked = True, 0

    found = [signers.get_key(GATE_TAG, gate_id, at=AT + SIGNERS_MAX_AGE) for _ in range(5)]

    assert found == [known] * 5
    assert store.asked == 1
