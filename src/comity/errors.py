"""The error tree: every exception Comity raises on purpose.

    ComityError
    |- FormatError                bytes or text that are not what they should be
    |  |- UnreadableText          V1: no strict pass or presentation (a value at the gate, see `verify`)
    |  `- UnreadableStatement     a signed statement, bundle or status list that cannot be read
    |- TrustError                 readable, but not signed by whom it must be
    |  |- StatementRefused        a statement, status list or delta
    |  |- BundleRefused           the file a checkpoint carries
    |  `- RepositoryRefused       what a hub or mirror serves: rolled back, frozen, mixed or forged
    |- PublicationRefused         a rulebook that breaks a clause of the notice
    |- SigningRefused             a pass that no issuer may sign
    |- KeyStoreError              keys that cannot be opened, found or kept
    |- ScenarioError              a scenario file that is wrong
    |- UnknownRegion              a code that is none of the 31 regions
    |- EvidenceRefused            tables of evidence, or a run over them, that cannot be used
    |- MissingExtra               a part of Comity that is not installed
    |- UsageError                 a command used in a way it has no answer for
    |- WorkerLost                 a worker process that ended before its answer
    |- StoreUnavailable           a database that cannot be reached, or cannot write
    |- RegionUnavailable          a hosted region whose own processes do not answer
    |- ProviderUnavailable        an identity provider out of reach, or answering what none answers
    |- DownloadFailed             a hub, mirror or node out of reach, too slow, or sending too much
    |- DuplicateRecord            a record with this key is there already
    |- ClockRefused               a clock that stands before what has already been recorded
    `- RequestRefused             something asked of a region that it does not do
       |- NotSignedIn             no session, key or signature, or one that no longer holds
       |- NotPermitted            signed in, but not for this act or this division
       |- UnknownRecord           nothing with this id, or nothing the asker may see
       |- NotPossibleNow          the state of the case does not allow this step
       |- InvalidInput            what was sent breaks a rule that a field has
       |- TooMany                 more than the limit in this time
       |- TooLarge                a body larger than the route takes
       |- TookTooLong             not done within the time a request has
       `- Overloaded              more in hand than can be done; the colour is the last to be refused

Each says what happened (`str(error)`), which kind it is (`code`, `title`) and what to do next
(`next_step`); docs/errors.md lists them all. A refusal by policy at a gate is never an exception:
it is a `Decision`. No message names a person.
"""

from __future__ import annotations

from typing import ClassVar


class ComityError(Exception):
    """Root of the tree; `code` is stable, `title` is a phrase, `next_step` tells the reader what to do."""

    code: ClassVar[str] = "comity"
    title: ClassVar[str] = "Comity could not do this"
    next_step: str = "Read the message above; docs/errors.md explains every code."

    def __init__(self, message: str, *, next_step: str | None = None) -> None:
        super().__init__(message)
        if next_step is not None:
            self.next_step = next_step


class FormatError(ComityError):
    """Bytes or text that are not what they should be."""

    code = "format"
    title = "Not in the expected format"
    next_step = "Get the data again from where it came; it may have been cut or altered on the way."


class UnreadableText(FormatError):
    """A text that is no strict pass or presentation; `found` names what it looks like (interface V1)."""

    code = "unreadable-text"
    title = "Not a readable health pass"
    next_step = "Scan the code again; if it stays unreadable, take the manual path."

    def __init__(self, message: str, *, found: str | None = None) -> None:
        super().__init__(message)
        self.found = found


class UnreadableStatement(FormatError):
    """A signed statement, bundle or status list that cannot be read."""

    code = "unreadable-statement"
    title = "Not a readable signed file"
    next_step = "Fetch the file again; a copy that was cut off cannot be used."


class TrustError(ComityError):
    """Readable, but not signed by whom it must be."""

    code = "trust"
    title = "Not vouched for"
    next_step = "Fetch the file again from its region; do not use this copy."


