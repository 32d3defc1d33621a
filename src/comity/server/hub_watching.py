"""Watching the hub: whether it is ready to serve, and its counts (for monitors, not for people)."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict, Field

from comity.domain.instant import Instant, rfc3339
from comity.domain.region import NATION
from comity.errors import ComityError
from comity.hub.members import memberships
from comity.server.hub_node import HubNode, ServingHub
from comity.server.metrics import MEDIA_TYPE, metrics_text

router = APIRouter(tags=["operations"])


class HubReadiness(BaseModel):
    """Each part: `ok`, or what is wrong with it in plain words."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "status": "ready",
                    "at": "2026-03-19T08:00:00+08:00",
                    "members": 31,
                    "test": False,
                    "parts": {"records": "ok", "clock": "ok", "repository": "ok"},
                }
            ]
        }
    )

    status: str
    at: str | None
    members: int
    test: bool
    parts: Annotated[dict[str, str], Field(description="records, clock, repository")]


@router.get("/health/ready", summary="Whether the hub can serve", responses={503: {"model": HubReadiness}})
def ready(node: ServingHub, response: Response) -> HubReadiness:
    """Look at records, clock and repository; 503 when one of them is not as it must be."""
    at: Instant | None = None
    parts: dict[str, str] = {}
    try:
        at = node.clock()
        parts["clock"] = "ok"
    except ComityError as error:
        parts["clock"] = str(error)
    parts["records"], members = _records(node)
    parts["repository"] = _repository(node, at)
    is_ready = all(part == "ok" for part in parts.values())
    if not is_ready:
        response.status_code = 503
        response.headers["retry-after"] = "5"
    return HubReadiness(
        status="ready" if is_ready else "not ready",
        at=None if at is None else rfc3339(at),
        members=members,
        test=node.hub.is_test,
        parts=parts,
    )


@router.get("/metrics", summary="Counts for a monitor", response_class=Response)
def read_metrics() -> Response:
    """Give all counts in the Prometheus text format."""
    return Response(metrics_text(), media_type=MEDIA_TYPE)


def _records(node: HubNode) -> tuple[str, int]:
    try:
        with node.store.reading() as transaction:
            return "ok", len(memberships(transaction, node.hub).keys() - {NATION})
    except ComityError as error:
        return str(error), 0


def _repository(node: HubNode, at: Instant | None) -> str:
    try:
        state = node.opened.repository.state()
    except ComityError as error:
        return str(error)
    if at is not None and state.timestamp_expires <= at:
        return "the timestamp has expired; the timed duties do not run"
    return "ok"
