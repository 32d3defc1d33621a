"""Texts and times as HTTP writes and reads them: always Chinese and English, always with an offset."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from comity.domain.instant import Instant, instant_of, rfc3339
from comity.domain.texts import Text
from comity.errors import InvalidInput

Moment = Annotated[
    AwareDatetime, Field(description="RFC 3339 with offset", examples=["2020-03-20T12:00:00+08:00"])
]
HolderName = Annotated[
    str,
    Field(
        pattern=r"^[0-9a-f]{32}$",
        description="a dependant's holder key; left out, it is who is signed in",
        examples=["0123456789abcdef0123456789abcdef"],
    ),
]


class Words(BaseModel):
    """The same words in simplified Chinese and in English."""

    model_config = ConfigDict(extra="forbid")

    zh: str = Field(examples=["密切接触者：黄码，自最后接触起14天"])
    en: str = Field(examples=["Close contact: yellow for 14 days from the last contact"])


def words(text: Text) -> Words:
    """Write a text."""
    return Words(zh=text.zh, en=text.en)


def instant(moment: datetime, field: str) -> Instant:
    """Read a time. Raises: InvalidInput outside the years 1970 to 9998."""
    try:
        return instant_of(moment)
    except ValueError as error:
        raise InvalidInput(f"{field}: {error}", field=field) from error


def moment(at: Instant | None) -> str | None:
    """Write a time, where there is one."""
    return None if at is None else rfc3339(at)
