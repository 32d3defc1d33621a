"""The table of section 1 of the interface, row by row, over facts that are all known beforehand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

HOUR = 3600
DAY = 24 * HOUR


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """Everything the table asks about one encounter, all known at once."""

    host: str
    issuer: str
    shown_class: str
    colour: str
    tamper: str
    at: int
    trust_age: int
    iat: int
    exp: int
    until: int
    shown_at: int
    key_listed: bool
    key_revoked: bool
    area_allowed: bool
    referred: bool | None
    recognised: bool
    suspended: bool
    list_missing: bool
    list_age: int
    list_limit: int
    status: str
    contradicted: bool
    rulebook: bool


Test = Callable[[Facts], bool]


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the table of section 1."""

    step: str
    code: str
    outcome: str
    routes: str
    clause: str
    applies: Test


def _class_broken(f: Facts) -> bool:
    return (
        f.tamper == "wrapped"
        or (f.shown_class == "online" and f.exp != f.iat + 60)
        or f.exp - f.iat > 30 * DAY
        or not f.area_allowed
    )


def _shown_too_late(f: Facts) -> bool:
    if f.shown_class == "online":
        return f.at >= f.exp
    return f.shown_class == "device" and not -60 <= f.at - f.shown_at <= 120


def _foreign(f: Facts) -> bool:
    return f.host != f.issuer and f.referred is None


def _listed_class(f: Facts) -> bool:
    return f.shown_class != "online"


def _status_is(value: str) -> Test:
    return lambda f: _listed_class(f) and f.status == value


TABLE: tuple[Line, ...] = (
    Line(
        "V1",
        "unreadable",
        "REJECT",
        "manual",
        "C2.2",
        lambda f: f.tamper in ("truncated", "header") or f.exp <= f.iat,
    ),
    Line("V2", "clock_wrong", "UNDECIDED", "manual", "C1.2", lambda f: f.trust_age < -60),
    Line("V2", "trust_stale", "UNDECIDED", "manual", "C1.2", lambda f: f.trust_age > 7 * DAY),
    Line(
        "V3",
        "unknown_key",
        "REJECT",
        "refresh manual",
        "C2.5",
        lambda f: not f.key_listed and f.trust_age <= DAY,
    ),
    Line("V3", "unknown_key_stale_trust", "UNDECIDED", "manual", "C2.5", lambda f: not f.key_listed),
    Line("V3", "key_revoked", "REAPPLY", "refresh", "C2.5", lambda f: f.key_revoked),
    Line(
        "V4",
        "bad_signature",
        "REJECT",
        "refresh manual",
        "C2.2",
        lambda f: f.tamper in ("signature", "payload"),
    ),
    Line("V5", "presentation_missing", "REJECT", "refresh", "C2.2", lambda f: f.tamper == "downgrade"),
    Line("V5", "class_violation", "REJECT", "refresh manual", "C2.2", _class_broken),
    Line("V5", "bad_presentation", "REJECT", "refresh manual", "C2.2", lambda f: f.tamper == "wrong_device"),
    Line("V5", "presentation_stale", "REJECT", "refresh manual", "C2.2", _shown_too_late),
    Line("V6", "referred", "REFER", "authority", "C3.3", lambda f: f.referred is True),
    Line(
        "V6",
        "not_recognised",
        "REAPPLY",
        "host",
        "C2.1",
        lambda f: _foreign(f) and not f.recognised and f.trust_age <= DAY,
    ),
    Line(
        "V6",
        "not_recognised_stale_trust",
        "UNDECIDED",
        "manual",
        "C2.1",
        lambda f: _foreign(f) and not f.recognised,
    ),
    Line("V6", "recognition_suspended", "REAPPLY", "host", "C2.1", lambda f: _foreign(f) and f.suspended),
    Line("V7", "issued_in_future", "REJECT", "refresh manual", "C2.4", lambda f: f.iat > f.at + 60),
    Line("V7", "expired", "REAPPLY", "home host", "C2.4", lambda f: _listed_class(f) and f.at >= f.exp),
    Line(
        "V8", "status_missing", "UNDECIDED", "manual", "C2.2", lambda f: _listed_class(f) and f.list_missing
    ),
    Line("V8", "clock_wrong", "UNDECIDED", "manual", "C1.2", lambda f: _listed_class(f) and f.list_age < -60),
    Line("V8", "void", "REAPPLY", "home host", "C2.7", _status_is("void")),
    Line("V8", "superseded", "REAPPLY", "refresh", "C2.2", _status_is("superseded")),
    Line(
        "V8",
        "status_stale",
        "UNDECIDED",
        "manual",
        "C2.2",
        lambda f: _listed_class(f) and f.list_age > f.list_limit,
    ),
    Line("V8", "under_review", "UNDECIDED", "home manual", "C2.2", _status_is("suspended")),
    Line(
        "V8", "colour_ended", "REAPPLY", "refresh", "C2.2", lambda f: f.colour != "green" and f.until <= f.at
    ),
    Line("V8", "contradicted", "UNDECIDED", "appeal manual", "C2.2", lambda f: f.contradicted),
    Line(
        "V9",
        "rulebook_missing",
        "UNDECIDED",
        "manual",
        "C2.2",
        lambda f: f.colour != "green" and not f.rulebook,
    ),
    Line("V10", "green", "PASS", "", "C2.3", lambda f: f.colour == "green"),
    Line("V10", "measures_apply", "CONTROL", "appeal", "C2.2", lambda f: True),
)

STEPS = tuple(f"V{number}" for number in range(1, 11))
CODES = frozenset(line.code for line in TABLE)
OUTCOMES = frozenset(line.outcome for line in TABLE)
SOURCES = {"referred": "referral", "recognition_suspended": "recognition", "measures_apply": "rulebook"}
