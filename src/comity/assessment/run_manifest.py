"""What a run says of itself: inputs with their hashes, rules, engine, counts, checksum, and what is unusual.

A run folder is whole or not there: it is written beside its place and renamed. Files: `manifest.json`,
`rulebook.json`, `findings.parquet`, `changes.parquet`, `met/` (what the next run takes over) and, once
officers released a held run, `release.json`.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from hashlib import sha256
from pathlib import Path
from typing import Final

from comity.assessment.evidence_folder import EvidenceFile
from comity.domain.assessment_document import read_assessment_rulebook, write_assessment_rulebook
from comity.domain.assessment_rules import AssessmentRulebook
from comity.domain.instant import Instant
from comity.errors import EvidenceRefused, PublicationRefused, UsageError

MANIFEST: Final = "manifest.json"
RULEBOOK: Final = "rulebook.json"
FINDINGS: Final = "findings.parquet"
CHANGES: Final = "changes.parquet"
MET: Final = "met"
UNKNOWN: Final = "unknown.parquet"
"""In `met`: subjects who met a rule and are not among the people."""
RELEASE: Final = "release.json"


class RunState(StrEnum):
    """Whether the changes of a run may be handed over."""

    READY = "ready"
    HELD = "held"


_END: Final = b"PAR1"
_EXAMPLE_RULEBOOK: Final = "Check the path; comity assess rulebook prints an example of a rulebook."


@dataclass(frozen=True, slots=True, kw_only=True)
class Partition:
    """One file of evidence as a run worked through it; `key` names what it met."""

    key: str
    table: str
    file: str
    rows: int
    bad_rows: int
    met: int
    faults: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Unusual:
    """One unusual thing of a run; those that `stop` ask for two officers."""

    kind: str
    about: str
    count: int
    of: int
    words: str
    stops: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class RunCounts:
    """Numbers of a run: of people, of findings by rule, of colours by division, of changes.

    `touched` are the subjects whose findings were found anew; None where everybody's were.
    """

    people: int
    findings: int
    bad_rows: int
    unknown_subjects: int
    changes: int
    turned: int
    colours: Mapping[str, int]
    rules: Mapping[str, int]
    divisions: Mapping[str, Mapping[str, int]]
    touched: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RunManifest:
    """The manifest; the checksums are the same whatever the order of rows and the engine."""

    at: Instant
    region: str
    rulebook_version: int
    rulebook_digest: str
    engine: str
    mode: str
    state: RunState
    evidence: str
    previous: str | None
    checksum: str
    changes_checksum: str
    areas_digest: str
    inputs: tuple[EvidenceFile, ...]
    partitions: tuple[Partition, ...]
    counts: RunCounts
    unusual: tuple[Unusual, ...]

    def partition(self, key: str) -> Partition | None:
        """Find a partition by its key."""
        return next((each for each in self.partitions if each.key == key), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """A finished run: its folder, manifest and rulebook."""

    path: Path
    manifest: RunManifest
    rulebook: AssessmentRulebook

    @property
    def findings(self) -> Path:
        """The file of its findings."""
        return self.path / FINDINGS


def digest_of(rulebook: AssessmentRulebook) -> str:
    """Give the SHA-256 of a rulebook in its one spelling."""
    document = json.dumps(write_assessment_rulebook(rulebook), ensure_ascii=False, sort_keys=True)
    return sha256(document.encode()).hexdigest()


def read_rulebook(path: Path) -> AssessmentRulebook:
    """Read an assessment rulebook from JSON. Raises: UsageError, PublicationRefused."""
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise UsageError(
            f"the rulebook '{path}' cannot be read: {error.strerror}", next_step=_EXAMPLE_RULEBOOK
        ) from error
    except ValueError as error:
        raise UsageError(f"the rulebook '{path}' is no UTF-8 text", next_step=_EXAMPLE_RULEBOOK) from error
    try:
        document = json.loads(text)
    except ValueError as error:
        raise UsageError(
            f"the rulebook '{path}' is not JSON: {error}", next_step=_EXAMPLE_RULEBOOK
        ) from error
    if not isinstance(document, dict):
        raise UsageError(f"the rulebook '{path}' is JSON, but no object", next_step=_EXAMPLE_RULEBOOK)
    try:
        return read_assessment_rulebook(document)
    except PublicationRefused as refused:
        told = PublicationRefused(
            f"the rulebook '{path}'{_place_of_fault(document)}: {refused}",
            reason=refused.reason,
            clause=refused.clause,
        )
        told.next_step = "Correct the rulebook, or name the one the region published; then run again."
        raise told from refused


def _place_of_fault(document: Mapping[str, object]) -> str:
    """Name the first rule of a refused rulebook that is refused alone; nothing if none is."""
    rules = document.get("rules")
    for number, rule in enumerate(rules if isinstance(rules, list) else [], start=1):
        try:
            read_assessment_rulebook({**document, "rules": [rule]})
        except PublicationRefused:
            return f", rule {number} of {len(rules)}" if isinstance(rules, list) and len(rules) > 1 else ""
    return ""


def write_run(folder: Path, manifest: RunManifest, rulebook: AssessmentRulebook) -> None:
    """Write manifest and rulebook of a run into its unfinished folder, and make both durable."""
    write_json(folder / RULEBOOK, write_assessment_rulebook(rulebook))
    write_json(folder / MANIFEST, asdict(manifest))


def read_run(path: Path) -> Run:
    """Open a finished run. Raises: UsageError when there is none, EvidenceRefused when it is damaged."""
    if not (path / MANIFEST).is_file():
        raise UsageError(f"'{path}' is not the folder of a finished run")
    try:
        given = json.loads((path / MANIFEST).read_text(encoding="utf-8"))
        manifest = RunManifest(
            **given
            | {
                "state": RunState(given["state"]),
                "inputs": tuple(_input(each) for each in given["inputs"]),
                "partitions": tuple(
                    Partition(**each | {"faults": tuple(each["faults"])}) for each in given["partitions"]
                ),
                "counts": RunCounts(**given["counts"]),
                "unusual": tuple(Unusual(**each) for each in given["unusual"]),
            }
        )
        rulebook = read_rulebook(path / RULEBOOK)
    except (KeyError, TypeError, ValueError, PublicationRefused) as error:
        raise _damaged(path, MANIFEST) from error
    for name in (FINDINGS, CHANGES):
        if (path / name).is_file() and not _is_whole(path / name):
            raise _damaged(path, name)
    return Run(path=path, manifest=manifest, rulebook=rulebook)


def _damaged(path: Path, name: str) -> EvidenceRefused:
    return EvidenceRefused(
        f"the run in '{path}' is damaged, at {name}",
        next_step="Put the folder back from a copy; or run again without --previous, anew for all.",
    )


def _is_whole(path: Path) -> bool:
    """Say whether a Parquet file has its end; one that was cut off has none."""
    with path.open("rb") as file:
        file.seek(-min(len(_END), path.stat().st_size), os.SEEK_END)
        return file.read() == _END


def write_json(path: Path, document: Mapping[str, object]) -> None:
    """Write JSON whole or not at all."""
    beside = path.with_name(f"{path.name}.new")
    with beside.open("w", encoding="utf-8") as file:
        json.dump(document, file, ensure_ascii=False, indent=1)
        file.flush()
        os.fsync(file.fileno())
    beside.rename(path)


def _input(given: Mapping[str, object]) -> EvidenceFile:
    fields = dict(given)
    groups = fields.pop("row_groups")
    assert isinstance(groups, list)  # noqa: S101 - a TypeError of the manifest otherwise
    return EvidenceFile(**fields, row_groups=tuple(groups))  # type: ignore[arg-type]
