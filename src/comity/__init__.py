"""Comity: a health pass issued in one region is read, trusted and answered in another, offline.

    from comity import open_bundle, verify
    decision = verify(text, open_bundle(data, anchor=read_anchor(pinned)), at=now)

The notice of 18 March 2020 is the law; docs/verification-steps.md tells the ten steps.
"""

from comity.domain.decision import Decision, Outcome
from comity.errors import ComityError
from comity.trust.bundle import Anchor, VerifierBundle, open_bundle, read_anchor
from comity.trust.status import StatusLists, read_status_list
from comity.verify import as_json, verify, verify_block

__all__ = [
    "Anchor",
    "ComityError",
    "Decision",
    "Outcome",
    "StatusLists",
    "VerifierBundle",
    "as_json",
    "open_bundle",
    "read_anchor",
    "read_status_list",
    "verify",
    "verify_block",
]
