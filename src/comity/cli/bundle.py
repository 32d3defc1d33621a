"""`comity bundle show`: what a checkpoint carries (interface section 6)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from comity import bootstrap
from comity.cli.scenario import console
from comity.cli.screen import plain, say, warn
from comity.cli.verify import test_banner
from comity.domain.instant import Instant, rfc3339
from comity.domain.recognition import Recognition, Referral, Suspension
from comity.domain.region import get_region
from comity.domain.rulebook import Rulebook
from comity.domain.rulebook_document import words_of
from comity.trust.bundle import VerifierBundle
from comity.trust.keys import KeyList
from comity.verify.report import Json


def show_command(file: Path, /, *, as_json_text: Annotated[bool, Parameter(name="--json")] = False) -> int:
    """Show a verifier bundle after checking every signature in it.

    Parameters
    ----------
    file
        The bundle.
    as_json_text
        Write it as JSON.
    """
    bundle = bootstrap.open_pinned(file)
    if not bundle.is_pinned:
        warn("anchor not pinned")
    parts = describe(bundle.bundle)
    if as_json_text:
        print(json.dumps(parts, ensure_ascii=False, indent=2))
    else:
        _print_tables(parts)
    return 0


def describe(bundle: VerifierBundle) -> dict[str, Json]:
    """Give an opened bundle as plain values."""
    return {
        "host": bundle.host,
        "host_name": {"zh": get_region(bundle.host).name_zh, "en": get_region(bundle.host).name_en},
        "test": bundle.is_test,
        "version": bundle.version,
        "issued_at": rfc3339(bundle.issued_at),
        "hub_as_of": rfc3339(bundle.hub_as_of),
        "expires_at": rfc3339(bundle.expires_at),
        "root": bundle.root.thumbprint.hex(),
        "members": [_member(key_list) for key_list in bundle.key_lists],
        "recognitions": [_recognition(recognition) for recognition in bundle.recognitions.values()],
        "referrals": [_referral(referral) for referral in bundle.referrals.values()],
        "rulebooks": [_rulebook(rulebook) for rulebook in bundle.rulebooks],
    }


def _time(instant: Instant | None) -> Json:
    return None if instant is None else rfc3339(instant)


def _member(key_list: KeyList) -> Json:
    return {
        "region": key_list.region,
        "version": key_list.version,
        "keys": [
            {
                "kid": entry.kid.hex(),
                "usage": str(entry.usage),
                "not_before": _time(entry.not_before),
                "not_after": _time(entry.not_after),
                "revoked_at": _time(entry.revoked_at),
                "areas": list(entry.areas),
            }
            for entry in key_list.entries
        ],
    }


def _recognition(recognition: Recognition) -> Json:
    return {
        "issuer": recognition.issuer,
        "version": recognition.version,
        "published_at": rfc3339(recognition.published_at),
        "effective_from": rfc3339(recognition.effective_from),
        "suspension": _suspension(recognition.suspension),
        "resumption": _suspension(recognition.resumption),
    }


def _suspension(suspension: Suspension | None) -> Json:
    if suspension is None:
        return None
    return {"published_at": rfc3339(suspension.published_at), "from": rfc3339(suspension.effective_from)}


def _referral(referral: Referral) -> Json:
    return {
        "issuer": referral.issuer,
        "version": referral.version,
        "authority": referral.authority,
        "releases": [
            {"from": rfc3339(release.effective_from), "areas_except": list(release.areas_except)}
            for release in referral.releases
        ],
    }


def _rulebook(rulebook: Rulebook) -> Json:
    return {
        "version": rulebook.version,
        "valid_from": _time(rulebook.valid_from),
        "valid_to": _time(rulebook.valid_to),
        "validity_days": rulebook.validity_days,
        "status_max_age": {
            "device": rulebook.status_max_age.device,
            "paper": rulebook.status_max_age.paper,
        },
        "rows": [
            {
                "colour": str(row.colour),
                "reasons": [str(reason) for reason in row.reasons] or ["*"],
                "kind": str(row.kind),
                "days": row.days,
                "text": {"zh": words_of(row).zh, "en": words_of(row).en},
            }
            for row in rulebook.rows
        ],
    }


def _print_tables(parts: dict[str, Json]) -> None:
    from rich.table import Table
    from rich.text import Text

    if parts["test"]:
        print(test_banner())
    for name, value in parts.items():
        if not isinstance(value, list):
            say(f"{name}: {_cell(value)}")
    for name, value in parts.items():
        if not isinstance(value, list) or not value:
            continue
        rows = [row for row in value if isinstance(row, dict)]
        table = Table(title=name, show_lines=name == "members")
        for column in rows[0]:
            table.add_column(column, overflow="fold")
        for row in rows:
            table.add_row(*(Text(plain(_cell(cell))) for cell in row.values()))
        console().print(table)


def _cell(value: Json) -> str:
    if isinstance(value, list):
        return "\n".join(_cell(item) for item in value)
    if isinstance(value, dict):
        return ", ".join(f"{name} {_cell(item)}" for name, item in value.items() if item not in (None, []))
    return "-" if value is None else str(value)
