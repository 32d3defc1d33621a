"""What `comity bench` measures with: a federation from a fixed seed, its gate, and genuine passes.

Keys, signatures, lists and texts are made by the same code as real ones. Nothing is random, so that two
runs answer the same texts.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import shake_256
from itertools import count, islice
from pathlib import Path
from typing import Final

from comity import bootstrap
from comity.bootstrap import Gate
from comity.codec.qrtext import write_text
from comity.domain.claims import PASS_ID_LENGTH, PassClaims, PassId, StatusReference
from comity.domain.colour import PASS_CLASSES, Colour, PassClass
from comity.domain.instant import DAY, HOUR, Instant, rfc3339
from comity.domain.region import INNER_MONGOLIA, RegionCode
from comity.domain.rulebook import Rulebook
from comity.domain.validity import ONLINE_LIFETIME
from comity.scenario.federation import Federation
from comity.scenario.plan import KeyPlan, RecognitionPlan, Scenario
from comity.trust.algorithm import PublicKey
from comity.trust.bundle import write_anchor
from comity.trust.issue import check_claims, issue, present
from comity.trust.keys import Usage
from comity.trust.status import SUPERSEDED, SUSPENDED, VOID, StatusArray, pack, write_status_list

HOST: Final = INNER_MONGOLIA
HOME: Final = RegionCode("440000")
REGIONS: Final = (HOST, HOME, RegionCode("110000"), RegionCode("310000"))
AT: Final[Instant] = 1_584_676_800
"""2020-03-20T12:00:00+08:00: a day after the notice took effect."""

_SEED: Final = b"comity bench"
_URI: Final = f"cm:{HOME}/1"
_KEY_ID: Final = "k1"
_SET_PER_10_000: Final = 55
_SUPERSEDED_PER_10: Final = 9


@dataclass(frozen=True, slots=True, kw_only=True)
class BenchGate:
    """A gate of the host with its files, and genuine green texts of every class that get PASS there."""

    folder: Path
    gate: Gate
    texts: dict[PassClass, tuple[str, ...]]
    pass_key: PublicKey

    @property
    def at(self) -> datetime:
        """When every text is answered."""
        return datetime.fromtimestamp(AT, UTC)

    @property
    def bundle(self) -> Path:
        """The bundle file; the status list lies in `status/` beside it."""
        return self.folder / "bundle.cbor"

    @property
    def anchor(self) -> Path:
        """The anchor file."""
        return self.folder / "anchor.cbor"

    @property
    def verify_words(self) -> tuple[str, ...]:
        """The words of `comity verify` at this gate, before the input; the status list is loaded."""
        files = ("--bundle", str(self.bundle), "--anchor", str(self.anchor))
        return ("verify", *files, "--at", rfc3339(AT))

    def mixed(self, number: int) -> Iterator[str]:
        """Give `number` texts, the classes by turns, over and over."""
        turns = [text for texts in zip(*self.texts.values(), strict=True) for text in texts]
        return (turns[place % len(turns)] for place in range(number))


def make_federation() -> Federation:
    """Plan the federation: the host recognises every other region."""
    return Federation(
        Scenario(
            title="bench",
            rulebooks={code: Rulebook(region=code, version=1) for code in REGIONS},
            keys={code: (KeyPlan(issuer=code, key_id=_KEY_ID),) for code in REGIONS},
            recognitions=tuple(
                RecognitionPlan(host=HOST, issuer=code, published_at=AT - DAY, effective_from=AT - DAY)
                for code in REGIONS[1:]
            ),
            referrals=(),
            passes={},
            events={},
            encounters=(),
        ),
        _SEED,
    )


def places(label: str, *, size: int) -> Iterator[int]:
    """Give places in a list of `size` entries without end, evenly spread; one may come again."""
    for part in count():
        numbers = array("I", shake_256(_SEED + f"/{label}/{part}".encode()).digest(1 << 16))
        yield from (number * size >> 32 for number in numbers)


def national_statuses(size: int) -> dict[int, int]:
    """Give the statuses that are not 0 in a list of `size` entries: 0.55 % of them, 90 % superseded."""
    wanted = size * _SET_PER_10_000 // 10_000
    statuses: dict[int, int] = {}
    for place in places("statuses", size=size):
        if len(statuses) == wanted:
            return statuses
        number = len(statuses)
        others = VOID if number % 20 else SUSPENDED
        statuses.setdefault(place, SUPERSEDED if number % 10 < _SUPERSEDED_PER_10 else others)
    raise AssertionError("places never ends")


def open_bench_gate(folder: Path, *, entries: int, texts: int) -> BenchGate:
    """Write bundle, anchor and a status list of `entries` into a folder, open them, and sign passes."""
    federation, statuses = make_federation(), national_statuses(entries)
    (folder / "bundle.cbor").write_bytes(federation.bundle(HOST, AT - HOUR))
    (folder / "anchor.cbor").write_bytes(write_anchor(federation.anchor(HOST)))
    (folder / "status").mkdir()
    token = signed_list(federation, pack(statuses, size=entries))
    (folder / "status" / f"{HOME}-1.cwt").write_bytes(token)
    free = (place for place in places("passes", size=entries) if place not in statuses)
    indexes = tuple(islice(free, texts))
    return BenchGate(
        folder=folder,
        gate=bootstrap.open_gate(
            folder / "bundle.cbor", anchor=folder / "anchor.cbor", host=HOST, status=None
        ),
        texts={each: tuple(_texts(federation, each, indexes)) for each in PASS_CLASSES},
        pass_key=federation.pass_key(_key(HOME)).public,
    )


def signed_list(federation: Federation, statuses: StatusArray, *, issued_at: Instant = AT - HOUR) -> bytes:
    """Sign a status list of the home region."""
    return write_status_list(statuses, federation.key(HOME, Usage.STATUS), uri=_URI, issued_at=issued_at)


def text_of(federation: Federation, claims: PassClaims, *, phone: str) -> str:
    """Issue a pass as its region does, and show it as its class demands."""
    plan = _key(RegionCode(claims.issuer))
    shown = issue(check_claims(claims, federation.entry(plan)), federation.pass_key(plan), is_test=True)
    if claims.pass_class is PassClass.DEVICE:
        shown = present(shown, federation.key("phone", phone), shown_at=AT, is_test=True)
    return write_text(shown)


def claims_of(federation: Federation, pass_class: PassClass, number: int, *, index: int) -> PassClaims:
    """Give the claims of an ordinary green pass; each device pass has a phone of its own."""
    is_online, is_device = pass_class is PassClass.ONLINE, pass_class is PassClass.DEVICE
    issued_at = AT if is_online else AT - DAY
    return PassClaims(
        issuer=HOME,
        pass_id=PassId(federation.random("cti", pass_class, str(number), length=PASS_ID_LENGTH)),
        issued_at=issued_at,
        expires_at=issued_at + (ONLINE_LIFETIME if is_online else 14 * DAY),
        colour=Colour.GREEN,
        pass_class=pass_class,
        masked_name="张**",
        id_last4=f"{number % 10_000:04}",
        device_key=federation.key("phone", str(number)).as_device_key() if is_device else None,
        status=None if is_online else StatusReference(uri=_URI, index=index),
    )


def _key(issuer: RegionCode) -> KeyPlan:
    return KeyPlan(issuer=issuer, key_id=_KEY_ID)


def _texts(federation: Federation, pass_class: PassClass, indexes: tuple[int, ...]) -> Iterator[str]:
    for number, index in enumerate(indexes):
        claims = claims_of(federation, pass_class, number, index=index)
        yield text_of(federation, claims, phone=str(number))
