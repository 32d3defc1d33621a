"""A pass office in memory for tests: Guangdong issues, with the keys of `builders` and people of nobody."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import sha256
from itertools import count
from pathlib import Path

from comity.issuance.issuer import Issuer, IssuerKeys
from comity.issuance.people import register_person
from comity.issuance.records import HolderKey
from comity.issuance.status_places import PlaceReserve
from comity.issuance.vault import Vault
from comity.records.ports import Store
from comity.records.sessions import SessionKind, begin_session
from comity.server.node import Node
from comity.storage.memory import MemoryStore
from comity.trust.keys import Usage
from tests.builders import AT, HOME, key, key_list, pass_entry
from tests.people import name, resident

LIST_SIZE = 1_000


def drawing(seed: str) -> Callable[[int], bytes]:
    """Bytes that look random and are the same in every run."""
    numbers = count()

    def draw(length: int) -> bytes:
        block = b"".join(sha256(f"{seed}/{next(numbers)}".encode()).digest() for _ in range(length // 32 + 1))
        return block[:length]

    return draw


def make_issuer(
    store: Store | None = None, *, seed: str = "region", list_size: int = LIST_SIZE, block: int = 16
) -> Issuer:
    """An issuer over a store: a new one in memory unless another is given."""
    draw = drawing(seed)
    return Issuer(
        region=HOME,
        is_test=True,
        keys=IssuerKeys(
            key_list=key_list(HOME),
            pass_entry=pass_entry(),
            passes=key(HOME, Usage.PASS),
            status=key(HOME, Usage.STATUS),
            statements=key(HOME, Usage.STATEMENT),
            bundles=key(HOME, Usage.BUNDLE),
        ),
        store=store or MemoryStore(),
        vault=Vault(keys={"v1": bytes(range(32))}, current="v1", finding=b"f" * 32, draw=draw),
        draw=draw,
        places=PlaceReserve(list_size=list_size, block=block),
    )


def add_holder(issuer: Issuer, order: int = 0, *, division: str = "440100") -> HolderKey:
    """Register the `order`-th person of nobody."""
    with issuer.store.transaction() as transaction:
        return register_person(transaction, issuer, resident(order), name(order), division, at=AT).holder


def add_holders(issuer: Issuer, how_many: int) -> list[HolderKey]:
    """Register so many people of nobody."""
    with issuer.store.transaction() as transaction:
        return [
            register_person(transaction, issuer, resident(order), name(order), "440100", at=AT).holder
            for order in range(how_many)
        ]


def sign_in(issuer: Issuer, holder: HolderKey, *, at: int = AT) -> dict[str, str]:
    """Begin a session and give the header of its requests."""
    with issuer.store.transaction() as transaction:
        token = begin_session(transaction, issuer, SessionKind.RESIDENT, holder, at=at)
    return {"authorization": f"Bearer {token}"}


class Clock:
    """A clock that stands until a test moves it."""

    def __init__(self, at: int = AT) -> None:
        self.at = at

    def __call__(self) -> int:
        return self.at


def make_node(issuer: Issuer, published: Path, clock: Callable[[], int] | None = None) -> Node:
    """A node over an issuer."""
    return Node(
        issuer=issuer,
        clock=clock or Clock(),
        published=published,
        public_url="https://node.example",
        is_demo=True,
    )
