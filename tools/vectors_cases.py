"""The cases of the vectors, step by step, told as encounters of one federation (docs/vectors.md)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from comity.scenario.federation import Federation
from tools.vectors_hands import Hands

NOON: Final = datetime.fromisoformat("2020-03-22T12:00:00+08:00")
"""When most encounters happen: passes are two days old, every recognition has its effect."""
DAY: Final = 86_400
MONDAY: Final = 19 * 3_600
"""Seconds from NOON to 2020-03-23T07:00:00+08:00, when the encounters are late."""

Rewrite = Callable[[Hands, str], str]
Relist = Callable[[Federation], dict[str, bytes]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One vector to make: an encounter, told in seconds from NOON, and what is done to its text or lists."""

    name: str
    shows: str
    shown: str = "device"
    host: str = "150000"
    at: int = 0
    bundle_at: int = 0
    status_at: int | None = None
    shown_at: int | None = None
    more: str = ""
    rewrite: Rewrite | None = None
    relist: Relist | None = None
    in_production: bool = False

    def as_toml(self) -> str:
        """Write the encounter as a table of a scenario file."""
        lines = [
            "[[encounter]]",
            f'id = "{self.name}"',
            f'pass = "{self.shown}"',
            f'host = "{self.host}"',
            f"at = {told(self.at)}",
            f"bundle_at = {told(self.bundle_at)}",
        ]
        if self.status_at is not None:
            lines.append(f"status_at = {told(self.status_at)}")
        if self.shown_at is not None:
            lines.append(f"shown_at = {told(self.shown_at)}")
        return "\n".join([*lines, self.more, ""])


def told(seconds: int) -> str:
    """Write the instant so many seconds from NOON."""
    return (NOON + timedelta(seconds=seconds)).isoformat()


REGIONS: Final = """
title = "the federation of the vectors"

[[region]]
code = "150000"
[[region.measure]]
colour = "yellow"
reasons = ["symptoms"]
kind = "medical_referral"
responsible = "designated_hospital"
ends = "medical_clearance"
[[region.measure]]
colour = "yellow"
reasons = ["symptoms"]
kind = "health_monitoring"
days = 3
[[region.measure]]
colour = "red"
reasons = ["area_arrival"]
kind = "no_entry"
days = 21
onward = "the train of 14:05 back to Guangzhou, with the railway"
[[region]]
code = "440000"
validity_days = 7
status_max_age_hours = {device = 24, paper = 168}
[[region]]
code = "420000"
[[region]]
code = "110000"
rulebook_from = 2020-03-22T12:00:00+08:00
rulebook_to = 2020-03-23T07:00:00+08:00
[[region]]
code = "120000"

[[key]]
issuer = "440000"
id = "city"
areas = ["440100"]
[[key]]
issuer = "440000"
id = "next"
not_before = 2020-03-20T00:00:01+08:00
not_after = 2020-03-20T00:00:02+08:00
[[key]]
issuer = "440000"
id = "lost"
[[key]]
issuer = "440000"
id = "unpublished"
published_at = 2020-03-22T12:00:01+08:00
[[key]]
issuer = "440000"
id = "k1"
[[key_event]]
issuer = "440000"
key = "lost"
at = 2020-03-22T12:00:00+08:00
kind = "revoked"

[[recognition]]
host = "150000"
issuer = "440000"
published_at = 2020-03-18T00:00:00+08:00
[[recognition]]
host = "440000"
issuer = "150000"
published_at = 2020-03-18T00:00:00+08:00
[[recognition]]
host = "110000"
issuer = "440000"
published_at = 2020-03-18T00:00:00+08:00
[[recognition]]
host = "150000"
issuer = "110000"
published_at = 2020-03-18T00:00:00+08:00
suspension_published_at = 2020-03-21T00:00:00+08:00
suspended_from = 2020-03-22T12:00:00+08:00
resumption_published_at = 2020-03-22T13:00:00+08:00
resumed_from = 2020-03-23T07:00:00+08:00
[[recognition]]
host = "150000"
issuer = "120000"
published_at = 2020-03-22T11:00:00+08:00
effective_from = 2020-03-22T12:00:01+08:00
[[referral]]
host = "150000"
issuer = "420000"
authority = "国务院联防联控机制 / the State Council's joint mechanism"
[[referral.release]]
from = 2020-03-22T12:00:00+08:00
areas_except = ["420100"]
[[referral.release]]
from = 2020-03-23T07:00:00+08:00
"""
"""Dates here are not those of the notice but close together, so that few bundles serve all vectors."""

