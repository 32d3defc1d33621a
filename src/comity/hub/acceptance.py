"""What a region publishes is checked here, statement by statement, before it stands in the register.

Everything is accepted or nothing is: the caller's transaction ends with the exception. What was accepted
before, byte for byte, is passed over, so that sending a publication again is safe (C2.1, design section 5).
Whether the hub may order it as a TUF repository is for `distribution`; nothing here is signed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from comity.domain.instant import Instant
from comity.domain.recognition import Recognition, RecognitionStep
from comity.domain.recognition_life import Said, in_order
from comity.domain.region import RegionCode
from comity.domain.rulebook_document import refuse
from comity.errors import InvalidInput, StatementRefused, UnreadableStatement
from comity.hub.hub import Hub
from comity.hub.members import find_membership
from comity.hub.national import national_rulebooks
from comity.hub.publication_checks import Accepted, RegionSaid, about_of, check_new, effect_of
from comity.hub.register_entry import read_entries
from comity.hub.statements import AcceptedStatement, accepted, accepted_row, content_of
from comity.records.audit import Act, record_acts
from comity.records.ports import Transaction
from comity.records.search import equal
from comity.records.statement_kinds import StatementKind
from comity.trust.keys import KeyList
from comity.trust.location import read_location
from comity.trust.membership import read_key_list
from comity.trust.recognition_statements import read_recognition, read_referral, read_signed_rulebook
from comity.trust.recognition_steps import read_step
from comity.trust.statements import Kind, read_kind, read_statement

MAX_FILES: Final = 21_000
"""Statements of one publication: what is in force, and the history of thirty pairs over years."""
LOCK: Final = "publications-"
"""Name of the lock of a region's publications, before its code."""

