"""The root of the hub's repository put in place: the first begins the repository, the next follow it."""

from __future__ import annotations

from comity.bootstrap.hub import OpenHub
from comity.bootstrap.hub_file import hub_file_of
from comity.bootstrap.hub_publication import order_hub_statements
from comity.distribution.repository_folder import RepositoryFolder
from comity.distribution.root import read_root
from comity.records.audit import Act, record_acts


def put_root(opened: OpenHub, root: bytes) -> int:
    """Put a root in place and give its version.

    Raises: UnreadableStatement, StatementRefused, KeyStoreError where it names other keys than this hub's.
    """
    at, version = opened.clock(), read_root(root).signed.version
    if RepositoryFolder(opened.folder.repository).newest_root():
        opened.repository.put_root(root, at=at)
    else:
        opened.repository.begin(root, hub_file_of(opened.hub, at=at), at=at)
    order_hub_statements(opened)
    with opened.hub.store.transaction() as transaction:
        act = Act(actor="hub", act="put_root", subject=f"root-{version}")
        record_acts(transaction, [act], at=at)
    return version
