"""The mass reissue after a pass key was closed: every live pass under it once more, travellers first.

Colour and holder stay, so that the old pass is not superseded (settled rule 18): it meets `key_revoked` where
the new key list is known, and goes on where it is not. Each batch is one transaction with the note of what
became of each old pass and of how far the work is, so that it may be cut off anywhere, done by several
processes and taken up again. Nobody keeps who showed an online pass; a traveller is who declared a trip or
came from another region.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import ClassVar, Final

from comity.codec.cose import Kid
from comity.domain.claims import DeviceKey
from comity.domain.colour import PassClass
from comity.domain.instant import MINUTE, Instant
from comity.issuance.declarations import Declaration, DeclarationKind
from comity.issuance.home_inquiries import HomeInquiry
from comity.issuance.issuer import Issuer
from comity.issuance.messages import write_message
from comity.issuance.pass_life import keep_passes, make_pass
from comity.issuance.phone_keys import carries, phone_keys_of
from comity.issuance.records import HolderKey, IssuedPass, Message, PassState
from comity.issuance.reissue import open_each, order_again
from comity.issuance.standing import lock_holders, standings_for
from comity.records.audit import Act, record_acts
from comity.records.ports import Transaction
from comity.records.search import Where, at_least, differs, equal, one_of

REISSUE_BATCH: Final = 250
"""Passes, or records of travellers, of one transaction."""
REISSUE_TURN: Final = 200
"""Batches of one turn of the duty, so that its time stays that of the clock."""
REISSUE_EVERY: Final = 5
FOLLOWED_AFTER: Final = MINUTE
"""Seconds after which no process signs with a key that was closed: they look every half second."""
_LIVE: Final = (PassState.CURRENT, PassState.SUSPENDED)
_FIRST: Final = ""


class ReissueStage(StrEnum):
    """Whose passes the work is at: who declared a trip, who came from elsewhere, everybody, the last ones."""

    TRIPS = "trips"
    VISITORS = "visitors"
    EVERYBODY = "everybody"
    LATE = "late"
    DONE = "done"


_NEXT_STAGE: Final = dict(zip(ReissueStage, list(ReissueStage)[1:], strict=False))


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyReissue:
    """The reissue that follows one closed key: how far it is, and how many were issued again or told."""

    kid: str
    began_at: Instant
    stage: ReissueStage = ReissueStage.TRIPS
    cursor: str = _FIRST
    issued: int = 0
    told: int = 0
    ended_at: Instant | None = None

    TABLE: ClassVar[str] = "key_reissue"
    INDEXES: ClassVar[tuple[tuple[str, ...], ...]] = ()

    @property
    def share(self) -> float:
        """How much of everybody's passes is behind, 0 to 1: pass ids are random, and taken in order."""
        if self.stage in (ReissueStage.LATE, ReissueStage.DONE):
            return 1.0
        if self.stage is not ReissueStage.EVERYBODY or not self.cursor:
            return 0.0
        return int(self.cursor[:8], 16) / 0x1_0000_0000


@dataclass(frozen=True, slots=True, kw_only=True)
class ReissuedPass:
    """What became of one pass under a closed key: the pass that follows it, or None: its holder was told."""

    pass_id: str
    kid: str
    new_pass_id: str | None
    at: Instant

    TABLE: ClassVar[str] = "reissued_pass"
    INDEXES: ClassVar[tuple[tuple[str, ...], ...]] = (("at",),)


def begin_reissue(transaction: Transaction, kid: Kid, *, at: Instant) -> KeyReissue:
    """Note that the passes of a closed key are to be issued again, in the transaction that closes it."""
    work = KeyReissue(kid=kid.hex(), began_at=at)
    transaction.of(KeyReissue).add(work)
    return work


def list_reissues(transaction: Transaction) -> list[KeyReissue]:
    """List every reissue, the newest first."""
    return transaction.of(KeyReissue).select(order=("began_at",), newest_first=True)


def go_on_with_reissues(issuer: Issuer, *, at: Instant, batches: int = REISSUE_TURN) -> int:
    """Go on with every reissue under way for some batches; say how many passes were dealt with.

    Raises: SigningRefused, KeyStoreError, ClockRefused, StoreUnavailable; what was done stays done.
    """
    with issuer.store.reading() as transaction:
        under_way = transaction.of(KeyReissue).select(equal("ended_at", None), order=("began_at",))
    done = 0
    for work in under_way:
        after = reissue_passes(issuer, work.kid, clock=lambda: at, batches=batches)
        done += after.issued + after.told - work.issued - work.told
    return done


