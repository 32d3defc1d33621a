"""Watching any node: whether its process lives (for monitors, not for people)."""

from __future__ import annotations

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict

router = APIRouter(tags=["operations"])


class Liveness(BaseModel):
    """The process answers."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"status": "live"}]})

    status: str = "live"


@router.get("/health/live", summary="Whether the process answers")
async def live() -> Liveness:
    """Say that the process answers; nothing else is looked at."""
    return Liveness()