_KINDS: Final = {
    Kind.KEY_LIST: StatementKind.KEY_LIST,
    Kind.LOCATION: StatementKind.LOCATION,
    Kind.RECOGNITION_STEP: StatementKind.RECOGNITION_STEP,
    Kind.RECOGNITION: StatementKind.RECOGNITION,
    Kind.REFERRAL: StatementKind.REFERRAL,
    Kind.RULEBOOK: StatementKind.RULEBOOK,
}
"""What a region publishes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Brought:
    """One statement that is new: its kind, its bytes, what it says."""

    kind: StatementKind
    data: bytes
    said: RegionSaid


def accept_statements(
    transaction: Transaction, hub: Hub, region: RegionCode, files: Mapping[str, bytes], *, at: Instant
) -> list[AcceptedStatement]:
    """Check and keep what a region publishes: each file one signed statement, by a name of no meaning.

    1. The region takes part, and publishes its own statements only (settled rule 4).
    2. Its key list is under the root its membership names; every other statement is signed by its keys.
    3. What is known already is passed over, signed again too where a key of now did; a new version is higher
       than the one known.
    4. Each follows what came before and keeps its times, by its kind (`publication_checks`).

    Raises: PublicationRefused with the clause, UnreadableStatement, StatementRefused, InvalidInput.
    """
    if len(files) > MAX_FILES:
        raise InvalidInput(f"at most {MAX_FILES} statements are published at once", field="files")
    transaction.lock(LOCK + region)
    membership = find_membership(transaction, hub, region)
    if membership is None or not membership.is_in_force(at):  # 1
        refuse("not_a_member", "C2.1", region=region)
    known = _known(transaction, hub, region)
    given, again = _unknown(files, known, is_test=hub.is_test)
    keys = _keys(given, known, region, membership.root_thumbprint, is_test=hub.is_test)  # 2
    for kind, data in again:
        _read(kind, data, keys, region, at=at, is_test=hub.is_test)
    brought = [_read(kind, data, keys, region, at=at, is_test=hub.is_test) for kind, data in given]
    rows: list[AcceptedStatement] = []
    for each in _sorted(brought):
        check_new(each.said, known, at=at)  # 3, 4
        row = accepted_row(
            each.kind,
            region,
            each.said.version,
            each.data,
            about=about_of(each.said),
            at=at,
            effective_from=effect_of(each.said, known, at=at),
        )
        known = known.with_said(each.said, each.data)
        rows.append(row)
    transaction.of(AcceptedStatement).add(*rows)
    acts = [Act(actor=f"region:{region}", act="publish_statement", subject=row.statement_id) for row in rows]
    record_acts(transaction, acts, at=at)
    return rows


def _known(transaction: Transaction, hub: Hub, region: RegionCode) -> Accepted:
    """Read everything that was accepted of a region, under the keys of its time."""
    own = transaction.of(AcceptedStatement).select(equal("region", region), order=("version",))
    memberships = accepted(transaction, StatementKind.MEMBERSHIP)
    entries, left_out = read_entries([*memberships, *own], hub=hub.root.public, is_test=hub.is_test)
    if left_out:
        raise StatementRefused(f"{left_out} statements about {region} in the records do not hold any more")
    return Accepted(
        region=region,
        members={each.about: each.said for each in entries if each.kind is StatementKind.MEMBERSHIP},  # type: ignore[misc]
        said=tuple(each.said for each in entries if each.region == region),  # type: ignore[misc]
        data=frozenset(each.data for each in entries),
        national=national_rulebooks(transaction, hub),
    )


def _unknown(
    files: Mapping[str, bytes], known: Accepted, *, is_test: bool
) -> tuple[list[tuple[StatementKind, bytes]], list[tuple[StatementKind, bytes]]]:
    """Give what is new, once each, with its kind; then what is known and was signed again: it is not new.

    The repository carries both kinds to everybody, so that the signature of the second is looked at as well.
    """
    given: list[tuple[StatementKind, bytes]] = []
    again: list[tuple[StatementKind, bytes]] = []
    contents = {content_of(data) for data in known.data}
    for data in dict.fromkeys(files.values()):
        if data in known.data:
            continue
        kind = _KINDS.get(read_kind(data, is_test=is_test))
        if kind is None:
            raise UnreadableStatement("publication: a statement in it is of a kind no region publishes")
        (again if content_of(data) in contents else given).append((kind, data))
    return given, again


def _keys(
    given: Iterable[tuple[StatementKind, bytes]],
    known: Accepted,
    region: RegionCode,
    root: bytes,
    *,
    is_test: bool,
) -> KeyList:
    """Give the newest key list of the region, brought or known, under the root of its membership."""
    lists = [read_key_list(data, is_test=is_test) for kind, data in given if kind is StatementKind.KEY_LIST]
    if any(each.region != region or each.root.thumbprint != root for each in lists):
        refuse("another_regions_key", "settled rule 4", region=region)
    lists += [each for each in known.of(KeyList) if each.root.thumbprint == root]
    if not lists:
        raise StatementRefused(f"there is no key list of {region}, so nothing else of it can be checked")
    return max(lists, key=lambda each: each.version)


def _read(
    kind: StatementKind, data: bytes, keys: KeyList, region: RegionCode, *, at: Instant, is_test: bool
) -> _Brought:
    """Read one statement under the region's keys. Raises: PublicationRefused for another's."""
    claimed = _claimed(kind, data, is_test=is_test)
    if claimed != region:
        refuse("another_regions_key", "settled rule 4", region=claimed)
    try:
        return _Brought(kind=kind, data=data, said=_said(kind, data, keys, at=at, is_test=is_test))
    except StatementRefused:
        refuse("another_regions_key", "settled rule 4", region=region)


def _claimed(kind: StatementKind, data: bytes, *, is_test: bool) -> str:
    """Tell whose statement it claims to be."""
    number = next(number for number, own in _KINDS.items() if own is kind)
    fields = read_statement(data, number, is_test=is_test).peek()
    is_of_host = kind in (StatementKind.RECOGNITION_STEP, StatementKind.RECOGNITION, StatementKind.REFERRAL)
    return fields.text("host" if is_of_host else "region")


def _said(kind: StatementKind, data: bytes, keys: KeyList, *, at: Instant, is_test: bool) -> RegionSaid:
    match kind:
        case StatementKind.KEY_LIST:
            return read_key_list(data, is_test=is_test)
        case StatementKind.LOCATION:
            return read_location(data, keys, at=at, is_test=is_test)
        case StatementKind.RECOGNITION_STEP:
            return read_step(data, keys, at=at, is_test=is_test)
        case StatementKind.RECOGNITION:
            return read_recognition(data, keys, at=at, is_test=is_test)
        case StatementKind.REFERRAL:
            return read_referral(data, keys, at=at, is_test=is_test)
        case _:
            return read_signed_rulebook(data, keys, at=at, is_test=is_test)


def _sorted(brought: Iterable[_Brought]) -> list[_Brought]:
    """Put what came in together in the order in which it was said: keys first, then by version and time."""
    given = list(brought)
    said: list[Said] = [each.said for each in given if isinstance(each.said, RecognitionStep | Recognition)]
    place = {id(each): number for number, each in enumerate(in_order(said))}
    return sorted(
        given,
        key=lambda each: (
            not isinstance(each.said, KeyList),
            place.get(id(each.said), -1),
            each.said.version,
        ),
    )
