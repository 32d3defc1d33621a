"""Something inside the city 150100 for each route of an officer that has a scope, and the request for it.

Each builder makes its target anew and gives path and body. `World` is one region with people and officers.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from starlette.testclient import TestClient

from comity.domain.instant import DAY, HOUR, rfc3339
from comity.issuance.gate_counts import GateCount
from comity.officers.accounts import NewAccount, add_officer
from comity.officers.enrolment import begin_enrolment
from comity.officers.permissions import Role
from tests import people
from tests.builders import AT, key
from tests.region import RegionNode, headers
from tests.server.desks import CITY, Desks

COUNTY: Final = "150102"
Asked = tuple[str, Any]


class World(Desks):
    """One region, its people and officers, and what a route of an officer can be about."""

    def __init__(self, region: RegionNode, client: TestClient) -> None:
        super().__init__(region, client)
        self.persons = 0

    def person(self) -> int:
        """Register the next person of nobody in the county and give the order."""
        self.persons += 1
        self.region.person(self.persons, division=COUNTY)
        return self.persons

    def assignment(self) -> str:
        """A proposal that waits."""
        return str(self.propose(self.person()).json()["assignment_id"])

    def correction(self, **changed: Any) -> str:
        """A correction that is open."""
        holder = self.region.person(self.person(), division=COUNTY)
        asked = {"kind": "colour", "statement": "Not I."} | changed
        return str(self.post(holder, "/corrections", asked).json()["correction_id"])

    def pass_id(self) -> str:
        """A paper pass."""
        return self.region.paper_pass(self.region.person(self.person(), division=COUNTY)).pass_id

    def account(self) -> str:
        """An account in the county."""
        new = NewAccount(display_name="Desk", roles=[Role.APPLICANT_CLERK], division=COUNTY)
        return add_officer(self.region.issuer, self.supervisor, new, at=self.region.at)[0].officer_id

    def recovery(self) -> str:
        """A recovery that waits."""
        account = self.account()
        with self.region.issuer.store.transaction() as transaction:
            given = begin_enrolment(
                transaction, self.region.issuer, account, confirmed_by=None, at=self.region.at
            )
        return given.enrolment.enrolment_id

    def suspension(self) -> str:
        """A suspension that runs."""
        asked = {"pass_id": self.pass_id(), "reason": "suspected_theft"}
        return str(self.post(self.proposer, "/pass-suspensions", asked).json()["act_id"])

    def stopped(self, path: str, role: Role, reason: str) -> str:
        """An act on a pass that waits for another officer: the 21st."""
        hasty = self.region.officer(role, division=CITY)
        asked = [{"pass_id": self.pass_id(), "reason": reason} for _ in range(21)]
        return [str(self.post(hasty, path, each).json()["act_id"]) for each in asked][-1]

    def closing(self) -> str:
        """A proposal to close the pass key that waits for another officer."""
        custodian = self.region.officer(Role.KEY_CUSTODIAN)
        return str(self.post(custodian, "/keys/closings", _closing(self)).json()["closing_id"])

    def gate(self) -> str:
        """A gate that is planned."""
        manager = self.region.officer(Role.CHECKPOINT_MANAGER, division=CITY)
        planned = self.post(manager, "/gates", {"division": COUNTY, "name": "Station"})
        return str(planned.json()["gate"]["gate_id"])

    def access_application(self) -> str:
        """A relying application that waits for an officer."""
        return str(self.client.post("/access-applications", json=registration()).json()["application_id"])

    def case(self) -> str:
        """A case of the manual path that is open."""
        clerk = self.region.officer(Role.APPLICANT_CLERK, division=CITY)
        opened = self.post(clerk, "/manual-cases", {"reason": "status_missing", "division": COUNTY})
        return str(opened.json()["case_id"])

    def demand(self) -> str:
        """A report of an extra demand, with a contact."""
        report = {"division": COUNTY, "kind": "community_letter", "contact": "reporter@example.org"}
        answer = self.client.post("/extra-demands", json=report)
        return str(answer.json()["demand"]["demand_id"])

    def evidence(self, people: int = 1) -> str:
        """An import of contacts that waits for a second officer."""
        epidemiologist = self.region.officer(Role.EPIDEMIOLOGIST)
        brought = self.client.post(
            "/evidence-imports",
            params={"kind": "contacts", "source": f"list {self.person()}"},
            content=contacts(people),
            headers=headers(self.region.token(epidemiologist)),
        )
        return str(brought.json()["import_id"])

    def held_evidence(self) -> str:
        """An import of contacts that waits for a third officer."""
        import_id = self.evidence(21)
        self.post(self.region.officer(Role.SECOND_OFFICER), f"/evidence-imports/{import_id}/release")
        return import_id

    def rulebook_proposal(self) -> dict[str, str]:
        """A version of the assessment rules that waits for a second officer; gives what publishes it."""
        proposed = self.post(self.region.officer(Role.EPIDEMIOLOGIST), "/assessment-rulebooks", rulebook())
        return {"digest": proposed.json()["digest"]}

    def count(self) -> None:
        """What a gate counted."""
        count = GateCount(
            count_id="gate-1",
            gate="gate",
            division=COUNTY,
            period=self.region.at - HOUR,
            looked_at=20,
            verified="{}",
            refusals="[]",
            uploaded_at=self.region.at,
        )
        with self.region.issuer.store.transaction() as transaction:
            transaction.of(GateCount).add(count)


def registration() -> dict[str, Any]:
    """What a relying application registers with."""
    from base64 import urlsafe_b64encode

    point = key("application").public.point
    x, y = (urlsafe_b64encode(point[start : start + 32]).decode().rstrip("=") for start in (1, 33))
    return {
        "name": "Coaches",
        "purpose": "Read the code at the counter",
        "division": COUNTY,
        "public_key": {"kty": "EC", "crv": "P-256", "x": x, "y": y},
    }


def contacts(count: int) -> bytes:
    """A list of contacts, the first people of nobody."""
    lines = [f",{people.resident_number(order)},{rfc3339(AT)}" for order in range(count)]
    return "\r\n".join(["document_kind,document_number,last_contact_at", *lines]).encode()


def rulebook() -> dict[str, Any]:
    """The next version of the assessment rules."""
    rule = {
        "id": "contact",
        "reason": "close_contact",
        "colour": "yellow",
        "ends": {"after_days": 7},
        "text": {"zh": "密接：黄码7天", "en": "Contact: yellow for 7 days"},
    }
    return {"version": 2, "valid_from": rfc3339(AT + DAY), "rules": [rule]}


def _published(world: World) -> Asked:
    return "/assessment-rulebooks/2/publication", world.rulebook_proposal()


def _proposal(world: World) -> Any:
    return {
        "person": {"kind": "resident_id", "number": people.resident_number(world.person())},
        "rule_id": "close-contact",
        "rulebook_version": 1,
        "source_name": "Hohhot CDC",
        "reference": "file 17",
        "began_at": rfc3339(AT - DAY),
        "ended_at": rfc3339(AT + 7 * DAY),
    }


def _document(world: World) -> Any:
    return {"kind": "resident_id", "number": people.resident_number(world.person())}


def _at_desk(world: World) -> dict[str, Any]:
    world.persons += 1
    return {
        "kind": "resident_id",
        "number": people.resident_number(world.persons),
        "name": people.name(world.persons),
        "division": COUNTY,
        "health": {"symptoms": []},
        "consent_version": 1,
        "request_id": f"desk-{world.persons}",
    }


_PASS_KEY: Final = {"usage": "pass"}


def _listed(world: World, path: str, body: Any) -> Asked:
    world.region.list_keys()
    return path, body


def _closing(world: World) -> dict[str, str]:
    world.region.list_keys()
    return _PASS_KEY | {"kid": world.region.issuer.keys.passes.kid.hex(), "reason": "drill"}


def _waiting(make: Callable[[World], object], path: str) -> Callable[[World], Asked]:
    def build(world: World) -> Asked:
        make(world)
        return path, None

    return build


_DESK: Final = {"display_name": "Desk", "roles": ["applicant_clerk"], "division": COUNTY}
_UPHELD: Final = {"decision": "upheld", "reasons": "As recorded."}
_IMPORTS: Final = "/evidence-imports"
_SUSPENSIONS, _VOIDINGS = "/pass-suspensions", "/pass-voidings"
_HASTY: Final[dict[str, tuple[Role, str]]] = {
    _SUSPENSIONS: (Role.EPIDEMIOLOGIST, "suspected_theft"),
    _VOIDINGS: (Role.SECOND_OFFICER, "issued_in_error"),
}

BUILDERS: Final[dict[str, Callable[[World], Asked]]] = {
    "POST /assignments": lambda world: ("/assignments", _proposal(world)),
    "GET /assignments": _waiting(World.assignment, "/assignments"),
    "POST /assignments/{assignment_id}/confirmation": lambda world: (
        f"/assignments/{world.assignment()}/confirmation",
        None,
    ),
    "POST /assignments/{assignment_id}/declining": lambda world: (
        f"/assignments/{world.assignment()}/declining",
        None,
    ),
    "POST /evidence-imports": lambda world: (
        "/evidence-imports?kind=contacts&source=cdc",
        contacts(1),
    ),
    "GET /evidence-imports": _waiting(World.evidence, "/evidence-imports"),
    "GET /evidence-imports/{import_id}": lambda world: (f"{_IMPORTS}/{world.evidence()}", None),
    "GET /evidence-imports/{import_id}/bad-rows": lambda world: (
        f"{_IMPORTS}/{world.evidence()}/bad-rows",
        None,
    ),
    "POST /evidence-imports/{import_id}/release": lambda world: (
        f"{_IMPORTS}/{world.evidence()}/release",
        None,
    ),
    "POST /evidence-imports/{import_id}/confirmation": lambda world: (
        f"{_IMPORTS}/{world.held_evidence()}/confirmation",
        None,
    ),
    "POST /evidence-imports/{import_id}/rejection": lambda world: (
        f"{_IMPORTS}/{world.evidence()}/rejection",
        None,
    ),
    "POST /assessment-rulebooks": lambda world: ("/assessment-rulebooks", rulebook()),
    "GET /assessment-rulebooks/proposals": _waiting(
        World.rulebook_proposal, "/assessment-rulebooks/proposals"
    ),
    "POST /assessment-rulebooks/{version}/publication": _published,
    "GET /corrections/queue": _waiting(World.correction, "/corrections/queue"),
    "GET /corrections/{correction_id}/case": lambda world: (f"/corrections/{world.correction()}/case", None),
    "POST /corrections/{correction_id}/decision": lambda world: (
        f"/corrections/{world.correction()}/decision",
        _UPHELD,
    ),
    "POST /corrections/{correction_id}/relief": lambda world: (
        f"/corrections/{world.correction(kind='foreign_colour', issuer='440000')}/relief",
        {"hours": 6},
    ),
    "GET /keys": lambda world: _listed(world, "/keys", None),
    "POST /keys/rotations": lambda world: _listed(world, "/keys/rotations", _PASS_KEY),
    "POST /keys/closings": lambda world: ("/keys/closings", _closing(world)),
    "GET /keys/closings": _waiting(World.closing, "/keys/closings"),
    "POST /keys/closings/{closing_id}/confirmation": lambda world: (
        f"/keys/closings/{world.closing()}/confirmation",
        None,
    ),
    "POST /assisted-applications": lambda world: ("/assisted-applications", _at_desk(world)),
    "GET /assisted-applications/{pass_id}/paper.pdf": lambda world: (
        f"/assisted-applications/{world.pass_id()}/paper.pdf",
        None,
    ),
    "POST /assisted-corrections": lambda world: (
        "/assisted-corrections",
        _document(world) | {"dispute": "colour", "statement": "Not I."},
    ),
    "GET /assisted-corrections/{correction_id}": lambda world: (
        f"/assisted-corrections/{world.correction()}",
        None,
    ),
    "POST /guardian-permissions": lambda world: ("/guardian-permissions", _document(world)),
    "POST /person-exports": lambda world: ("/person-exports", _document(world)),
    "GET /officers": _waiting(World.account, "/officers"),
    "POST /officers": lambda world: ("/officers", _DESK),
    "PUT /officers/{officer_id}/roles": lambda world: (
        f"/officers/{world.account()}/roles",
        {"roles": ["epidemiologist"]},
    ),
    "POST /officers/{officer_id}/closing": lambda world: (f"/officers/{world.account()}/closing", None),
    "POST /officers/{officer_id}/opening": lambda world: (f"/officers/{world.account()}/opening", None),
    "GET /officers/recovery": _waiting(World.recovery, "/officers/recovery"),
    "POST /officers/recovery/{recovery_id}/confirmation": lambda world: (
        f"/officers/recovery/{world.recovery()}/confirmation",
        None,
    ),
    "POST /pass-suspensions": lambda world: (
        _SUSPENSIONS,
        {"pass_id": world.pass_id(), "reason": "suspected_theft"},
    ),
    "POST /pass-suspensions/{act_id}/ending": lambda world: (
        f"{_SUSPENSIONS}/{world.suspension()}/ending",
        None,
    ),
    "POST /pass-voidings": lambda world: (_VOIDINGS, {"pass_id": world.pass_id(), "reason": "stolen"}),
    **{
        f"GET {path}/stopped": _waiting(
            lambda world, path=path, hasty=hasty: world.stopped(path, *hasty),  # type: ignore[misc]
            f"{path}/stopped",
        )
        for path, hasty in _HASTY.items()
    },
    **{
        f"POST {path}/{{act_id}}/confirmation": (
            lambda world, path=path, hasty=hasty: (  # type: ignore[misc]
                f"{path}/{world.stopped(path, *hasty)}/confirmation",
                None,
            )
        )
        for path, hasty in _HASTY.items()
    },
    "GET /supervision/audit": _waiting(World.account, "/supervision/audit"),
    "GET /gates": _waiting(World.gate, "/gates"),
    "POST /gates": lambda world: ("/gates", {"division": COUNTY, "name": "Station"}),
    "POST /gates/{gate_id}/disable": lambda world: (f"/gates/{world.gate()}/disable", None),
    "POST /gates/{gate_id}/enrolment-code": lambda world: (f"/gates/{world.gate()}/enrolment-code", None),
    "GET /access-applications": _waiting(World.access_application, "/access-applications"),
    "POST /access-applications/{application_id}/state": lambda world: (
        f"/access-applications/{world.access_application()}/state",
        {"to": "approved", "why": "Licence seen"},
    ),
    "GET /manual-cases": _waiting(World.case, "/manual-cases"),
    "POST /manual-cases/{case_id}/ending": lambda world: (
        f"/manual-cases/{world.case()}/ending",
        {"outcome": "PASS", "means": "issuer_telephoned"},
    ),
    "POST /manual-cases/{case_id}/interim-note": lambda world: (
        f"/manual-cases/{world.case()}/interim-note",
        None,
    ),
    "GET /extra-demands": _waiting(World.demand, "/extra-demands"),
    "POST /extra-demands/{demand_id}/answer": lambda world: (
        f"/extra-demands/{world.demand()}/answer",
        {"remedy": "stopped", "answer": "The estate was told that a code suffices."},
    ),
    "GET /supervision/counts": _waiting(World.count, "/supervision/counts"),
    "GET /supervision/manual-cases": _waiting(World.case, "/supervision/manual-cases"),
    "GET /supervision/extra-demands": _waiting(World.demand, "/supervision/extra-demands"),
    "POST /supervision/extra-demands/{demand_id}/contact": lambda world: (
        f"/supervision/extra-demands/{world.demand()}/contact",
        None,
    ),
}
"""The request of each route that has a scope; what it is about lies in the county."""
