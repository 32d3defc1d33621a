"""Random scenario files that stand on the boundaries: a seed in, TOML text out, always the same.

Most encounters are calm but for one or two twists, so that every row of the table is reached; instants are
drawn from those the file itself names (publication, effect, expiry, limits), moved by -1, 0 or +1 s.
"""

from __future__ import annotations

import random
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from tests.scenarios.decision_table import CODES, DAY, HOUR, OUTCOMES
from tests.scenarios.file_rules import COLOURS, KINDS, REASONS, RESPONSIBLE, TAMPER_CLASSES
from tests.scenarios.model import FIRST_DAY_OF_150000, Row, World, WrongFileError

T0 = FIRST_DAY_OF_150000
NAMES = ("张三", "李", "乌兰图雅", "欧阳娜娜娜", "A B", "阿不都热依木")
AREAS = {
    "15": "150100 150102 152500",
    "42": "420100 420102 420500 429004",
    "44": "440100 440305",
    "11": "110100 110105",
    "31": "310100 310115",
    "65": "650100 653100",
}
ZONES = (timedelta(0), timedelta(hours=8), timedelta(hours=-3, minutes=-30), timedelta(hours=14))


class Raw(str):
    """TOML that is written as it stands."""


def written(value: Any, rng: random.Random) -> str:
    """A value as TOML; an instant (a float here) in any offset."""
    if isinstance(value, Raw):
        return value
    if isinstance(value, float):
        return datetime.fromtimestamp(int(value), timezone(rng.choice(ZONES))).isoformat()
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int):
        return str(value)
    if isinstance(value, list):
        return "[" + ", ".join(written(item, rng) for item in value) + "]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key} = {written(item, rng)}" for key, item in value.items()) + "}"
    return f'"{value}"'


def table_text(name: str, row: Row, rng: random.Random) -> str:
    inner = {k: v for k, v in row.items() if isinstance(v, list) and v and isinstance(v[0], dict)}
    lines = [f"[[{name}]]"] + [f"{k} = {written(v, rng)}" for k, v in row.items() if k not in inner]
    for key, rows in inner.items():
        lines += [table_text(f"{name}.{key}", each, rng) for each in rows]
    return "\n".join(lines) + "\n"


def as_toml(file: Row, rng: random.Random) -> str:
    tables = [(name, row) for name, rows in file.items() if name != "title" for row in rows]
    return f'title = "{file["title"]}"\n' + "\n".join(table_text(name, row, rng) for name, row in tables)