class StatementRefused(TrustError):
    """A statement, status list or delta whose signature, signer, region or version is wrong."""

    code = "statement-refused"
    title = "Signed statement refused"


class BundleRefused(TrustError):
    """A verifier bundle that is cut off, badly signed, for another host or under another root."""

    code = "bundle-refused"
    title = "Verifier bundle refused"
    next_step = "Fetch the host region's bundle again, or check the anchor pinned at enrolment."


class RepositoryRefused(TrustError):
    """What a hub or mirror serves that is rolled back, frozen, mixed, forged or too old."""

    code = "repository-refused"
    title = "What the hub serves is refused"
    next_step = "Nothing was taken over. Fetch from another mirror; if that is refused too, tell the hub."


class PublicationRefused(ComityError):
    """A rulebook or statement that breaks a clause; `clause` names it, `reason` is the text key."""

    code = "publication-refused"
    title = "Publication refused"
    next_step = "Change what is published so that it keeps the clause, then publish again."

    def __init__(self, message: str, *, reason: str, clause: str) -> None:
        super().__init__(message)
        self.reason = reason
        self.clause = clause


class SigningRefused(ComityError):
    """A pass that no issuer may sign."""

    code = "signing-refused"
    title = "Pass not signed"
    next_step = "Correct the application or choose a key that may sign it."


class KeyStoreError(ComityError):
    """Keys that cannot be opened, found or kept."""

    code = "key-store"
    title = "Key store not usable"
    next_step = "Check the key file and its passphrase; restore the backup if the file is damaged."


class ScenarioError(ComityError):
    """A scenario file that is wrong; `table`, `key` and `line` say where."""

    code = "scenario"
    title = "Scenario file is wrong"
    next_step = "Correct the file; docs/scenarios.md shows the tables and keys."

    def __init__(self, message: str, *, table: str = "", key: str = "", line: int = 0) -> None:
        where = f"line {line}, " if line else ""
        where += f"[[{table}]]" if table else "the file"
        where += f", key '{key}'" if key else ""
        super().__init__(f"{where}: {message}")
        self.table = table
        self.key = key
        self.line = line


class UnknownRegion(ComityError):
    """A code that is none of the 31 province-level regions (GB/T 2260)."""

    code = "unknown-region"
    title = "Unknown region"
    next_step = "Use one of the 31 six-digit province-level codes, such as 150000."

    def __init__(self, *, code: str) -> None:
        super().__init__(f"'{code}' is not the code of a province-level region")
        self.region = code


class EvidenceRefused(ComityError):
    """Tables of evidence that cannot be used; `faults` tells the first of them by file, row group and row."""

    code = "evidence-refused"
    title = "Evidence refused"
    next_step = "Correct the rows named, or have the tables delivered again; the last result stands."

    def __init__(self, message: str, *, faults: tuple[str, ...] = (), next_step: str | None = None) -> None:
        super().__init__(message, next_step=next_step)
        self.faults = faults


class MissingExtra(ComityError):
    """A part of Comity that is not installed."""

    code = "missing-extra"
    title = "A part of Comity is not installed"

    def __init__(self, what: str, *, extra: str) -> None:
        super().__init__(
            f"{what} needs the extra '{extra}', which is not installed",
            next_step=f"Install it with: pip install 'comity[{extra}]'",
        )


class UsageError(ComityError):
    """A command used in a way it has no answer for."""

    code = "usage"
    title = "Cannot be done as asked"
    next_step = "Run the command with --help to see what it takes."


class WorkerLost(ComityError):
    """A worker process that ended before its answer."""

    code = "worker-lost"
    title = "A worker process ended early"
    next_step = "Run the command again; with COMITY_JOBS=1 it needs no workers and less memory."


class StoreUnavailable(ComityError):
    """A database that cannot be reached, or cannot write; nothing of the transaction is kept."""

    code = "store-unavailable"
    title = "Records not reachable"
    next_step = "Try again in a moment; nothing that was confirmed is lost."


