"""What each page of the register shows: the template and its values, from the read model alone.

A page function takes what was asked and gives a `Page`; it decides nothing that `hub.register` does not say.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from comity.domain.national_rulebook import NationalRulebook
from comity.domain.region import RegionCode
from comity.domain.rulebook import Rulebook
from comity.hub.pair_state import RECOGNISED, PairState, PairStep
from comity.hub.register import REGIONS, Member
from comity.hub.register_change import ChangeKind, RegisterChange
from comity.hub.register_entry import RegisterEntry
from comity.hub.register_words import state_sentence
from comity.hub.rulebook_differences import Direction, differences
from comity.hub.rulebook_words import rulebook_words
from comity.records.statement_kinds import StatementKind
from comity.server.register_routes import compared
from comity.server.register_source import RegisterView

GROUPS: Final = (
    PairStep.IN_FORCE,
    PairStep.RELEASED,
    PairStep.RELEASED_IN_PART,
    PairStep.REFERRED,
    PairStep.SUSPENDED,
    PairStep.PUBLISHED,
    PairStep.CONFIRMED,
    PairStep.REPLIED,
    PairStep.INVITED,
    PairStep.OUTSIDE,
    PairStep.NONE,
)
"""The order in which the states of a host are told: what holds first, what is furthest from it last."""
LATEST: Final = 20
"""Changes on the page of the feeds."""

_DIRECTIONS: Final = {
    ChangeKind.RULEBOOK_TIGHTENED: Direction.TIGHTER,
    ChangeKind.RULEBOOK_LOOSENED: Direction.LOOSER,
    ChangeKind.RULEBOOK_CHANGED: Direction.NEITHER,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A page to be filled in: template, the section it belongs to, and its values."""

    template: str
    section: str
    values: Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class PairList:
    """The pairs of one host that stand alike."""

    step: PairStep
    states: tuple[PairState, ...]


def list_page(view: RegisterView, host: RegionCode) -> Page:
    """The list as the notice would publish it: whom a host recognises (C2.1)."""
    states = view.register.states_of(host, view.at)
    groups = [
        PairList(step=step, states=found)
        for step in GROUPS
        if (found := tuple(state for state in states if state.step is step))
    ]
    recognised = sum(state.step in RECOGNISED for state in states)
    values = {"host": host, "regions": REGIONS, "groups": groups, "recognised": recognised}
    return Page(template="list.html", section="list", values=values)


def matrix_page(view: RegisterView) -> Page:
    """All pairs at one instant, as a table, and host by host for narrow screens."""
    matrix = view.register.matrix(view.at)
    counts = Counter(state.step for row in matrix for state in row)
    tallies = []
    for row in matrix:
        of_row = Counter(state.step for state in row)
        told = [(step, of_row[step]) for step in GROUPS if of_row[step]]
        tallies.append({"host": row[0].host, "counts": told})
    values = {
        "regions": REGIONS,
        "matrix": matrix,
        "legend": [(step, counts[step]) for step in (*GROUPS, PairStep.OWN) if counts[step]],
        "tallies": tallies,
        "total": sum(counts[step] for step in RECOGNISED if step is not PairStep.OWN),
    }
    return Page(template="matrix.html", section="matrix", values=values)


def pair_page(view: RegisterView, host: RegionCode, issuer: RegionCode) -> Page:
    """One pair: its state, what is announced, all that was said (C2.1)."""
    state = view.register.state_of(host, issuer, view.at)
    values = {
        "host": host,
        "issuer": issuer,
        "state": state,
        "sentence": state_sentence(state),
        "periods": view.register.timeline(host, issuer).periods,
        "history": tuple(reversed(view.register.history(host, issuer))),
    }
    return Page(template="pair.html", section="matrix", values=values)


def region_page(view: RegisterView, code: RegionCode) -> Page:
    """One region: its rules in words, their versions, its keys and where its node is (C2.2)."""
    register = view.register
    in_force = register.rulebook_at(code, view.at)
    member = register.member(code)
    told = {change.entry.digest: change for change in register.changes_of_host(code)}
    versions = [
        {
            "entry": entry,
            "direction": _DIRECTIONS.get(told[entry.digest].kind),
            "is_coming": told[entry.digest].effective_from > view.at,
        }
        for entry in reversed(register.rulebooks(code))
    ]
    values = {
        "code": code,
        "member": member,
        "takes_part": member.takes_part(view.at),
        "in_force": in_force,
        "rules": () if in_force is None else rulebook_words(_rulebook(in_force)),
        "versions": versions,
    }
    return Page(template="region.html", section="regions", values=values)


def rulebook_page(view: RegisterView, code: RegionCode, version: int, against: int | None) -> Page:
    """One version of a region's rules, and how it differs from another: the one before, or `against`.

    Raises: UnknownRecord.
    """
    versions = view.register.rulebooks(code)
    entry, previous = compared(versions, version, against)
    values = {
        "code": code,
        "entry": entry,
        "previous": previous,
        "versions": versions,
        "found": () if previous is None else differences(_rulebook(entry), _rulebook(previous)),
        "rules": rulebook_words(_rulebook(entry)),
    }
    return Page(template="rulebook.html", section="regions", values=values)


def member_state(member: Member, view: RegisterView) -> str:
    """Give the word for how a region takes part: `member`, `joining`, `left` or `none`."""
    said = None if member.membership is None else member.membership.said
    if said is None:
        return "none"
    if member.takes_part(view.at):
        return "member"
    return "joining" if getattr(said, "member_from", 0) > view.at else "left"


def members_page(view: RegisterView) -> Page:
    """Who takes part, with rules, and how many pairs each is in."""
    matrix = view.register.matrix(view.at)
    by_issuer = Counter(
        state.issuer for row in matrix for state in row if state.step in RECOGNISED - {PairStep.OWN}
    )
    by_host = Counter(
        state.host for row in matrix for state in row if state.step in RECOGNISED - {PairStep.OWN}
    )
    rows = [
        {
            "member": member,
            "state": member_state(member, view),
            "rulebook": view.register.rulebook_at(member.region, view.at),
            "recognises": by_host[member.region],
            "recognised_by": by_issuer[member.region],
        }
        for member in view.register.members()
    ]
    count = sum(row["state"] == "member" for row in rows)
    return Page(template="members.html", section="regions", values={"rows": rows, "count": count})


def national_page(view: RegisterView) -> Page:
    """The national requirement with its dates, and the hosts that refer to it (C3.3)."""
    kinds = (StatementKind.NATIONAL_AUTHORITY, StatementKind.NATIONAL_RULEBOOK)
    in_force = view.register.national_at(view.at)
    said = None if in_force is None else in_force.said
    referring = {
        row.issuer: view.register.referring(row, view.at)
        for row in (said.rows if isinstance(said, NationalRulebook) else ())
    }
    history = [change for change in view.register.changes if change.entry.kind in kinds]
    values = {"in_force": in_force, "referring": referring, "history": tuple(reversed(history))}
    return Page(template="national.html", section="national", values=values)


def feeds_page(view: RegisterView) -> Page:
    """The feeds, and the latest changes."""
    latest: tuple[RegisterChange, ...] = tuple(reversed(view.register.changes[-LATEST:]))
    return Page(template="feeds.html", section="feeds", values={"regions": REGIONS, "latest": latest})


def _rulebook(entry: RegisterEntry) -> Rulebook:
    assert isinstance(entry.said, Rulebook)  # noqa: S101 - entries of rulebooks hold nothing else
    return entry.said
