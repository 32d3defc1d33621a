"""A clock that steps back an hour: the node refuses with `clock`, signs nothing, and goes on when it is set.

Two guards are tried: the time the node has seen (kept in its folder, so that a restart forgets nothing), and,
where that file is gone, the audit, which takes in nothing an hour before its newest act.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from httpx2 import Response
from starlette.testclient import TestClient

from comity.bootstrap.clock import NodeClock
from comity.codec.cose import Kid
from comity.domain.instant import HOUR
from comity.errors import ClockRefused
from comity.issuance.issuer import Issuer
from comity.issuance.records import IssuedPass
from comity.issuance.status_publication import publish_status
from comity.records.audit_records import AuditRow
from comity.records.published_files import STATUS_FOLDER
from comity.server.app import make_app
from comity.server.duty_runner import DutyRunner
from comity.trust.algorithm import PublicKey
from comity.trust.ports import Signer
from tests.builders import AT
from tests.pass_office import add_holders, make_issuer, make_node, sign_in


class Pen:
    """A key that counts what it signs, together with the one it lies beside."""

    def __init__(self, signer: Signer, *, beside: Pen | None = None) -> None:
        self._signer = signer
        self._count: list[bytes] = [] if beside is None else beside._count

    @property
    def signed(self) -> int:
        return len(self._count)

    @property
    def alg(self) -> int:
        return self._signer.alg

    @property
    def kid(self) -> Kid:
        return self._signer.kid

    @property
    def public(self) -> PublicKey:
        return self._signer.public

    def sign(self, message: bytes) -> bytes:
        self._count.append(message)
        return self._signer.sign(message)


class Office:
    """A node whose machine has a clock that somebody moves; it can be started again on the same folder."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.machine = folder, AT
        issuer = make_issuer()
        self.pen = Pen(issuer.keys.passes)
        status = Pen(issuer.keys.status, beside=self.pen)
        self.issuer: Issuer = replace(issuer, keys=replace(issuer.keys, passes=self.pen, status=status))
        self.holders = add_holders(self.issuer, 12)
        self.headers = [sign_in(self.issuer, holder) for holder in self.holders]
        self.start()

    def start(self) -> None:
        """Start the node, or start it again."""
        clock = NodeClock(self.folder / "clock.json", is_demo=False, read=lambda: self.machine)
        self.node = make_node(self.issuer, self.folder / "published", clock)
        self.client = TestClient(make_app(self.node))

    def apply(self, person: int) -> tuple[int, str]:
        """Apply for a paper; gives status and kind of problem."""
        body = {"request_id": f"request-{person}", "pass_class": "paper"}
        return told(self.client.post("/codes", json=body, headers=self.headers[person]))

    def show(self, person: int) -> tuple[int, str]:
        """Ask for the online pass of this minute."""
        return told(self.client.post("/codes/online", headers=self.headers[person]))

    def kept(self) -> tuple[int, int]:
        """How many passes and acts are on record."""
        with self.issuer.store.reading() as transaction:
            return len(transaction.of(IssuedPass).select()), len(transaction.of(AuditRow).select())


def told(answer: Response) -> tuple[int, str]:
    """Status and kind of problem of an answer."""
    kind = answer.json().get("type", "").removeprefix("urn:comity:error:")
    if answer.status_code == 503:
        assert int(answer.headers["retry-after"]) > 0
    return answer.status_code, kind


REFUSED = (503, ClockRefused.code)


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path)


@pytest.mark.parametrize("is_restarted", [False, True])
def test_a_clock_an_hour_back_signs_nothing_and_goes_on_when_it_is_right(
    office: Office, is_restarted: bool
) -> None:
    assert (office.apply(0), office.show(0)) == ((201, ""), (200, ""))
    office.machine = AT - HOUR
    if is_restarted:
        office.start()
    before = office.pen.signed, office.kept()

    answers = [office.apply(1), office.show(0), office.show(1), office.apply(0)]

    assert answers == [REFUSED] * 4
    assert (office.pen.signed, office.kept()) == before
    office.machine = AT + 1
    assert (office.apply(1), office.show(0), office.show(1)) == ((201, ""), (200, ""), (200, ""))


def test_with_a_clock_an_hour_back_no_duty_is_done(office: Office) -> None:
    office.apply(0)
    publish_status(office.issuer, office.node.published, at=AT)
    office.machine = AT - HOUR
    before = office.pen.signed, office.kept()

    with pytest.raises(ClockRefused):
        DutyRunner(office.node).run_due()

    assert (office.pen.signed, office.kept()) == before
    assert len(list((office.node.published / STATUS_FOLDER).iterdir())) == 1


def test_with_the_file_of_the_time_seen_gone_no_pass_of_an_hour_ago_is_kept(office: Office) -> None:
    """Whichever lane of the audit the acts would stand in: twelve people fall into most of them."""
    office.apply(0)
    (office.folder / "clock.json").unlink()
    office.machine = AT - HOUR
    office.start()
    before = office.kept()

    answers = {office.apply(person) for person in range(1, len(office.holders))}

    assert answers == {REFUSED}
    assert office.kept() == before
