"""Evidence imports over HTTP: an officer brings a file, others look at its effect and release it (rule 10).

The file is the body itself, CSV or Parquet, told apart by its content. What an import would do is told before
it counts; larger files than the body bound are brought with `comity region import-evidence`.
"""

from __future__ import annotations

import tempfile
from pathlib import Path as FilePath
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from pydantic import BaseModel, Field
from starlette.concurrency import run_in_threadpool

from comity.domain.instant import rfc3339
from comity.issuance.import_records import EvidenceImport, ImportKind, ImportState
from comity.issuance.import_release import (
    apply_import,
    confirm_import,
    get_import,
    reject_import,
    release_import,
)
from comity.issuance.import_rows import COLUMNS, columns_of
from comity.issuance.imports import ImportFile, prepare_import
from comity.officers.officers import Officer, require
from comity.officers.permissions import Permission
from comity.server.access import ServingNode, permitted
from comity.server.node import Node
from comity.server.words import moment
from comity.storage.evidence_files import file_digest, read_rows

router = APIRouter(prefix="/evidence-imports", tags=["evidence imports"])

AT_ONCE: Final = 3
"""Batches of people assessed before the answer; a timed duty does the rest."""
SHOWN: Final = 50
_CSV: Final = "text/csv; charset=utf-8"


Bringing = Annotated[Officer, Depends(permitted(Permission.IMPORT_EVIDENCE))]
Releasing = Annotated[Officer, Depends(permitted(Permission.CONFIRM_ASSIGNMENT))]
Following = Annotated[Officer, Depends(permitted(Permission.FOLLOW_IMPORTS))]
ImportId = Annotated[str, Path(min_length=1, max_length=64, examples=["8f14e45fceea167a5a36dedd4bea2543"])]


class ImportView(BaseModel):
    """An import: what the file held, and what it does to colours."""

    import_id: str
    kind: ImportKind
    source: str = Field(examples=["hohhot-cdc"])
    digest: str = Field(description="SHA-256 of the file")
    state: ImportState = Field(
        description="prepared: waits for a second officer; held: for a third; released and "
        "assessing: counts, people are being assessed; done; rejected: nothing of it is kept"
    )
    began_at: str
    released_at: str | None
    imported_by: str
    released_by: str | None
    confirmed_by: str | None
    rows: int
    good_rows: int
    new_rows: int = Field(description="good rows that were not on record yet")
    bad_rows: int = Field(description="rows of the file that /bad-rows gives with line and reason")
    affected: int = Field(description="people for whom a new row makes a difference, now or later")
    turns: int = Field(description="people it turns yellow or red")
    clears: int = Field(description="people it turns green")


_FILE: Final = {
    "requestBody": {
        "required": True,
        "description": "The file: the columns of its kind in the first line, UTF-8. "
        + "; ".join(f"{kind}: {', '.join(columns)}" for kind, columns in COLUMNS.items()),
        "content": {
            "text/csv": {
                "schema": {"type": "string"},
                "example": "document_kind,document_number,last_contact_at\r\n"
                "resident_id,990000198206170001,2020-03-19T08:00:00+08:00\r\n",
            },
            "application/vnd.apache.parquet": {"schema": {"type": "string", "format": "binary"}},
        },
    }
}


@router.post("", status_code=201, summary="Bring a file of evidence", openapi_extra=_FILE)
async def bring(
    request: Request,
    officer: Bringing,
    node: ServingNode,
    kind: Annotated[ImportKind, Query(description="what the file holds")],
    source: Annotated[str, Query(min_length=1, max_length=60, examples=["hohhot-cdc"])],
    accept_good_rows: Annotated[bool, Query(description="take good rows beside bad ones")] = False,
) -> ImportView:
    """Load a file and tell its effect; nothing counts before other officers release it."""
    with tempfile.TemporaryDirectory(prefix="comity-import-") as folder:
        path = FilePath(folder) / "evidence"
        with path.open("wb") as file:
            async for block in request.stream():
                await run_in_threadpool(file.write, block)
        prepared = await run_in_threadpool(
            _prepare, node, officer, path, kind=kind, source=source, accepts_good_rows=accept_good_rows
        )
    return _view(prepared)


