"""`comity region rulebook`: check the next rulebook, see what it would change for whom, publish it."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from comity import bootstrap
from comity.cli.region import AsJson, Data, DatabaseUrl, opened_region
from comity.cli.region_hub import Hub, opened_with_hub
from comity.cli.screen import say
from comity.domain.instant import instant_of
from comity.domain.rulebook import MeasureRow, Rulebook
from comity.domain.rulebook_document import read_rulebook, words_of
from comity.errors import UsageError

if TYPE_CHECKING:
    from comity.bootstrap.region import OpenRegion
    from comity.domain.decision import Decision
    from comity.scenario.rulebook_preview import EncounterChange, RuleChange

    Changes: TypeAlias = tuple[Sequence[RuleChange], Sequence[tuple[str, EncounterChange]]]

_TIMES = ("valid_from", "valid_to")


def check_command(file: Path, /, *, data: Data = None, database_url: DatabaseUrl = None) -> int:
    """Check a rulebook as the next version of this region's, as the hub will (design section 5).

    Parameters
    ----------
    file
        The rulebook as TOML or JSON; region and version may be left out (docs/operations.md).
    """
    with opened_region(data, database_url) as region:
        rulebook = _read(file, region)
        from comity.issuance.region_rulebooks import check_rulebook

        with region.issuer.store.reading() as transaction:
            found = check_rulebook(transaction, region.issuer, rulebook, at=region.clock())
    for colour, reason in found.tighter:
        say(f"tighter: {colour}, {reason}")
    say(f"version {rulebook.version} may be published")
    return 0


def preview_command(
    file: Path,
    /,
    *scenarios: Path,
    data: Data = None,
    database_url: DatabaseUrl = None,
    as_json_text: AsJson = False,
) -> int:
    """Show what a rulebook would change for whom, against the one in force. Publishes nothing.

    Parameters
    ----------
    file
        The rulebook as TOML or JSON.
    scenarios
        Scenario files whose encounters at this region are decided under both; default: the notice.
    """
    with opened_region(data, database_url) as region:
        new = _read(file, region)
        from comity.domain.rulebook import rulebook_in_force
        from comity.issuance.region_rulebooks import own_rulebooks

        with region.issuer.store.reading() as transaction:
            known = own_rulebooks(transaction, region.issuer)
        old = rulebook_in_force(known, region.clock()) or Rulebook(region=region.issuer.region, version=0)
    found = _find_changes(new, old, scenarios or (bootstrap.notice_file(),))
    if as_json_text:
        print(json.dumps(_changes_as_json(new, old, found), ensure_ascii=False, indent=2))
    else:
        _tell_changes(new, old, found)
    return 0


def _find_changes(new: Rulebook, old: Rulebook, files: Iterable[Path]) -> Changes:
    from comity.cli.scenario import open_scenario
    from comity.scenario.rulebook_preview import encounter_changes, rule_changes

    seed = bootstrap.fresh_seed()
    return rule_changes(new, old), [
        (path.name, each)
        for path in files
        for each in encounter_changes(open_scenario(path), new, old, seed=seed)
    ]


def _changes_as_json(new: Rulebook, old: Rulebook, found: Changes) -> dict[str, object]:
    rules, encounters = found
    return {
        "version": new.version,
        "against": old.version,
        "rules": [
            {
                "colour": str(each.colour),
                "reason": str(each.reason),
                "tighter": each.is_tighter,
                "before": _as_words(each.before),
                "after": _as_words(each.after),
            }
            for each in rules
        ],
        "encounters": [
            {
                "file": name,
                "id": each.encounter_id,
                "before": _in_short(each.before),
                "after": _in_short(each.after),
            }
            for name, each in encounters
        ],
    }


def _tell_changes(new: Rulebook, old: Rulebook, found: Changes) -> None:
    rules, encounters = found
    say(f"version {new.version} against version {old.version}, in force now")
    for rule in rules:
        say(f"\n{rule.colour}, {rule.reason}: {'TIGHTER' if rule.is_tighter else 'not tighter'}")
        for mark, rows in (("-", rule.before), ("+", rule.after)):
            for words in _as_words(rows):
                say(f"  {mark} {words['zh']} / {words['en']}")
    for name, each in encounters:
        say(f"\n{name}, {each.encounter_id}: {_in_short(each.before)} -> {_in_short(each.after)}")
    if not rules and not encounters:
        say("nobody would meet anything else")


def publish_command(
    file: Path, /, *, data: Data = None, database_url: DatabaseUrl = None, hub: Hub = None
) -> int:
    """Check, sign and publish the next rulebook through the hub.

    Parameters
    ----------
    file
        The rulebook as TOML or JSON.
    """
    with opened_with_hub(data, database_url, hub) as region:
        rulebook = _read(file, region)
        from comity.bootstrap.region_words import publish_rulebook_through_hub

        row = publish_rulebook_through_hub(region, rulebook)
    say(f"{row.statement_id} is published")
    return 0


def _read(file: Path, region: OpenRegion) -> Rulebook:
    """Read a rulebook file. Raises: UsageError, PublicationRefused with the clause."""
    from comity.issuance.region_rulebooks import own_rulebooks

    document = _document(file)
    with region.issuer.store.reading() as transaction:
        known = own_rulebooks(transaction, region.issuer)
    given = {"region": region.issuer.region, "version": known[-1].version + 1 if known else 1, **document}
    return read_rulebook(given)


def _document(file: Path) -> Mapping[str, object]:
    data = bootstrap.read_file(file, what="rulebook")
    try:
        text = data.decode("utf-8")
        found = json.loads(text) if file.suffix == ".json" else tomllib.loads(text)
    except (UnicodeDecodeError, ValueError) as error:
        raise UsageError(
            f"rulebook '{file}' cannot be read: {error}", next_step="Correct the file."
        ) from error
    if not isinstance(found, dict):
        raise UsageError(f"rulebook '{file}' is no table of keys")
    return {key: _instant(value) if key in _TIMES else value for key, value in found.items()}


def _instant(value: object) -> object:
    """Turn a time as people write it into an instant; anything else is refused by whoever reads it."""
    try:
        if isinstance(value, datetime):
            return instant_of(value)
        return instant_of(datetime.fromisoformat(value)) if isinstance(value, str) else value
    except ValueError as error:
        raise UsageError(f"'{value}' is not a time such as 2020-03-19T00:00:00+08:00") from error


def _as_words(rows: Iterable[MeasureRow]) -> list[dict[str, str]]:
    return [{"zh": words.zh, "en": words.en} for words in map(words_of, rows)]


def _in_short(decision: Decision) -> str:
    kinds = ", ".join(f"{measure.kind} {measure.days or ''}".strip() for measure in decision.measures)
    return f"{decision.outcome}{f' ({kinds})' if kinds else ''}"
