"""A second opinion on what a scenario means: from the parsed TOML straight to the expected answers.

Source: sections 1, 3, 4 and 5 of the interface. All facts of an encounter are worked out first, then the
first row of the flat table that applies decides. Deliberately without cryptography, bytes or staging: a
signature is a boolean that follows from the tamper. Imports nothing of the program.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from tests.scenarios.decision_table import DAY, HOUR, SOURCES, STEPS, TABLE, Facts

Row = dict[str, Any]

NEVER = -(10**12)
ALWAYS_AFTER = 10**12
FIRST_DAY_OF_150000 = int(datetime(2020, 3, 18, 16, tzinfo=UTC).timestamp())

BUILT_IN = {
    "yellow": {"kind": "home_observation", "days": 14, "responsible": "community"},
    "red": {"kind": "central_isolation", "days": 14, "responsible": "county_command"},
}
for _row in BUILT_IN.values():
    _row.update(ends="after_days", appeal="home")


class WrongFileError(Exception):
    """The file cannot be run: exit 2."""


def seconds(row: Row, key: str, default: int) -> int:
    """The instant under `key` as whole seconds since 1970, or the default."""
    return int(row[key].timestamp()) if key in row else default


def told(instant: int) -> str:
    """RFC 3339 at +08:00, as the interface writes every time."""
    return datetime.fromtimestamp(instant, timezone(timedelta(hours=8))).isoformat()


def covers(code: str, area: str) -> bool:
    """420100 covers 420100 and every 4201xx; a code that ends otherwise covers itself."""
    return area.startswith(code[:4] if code.endswith("00") else code)


@dataclass(frozen=True, slots=True)
class World:
    """A parsed scenario file and the questions the table's facts rest on."""

    file: Row

    def rows(self, table: str, **wanted: str) -> list[Row]:
        """Rows of a table whose keys have these values, in file order."""
        rows: list[Row] = self.file.get(table, [])
        return [row for row in rows if all(row.get(key) == value for key, value in wanted.items())]

    def keys(self, issuer: str) -> list[Row]:
        return self.rows("key", issuer=issuer) or [{"issuer": issuer, "id": "k1"}]

    def revoked(self, key: Row, at: int) -> bool:
        events = self.rows("key_event", issuer=key["issuer"])
        return any(e.get("key", "k1") == key["id"] and seconds(e, "at", 0) <= at for e in events)

    def signing_key(self, held: Row, iat: int) -> Row:
        """The named key whatever its times, else the newest live one."""
        keys = self.keys(held["issuer"])
        if "key" in held:
            return next(key for key in keys if key["id"] == held["key"])
        live = [key for key in keys if in_window(key, iat) and not self.revoked(key, iat)]
        if not live:
            raise WrongFileError(f"no live key for pass {held['id']}")
        newest = max(seconds(key, "not_before", NEVER) for key in live)
        return [key for key in live if seconds(key, "not_before", NEVER) == newest][-1]

    def referred(self, held: Row, host: str, at: int) -> bool | None:
        """None without a referral row that counts, else whether it refers this pass."""
        found = self.rows("referral", host=host, issuer=held["issuer"])
        if not found or host == held["issuer"]:
            return None
        past = [r for r in found[0].get("release", []) if seconds(r, "from", 0) <= at]
        if not past:
            return True
        latest = max(seconds(r, "from", 0) for r in past)
        exceptions = [r for r in past if seconds(r, "from", 0) == latest][-1].get("areas_except", [])
        if not exceptions:
            return False
        return "area" not in held or any(covers(code, held["area"]) for code in exceptions)

    def recognition(self, host: str, issuer: str, bundle_at: int, at: int) -> tuple[bool, bool]:
        """Whether a recognition is in force by this bundle, and whether it is suspended."""
        for row in self.rows("recognition", host=host, issuer=issuer):
            published = seconds(row, "published_at", ALWAYS_AFTER)
            begins = max(published, seconds(row, "effective_from", NEVER))
            if host == "150000":
                begins = max(begins, FIRST_DAY_OF_150000)
            stops = seconds(row, "suspended_from", ALWAYS_AFTER)
            stop_known = seconds(row, "suspension_published_at", ALWAYS_AFTER) <= bundle_at
            resume_told = seconds(row, "resumption_published_at", ALWAYS_AFTER)
            resumes = max(resume_told, seconds(row, "resumed_from", ALWAYS_AFTER))
            suspended = stop_known and stops <= at and not (resume_told <= bundle_at and resumes <= at)
            return published <= bundle_at and begins <= at, suspended
        return False, False

    def status(self, held: Row, list_at: int) -> str:
        """The word of the last event a list of this time knows, or `current`."""
        known = [e for e in self.rows("event", **{"pass": held["id"]}) if seconds(e, "at", 0) <= list_at]
        last = sorted(known, key=lambda e: seconds(e, "at", 0))[-1:]
        return {"restored": "current"}.get(last[0]["kind"], str(last[0]["kind"])) if last else "current"

    def rulebook(self, host: str, at: int) -> Row | None:
        region = self.rows("region", code=host)[0]
        begins, ends = seconds(region, "rulebook_from", NEVER), seconds(region, "rulebook_to", ALWAYS_AFTER)
        return region if begins <= at < ends else None

    def facts(self, meeting: Row) -> Facts:
        held = self.rows("pass", id=meeting["pass"])[0]
        host, issuer, tamper = meeting["host"], held["issuer"], meeting.get("tamper", "")
        at, shown_class = seconds(meeting, "at", 0), held.get("class", "device")
        bundle_at = seconds(meeting, "bundle_at", at)
        list_at = seconds(meeting, "status_at", bundle_at)
        issued_at = seconds(held, "issued_at", 0)
        iat = seconds(meeting, "shown_at", issued_at) if shown_class == "online" else issued_at
        validity = 60 if shown_class == "online" else validity_of(self, issuer) * DAY
        key = self.signing_key(held, iat)
        colour = held.get("colour", "green")
        recognised, suspended = self.recognition(host, issuer, bundle_at, at)
        rulebook = self.rulebook(host, at)
        limits = (rulebook or {}).get("status_max_age_hours", {})
        return Facts(
            host=host,
            issuer=issuer,
            shown_class=shown_class,
            colour=colour,
            tamper=tamper,
            at=at,
            trust_age=at - bundle_at,
            iat=iat,
            exp=seconds(held, "expires_at", iat + validity),
            until=seconds(held, "until", issued_at + 14 * DAY),
            shown_at=seconds(meeting, "shown_at", at),
            key_listed=seconds(key, "published_at", NEVER) <= bundle_at
            and in_window(key, iat)
            and tamper not in ("unknown_key", "impersonation"),
            key_revoked=self.revoked(key, min(at, bundle_at)),
            area_allowed=area_allowed(key, held),
            referred=self.referred(held, host, at),
            recognised=recognised,
            suspended=suspended,
            list_missing=meeting.get("status") == "missing",
            list_age=at - list_at,
            list_limit=limits.get(shown_class, 48) * HOUR,
            status=self.status(held, list_at),
            contradicted=meeting.get("issuer_says", colour) != colour,
            rulebook=rulebook is not None,
        )

    def measures(self, meeting: Row, at: int) -> list[Row]:
        """The host's measures for this colour and reason, without their texts."""
        held = self.rows("pass", id=meeting["pass"])[0]
        colour = held["colour"]
        built_in = BUILT_IN[colour]
        mine = [
            m
            for m in self.rows("region", code=meeting["host"])[0].get("measure", [])
            if m["colour"] == colour
        ]
        named = [m for m in mine if held["reason"] in m.get("reasons", ["*"])]
        rows = named or [m for m in mine if "*" in m.get("reasons", ["*"])] or [built_in]
        return [measure_told(row, built_in, held, at) for row in rows]

    def decision(self, meeting: Row) -> Row:
        """The expected answer in the shape of section 3, without texts and versions."""
        facts = self.facts(meeting)
        held = self.rows("pass", id=meeting["pass"])[0]
        line = next(line for line in TABLE if line.applies(facts))
        reached = STEPS.index(line.step)
        good = line.outcome in ("PASS", "CONTROL")
        steps = [s for s in STEPS[: reached + 1] if not (s == "V9" and facts.colour == "green")]
        referral = self.rows("referral", host=facts.host, issuer=facts.issuer)
        source = SOURCES.get(line.code)
        return {
            "outcome": line.outcome,
            "host": facts.host,
            "issuer": facts.issuer if reached > 3 else None,
            "class": facts.shown_class if reached > 3 else None,
            "holder": holder(held) if reached > 4 else None,
            "colour": facts.colour if reached > 7 else None,
            "compare_id": reached > 3 and (facts.shown_class == "paper" or bool(held.get("guardian"))),
            "authority": referral[0]["authority"] if line.outcome == "REFER" else None,
            "measures": self.measures(meeting, facts.at) if line.outcome == "CONTROL" else [],
            "routes": line.routes.split(),
            "reasons": [
                {
                    "code": line.code,
                    "clause": line.clause,
                    "source": {"kind": source, "issuer": facts.host} if source else None,
                }
            ],
            "steps": [{"step": s, "ok": good or s != line.step} for s in steps],
            "freshness": {"trust": trust_word(facts), "status": status_word(facts) if reached > 6 else None},
            "test": True,
            "decided_at": told(facts.at),
        }

    def answer(self, meeting: Row) -> Row:
        """The expected line of `scenario run --json`."""
        decision = self.decision(meeting)
        expected, reason = meeting.get("expect"), meeting.get("expect_reason")
        holds = expected in (None, decision["outcome"]) and reason in (None, decision["reasons"][0]["code"])
        return {
            "id": meeting["id"],
            "decision": decision,
            "expected": {"outcome": expected, "reason": reason} if expected else None,
            "holds": holds,
        }