def _prepare(
    node: Node, officer: Officer, path: FilePath, *, kind: ImportKind, source: str, accepts_good_rows: bool
) -> EvidenceImport:
    columns = columns_of(kind)
    file = ImportFile(
        kind=kind, source_name=source, digest=file_digest(path), accepts_good_rows=accepts_good_rows
    )
    return prepare_import(node.issuer, officer, file, read_rows(path, columns), at=node.clock())


@router.get("", summary="List imports")
def read_all(officer: Following, node: ServingNode) -> list[ImportView]:
    """List the newest imports, newest first."""
    require(officer, Permission.FOLLOW_IMPORTS, division=node.issuer.region)
    with node.store.reading() as transaction:
        imports = transaction.of(EvidenceImport).select(order=("began_at",), newest_first=True, limit=SHOWN)
    return [_view(each) for each in imports]


@router.get("/{import_id}", summary="Read one import")
def read_one(import_id: ImportId, officer: Following, node: ServingNode) -> ImportView:
    """Give an import, with its effect."""
    return _view(_get(node, officer, import_id))


@router.get(
    "/{import_id}/bad-rows",
    summary="Read the bad rows of an import",
    response_class=Response,
    responses={
        200: {
            "description": "line and reason, one row a line",
            "content": {
                "text/csv": {
                    "schema": {"type": "string"},
                    "example": "line,reason\r\n3,area ...",
                }
            },
        }
    },
)
def read_bad_rows(import_id: ImportId, officer: Following, node: ServingNode) -> Response:
    """Give the first 10,000 rows that could not be taken: the line in the file and the reason."""
    found = _get(node, officer, import_id)
    return Response(
        found.bad_rows or "line,reason\r\n",
        media_type=_CSV,
        headers={"content-disposition": 'attachment; filename="bad-rows.csv"'},
    )


@router.post("/{import_id}/release", summary="Release an import as second officer")
def release(import_id: ImportId, officer: Releasing, node: ServingNode) -> ImportView:
    """Release a prepared import; more than 20 people turned in an hour hold it for a third officer."""
    released = release_import(node.issuer, officer, import_id, at=node.clock())
    return _applied(node, released)


@router.post("/{import_id}/confirmation", summary="Release a held import as third officer")
def confirm(import_id: ImportId, officer: Releasing, node: ServingNode) -> ImportView:
    """Release an import that was held because it turns many people."""
    return _applied(node, confirm_import(node.issuer, officer, import_id, at=node.clock()))


@router.post("/{import_id}/rejection", summary="Reject an import")
def reject(import_id: ImportId, officer: Following, node: ServingNode) -> ImportView:
    """Reject an import that waits, or take back the own; nothing of it is kept."""
    return _view(reject_import(node.issuer, officer, import_id, at=node.clock()))


def _get(node: Node, officer: Officer, import_id: str) -> EvidenceImport:
    require(officer, Permission.FOLLOW_IMPORTS, division=node.issuer.region)
    with node.store.reading() as transaction:
        return get_import(transaction, import_id)


def _applied(node: Node, given: EvidenceImport) -> ImportView:
    """Assess the first people before answering."""
    if given.state is ImportState.RELEASED:
        given = apply_import(node.issuer, given.import_id, at=node.clock(), batches=AT_ONCE)
    return _view(given)


def _view(given: EvidenceImport) -> ImportView:
    return ImportView(
        import_id=given.import_id,
        kind=given.kind,
        source=given.source_name,
        digest=given.digest,
        state=given.state,
        began_at=rfc3339(given.began_at),
        released_at=moment(given.released_at),
        imported_by=given.imported_by,
        released_by=given.released_by,
        confirmed_by=given.confirmed_by,
        rows=given.rows,
        good_rows=given.good_rows,
        new_rows=given.new_rows,
        bad_rows=given.bad_count,
        affected=given.affected,
        turns=given.turns,
        clears=given.clears,
    )
