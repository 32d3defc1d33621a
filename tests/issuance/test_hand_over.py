"""The changes of an assessment run handed over: the same colours, for exactly the people who changed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from comity.assessment.duckdb_engine import EngineBounds, duckdb_engine
from comity.assessment.evidence_tables import CASES
from comity.assessment.handed_changes import check_run, handed_people
from comity.assessment.run import RunPlan, assess_region
from comity.assessment.run_manifest import CHANGES, FINDINGS, MANIFEST, Run, read_run
from comity.assessment.run_release import release_run
from comity.assessment.safeguards import RunLimits
from comity.domain.assessment_rules import default_assessment_rulebook
from comity.domain.colour import Colour, ColourReason
from comity.domain.evidence import EvidenceKind, EvidenceSource
from comity.domain.instant import DAY, Instant
from comity.errors import ComityError, EvidenceRefused, NotPermitted, NotPossibleNow
from comity.issuance.evidence import EvidenceRow, withdraw_evidence
from comity.issuance.hand_over import get_hand_over, prepare_hand_over
from comity.issuance.import_records import EvidenceImport, ImportState
from comity.issuance.import_release import apply_import, confirm_import, reject_import, release_import
from comity.issuance.purge import purge
from comity.issuance.records import HolderKey, IssuedPass, PassState, Person, Standing
from comity.issuance.standing import find_or_assess
from comity.issuance.subject_keys import DemoSubjects
from comity.officers.permissions import Role
from comity.records.audit import verify_audit
from comity.records.audit_records import AuditRow
from comity.records.search import equal
from comity.storage.database_url import open_store
from tests.assessment.populations import Population, town, write_evidence, write_rows
from tests.builders import AT
from tests.issuance.holding import assess_now, holder, keep
from tests.region import RegionNode

RULES = default_assessment_rulebook()
NO_LIMITS = RunLimits(most_changed=1.0, most_by_source=1_000_000)
REGISTERED = 12
"""People of the town who are registered at the node; the first of them are those with evidence."""
Grounds = tuple[str, str | None, int | None, int | None]


class Desk:
    """A node on a real SQLite file with officers and people, and runs over the town beside it."""

    def __init__(self, folder: Path, url: str) -> None:
        self.folder = folder
        self.node = RegionNode(folder / "published", store=open_store(url))
        self.issuer = self.node.issuer
        self.brings = self.node.officer(Role.EPIDEMIOLOGIST)
        self.second, self.third = (self.node.officer(Role.SECOND_OFFICER) for _ in range(2))
        for order in range(REGISTERED):
            self.node.paper_pass(self.node.person(order))

    def run(
        self,
        name: str,
        population: Population | None = None,
        *,
        previous: Run | None = None,
        at: Instant = AT,
        limits: RunLimits = NO_LIMITS,
    ) -> Run:
        if population is not None:
            write_evidence(self.folder / "evidence", population)
        plan = RunPlan(
            evidence=self.folder / "evidence",
            rulebook=RULES,
            at=at,
            out=self.folder / name,
            previous=None if previous is None else previous.path,
            limits=limits,
            memory_gib=0.5,
            threads=1,
        )
        return assess_region(plan)

    def prepare(self, run: Run, *, at: Instant = AT) -> EvidenceImport:
        with duckdb_engine(EngineBounds(memory_gib=0.5, threads=1, spill=self.folder / "spill")) as engine:
            return prepare_hand_over(
                self.issuer,
                self.brings,
                check_run(engine, run),
                handed_people(engine, run),
                at=at,
                subjects=DemoSubjects({f"p{order:04}": holder(self.issuer, order) for order in range(50)}),
            )

    def hand_over(self, run: Run, *, at: Instant = AT) -> EvidenceImport:
        """Prepare, release by as many officers as it takes, and apply."""
        given = release_import(self.issuer, self.second, self.prepare(run, at=at).import_id, at=at)
        if given.state is ImportState.HELD:
            given = confirm_import(self.issuer, self.third, given.import_id, at=at)
        return apply_import(self.issuer, given.import_id, at=at)

    def grounds(self, order: int) -> Grounds:
        with self.issuer.store.reading() as transaction:
            found = transaction.of(Standing).find(holder(self.issuer, order))
        if found is None:
            return ("green", None, None, None)
        return (str(found.colour), found.rule, found.basis, found.until)

    def superseded(self) -> set[HolderKey]:
        with self.issuer.store.reading() as transaction:
            passes = transaction.of(IssuedPass).select(equal("state", PassState.SUPERSEDED))
        return {each.holder for each in passes}


@pytest.fixture
def desk(tmp_path: Path, sqlite_url: str) -> Iterator[Desk]:
    found = Desk(tmp_path, sqlite_url)
    yield found
    found.issuer.store.close()


def clearance(who: HolderKey) -> EvidenceRow:
    """A negative test that the node itself has on record."""
    return EvidenceRow(
        ref=f"clearance-{who}",
        holder=who,
        kind=EvidenceKind.CLEARANCE,
        source=EvidenceSource.IMPORT,
        source_name="lab",
        began_at=AT,
        reason=ColourReason.CONFIRMED_CASE,
        added_at=AT,
    )


def expected(population: Population, order: int, *, at: Instant = AT) -> Grounds:
    """What the pure function says of one person of the same evidence."""
    first = next(
        (each for each in population.assess(RULES, at=at) if each[0] == f"p{order:04}" and each[1] == 1),
        None,
    )
    return ("green", None, None, None) if first is None else (first[2], first[4], first[6], first[7])


def test_c1_2_a_run_handed_over_gives_the_colours_of_the_pure_function_to_exactly_who_changed(
    desk: Desk,
) -> None:
    population = town()

    done = desk.hand_over(desk.run("monday", population))

    assert done.state is ImportState.DONE
    assert [desk.grounds(order) for order in range(REGISTERED)] == [
        expected(population, order) for order in range(REGISTERED)
    ]
    coloured = {
        holder(desk.issuer, order) for order in range(REGISTERED) if desk.grounds(order)[0] != "green"
    }
    assert coloured
    assert desk.superseded() == coloured
    with desk.issuer.store.reading() as transaction:
        assert not verify_audit(transaction).faults
        acts = {each.act for each in transaction.of(AuditRow).select()}
    assert {"import.prepared", "import.released", "import.done", "standing.changed"} <= acts


def test_settled_rule_10_nobody_changes_before_other_officers_released_the_run(desk: Desk) -> None:
    told = desk.prepare(desk.run("monday", town()))

    assert told.state is ImportState.PREPARED
    assert told.turns > 0
    assert {desk.grounds(order)[0] for order in range(REGISTERED)} == {"green"}
    with pytest.raises(NotPermitted):
        release_import(desk.issuer, desk.brings, told.import_id, at=AT)


def test_settled_rule_8_whose_finding_is_gone_is_green_again_and_the_others_are_not_touched(
    desk: Desk,
) -> None:
    population = town()
    monday = desk.run("monday", population)
    desk.hand_over(monday)
    before = [desk.grounds(order) for order in range(REGISTERED)]
    population.rows["cases"] = []
    population.rows["contacts"] = population.rows["contacts"][:1]

    done = desk.hand_over(desk.run("tuesday", population, previous=monday))

    after = [desk.grounds(order) for order in range(REGISTERED)]
    assert (before[2][0], after[2][0], done.rows, done.clears) == ("red", "green", 1, 1)
    assert [each for order, each in enumerate(after) if order != 2] == [
        each for order, each in enumerate(before) if order != 2
    ]


def test_a_finding_of_a_run_ends_by_itself_when_its_rule_says(desk: Desk) -> None:
    population = town()
    desk.hand_over(desk.run("monday", population))
    later = AT + 10 * DAY + 1
    with desk.issuer.store.transaction() as transaction:
        standing = find_or_assess(transaction, desk.issuer, holder(desk.issuer, 3), at=later)

    assert expected(population, 3, at=later)[0] == "green"
    assert standing.colour is Colour.GREEN


def test_a_finding_behind_a_worse_one_is_handed_over_too_and_counts_when_that_one_ends(desk: Desk) -> None:
    population = town()
    population.rows["contacts"] = population.rows["contacts"][:1]
    monday = desk.run("monday", population)
    desk.hand_over(monday)
    superseded = desk.superseded()
    population.rows["contacts"].append(("k7", "p0002", "cdc-1", AT - DAY))

    done = desk.hand_over(desk.run("tuesday", population, previous=monday))

    assert (done.rows, done.turns, desk.superseded() == superseded) == (1, 0, True)
    who = holder(desk.issuer, 2)
    keep(desk.issuer, clearance(who))
    assess_now(desk.issuer, who)
    population.rows["tests"].append(("x7", "p0002", "lab", "confirmed_case", "negative", AT))
    assert desk.grounds(2) == expected(population, 2)
    assert desk.grounds(2)[0] == "yellow"


def test_people_unknown_to_the_node_are_counted_and_not_invented_and_found_when_they_apply(
    desk: Desk,
) -> None:
    population = town()
    population.rows["contacts"] += [(f"far-{order}", f"p{order:04}", "cdc-1", AT - DAY) for order in (20, 59)]

    done = desk.hand_over(desk.run("monday", population))

    handed = get_hand_over(desk.issuer, done.import_id)
    with desk.issuer.store.reading() as transaction:
        assert len(transaction.of(Person).select()) == REGISTERED
        assert transaction.of(Standing).find(holder(desk.issuer, 20)) is None
    assert (handed.unknown, handed.foreign) == (1, 1)
    late = desk.node.person(20)
    with desk.issuer.store.transaction() as transaction:
        assert find_or_assess(transaction, desk.issuer, late, at=AT).colour is Colour.YELLOW


def test_settled_rule_15_the_purge_leaves_a_finding_that_waits_for_somebody_and_takes_one_that_ended(
    desk: Desk,
) -> None:
    population = town()
    population.rows["cases"].append(("c20", "p0020", "hospital-1", "confirmed", AT - DAY))
    population.rows["contacts"].append(("k21", "p0021", "cdc-1", AT - DAY))
    desk.hand_over(desk.run("monday", population))

    purge(desk.issuer, at=AT + 70 * DAY)

    with desk.issuer.store.reading() as transaction:
        kept = {each.holder for each in transaction.of(EvidenceRow).select()}
    assert holder(desk.issuer, 20) in kept
    assert holder(desk.issuer, 21) not in kept


def test_a_correction_that_withdrew_a_finding_stands_when_the_next_run_says_nothing_new(desk: Desk) -> None:
    monday = desk.run("monday", town())
    desk.hand_over(monday)
    who = holder(desk.issuer, 3)
    with desk.issuer.store.transaction() as transaction:
        (row,) = transaction.of(EvidenceRow).select(equal("holder", who))
        withdraw_evidence(transaction, row.ref, at=AT)

    told = desk.prepare(desk.run("tuesday", previous=monday))

    assert (told.rows, told.state) == (0, ImportState.DONE)
    assess_now(desk.issuer, who)
    assert desk.grounds(3)[0] == "green"


def test_what_the_node_has_on_record_itself_is_not_taken_from_the_run_and_its_correction_stands(
    desk: Desk,
) -> None:
    own = replace(clearance(holder(desk.issuer, 3)), ref="k1", kind=EvidenceKind.CLOSE_CONTACT, reason=None)
    keep(desk.issuer, replace(own, withdrawn_at=AT))

    desk.hand_over(desk.run("monday", town()))

    assert expected(town(), 3)[0] == "yellow"
    assert desk.grounds(3)[0] == "green"
    assert desk.grounds(2)[0] == "red"


def test_the_same_run_again_has_no_second_effect(desk: Desk) -> None:
    run = desk.run("monday", town())
    done = desk.hand_over(run)
    superseded = desk.superseded()

    again = desk.prepare(run)

    assert (again.import_id, again.state) == (done.import_id, ImportState.DONE)
    assert desk.superseded() == superseded


def test_a_rejected_hand_over_leaves_nothing_and_may_be_brought_again(desk: Desk) -> None:
    run = desk.run("monday", town())
    told = desk.prepare(run)
    reject_import(desk.issuer, desk.second, told.import_id, at=AT)
    with desk.issuer.store.reading() as transaction:
        assert not transaction.of(EvidenceRow).select()

    assert desk.hand_over(run).import_id != told.import_id


def test_a_run_that_does_not_build_on_the_last_one_is_refused_with_the_next_step(desk: Desk) -> None:
    population = town()
    monday = desk.run("monday", population)
    tuesday = desk.run("tuesday", previous=monday)
    with pytest.raises(NotPossibleNow, match="none was handed over") as first:
        desk.prepare(tuesday)
    desk.hand_over(monday)
    with pytest.raises(NotPossibleNow, match="does not build on") as other:
        desk.prepare(desk.run("apart", at=AT - DAY))

    assert "Hand over the run" in first.value.next_step
    assert "--previous" in other.value.next_step


def _flip_state(run: Run) -> None:
    path = run.path / MANIFEST
    manifest = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps(manifest | {"state": "held"}), encoding="utf-8")


@pytest.mark.parametrize(
    ("title", "alter", "words"),
    [
        ("findings of another run", lambda run: _swap(run, FINDINGS), "findings do not give"),
        ("changes of another run", lambda run: _swap(run, CHANGES), "changes do not give"),
        ("changes missing", lambda run: (run.path / CHANGES).unlink(), "is missing"),
        ("a state without reasons", _flip_state, "its state"),
    ],
)
def test_a_partial_or_altered_run_is_refused(desk: Desk, title: str, alter: object, words: str) -> None:
    run = desk.run("monday", town())
    assert callable(alter)
    alter(run)

    with pytest.raises(EvidenceRefused, match=words):
        desk.prepare(read_run(run.path))


def _swap(run: Run, name: str) -> None:
    """Put the file of a run over other evidence in place."""
    evidence = write_evidence(run.path.parent / "other", town())
    write_rows(evidence / "cases.parquet", CASES, [])
    plan = RunPlan(
        evidence=evidence,
        rulebook=RULES,
        at=AT,
        out=run.path.parent / "other-run",
        limits=NO_LIMITS,
        memory_gib=0.5,
        threads=1,
    )
    (assess_region(plan).path / name).replace(run.path / name)


def test_runs_of_a_time_ahead_or_by_other_rules_are_refused(desk: Desk) -> None:
    write_evidence(desk.folder / "evidence", town())
    ahead = desk.run("ahead", at=AT + DAY)
    with pytest.raises(NotPossibleNow, match="time ahead"):
        desk.prepare(ahead)
    plan = RunPlan(
        evidence=desk.folder / "evidence",
        rulebook=replace(RULES, version=2),
        published=(replace(RULES, version=2),),
        at=AT,
        out=desk.folder / "others",
        limits=NO_LIMITS,
        memory_gib=0.5,
        threads=1,
    )
    with pytest.raises(NotPossibleNow, match="other rules"):
        desk.prepare(assess_region(plan))


def test_settled_rule_10_a_held_run_asks_officers_of_the_node_and_three_of_them(desk: Desk) -> None:
    held = desk.run("held", town(), limits=RunLimits(most_by_source=0))
    _refused(desk, held, "is held")
    for name in ("wang", "li"):
        release_run(held, officer=name, at=AT)
    _refused(desk, held, "not two second officers")
    (held.path / "release.json").unlink()
    for officer in (desk.second, desk.third):
        release_run(held, officer=officer.officer_id, at=AT)

    told = desk.prepare(held)

    assert release_import(desk.issuer, desk.second, told.import_id, at=AT).state is ImportState.HELD
    assert {desk.grounds(order)[0] for order in range(REGISTERED)} == {"green"}
    with pytest.raises(NotPermitted):
        confirm_import(desk.issuer, desk.second, told.import_id, at=AT)
    assert confirm_import(desk.issuer, desk.third, told.import_id, at=AT).state is ImportState.RELEASED


def _refused(desk: Desk, run: Run, words: str) -> None:
    with pytest.raises(ComityError, match=words):
        desk.prepare(run)
