"""The table of wrong scenario files: a title, the rows added to a good file, what the complaint must name.

In the added text `#!` ends the header line of the table at fault.
"""

from __future__ import annotations

from dataclasses import dataclass

GOOD = """title = "good"
[[region]]
code = "150000"
[[region]]
code = "440000"
[[key]]
issuer = "440000"
id = "k1"
[[recognition]]
host = "150000"
issuer = "440000"
published_at = 2020-03-18T00:00:00+08:00
[[pass]]
id = "good"
issuer = "440000"
issued_at = 2020-03-20T00:00:00+08:00
[[pass]]
id = "online"
class = "online"
issuer = "440000"
issued_at = 2020-03-20T00:00:00+08:00
[[pass]]
id = "paper"
class = "paper"
issuer = "440000"
issued_at = 2020-03-20T00:00:00+08:00
[[encounter]]
id = "good"
pass = "good"
host = "150000"
at = 2020-03-21T00:00:00+08:00
"""


@dataclass(frozen=True, slots=True)
class Wrong:
    """One wrong file; `keys` are the keys of which the complaint must name one."""

    title: str
    table: str
    keys: str
    added: str

    @property
    def text(self) -> str:
        return GOOD + self.added

    @property
    def line(self) -> int:
        """The line of the header of the table at fault."""
        return next(n for n, line in enumerate(self.text.splitlines(), 1) if line.endswith("#!"))


def passes(title: str, keys: str, values: str) -> Wrong:
    """A wrong pass: the least a pass needs, then these lines, which may replace them."""
    least = {"id": '"p"', "issuer": '"440000"', "issued_at": "2020-03-20T00:00:00+08:00"}
    return Wrong(title, "pass", keys, "[[pass]] #!\n" + merged(least, values))


def meets(title: str, keys: str, values: str) -> Wrong:
    least = {"id": '"e"', "pass": '"good"', "host": '"150000"', "at": "2020-03-21T00:00:00+08:00"}
    return Wrong(title, "encounter", keys, "[[encounter]] #!\n" + merged(least, values))


def recognises(title: str, keys: str, values: str) -> Wrong:
    least = {"host": '"440000"', "issuer": '"150000"', "published_at": "2020-03-18T00:00:00+08:00"}
    return Wrong(title, "recognition", keys, "[[recognition]] #!\n" + merged(least, values))


def regions(title: str, keys: str, values: str) -> Wrong:
    return Wrong(title, "region", keys, "[[region]] #!\n" + merged({"code": '"110000"'}, values))


def measures(title: str, keys: str, values: str) -> Wrong:
    least = {"colour": '"red"', "kind": '"central_isolation"', "days": "14"}
    header = '[[region]]\ncode = "110000"\n[[region.measure]] #!\n'
    return Wrong(title, "region.measure", keys, header + merged(least, values))


def key(title: str, keys: str, values: str) -> Wrong:
    return Wrong(title, "key", keys, "[[key]] #!\n" + merged({"issuer": '"440000"', "id": '"k2"'}, values))


def key_event(title: str, keys: str, values: str) -> Wrong:
    least = {"issuer": '"440000"', "at": "2020-03-20T00:00:00+08:00", "kind": '"revoked"'}
    return Wrong(title, "key_event", keys, "[[key_event]] #!\n" + merged(least, values))


def refers(title: str, keys: str, values: str) -> Wrong:
    least = {"host": '"150000"', "issuer": '"440000"', "authority": '"the command"'}
    return Wrong(title, "referral", keys, "[[referral]] #!\n" + merged(least, values))


def releases(title: str, keys: str, values: str) -> Wrong:
    header = '[[referral]]\nhost = "150000"\nissuer = "440000"\nauthority = "a"\n[[referral.release]] #!\n'
    return Wrong(
        title, "referral.release", keys, header + merged({"from": "2020-03-25T00:00:00+08:00"}, values)
    )


def event(title: str, keys: str, kinds: str, values: str = "") -> Wrong:
    """Events of these kinds, an hour apart; the last is at fault."""
    rows = kinds.split()
    least = [
        {"pass": '"good"', "at": f"2020-03-20T{n:02}:00:00+08:00", "kind": f'"{kind}"'}
        for n, kind in enumerate(rows, 1)
    ]
    texts = ["[[event]]\n" + merged(row, "") for row in least[:-1]]
    return Wrong(title, "event", keys, "".join(texts) + "[[event]] #!\n" + merged(least[-1], values))


def merged(least: dict[str, str], values: str) -> str:
    """Lines of `key = value`; a line `-key` leaves a key out."""
    rows = dict(least)
    for line in filter(None, values.split("\n")):
        if line.startswith("-"):
            del rows[line[1:]]
        else:
            name, value = line.split(" = ", 1)
            rows[name] = value
    return "".join(f"{name} = {value}\n" for name, value in rows.items())


