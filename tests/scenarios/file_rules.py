"""A second opinion on which scenario files are right: section 5 of the interface as one table of keys.

`check(text)` returns the parsed file or raises `WrongFileError`. Imports nothing of the program.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from tests.scenarios.decision_table import CODES, DAY, OUTCOMES
from tests.scenarios.model import Row, World, WrongFileError, seconds

FIRST_TWO = (
    11,
    12,
    13,
    14,
    15,
    21,
    22,
    23,
    31,
    32,
    33,
    34,
    35,
    36,
    37,
    41,
    42,
    43,
    44,
    45,
    46,
    50,
    51,
    52,
    53,
    54,
    61,
    62,
    63,
    64,
    65,
)
CODES_31 = frozenset(f"{number}0000" for number in FIRST_TWO)
COLOURS = ["green", "yellow", "red"]
REASONS = ["confirmed_case", "suspected_case", "close_contact", "symptoms", "risk_area_stay", "area_arrival"]
KINDS = ["health_monitoring", "home_observation", "central_isolation", "medical_referral", "no_entry"]
RESPONSIBLE = ["community", "county_cdc", "designated_hospital", "county_command"]
TAMPER_CLASSES = {
    "signature": "device paper online",
    "payload": "device paper online",
    "truncated": "device paper online",
    "header": "device paper online",
    "unknown_key": "device paper online",
    "impersonation": "device paper online",
    "screenshot": "device online",
    "downgrade": "device",
    "wrong_device": "device",
    "wrapped": "paper online",
}

Check = Callable[[Any], bool]


def text(value: Any) -> bool:
    return isinstance(value, str)


def time(value: Any) -> bool:
    return isinstance(value, datetime) and value.tzinfo is not None and value.microsecond == 0


def flag(value: Any) -> bool:
    return isinstance(value, bool)


def within(low: int, high: int) -> Check:
    return lambda value: type(value) is int and low <= value <= high


def one_of(words: Sequence[str]) -> Check:
    return lambda value: isinstance(value, str) and value in words


def like(pattern: str) -> Check:
    return lambda value: isinstance(value, str) and re.fullmatch(pattern, value) is not None


def many(item: Check) -> Check:
    return lambda value: isinstance(value, list) and all(item(entry) for entry in value)


def reasons(value: Any) -> bool:
    return (
        many(one_of([*REASONS, "*"]))(value)
        and 0 < len(value) == len(set(value))
        and ("*" not in value or len(value) == 1)
    )


def ages(value: Any) -> bool:
    return (
        isinstance(value, dict)
        and set(value) <= {"device", "paper"}
        and all(within(24, 168)(hours) for hours in value.values())
    )


AN_ID = like(r"[a-z0-9-]{1,40}")
AN_AREA = like(r"[0-9]{6}")

KEYS: dict[str, dict[str, Check]] = {
    "region": {
        "code!": one_of(sorted(CODES_31)),
        "validity_days": within(1, 30),
        "rulebook_from": time,
        "rulebook_to": time,
        "status_max_age_hours": ages,
        "measure": many(lambda row: isinstance(row, dict)),
    },
    "region.measure": {
        "colour!": one_of(["yellow", "red"]),
        "reasons": reasons,
        "kind!": one_of(KINDS),
        "days": within(1, 21),
        "responsible": one_of(RESPONSIBLE),
        "ends": one_of(["after_days", "medical_clearance", "issuer_release"]),
        "appeal": one_of(["home", "host"]),
        "onward": text,
    },
    "key": {
        "issuer!": text,
        "id!": AN_ID,
        "published_at": time,
        "not_before": time,
        "not_after": time,
        "areas": many(AN_AREA),
    },
    "key_event": {"issuer!": text, "at!": time, "kind!": one_of(["revoked"]), "key": text},
    "recognition": {
        "host!": text,
        "issuer!": text,
        "published_at": time,
        "effective_from": time,
        "suspension_published_at": time,
        "suspended_from": time,
        "resumption_published_at": time,
        "resumed_from": time,
    },
    "referral": {
        "host!": text,
        "issuer!": text,
        "authority!": text,
        "release": many(lambda row: isinstance(row, dict)),
    },
    "referral.release": {"from!": time, "areas_except": many(AN_AREA)},
    "pass": {
        "id!": AN_ID,
        "issuer!": text,
        "issued_at!": time,
        "colour": one_of(COLOURS),
        "class": one_of(["device", "online", "paper"]),
        "reason": one_of(REASONS),
        "basis": time,
        "until": time,
        "origin": one_of(sorted(CODES_31)),
        "area": AN_AREA,
        "key": text,
        "name": text,
        "id_number": like(r".{18}"),
        "guardian": flag,
        "expires_at": time,
    },
    "event": {"pass!": text, "at!": time, "kind!": one_of(["superseded", "void", "suspended", "restored"])},
    "encounter": {
        "id!": AN_ID,
        "pass!": text,
        "host!": text,
        "at!": time,
        "bundle_at": time,
        "status_at": time,
        "status": one_of(["list", "missing"]),
        "shown_at": time,
        "issuer_says": one_of(COLOURS),
        "tamper": one_of(list(TAMPER_CLASSES)),
        "expect": one_of(sorted(OUTCOMES)),
        "expect_reason": one_of(sorted(CODES)),
    },
}
UNIQUE = {
    "region": ("code",),
    "key": ("issuer", "id"),
    "pass": ("id",),
    "encounter": ("id",),
    "recognition": ("host", "issuer"),
    "referral": ("host", "issuer"),
}
REGION_KEYS = ("host", "issuer", "origin")


def require(condition: bool, why: str) -> None:
    if not condition:
        raise WrongFileError(why)


def check(source: str) -> Row:
    """The parsed file when it is right by section 5."""
    try:
        file = tomllib.loads(source)
    except tomllib.TOMLDecodeError as error:
        raise WrongFileError("not TOML") from error
    require(isinstance(file.get("title"), str), "title")
    for table, rows in file.items():
        if table != "title":
            require(table in KEYS and isinstance(rows, list), f"table {table}")
            for row in rows:
                check_row(table, row)
    for table, keys in UNIQUE.items():
        seen = [tuple(row.get(key) for key in keys) for row in file.get(table, [])]
        require(len(seen) == len(set(seen)), f"duplicate in {table}")
    world = World(file)
    check_references(world)
    for rule in (check_region, check_recognition, check_pass, check_encounter):
        for row in world.rows(rule.__name__.removeprefix("check_")):
            rule(world, row)
    return file


def check_row(table: str, row: Any) -> None:
    require(isinstance(row, dict), f"{table} is no table")
    keys = {key.rstrip("!"): test for key, test in KEYS[table].items()}
    for key in KEYS[table]:
        require(not key.endswith("!") or key.rstrip("!") in row, f"{table}.{key}")
    for key, value in row.items():
        require(key in keys and keys[key](value), f"{table}.{key}")
        if f"{table}.{key}" in KEYS:
            for inner in value:
                check_row(f"{table}.{key}", inner)


def check_references(world: World) -> None:
    listed = {row["code"] for row in world.rows("region")}
    for table in KEYS:
        for row in world.rows(table):
            for key in REGION_KEYS:
                require(key not in row or row[key] in listed, f"{table}.{key} is not listed")
    passes = {row["id"] for row in world.rows("pass")}
    for table in ("event", "encounter"):
        require(all(row["pass"] in passes for row in world.rows(table)), f"{table}.pass dangles")
    for table in ("key_event", "pass"):
        for row in world.rows(table):
            wanted = row.get("key", "k1" if table == "key_event" else None)
            held = {key["id"] for key in world.keys(row["issuer"])}
            require(wanted is None or wanted in held, f"{table}.key dangles")


def check_region(world: World, row: Row) -> None:
    require(row["code"] != "150000" or row.get("validity_days", 14) == 14, "150000 has 14 days")
    for measure in row.get("measure", []):
        require("days" in measure or measure["kind"] == "medical_referral", "days")
        require(("onward" in measure) == (measure["kind"] == "no_entry"), "onward")
        require(bool(measure.get("onward", "said").strip()), "onward")


def check_recognition(world: World, row: Row) -> None:
    require(row["host"] != row["issuer"], "host = issuer")
    require(("suspension_published_at" in row) == ("suspended_from" in row), "suspension: both or neither")
    require(("resumption_published_at" in row) == ("resumed_from" in row), "resumption: both or neither")
    require("suspended_from" in row or "resumed_from" not in row, "resumption without suspension")
    if "suspended_from" in row:
        notice = seconds(row, "suspended_from", 0) - seconds(row, "suspension_published_at", 0)
        require(notice >= DAY, "24 h notice")
    if "resumed_from" in row:
        require(row["resumed_from"] > row["suspended_from"], "resumed before suspended")


def check_pass(world: World, row: Row) -> None:
    coloured = row.get("colour", "green") != "green"
    require(("reason" in row) == coloured, "reason")
    require(coloured or not {"basis", "until", "origin"} & set(row), "green with basis, until or origin")
    require(row.get("area", "")[:2] in ("", row["issuer"][:2]), "area of another region")
    require("expires_at" not in row or row["expires_at"] > row["issued_at"], "expires_at")
    if row.get("class") != "online":
        world.signing_key(row, seconds(row, "issued_at", 0))
    check_events(world, row)


def check_events(world: World, row: Row) -> None:
    mine = sorted(world.rows("event", **{"pass": row["id"]}), key=lambda e: seconds(e, "at", 0))
    before = "issued"
    for event in mine:
        kind = event["kind"]
        require(event["at"] >= row["issued_at"], "event before issue")
        require(before not in ("void", "superseded"), "event after the end")
        require((kind == "restored") <= (before == "suspended"), "restored")
        require(not (kind == before == "suspended"), "suspended twice")
        before = kind


def check_encounter(world: World, row: Row) -> None:
    held = world.rows("pass", id=row["pass"])[0]
    shown_class, tamper = held.get("class", "device"), row.get("tamper")
    require(shown_class != "paper" or "shown_at" not in row, "paper has no shown_at")
    require("expect" in row or "expect_reason" not in row, "expect_reason without expect")
    require(tamper is None or shown_class in TAMPER_CLASSES[tamper].split(), "tamper of another class")
    require(tamper != "screenshot" or "shown_at" in row, "screenshot without shown_at")
    require(tamper != "impersonation" or row["host"] != held["issuer"], "impersonation at home")
    if shown_class == "online":
        world.signing_key(held, seconds(row, "shown_at", seconds(held, "issued_at", 0)))
