"""The keys of phones: fresh with every device pass, and the next one deposited beforehand.

A change of colour makes a new pass at once, and a key signs for one pass only. So the phone deposits the
public half of its next key with each pass; a request under the deposited key comes from the same phone. A
phone that deposited none signs its renewal with the key of the pass it has. See docs/adr/0010.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, Final

from comity.codec.cwt import COORDINATE_LENGTH
from comity.domain.claims import DeviceKey
from comity.domain.instant import Instant
from comity.errors import FormatError, InvalidInput, NotPossibleNow, UnknownRecord
from comity.issuance.pass_life import claims_in
from comity.issuance.records import HolderKey, IssuedPass, PassState
from comity.records.ports import Transaction
from comity.records.search import equal, one_of
from comity.trust.algorithm import PublicKey, device_signature_holds

SIGNATURE_LENGTH: Final = 64
_EVEN: Final = 2
_RENEWAL: Final = b"comity-renewal-1"


@dataclass(frozen=True, slots=True, kw_only=True)
class PhoneKey:
    """The next key of the phone that holds a pass: a compressed point of 33 bytes (SEC 1 section 2.3.3)."""

    pass_id: str
    holder: HolderKey
    point: bytes
    deposited_at: Instant

    TABLE: ClassVar[str] = "phone_key"
    INDEXES: ClassVar[tuple[tuple[str, ...], ...]] = (("holder",), ("deposited_at",))

    @property
    def key(self) -> DeviceKey:
        """The key as a pass names it."""
        return DeviceKey(x=self.point[1:], y_is_odd=self.point[0] != _EVEN)


@dataclass(frozen=True, slots=True, kw_only=True)
class RenewalProof:
    """The phone's word that it has the key of a pass: its signature over `renewal_message` (rule 18)."""

    pass_id: str
    signature: bytes


def renewal_message(region: str, pass_id: str, key: DeviceKey, request_id: str) -> bytes:
    """Give what a phone signs with the key of its pass to renew it under a fresh one.

    The fresh key serves once, so that nothing signed can be used for another renewal.
    """
    point = bytes((_EVEN + key.y_is_odd,)) + key.x
    return b"\0".join((_RENEWAL, region.encode(), pass_id.encode(), request_id.encode(), point))


def require_proof(
    region: str,
    proof: RenewalProof,
    key: DeviceKey | None,
    request_id: str,
    passes: Sequence[IssuedPass],
) -> IssuedPass:
    """Check a renewal signed with the key of one of these passes, and give it. Raises: InvalidInput."""
    issued = next((each for each in passes if each.pass_id == proof.pass_id), None)
    bound = claims_in(issued).device_key if issued is not None and issued.data else None
    if issued is None or bound is None or key is None:
        raise InvalidInput("the renewal names no device pass of this holder on this phone", field="renewal")
    message, signature = renewal_message(region, proof.pass_id, key, request_id), proof.signature
    if len(signature) != SIGNATURE_LENGTH or not device_signature_holds(bound, signature, message):
        raise InvalidInput(
            "the renewal is not signed with the key of the pass it names",
            field="renewal",
            next_step="Sign it on the phone that has the pass; a request without it replaces that phone.",
            clause="settled rule 18",
        )
    return issued


def on_same_phone(
    passes: Sequence[IssuedPass], next_keys: Mapping[str, DeviceKey], key: DeviceKey, proven: str | None
) -> list[IssuedPass]:
    """Give the passes on the phone that asks under a key, in order: where one leads to the next by its key.

    It begins with the pass for which the key was deposited, and the one whose key the phone proved to have.
    """
    found = {each.pass_id for each in passes if each.pass_id == proven or next_keys.get(each.pass_id) == key}
    links = [
        {before.pass_id, after.pass_id}
        for before in passes
        for after in passes
        if (deposited := next_keys.get(before.pass_id)) is not None and carries(after, deposited)
    ]
    for _ in links:
        found = found.union(*(link for link in links if link & found))
    return [issued for issued in passes if issued.pass_id in found]


