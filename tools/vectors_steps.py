"""Which cases stand in which file: one file a step, and one for the tampers of the scenario engine."""

from __future__ import annotations

from typing import Any, Final

from comity.codec import base45, cose
from comity.codec.qrtext import PREFIX
from comity.scenario.federation import Federation
from comity.trust.status import pack, write_status_list
from tools.vectors_cases import DAY, MONDAY, NOON, Case, Relist, Rewrite
from tools.vectors_hands import ALG, Hands, as_text, plain
from tools.vectors_hostile import CLAIMS, ENVELOPE, GROUNDS, HEADERS, PHONES, TEXTS, Row

ORDER: Final = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
NOON_INSTANT: Final = int(NOON.timestamp())
URI: Final = "cm:440000/1"


def hostile(rows: list[Row], shown: str) -> list[Case]:
    """Make the rows of a hostile table into cases of one pass."""
    return [Case(name=n, shows=s, shown=shown, rewrite=rewrite) for n, s, rewrite in rows]


def resigned(r: int | None = None, *, mirror: bool = False) -> Rewrite:
    """Exchange r, or s for n - s, in the signature of a bare pass."""

    def rewrite(hands: Hands, text: str) -> str:
        del hands
        raw = base45.decode(text.removeprefix(PREFIX).encode())
        message = cose.read_sign1(raw)
        first, second = message.signature[:32], message.signature[32:]
        if r is not None:
            first = r.to_bytes(32, "big")
        if mirror:
            second = (ORDER - int.from_bytes(second, "big")).to_bytes(32, "big")
        return as_text(cose.write_sign1(message.protected, message.payload, first + second))

    return rewrite


def off_the_curve(hands: Hands, text: str) -> str:
    """Claim a phone key whose x is on no point of the curve."""
    del text
    x = (0).to_bytes(31, "big") + b"\x02"
    return hands.with_claims({8: {1: {1: 2, -1: 1, -2: x, -3: False}}})


def other_list(*, issuer: str = "440000", uri: str = URI, size: int = 1_024) -> Relist:
    """Put another list in the place of the issuer's own."""

    def relist(federation: Federation) -> dict[str, bytes]:
        signer = federation.key(issuer, "status")
        token = write_status_list(pack({}, size=size), signer, uri=uri, issued_at=NOON_INSTANT)
        return {"440000-1.cwt": token}

    return relist


def case(name: str, shows: str, shown: str = "device", more: str = "", **told: Any) -> Case:
    """Make one case; `told` are its instants in seconds from NOON and what is rewritten."""
    return Case(name=name, shows=shows, shown=shown, more=more, **told)


