"""The chain from hub to key: membership statements and key lists as bytes (design section 3).

Hub root -> membership (region, thumbprint of its root) -> key list signed by that root -> keys.
"""

from __future__ import annotations

from comity.codec import cbor
from comity.codec.cbor import Value
from comity.domain.instant import Instant
from comity.domain.validity import KEY_MAX_VALIDITY
from comity.errors import StatementRefused
from comity.trust.algorithm import PublicKey
from comity.trust.keys import KeyEntry, KeyList, Membership, Usage
from comity.trust.ports import Signer
from comity.trust.statements import Fields, Kind, read_statement, write_statement


def write_hub_root(hub: PublicKey) -> bytes:
    """Write the hub's root key as a file."""
    return cbor.write({"hub": hub.point})


def read_hub_root(data: bytes) -> PublicKey:
    """Read the file of the hub's root key. Raises: UnreadableStatement, FormatError."""
    fields = Fields(cbor.read_map(data), of="hub root")
    key = fields.key("hub")
    fields.finish()
    return key


def write_membership(membership: Membership, hub: Signer, *, is_test: bool) -> bytes:
    """Sign a membership with the hub's root."""
    fields: dict[str, Value | None] = {
        "region": membership.region,
        "version": membership.version,
        "root": membership.root_thumbprint,
        "from": membership.member_from,
        "to": membership.member_to,
        "reason": None
        if membership.reason is None
        else {"zh": membership.reason.zh, "en": membership.reason.en},
    }
    return write_statement(fields, Kind.MEMBERSHIP, hub, is_test=is_test)


def read_membership(data: bytes, hub: PublicKey, *, is_test: bool) -> Membership:
    """Read a membership that the hub's root signed.

    Raises: UnreadableStatement, StatementRefused.
    """
    fields = read_statement(data, Kind.MEMBERSHIP, is_test=is_test).signed_by(hub)
    membership = Membership(
        region=fields.issuer("region"),
        version=fields.integer("version"),
        root_thumbprint=fields.octets("root"),
        member_from=fields.instant("from"),
        member_to=fields.optional_instant("to"),
        reason=fields.optional_both_languages("reason"),
    )
    fields.finish()
    return membership


def write_key_list(key_list: KeyList, root: Signer, *, is_test: bool) -> bytes:
    """Sign a key list with the region's root."""
    fields: dict[str, Value | None] = {
        "region": key_list.region,
        "version": key_list.version,
        "root": key_list.root.point,
        "keys": [_write_entry(entry) for entry in key_list.entries],
    }
    return write_statement(fields, Kind.KEY_LIST, root, is_test=is_test)


def read_key_list(data: bytes, *, is_test: bool) -> KeyList:
    """Read a key list signed by the root it names; the caller compares that root with what vouches for it.

    Raises: UnreadableStatement, StatementRefused.
    """
    statement = read_statement(data, Kind.KEY_LIST, is_test=is_test)
    fields = statement.signed_by(statement.peek().key("root"))
    key_list = KeyList(
        region=fields.issuer("region"),
        version=fields.integer("version"),
        root=fields.key("root"),
        entries=tuple(_read_entry(entry) for entry in fields.parts("keys")),
    )
    fields.finish()
    return key_list


def vouched_for(
    key_lists: tuple[KeyList, ...],
    memberships: tuple[Membership, ...],
    *,
    at: Instant,
    with_former: bool = False,
) -> tuple[KeyList, ...]:
    """Give the key lists of the regions that take part at `at`, each checked to be under its member's root.

    `with_former` gives those of regions whose part has ended too: what they signed is genuine all the same.

    Raises: StatementRefused for a list under another root, or two lists or memberships of one region.
    """
    members = {membership.region: membership for membership in memberships}
    if len(members) != len(memberships) or len({key_list.region for key_list in key_lists}) != len(key_lists):
        raise StatementRefused("two memberships or two key lists of one region")
    for key_list in key_lists:
        member = members.get(key_list.region)
        if member is None or member.root_thumbprint != key_list.root.thumbprint:
            raise StatementRefused(f"the key list of {key_list.region} is not under the root of a member")
    return tuple(
        key_list
        for key_list in key_lists
        if members[key_list.region].is_in_force(at)
        or (with_former and members[key_list.region].has_ended(at))
    )


def _write_entry(entry: KeyEntry) -> Value:
    fields: dict[int | str, Value] = {
        "key": entry.key.point,
        "usage": str(entry.usage),
        "not_before": entry.not_before,
        "not_after": entry.not_after,
        "revoked_at": entry.revoked_at,
        "max_validity": entry.max_validity if entry.usage is Usage.PASS else None,
        "areas": list(entry.areas) or None,
    }
    return {key: value for key, value in fields.items() if value is not None}


def _read_entry(fields: Fields) -> KeyEntry:
    usage = fields.text("usage")
    if usage not in tuple(Usage):
        raise StatementRefused(f"a key with the unknown usage '{usage}'")
    entry = KeyEntry(
        key=fields.key("key"),
        usage=Usage(usage),
        not_before=fields.optional_instant("not_before"),
        not_after=fields.optional_instant("not_after"),
        revoked_at=fields.optional_instant("revoked_at"),
        max_validity=fields.integer("max_validity") if usage == Usage.PASS else KEY_MAX_VALIDITY,
        areas=fields.areas("areas"),
    )
    fields.finish()
    return entry