SUSPENDED = (
    "suspension_published_at = 2020-03-20T00:00:00+08:00\nsuspended_from = 2020-03-21T00:00:00+08:00\n"
)
RED = 'colour = "red"\nreason = "symptoms"\n'
LONG = "x" * 41

TIMES = (
    ("as a string", '"2020-03-20T00:00:00+08:00"'),
    ("as a local time", "2020-03-20T00:00:00"),
    ("as a local date", "2020-03-20"),
    ("as a time of day", "00:00:00"),
    ("with a fraction of a second", "2020-03-20T00:00:00.5+08:00"),
    ("with a fraction of a microsecond's length", "2020-03-20T00:00:00.000001+08:00"),
    ("as seconds since 1970", "1584633600"),
)
WRONG_TIMES = [
    row
    for manner, value in TIMES
    for row in (
        passes(f"issued_at {manner}", "issued_at", f"issued_at = {value}"),
        meets(f"at {manner}", "at", f"at = {value}"),
        recognises(f"published_at {manner}", "published_at", f"published_at = {value}"),
    )
]
WRONG_FILES = [
    Wrong(
        "a header that stands in a text before",
        "key",
        "id",
        '[[referral]]\nhost = "150000"\nissuer = "440000"\nauthority = """\n[[key]]\n[[key]]\n"""\n'
        '[[key]] #!\nissuer = "440000"\nid = "K2"\n',
    ),
    Wrong(
        "a header that stands in a comment before",
        "region",
        "code",
        "# [[region]]\n[[region]] #!\ncode = 1\n",
    ),
    Wrong("a header with blanks", "region", "code", '  [[ region ]] #!\n  code = "999999"\n'),
    Wrong("a header in quotes", "region", "code", '[["region"]] #!\ncode = "999999"\n'),
    Wrong("an unknown table", "colour", "colour", '[[colour]] #!\nname = "green"\n'),
    Wrong("a table that is not repeated", "event", "event", '[event] #!\npass = "good"\n'),
    regions("a region of no list", "code", 'code = "990000"'),
    regions("a region as a number", "code", "code = 110000"),
    regions("a city as a region", "code", 'code = "110100"'),
    regions("a region without its code", "code", "-code"),
    regions("a region twice", "code", 'code = "440000"'),
    regions("an unknown key of a region", "population", "population = 1"),
    regions("validity of 0 days", "validity_days", "validity_days = 0"),
    regions("validity of 31 days", "validity_days", "validity_days = 31"),
    regions("validity as a float", "validity_days", "validity_days = 14.0"),
    regions("validity as a bool", "validity_days", "validity_days = true"),
    regions(
        "a list age of 23 hours", "status_max_age_hours", "status_max_age_hours = {device = 23, paper = 48}"
    ),
    regions(
        "a list age of 169 hours", "status_max_age_hours", "status_max_age_hours = {device = 48, paper = 169}"
    ),
    regions(
        "a list age as a float", "status_max_age_hours", "status_max_age_hours = {device = 48.0, paper = 48}"
    ),
    regions("a list age for online", "status_max_age_hours", "status_max_age_hours = {online = 48}"),
    regions("a list age for all classes", "status_max_age_hours", "status_max_age_hours = 48"),
    measures("a green measure", "colour", 'colour = "green"'),
    measures("a measure without colour", "colour", "-colour"),
    measures("a measure without kind", "kind", "-kind"),
    measures("an unknown measure", "kind", 'kind = "nucleic_acid_test"'),
    measures("isolation without days", "days", "-days"),
    measures("0 days", "days", "days = 0"),
    measures("22 days", "days", "days = 22"),
    measures("days as a float", "days", "days = 14.0"),
    measures("days as a bool", "days", "days = true"),
    measures("days as a string", "days", 'days = "14"'),
    measures("no reasons", "reasons", "reasons = []"),
    measures("a reason twice", "reasons", 'reasons = ["symptoms", "symptoms"]'),
    measures("a star beside a reason", "reasons", 'reasons = ["*", "symptoms"]'),
    measures("an unknown reason", "reasons", 'reasons = ["protest"]'),
    measures("a reason outside a list", "reasons", 'reasons = "symptoms"'),
    measures("an unknown body", "responsible", 'responsible = "hotel"'),
    measures("an unknown end", "ends", 'ends = "never"'),
    measures("an unknown appeal", "appeal", 'appeal = "none"'),
    measures("no_entry to nowhere", "onward", 'kind = "no_entry"'),
    measures("no_entry to a blank", "onward", 'kind = "no_entry"\nonward = "  "'),
    measures("onward passage without no_entry", "onward", 'onward = "home by train"'),
    measures("an asked-for document", "document", 'document = "test report"'),
    key("a key without issuer", "issuer", "-issuer"),
    key("a key without id", "id", "-id"),
    key("a key id in capitals", "id", 'id = "K2"'),
    key("a key id of 41 characters", "id", f'id = "{LONG}"'),
    key("an empty key id", "id", 'id = ""'),
    key("a key twice", "id", 'id = "k1"'),
    key("a key of an unlisted region", "issuer", 'issuer = "430000"'),
    key("areas as a string", "areas", 'areas = "440100"'),
    key("an unknown key of a key", "max_validity", "max_validity = 30"),
    key_event("a key event without issuer", "issuer", "-issuer"),
    key_event("a key event without time", "at", "-at"),
    key_event("a key event without kind", "kind", "-kind"),
    key_event("a key event of another kind", "kind", 'kind = "restored"'),
    key_event("a key event for no key", "key", 'key = "k9"'),
    key_event("a key event of an unlisted region", "issuer", 'issuer = "430000"'),
    Wrong(
        "a key event for k1 where only k2 is listed",
        "key_event",
        "key",
        '[[key]]\nissuer = "150000"\nid = "k2"\n'
        '[[key_event]] #!\nissuer = "150000"\nat = 2020-03-20T00:00:00+08:00\nkind = "revoked"\n',
    ),
    recognises("a host of no listed region", "host", 'host = "430000"'),
    recognises("an issuer of no listed region", "issuer", 'issuer = "430000"'),
    recognises("a host that recognises itself", "host issuer", 'issuer = "440000"'),
    recognises("a pair twice", "host issuer", 'host = "150000"\nissuer = "440000"'),
    recognises("a recognition without host", "host", "-host"),
    recognises("a recognition without issuer", "issuer", "-issuer"),
    recognises("an unknown key of a recognition", "colour", 'colour = "green"'),
    recognises(
        "a suspension without its time", "suspended_from suspension_published_at", SUSPENDED.split("\n")[0]
    ),
    recognises(
        "a suspension without publication", "suspended_from suspension_published_at", SUSPENDED.split("\n")[1]
    ),
    recognises(
        "a suspension 24 h less 1 s ahead",
        "suspended_from suspension_published_at",
        SUSPENDED.replace("2020-03-21T00:00:00", "2020-03-20T23:59:59"),
    ),
    recognises(
        "a resumption without its time",
        "resumed_from resumption_published_at",
        SUSPENDED + "resumption_published_at = 2020-03-25T00:00:00+08:00",
    ),
    recognises(
        "a resumption without publication",
        "resumed_from resumption_published_at",
        SUSPENDED + "resumed_from = 2020-03-25T00:00:00+08:00",
    ),
    recognises(
        "a resumption without suspension",
        "resumed_from resumption_published_at suspended_from suspension_published_at",
        "resumption_published_at = 2020-03-25T00:00:00+08:00\nresumed_from = 2020-03-25T00:00:00+08:00",
    ),
    recognises(
        "a resumption from the suspension's own instant",
        "resumed_from",
        SUSPENDED + "resumption_published_at = 2020-03-20T00:00:00+08:00\n"
        "resumed_from = 2020-03-21T00:00:00+08:00",
    ),
    refers("a referral without authority", "authority", "-authority"),
    refers("a referral without host", "host", "-host"),
    refers("a referral of an unlisted issuer", "issuer", 'issuer = "430000"'),
    refers("an authority as a number", "authority", "authority = 1"),
    Wrong(
        "a referral pair twice",
        "referral",
        "host issuer",
        '[[referral]]\nhost = "150000"\nissuer = "440000"\nauthority = "a"\n'
        '[[referral]] #!\nhost = "150000"\nissuer = "440000"\nauthority = "b"\n',
    ),
    releases("a release without time", "from", "-from"),
    releases("a release with a local time", "from", "from = 2020-03-25T00:00:00"),
    releases("an unknown key of a release", "until", "until = 2020-03-25T00:00:00+08:00"),
    releases("exceptions as a string", "areas_except", 'areas_except = "440100"'),
    passes("a pass without id", "id", "-id"),
    passes("a pass without issuer", "issuer", "-issuer"),
    passes("a pass without issued_at", "issued_at", "-issued_at"),
    passes("a pass twice", "id", 'id = "good"'),
    passes("a pass id with a blank", "id", 'id = "a b"'),
    passes("a pass id of 41 characters", "id", f'id = "{LONG}"'),
    passes("a pass of an unlisted region", "issuer", 'issuer = "430000"'),
    passes("an unknown colour", "colour", 'colour = "orange"'),
    passes("an unknown class", "class", 'class = "watch"'),
    passes("an unknown key of a pass", "document", 'document = "x"'),
    passes("a red pass without reason", "reason", 'colour = "red"'),
    passes("a yellow pass with an unknown reason", "reason", 'colour = "yellow"\nreason = "officer"'),
    passes("a green pass with a reason", "reason", 'reason = "symptoms"'),
    passes("a green pass with a basis", "basis", "basis = 2020-03-20T00:00:00+08:00"),
    passes("a green pass with an end", "until", "until = 2020-03-30T00:00:00+08:00"),
    passes("a green pass with an origin", "origin", 'origin = "440000"'),
    passes("an origin of no list", "origin", RED + 'origin = "990000"'),
    passes("an area of another region", "area", 'area = "420100"'),
    passes("an area of five digits", "area", 'area = "44010"'),
    passes("an area with letters", "area", 'area = "44010a"'),
    passes("an area as a number", "area", "area = 440100"),
    passes("a key that is not listed", "key", 'key = "k9"'),
    passes("an id number of 17 characters", "id_number", 'id_number = "99000019900101000"'),
    passes("an id number of 19 characters", "id_number", 'id_number = "9900001990010100077"'),
    passes("guardian as a word", "guardian", 'guardian = "yes"'),
    passes("guardian as a number", "guardian", "guardian = 1"),
    passes("a name as a number", "name", "name = 1"),
    passes("an end at the instant of issue", "expires_at", "expires_at = 2020-03-20T00:00:00+08:00"),
    passes("an end before issue", "expires_at", "expires_at = 2020-03-19T00:00:00+08:00"),
    event("restored at first", "kind at pass", "restored"),
    event("restored twice", "kind at pass", "suspended restored restored"),
    event("suspended twice", "kind at pass", "suspended suspended"),
    event("restored after void", "kind at pass", "void restored"),
    event("suspended after superseded", "kind at pass", "superseded suspended"),
    event("void after superseded", "kind at pass", "superseded void"),
    event("void twice", "kind at pass", "void void"),
    event("an event before issue", "at", "void", "at = 2020-03-19T23:59:59+08:00"),
    event("an event for no pass", "pass", "void", 'pass = "nobody"'),
    event("an unknown kind", "kind", "renewed"),
    event("an event without kind", "kind", "void", "-kind"),
    event("an event without time", "at", "void", "-at"),
    event("an event without pass", "pass", "void", "-pass"),
    meets("an encounter without id", "id", "-id"),
    meets("an encounter without pass", "pass", "-pass"),
    meets("an encounter without host", "host", "-host"),
    meets("an encounter without time", "at", "-at"),
    meets("an encounter twice", "id", 'id = "good"'),
    meets("an encounter id that leaves the folder", "id", 'id = "../x"'),
    meets("an encounter with no such pass", "pass", 'pass = "nobody"'),
    meets("an encounter in an unlisted region", "host", 'host = "430000"'),
    meets("an unknown status", "status", 'status = "lost"'),
    meets("a colour the issuer cannot say", "issuer_says", 'issuer_says = "orange"'),
    meets("an unknown tamper", "tamper", 'tamper = "magic"'),
    meets("two tampers", "tamper", 'tamper = ["signature", "header"]'),
    meets("an unknown outcome", "expect", 'expect = "GREEN"'),
    meets("an outcome in small letters", "expect", 'expect = "pass"'),
    meets("an unknown reason code", "expect_reason", 'expect = "PASS"\nexpect_reason = "fine"'),
    meets("a reason expected without outcome", "expect_reason expect", 'expect_reason = "green"'),
    meets("paper with shown_at", "shown_at", 'pass = "paper"\nshown_at = 2020-03-21T00:00:00+08:00'),
    meets("a screenshot without shown_at", "shown_at tamper", 'tamper = "screenshot"'),
    meets("a screenshot of paper", "tamper", 'pass = "paper"\ntamper = "screenshot"'),
    meets("a downgrade of paper", "tamper", 'pass = "paper"\ntamper = "downgrade"'),
    meets("a downgrade of an online pass", "tamper", 'pass = "online"\ntamper = "downgrade"'),
    meets("another device for paper", "tamper", 'pass = "paper"\ntamper = "wrong_device"'),
    meets("another device for an online pass", "tamper", 'pass = "online"\ntamper = "wrong_device"'),
    meets("a wrapped device pass", "tamper", 'tamper = "wrapped"'),
    meets("impersonation at home", "tamper", 'host = "440000"\ntamper = "impersonation"'),
    meets("an unknown key of an encounter", "note", 'note = "x"'),
]
