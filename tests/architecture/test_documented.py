"""What a user may meet is documented: every error code, every reason code, every setting."""

from __future__ import annotations

import re
from typing import TypeGuard

import comity.errors
from comity.domain.decision import ReasonCode
from comity.errors import ComityError
from tests.architecture.source import ROOT, document, source_files


def test_every_error_code_is_in_docs_errors() -> None:
    text = document("errors.md")
    codes = {kind.code for kind in vars(comity.errors).values() if _is_error(kind)}

    missing = sorted(code for code in codes if f"`{code}`" not in text)

    assert not missing, f"docs/errors.md does not explain: {missing}"


def test_every_error_has_a_code_of_its_own() -> None:
    kinds = [kind for kind in vars(comity.errors).values() if _is_error(kind)]

    assert len({kind.code for kind in kinds}) == len(kinds)


def test_every_error_of_the_tree_stands_in_the_drawing_of_its_docstring() -> None:
    drawing = comity.errors.__doc__ or ""

    missing = [name for name, kind in vars(comity.errors).items() if _is_error(kind) and name not in drawing]

    assert not missing


def test_errors_are_defined_nowhere_else() -> None:
    elsewhere = [
        f"{file.path}:{kind.lineno} {kind.name}"
        for file in source_files()
        if file.path != "src/comity/errors.py"
        for kind in file.classes()
        if kind.name.endswith(("Error", "Exception"))
    ]

    assert not elsewhere


def test_every_reason_code_is_in_docs_verification_steps() -> None:
    text = document("verification-steps.md")

    missing = [code.value for code in ReasonCode if f"`{code.value}`" not in text]

    assert not missing, f"docs/verification-steps.md does not explain: {missing}"


def test_every_setting_is_in_docs_settings() -> None:
    text = document("settings.md")
    places = [ROOT / "tests" / "conftest.py", ROOT / ".ci" / "run", ROOT / "Makefile"]
    texts = [file.text for file in source_files()] + [place.read_text(encoding="utf-8") for place in places]
    names = {name for t in texts for name in re.findall(r"\bCOMITY_[A-Z][A-Z0-9_]*", t)}

    missing = sorted(name for name in names if f"`{name}`" not in text)

    assert not missing, f"docs/settings.md does not explain: {missing}"


def _is_error(kind: object) -> TypeGuard[type[ComityError]]:
    return isinstance(kind, type) and issubclass(kind, ComityError)
