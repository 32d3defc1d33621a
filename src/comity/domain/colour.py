"""Colours, the reasons a colour can have, and the three classes of pass.

Closed lists (interface section 4, settled rule 10): there is no reason that means "officer", and
nothing but green, yellow and red is a colour. The order of members is their number on the wire.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final


class Colour(StrEnum):
    """What a region says of a person's health risk (C2.2)."""

    GREEN = "green"
    YELLOW = "yellow"
    RED = "red"


class ColourReason(StrEnum):
    """Why a person is yellow or red: rule words of the assessment rulebook (interface section 4)."""

    CONFIRMED_CASE = "confirmed_case"
    SUSPECTED_CASE = "suspected_case"
    CLOSE_CONTACT = "close_contact"
    SYMPTOMS = "symptoms"
    RISK_AREA_STAY = "risk_area_stay"
    AREA_ARRIVAL = "area_arrival"


class PassClass(StrEnum):
    """How a pass is shown, inside the signature (design section 3)."""

    DEVICE = "device"
    ONLINE = "online"
    PAPER = "paper"


COLOURS: Final = tuple(Colour)
COLOUR_REASONS: Final = tuple(ColourReason)
PASS_CLASSES: Final = tuple(PassClass)

GREEN: Final = Colour.GREEN
DEVICE: Final = PassClass.DEVICE
ONLINE: Final = PassClass.ONLINE
PAPER: Final = PassClass.PAPER
"""The members that every verification compares with: a plain name costs a tenth of an enum look-up."""
