"""The hub being served: what every route of it works with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, TypeAlias

from fastapi import Depends, Request

from comity.bootstrap.hub import OpenHub
from comity.domain.instant import Instant
from comity.hub.conversion import NationalIssuer
from comity.hub.hub import Hub
from comity.records.ports import Keeper, Store, Transaction

FindIssuer: TypeAlias = Callable[[Transaction], NationalIssuer | None]
"""Finds who converts now, by the records."""


def converts_nothing(transaction: Transaction) -> NationalIssuer | None:
    """Stand where there is no national code."""
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class HubNode:
    """One hub: its data opened, and the national code where it converts; a `KeeperNode` like a region's."""

    opened: OpenHub
    nation: FindIssuer = converts_nothing

    @property
    def name(self) -> str:
        """What it is called where a region would have its code."""
        return "hub"

    @property
    def hub(self) -> Hub:
        """The hub as the one who signs memberships and keeps what it accepted."""
        return self.opened.hub

    @property
    def keeper(self) -> Keeper:
        """Whose records these are."""
        return self.opened.hub

    @property
    def store(self) -> Store:
        """The records."""
        return self.opened.hub.store

    @property
    def clock(self) -> Callable[[], Instant]:
        """Read the clock."""
        return self.opened.clock

    @property
    def public_url(self) -> str:
        """Where people reach it, without a slash at the end."""
        return self.opened.settings.url

    @property
    def published(self) -> Path:
        """The folder of the repository."""
        return self.opened.folder.repository


async def hub_node_of(request: Request) -> HubNode:
    """Give the hub that serves this request."""
    node = request.app.state.node
    assert isinstance(node, HubNode)  # noqa: S101 - set when the app is made
    return node


ServingHub = Annotated[HubNode, Depends(hub_node_of)]
