"""What is mutated: genuine texts of every class and colour, and the files of the gate they pass at."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from comity.codec import base45, cose
from comity.codec.cose import Sign1
from comity.codec.qrtext import PREFIX, UnverifiedPresentation, read_text
from comity.domain.colour import COLOURS, PASS_CLASSES
from comity.domain.instant import HOUR
from comity.domain.recognition import Recognition, Referral, Release, Suspension
from comity.domain.region import HUBEI, INNER_MONGOLIA, RegionCode
from comity.domain.rulebook import DEFAULT_ROWS, Rulebook
from comity.trust.bundle import Anchor, BundleParts, VerifierBundle, open_bundle, write_anchor, write_bundle
from comity.trust.delta import write_delta
from comity.trust.keys import KeyEntry, KeyList, Usage
from comity.trust.membership import write_key_list
from comity.trust.recognition_statements import write_recognition, write_referral, write_signed_rulebook
from comity.trust.status import StatusList, StatusLists, pack, read_status_list, write_status_list
from tests.laws.situation import (
    AT,
    GUANGDONG,
    PLACES,
    Situation,
    a_pass,
    key,
    membership,
    recognised,
    text_of,
)

HOST: Final = INNER_MONGOLIA
NOW: Final = datetime.fromtimestamp(AT, UTC)
REGIONS: Final = (HOST, HUBEI, GUANGDONG)


@dataclass(frozen=True, slots=True)
class GenuineText:
    """A text that is let through, taken apart."""

    text: str
    raw: bytes
    outer: Sign1
    inner: Sign1

    @property
    def is_presentation(self) -> bool:
        return self.outer is not self.inner


@dataclass(frozen=True, slots=True, kw_only=True)
class Originals:
    """Everything there is to mutate, and the opened gate."""

    texts: tuple[GenuineText, ...]
    bundle: bytes
    anchor: Anchor
    anchor_file: bytes
    status_list: bytes
    all_lists: tuple[bytes, ...]
    delta: bytes
    before: StatusList
    keys: KeyList
    gate: VerifierBundle
    lists: StatusLists


def _key_list(region: str) -> KeyList:
    entries = tuple(
        KeyEntry(key=key(region, label).public, usage=Usage(label), not_before=0, areas=())
        for label in ("pass", "status", "statement", "bundle")
    )
    return KeyList(region=region, version=1, root=key(region, "root").public, entries=entries)


def _bundle() -> bytes:
    own = key(HOST, "statement")
    suspended = Recognition(
        host=HOST,
        issuer=RegionCode("110000"),
        version=2,
        published_at=0,
        effective_from=0,
        suspension=Suspension(published_at=AT, effective_from=AT + 48 * HOUR),
    )
    release = Release(effective_from=AT - HOUR, areas_except=("420100",))
    referral = Referral(host=HOST, issuer=HUBEI, version=1, authority="国务院", releases=(release,))
    rulebook = Rulebook(region=HOST, version=1, valid_from=0, rows=tuple(DEFAULT_ROWS.values()))
    parts = BundleParts(
        host=HOST,
        version=1,
        issued_at=AT - HOUR,
        hub_as_of=AT - HOUR,
        expires_at=AT + HOUR,
        is_test=True,
        hub=key("hub").public,
        memberships=tuple(membership(region) for region in REGIONS),
        key_lists=tuple(write_key_list(_key_list(r), key(r, "root"), is_test=True) for r in REGIONS),
        recognitions=tuple(
            write_recognition(each, own, is_test=True) for each in (recognised(HOST, GUANGDONG), suspended)
        ),
        referrals=(write_referral(referral, own, is_test=True),),
        rulebooks=(write_signed_rulebook(rulebook, own, is_test=True),),
    )
    return write_bundle(parts, key(HOST, "bundle"))


def genuine(text: str) -> GenuineText:
    """Take a readable text of a test federation apart. Raises: FormatError."""
    raw = base45.decode(text.removeprefix(PREFIX).encode())
    shown = read_text(text, is_test=True)
    inner = shown.inner.message if isinstance(shown, UnverifiedPresentation) else shown.message
    outer = cose.read_sign1(raw) if isinstance(shown, UnverifiedPresentation) else inner
    return GenuineText(text, raw, outer, inner)


def _texts() -> tuple[GenuineText, ...]:
    made = [
        text_of(Situation(claims=a_pass(issuer, pass_class, colour)._replace(area=area)))
        for pass_class in PASS_CLASSES
        for colour in COLOURS
        for issuer, area in ((GUANGDONG, None), (HUBEI, "420500"), (HOST, "150102"))
    ]
    return tuple(genuine(text) for text in made)


def make_originals() -> Originals:
    """Sign everything once; the same every time."""
    bundle, anchor = _bundle(), Anchor(host=HOST, root=key(HOST, "root").public)
    gate = open_bundle(bundle, anchor=anchor, host=HOST)
    uri = f"cm:{GUANGDONG}/1"
    arrays = [pack({1: 3, 9: 1}, size=PLACES * 8), pack({1: 3, 9: 1, 40: 2}, size=PLACES * 8)]
    signers = [key(region, "status") for region in REGIONS]
    tokens = [
        write_status_list(arrays[0], signer, uri=f"cm:{region}/1", issued_at=AT - HOUR)
        for region, signer in zip(REGIONS, signers, strict=True)
    ]
    read = [read_status_list(token, gate.key_lists) for token in tokens]
    before = next(each for each in read if each.uri == uri)
    later = write_status_list(arrays[1], signers[-1], uri=uri, issued_at=AT)
    return Originals(
        texts=_texts(),
        bundle=bundle,
        anchor=anchor,
        anchor_file=write_anchor(anchor),
        status_list=tokens[-1],
        all_lists=tuple(tokens),
        delta=write_delta(before, read_status_list(later, gate.key_lists), signers[-1], is_test=True),
        before=before,
        keys=next(keys for keys in gate.key_lists if keys.region == GUANGDONG),
        gate=gate,
        lists=StatusLists(tuple(read)),
    )
