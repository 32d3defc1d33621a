"""The report of a run: one HTML page that holds all it needs and asks nothing of the network.

The charts are drawn by a script that `make pwa` builds from pwa/report; without it, or where a browser runs
no script, the tables beside them say the same. A content security policy lets in the one style and the one
script by their hashes.
"""

from __future__ import annotations

import json
import os
from base64 import b64encode
from collections.abc import Iterable, Mapping
from functools import cache
from hashlib import sha256
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Final

from comity.assessment.duckdb_engine import DuckdbEngine
from comity.assessment.report_numbers import DivisionNumbers, ReportNumbers, count_report
from comity.assessment.report_words import (
    division_words,
    plain,
    rule_named,
    rule_words,
    title_of,
    unusual_words,
)
from comity.assessment.run_manifest import Run, RunState
from comity.assessment.run_release import is_released
from comity.domain.instant import Instant, plain_time, rfc3339
from comity.domain.texts import Text, text
from comity.errors import MissingExtra

if TYPE_CHECKING:
    from jinja2 import Environment
    from markupsafe import Markup

REPORT: Final = "report.html"
CHARTS: Final = Path(__file__).parent / "charts" / "charts.js"
"""Where `make pwa` puts the script that draws."""
_FOLDER: Final = files(__package__) / "report_page"
_CHART_WORDS: Final = ("rows", "met", "bad_rows", "hidden", "rate", "people")


def write_report(
    run: Run,
    *,
    previous: Iterable[Path] = (),
    charts: Path = CHARTS,
    engine: DuckdbEngine | None = None,
) -> Path:
    """Write the report of a run into its folder, whole or not at all. Raises: EvidenceRefused."""
    page = render_report(count_report(run, previous=previous, engine=engine), charts=charts)
    path = run.path / REPORT
    beside = path.with_name(f"{REPORT}.new")
    with beside.open("w", encoding="utf-8", newline="\n") as file:
        file.write(page)
        file.flush()
        os.fsync(file.fileno())
    beside.rename(path)
    return path


def render_report(numbers: ReportNumbers, *, charts: Path = CHARTS) -> str:
    """Render the page. Raises: MissingExtra."""
    from markupsafe import Markup

    style = (_FOLDER / "report.css").read_text(encoding="utf-8")
    script = charts.read_text(encoding="utf-8").replace("</", "<\\/") if charts.is_file() else ""
    manifest = numbers.run.manifest
    return (
        _environment()
        .get_template("report.html")
        .render(
            policy=_policy(style, script),
            style=Markup(style),  # noqa: S704 - our own file
            script=Markup(script),  # noqa: S704 - what our own build wrote
            is_charted=bool(script),
            data=Markup(_data(numbers)),  # noqa: S704 - JSON without an opening angle bracket
            title=title_of(numbers),
            state=_state(numbers.run),
            manifest=manifest,
            counts=manifest.counts,
            unusual=[unusual_words(each) for each in manifest.unusual],
            times=numbers.times,
            divisions=division_words(numbers.divisions),
            rules=rule_words(numbers),
            turns=numbers.turns,
            rule_named=lambda rule_id: rule_named(numbers, rule_id),
            tables=numbers.tables,
            faults=[fault for part in manifest.partitions for fault in part.faults],
        )
    )


def _policy(style: str, script: str) -> str:
    allowed = f"; script-src '{_hash(script)}'" if script else ""
    return f"default-src 'none'; base-uri 'none'; form-action 'none'; style-src '{_hash(style)}'{allowed}"


def _hash(content: str) -> str:
    return f"sha256-{b64encode(sha256(content.encode()).digest()).decode()}"


def _state(run: Run) -> str:
    if run.manifest.state is RunState.READY:
        return "ready"
    return "released" if is_released(run) else "held"


@cache
def _environment() -> Environment:
    try:
        from jinja2 import Environment, FunctionLoader, StrictUndefined
    except ImportError as error:
        raise MissingExtra("the report of a run", extra="services") from error

    environment = Environment(
        loader=FunctionLoader(lambda name: (_FOLDER / name).read_text(encoding="utf-8")),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals |= {"t": _told, "w": _both, "when": _when}
    return environment


def _told(key: str, /, *, whole: bool = False, **values: str | int | Text) -> Markup:
    return _both(text(key if whole else f"assessment_report.{key}", **values))


def _both(words: Text) -> Markup:
    """Write a text in both languages; the style shows one of them."""
    from markupsafe import Markup

    return Markup('<span lang="zh-Hans">{}</span><span lang="en">{}</span>').format(words.zh, words.en)


def _when(at: Instant) -> Markup:
    from markupsafe import Markup

    return Markup('<time datetime="{}">{}</time>').format(rfc3339(at), plain_time(at))


def _data(numbers: ReportNumbers) -> str:
    """Write what the charts draw: numbers of the tables and nothing more."""
    words = {name: plain(text(f"assessment_report.{name}")) for name in _CHART_WORDS}
    words |= {name: plain(text(f"colour.{name}")) for name in ("green", "yellow", "red")}
    data: dict[str, object] = {
        "words": words,
        "times": [
            {"at": plain_time(each.at), **{name: each.colours.get(name, 0) for name in ("yellow", "red")}}
            for each in numbers.times
        ],
        "tiles": [_tile(each) for each in numbers.divisions],
        "rules": [
            {"name": plain(each.short), "colour": each.colour, "people": each.people}
            for each in rule_words(numbers)
        ],
        "turns": [
            {
                "before": each.before,
                "after": each.after,
                "name": plain(rule_named(numbers, each.rule_after or each.rule_before)),
                "people": each.people,
            }
            for each in numbers.turns
        ],
        "tables": [
            {
                "name": plain(text(f"assessment_report.table.{each.table}")),
                "rows": each.rows,
                "met": each.met,
                "bad": each.bad_rows,
            }
            for each in numbers.tables
        ],
    }
    return json.dumps(data, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")


def _tile(division: DivisionNumbers) -> Mapping[str, object]:
    (named,) = division_words((division,))
    return {
        "code": division.code,
        "name": plain(named.short),
        "people": division.people,
        "yellow": division.yellow,
        "red": division.red,
    }
