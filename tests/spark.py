"""Apache Spark for tests: half a GB and Java, so that it is not there unless asked for (`make spark`)."""

from __future__ import annotations

from typing import Final

import pytest

from comity.assessment.spark_engine import spark_is_here

SPARK_MISSING: Final = "the tests of Spark; `make spark` brings it (half a GB; needs Java 17 or newer)"

needs_spark: Final[pytest.MarkDecorator] = pytest.mark.skipif(not spark_is_here(), reason=SPARK_MISSING)
"""Leaves a test out where Spark is not at hand; with `COMITY_NO_SKIPS=1` that is a failure."""


def quick_java(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every Java of a test compile quickly rather than well: it lives for seconds."""
    monkeypatch.setenv("JDK_JAVA_OPTIONS", "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC")
