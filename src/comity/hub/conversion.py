"""Conversion: a region's attested answer turned into a national pass (way two of docs/joining.md).

The national code issues it, for as long as the word of the region lives: one minute, class online, so that
there is no status to keep. Whose word it is stands in its area, so that a host which refers or has suspended
that region does so all the same (C3.3, V6). Nothing about the person is kept or logged here.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from comity.domain.claims import PassClaims, PassId
from comity.domain.instant import Instant
from comity.domain.region import NATION, RegionCode
from comity.domain.validity import CLOCK_LEEWAY, ONLINE_LIFETIME
from comity.errors import NotPossibleNow, StatementRefused
from comity.hub.hub import Hub
from comity.hub.members import find_membership
from comity.hub.statements import find_newest
from comity.records.ports import Transaction
from comity.records.statement_kinds import StatementKind
from comity.trust.attested_answers import AttestedAnswer, read_attested_answer
from comity.trust.issue import check_claims, issue
from comity.trust.keys import KeyEntry, KeyList, Usage
from comity.trust.membership import read_key_list
from comity.trust.ports import Signer

_LABEL: Final = b"comity conversion"


@dataclass(frozen=True, slots=True, kw_only=True)
class NationalIssuer:
    """The national code as issuer: its pass key and the entry that lists it, with one minute as validity."""

    entry: KeyEntry
    signer: Signer
    is_test: bool


def conversion_question(pass_id: PassId) -> bytes:
    """Give what an answer for conversion is bound to: never a gate's question, so that none is reused."""
    return sha256(b"\0".join((_LABEL, pass_id.hex().encode()))).digest()


def convert_for_member(
    transaction: Transaction, hub: Hub, nation: NationalIssuer, answer: bytes, *, at: Instant
) -> bytes:
    """Convert the answer of a region that takes part; the signature of that region is the authentication.

    Raises: UnreadableStatement, StatementRefused, NotPossibleNow, KeyStoreError.
    """
    region = read_attested_answer(answer, is_test=hub.is_test).answer.issuer
    return convert(answer, _keys_of_member(transaction, hub, region, at=at), nation, at=at)


def _keys_of_member(transaction: Transaction, hub: Hub, region: RegionCode, *, at: Instant) -> KeyList:
    membership = find_membership(transaction, hub, region)
    row = find_newest(transaction, StatementKind.KEY_LIST, region)
    if membership is None or row is None or not membership.is_in_force(at):
        raise StatementRefused(f"{region} takes no part now, so nobody vouches for what it attests")
    keys = read_key_list(row.data, is_test=hub.is_test)
    if keys.root.thumbprint != membership.root_thumbprint:
        raise StatementRefused(f"the key list of {region} is not under the root of its membership")
    return keys


def convert(answer: bytes, keys: KeyList, nation: NationalIssuer, *, at: Instant) -> bytes:
    """Convert an attested answer into the bytes of a national pass; `keys` are the attesting region's.

    1. A listed, unrevoked pass key of that region signed it, within its window and for its areas.
    2. It was made for conversion, at this moment.
    3. The code is current: any other has no colour to convert (settled rule 7).
    4. The pass says whose word it is, and lives no longer than the word.

    Raises: UnreadableStatement, StatementRefused, NotPossibleNow, KeyStoreError.
    """
    attested = _attested(answer, keys, is_test=nation.is_test, at=at)  # 1
    claims = attested.claims
    if claims is None:  # 3
        raise NotPossibleNow(
            "the region says that this code is not current, so there is nothing to convert",
            next_step="Let the holder renew with that region, or apply with the host.",
            clause="settled rule 7",
        )
    age = at - attested.answered_at
    is_now = -CLOCK_LEEWAY <= age < ONLINE_LIFETIME
    if not is_now or attested.question != conversion_question(claims.pass_id):  # 2
        raise StatementRefused("the answer was not made for conversion, or not at this moment")
    checked = check_claims(_national(claims), nation.entry)  # 4
    return issue(checked, nation.signer, is_test=nation.is_test)


def _attested(answer: bytes, keys: KeyList, *, is_test: bool, at: Instant) -> AttestedAnswer:
    unverified = read_attested_answer(answer, is_test=is_test)
    entry = keys.find(unverified.statement.kid, Usage.PASS)
    made_at, claims = unverified.answer.answered_at, unverified.answer.claims
    if (
        unverified.answer.issuer != keys.region
        or entry is None
        or not entry.may_sign_at(made_at)
        or entry.is_revoked(at)
        or (claims is not None and not entry.may_sign_for(claims.area))
    ):
        raise StatementRefused("the answer is not signed by a pass key of its region that may sign it")
    return unverified.signed_by(entry.key)


def _national(claims: PassClaims) -> PassClaims:
    return claims._replace(issuer=NATION, area=claims.area or claims.issuer)