def reissue_passes(
    issuer: Issuer,
    kid: str,
    *,
    clock: Callable[[], Instant],
    batches: int | None = None,
    tell: Callable[[KeyReissue], None] = lambda _: None,
    size: int = REISSUE_BATCH,
) -> KeyReissue:
    """Issue passes again, batch by batch, until all is done, or so many batches; give how far it is.

    It stops before the last stage until a minute after the key was closed: a duty goes on from there. `tell`
    hears of every batch. Raises: as `go_on_with_reissues`.
    """
    while True:
        at = clock()
        with issuer.store.transaction() as transaction:
            transaction.lock(f"reissue-{kid}")
            work = transaction.of(KeyReissue).find(kid)
            assert work is not None  # noqa: S101 - callers read it from the records
            is_early = work.stage is ReissueStage.LATE and at < work.began_at + FOLLOWED_AFTER
            if work.stage is ReissueStage.DONE or is_early:
                return work
            work = _batch(transaction, issuer, work, at=at, size=size)
        tell(work)
        if batches is not None:
            batches -= 1
            if batches <= 0:
                return work


def _batch(
    transaction: Transaction, issuer: Issuer, work: KeyReissue, *, at: Instant, size: int
) -> KeyReissue:
    """Do one batch and note how far the work is.

    1. Find the next passes of the stage, or go to the next stage.
    2. Leave out what has been dealt with.
    3. Issue again what a phone can take at once, tell everybody, and note both.
    """
    found, cursor = _next_passes(transaction, work, at=at, size=size)  # 1
    if cursor is None:
        stage = _NEXT_STAGE[work.stage]
        ended_at = at if stage is ReissueStage.DONE else None
        work = replace(work, stage=stage, cursor=_FIRST, ended_at=ended_at)
        transaction.of(KeyReissue).replace(work)
        if ended_at is not None:
            detail: dict[str, str | int | bool | None] = {"issued": work.issued, "told": work.told}
            act = Act(actor="region", act="key.reissue_ended", subject=work.kid, detail=detail)
            record_acts(transaction, [act], at=at)
        return work
    known = transaction.of(ReissuedPass).select(one_of("pass_id", [issued.pass_id for issued in found]))  # 2
    gone = {each.pass_id for each in known}
    left = [issued for issued in found if issued.pass_id not in gone]
    made = _issue_again(transaction, issuer, left, work.kid, at=at) if left else 0  # 3
    work = replace(work, cursor=cursor, issued=work.issued + made, told=work.told + len(left) - made)
    transaction.of(KeyReissue).replace(work)
    return work


def _next_passes(
    transaction: Transaction, work: KeyReissue, *, at: Instant, size: int
) -> tuple[list[IssuedPass], str | None]:
    """Give the next passes of the stage and the cursor after them, which is None at the end of the stage."""
    live = (equal("kid", work.kid), *_live(at))
    passes = transaction.of(IssuedPass)
    if work.stage in (ReissueStage.EVERYBODY, ReissueStage.LATE):
        late = (at_least("issued_at", work.began_at),) if work.stage is ReissueStage.LATE else ()
        found = passes.select(*live, *late, *_after("pass_id", work.cursor), order=("pass_id",), limit=size)
        return found, found[-1].pass_id if found else None
    holders, cursor = _next_travellers(transaction, work, size=size)
    return passes.select(one_of("holder", holders), *live) if holders else [], cursor


def _next_travellers(
    transaction: Transaction, work: KeyReissue, *, size: int
) -> tuple[list[HolderKey], str | None]:
    """Give the next who declared a trip, or who came from another region, and the cursor after them."""
    if work.stage is ReissueStage.TRIPS:
        trips = transaction.of(Declaration).select(
            equal("kind", DeclarationKind.TRIP),
            *_after("declaration_id", work.cursor),
            order=("declaration_id",),
            limit=size,
        )
        found = [(each.declaration_id, each.holder) for each in trips]
    else:
        inquiries = transaction.of(HomeInquiry).select(
            *_after("inquiry_id", work.cursor), order=("inquiry_id",), limit=size
        )
        found = [(each.inquiry_id, each.holder) for each in inquiries]
    return sorted({holder for _, holder in found}), found[-1][0] if found else None


