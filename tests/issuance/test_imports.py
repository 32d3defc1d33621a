"""Evidence imports: read row by row, told before they count, released by others, repeatable, resumed."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Final

import duckdb
import pytest
from typing_extensions import override

from comity.domain.colour import Colour
from comity.domain.instant import DAY, HOUR, Instant, rfc3339
from comity.errors import InvalidInput, NotPermitted, NotPossibleNow, StoreUnavailable, UnknownRecord
from comity.issuance.evidence import EvidenceRow, RiskAreaRow
from comity.issuance.import_records import EvidenceImport, ImportHolder, ImportKind, ImportState
from comity.issuance.import_release import (
    MOST_AN_HOUR,
    apply_import,
    confirm_import,
    go_on_with_imports,
    reject_import,
    release_import,
)
from comity.issuance.import_rows import COLUMNS
from comity.issuance.imports import (
    ABANDONED_AFTER,
    BAD_ROWS_HEADER,
    ImportFile,
    RawRow,
    discard,
    prepare_import,
)
from comity.issuance.issuer import Issuer
from comity.issuance.records import Standing
from comity.officers.officers import Officer
from comity.officers.permissions import Role
from comity.records.audit import verify_audit
from comity.records.audit_records import AuditRow
from comity.records.ports import Transaction
from comity.records.search import equal
from comity.storage.evidence_files import LONGEST_FIELD, file_digest, read_rows
from comity.storage.memory import MemoryStore
from tests.builders import AT
from tests.issuance.holding import assess_now, holder, keep, standing_of, stay
from tests.people import resident_number
from tests.region import make_issuer


def officer(name: str, role: Role, division: str = "150000") -> Officer:
    return Officer(
        officer_id=name, display_name=name, roles=(role,), division=division, is_active=True, added_at=AT
    )


EPIDEMIOLOGIST: Final = officer("ep", Role.EPIDEMIOLOGIST)
SECOND: Final = officer("second", Role.SECOND_OFFICER)
THIRD: Final = officer("third", Role.SECOND_OFFICER)
Rows = Sequence[Mapping[str, str]]


def contact(order: int, at: Instant = AT) -> dict[str, str]:
    return {
        "document_kind": "resident_id",
        "document_number": resident_number(order),
        "last_contact_at": rfc3339(at),
    }


def risk(area: str, *, level: str = "high", ended_at: str = "") -> dict[str, str]:
    return {"area": area, "level": level, "began_at": rfc3339(AT - 7 * DAY), "ended_at": ended_at}


def raw(rows: Rows) -> list[RawRow]:
    return [RawRow(line=line, fields=fields) for line, fields in enumerate(rows, start=2)]


def prepare(
    issuer: Issuer,
    rows: Rows,
    kind: ImportKind = ImportKind.CONTACTS,
    *,
    at: Instant = AT,
    source: str = "hohhot-cdc",
    accepts_good_rows: bool = False,
) -> EvidenceImport:
    file = ImportFile(kind=kind, source_name=source, digest="d", accepts_good_rows=accepts_good_rows)
    return prepare_import(issuer, EPIDEMIOLOGIST, file, raw(rows), at=at)


def bring(
    issuer: Issuer, rows: Rows, kind: ImportKind = ImportKind.CONTACTS, *, at: Instant = AT
) -> EvidenceImport:
    """Prepare, release by as many officers as it takes, and apply."""
    given = release_import(issuer, SECOND, prepare(issuer, rows, kind, at=at).import_id, at=at)
    if given.state is ImportState.HELD:
        given = confirm_import(issuer, THIRD, given.import_id, at=at)
    return apply_import(issuer, given.import_id, at=at)


def kept(issuer: Issuer) -> list[EvidenceRow]:
    with issuer.store.reading() as transaction:
        return transaction.of(EvidenceRow).select()


def colour_of(issuer: Issuer, order: int) -> Colour:
    standing = standing_of(issuer, holder(issuer, order))
    return Colour.GREEN if standing is None else standing.colour


def test_a_prepared_import_tells_its_effect_and_changes_nobody() -> None:
    issuer = make_issuer()
    told = prepare(issuer, [contact(0), contact(1), contact(0), contact(2, AT - 15 * DAY)])

    assert told.state is ImportState.PREPARED
    assert (told.rows, told.good_rows, told.new_rows, told.bad_count) == (4, 4, 3, 0)
    assert (told.affected, told.turns, told.clears) == (2, 2, 0)
    assess_now(issuer, holder(issuer, 0))
    assert colour_of(issuer, 0) is Colour.GREEN


def test_settled_rule_10_an_import_counts_when_another_officer_released_it() -> None:
    issuer = make_issuer()
    told = prepare(issuer, [contact(0)])
    with pytest.raises(NotPermitted):
        release_import(issuer, EPIDEMIOLOGIST, told.import_id, at=AT)
    with pytest.raises(NotPermitted):
        release_import(issuer, replace(SECOND, officer_id=EPIDEMIOLOGIST.officer_id), told.import_id, at=AT)

    released = release_import(issuer, SECOND, told.import_id, at=AT)
    assert released.state is ImportState.RELEASED
    assert apply_import(issuer, told.import_id, at=AT).state is ImportState.DONE

    assert colour_of(issuer, 0) is Colour.YELLOW
    with issuer.store.reading() as transaction:
        acts = [row.act for row in transaction.of(AuditRow).select(equal("subject", told.import_id))]
        (changed,) = transaction.of(AuditRow).select(equal("subject", holder(issuer, 0)))
        assert verify_audit(transaction).faults == ()
        assert transaction.of(ImportHolder).select() == []
    assert sorted(acts) == ["import.done", "import.prepared", "import.released"]
    assert changed.actor == f"import:{told.import_id}"


def test_settled_rule_10_more_than_twenty_people_an_hour_from_one_source_ask_a_third_officer() -> None:
    issuer = make_issuer()
    told = prepare(issuer, [contact(order) for order in range(MOST_AN_HOUR + 1)])
    held = release_import(issuer, SECOND, told.import_id, at=AT)

    assert held.state is ImportState.HELD
    with pytest.raises(NotPossibleNow):
        apply_import(issuer, told.import_id, at=AT)
    for earlier in (SECOND, replace(THIRD, officer_id=EPIDEMIOLOGIST.officer_id)):
        with pytest.raises(NotPermitted):
            confirm_import(issuer, earlier, told.import_id, at=AT)
    assert confirm_import(issuer, THIRD, told.import_id, at=AT).state is ImportState.RELEASED
    apply_import(issuer, told.import_id, at=AT)
    assert all(colour_of(issuer, order) is Colour.YELLOW for order in range(MOST_AN_HOUR + 1))


def test_settled_rule_10_the_hour_counts_over_imports_of_one_source() -> None:
    issuer = make_issuer()
    bring(issuer, [contact(order) for order in range(MOST_AN_HOUR)])
    one_more = prepare(issuer, [contact(99)], at=AT + HOUR)
    assert release_import(issuer, SECOND, one_more.import_id, at=AT + HOUR).state is ImportState.HELD
    reject_import(issuer, SECOND, one_more.import_id, at=AT + HOUR)

    again = prepare(issuer, [contact(99)], at=AT + HOUR + 1)
    assert release_import(issuer, SECOND, again.import_id, at=AT + HOUR + 1).state is ImportState.RELEASED


def test_an_import_repeated_has_no_second_effect() -> None:
    issuer = make_issuer()
    rows = [contact(order) for order in range(3)]
    bring(issuer, rows)
    before = kept(issuer)

    again = bring(issuer, [*rows, contact(3)], at=AT + 2 * HOUR)

    assert (again.good_rows, again.new_rows, again.affected) == (4, 1, 1)
    assert [row for row in kept(issuer) if row.import_id != again.import_id] == before
    with issuer.store.reading() as transaction:
        assert [each.changes for each in transaction.of(Standing).select()] == [1, 1, 1, 1]


def test_a_file_with_nothing_new_is_done_at_once() -> None:
    issuer = make_issuer()
    bring(issuer, [contact(0)])

    assert prepare(issuer, [contact(0)], at=AT + HOUR).state is ImportState.DONE
    assert prepare(issuer, [contact(1)], at=AT + HOUR).state is ImportState.PREPARED


BAD: Final[list[tuple[str, ImportKind, dict[str, str]]]] = [
    ("a wrong check digit", ImportKind.CONTACTS, {**contact(0), "document_number": "110101199001010000"}),
    ("a number cut off", ImportKind.CONTACTS, {**contact(0), "document_number": "99"}),
    ("an unknown document", ImportKind.CONTACTS, {**contact(0), "document_kind": "library_card"}),
    ("a time that lies ahead", ImportKind.CONTACTS, contact(0, AT + HOUR)),
    ("a time of long ago", ImportKind.CONTACTS, contact(0, AT - 400 * DAY)),
    ("a time without offset", ImportKind.CONTACTS, {**contact(0), "last_contact_at": "2020-03-20T08:00:00"}),
    ("no time", ImportKind.CONTACTS, {**contact(0), "last_contact_at": ""}),
    ("an area in words", ImportKind.RISK_AREAS, risk("Fengtai")),
    ("an area of no province", ImportKind.RISK_AREAS, risk("990106")),
    ("the whole country", ImportKind.RISK_AREAS, risk("000000")),
    ("an unknown level", ImportKind.RISK_AREAS, risk("110106", level="extreme")),
    ("an end before its begin", ImportKind.RISK_AREAS, risk("110106", ended_at="2020-01-01")),
    (
        "a status of its own",
        ImportKind.CASES,
        {
            "document_kind": "",
            "document_number": resident_number(0),
            "status": "probable",
            "reported_at": "2020-03-19",
        },
    ),
    (
        "a clearance of nothing",
        ImportKind.CLEARANCES,
        {
            "document_kind": "",
            "document_number": resident_number(0),
            "reason": "officer",
            "cleared_at": "2020-03-19",
        },
    ),
    (
        "a stay of no length",
        ImportKind.STAYS,
        {
            "document_kind": "",
            "document_number": resident_number(0),
            "area": "110106",
            "record": "lodging",
            "began_at": "2020-03-19",
            "ended_at": "2020-03-19",
        },
    ),
]


@pytest.mark.parametrize(("title", "kind", "fields"), BAD, ids=[row[0] for row in BAD])
def test_a_bad_row_is_given_back_with_line_and_reason_and_nothing_is_kept(
    title: str, kind: ImportKind, fields: dict[str, str]
) -> None:
    issuer = make_issuer()
    good = risk("120101") if kind is ImportKind.RISK_AREAS else contact(1)
    rows = [good, fields] if set(good) == set(fields) else [fields]
    told = prepare(issuer, rows, kind)

    assert (told.state, told.bad_count) == (ImportState.REJECTED, 1), title
    ((line, reason),) = csv.reader(io.StringIO(told.bad_rows.removeprefix(BAD_ROWS_HEADER)))
    assert line == str(len(rows) + 1)
    assert reason
    assert fields.get("document_number", "Fengtai") not in reason
    assert kept(issuer) == []
    with issuer.store.reading() as transaction:
        assert transaction.of(RiskAreaRow).select() == []


def test_good_rows_are_taken_beside_bad_ones_when_that_was_asked_for() -> None:
    issuer = make_issuer()
    told = prepare(issuer, [contact(0), {**contact(1), "last_contact_at": "x"}], accepts_good_rows=True)

    assert (told.state, told.good_rows, told.new_rows) == (ImportState.PREPARED, 1, 1)
    assert told.bad_rows.startswith("line,reason\r\n3,")


def test_one_import_of_a_source_waits_at_a_time() -> None:
    issuer = make_issuer()
    told = prepare(issuer, [contact(0)])
    with pytest.raises(NotPossibleNow):
        prepare(issuer, [contact(1)])
    assert prepare(issuer, [contact(1)], source="baotou-cdc").state is ImportState.PREPARED

    reject_import(issuer, EPIDEMIOLOGIST, told.import_id, at=AT)
    assert [row.source_name for row in kept(issuer)] == ["baotou-cdc"]
    assert prepare(issuer, [contact(0)]).new_rows == 1


def test_a_load_that_was_cut_off_leaves_nothing_that_counts_and_is_removed() -> None:
    issuer = make_issuer()
    told = prepare(issuer, [contact(0)])
    with issuer.store.transaction() as transaction:
        transaction.of(EvidenceImport).replace(replace(told, state=ImportState.LOADING))

    assert go_on_with_imports(issuer, at=AT + ABANDONED_AFTER - 1) == 0
    assert go_on_with_imports(issuer, at=AT + ABANDONED_AFTER) == 1
    assert kept(issuer) == []


class Meanwhile(MemoryStore):
    """A store in which something happens once, between the first reading and what follows it."""

    def __init__(self) -> None:
        super().__init__()
        self.then: Callable[[], object] | None = None

    @contextmanager
    @override
    def reading(self) -> Iterator[Transaction]:
        with super().reading() as transaction:
            yield transaction
        then, self.then = self.then, None
        if then is not None:
            then()


@pytest.mark.parametrize("who", ["the duty", "the next import"])
def test_two_who_drop_the_same_leftover_do_not_stand_in_each_others_way(who: str) -> None:
    issuer, later = make_issuer(store=(store := Meanwhile())), AT + ABANDONED_AFTER
    told = prepare(issuer, [contact(0)])
    with issuer.store.transaction() as transaction:
        transaction.of(EvidenceImport).replace(replace(told, state=ImportState.LOADING))
    store.then = lambda: discard(issuer, told.import_id, at=later)

    if who == "the duty":
        go_on_with_imports(issuer, at=later)
        assert kept(issuer) == []
    else:
        assert prepare(issuer, [contact(0)], at=later).new_rows == 1


class Once(MemoryStore):
    """A store that is lost after one more transaction, when a test says so."""

    def __init__(self) -> None:
        super().__init__()
        self.left: int | None = None

    @contextmanager
    @override
    def transaction(self) -> Iterator[Transaction]:
        if self.left == 0:
            raise StoreUnavailable("the node was stopped")
        with super().transaction() as transaction:
            yield transaction
        self.left = None if self.left is None else self.left - 1


def test_a_rejection_is_on_record_with_its_act_or_not_at_all() -> None:
    issuer = make_issuer(store=(store := Once()))
    told = prepare(issuer, [contact(0)])
    store.left = 1

    with suppress(StoreUnavailable):
        reject_import(issuer, SECOND, told.import_id, at=AT)

    with issuer.store.reading() as transaction:
        acts = [row.act for row in transaction.of(AuditRow).select(equal("subject", told.import_id))]
        (found,) = transaction.of(EvidenceImport).select()
    assert (found.state, sorted(acts)) == (ImportState.REJECTED, ["import.prepared", "import.rejected"])


def test_an_import_rejected_while_it_is_loaded_does_not_come_back() -> None:
    issuer = make_issuer()

    def rows() -> Iterator[RawRow]:
        yield from raw([contact(0)])
        with issuer.store.reading() as transaction:
            (loading,) = transaction.of(EvidenceImport).select()
        reject_import(issuer, SECOND, loading.import_id, at=AT)

    file = ImportFile(kind=ImportKind.CONTACTS, source_name="s", digest="d")
    with pytest.raises(NotPossibleNow):
        prepare_import(issuer, EPIDEMIOLOGIST, file, rows(), at=AT)

    assert kept(issuer) == []
    with issuer.store.reading() as transaction:
        assert [each.state for each in transaction.of(EvidenceImport).select()] == [ImportState.REJECTED]


def test_a_file_that_cannot_be_read_on_leaves_nothing() -> None:
    issuer = make_issuer()

    def broken() -> Sequence[RawRow]:
        raise InvalidInput("cut off", field="file")

    file = ImportFile(kind=ImportKind.CONTACTS, source_name="s", digest="d")
    with pytest.raises(InvalidInput):
        prepare_import(issuer, EPIDEMIOLOGIST, file, (row for _ in "x" for row in broken()), at=AT)

    with issuer.store.reading() as transaction:
        assert [each.state for each in transaction.of(EvidenceImport).select()] == [ImportState.REJECTED]


def test_a_released_import_that_stopped_half_way_is_taken_up_again() -> None:
    issuer = make_issuer()
    told = prepare(issuer, [contact(order) for order in range(510)])
    release_import(issuer, SECOND, told.import_id, at=AT)
    confirm_import(issuer, THIRD, told.import_id, at=AT)
    half = apply_import(issuer, told.import_id, at=AT, batches=1)
    assert half.state is ImportState.ASSESSING

    assert go_on_with_imports(issuer, at=AT) == 1
    assert go_on_with_imports(issuer, at=AT) == 0
    with issuer.store.reading() as transaction:
        assert len(transaction.of(Standing).select(equal("colour", Colour.YELLOW))) == 510


def test_a_prepared_import_lapses_after_a_day() -> None:
    issuer = make_issuer()
    told = prepare(issuer, [contact(0)])

    with pytest.raises(NotPossibleNow):
        release_import(issuer, SECOND, told.import_id, at=AT + DAY)
    assert go_on_with_imports(issuer, at=AT + DAY) == 1
    with pytest.raises(NotPossibleNow):
        reject_import(issuer, SECOND, told.import_id, at=AT + DAY)
    with pytest.raises(UnknownRecord):
        release_import(issuer, SECOND, "no such import", at=AT)


def test_c0_an_import_is_for_the_whole_region() -> None:
    issuer = make_issuer()
    county = officer("county", Role.EPIDEMIOLOGIST, "150102")
    file = ImportFile(kind=ImportKind.CONTACTS, source_name="s", digest="d")
    with pytest.raises(NotPermitted):
        prepare_import(issuer, county, file, [], at=AT)
    with pytest.raises(NotPermitted):
        prepare_import(issuer, SECOND, file, [], at=AT)


def test_a_risk_area_touches_exactly_those_who_stayed_there() -> None:
    issuer = make_issuer()
    keep(issuer, stay(holder(issuer, 0)), stay(holder(issuer, 1), "120101"))

    done = bring(issuer, [risk("110100")], ImportKind.RISK_AREAS)

    assert (done.affected, done.turns) == (1, 1)
    assert (colour_of(issuer, 0), colour_of(issuer, 1)) == (Colour.RED, Colour.GREEN)


def test_a_risk_area_listed_again_with_another_end_replaces_its_first_listing() -> None:
    issuer = make_issuer()
    keep(issuer, stay(holder(issuer, 0)))
    bring(issuer, [risk("110106")], ImportKind.RISK_AREAS)

    ended = rfc3339(AT - 3 * DAY)
    done = bring(issuer, [risk("110106", ended_at=ended)], ImportKind.RISK_AREAS, at=AT + 2 * HOUR)

    assert (done.affected, done.turns, done.clears) == (1, 0, 1)
    assert colour_of(issuer, 0) is Colour.GREEN


def test_stays_outside_every_risk_area_touch_nobody() -> None:
    issuer = make_issuer()
    bring(issuer, [risk("110106")], ImportKind.RISK_AREAS)

    def told(order: int, area: str) -> dict[str, str]:
        return {
            "document_kind": "",
            "document_number": resident_number(order),
            "area": area,
            "record": "transport",
            "began_at": "2020-03-18",
            "ended_at": "2020-03-19",
        }

    done = bring(issuer, [told(0, "110106"), told(1, "120101")], ImportKind.STAYS)

    assert (done.new_rows, done.affected, done.turns) == (2, 1, 1)
    assert (colour_of(issuer, 0), colour_of(issuer, 1)) == (Colour.RED, Colour.GREEN)


def test_a_risk_area_that_came_between_is_seen_when_stays_are_released() -> None:
    issuer = make_issuer()
    rows = [
        {
            "document_kind": "",
            "document_number": resident_number(0),
            "area": "110106",
            "record": "transport",
            "began_at": "2020-03-18",
            "ended_at": "2020-03-19",
        }
    ]
    told = prepare(issuer, rows, ImportKind.STAYS, source="rail")
    assert told.affected == 0
    bring(issuer, [risk("110106")], ImportKind.RISK_AREAS)

    released = release_import(issuer, SECOND, told.import_id, at=AT)
    apply_import(issuer, told.import_id, at=AT)

    assert released.affected == 1
    assert colour_of(issuer, 0) is Colour.RED


def test_a_stay_that_was_declared_between_telling_and_release_is_seen() -> None:
    issuer = make_issuer()
    told = prepare(issuer, [risk("110106")], ImportKind.RISK_AREAS)
    keep(issuer, stay(holder(issuer, 0)))
    assess_now(issuer, holder(issuer, 0))
    assert (told.affected, colour_of(issuer, 0)) == (0, Colour.GREEN)

    release_import(issuer, SECOND, told.import_id, at=AT)
    apply_import(issuer, told.import_id, at=AT)

    assert colour_of(issuer, 0) is Colour.RED


def test_stays_released_before_a_risk_area_but_assessed_after_it_are_seen() -> None:
    issuer = make_issuer()
    row = {
        "document_kind": "",
        "document_number": resident_number(0),
        "area": "110106",
        "record": "transport",
        "began_at": "2020-03-18",
        "ended_at": "2020-03-19",
    }
    stays = prepare(issuer, [row], ImportKind.STAYS, source="rail")
    areas = prepare(issuer, [risk("110106")], ImportKind.RISK_AREAS)
    release_import(issuer, SECOND, areas.import_id, at=AT)
    release_import(issuer, SECOND, stays.import_id, at=AT)
    apply_import(issuer, areas.import_id, at=AT)
    apply_import(issuer, stays.import_id, at=AT)

    assert colour_of(issuer, 0) is Colour.RED


def test_a_clearance_list_brings_a_case_back_to_green() -> None:
    issuer = make_issuer()
    person = {"document_kind": "", "document_number": resident_number(0)}
    bring(issuer, [{**person, "status": "confirmed", "reported_at": "2020-03-19"}], ImportKind.CASES)
    assert colour_of(issuer, 0) is Colour.RED

    cleared = [{**person, "reason": "confirmed_case", "cleared_at": "2020-03-20"}]
    done = bring(issuer, cleared, ImportKind.CLEARANCES, at=AT + HOUR)

    assert (done.clears, done.turns) == (1, 0)
    assert colour_of(issuer, 0) is Colour.GREEN


CONTACT_COLUMNS: Final = COLUMNS[ImportKind.CONTACTS]


def write_csv(path: Path, *lines: str, encoding: str = "utf-8") -> Path:
    path.write_bytes("\r\n".join([",".join(CONTACT_COLUMNS), *lines, ""]).encode(encoding))
    return path


def test_csv_is_read_with_its_line_numbers_and_the_lines_that_are_no_rows(tmp_path: Path) -> None:
    path = write_csv(
        tmp_path / "contacts.csv",
        f"resident_id, {resident_number(0)} ,2020-03-20",
        "too,few",
        "",
        f",{resident_number(1)},{'x' * (LONGEST_FIELD + 1)}",
        f'"resident_id","{resident_number(2)}","2020-03-20"',
        encoding="utf-8-sig",
    )
    rows = list(read_rows(path, CONTACT_COLUMNS))

    assert [(row.line, row.fields is None) for row in rows] == [(2, False), (3, True), (5, True), (6, False)]
    assert rows[0].fields == {
        "document_kind": "resident_id",
        "document_number": resident_number(0),
        "last_contact_at": "2020-03-20",
    }
    assert len(file_digest(path)) == 64


def test_a_quote_that_never_ends_is_a_fault_of_its_line(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "contacts.csv", ",1,2020-03-20", ',"2,2020-03-20')

    assert [row.fault for row in read_rows(path, CONTACT_COLUMNS)] == [
        "",
        "the quotes of this line are broken",
    ]


@pytest.mark.parametrize(
    ("title", "content"),
    [
        ("nothing", b""),
        ("another header", b"id,date\r\n"),
        ("one column more", b"document_kind,document_number,last_contact_at,colour\r\n"),
        ("no UTF-8", ",".join(CONTACT_COLUMNS).encode() + b"\r\n\xff\xfe,1,2\r\n"),
        ("a spreadsheet", b"PK\x03\x04" + bytes(60)),
        ("broken Parquet", b"PAR1" + bytes(60)),
    ],
)
def test_a_file_that_is_none_is_refused(tmp_path: Path, title: str, content: bytes) -> None:
    path = tmp_path / "file"
    path.write_bytes(content)

    with pytest.raises(InvalidInput):
        list(read_rows(path, CONTACT_COLUMNS))


def test_parquet_is_read_like_csv_whatever_the_type_of_its_columns(tmp_path: Path) -> None:
    issuer = make_issuer()
    path = tmp_path / "contacts.parquet"
    with duckdb.connect(":memory:") as connection:
        connection.execute(
            "COPY (SELECT * FROM (VALUES ('resident_id', $one, DATE '2020-03-19'), (NULL, $two, NULL)) "
            "AS t(document_kind, document_number, last_contact_at)) TO '" + str(path) + "' (FORMAT parquet)",
            {"one": resident_number(0), "two": resident_number(1)},
        )
    rows = list(read_rows(path, CONTACT_COLUMNS))

    assert [row.line for row in rows] == [1, 2]
    file = ImportFile(
        kind=ImportKind.CONTACTS, source_name="s", digest=file_digest(path), accepts_good_rows=True
    )
    told = prepare_import(issuer, EPIDEMIOLOGIST, file, rows, at=AT)
    assert (told.good_rows, told.bad_count, told.affected) == (1, 1, 1)


def test_settled_rule_10_whoever_names_another_source_for_every_file_is_stopped_all_the_same() -> None:
    issuer = make_issuer()
    first = prepare(issuer, [contact(order) for order in range(MOST_AN_HOUR)], source="one-desk")
    release_import(issuer, SECOND, first.import_id, at=AT)
    other = prepare(issuer, [contact(MOST_AN_HOUR)], source="another-desk")

    assert release_import(issuer, THIRD, other.import_id, at=AT).state is ImportState.HELD