def read_phone_key(point: bytes, *, field: str) -> DeviceKey:
    """Read a phone's public key as browsers export it: an uncompressed point of 65 bytes.

    Raises: InvalidInput.
    """
    try:
        key = PublicKey.of_point(point)
    except FormatError as error:
        raise InvalidInput(f"{field}: {error}", field=field) from error
    return DeviceKey(x=key.x, y_is_odd=bool(key.y[-1] & 1))


def compressed(key: DeviceKey | None) -> bytes | None:
    """Write a key as a compressed point of 33 bytes, or None."""
    return None if key is None else bytes((_EVEN + key.y_is_odd,)) + key.x


def uncompressed(point: bytes | None) -> DeviceKey | None:
    """Read what `compressed` wrote."""
    return None if point is None else DeviceKey(x=point[1:], y_is_odd=point[0] != _EVEN)


def phone_key(issued: IssuedPass, key: DeviceKey, *, at: Instant) -> PhoneKey:
    """Make the record of the next key of the phone that holds a pass."""
    point = bytes((_EVEN + key.y_is_odd,)) + key.x
    return PhoneKey(pass_id=issued.pass_id, holder=issued.holder, point=point, deposited_at=at)


def phone_keys_of(transaction: Transaction, pass_ids: Iterable[str]) -> dict[str, DeviceKey]:
    """Give the deposited keys of these passes, by pass id."""
    wanted = list(pass_ids)
    if not wanted:
        return {}
    return {found.pass_id: found.key for found in transaction.of(PhoneKey).select(one_of("pass_id", wanted))}


def deposit_phone_key(
    transaction: Transaction, carrier: HolderKey, pass_id: str, key: DeviceKey, *, at: Instant
) -> None:
    """Deposit the next key of the phone that holds a pass, once for each pass.

    Raises: UnknownRecord, NotPossibleNow when the pass is not current or has another key deposited already,
    InvalidInput for a key that a pass has already.
    """
    issued = transaction.of(IssuedPass).find(pass_id)
    if issued is None or issued.carrier != carrier:
        raise UnknownRecord("there is no pass with this id on your phone")
    transaction.lock(f"holder-{issued.holder}", f"holder-{carrier}")
    issued = transaction.of(IssuedPass).find(pass_id) or issued
    keys = transaction.of(PhoneKey)
    known = keys.find(pass_id)
    if known is not None and known.key == key:
        return
    if known is not None or issued.state is not PassState.CURRENT:
        raise NotPossibleNow("this pass has its next key already, or is not current any more")
    others = transaction.of(IssuedPass).select(equal("carrier", carrier))
    deposited = phone_keys_of(transaction, (each.pass_id for each in others if each.pass_id != pass_id))
    require_fresh(key, [issued, *others], field="next_device_key")
    require_undeposited(key, deposited.values(), field="next_device_key")
    keys.add(phone_key(issued, key, at=at))


def require_fresh(key: DeviceKey, passes: Iterable[IssuedPass], *, field: str) -> None:
    """Refuse a key that one of these passes is bound to already. Raises: InvalidInput."""
    if any(carries(issued, key) for issued in passes):
        raise InvalidInput(f"{field}: a phone makes a fresh key for every pass", field=field)


def require_undeposited(key: DeviceKey, deposited: Iterable[DeviceKey], *, field: str) -> None:
    """Refuse a key that was deposited for the next pass of somebody else. Raises: InvalidInput."""
    if key in set(deposited):
        raise InvalidInput(f"{field}: a phone makes a fresh key for every pass", field=field)


def carries(issued: IssuedPass, key: DeviceKey) -> bool:
    """Say whether a pass is bound to this key: its x coordinate stands in the signed bytes."""
    return len(key.x) == COORDINATE_LENGTH and key.x in issued.data
