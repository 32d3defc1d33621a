"""The checksum of a run: what it is, and that neither order nor engine changes it."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

import duckdb

from comity.assessment.duckdb_engine import EngineBounds, duckdb_engine
from comity.assessment.run_counts import sum_up

ROWS = [("甲", 1, None), ("b\0c", -5, "x"), ("b", 7, "c"), ("b", 7, "c"), ("", 0, "None")]


def test_the_checksum_counts_the_rows_and_adds_up_the_sha_256_of_each(tmp_path: Path) -> None:
    path = tmp_path / "rows.parquet"
    with duckdb.connect(":memory:") as connection:
        connection.execute("CREATE TABLE t (a VARCHAR, n BIGINT, b VARCHAR)")
        connection.executemany("INSERT INTO t VALUES (?, ?, ?)", ROWS)
        connection.execute(f"COPY t TO '{path}' (FORMAT parquet)")

    with duckdb_engine(EngineBounds(memory_gib=0.5, threads=1, spill=tmp_path / "spill")) as engine:
        whole = sum_up(engine, f"read_parquet('{path}')", ("a", "n", "b"))
        turned = sum_up(engine, f"(SELECT * FROM read_parquet('{path}') ORDER BY n DESC)", ("a", "n", "b"))
        less = sum_up(engine, f"(SELECT DISTINCT * FROM read_parquet('{path}'))", ("a", "n", "b"))

    hashes = [sha256("\0".join(map(str, row)).encode()).digest() for row in ROWS]
    total = sum(int.from_bytes(digest, "big") for digest in hashes) % 2**256
    assert whole == turned == f"{len(ROWS)}-{total:064x}"
    assert less != whole
