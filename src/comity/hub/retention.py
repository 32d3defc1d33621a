"""Retention at the hub: which of its records stay, and why (settled rule 15, docs/retention.md).

The hub keeps nothing about residents; what it keeps is public word of regions and acts of its officers.
"""

from __future__ import annotations

from typing import Final

from comity.hub.membership import MembershipProposal
from comity.hub.membership_applications import MembershipApplication
from comity.hub.publication_intents import PublicationIntent
from comity.hub.statements import AcceptedStatement
from comity.records.ports import Record

KEPT: Final[dict[type[Record], str]] = {
    AcceptedStatement: "what regions, authority and hub signed in public, with its history",
    MembershipApplication: "under which root a region asked to take part, and who asked for it",
    PublicationIntent: "a publication about to be ordered, in public; ends once the repository has it",
    MembershipProposal: "which officers let a region take part, or end it, and why",
}
"""What no clock ends; none of it tells of a person."""