class RegionUnavailable(ComityError):
    """A hosted region whose own processes do not answer; the others go on."""

    code = "region-unavailable"
    title = "This region does not answer at the moment"
    next_step = "Try again in a moment; at a gate, a code already shown can be verified offline."


class ProviderUnavailable(ComityError):
    """An identity provider that cannot be reached, or answers what no provider answers."""

    code = "identity-provider"
    title = "Identity provider not available"
    next_step = "Try to sign in again in a moment; passes that are there stay valid meanwhile."


class DownloadFailed(ComityError):
    """A hub, mirror or node that cannot be reached, is too slow or sends too much; `status` is of HTTP."""

    code = "download"
    title = "Could not be fetched"
    next_step = "Try again in a moment; what was fetched before stays in use until it is too old."

    def __init__(self, message: str, *, status: int | None = None) -> None:
        super().__init__(message)
        self.status = status


class DuplicateRecord(ComityError):
    """A record with this key is there already."""

    code = "duplicate-record"
    title = "Already recorded"
    next_step = "Read the record that is there before sending another."


class ClockRefused(ComityError):
    """A clock that stands before what has already been recorded; signing by it would be wrong."""

    code = "clock"
    title = "Clock not usable"
    next_step = "Set the clock of this machine; what has been recorded stays as it is."


class RequestRefused(ComityError):
    """Something asked of a region that it does not do; `clause` names what stands behind it, if any."""

    code = "request-refused"
    title = "Not done as asked"

    def __init__(self, message: str, *, next_step: str | None = None, clause: str | None = None) -> None:
        super().__init__(message, next_step=next_step)
        self.clause = clause


class NotSignedIn(RequestRefused):
    """No session, key or signature, or one that no longer holds."""

    code = "not-signed-in"
    title = "Not signed in"
    next_step = "Sign in again."


class NotPermitted(RequestRefused):
    """Signed in, but not for this act or this division (C0)."""

    code = "not-permitted"
    title = "Not permitted"
    next_step = "Ask the officer whose role and division it is."


class UnknownRecord(RequestRefused):
    """Nothing with this id, or nothing the asker may see."""

    code = "unknown-record"
    title = "Not found"
    next_step = "Check the id and who you are signed in as."


class NotPossibleNow(RequestRefused):
    """The state of the case does not allow this step."""

    code = "not-possible-now"
    title = "Not possible now"
    next_step = "Read the present state first."


class InvalidInput(RequestRefused):
    """What was sent breaks a rule that a field has; `field` names it."""

    code = "invalid-input"
    title = "Not as expected"
    next_step = "Correct the field and send it again."

    def __init__(
        self, message: str, *, field: str, next_step: str | None = None, clause: str | None = None
    ) -> None:
        super().__init__(message, next_step=next_step, clause=clause)
        self.field = field


class TooMany(RequestRefused):
    """More than the limit in this time; `retry_after` is in seconds."""

    code = "too-many"
    title = "Too many requests"
    next_step = "Wait and try again."

    def __init__(self, message: str, *, retry_after: int) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class TooLarge(RequestRefused):
    """A body larger than the route takes."""

    code = "too-large"
    title = "Too large"
    next_step = "Send less at once."


class TookTooLong(RequestRefused):
    """Not done within the time a request has; nothing of it was kept unless it is there to be read."""

    code = "took-too-long"
    title = "Took too long"
    next_step = "Read the present state, then try again."


class Overloaded(RequestRefused):
    """More in hand than can be done; `retry_after` is in seconds (settled rule 13)."""

    code = "overloaded"
    title = "Too busy at the moment"
    next_step = "Wait and try again; at a gate, a code already shown can be verified offline."

    def __init__(self, message: str, *, retry_after: int) -> None:
        super().__init__(message)
        self.retry_after = retry_after
