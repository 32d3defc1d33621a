"""Watching a region node: whether it is ready to serve, and its counts (for monitors, not for people)."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict, Field

from comity.domain.instant import HOUR, Instant, rfc3339
from comity.errors import ComityError
from comity.issuance.hub_state import find_hub_state
from comity.issuance.set_aside import count_set_aside
from comity.issuance.statements import find_newest
from comity.records.published_files import ANCHOR_FILE, BUNDLE_FILE
from comity.records.statement_kinds import StatementKind
from comity.server.access import ServingNode
from comity.server.metrics import MEDIA_TYPE, metrics_text
from comity.server.node import Node

router = APIRouter(tags=["operations"])

FRESH: Final = 2 * HOUR
"""Seconds a published bundle may be old while the node counts as ready: twice the hour it is made in."""


class Readiness(BaseModel):
    """Each part: `ok`, or what is wrong with it in plain words."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "status": "ready",
                    "at": "2026-03-19T08:00:00+08:00",
                    "region": "150000",
                    "test": False,
                    "parts": {"records": "ok", "clock": "ok", "keys": "ok", "published": "ok"},
                }
            ]
        }
    )

    status: str
    at: str | None
    region: str
    test: bool
    parts: Annotated[dict[str, str], Field(description="records, clock, keys, published; hub is told only")]


@router.get("/health/ready", summary="Whether the node can serve", responses={503: {"model": Readiness}})
def ready(node: ServingNode, response: Response) -> Readiness:
    """Look at records, clock, keys and published files; 503 when one of them is not as it must be."""
    at: Instant | None = None
    parts: dict[str, str] = {}
    try:
        at = node.clock()
        parts["clock"] = "ok"
    except ComityError as error:
        parts["clock"] = str(error)
    parts["records"], is_member = _records(node)
    parts["keys"] = _keys(node, at)
    parts["published"] = _published(node) if is_member else "ok"
    is_ready = all(part == "ok" for part in parts.values())
    parts |= _hub(node)  # told, and no reason to send people elsewhere: a gate needs no hub
    if not is_ready:
        response.status_code = 503
        response.headers["retry-after"] = "5"
    return Readiness(
        status="ready" if is_ready else "not ready",
        at=None if at is None else rfc3339(at),
        region=node.issuer.region,
        test=node.issuer.is_test,
        parts=parts,
    )


@router.get("/metrics", summary="Counts for a monitor", response_class=Response)
def read_metrics(node: ServingNode) -> Response:
    """Give all counts in the Prometheus text format."""
    return Response(metrics_text() + _set_aside(node), media_type=MEDIA_TYPE)


def _set_aside(node: Node) -> bytes:
    """Count the people whose records cannot be assessed; nothing while the records are out of reach."""
    try:
        count = count_set_aside(node.store)
    except ComityError:
        return b""
    name = "comity_people_set_aside"
    return f"# HELP {name} People without a colour now.\n# TYPE {name} gauge\n{name} {count}\n".encode()


def _records(node: Node) -> tuple[str, bool]:
    try:
        with node.store.reading() as transaction:
            own = find_newest(transaction, StatementKind.MEMBERSHIP, node.issuer.region)
    except ComityError as error:
        return str(error), False
    return "ok", own is not None


def _hub(node: Node) -> dict[str, str]:
    """Tell how the node stands with its hub, where it has ever fetched from one."""
    try:
        with node.store.reading() as transaction:
            state = find_hub_state(transaction)
    except ComityError:
        return {}
    if state is None:
        return {}
    return {"hub": state.warning or f"ok, as of {rfc3339(state.as_of)}"}


def _keys(node: Node, at: Instant | None) -> str:
    entry = node.issuer.keys.pass_entry
    if at is not None and (not entry.may_sign_at(at) or entry.is_revoked(at)):
        return "the pass key is out of its window, and the key list names no other; plan a key"
    return "ok"


def _published(node: Node) -> str:
    """Look whether the bundle was made lately, by the clock that also dates files."""
    import time

    for name in (BUNDLE_FILE, ANCHOR_FILE):
        try:
            age = time.time() - (node.published / name).stat().st_mtime
        except OSError:
            return f"{name} is not published"
        if age > FRESH:
            return f"{name} is {int(age)} seconds old; the timed duties do not run"
    return "ok"
