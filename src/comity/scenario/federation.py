"""A federation in memory: hub and region keys, and what each region has published at an instant.

Everything is made from one seed, so that the same seed gives the same bytes; a fresh seed gives fresh
keys. A bundle made at B holds what had been published by B; a list made at S the events up to S.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from hashlib import shake_256
from typing import Final

from comity.domain.claims import StatusReference
from comity.domain.colour import PassClass
from comity.domain.instant import DAY, Instant
from comity.domain.recognition import Recognition
from comity.domain.region import RegionCode
from comity.scenario.plan import HUB, KeyPlan, RecognitionPlan, Scenario
from comity.trust.algorithm import PrivateKey, private_key
from comity.trust.bundle import Anchor, BundleParts, write_bundle
from comity.trust.keys import KeyEntry, KeyList, Membership, Usage
from comity.trust.membership import write_key_list, write_membership
from comity.trust.recognition_statements import write_recognition, write_referral, write_signed_rulebook
from comity.trust.status import CURRENT, pack, write_status_list

_SECRET_LENGTH: Final = 40
_BUNDLE_LIFETIME: Final = 7 * DAY
_LIST_NUMBER: Final = 1
_LEAST_LIST: Final = 1_024
_ROOM: Final = 4
"""Places in a list for every pass in it, so that indexes look random and tell nothing."""


@dataclass
class Federation:
    """The regions of one scenario and their hub; `seed` is secret material of any length."""

    scenario: Scenario
    seed: bytes
    _bundles: dict[tuple[RegionCode, Instant], bytes] = field(default_factory=dict)
    _lists: dict[tuple[RegionCode, Instant], bytes] = field(default_factory=dict)
    _indexes: dict[RegionCode, dict[str, int]] = field(default_factory=dict)
    _keys: dict[tuple[str, ...], PrivateKey] = field(default_factory=dict)
    _statements: dict[tuple[object, ...], bytes] = field(default_factory=dict)

    def random(self, *labels: str, length: int) -> bytes:
        """Give `length` bytes that only the seed and the labels determine."""
        return shake_256(self.seed + "/".join(labels).encode()).digest(length)

    def key(self, *labels: str) -> PrivateKey:
        """Give the key that goes by these labels, such as region and usage."""
        if labels not in self._keys:
            self._keys[labels] = private_key(self.random("key", *labels, length=_SECRET_LENGTH))
        return self._keys[labels]

    def pass_key(self, plan: KeyPlan) -> PrivateKey:
        """Give the private half of a pass key."""
        return self.key(plan.issuer, Usage.PASS, plan.key_id)

    def entry(self, plan: KeyPlan) -> KeyEntry:
        """Give the key list entry of a pass key, with its revocation."""
        return KeyEntry(
            key=self.pass_key(plan).public,
            usage=Usage.PASS,
            not_before=plan.not_before,
            not_after=plan.not_after,
            revoked_at=plan.revoked_at,
            areas=plan.areas,
        )

    def anchor(self, host: RegionCode) -> Anchor:
        """Give what a checkpoint of `host` pins at enrolment."""
        return Anchor(host=host, root=self.key(host, "root").public)

    def status_reference(self, issuer: RegionCode, pass_id: str) -> StatusReference:
        """Give the place of a device or paper pass in its issuer's list."""
        return StatusReference(uri=_list_uri(issuer), index=self._places(issuer)[pass_id])

    def bundle(self, host: RegionCode, made_at: Instant) -> bytes:
        """Give the bundle of `host` as made at `made_at`."""
        if (host, made_at) not in self._bundles:
            self._bundles[host, made_at] = self._make_bundle(host, made_at)
        return self._bundles[host, made_at]

    def status_list(self, issuer: RegionCode, made_at: Instant) -> bytes:
        """Give the status list of `issuer` as made at `made_at`."""
        if (issuer, made_at) not in self._lists:
            places = self._places(issuer)
            statuses = {places[pass_id]: self._status(pass_id, made_at) for pass_id in places}
            array = pack(statuses, size=_list_size(len(places)))
            signer = self.key(issuer, Usage.STATUS)
            self._lists[issuer, made_at] = write_status_list(
                array, signer, uri=_list_uri(issuer), issued_at=made_at
            )
        return self._lists[issuer, made_at]

    def _status(self, pass_id: str, at: Instant) -> int:
        status = CURRENT
        for event in self.scenario.events.get(pass_id, ()):
            if event.at <= at:
                status = event.status
        return status

    def _places(self, issuer: RegionCode) -> dict[str, int]:
        """Give every listed pass of an issuer an index of its own, drawn from the seed."""
        if issuer not in self._indexes:
            self._indexes[issuer] = self._draw_places(issuer)
        return self._indexes[issuer]

    def _draw_places(self, issuer: RegionCode) -> dict[str, int]:
        listed = [
            plan.pass_id
            for plan in self.scenario.passes.values()
            if plan.issuer == issuer and plan.pass_class is not PassClass.ONLINE
        ]
        size, taken = _list_size(len(listed)), dict[int, str]()
        for pass_id in listed:
            index = int.from_bytes(self.random("index", issuer, pass_id, length=8), "big") % size
            while index in taken:
                index = (index + 1) % size
            taken[index] = pass_id
        return {pass_id: index for index, pass_id in taken.items()}

    def _make_bundle(self, host: RegionCode, made_at: Instant) -> bytes:
        """Make a bundle of what the host says itself, and of what it last had from the hub."""
        scenario = self.scenario
        hub_as_of = scenario.last_reached(HUB, made_at, host=host)
        statement_key = self.key(host, Usage.STATEMENT)
        recognitions = self.recognitions(host, made_at)
        parts = BundleParts(
            host=host,
            version=1 + made_at,
            issued_at=made_at,
            hub_as_of=hub_as_of,
            expires_at=made_at + _BUNDLE_LIFETIME,
            is_test=True,
            hub=self.key("hub").public,
            memberships=tuple(self.membership(code) for code in scenario.rulebooks),
            key_lists=tuple(
                self.key_list(code, made_at if code == host else hub_as_of) for code in scenario.rulebooks
            ),
            recognitions=tuple(write_recognition(r, statement_key, is_test=True) for r in recognitions),
            referrals=tuple(
                write_referral(referral, statement_key, is_test=True)
                for referral in scenario.referrals
                if referral.host == host
            ),
            rulebooks=(write_signed_rulebook(scenario.rulebooks[host], statement_key, is_test=True),),
        )
        return write_bundle(parts, self.key(host, Usage.BUNDLE))

    def membership(self, code: RegionCode) -> bytes:
        """Give the hub's word that a region takes part."""
        if ("membership", code) not in self._statements:
            root = self.key(code, "root").public
            membership = Membership(region=code, version=1, root_thumbprint=root.thumbprint, member_from=0)
            self._statements["membership", code] = write_membership(membership, self.key("hub"), is_test=True)
        return self._statements["membership", code]

    def key_list(self, code: RegionCode, made_at: Instant) -> bytes:
        """Sign the key list as of an instant: keys published and revocations made by then."""
        published = [
            key for key in self.scenario.keys[code] if key.published_at is None or key.published_at <= made_at
        ]
        known = tuple(key.revoked_at is not None and key.revoked_at <= made_at for key in published)
        version = 1 + sum(key.published_at is not None for key in published) + sum(known)
        if ("keys", code, version) not in self._statements:
            standing = tuple(
                KeyEntry(key=self.key(code, usage).public, usage=usage)
                for usage in (Usage.STATUS, Usage.STATEMENT, Usage.BUNDLE)
            )
            entries = tuple(
                self.entry(key if is_known else _unrevoked(key))
                for key, is_known in zip(published, known, strict=True)
            )
            root = self.key(code, "root")
            key_list = KeyList(region=code, version=version, root=root.public, entries=(*entries, *standing))
            self._statements["keys", code, version] = write_key_list(key_list, root, is_test=True)
        return self._statements["keys", code, version]

    def recognitions(self, host: RegionCode, made_at: Instant) -> list[Recognition]:
        """Give the host's newest statement a pair as of an instant, versions rising over all its pairs."""
        own = [plan for plan in self.scenario.recognitions if plan.host == host]
        steps = sorted((at, place) for place, plan in enumerate(own) for at in _publications(plan))
        newest: dict[RegionCode, Recognition] = {}
        for version, (at, place) in enumerate(steps, start=1):
            if at <= made_at:
                newest[own[place].issuer] = _as_of(own[place], at, version)
        return list(newest.values())


def _list_uri(issuer: RegionCode) -> str:
    return f"cm:{issuer}/{_LIST_NUMBER}"


def _list_size(passes: int) -> int:
    return max(_LEAST_LIST, passes * _ROOM)


def _unrevoked(key: KeyPlan) -> KeyPlan:
    return KeyPlan(
        issuer=key.issuer,
        key_id=key.key_id,
        published_at=key.published_at,
        not_before=key.not_before,
        not_after=key.not_after,
        areas=key.areas,
    )


def _publications(plan: RecognitionPlan) -> list[Instant]:
    """Give the instants at which a new statement for this pair is published, from the first on."""
    changes = [change.published_at for change in (plan.suspension, plan.resumption) if change is not None]
    return sorted({max(at, plan.published_at) for at in (plan.published_at, *changes)})


def _as_of(plan: RecognitionPlan, at: Instant, version: int) -> Recognition:
    suspension, resumption = plan.suspension, plan.resumption
    return Recognition(
        host=plan.host,
        issuer=plan.issuer,
        version=version,
        published_at=plan.published_at,
        effective_from=plan.effective_from,
        suspension=suspension if suspension is not None and suspension.published_at <= at else None,
        resumption=resumption if resumption is not None and resumption.published_at <= at else None,
    )
