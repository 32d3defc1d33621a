"""What was promised, held against the records: every promise kept, and nothing half done."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

from comity import Outcome, StatusLists, VerifierBundle, open_bundle, verify
from comity.codec.qrtext import write_text
from comity.domain.colour import Colour, PassClass
from comity.domain.instant import DAY, Instant
from comity.issuance.evidence import EvidenceRow
from comity.issuance.import_records import EvidenceImport, ImportHolder, ImportState
from comity.issuance.issuer import Issuer
from comity.issuance.records import IssuedPass, PassState, Standing
from comity.issuance.standing import assess_again
from comity.issuance.status_places import StatusShard
from comity.records.audit import verify_audit
from comity.records.audit_records import AuditRow
from comity.records.ports import Store, Transaction
from comity.records.published_files import STATUS_FOLDER
from comity.records.search import equal, one_of
from comity.trust.status import read_status_list
from tests.builders import bundle_parts, moment, present_bytes, signed_bundle
from tests.faults.office import Promises, pass_line, phone


def check_promises(store: Store, promises: Promises) -> None:
    """Hold that no promised pass, colour or import is lost: the rows are there, with the same bytes."""
    with store.reading() as transaction:
        passes = find_passes(transaction, promises.passes)
        for pass_id, line in promises.passes.items():
            assert pass_line(passes[pass_id]) == line, "a promised pass has another place or other bytes"
        standings = {
            each.holder: each
            for each in transaction.of(Standing).select(one_of("holder", list(promises.colours)))
        }
        for holder, changes in promises.colours.items():
            assert standings[holder].changes >= changes, "a promised change of colour is lost"  # type: ignore[index]
        for import_id, states in promises.imports.items():
            found = transaction.of(EvidenceImport).find(import_id)
            assert found is not None, "a promised import is lost"
            if states[-1] == ImportState.DONE:
                assert found.state is ImportState.DONE
            elif states[-1] == ImportState.RELEASED:
                assert found.state in (ImportState.RELEASED, ImportState.ASSESSING, ImportState.DONE)


def find_passes(transaction: Transaction, pass_ids: Iterable[str]) -> dict[str, IssuedPass]:
    """Find passes by their ids; those that are lost fail the test."""
    wanted = list(pass_ids)
    found = {each.pass_id: each for each in transaction.of(IssuedPass).select(one_of("pass_id", wanted))}
    lost = [pass_id for pass_id in wanted if pass_id not in found]
    assert not lost, f"promised passes are lost: {lost}"
    return found


def check_places(store: Store) -> int:
    """Hold that no place in a status list was given twice; gives how many passes there are."""
    with store.reading() as transaction:
        passes = transaction.of(IssuedPass).select()
        sizes = {shard.number: shard.size for shard in transaction.of(StatusShard).select()}
    places = Counter((each.list_number, each.list_index) for each in passes)
    twice = [place for place, count in places.items() if count > 1]
    assert not twice, f"places given twice: {twice}"
    assert all(0 <= index < sizes[number] for number, index in places)
    requests = Counter(each.request for each in passes if each.request is not None)
    assert max(requests.values(), default=1) == 1, "one request got two passes"
    return len(passes)


def check_colours(store: Store) -> int:
    """Hold that every change and every pass has its act, in an audit that holds; gives the changes."""
    with store.reading() as transaction:
        standings = {each.holder: each for each in transaction.of(Standing).select()}
        acts = transaction.of(AuditRow).select(equal("act", "standing.changed"), order=("place",))
        issued = transaction.of(AuditRow).select(equal("act", "pass_issued"))
        passes = transaction.of(IssuedPass).select()
        check = verify_audit(transaction)
    assert check.faults == ()
    assert sorted(row.subject for row in issued) == sorted(each.pass_id for each in passes)
    changes: dict[str, list[str]] = defaultdict(list)
    for row in acts:
        changes[row.subject].append(json.loads(row.detail)["to"])
    assert set(changes) <= set(standings)
    for holder, standing in standings.items():
        known = changes.get(holder, [])
        assert len(known) == standing.changes, "a change of a standing has no act, or an act no change"
        assert standing.colour == (known[-1] if known else Colour.GREEN)
    return len(acts)


def check_imports(store: Store) -> Mapping[ImportState, int]:
    """Hold that every import is finished or has left nothing; gives how many ended in which state."""
    with store.reading() as transaction:
        imports = transaction.of(EvidenceImport).select()
        rows = Counter(row.import_id for row in transaction.of(EvidenceRow).select())
        waiting = transaction.of(ImportHolder).select()
    assert waiting == [], "somebody still waits for an import"
    for each in imports:
        assert each.state in (ImportState.DONE, ImportState.REJECTED), f"an import was left {each.state}"
        expected = each.new_rows if each.state is ImportState.DONE else 0
        assert rows[each.import_id] == expected, "an import that ended has rows missing, or left some"
    return Counter(each.state for each in imports)


def check_standings(issuer: Issuer, *, at: Instant) -> None:
    """Hold that every colour is what the evidence says: assessing everybody again changes nobody."""
    with issuer.store.transaction() as transaction:
        holders = {row.holder for row in transaction.of(EvidenceRow).select()}
        holders |= {each.holder for each in transaction.of(Standing).select()}
        changes, _ = assess_again(transaction, issuer, sorted(holders), at=at, actor="region")
    assert changes == []


def check_codes(issuer: Issuer, published: Path, promises: Promises, *, at: Instant) -> Counter[str]:
    """Hold that every promised pass verifies offline as what it is now; gives how many got which answer."""
    parts = replace(bundle_parts(), issued_at=at, hub_as_of=at, expires_at=at + 7 * DAY)
    bundle = open_bundle(signed_bundle(parts))
    files = (published / STATUS_FOLDER).glob("*.cbor")
    lists = StatusLists(tuple(read_status_list(path.read_bytes(), bundle.key_lists) for path in files))
    with issuer.store.reading() as transaction:
        passes = find_passes(transaction, promises.passes)
    answers = Counter[str]()
    for issued in passes.values():
        outcome = _outcome(issued, bundle, lists, at=at)
        assert outcome in _expected(issued), f"a pass that is {issued.state} got {outcome}"
        answers[outcome] += 1
    return answers


def _outcome(issued: IssuedPass, bundle: VerifierBundle, lists: StatusLists, *, at: Instant) -> Outcome:
    data = issued.data
    if issued.pass_class is PassClass.DEVICE:
        data = present_bytes(data, shown_at=at, phone=phone(issued.request or ""))
    return verify(write_text(data), bundle, at=moment(at), lists=lists).outcome


def _expected(issued: IssuedPass) -> tuple[Outcome, ...]:
    if issued.state is PassState.CURRENT:
        return (Outcome.PASS,) if issued.colour is Colour.GREEN else (Outcome.CONTROL,)
    return (Outcome.REAPPLY, Outcome.UNDECIDED, Outcome.REJECT)
