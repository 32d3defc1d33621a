"""Who asks: the bearer token of a request turned into a resident or an officer, as FastAPI dependencies."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Annotated, cast

from fastapi import Depends, Request

from comity.errors import NotSignedIn
from comity.issuance.records import HolderKey
from comity.officers.officers import Officer, require
from comity.officers.permissions import Permission
from comity.records.sessions import SessionKind, get_session
from comity.server.node import KeeperNode, Node


async def node_of(request: Request) -> Node:
    """Give the node that serves this request; without `async` it would cost a thread for each."""
    node = request.app.state.node
    assert isinstance(node, Node)  # noqa: S101 - set when the app is made
    return node


ServingNode = Annotated[Node, Depends(node_of)]


async def keeper_node_of(request: Request) -> KeeperNode:
    """Give the node that serves this request, a region or the hub."""
    return cast("KeeperNode", request.app.state.node)  # set when the app is made


KeepingNode = Annotated[KeeperNode, Depends(keeper_node_of)]


def bearer(request: Request) -> str:
    """Give the bearer token (RFC 6750). Raises: NotSignedIn."""
    return bearer_in(request.headers.get("authorization", ""))


def bearer_in(said: str) -> str:
    """Give the bearer token of a header `Authorization`. Raises: NotSignedIn."""
    scheme, _, token = said.partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise NotSignedIn("no session token was sent", next_step="Send 'Authorization: Bearer TOKEN'.")
    return token.strip()


def resident(request: Request, node: ServingNode) -> HolderKey:
    """Give the resident who is signed in. Raises: NotSignedIn."""
    return resident_of(node, bearer(request))


def resident_of(node: Node, token: str) -> HolderKey:
    """Give the resident of a session. Raises: NotSignedIn."""
    with node.store.reading() as transaction:
        session = get_session(transaction, token, SessionKind.RESIDENT, at=node.clock())
    return HolderKey(session.who)


Resident = Annotated[HolderKey, Depends(resident)]


def officer(request: Request, node: KeepingNode) -> Officer:
    """Give the officer who is signed in. Raises: NotSignedIn."""
    with node.store.reading() as transaction:
        session = get_session(transaction, bearer(request), SessionKind.OFFICER, at=node.clock())
        found = transaction.of(Officer).find(session.who)
    if found is None or not found.is_active:
        raise NotSignedIn("this account is closed")
    return found


SignedInOfficer = Annotated[Officer, Depends(officer)]


def permitted(permission: Permission) -> Callable[[Officer], Awaitable[Officer]]:
    """Make the dependency of a route that needs a permission; the route itself checks the division.

    It carries its `permission`, so that the authorisation matrix can be read off the routes.
    """

    async def check(signed_in: SignedInOfficer) -> Officer:
        require(signed_in, permission)
        return signed_in

    check.permission = permission  # type: ignore[attr-defined]
    return check
