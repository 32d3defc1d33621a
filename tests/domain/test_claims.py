"""The claims of a pass: how a name is masked, and that there is no place for more of a person."""

from __future__ import annotations

import pytest

from comity.domain.claims import PassClaims, masked

MASKED = [
    ("张三", "张*"),
    ("乌兰图雅", "乌***"),
    ("王", "王"),
    ("欧阳娜娜", "欧***"),
    ("阿不都热依木·买买提", "阿***"),
    ("Li", "L*"),
    ("𠮷田", "𠮷*"),
]


@pytest.mark.parametrize(("name", "expected"), MASKED)
def test_a_name_keeps_its_first_character_and_at_most_three_stars(name: str, expected: str) -> None:
    assert masked(name) == expected


def test_an_empty_name_is_misuse() -> None:
    with pytest.raises(ValueError, match="name"):
        masked("")


def test_c2_5_a_pass_has_no_place_for_an_id_number_address_telephone_or_document() -> None:
    assert set(PassClaims.__annotations__) == {
        "issuer",
        "pass_id",
        "issued_at",
        "expires_at",
        "colour",
        "pass_class",
        "masked_name",
        "id_last4",
        "device_key",
        "status",
        "reason",
        "basis",
        "until",
        "origin",
        "area",
        "is_guardian_held",
    }