class Draft:
    """One random file in the making. Instants are floats until written."""

    def __init__(self, seed: int, *, passes: int = 8, encounters: int = 30) -> None:
        self.rng = random.Random(seed)
        others = self.rng.sample(["420000", "440000", "110000", "310000", "650000"], self.rng.randint(2, 4))
        self.codes = ["150000", *others]
        self.file: Row = {"title": f"random {seed}", "region": [self.region(code) for code in self.codes]}
        self.file["key"] = [key for code in self.codes if self.chance(0.5) for key in self.keys(code)]
        pairs = [(h, i) for h in self.codes for i in self.codes if h != i]
        self.file["recognition"] = [self.recognition(h, i) for h, i in pairs if self.chance(0.9)]
        self.file["referral"] = [self.referral(h, i) for h, i in pairs if self.chance(0.15)]
        self.file["pass"] = [self.held(f"p{n}") for n in range(passes)]
        self.file["key_event"] = [self.revocation(key) for key in self.all_keys() if self.chance(0.1)]
        self.file["event"] = [event for held in self.file["pass"] for event in self.events(held)]
        self.rng.shuffle(self.file["event"])
        self.file["encounter"] = []
        for number in range(encounters):
            meeting = self.encounter(f"e-{number}")
            if meeting:
                self.file["encounter"].append(meeting)

    def text(self) -> str:
        return as_toml(self.file, self.rng)

    def chance(self, share: float) -> bool:
        return self.rng.random() < share

    def some(self, row: Row, share: float, **values: Any) -> None:
        """Each value is written into the row with this chance."""
        row.update({key: value for key, value in values.items() if self.chance(share)})

    def near(self, instants: Iterable[float]) -> float:
        return float(self.rng.choice(list(instants)) + self.rng.choice((-1, 0, 0, 1)))

    def early(self) -> float:
        return float(T0 - self.rng.randint(1, 20) * 12 * HOUR)

    def any_day(self) -> float:
        return float(T0 + self.rng.randint(-20, 60) * 12 * HOUR)

    def region(self, code: str) -> Row:
        row: Row = {"code": code}
        if code != "150000":
            self.some(row, 0.5, validity_days=self.rng.choice((1, 7, 14, 29, 30)))
        begins = self.any_day()
        self.some(row, 0.2, rulebook_from=begins, rulebook_to=begins + self.rng.randint(1, 60) * 12 * HOUR)
        hours = (24, 25, 48, 72, 167, 168)
        ages = {name: self.rng.choice(hours) for name in ("device", "paper") if self.chance(0.8)}
        self.some(row, 0.5, status_max_age_hours=ages)
        self.some(row, 0.7, measure=[self.measure() for _ in range(self.rng.randint(1, 6))])
        return row

    def measure(self) -> Row:
        kind = self.rng.choice(KINDS)
        row: Row = {"colour": self.rng.choice(COLOURS[1:]), "kind": kind}
        if kind != "medical_referral" or self.chance(0.5):
            row["days"] = self.rng.randint(1, 21)
        if kind == "no_entry":
            row["onward"] = "onward passage by the county command"
        chosen = self.rng.choice((["*"], [], self.rng.sample(REASONS, self.rng.randint(1, 4))))
        row.update({"reasons": chosen} if chosen else {})
        self.some(
            row,
            0.4,
            responsible=self.rng.choice(RESPONSIBLE),
            appeal=self.rng.choice(("home", "host")),
            ends=self.rng.choice(("after_days", "medical_clearance", "issuer_release")),
        )
        return row

    def keys(self, code: str) -> list[Row]:
        rows = []
        for number in range(self.rng.randint(1, 3)):
            row: Row = {"issuer": code, "id": f"key-{number}"}
            self.some(row, 0.3, published_at=self.any_day(), not_before=self.any_day())
            self.some(
                row, 0.2, not_after=row.get("not_before", self.any_day()) + self.rng.randint(1, 40) * DAY
            )
            self.some(row, 0.2, areas=self.rng.sample(AREAS[code[:2]].split(), self.rng.randint(0, 2)))
            rows.append(row)
        self.rng.shuffle(rows)
        return rows if self.chance(0.2) else [*rows, {"issuer": code, "id": "always"}]

    def all_keys(self) -> list[Row]:
        return [key for code in self.codes for key in World(self.file).keys(code)]

    def revocation(self, key: Row) -> Row:
        row: Row = {"issuer": key["issuer"], "kind": "revoked"}
        row["at"] = float(T0 + self.rng.randint(0, 400) * HOUR)
        if key["id"] != "k1" or self.chance(0.5):
            row["key"] = key["id"]
        return row

    def recognition(self, host: str, issuer: str) -> Row:
        row: Row = {"host": host, "issuer": issuer}
        self.some(row, 0.97, published_at=self.early() if self.chance(0.6) else self.any_day())
        self.some(row, 0.3, effective_from=self.early() if self.chance(0.5) else self.any_day())
        if self.chance(0.25):
            told = self.any_day()
            starts = told + DAY + self.rng.choice((0, 1, HOUR, 3 * DAY))
            row.update(suspension_published_at=told, suspended_from=starts)
            if self.chance(0.6):
                row.update(
                    resumption_published_at=starts + self.rng.choice((-DAY, 0, DAY)),
                    resumed_from=starts + self.rng.choice((1, HOUR, 2 * DAY)),
                )
        return row

    def referral(self, host: str, issuer: str) -> Row:
        row: Row = {"host": host, "issuer": issuer, "authority": f"command of {host}"}
        releases = []
        for _ in range(self.rng.randint(0, 3)):
            release: Row = {"from": self.any_day()}
            self.some(release, 0.5, areas_except=self.areas_of(issuer, self.rng.randint(0, 2)))
            releases.append(release)
        row.update({"release": releases} if releases else {})
        return row

    def areas_of(self, issuer: str, count: int) -> list[str]:
        return self.rng.sample(AREAS[issuer[:2]].split(), count)

    def held(self, name: str) -> Row:
        issuer = self.rng.choice(self.codes)
        windows = [
            key[k]
            for key in self.file["key"]
            if key["issuer"] == issuer
            for k in ("not_before", "not_after")
            if k in key
        ]
        issued_at = (
            self.near(windows)
            if windows and self.chance(0.4)
            else float(T0 + self.rng.randint(-200, 500) * HOUR)
        )
        row: Row = {"id": name, "issuer": issuer, "issued_at": issued_at}
        self.some(row, 0.8, **{"class": self.rng.choice(("device", "paper", "online"))})
        colour = self.rng.choice(COLOURS)
        if colour != "green":
            row.update(colour=colour, reason=self.rng.choice(REASONS))
            basis = issued_at - self.rng.choice((0, 1, HOUR, 3 * DAY, 20 * DAY))
            self.some(row, 0.6, basis=basis, origin=self.rng.choice(self.codes))
            self.some(row, 0.5, until=issued_at + self.rng.choice((1, 60, DAY, 7 * DAY, 40 * DAY)))
        self.some(row, 0.5, area=self.areas_of(issuer, 1)[0])
        named = [key["id"] for key in self.file["key"] if key["issuer"] == issuer] or ["k1"]
        self.some(row, 0.25, key=self.rng.choice(named))
        self.some(
            row, 0.4, name=self.rng.choice(NAMES), id_number="42010019800101002" + self.rng.choice("X07")
        )
        self.some(row, 0.2, guardian=self.chance(0.5))
        lasting = (60, 61, HOUR, 14 * DAY, 30 * DAY, 30 * DAY + 1)
        self.some(row, 0.12, expires_at=issued_at + self.rng.choice(lasting))
        return row

    def events(self, held: Row) -> list[Row]:
        if self.chance(0.6):
            return []
        at, rows = held["issued_at"] + self.rng.choice((0, 1, HOUR, DAY, 3 * DAY)), []
        for _ in range(self.rng.randint(0, 2)):
            rows += [
                {"pass": held["id"], "at": at, "kind": "suspended"},
                {"pass": held["id"], "at": at + HOUR, "kind": "restored"},
            ]
            at += 2 * HOUR
        last = self.rng.choice(("suspended", "void", "superseded", ""))
        return rows + ([{"pass": held["id"], "at": at, "kind": last}] if last else [])

    def instants(self, held: Row, host: str) -> list[float]:
        """Every instant of the file at which the answer for this pass and host may turn."""
        issuer = held["issuer"]
        rows = [
            row
            for table in ("recognition", "key_event", "key", "region")
            for row in self.file[table]
            if (row.get("issuer") == issuer and row.get("host", host) == host) or row.get("code") == host
        ]
        rows += [row for row in self.file["event"] if row["pass"] == held["id"]]
        rows += [
            r
            for row in self.file["referral"]
            if (row["host"], row["issuer"]) == (host, issuer)
            for r in row.get("release", [])
        ]
        named = [value for row in [*rows, held] for value in row.values() if isinstance(value, float)]
        return [*named, held["issued_at"] - 60.0, self.end(held), T0 + 0.0]

    def end(self, held: Row) -> float:
        days = next(r.get("validity_days", 14) for r in self.file["region"] if r["code"] == held["issuer"])
        return float(held.get("expires_at", held["issued_at"] + days * DAY))

    def encounter(self, name: str) -> Row | None:
        rng = self.rng
        held = rng.choice(self.file["pass"])
        host = rng.choice(self.codes)
        first, last = held["issued_at"] - 61, self.end(held) + 1
        inside = [i for i in self.instants(held, host) if first <= i <= last]
        at = self.near(inside if self.chance(0.85) else self.instants(held, host))
        if self.chance(0.4):
            at = float(rng.randint(int(held["issued_at"]), int(last)))
        row: Row = {"id": name, "pass": held["id"], "host": host, "at": at}
        self.trust(row, held)
        shown_class = held.get("class", "device")
        if shown_class == "online" and self.chance(0.85):
            row["shown_at"] = at - rng.choice((0, 30, 58, 59, 60, 61, -60, -61))
        elif shown_class == "device" and self.chance(0.3):
            row["shown_at"] = at - rng.choice((0, 119, 120, 121, -59, -60, -61))
        self.some(row, 0.1, issuer_says=rng.choice(COLOURS))
        self.some(row, 0.04, status=rng.choice(("missing", "missing", "list")))
        if self.chance(0.2):
            row["tamper"] = self.tamper(row, held, shown_class)
        if self.chance(0.3):
            row["expect"] = rng.choice(sorted(OUTCOMES))
            self.some(row, 0.5, expect_reason=rng.choice(sorted(CODES)))
        return row if self.is_sound(row, held, shown_class) else None

    def trust(self, row: Row, held: Row) -> None:
        """Now and then a bundle and a list of another time."""
        hour_limits = [
            limit for h in (24, 48, 72, 167, 168) for limit in (h * HOUR, h * HOUR + 1, h * HOUR - 1)
        ]
        back = (*hour_limits, -59, -60, -61, HOUR, 7 * DAY, 7 * DAY + 1, DAY, DAY + 1)
        named = self.instants(held, row["host"])
        for key, share in (("bundle_at", 0.3), ("status_at", 0.3)):
            if self.chance(share):
                recent = [i for i in named if row["at"] - 7 * DAY <= i <= row["at"] + 60]
                by_name = recent and self.chance(0.5)
                row[key] = self.near(recent) if by_name else float(row["at"] - self.rng.choice(back))

    def tamper(self, row: Row, held: Row, shown_class: str) -> str:
        """A tamper that this class and pair of regions may have."""
        fitting = [t for t, classes in TAMPER_CLASSES.items() if shown_class in classes.split()]
        without = ["screenshot"] if "shown_at" not in row else []
        without += ["impersonation"] if row["host"] == held["issuer"] else []
        return self.rng.choice([t for t in fitting if t not in without])

    def is_sound(self, row: Row, held: Row, shown_class: str) -> bool:
        """Leaves out what the interface does not settle: see `test_model`."""
        if shown_class != "online":
            iat = held["issued_at"]
        else:
            iat = row["shown_at"] if "shown_at" in row else held["issued_at"]
            if "expires_at" in held and held["expires_at"] <= iat:
                return False
        if row.get("tamper") != "impersonation":
            return True
        world = World(instants_as_times(self.file))
        try:
            world.signing_key({"id": row["id"], "issuer": row["host"]}, int(iat))
        except WrongFileError:
            return False
        return True


