"""The sample people of the demo: names and numbers of nobody, at home in Inner Mongolia and Guangdong.

Every number begins 99, which no division does, so that a real region refuses it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from comity.domain.identity import DocumentKind, IdentityDocument, check_character, read_identity


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoPerson:
    """One sample person, and where they live."""

    name: str
    document: IdentityDocument
    division: str


_ROWS: Final = (
    # name, date of birth, order, division
    ("乌云其其格", "19820617", "002", "150102"),
    ("巴特尔", "19750301", "015", "150602"),
    ("张伟", "19900812", "037", "150203"),
    ("李秀英", "19460105", "024", "150402"),
    ("王芳", "19961123", "046", "152201"),
    ("陈静", "20120601", "068", "150102"),
    ("黄志强", "19880225", "011", "440100"),
    ("梁婉仪", "19930914", "022", "440300"),
    ("何建国", "19501001", "033", "440600"),
    ("吴晓敏", "19991219", "044", "441900"),
    ("林子轩", "20140320", "055", "440100"),
    ("周海燕", "19840707", "066", "440400"),
)


def demo_people() -> tuple[DemoPerson, ...]:
    """Give the sample people, always the same."""
    return tuple(
        DemoPerson(name=name, document=_document(f"990000{born}{order}"), division=division)
        for name, born, order, division in _ROWS
    )


def _document(first: str) -> IdentityDocument:
    return read_identity(DocumentKind.RESIDENT_ID, first + check_character(first), allow_test=True)
