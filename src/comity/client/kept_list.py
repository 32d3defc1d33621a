"""A status list as a gate keeps it between fetches: verified once, carried on by deltas, no longer a token.

The file is a gate's own and trusted like its anchor: whoever can write here can replace that too. It names
the key that signed, so that a key revoked later is seen, and holds its own hash against damage.
"""

from __future__ import annotations

import zlib
from hashlib import sha256
from typing import Final

from comity.codec import cbor
from comity.codec.cose import Kid
from comity.errors import StatementRefused, UnreadableStatement
from comity.trust.keys import KeyList, Usage
from comity.trust.statements import Fields
from comity.trust.status import ENTRY_BITS, MAX_ARRAY, StatusArray, StatusList, inflate

_QUICK: Final = 1


def write_kept_list(known: StatusList) -> bytes:
    """Write a verified list."""
    return cbor.write(
        {
            "signer": known.signer,
            "kid": known.key.kid,
            "uri": known.uri,
            "issued_at": known.issued_at,
            "bits": known.array.bits,
            "sha256": sha256(known.array.data).digest(),
            "lst": zlib.compress(known.array.data, _QUICK),
        }
    )


def read_kept_list(data: bytes, key_lists: tuple[KeyList, ...]) -> StatusList:
    """Read a kept list. Raises: FormatError, StatementRefused for a key that is listed no more."""
    fields = Fields(cbor.read_map(data), of="kept status list")
    signer, kid = fields.region("signer"), Kid(fields.octets("kid"))
    uri, issued_at, bits = fields.text("uri"), fields.instant("issued_at"), fields.integer("bits")
    digest, packed = fields.octets("sha256"), fields.octets("lst")
    fields.finish()
    array = inflate(packed, limit=MAX_ARRAY)
    if bits not in ENTRY_BITS or sha256(array).digest() != digest:
        raise UnreadableStatement("a kept status list is damaged")
    own = next((each for each in key_lists if each.region == signer), None)
    entry = None if own is None else own.find(kid, Usage.STATUS)
    if entry is None:
        raise StatementRefused(f"a kept status list of {signer}: its key is in no key list any more")
    return StatusList(signer=signer, key=entry, uri=uri, issued_at=issued_at, array=StatusArray(bits, array))
