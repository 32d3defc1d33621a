"""A federation in memory, told in a scenario file, run on the real path: what-if, demo and tests.

Keys, passes, bundles, lists and QR texts are real; only people and dates are told. The file format is
interface section 5 and docs/scenarios.md. Test federations only: every screen says TEST.
"""

from comity.scenario.plan import Scenario
from comity.scenario.reader import read_scenario
from comity.scenario.run import EncounterResult, run_encounters

__all__ = ["EncounterResult", "Scenario", "read_scenario", "run_encounters"]
