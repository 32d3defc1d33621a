"""The scripted newcomer of the demo: what happens to one person, over HTTP, each step verified at gates.

Signs in, applies, turns yellow by an imported contact list, disputes it, comes back green when the rule ends,
prints paper. It asks only what anybody could ask; time and officers are the demo's. Tests run the same steps.
"""

from __future__ import annotations

import secrets
import time
from base64 import urlsafe_b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from comity.cli.demo_gate import GateVisit, show_at_gate, shown_by_phone
from comity.cli.demo_sign_in import sign_in
from comity.domain.decision import Outcome
from comity.domain.instant import DAY, Instant, instant_of, rfc3339
from comity.errors import ComityError
from comity.trust.algorithm import PrivateKey, private_key

if TYPE_CHECKING:
    import httpx2

    from comity.bootstrap.demo_people import DemoPerson
    from comity.domain.region import RegionCode

PATIENCE: Final = 90.0
"""Seconds a step may take: status lists follow a change within 60."""
YELLOW_DAYS: Final = 14

Answer = Mapping[str, object]


class DemoStep(NamedTuple):
    """One step: what happened, and what each gate answered where one was asked."""

    name: str
    what: str
    visits: tuple[GateVisit, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoSite:
    """One region as the newcomer meets it; `officers` signs two officers in and gives their tokens."""

    region: RegionCode
    client: httpx2.Client
    officers: Callable[[], tuple[str, str]]


@dataclass(slots=True)
class DemoNewcomer:
    """One sample person with a phone, between home and host.

    `pause` lets the nodes do what is due, `forward` puts their time forward by some seconds.
    """

    home: DemoSite
    host: DemoSite
    person: DemoPerson
    number: int
    out: Path
    pause: Callable[[], None]
    forward: Callable[[int], None]
    _token: str = ""
    _phone: PrivateKey = field(default_factory=lambda: _fresh_key())
    _next_phone: PrivateKey = field(default_factory=lambda: _fresh_key())
    _device_text: str = ""
    _until: Instant = 0

    def steps(self) -> tuple[Callable[[], DemoStep], ...]:
        """Give the steps in order."""
        return (
            self.signs_in,
            self.applies,
            self.shows_online,
            self.turns_yellow,
            self.shows_the_new_pass,
            self.disputes,
            self.comes_back_green,
            self.prints_paper,
        )

    def signs_in(self) -> DemoStep:
        """Prove the identity at the demo provider."""
        self._token = sign_in(self.home.client, self.number)
        return DemoStep("signs in", f"as {self.person.name} at the demo provider")

    def applies(self) -> DemoStep:
        """Apply for a device pass: no officer acts (C1.1)."""
        code = self._applied("device")
        self._device_text = str(code["text"])
        visits = self._shown("applied", self._device_text, Outcome.PASS, by=self._phone)
        return DemoStep("applies", f"gets a {code['colour']} pass until {code['expires_at']}", visits)

    def shows_online(self) -> DemoStep:
        """Ask for the pass of this minute."""
        answer = self._asked("POST", "/codes/online", expects=200)
        visits = self._shown("online", str(answer["text"]), Outcome.PASS)
        return DemoStep("shows online", "a pass of 60 seconds", visits)

    def turns_yellow(self) -> DemoStep:
        """Two officers import a contact list that names the newcomer; the pass in hand is superseded."""
        at = self._now()
        document = self.person.document
        rows = f"{document.kind},{document.number},{rfc3339(at - DAY)}\r\n"
        bringing, releasing = self.home.officers()
        prepared = self._asked(
            "POST",
            "/evidence-imports?kind=contacts&source=demo-cdc",
            expects=201,
            token=bringing,
            content="document_kind,document_number,last_contact_at\r\n" + rows,
        )
        self._asked(
            "POST", f"/evidence-imports/{prepared['import_id']}/release", expects=200, token=releasing
        )
        health = self._until_health("yellow")
        self._until = instant_of(datetime.fromisoformat(str(health["until"])))
        visits = self._shown("superseded", self._device_text, Outcome.REAPPLY, by=self._phone)
        return DemoStep("turns yellow", f"by an imported contact list, until {health['until']}", visits)

    def shows_the_new_pass(self) -> DemoStep:
        """The pass that replaced the first is bound to the key the phone had deposited."""
        codes = self._asked_list("/codes")
        current = next(code for code in codes if code["state"] == "current")
        self._device_text = str(current["text"])
        visits = self._shown("yellow", self._device_text, Outcome.CONTROL, by=self._next_phone)
        return DemoStep("shows the new pass", "each host answers by its own rules", visits)

    def disputes(self) -> DemoStep:
        """Dispute the colour; an officer decides with reasons within the clock (C3.1, service 7)."""
        statement = "I was not in that place on that day."
        opened = self._asked(
            "POST", "/corrections", expects=201, json={"kind": "colour", "statement": statement}
        )
        _, deciding = self.home.officers()
        decided = self._asked(
            "POST",
            f"/corrections/{opened['correction_id']}/decision",
            expects=200,
            token=deciding,
            json={"decision": "upheld", "reasons": "The list names this document; the rule ends by itself."},
        )
        visits = self._shown("disputed", self._device_text, Outcome.CONTROL, by=self._next_phone)
        return DemoStep(
            "disputes", f"due {opened['due_at']}; decided: {decided['decision']}, with reasons", visits
        )

    def comes_back_green(self) -> DemoStep:
        """Time is put forward to the end of the rule; nobody does anything else (settled rule 20)."""
        self.forward(self._until - self._now() + 1)
        self._until_health("green")
        code = self._applied("device")
        self._device_text = str(code["text"])
        visits = self._shown("green-again", self._device_text, Outcome.PASS, by=self._phone)
        return DemoStep("comes back green", f"by itself, {YELLOW_DAYS} days later; a fresh pass", visits)

    def prints_paper(self) -> DemoStep:
        """Apply for a paper pass and print it: no colour on it, the gate compares the identity document."""
        code = self._applied("paper")
        printed = self.home.client.get(f"/codes/{code['pass_id']}/paper.pdf", headers=self._headers())
        if printed.status_code != 200 or not printed.content.startswith(b"%PDF"):
            raise ComityError(f"the demo could not print: status {printed.status_code}")
        (self.out / "paper.pdf").write_bytes(printed.content)
        visits = self._shown("paper", str(code["text"]), Outcome.PASS)
        return DemoStep("prints paper", f"{self.out / 'paper.pdf'}", visits)

    def _applied(self, pass_class: str) -> Answer:
        asked: dict[str, str] = {"request_id": secrets.token_hex(8), "pass_class": pass_class}
        if pass_class == "device":  # noqa: S105
            self._phone, self._next_phone = _fresh_key(), _fresh_key()
            asked |= {"device_key": _point(self._phone), "next_device_key": _point(self._next_phone)}
        return self._asked("POST", "/codes", expects=201, json=asked)

    def _shown(
        self, name: str, text: str, outcome: Outcome, *, by: PrivateKey | None = None
    ) -> tuple[GateVisit, ...]:
        """Show a text at a gate at home and at one of the host, until both answer as they must.

        A list follows a change within a minute, and a bundle the time of the demo. Raises: ComityError.
        """
        return tuple(self._shown_at(site, name, text, outcome, by) for site in (self.home, self.host))

    def _shown_at(
        self, site: DemoSite, name: str, text: str, outcome: Outcome, by: PrivateKey | None
    ) -> GateVisit:
        end = time.monotonic() + PATIENCE
        while True:
            at = self._now()
            visit = show_at_gate(
                text if by is None else shown_by_phone(text, by, at=at),
                host=site.client,
                home=self.home.client,
                region=self.home.region,
                at=at,
                files=self.out / f"{name}-at-{site.region}",
            )
            if visit.decision.outcome is outcome:
                return visit
            if time.monotonic() > end:
                raise ComityError(
                    f"a gate of {site.region} answered {visit.decision.outcome} ({visit.decision.reason}) "
                    f"to '{name}', not {outcome}"
                )
            self.pause()

    def _until_health(self, colour: str) -> Answer:
        end = time.monotonic() + PATIENCE
        while (health := self._asked("GET", "/health-query", expects=200))["colour"] != colour:
            if time.monotonic() > end:
                raise ComityError(f"the newcomer did not turn {colour}")
            self.pause()
        return health

    def _now(self) -> Instant:
        """Give the time of the home region."""
        at = str(self._asked("GET", "/health/ready", expects=None)["at"])
        return instant_of(datetime.fromisoformat(at))

    def _headers(self) -> dict[str, str]:
        return {"authorization": f"Bearer {self._token}"}

    def _asked_list(self, path: str) -> list[Answer]:
        answer = self.home.client.get(path, headers=self._headers())
        found: list[Answer] = answer.json()
        return found

    def _asked(
        self,
        method: str,
        path: str,
        *,
        expects: int | None,
        token: str | None = None,
        json: Mapping[str, object] | None = None,
        content: str | None = None,
    ) -> Answer:
        """Ask a node, as the newcomer or with an officer's token. Raises: ComityError."""
        headers = self._headers() if token is None else {"authorization": f"Bearer {token}"}
        if content is not None:
            headers["content-type"] = "text/csv"
        answer = self.home.client.request(method, path, headers=headers, json=json, content=content)
        if expects is not None and answer.status_code != expects:
            raise ComityError(f"{method} {path} was answered {answer.status_code}: {answer.text}")
        found: Answer = answer.json()
        return found


def _fresh_key() -> PrivateKey:
    return private_key(secrets.token_bytes(40))


def _point(key: PrivateKey) -> str:
    return urlsafe_b64encode(key.public.point).decode().rstrip("=")
