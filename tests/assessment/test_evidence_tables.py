"""The evidence tables are documented column by column."""

from __future__ import annotations

import re

import pytest

from comity.assessment.evidence_tables import EVIDENCE_TABLES, EvidenceTable
from tests.architecture.source import document

RECORD = ("ref", "subject", "source")


@pytest.mark.parametrize("table", EVIDENCE_TABLES, ids=lambda table: table.name)
def test_the_data_dictionary_has_every_column_with_its_type_and_words(table: EvidenceTable) -> None:
    text = document("evidence-data.md")
    section = re.split(r"^###? ", text.split(f"\n### {table.name}\n")[1], flags=re.MULTILINE)[0]
    rows = dict(re.findall(r"^\| (\w+) \| (VARCHAR|BIGINT)", section, re.MULTILINE))

    told = [column for column in table.columns if not ("ref" in table.names and column.name in RECORD)]

    assert rows == {column.name: column.kind.sql_type for column in told}
    assert all(f"`{word}`" in section for column in told for word in column.words)