READABLE: Final = [
    *hostile(TEXTS, "paper"),
    case("truncated", "the last ten characters are missing", more='tamper = "truncated"'),
    *hostile(ENVELOPE, "paper"),
    *hostile(HEADERS, "paper"),
    *hostile(CLAIMS, "paper"),
    *hostile(GROUNDS, "yellow-paper"),
    *hostile(PHONES, "device"),
    case("test-at-real", "a test pass at a real gate", "paper", in_production=True),
    case(
        "real-at-real",
        "a real pass at a real gate",
        "paper",
        in_production=True,
        rewrite=lambda h, t: h.with_header({**h.header, 16: 65_001}),
    ),
    case("unreadable-first", "V1 decides before V2", more='tamper = "header"', bundle_at=61),
]
BUNDLE: Final = [
    case("bundle-ahead-60", "60 s ahead is leeway", bundle_at=60),
    case("bundle-ahead-61", "61 s ahead: a clock is wrong", bundle_at=61),
    case("trust-24h", "24 h is fresh", "paper", bundle_at=-DAY),
    case("trust-24h-1s", "24 h + 1 s warns and goes on", "paper", bundle_at=-DAY - 1),
    case("trust-7d", "7 d goes on", "own", bundle_at=-7 * DAY, status_at=0),
    case("trust-7d-1s", "7 d + 1 s is stale", "own", bundle_at=-7 * DAY - 1),
    case("stale-first", "V2 decides before V3", bundle_at=-7 * DAY - 1, more='tamper = "unknown_key"'),
]
KEY: Final = [
    case("unknown-key", "a key of no list", more='tamper = "unknown_key"'),
    case("unknown-key-warned", "the same with trust of 24 h", bundle_at=-DAY, more='tamper = "unknown_key"'),
    case("unknown-key-stale", "trust older than 24 h", bundle_at=-DAY - 1, more='tamper = "unknown_key"'),
    case("impersonation", "a kid counts only with its issuer", more='tamper = "impersonation"'),
    case("before-window", "issued one second before the key's window", "too-early-key"),
    case("unpublished", "a key published one second later", "unpublished-key"),
    case("published", "the same with a bundle made then", "unpublished-key", bundle_at=1),
    case("revoked", "revoked at this instant", "lost-key"),
    case("not-yet-revoked", "one second before", "lost-key", at=-1),
    case("revocation-unknown", "the bundle is older than the revocation", "lost-key", bundle_at=-1),
]
SIGNATURE: Final = [
    case("bad-signature", "the last bit flipped", "paper", more='tamper = "signature"'),
    case("bad-signature-shown", "the same, then signed by the phone", more='tamper = "signature"'),
    case("payload", "another payload under the old signature", "online", more='tamper = "payload"'),
    case("red-made-green", "red made green", "red-paper", more='tamper = "payload"'),
    case("r-zero", "r = 0", "paper", rewrite=resigned(0)),
    case("r-order", "r = n", "paper", rewrite=resigned(ORDER)),
    case("high-s", "n - s instead of s is accepted", "paper", rewrite=resigned(mirror=True)),
    case(
        "other-alg",
        "alg is that of the key",
        "paper",
        rewrite=lambda h, t: h.with_header({**h.header, ALG: -35}),
    ),
]
SHOWING: Final = [
    case("downgrade", "a device pass without the phone's signature", more='tamper = "downgrade"'),
    case("wrapped-paper", "paper inside a presentation", "paper", more='tamper = "wrapped"'),
    case("wrapped-online", "online inside a presentation", "online", shown_at=0, more='tamper = "wrapped"'),
    case("no-cnf", "device without cnf", rewrite=lambda h, t: h.with_claims({8: None})),
    case(
        "cnf-on-paper",
        "paper with cnf",
        "paper",
        rewrite=lambda h, t: h.with_claims({8: {1: {1: 2, -1: 1, -2: bytes(32), -3: True}}}),
    ),
    case(
        "no-status",
        "paper without status reference",
        "paper",
        rewrite=lambda h, t: h.with_claims({65_535: None}),
    ),
    case(
        "status-on-online",
        "online with a status reference",
        "online",
        shown_at=0,
        rewrite=lambda h, t: h.with_claims({65_535: {"status_list": {"idx": 0, "uri": URI}}}),
    ),
    case("online-61", "online with exp = iat + 61", "online-too-long", shown_at=0),
    case("validity-30d", "30 days is what a key may sign", "thirty-days"),
    case("validity-30d-1s", "one second more", "too-long"),
    case("area-in-key", "an area that the key covers", "city"),
    case("area-outside-key", "an area outside the key's areas", "outside-city"),
    case("no-area-for-key", "no area, and a key with areas", "no-city"),
    case("wrong-phone", "another phone signed", more='tamper = "wrong_device"'),
    case("off-the-curve", "a cnf point off the curve", rewrite=off_the_curve),
    case(
        "shown-other-alg",
        "a presentation of another alg",
        rewrite=lambda h, t: as_text(h.carried(plain([h.shown_at, h.message()]), {ALG: -8, 16: 65_102})),
    ),
    case("shown-120", "120 s after is in time", shown_at=-120),
    case("shown-121", "121 s after is not", shown_at=-121),
    case("shown-ahead-60", "60 s ahead is leeway", shown_at=60),
    case("shown-ahead-61", "61 s ahead is not", shown_at=61),
    case("online-59", "an online pass in its last second", "online", shown_at=-59),
    case("online-60", "an online pass at its end", "online", shown_at=-60),
    case("guardian", "a pass held by a guardian: compare the ID", "child"),
]
RECOGNITION: Final = [
    case("own", "the host's own pass needs no recognition", "own"),
    case("recognised", "a recognised pass"),
    case("not-recognised", "the other direction is not recognised", "own", "", host="110000"),
    case("effect-ahead", "in force one second later", "tianjin"),
    case("in-effect", "in force from this instant", "tianjin", at=1),
    case("not-published", "no statement known, trust fresh", "tianjin", bundle_at=-DAY),
    case("not-published-stale", "no statement known, trust older than 24 h", "tianjin", bundle_at=-DAY - 1),
    case("suspended", "suspended from this instant", "beijing"),
    case("suspension-ahead", "honoured until then", "beijing", at=-1, bundle_at=-1),
    case("suspended-stale", "suspended, trust of 43 h", "beijing", at=MONDAY - 1, bundle_at=-DAY),
    case("resumed", "resumed from this instant", "beijing", at=MONDAY, bundle_at=MONDAY),
    case("resumption-unknown", "the bundle does not know it yet", "beijing", at=MONDAY),
    case("referred", "one second before the release", "yichang", at=-1, bundle_at=-1),
    case("released", "released from this instant", "yichang"),
    case("area-excepted", "an excepted area", "wuhan"),
    case("no-area", "no area where some are excepted", "hubei"),
    case("all-released", "the later release excepts nothing", "wuhan", at=MONDAY),
]
TIME: Final = [
    case("ahead-60", "issued 60 s ahead: leeway", "ahead-60"),
    case("ahead-61", "issued 61 s ahead", "ahead-61"),
    case("last-second", "14 days less one second", "thirteen-days"),
    case("expired", "14 days", "fourteen-days"),
    case("expired-7d", "the issuer's own 7 days", at=5 * DAY, bundle_at=5 * DAY),
]
STATUS: Final = [
    case("status-missing", "no list", "paper", 'status = "missing"'),
    case("status-wrong-sub", "a list of another uri", "paper", relist=other_list(uri="cm:440000/2")),
    case(
        "status-wrong-signer", "a list signed by another region", "paper", relist=other_list(issuer="420000")
    ),
    case("status-outside", "an index outside the list", "paper", relist=other_list(size=4)),
    case("status-ahead-60", "a list 60 s ahead", status_at=60),
    case("status-ahead-61", "a list 61 s ahead", status_at=61),
    case("void", "status 1", "void"),
    case("void-stale", "status 1 from a stale list", "void", status_at=-DAY, at=DAY + 1),
    case("superseded", "status 3", "superseded"),
    case("superseded-stale", "status 3 from a stale list", "superseded", status_at=-DAY, at=DAY + 1),
    case("status-48h", "a list of 48 h", status_at=-2 * DAY),
    case("status-48h-1s", "a list of 48 h and 1 s", status_at=-2 * DAY - 1),
    case("status-24h-1s", "the host's own limit: 24 h", "own", host="440000", status_at=-DAY - 1),
    case("status-24h", "a list of 24 h there", "own", host="440000", status_at=-DAY),
    case("status-7d-paper", "its limit for paper: 7 d", "thirteen-days", host="440000", status_at=-7 * DAY),
    case("no-rulebook-48h", "no rulebook in force: 48 h", host="110000", at=-1, status_at=-2 * DAY - 1),
    case("no-rulebook-stale", "one second more", host="110000", at=-1, status_at=-2 * DAY - 2),
    case("review", "status 2", "review"),
    case("review-stale", "status 2 from a stale list: stale first", "review", status_at=-DAY, at=DAY + 1),
    case("colour-lasts", "one second before its end", "ending", at=-1, bundle_at=-1),
    case("colour-ended", "until is now", "ending"),
    case("colour-ended-online", "the same online", "ending-online", shown_at=0),
    case("contradicted", "the issuer now says green", "yellow", 'issuer_says = "green"'),
    case("contradicted-green", "the issuer now says red", "paper", 'issuer_says = "red"'),
    case("contradicted-online", "online too", "online", 'issuer_says = "yellow"', shown_at=0),
    case("confirmed", "the issuer says the same", "red", 'issuer_says = "red"'),
]
RULEBOOK: Final = [
    case("rulebook-ahead", "the host's rulebook begins in one second", "yellow", host="110000", at=-1),
    case("rulebook-begins", "it begins now", "yellow", host="110000"),
    case("rulebook-ended", "it ends now", "red", host="110000", at=MONDAY),
    case("rulebook-green", "green needs none", host="110000", at=-1),
]
COLOUR: Final = [
    case("green-device", "green, device"),
    case("green-paper", "green, paper: compare the ID", "paper"),
    case("green-online", "green, online", "online", shown_at=0),
    case("yellow-device", "yellow: the built-in row", "yellow"),
    case("yellow-rows", "yellow: two rows that name the reason", "yellow-paper"),
    case("yellow-online", "yellow, online", "yellow-online", shown_at=0),
    case("red-device", "red: the built-in row", "red"),
    case("red-onward", "red: no entry, with an onward passage", "red-paper"),
    case("red-online", "red, online, another origin", "red-online", shown_at=0),
    case("local-yellow", "a local yellow: the same row", "own-yellow"),
    case("two-hosts", "the same yellow at another host", "yellow-paper", host="110000"),
    case("ends-not-before-now", "days that are over end now", "yellow-paper", at=4 * DAY, bundle_at=4 * DAY),
]
_ALL: Final = ("device", "paper", "online")
_TAMPERS: Final = {
    "signature": _ALL,
    "payload": _ALL,
    "truncated": _ALL,
    "header": _ALL,
    "unknown_key": _ALL,
    "impersonation": _ALL,
    "screenshot": ("device", "online"),
    "downgrade": ("device",),
    "wrong_device": ("device",),
    "wrapped": ("paper", "online"),
}
_SHOWN_AT: Final = {"device": -121, "online": -60}
TAMPERS: Final = [
    case(
        f"{tamper.replace('_', '-')}-{shown}",
        f"tamper {tamper}, {shown} pass",
        shown,
        f'tamper = "{tamper}"',
        shown_at=_SHOWN_AT[shown] if tamper == "screenshot" else 0 if shown == "online" else None,
    )
    for tamper, classes in _TAMPERS.items()
    for shown in classes
]
FILES: Final = {
    "v1-readable": ("V1: is this one strict pass or presentation?", READABLE),
    "v2-bundle": ("V2: is the bundle usable?", BUNDLE),
    "v3-key": ("V3: is there a key?", KEY),
    "v4-signature": ("V4: does the issuer's signature hold?", SIGNATURE),
    "v5-showing": ("V5: is it shown as its class demands, now?", SHOWING),
    "v6-recognition": ("V6: does the host recognise the issuer?", RECOGNITION),
    "v7-time": ("V7: is it in time?", TIME),
    "v8-status": ("V8: is it still the issuer's word?", STATUS),
    "v9-rulebook": ("V9: has the host a rulebook in force?", RULEBOOK),
    "v10-colour": ("V10: the colour decides", COLOUR),
    "tampers": ("Every tamper of the scenario engine on every class it works on", TAMPERS),
}
