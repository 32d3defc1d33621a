"""Officers of one city at their desks, for tests of what they do over HTTP; 150100 covers the city."""

from __future__ import annotations

from typing import Any

from starlette.testclient import TestClient

from comity.domain.instant import DAY, rfc3339
from comity.issuance.records import HolderKey
from comity.officers.officers import Officer
from comity.officers.permissions import Role
from tests import people
from tests.builders import AT
from tests.region import RegionNode, headers

CITY = "150100"


class Desks:
    """An epidemiologist, two second officers and a supervisor of one city, and what they send."""

    def __init__(self, region: RegionNode, client: TestClient) -> None:
        self.region, self.client = region, client
        self.proposer = region.officer(Role.EPIDEMIOLOGIST, division=CITY)
        self.second = region.officer(Role.SECOND_OFFICER, division=CITY)
        self.third = region.officer(Role.SECOND_OFFICER, division=CITY)
        self.supervisor = region.officer(Role.SUPERVISOR, division=CITY)

    def post(self, who: Officer | HolderKey, path: str, body: Any = None) -> Any:
        """Send something as an officer or a resident."""
        return self.client.post(path, json=body, headers=headers(self.region.token(who)))

    def get(self, who: Officer | HolderKey, path: str) -> Any:
        """Ask for something as an officer or a resident."""
        return self.client.get(path, headers=headers(self.region.token(who)))

    def propose(self, order: int = 1, *, by: Officer | None = None, **changed: Any) -> Any:
        """Propose an assignment for the `order`-th person of nobody."""
        body = {
            "person": {"kind": "resident_id", "number": people.resident_number(order)},
            "rule_id": "close-contact",
            "rulebook_version": 1,
            "source_name": "Hohhot CDC",
            "reference": f"file {order}-17",
            "began_at": rfc3339(AT - DAY),
            "ended_at": rfc3339(AT + 7 * DAY),
        }
        return self.post(by or self.proposer, "/assignments", body | changed)

    def confirm(self, proposed: Any, *, by: Officer | None = None) -> Any:
        """Confirm what was proposed."""
        path = f"/assignments/{proposed.json()['assignment_id']}/confirmation"
        return self.post(by or self.second, path)
