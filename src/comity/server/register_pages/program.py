"""The program on the page that tells how to verify a statement oneself; a test runs it as it stands there."""

from __future__ import annotations

from typing import Final

PROGRAM: Final = """\
# pip install comity; the four files come from this register
from hashlib import sha256
from pathlib import Path
from sys import argv

from comity.trust.membership import read_hub_root, read_key_list, read_membership
from comity.trust.recognition_statements import read_recognition

hub_file, membership_file, key_list_file, recognition_file, accepted_at, federation = argv[1:]
is_test = federation == "test"
hub = read_hub_root(Path(hub_file).read_bytes())
print("hub root", hub.thumbprint.hex())  # compare it with what you were told elsewhere

member = read_membership(Path(membership_file).read_bytes(), hub, is_test=is_test)
keys = read_key_list(Path(key_list_file).read_bytes(), is_test=is_test)
assert keys.root.thumbprint == member.root_thumbprint, "these keys are not under the member's root"

data = Path(recognition_file).read_bytes()
print("sha-256", sha256(data).hexdigest())  # compare it with the register's page
print(read_recognition(data, keys, at=int(accepted_at), is_test=is_test))
"""