def _issue_again(
    transaction: Transaction, issuer: Issuer, left: Sequence[IssuedPass], kid: str, *, at: Instant
) -> int:
    """Issue these passes again and give how many were; the others' holders are told what to do.

    1. Lock the holders; what they hold is read again.
    2. Assess whoever is due, so that the new pass says the colour of now.
    3. A phone that deposited its next key gets its pass.
    4. Everybody is told, and each old pass noted.
    """
    holders = sorted({issued.holder for issued in left})
    lock_holders(transaction, holders)  # 1
    standings, acts = standings_for(transaction, issuer, holders, at=at)  # 2
    held = transaction.of(IssuedPass).select(one_of("holder", holders), *_live(at))
    by_id = {issued.pass_id: issued for issued in held}
    old = [by_id[issued.pass_id] for issued in left if issued.pass_id in by_id]
    phones = _phones(transaction, old, held, kid)  # 3
    opened = open_each(transaction, issuer, list({issued.holder for issued, _ in phones}))
    phones = [
        (issued, key)
        for issued, key in phones
        if issued.holder in opened and standings[issued.holder].set_aside_at is None
    ]
    places = issuer.places.claim_within(transaction, len(phones), draw=issuer.draw, at=at)
    made = [
        make_pass(
            issuer, order_again(issued, key, opened[issued.holder], standings[issued.holder]), place, at=at
        )
        for (issued, key), place in zip(phones, places, strict=True)
    ]
    acts += keep_passes(transaction, made, actor="region")
    followed = {issued.pass_id: new for (issued, _), new in zip(phones, made, strict=True)}
    _tell(transaction, issuer, old, held, followed, at=at)  # 4
    transaction.of(ReissuedPass).add(
        *(
            ReissuedPass(
                pass_id=issued.pass_id,
                kid=kid,
                new_pass_id=followed[issued.pass_id].pass_id if issued.pass_id in followed else None,
                at=at,
            )
            for issued in left
        )
    )
    if acts:
        record_acts(transaction, acts, at=at)
    return len(made)


def _phones(
    transaction: Transaction, old: Sequence[IssuedPass], held: Sequence[IssuedPass], kid: str
) -> list[tuple[IssuedPass, DeviceKey]]:
    """Find the phones that get a pass at once: none whose holder has one already under an open key."""
    by_holder: dict[HolderKey, list[IssuedPass]] = {}
    for issued in held:
        if issued.pass_class is PassClass.DEVICE:
            by_holder.setdefault(issued.holder, []).append(issued)
    asked = [i for i in old if i.pass_class is PassClass.DEVICE and i.state is PassState.CURRENT]
    keys = phone_keys_of(transaction, [issued.pass_id for issued in asked])
    return [
        (issued, keys[issued.pass_id])
        for issued in asked
        if issued.pass_id in keys
        and not any(
            each.kid != kid or carries(each, keys[issued.pass_id]) for each in by_holder[issued.holder]
        )
    ]


def _tell(
    transaction: Transaction,
    issuer: Issuer,
    old: Sequence[IssuedPass],
    held: Sequence[IssuedPass],
    followed: dict[str, IssuedPass],
    *,
    at: Instant,
) -> None:
    """Tell each holder what became of the code; who has a newer one of the class already needs no word."""
    kids = {issued.kid for issued in old}
    newer = {(each.holder, each.pass_class) for each in held if each.kid not in kids}
    newer |= {(each.holder, each.pass_class) for each in followed.values()}
    told: dict[tuple[HolderKey, str], None] = {}
    for issued in old:
        if issued.pass_id in followed:
            told[issued.holder, "message.pass_signed_again"] = None
        elif (issued.holder, issued.pass_class) not in newer:
            is_paper = issued.pass_class is PassClass.PAPER
            told[issued.holder, f"message.{'paper_to_be_signed' if is_paper else 'pass_to_be_signed'}"] = None
    if told:
        transaction.of(Message).add(
            *(write_message(issuer.new_id(), holder, key, {}, at=at) for holder, key in told)
        )


def _live(at: Instant) -> tuple[Where, ...]:
    return one_of("state", _LIVE), at_least("expires_at", at + 1)


def _after(field: str, cursor: str) -> tuple[Where, ...]:
    return () if not cursor else (at_least(field, cursor), differs(field, cursor))
