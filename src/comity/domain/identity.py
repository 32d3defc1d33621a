"""Identity documents: which kinds a region knows a person by, and what their numbers look like.

Resident ID numbers are checked by GB 11643 (division prefix, date of birth, check character by ISO/IEC 7064
MOD 11-2); the other kinds by their form alone, since no rule for their digits is published. A number is one
spelling: letters are capitals. No message repeats a number (settled rule 15), and the division in a number
says nothing about a pass (C2.5): it is looked at to tell a number from a slip of the pen, and to know which
region to ask about somebody whose home nobody has proved (settled rule 17).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from operator import mul
from typing import Final

from comity.domain.instant import Instant, rfc3339
from comity.domain.region import REGION_CODES, RegionCode, is_region
from comity.errors import InvalidInput

TEST_PREFIX: Final = "99"
"""No division begins so: numbers with it belong to nobody, and only test federations take them."""
RESIDENT_ID_LENGTH: Final = 18
MAX_NUMBER: Final = 18
LAST_CHARACTERS: Final = 4
EARLIEST_YEAR: Final = 1900

_MODULUS: Final = 11
_CHECK_CHARACTERS: Final = "10X98765432"
_WEIGHTS: Final = tuple(2**place % _MODULUS for place in range(RESIDENT_ID_LENGTH - 1, 0, -1))
_PREFIXES: Final = frozenset(code[:2] for code in REGION_CODES) | {"71", "81", "82", "83"}
"""GB/T 2260 (71, 81, 82 included); 83 is on residence permits for people of Taiwan, 81 and 82 on theirs."""


class DocumentKind(StrEnum):
    """Which document names the person."""

    RESIDENT_ID = "resident_id"
    PASSPORT = "passport"
    HONG_KONG_MACAO_PERMIT = "hong_kong_macao_permit"
    TAIWAN_PERMIT = "taiwan_permit"
    PERMANENT_RESIDENT_CARD = "permanent_resident_card"


_FORMS: Final = {
    DocumentKind.PASSPORT: (
        re.compile(r"(?:(?!CHN)(?:[A-Z]{3}|D)-)?(?=[A-Z]*[0-9])[A-Z0-9]{5,9}"),
        "a passport number has 5 to 9 letters and digits, after the issuing state and '-' unless it is CHN",
    ),
    DocumentKind.HONG_KONG_MACAO_PERMIT: (
        re.compile(r"[HM][0-9]{8}"),
        "the number of a Hong Kong or Macao permit is H or M and 8 digits",
    ),
    DocumentKind.TAIWAN_PERMIT: (re.compile(r"[0-9]{8}"), "the number of a Taiwan permit has 8 digits"),
    DocumentKind.PERMANENT_RESIDENT_CARD: (
        re.compile(r"[A-Z]{3}[0-9]{12}"),
        "the number of a permanent resident card is 3 letters of the state and 12 digits",
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentityDocument:
    """One document: its kind, and its number in its one spelling; made by `read_identity`."""

    kind: DocumentKind
    number: str = field(repr=False)

    @property
    def last4(self) -> str:
        """The last four characters, which stand on a pass."""
        return self.number[-LAST_CHARACTERS:]

    @property
    def registered_in(self) -> RegionCode | None:
        """The region that gave a resident ID number, not where somebody lives; None for other documents."""
        code = f"{self.number[:2]}0000"
        if self.kind is not DocumentKind.RESIDENT_ID or not is_region(code):
            return None
        return RegionCode(code)

    @property
    def is_test(self) -> bool:
        """Whether the number is one of those that belong to nobody."""
        return self.kind is DocumentKind.RESIDENT_ID and self.number.startswith(TEST_PREFIX)


def read_identity(
    kind: DocumentKind | str, number: str, *, at: Instant | None = None, allow_test: bool = False
) -> IdentityDocument:
    """Read kind and number of a document; `at` bounds the date of birth, `allow_test` takes the prefix 99.

    Raises: InvalidInput with the field `kind` or `number`; the message repeats neither.
    """
    try:
        known = DocumentKind(kind)
    except ValueError:
        kinds = ", ".join(DocumentKind)
        raise InvalidInput(f"this kind of document is not known; known are {kinds}", field="kind") from None
    spelled = _spelled(number)
    if known is DocumentKind.RESIDENT_ID:
        _check_resident_id(spelled, at=at, allow_test=allow_test)
        return IdentityDocument(kind=known, number=spelled)
    if known is DocumentKind.HONG_KONG_MACAO_PERMIT and len(spelled) == 11:
        spelled = _without_issues(spelled)
    elif known is DocumentKind.PASSPORT:
        spelled = spelled.removeprefix("CHN-")
    form, expected = _FORMS[known]
    if form.fullmatch(spelled) is None:
        raise _refused(expected)
    return IdentityDocument(kind=known, number=spelled)


def check_character(first: str) -> str:
    """Give the last character of a resident ID number from its first 17 digits (ISO/IEC 7064 MOD 11-2)."""
    total = sum(map(mul, map(int, first), _WEIGHTS))
    return _CHECK_CHARACTERS[total % _MODULUS]


def _spelled(number: str) -> str:
    if not number.isascii() or not 1 <= len(number) <= MAX_NUMBER:
        raise _refused(f"a number has 1 to {MAX_NUMBER} letters and digits, without spaces")
    return number.upper()


def _without_issues(number: str) -> str:
    """Leave out the two digits that count how often a Hong Kong or Macao permit was renewed."""
    return number[:-2] if number[-2:].isdigit() else number


def _check_resident_id(number: str, *, at: Instant | None, allow_test: bool) -> None:
    """Check by GB 11643.

    1. Seventeen digits and a digit or X.
    2. A prefix that some division has, or the one of tests where they are allowed.
    3. A date of birth that exists, not before 1900 and not after `at`.
    4. The check character.

    Raises: InvalidInput.
    """
    first, last = number[:-1], number[-1]
    if len(number) != RESIDENT_ID_LENGTH or not first.isdigit() or last not in _CHECK_CHARACTERS:  # 1
        raise _refused("a resident ID number has 17 digits, then a digit or X")
    is_test = first.startswith(TEST_PREFIX)
    if is_test and not allow_test:  # 2
        raise _refused(f"numbers beginning {TEST_PREFIX} are for tests, and this region is a real one")
    if not is_test and first[:2] not in _PREFIXES:
        raise _refused("a resident ID number begins with the code of a division")
    born = _born(first[6:14])  # 3
    if born is None or born.year < EARLIEST_YEAR or (at is not None and born > _day(at)):
        raise _refused("digits 7 to 14 of a resident ID number are a date of birth that has been")
    if check_character(first) != last:  # 4
        raise _refused("the last character of the resident ID number does not fit the others")


def _born(digits: str) -> date | None:
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return None


def _day(at: Instant) -> date:
    """Give the day of an instant in the legal time of the regions."""
    return date.fromisoformat(rfc3339(at)[:10])


def _refused(expected: str) -> InvalidInput:
    return InvalidInput(f"not a number of this kind of document: {expected}", field="number")
