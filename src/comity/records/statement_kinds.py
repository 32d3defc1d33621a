"""The kinds of signed statements that are kept, by regions and by the hub; their numbers are in trust."""

from __future__ import annotations

from enum import StrEnum


class StatementKind(StrEnum):
    """What is kept: the hub's root key (as pinned), and the kinds of signed statements."""

    HUB = "hub"
    MEMBERSHIP = "membership"
    KEY_LIST = "key_list"
    LOCATION = "location"
    RECOGNITION_STEP = "recognition_step"
    RECOGNITION = "recognition"
    REFERRAL = "referral"
    RULEBOOK = "rulebook"
    NATIONAL_AUTHORITY = "national_authority"
    NATIONAL_RULEBOOK = "national_rulebook"
