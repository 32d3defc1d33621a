"""Evidence for the bench: contact lists, brought in and released as officers do."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path

from comity.bootstrap.region import OpenRegion
from comity.cli.bench_node import add_officer, sample_document
from comity.domain.instant import HOUR, rfc3339
from comity.issuance.import_records import EvidenceImport, ImportKind, ImportState
from comity.issuance.import_release import apply_import, confirm_import, release_import
from comity.issuance.import_rows import COLUMNS
from comity.issuance.imports import ImportFile, prepare_import
from comity.storage.evidence_files import file_digest, read_rows


def import_contacts(region: OpenRegion, people: Sequence[int]) -> EvidenceImport:
    """Turn people of nobody yellow by a contact list of an hour ago."""
    return import_file(region, _written(region, people, region.folder.path / "contacts.csv"))


def import_file(region: OpenRegion, path: Path) -> EvidenceImport:
    """Bring a contact list in, release it by other officers, and assess everybody it touches."""
    issuer, kind = region.issuer, ImportKind.CONTACTS
    bringing, releasing, third = (add_officer(region) for _ in range(3))
    file = ImportFile(kind=kind, source_name="bench", digest=file_digest(path))
    prepared = prepare_import(issuer, bringing, file, read_rows(path, COLUMNS[kind]), at=region.clock())
    released = release_import(issuer, releasing, prepared.import_id, at=region.clock())
    if released.state is ImportState.HELD:
        released = confirm_import(issuer, third, released.import_id, at=region.clock())
    return apply_import(issuer, released.import_id, at=region.clock())


def write_contacts(path: Path, rows: Iterable[tuple[int, str]]) -> Path:
    """Write a contact list: the order of a person of nobody, and the time of the contact."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("document_kind", "document_number", "last_contact_at"))
        for order, contact in rows:
            document = sample_document(order)
            writer.writerow((document.kind, document.number, contact))
    return path


def _written(region: OpenRegion, people: Sequence[int], path: Path) -> Path:
    contact = rfc3339(region.clock() - HOUR)
    return write_contacts(path, ((order, contact) for order in people))
