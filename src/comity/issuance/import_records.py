"""Evidence imports as records: one file or assessment run each, and the people it touches."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar, Final

from comity.domain.instant import Instant
from comity.issuance.records import HolderKey


class ImportKind(StrEnum):
    """The closed list of what an import can hold: a file of evidence, or findings of an assessment run."""

    CASES = "cases"
    CONTACTS = "contacts"
    STAYS = "stays"
    ARRIVALS = "arrivals"
    CLEARANCES = "clearances"
    RISK_AREAS = "risk_areas"
    FINDINGS = "findings"


class ImportState(StrEnum):
    """Where an import stands; its rows count from `released` on, its people are noted from `assessing` on."""

    LOADING = "loading"
    PREPARED = "prepared"
    HELD = "held"
    RELEASED = "released"
    ASSESSING = "assessing"
    DONE = "done"
    REJECTED = "rejected"


PENDING: Final = (ImportState.LOADING, ImportState.PREPARED, ImportState.HELD)
"""States in which the rows of an import do not count."""
UNDER_WAY: Final = (ImportState.RELEASED, ImportState.ASSESSING)
COUNTING: Final = (*UNDER_WAY, ImportState.DONE)


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceImport:
    """One file of evidence: who brought it, from which source, what it held and how it went.

    `affected` is how many people have evidence in it that bears on their colour, `turns` how many of them it
    turns yellow or red, `clears` how many green; `bad_rows` is CSV of line and reason, the first of them.
    """

    import_id: str
    kind: ImportKind
    source_name: str
    digest: str
    state: ImportState
    imported_by: str
    released_by: str | None = None
    confirmed_by: str | None = None
    began_at: Instant
    touched_at: Instant
    released_at: Instant | None = None
    rulebook_version: int
    rows: int = 0
    good_rows: int = 0
    new_rows: int = 0
    bad_rows: str = ""
    affected: int = 0
    turns: int = 0
    clears: int = 0

    TABLE: ClassVar[str] = "evidence_import"
    INDEXES: ClassVar[tuple[tuple[str, ...], ...]] = (("state",), ("source_name", "began_at"))

    @property
    def bad_count(self) -> int:
        """How many rows were bad."""
        return self.rows - self.good_rows


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportHolder:
    """Somebody an import touches who is not assessed by it yet; removed when that is done."""

    mark: str
    import_id: str
    holder: HolderKey

    TABLE: ClassVar[str] = "import_holder"
    INDEXES: ClassVar[tuple[tuple[str, ...], ...]] = (("import_id", "mark"),)


@dataclass(frozen=True, slots=True, kw_only=True)
class HandOver:
    """The changes of one assessment run as an import: which run, after which other, and who it was about.

    `number` counts hand-overs: of somebody's findings those of the highest count. `released_by` are the
    officers that the release of a held run names. `unknown` people are not registered here: their findings
    wait for them; `foreign` subjects are no key of this region, and nothing of them is kept.
    """

    import_id: str
    number: int
    run_digest: str
    run_checksum: str
    assessed_at: Instant
    released_by: tuple[str, ...]
    unknown: int = 0
    foreign: int = 0

    TABLE: ClassVar[str] = "hand_over"
    INDEXES: ClassVar[tuple[tuple[str, ...], ...]] = (("number",), ("run_digest",))