def instants_as_times(file: Row) -> Row:
    """The draft as the model reads it."""

    def changed(value: Any) -> Any:
        if isinstance(value, float):
            return datetime.fromtimestamp(value, UTC)
        if isinstance(value, list):
            return [changed(item) for item in value]
        return {k: changed(v) for k, v in value.items()} if isinstance(value, dict) else value

    result: Row = changed(file)
    return result


def scenario(seed: int, **size: int) -> str:
    """The scenario file of this seed."""
    return Draft(seed, **size).text()


WRONG: tuple[Any, ...] = (
    "x",
    5,
    Raw("1.5"),
    True,
    [],
    "2020-03-20T00:00:00Z",
    Raw("2020-03-20"),
    Raw("2020-03-20T00:00:00"),
)
OTHERS = ("430000", "p1", "e-1", "always", "green", 0, 31, Raw("2020-03-20T00:00:00.5Z"))


def spoiled(seed: int) -> str:
    """A small scenario file with one random fault, which may turn out to be none."""
    draft = Draft(seed, passes=3, encounters=4)
    rng = draft.rng
    table = rng.choice([name for name, rows in draft.file.items() if name != "title" and rows])
    row = rng.choice(draft.file[table])
    inner = row.get("measure") or row.get("release")
    row = rng.choice(inner) if inner and rng.random() < 0.5 else row
    key = rng.choice(list(row))
    match rng.randint(0, 4):
        case 0:
            del row[key]
        case 1:
            row[key + "s"] = row[key]
        case 2:
            row[key] = rng.choice(WRONG)
        case 3:
            row[key] = rng.choice(OTHERS)
        case _:
            draft.file[table].append(dict(rng.choice(draft.file[table])))
    return draft.text()
