"""What our code says of the same things, and of what the outside libraries made: one finding a claim.

A finding counts what was compared and names every disagreement. Where a library is known to be more lenient
than the standard, the finding says so and takes the stricter library's word.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from comity.codec import base45, cose
from comity.codec.qrtext import write_text
from comity.domain.decision import Decision, ReasonCode
from comity.errors import ComityError, FormatError
from comity.trust.bundle import open_bundle
from comity.trust.keys import KeyList
from comity.trust.signing import message_holds
from comity.trust.status import LIFETIME, TTL, StatusArray, StatusLists, read_array, read_status_list
from comity.verify import verify
from tests.oracle import pictures
from tests.oracle.material import (
    HOST,
    ISSUER,
    LIST_URI,
    Json,
    Made,
    Message,
    broken_lists,
    described,
    inner_pass,
    raws,
    texts,
)

_REFUSED: Final = (
    ReasonCode.UNREADABLE,
    ReasonCode.UNKNOWN_KEY,
    ReasonCode.BAD_SIGNATURE,
    ReasonCode.BAD_PRESENTATION,
)
_LENIENT: Final = "-header"
"""python-cwt 3.3 does not look at `crit` when it reads (RFC 9052 section 3.1), openvc-core does."""
_LENIENT_LISTS: Final = ("cut by one byte", "cut in half")
"""openvc-core 1.37 reads a list whose zlib stream is cut off, as far as it goes."""


@dataclass
class Finding:
    """One thing shown: what, by which library, how many comparisons, and where they disagree."""

    shown: str
    library: str
    count: int = 0
    disagreements: list[str] = field(default_factory=list)
    remark: str = ""

    def compare(self, name: str, ours: object, theirs: object) -> None:
        """Count one comparison."""
        self.count += 1
        if ours != theirs:
            self.disagreements.append(f"{name}: expected {_short(ours)}, got {_short(theirs)}")


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 160 else f"{text[:160]}..."


def findings(made: Made, answers: Json, folder: Path, drawn: dict[str, str]) -> Iterator[Finding]:
    """Hold every answer against ours."""
    yield from _passes(made, answers["passes"])
    yield from _messages(made.messages, answers["messages"])
    yield from _signed(made, answers["signed"], answers["not_ours"])
    yield from _lists(made, answers["lists"])
    yield _broken_lists(made, answers["broken_lists"])
    yield from _made_lists(made, answers["made_lists"], answers["old_list"])
    yield from _pictures(folder, drawn, answers["pictures"])
    yield from _base45(answers["base45"])


# ---------------------------------------------------------------- passes and other messages


def _passes(made: Made, answers: list[Json]) -> Iterator[Finding]:
    libraries = (("cwt", "cwt, COSE layer"), ("cwt_layer", "cwt, CWT layer"), ("openvc", "openvc-core, COSE"))
    for answer, library in libraries:
        read = Finding("our passes are verified and their claims read alike", f"base45 + {library}")
        refused = Finding("our tampered passes are refused", f"base45 + {library}")
        for each, given in zip(made.encounters, answers, strict=True):
            name, said = each.plan.encounter_id, given[answer]
            if each.decision.reason not in _REFUSED:
                read.compare(name, described(inner_pass(each.text).message.payload), said)
            elif answer.startswith("cwt") and name.endswith(_LENIENT):
                refused.remark = "`crit` left out: this library does not look at it when it reads"
            else:
                refused.compare(name, "refused", "read" if isinstance(said, dict) else "refused")
        yield read
        yield refused


def _messages(messages: Iterable[Message], answers: list[Json]) -> Iterator[Finding]:
    for answer, library in (("cwt", "cwt, COSE layer"), ("openvc", "openvc-core, COSE")):
        held = Finding("presentations, passes, bundle, status lists: signature holds", library)
        refused = Finding("the same with one thing altered: refused", library)
        for each, given in zip(messages, answers, strict=True):
            finding = held if each.holds else refused
            finding.compare(each.name, each.holds, given[answer] is True)
            if _holds(each) is not each.holds:
                finding.disagreements.append(f"{each.name}: our own reader disagrees")
        yield held
        yield refused


def _holds(each: Message) -> bool:
    try:
        return message_holds(cose.read_sign1(each.data), each.key)
    except FormatError:
        return False


def _signed(made: Made, answers: list[Json], not_ours: dict[str, str]) -> Iterator[Finding]:
    spelled = Finding("they and we spell the same claims in the same bytes", "cbor2 5, canonical")
    decided = Finding("passes they sign: verify() answers as it answers ours", "cwt, COSE layer")
    for each, given in zip(made.genuine, answers, strict=True):
        name, theirs = each.plan.encounter_id, bytes.fromhex(given["pass"])
        spelled.compare(name, inner_pass(each.text).message.payload, cose.read_sign1(theirs).payload)
        decision = _decide(made, bytes.fromhex(given["shown"]))
        decided.compare(name, _gist(each.decision), _gist(decision))
        decided.compare(f"{name}, last bit", "bad signature", _last_bit(made, bytes.fromhex(given["shown"])))
    yield spelled
    yield decided
    stricter = Finding("well signed, but not as interface section 2 has it: unreadable", "cwt")
    for name, data in not_ours.items():
        stricter.compare(name, ReasonCode.UNREADABLE, _decide(made, bytes.fromhex(data)).reason)
    yield stricter


def _gist(decision: Decision) -> tuple[object, ...]:
    return decision.outcome, decision.reason, decision.step, decision.claims


def _last_bit(made: Made, shown: bytes) -> str:
    reason = _decide(made, shown[:-1] + bytes((shown[-1] ^ 1,))).reason
    is_bad = reason in (ReasonCode.BAD_SIGNATURE, ReasonCode.BAD_PRESENTATION)
    return "bad signature" if is_bad else str(reason)


def _decide(made: Made, shown: bytes) -> Decision:
    federation = made.federation
    bundle = open_bundle(federation.bundle(HOST, made.at), anchor=federation.anchor(HOST), host=HOST)
    status = read_status_list(federation.status_list(ISSUER, made.at), bundle.key_lists)
    at = datetime.fromtimestamp(made.at, UTC)
    return verify(write_text(shown), bundle, at=at, lists=StatusLists((status,)))


# ---------------------------------------------------------------- status lists


def _lists(made: Made, answers: list[Json | str]) -> Iterator[Finding]:
    token = Finding("our status list tokens: signature, claims", "cwt + openvc-core, COSE")
    arrays = {name: Finding("our lists, every entry", name) for name in ("openvc-core", "token-status-list")}
    expected = {"openvc_signature": True, "sub": LIST_URI, "iat": made.at}
    expected |= {"exp": made.at + LIFETIME, "ttl": TTL}
    for (bits, statuses), given in zip(made.statuses.items(), answers, strict=True):
        if isinstance(given, str):
            token.compare(f"{bits} bits", "read", given)
            continue
        for claim, value in {**expected, "bits": bits}.items():
            token.compare(f"{bits} bits, {claim}", value, given[claim])
        token.compare(f"{bits} bits, check_token_status", statuses[-1], given["openvc_last"])
        for name, finding in arrays.items():
            for index, (own, theirs) in enumerate(zip(statuses, given[name], strict=True)):
                finding.compare(f"{bits} bits, entry {index}", own, theirs)
            beyond = isinstance(given[f"{name} beyond"], str)
            outside = made.arrays[bits].find(len(statuses)) is None
            finding.compare(f"{bits} bits, an index outside", outside, beyond)
    yield token
    yield from arrays.values()


def _broken_lists(made: Made, answers: list[Json]) -> Finding:
    finding = Finding("broken lists are refused by them and by us", "openvc-core, token-status-list")
    finding.remark = "cut off lists left to token-status-list: openvc-core reads them as far as they go"
    for (name, bits, lst), given in zip(broken_lists(made), answers, strict=True):
        for library, said in given.items():
            if library == "openvc-core" and name in _LENIENT_LISTS:
                continue
            finding.compare(f"{name}, {library}", True, isinstance(said, str))
        finding.compare(f"{name}, ours", True, _refuses_array(bits, lst))
    return finding


def _refuses_array(bits: int, lst: bytes) -> bool:
    try:
        read_array({"bits": bits, "lst": lst})
    except FormatError:
        return True
    return False


def _made_lists(made: Made, tokens: dict[str, str], old: str) -> Iterator[Finding]:
    federation = made.federation
    key_lists = open_bundle(federation.bundle(HOST, made.at), anchor=federation.anchor(HOST)).key_lists
    for library in ("openvc-core", "token-status-list"):
        finding = Finding("their lists, every entry read by us", f"{library} in a token by cwt")
        for bits, statuses in made.statuses.items():
            token = bytes.fromhex(tokens[f"{library}, {bits} bits"])
            found = _read(token, key_lists)
            for index, expected in enumerate(statuses):
                finding.compare(f"{bits} bits, entry {index}", expected, found and found.find(index))
        yield finding
    finding = Finding("its CWT form is of draft 02: refused by us", "token-status-list")
    finding.remark = "no library with the current CWT form was found: arrays and tokens are shown apart"
    finding.compare("old form", None, _read(bytes.fromhex(old), key_lists))
    yield finding


def _read(token: bytes, key_lists: tuple[KeyList, ...]) -> StatusArray | None:
    """Read a token of theirs; None when we refuse it."""
    try:
        return read_status_list(token, key_lists).array
    except ComityError:
        return None


# ---------------------------------------------------------------- pictures and base45


def _pictures(folder: Path, drawn: dict[str, str], answers: dict[str, str]) -> Iterator[Finding]:
    by_zxing = Finding("segno draws, zxing-cpp reads", "segno -> zxing-cpp")
    by_opencv = Finding("segno draws, OpenCV reads", "segno -> opencv-python-headless")
    reverse = Finding("zxing-cpp draws, OpenCV reads", "zxing-cpp -> opencv-python-headless")
    reverse.remark = "segno cannot read; OpenCV's QRCodeDetectorAruco stands in"
    size = Finding("segno and zxing-cpp draw the same size of symbol", "segno, zxing-cpp")
    for name, text in drawn.items():
        if name.endswith("-segno.png"):
            by_zxing.compare(name, [text], pictures.read(folder / name))
            by_opencv.compare(name, text, answers[name])
            twin = name.replace("-segno", "-zxing")
            size.compare(name, pictures.size(folder / name), pictures.size(folder / twin))
        else:
            reverse.compare(name, text, answers[name])
    return iter((by_zxing, by_opencv, reverse, size))


def _base45(answers: Json) -> Iterator[Finding]:
    encoded = Finding("random bytes: the same text, and back again", "base45")
    for raw, theirs in zip(raws(), answers["encoded"], strict=True):
        text = bytes.fromhex(theirs)
        encoded.compare(raw.hex(), (base45.encode(raw), raw), (text, _decoded(text)))
    yield encoded
    decoded = Finding("random texts: the same bytes or both refuse", "base45")
    refusals = 0
    for text, told in zip(texts(), answers["decoded"], strict=True):
        ours = _decoded(text)
        refusals += ours is None
        decoded.compare(text.hex(), ours, None if told is None else bytes.fromhex(told))
    decoded.remark = f"{refusals} of them refused by both"
    yield decoded


def _decoded(text: bytes) -> bytes | None:
    try:
        return base45.decode(text)
    except FormatError:
        return None
