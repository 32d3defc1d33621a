"""The report of a run: whole, without requests, small numbers hidden, and complete without its charts."""

from __future__ import annotations

import re
from base64 import b64encode
from dataclasses import replace
from hashlib import sha256
from html.parser import HTMLParser
from pathlib import Path

import pytest
from typing_extensions import override

from comity.assessment.report import REPORT, render_report, write_report
from comity.assessment.report_numbers import count_report
from comity.assessment.run import assess_region
from comity.assessment.run_manifest import Run, Unusual
from comity.domain.instant import DAY, plain_time
from tests.assessment.populations import town, write_evidence
from tests.assessment.test_run import plan
from tests.builders import AT

SCRIPT = "// </script><script>alert(1)</script>\nconsole.log(1);"


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> tuple[Run, Run]:
    """Two runs over a small town, a day apart."""
    folder = tmp_path_factory.mktemp("town")
    write_evidence(folder / "evidence", town())
    first = assess_region(plan(folder, "first"))
    return first, assess_region(plan(folder, "second", previous=first.path, at=AT + DAY))


def text_of(page: str) -> str:
    """The words of a page, without what is in style and script."""
    words: list[str] = []

    class Words(HTMLParser):
        inside = ""

        @override
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            self.inside = tag

        @override
        def handle_data(self, data: str) -> None:
            if self.inside not in ("style", "script"):
                words.append(data)

    Words().feed(page)
    return " ".join(words)


def test_every_run_leaves_its_report_in_its_folder(runs: tuple[Run, Run]) -> None:
    for run in runs:
        assert (run.path / REPORT).read_text(encoding="utf-8").startswith("<!doctype html>")


def test_the_colours_of_the_runs_before_are_followed_back(runs: tuple[Run, Run]) -> None:
    first, second = runs

    numbers = count_report(second)

    assert [each.at for each in numbers.times] == [AT, AT + DAY]
    assert numbers.times[0].colours == dict(first.manifest.counts.colours)
    page = render_report(numbers)
    assert plain_time(AT) in page
    assert plain_time(AT + DAY) in page


def test_c3_2_a_number_below_ten_is_hidden_with_what_would_tell_it(runs: tuple[Run, Run]) -> None:
    numbers = count_report(runs[0])

    shown = [each.yellow for each in numbers.divisions] + [each.red for each in numbers.divisions]
    shown += [county.yellow for each in numbers.divisions for county in each.counties]
    shown += [each.people for each in numbers.rules] + [each.people for each in numbers.turns]

    assert None in shown
    assert not [count for count in shown if count is not None and 0 < count < 10]


def test_nothing_of_a_single_person_is_in_the_page(runs: tuple[Run, Run]) -> None:
    page = (runs[1].path / REPORT).read_text(encoding="utf-8")

    assert not re.search(r"\bp00\d\d\b", page)


def test_without_the_charts_the_page_has_its_tables_and_says_how_to_get_them(
    runs: tuple[Run, Run], tmp_path: Path
) -> None:
    page = render_report(count_report(runs[1]), charts=tmp_path / "none.js")

    assert "<script" not in page
    assert "script-src" not in page
    assert "make pwa" in text_of(page)
    assert page.count("<table>") >= 5


def test_the_policy_lets_in_that_style_and_that_script_alone(runs: tuple[Run, Run], tmp_path: Path) -> None:
    charts = tmp_path / "charts.js"
    charts.write_text(SCRIPT, encoding="utf-8")

    page = render_report(count_report(runs[1]), charts=charts)

    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', page)
    style = re.search(r"<style>(.*?)</style>", page, re.DOTALL)
    script = re.search(r"<script>(.*?)</script>", page, re.DOTALL)
    assert policy
    assert style
    assert script
    allowed = policy[1].replace("&#39;", "'")
    assert allowed.startswith("default-src 'none'")
    for kind, content in (("style-src", style[1]), ("script-src", script[1])):
        assert f"{kind} 'sha256-{b64encode(sha256(content.encode()).digest()).decode()}'" in allowed
    assert page.count("</script>") == 2
    assert not re.search(r"""(src|href)=["']?(https?:)?//""", page)


def test_words_from_a_run_are_written_as_words(runs: tuple[Run, Run]) -> None:
    odd = Unusual(kind="one_source", about="<img src=x onerror=1>", count=300, of=400, words="")
    run = replace(runs[1], manifest=replace(runs[1].manifest, unusual=(odd,)))

    page = render_report(count_report(run))

    assert "<img" not in page
    assert "<img src=x onerror=1>" in text_of(page)


def test_a_damaged_run_beside_it_is_no_part_of_the_line_of_time(runs: tuple[Run, Run]) -> None:
    beside = runs[1].path.parent / "broken"
    beside.mkdir()
    (beside / "manifest.json").write_text('{"checksum": 3', encoding="utf-8")

    write_report(runs[1])

    assert len(count_report(runs[1]).times) == 2
