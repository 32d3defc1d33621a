"""A hand-over killed again and again: what is started once more ends as if nothing had happened."""

from __future__ import annotations

import subprocess
import sys
import time
from collections import Counter
from itertools import cycle
from pathlib import Path
from typing import TypeVar

import pytest

from comity.assessment.run import RunPlan, assess_region
from comity.assessment.safeguards import RunLimits
from comity.domain.assessment_rules import default_assessment_rulebook
from comity.domain.colour import Colour
from comity.domain.instant import DAY
from comity.issuance.evidence import EvidenceRow
from comity.issuance.import_records import EvidenceImport, HandOver, ImportHolder, ImportState
from comity.issuance.import_release import confirm_import, release_import
from comity.issuance.records import IssuedPass, PassState, Standing
from comity.officers.permissions import Role
from comity.records.audit import verify_audit
from comity.records.audit_records import AuditRow
from comity.records.ports import Record
from comity.storage.database_url import open_store
from tests.assessment.populations import Population, write_evidence
from tests.builders import AT
from tests.faults.hand_over_worker import LATER, PEOPLE, subject
from tests.issuance.holding import holder
from tests.region import RegionNode

MOMENTS = (0.0, 0.013, 0.004, 0.031)
"""Seconds after a confirmed step at which the process is killed."""
R = TypeVar("R", bound=Record)
REGISTERED = range(0, PEOPLE, 20)


@pytest.mark.slow
def test_a_hand_over_killed_at_every_step_has_one_effect_and_no_second(
    tmp_path: Path, sqlite_url: str
) -> None:
    node = RegionNode(tmp_path / "published", store=open_store(sqlite_url))
    brings = node.officer(Role.EPIDEMIOLOGIST)
    second, third = (node.officer(Role.SECOND_OFFICER) for _ in range(2))
    for order in REGISTERED:
        node.paper_pass(node.person(order))
    words = [sys.executable, "-m", "tests.faults.hand_over_worker", sqlite_url]
    words += [str(_run(tmp_path)), brings.officer_id]

    kills = _kill_until_done(words, "end prepared")
    (given,) = _all(node, EvidenceImport)
    assert release_import(node.issuer, second, given.import_id, at=LATER).state is ImportState.HELD
    assert {each.colour for each in _all(node, Standing)} == {Colour.GREEN}
    confirm_import(node.issuer, third, given.import_id, at=LATER)
    kills += _kill_until_done(words, "end done")

    assert kills >= 5
    _require_one_effect(node)
    assert _kill_until_done(words, "end done", is_killed=False) == 0
    _require_one_effect(node)
    node.issuer.store.close()


def _run(folder: Path) -> Path:
    """Assess a town in which everybody had a contact."""
    everybody = [subject(order) for order in range(PEOPLE)]
    population = Population(
        rows={
            "people": [(who, "150102") for who in everybody],
            "contacts": [(f"k-{who}", who, "cdc-1", AT - DAY) for who in everybody],
        }
    )
    plan = RunPlan(
        evidence=write_evidence(folder / "evidence", population),
        rulebook=default_assessment_rulebook(),
        at=AT,
        out=folder / "run",
        limits=RunLimits(most_changed=1.0, most_by_source=10**6),
        memory_gib=0.5,
        threads=1,
    )
    return assess_region(plan).path


def _kill_until_done(words: list[str], end: str, *, is_killed: bool = True) -> int:
    """Kill the process soon after its first steps, until one comes to its end; say how many were killed.

    Every third one may come a step further, since finding the effect confirms nothing.
    """
    for kills, moment in enumerate(cycle(MOMENTS)):
        with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            if is_killed:
                lines = [process.stdout.readline() for _ in range(1 + kills // 3)]
                time.sleep(moment)
                process.kill()
                lines += process.stdout.readlines()
            else:
                lines = process.stdout.readlines()
        if f"{end}\n" in lines:
            return kills
        assert any(lines), "the process failed by itself"
    raise AssertionError


def _require_one_effect(node: RegionNode) -> None:
    registered = {holder(node.issuer, order) for order in REGISTERED}
    assert {each.holder for each in _all(node, Standing) if each.colour is Colour.YELLOW} == registered
    passes = _all(node, IssuedPass)
    assert Counter(each.state for each in passes) == {PassState.SUPERSEDED: len(registered)}
    assert len(_all(node, EvidenceRow)) == PEOPLE
    (handed,) = _all(node, HandOver)
    assert (handed.unknown, handed.foreign) == (PEOPLE - len(registered), 0)
    assert not _all(node, ImportHolder)
    acts = _all(node, AuditRow)
    changed = Counter(each.subject for each in acts if each.act == "standing.changed")
    assert changed == dict.fromkeys(registered, 1)
    told = Counter(each.act for each in acts if each.act.startswith("import."))
    assert told == {"import.prepared": 1, "import.held": 1, "import.released": 1, "import.done": 1}
    with node.issuer.store.reading() as transaction:
        assert not verify_audit(transaction).faults


def _all(node: RegionNode, kind: type[R]) -> list[R]:
    with node.issuer.store.reading() as transaction:
        return transaction.of(kind).select()
