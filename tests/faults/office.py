"""The region that the fault tests break: its keys, people and officers are the same in every process.

What a worker promises is one line for each act that its database has confirmed; `read_promises` reads them.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Final

from comity.domain.instant import MINUTE, Instant
from comity.issuance.issuer import Issuer
from comity.issuance.records import IssuedPass, Standing
from comity.officers.officers import Officer
from comity.officers.permissions import Role
from comity.records.ports import Store
from comity.trust.algorithm import PrivateKey
from tests.builders import AT, HOME, key
from tests.pass_office import make_issuer

RESIDENTS: Final = 60
"""People whose colours change and whose phones are replaced all the time."""
LIFE: Final = 20 * MINUTE
"""Time between two starts of the workers; three of them make an hour, after which much is due."""


def open_issuer(store: Store, *, list_size: int) -> Issuer:
    """The region over a store; no two processes draw the same bytes."""
    return make_issuer(store, seed=os.urandom(16).hex(), list_size=list_size, block=8)


def officer(name: str, role: Role) -> Officer:
    """An officer of the whole region."""
    return Officer(
        officer_id=name, display_name=name, roles=(str(role),), division=HOME, is_active=True, added_at=AT
    )


EPIDEMIOLOGIST: Final = officer("epidemiologist", Role.EPIDEMIOLOGIST)
SECOND: Final = officer("second", Role.SECOND_OFFICER)
THIRD: Final = officer("third", Role.SECOND_OFFICER)


def phone(request_id: str) -> PrivateKey:
    """The phone's key of the device pass that a request asked for."""
    return key("phone", request_id)


def begin_of(life: int) -> Instant:
    """The time at which the workers are started for the `life`-th time, from 0."""
    return AT + life * LIFE


def pass_line(issued: IssuedPass) -> str:
    """What a worker promises of a pass."""
    digest = sha256(issued.data).hexdigest()
    return f"pass {issued.pass_id} {issued.list_number} {issued.list_index} {issued.request} {digest}"


def colour_line(standing: Standing) -> str:
    """What a worker promises of a colour."""
    return f"colour {standing.holder} {standing.changes} {standing.colour}"


@dataclass(slots=True)
class Promises:
    """All that workers promised: passes as line, changes of colour by holder, states of imports in order."""

    passes: dict[str, str] = field(default_factory=dict)
    colours: dict[str, int] = field(default_factory=dict)
    imports: dict[str, list[str]] = field(default_factory=dict)
    publications: int = 0
    refusals: list[str] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.passes) + len(self.colours) + len(self.imports) + self.publications

    def add(self, other: Promises) -> None:
        """Take in what was promised later."""
        self.passes |= other.passes
        for holder, changes in other.colours.items():
            self.colours[holder] = max(changes, self.colours.get(holder, 0))
        for import_id, states in other.imports.items():
            self.imports.setdefault(import_id, []).extend(states)
        self.publications += other.publications
        self.refusals += other.refusals


def read_promises(lines: Iterable[str]) -> Promises:
    """Read the lines of workers; the last one of each may have been cut off by the kill."""
    found = Promises()
    for line in lines:
        if not line.endswith("\n"):
            continue
        match line.split():
            case ["pass", pass_id, *_]:
                found.passes[pass_id] = line.rstrip("\n")
            case ["colour", holder, changes, _]:
                found.colours[holder] = max(int(changes), found.colours.get(holder, 0))
            case ["import", import_id, state]:
                found.imports.setdefault(import_id, []).append(state)
            case ["lists", _]:
                found.publications += 1
            case ["refused", *_]:
                found.refusals.append(line.rstrip("\n"))
            case ["ready"]:
                pass
            case _:
                raise AssertionError(f"no worker writes this line: {line!r}")
    return found
