"""How the subjects of an assessment run are found among the people of a region.

Evidence is delivered under the keyed hash that the node itself finds people by, so that the subject is the
key, and nobody who lacks the finding key can make one. Invented regions have subjects of their own: a TEST
list says whose documents they stand for. Nobody is found by name, and nobody is made.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Protocol

from comity.issuance.records import HolderKey

_KEY: Final = re.compile(r"[0-9a-f]{32}")


class SubjectKeys(Protocol):
    """The port: the same subject has the same key every time, and no two subjects have one key."""

    def find_holder(self, subject: str) -> HolderKey | None:
        """Find the key of a subject; None for one that is no key of this region."""


@dataclass(frozen=True, slots=True)
class RegionSubjects:
    """Subjects are the node's own keys: 32 hexadecimal digits (`issuance.vault`)."""

    def find_holder(self, subject: str) -> HolderKey | None:
        """Take the subject for the key it is."""
        return HolderKey(subject) if _KEY.fullmatch(subject) else None


@dataclass(frozen=True, slots=True)
class DemoSubjects:
    """TEST: subjects of an invented region, each with the key of the document it stands for."""

    keys: Mapping[str, HolderKey]

    def find_holder(self, subject: str) -> HolderKey | None:
        """Look the subject up."""
        return self.keys.get(subject)