_PASSES: Final = {
    "device": "",
    "paper": 'class = "paper"\nid_number = "42010019800101002X"',
    "online": 'class = "online"',
    "child": 'name = "乌兰图雅"\nguardian = true',
    "yellow": 'colour = "yellow"\nreason = "close_contact"\nbasis = 2020-03-18T12:00:00+08:00',
    "yellow-paper": 'class = "paper"\ncolour = "yellow"\nreason = "symptoms"',
    "yellow-online": 'class = "online"\ncolour = "yellow"\nreason = "symptoms"',
    "red": 'colour = "red"\nreason = "confirmed_case"',
    "red-paper": 'class = "paper"\ncolour = "red"\nreason = "area_arrival"',
    "red-online": 'class = "online"\ncolour = "red"\nreason = "suspected_case"\norigin = "110000"',
    "ending": 'colour = "yellow"\nreason = "risk_area_stay"\nuntil = 2020-03-22T12:00:00+08:00',
    "ending-online": (
        'class = "online"\ncolour = "red"\nreason = "risk_area_stay"\nuntil = 2020-03-22T12:00:00+08:00'
    ),
    "void": 'class = "paper"',
    "superseded": "",
    "review": "",
    "city": 'key = "city"\narea = "440106"',
    "outside-city": 'key = "city"\narea = "440300"',
    "no-city": 'key = "city"',
    "too-early-key": 'key = "next"',
    "lost-key": 'key = "lost"',
    "unpublished-key": 'key = "unpublished"',
    "too-long": "expires_at = 2020-04-19T00:00:01+08:00",
    "thirty-days": "expires_at = 2020-04-19T00:00:00+08:00",
    "online-too-long": 'class = "online"\nexpires_at = 2020-03-22T12:01:01+08:00',
}
_EVENTS: Final = (("void", "void"), ("superseded", "superseded"), ("review", "suspended"))


def _pass(name: str, issuer: str, more: str, issued_at: str = "2020-03-20T00:00:00+08:00") -> str:
    return f'[[pass]]\nid = "{name}"\nissuer = "{issuer}"\nissued_at = {issued_at}\n{more}\n'


def passes_as_toml() -> str:
    """Write every pass and status event of the federation."""
    tables = [_pass(name, "440000", more) for name, more in _PASSES.items()]
    tables += [
        _pass("own", "150000", ""),
        _pass("own-yellow", "150000", 'colour = "yellow"\nreason = "close_contact"'),
        _pass("wuhan", "420000", 'area = "420102"'),
        _pass("yichang", "420000", 'class = "paper"\narea = "420500"'),
        _pass("hubei", "420000", ""),
        _pass("beijing", "110000", ""),
        _pass("tianjin", "120000", 'class = "paper"'),
        _pass("ahead-60", "440000", 'class = "paper"', told(60)),
        _pass("ahead-61", "440000", 'class = "paper"', told(61)),
        _pass("thirteen-days", "150000", 'class = "paper"', told(-14 * DAY + 1)),
        _pass("fourteen-days", "150000", 'class = "paper"', told(-14 * DAY)),
    ]
    tables += [f'[[event]]\npass = "{p}"\nat = {told(-DAY)}\nkind = "{kind}"\n' for p, kind in _EVENTS]
    return "\n".join(tables)
