"""Issues passes again after a key was closed, a line a batch confirmed: `python -m` this, URL and kid."""

from __future__ import annotations

import os
import secrets
import sys
from dataclasses import replace

from comity.issuance.key_reissue import FOLLOWED_AFTER, REISSUE_BATCH, KeyReissue, reissue_passes
from comity.issuance.key_ring import follow_keys
from comity.storage.database_url import open_store
from tests.builders import AT, HOST
from tests.region import make_issuer, make_key_store

SIZE = 40 if int(os.environ.get("COMITY_REISSUED", "0")) <= 10_000 else REISSUE_BATCH
"""Passes of a batch: few, so that kills fall between them; in a long run as many as a region takes."""


def main() -> None:
    """Go on until done, or killed."""
    url, kid = sys.argv[1:]
    issuer = replace(make_issuer(store=open_store(url)), draw=secrets.token_bytes)
    issuer = follow_keys(issuer, make_key_store(HOST), at=AT)

    def tell(work: KeyReissue) -> None:
        print(work.issued, flush=True)

    reissue_passes(issuer, kid, clock=lambda: AT + FOLLOWED_AFTER, tell=tell, size=SIZE)


if __name__ == "__main__":
    main()
