"""The audit over HTTP: read page by page by a supervisor of the whole region, or of the hub.

Rows hold no names and no numbers of documents. Whether the chain holds is `comity region audit verify`.
"""

from __future__ import annotations

import json
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel

from comity.domain.instant import rfc3339
from comity.officers.officers import Officer, require
from comity.officers.permissions import Permission
from comity.records.audit import AUDIT_LANES, read_audit
from comity.records.audit_records import AuditRow
from comity.server.access import KeepingNode, permitted

router = APIRouter(tags=["audit"])
Reading = Annotated[Officer, Depends(permitted(Permission.READ_AUDIT))]


class AuditRowAnswer(BaseModel):
    """One act; `place` orders the rows, `chained` is its chain value in hexadecimal digits."""

    place: int
    lane: int
    at: str
    actor: str
    act: str
    subject: str
    detail: dict[str, str | int | bool | None]
    chained: str


class AuditPage(BaseModel):
    """Some rows; ask with `after` = `next_after` for more, until it is null."""

    rows: list[AuditRowAnswer]
    next_after: int | None


@router.get("/supervision/audit", summary="Read the audit")
def read_page(
    node: KeepingNode,
    officer: Reading,
    after: Annotated[int, Query(ge=-1, le=2**62, description="The place of the last row seen.")] = -1,
    limit: Annotated[int, Query(ge=1, le=1_000)] = 100,
) -> AuditPage:
    """In order of place; lanes alternate. For supervisors of the whole region."""
    require(officer, Permission.READ_AUDIT, division=node.keeper.division)
    with node.store.reading() as transaction:
        rows = read_audit(transaction, after=after, limit=limit)
    next_after = rows[-1].place if len(rows) == limit else None
    return AuditPage(rows=[_row(row) for row in rows], next_after=next_after)


def _row(row: AuditRow) -> AuditRowAnswer:
    return AuditRowAnswer(
        place=row.place,
        lane=row.place % AUDIT_LANES,
        at=rfc3339(row.at),
        actor=row.actor,
        act=row.act,
        subject=row.subject,
        detail=json.loads(row.detail),
        chained=row.chained.hex(),
    )
