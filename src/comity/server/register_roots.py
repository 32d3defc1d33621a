"""The roots of the hub's repository in the public register: who may order it, and every time that changed.

Each root is read from the file that clients follow, and held against the one before it; what does not hold is
said. An auditor finds here that a root was rotated, whose keys came and went, and the signed file itself.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import TypeAlias

from pydantic import BaseModel, Field
from tuf.api.metadata import Root

from comity.distribution.metadata import expires_at
from comity.distribution.repository_folder import RepositoryFolder
from comity.distribution.root import RootKeys, check_next_root, read_request, read_root, root_keys
from comity.domain.instant import Instant
from comity.errors import ComityError, FormatError
from comity.server.register_json import Stamp
from comity.server.words import moment

FindRoots: TypeAlias = Callable[[], tuple[bytes, ...]]
"""Finds the files of all roots, the first one first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RootChange:
    """One root: whom it names, what it changed, and whether enough keyholders of both signed it."""

    version: int
    holds: bool
    threshold: int
    keyholders: tuple[str, ...]
    came: tuple[str, ...]
    went: tuple[str, ...]
    is_ordering_new: bool
    expires: Instant
    digest: str

    @property
    def url(self) -> str:
        """Where the file is, as signed."""
        return f"/repository/metadata/{self.version}.root.json"


class RootView(BaseModel):
    """One root of the repository; keyholders by key id, as `comity hub root show` tells them."""

    version: int
    holds: bool = Field(description="signed by enough keyholders of this root and of the one before")
    threshold: int = Field(description="how many keyholders must sign", examples=[3])
    keyholders: list[str] = Field(examples=[["8f14e45f" * 8]])
    came: list[str] = Field(description="keyholders that the root before did not name")
    went: list[str] = Field(description="keyholders that it names no more")
    is_ordering_new: bool = Field(description="the hub's ordering keys are others than before")
    expires: str
    digest: str = Field(examples=["8f14e45f" * 8])
    url: str = Field(examples=["/repository/metadata/1.root.json"])


class RootsAnswer(BaseModel):
    """Every root of the repository, the newest first."""

    stamp: Stamp
    roots: list[RootView]


def roots_in(folder: Path) -> FindRoots:
    """Give the roots of a repository's folder, as often as they are asked for."""
    repository = RepositoryFolder(folder)

    def find() -> tuple[bytes, ...]:
        newest = repository.newest_root()
        return tuple(repository.read_metadata(Root.type, version) for version in range(1, newest + 1))

    return find


@lru_cache(maxsize=4)
def root_changes(files: tuple[bytes, ...]) -> tuple[RootChange, ...]:
    """Tell every root and what it changed, the newest first."""
    changes: list[RootChange] = []
    before: Root | None = None
    for data in files:
        try:
            root = read_request(data)
            changes.append(_change(data, root, before))
        except (ComityError, FormatError, KeyError):
            continue
        before = root
    return tuple(reversed(changes))


def _change(data: bytes, root: Root, before: Root | None) -> RootChange:
    keys, known = root_keys(root), None if before is None else root_keys(before)
    named, named_before = _keyholders(root), () if before is None else _keyholders(before)
    return RootChange(
        version=root.version,
        holds=_holds(data, before),
        threshold=keys.threshold,
        keyholders=named,
        came=() if known is None else tuple(each for each in named if each not in named_before),
        went=tuple(each for each in named_before if each not in named),
        is_ordering_new=known is not None and _ordering(keys) != _ordering(known),
        expires=expires_at(root),
        digest=sha256(data).hexdigest(),
    )


def _holds(data: bytes, before: Root | None) -> bool:
    try:
        if before is None:
            read_root(data)
        else:
            check_next_root(data, before)
    except ComityError:
        return False
    return True


def _keyholders(root: Root) -> tuple[str, ...]:
    return tuple(root.roles[Root.type].keyids)


def _ordering(keys: RootKeys) -> tuple[bytes, ...]:
    return tuple(key.thumbprint for key in (keys.targets, keys.snapshot, keys.timestamp))


def root_view(change: RootChange) -> RootView:
    """Write a root."""
    return RootView(
        version=change.version,
        holds=change.holds,
        threshold=change.threshold,
        keyholders=list(change.keyholders),
        came=list(change.came),
        went=list(change.went),
        is_ordering_new=change.is_ordering_new,
        expires=moment(change.expires) or "",
        digest=change.digest,
        url=change.url,
    )