def in_window(key: Row, iat: int) -> bool:
    return seconds(key, "not_before", NEVER) <= iat < seconds(key, "not_after", ALWAYS_AFTER)


def validity_of(world: World, issuer: str) -> int:
    days: int = world.rows("region", code=issuer)[0].get("validity_days", 14)
    return days


def area_allowed(key: Row, held: Row) -> bool:
    areas = key.get("areas", [])
    return not areas or any(covers(code, held.get("area", "none")) for code in areas)


def holder(held: Row) -> Row:
    name = held.get("name", "张三")
    masked = name[0] + "*" * min(3, len(name) - 1)
    return {"name": masked, "id_last4": held.get("id_number", "990000199001010007")[-4:]}


def trust_word(facts: Facts) -> str:
    return "fresh" if facts.trust_age <= DAY else "warn" if facts.trust_age <= 7 * DAY else "stale"


def status_word(facts: Facts) -> str:
    if facts.shown_class == "online":
        return "not_needed"
    return "missing" if facts.list_missing else "stale" if facts.list_age > facts.list_limit else "fresh"


def measure_told(row: Row, built_in: Row, held: Row, at: int) -> Row:
    issued_at = seconds(held, "issued_at", 0)
    basis, until = seconds(held, "basis", issued_at), seconds(held, "until", issued_at + 14 * DAY)
    days = row.get("days")
    end = until if days is None else min(basis + days * DAY, until)
    chosen = {key: row.get(key, built_in[key]) for key in ("responsible", "ends", "appeal")}
    return {"kind": row["kind"], "days": days, "ends_at": told(max(end, at)), **chosen}
