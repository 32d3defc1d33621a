"""People who do not exist: names and identity numbers of nobody, for every test that needs some.

Every number begins 99, which no division does, and carries a right check character (GB 11643).
"""

from __future__ import annotations

from typing import Final

from comity.domain.identity import DocumentKind, IdentityDocument, check_character, read_identity

NAMES: Final = ("张伟", "李娜", "乌云其其格", "王芳", "巴特尔", "Zhang San·Smith", "刘洋", "陈静")


def resident_number(order: int, *, born: str = "19820617") -> str:
    """The number of the `order`-th person of nobody, 0 <= order < 10,000,000; a birthday has a thousand."""
    division, sequence = divmod(order, 1_000)
    first = f"99{division:04d}{born}{sequence:03d}"
    return first + check_character(first)


def resident(order: int, *, born: str = "19820617") -> IdentityDocument:
    """The document of that person."""
    return read_identity(DocumentKind.RESIDENT_ID, resident_number(order, born=born), allow_test=True)


def name(order: int) -> str:
    """A name for that person; names repeat, as they do."""
    return NAMES[order % len(NAMES)]
