"""An application for a pass as a phone sends it: for whom, of which class, under which keys (C1.1)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from comity.domain.claims import DeviceKey
from comity.domain.colour import PassClass
from comity.errors import InvalidInput
from comity.issuance.phone_keys import RenewalProof
from comity.issuance.records import HolderKey

REQUEST_LIMIT: Final = 64
"""Characters of a request id at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PassRequest:
    """One application: for whom, on whose phone, of which class; `request_id` is drawn by the phone.

    `device_key` and `next_device_key` belong to the device class: the key of this pass and of the next.
    `renewal` proves that the request comes from the phone that has an earlier pass.
    """

    holder: HolderKey
    carrier: HolderKey
    pass_class: PassClass
    device_key: DeviceKey | None = None
    next_device_key: DeviceKey | None = None
    renewal: RenewalProof | None = None
    request_id: str


def check_form(request: PassRequest) -> None:
    """Check that a request has what its class needs and no more. Raises: InvalidInput."""
    if request.pass_class is PassClass.ONLINE:
        raise InvalidInput(
            "an online pass is not applied for",
            field="pass_class",
            next_step="Sign in and fetch it at /codes/online.",
        )
    if not 0 < len(request.request_id) <= REQUEST_LIMIT:
        raise InvalidInput(f"a request id has 1 to {REQUEST_LIMIT} characters", field="request_id")
    is_device = request.pass_class is PassClass.DEVICE
    if (request.device_key is not None) is not is_device:
        raise InvalidInput("a device pass needs the phone's key, a paper pass has none", field="device_key")
    if request.next_device_key is not None and (
        not is_device or request.next_device_key == request.device_key
    ):
        raise InvalidInput(
            "the next key belongs to a device pass and is another key", field="next_device_key"
        )
    if request.renewal is not None and not is_device:
        raise InvalidInput("a paper pass is renewed without a phone's signature", field="renewal")


def keys_of(request: PassRequest) -> list[tuple[DeviceKey, str]]:
    """List the keys of a request with the fields they stand in."""
    named = ((request.device_key, "device_key"), (request.next_device_key, "next_device_key"))
    return [(key, field) for key, field in named if key is not None]
