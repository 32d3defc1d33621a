"""The program `comity`: its commands, and the one place where errors become exit codes.

Commands are named by import path and loaded when called, so that one verb does not pay for another.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import Final

from cyclopts import App
from cyclopts.exceptions import CycloptsError

from comity.cli.screen import warn, write_utf8
from comity.errors import ComityError

MISUSE: Final = 2
INTERRUPTED: Final = 130
BROKEN: Final = 70
"""Something failed that no command is about: never to be mistaken for an answer."""
CLOSED: Final = 141
"""The reader of the output went away."""


def make_app() -> App:
    """Build the command tree."""
    app = App(
        name="comity",
        help="Health passes across regions: read, trusted and answered by the host's own rules, offline.",
        version=_version,
        help_format="plaintext",
        result_action="return_value",
        print_error=False,
        exit_on_error=False,
    )
    app.command("comity.cli.verify:verify_command", name="verify", help="Answer a shown code.")
    app.command("comity.cli.inspect:inspect_command", name="inspect", help="Show what a code says.")
    app.command("comity.cli.demo:demo_command", name="demo", help="Run the notice as it happened.")
    scenario = App(name="scenario", help="Run a federation told in a scenario file.")
    scenario.command("comity.cli.scenario:run_command", name="run", help="Run one file.")
    bundle = App(name="bundle", help="Look at a verifier bundle.")
    bundle.command("comity.cli.bundle:show_command", name="show", help="Show one bundle.")
    bench = App(name="bench", help="Measure, as ratios within one run.")
    bench.command("comity.cli.bench:verify_command", name="verify", help="Measure verification.")
    bench.command("comity.cli.bench_region:region_command", name="region", help="Measure a region node.")
    bench.command("comity.cli.bench_hub:hub_command", name="hub", help="Measure the hub's distribution.")
    bench.command("comity.cli.bench_assess:assess_command", name="assess", help="Measure an assessment.")
    serve = App(name="serve", help="Serve over HTTP.")
    serve.command("comity.cli.serve:region_command", name="region", help="Serve one region.")
    serve.command("comity.cli.serve_hosted:hosted_command", name="hosted", help="Serve many regions, apart.")
    serve.command("comity.cli.serve_hub:hub_command", name="hub", help="Serve the hub.")
    for group in (scenario, bundle, bench, serve, _region(), _client(), _hub(), _assess()):
        app.command(group)
    return app


def _assess() -> App:
    assess = App(name="assess", help="Colours for a whole region from tables of evidence (C1.2).")
    for name, where, words in (
        ("run", "assess:run", "Assess a region, or try a rulebook."),
        ("release", "assess:release", "Release a held run, as one of two officers."),
        ("explain", "assess_answers:explain", "Explain one person's colour."),
        ("diff", "assess_answers:diff", "Tell who changed between two runs."),
        ("report", "assess_answers:report", "Write the report of a run again."),
        ("synth", "assess_synthetic:synth", "Write a synthetic region."),
        ("sql", "assess:sql", "Print the SQL text of a rulebook."),
        ("rulebook", "assess:rulebook", "Print the example rulebook."),
    ):
        assess.command(f"comity.cli.{where}_command", name=name, help=words)
    return assess


def _hub() -> App:
    hub = App(name="hub", help="Make the national platform and look after it.")
    hub.command("comity.cli.hub:init_command", name="init", help="Make the hub.")
    hub.command("comity.cli.hub:nation_command", name="nation", help="Make the keys that convert.")
    member = App(name="member", help="Who takes part.")
    member.command("comity.cli.hub:list_members_command", name="list", help="List members.")
    member.command("comity.cli.hub:admit_command", name="admit", help="TEST: let a region in.")
    hub.command(member)
    hub.command(_hub_root())
    national = App(name="national", help="The national rulebook and who signs it (C3.3).")
    for name, words in (
        ("key", "Make the authority's key."),
        ("name", "Name the authority with the hub's root."),
        ("rotate", "Replace the authority's key."),
        ("publish", "Sign and publish the national rulebook."),
    ):
        national.command(f"comity.cli.hub_national:{name}_command", name=name, help=words)
    hub.command(national)
    return hub


def _region() -> App:
    region = App(name="region", help="Make a region node and look after it.")
    region.command("comity.cli.region:init_command", name="init", help="Make a region.")
    region.command(
        "comity.cli.region:import_statements_command",
        name="import-statements",
        help="Take over what the hub and other regions signed.",
    )
    region.command(
        "comity.cli.region:recognise_command", name="recognise", help="TEST: recognise another region."
    )
    region.command(
        "comity.cli.evidence_imports:import_command",
        name="import-evidence",
        help="Bring a list of cases, contacts, stays or risk areas.",
    )
    region.command(
        "comity.cli.assessment_import:import_assessment_command",
        name="import-assessment",
        help="Hand over the changes of an assessment run.",
    )
    region.command(
        "comity.cli.evidence_imports:release_command",
        name="release-import",
        help="TEST: release an import for an officer.",
    )
    region.command("comity.cli.region_backup:backup_command", name="backup", help="Write a backup.")
    region.command("comity.cli.region_backup:restore_command", name="restore", help="Restore and prove it.")
    region.command("comity.cli.region_gate:gate_command", name="gate", help="Plan a gate, draw its code.")
    region.command("comity.cli.region_keys:show_keys_command", name="keys", help="Show the key list.")
    region.command("comity.cli.region_keys:rotate_command", name="rotate", help="Plan or close a key.")
    region.command("comity.cli.region_data:purge_command", name="purge", help="Destroy what is due.")
    region.command("comity.cli.region_hub:sync_command", name="sync", help="Fetch from the hub.")
    region.command("comity.cli.region_hub:publish_command", name="publish", help="Publish through the hub.")
    for group in _region_groups():
        region.command(group)
    region.command("comity.cli.region_words:apply_command", name="apply", help="Ask the hub to take part.")
    region.command(_recognition())
    region.command(_rulebook())
    return region


def _region_groups() -> tuple[App, ...]:
    audit = App(name="audit", help="The account of every act.")
    audit.command("comity.cli.region:verify_audit_command", name="verify", help="Check it.")
    audit.command("comity.cli.region:audit_heads_command", name="heads", help="Print its heads.")
    vault = App(name="vault", help="The keys that seal people's data.")
    vault.command("comity.cli.region_data:rotate_vault_command", name="rotate", help="Add a key, use it.")
    vault.command("comity.cli.region_data:show_vault_command", name="show", help="Show what each wraps.")
    demands = App(name="extra-demands", help="Reports on extra demands (C3.2).")
    demands.command("comity.cli.extra_demands:list_command", name="list", help="List the reports.")
    demands.command("comity.cli.extra_demands:counts_command", name="counts", help="Count by county.")
    return audit, vault, demands


def _client() -> App:
    client = App(name="client", help="Follow the hub: fetch, verify, carry.")
    client.command("comity.cli.client:sync_command", name="sync", help="Fetch and verify.")
    client.command("comity.cli.client_check:check_command", name="check", help="Ask about a foreign code.")
    client.command("comity.cli.client_gate:gate_command", name="gate", help="Keep a gate supplied.")
    client.command("comity.cli.client:export_command", name="export", help="Write a copy to be carried.")
    client.command("comity.cli.client:import_command", name="import", help="Take over a carried copy.")
    client.command(
        "comity.cli.client:show_command", name="show", help="Show what is known and how old it is."
    )
    return client


def _hub_root() -> App:
    root = App(name="root", help="The ceremony of the repository's root: 3 of 5 keyholders.")
    for name, words in (
        ("key", "Make a keyholder's key."),
        ("create", "Make the request for the first root."),
        ("sign", "Sign a request as a keyholder."),
        ("assemble", "Put request and signatures together."),
        ("rotate", "Make the request for the next root."),
        ("replace-key", "Replace a lost key in the next root."),
        ("show", "Show a root or a request."),
    ):
        root.command(f"comity.cli.hub_root:{name.replace('-', '_')}_command", name=name, help=words)
    root.command("comity.cli.hub:ordering_command", name="ordering", help="Write the hub's ordering keys.")
    root.command("comity.cli.hub:put_root_command", name="put", help="Put a root in place.")
    return root


def _rulebook() -> App:
    rulebook = App(name="rulebook", help="This region's rules for yellow and red.")
    for name, words in (
        ("check", "Check the next rulebook."),
        ("preview", "Show what it would change for whom."),
        ("publish", "Publish it through the hub."),
    ):
        rulebook.command(f"comity.cli.region_rulebook:{name}_command", name=name, help=words)
    return rulebook


def _recognition() -> App:
    recognition = App(name="recognition", help="This region's word on another, published through the hub.")
    for name, words in (
        ("invite", "Invite another region."),
        ("reply", "Note its reply."),
        ("confirm", "Confirm what was agreed."),
        ("publish", "Publish the recognition."),
        ("report-deviation", "Report a deviation."),
        ("suspend", "Suspend the recognition."),
        ("resume", "End a suspension."),
        ("refer", "Apply the national rulebook."),
    ):
        where = f"comity.cli.region_words:{name.replace('-', '_')}_command"
        recognition.command(where, name=name, help=words)
    return recognition


def _version() -> str:
    from importlib.metadata import version

    return version("comity")


def run(arguments: Sequence[str] | None = None) -> int:
    """Run one command and give its exit code; no traceback for anything a person can cause."""
    try:
        result = make_app()(list(sys.argv[1:] if arguments is None else arguments))
        if sys.stdout is not None:
            sys.stdout.flush()
    except ComityError as error:
        complain(f"{error.title}: {error}", error.next_step)
        return MISUSE
    except CycloptsError as error:
        complain(f"Command not understood: {error}", "Run the command with --help to see what it takes.")
        return MISUSE
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return CLOSED
    except (KeyboardInterrupt, EOFError):
        complain("Stopped before the end.", "Run the command again for the whole answer.")
        return INTERRUPTED
    except OSError as error:
        complain(f"Input or output failed: {error.strerror}", "Check the disk and where the output goes.")
        return BROKEN
    except Exception as error:  # noqa: BLE001 - the outermost edge: a fault is told, and is no answer
        complain(f"A fault in Comity: {type(error).__name__}", "Please report it with the command you ran.")
        return BROKEN
    return result if isinstance(result, int) else 0


def complain(what: str, next_step: str) -> None:
    """Say on stderr what happened and what to do next."""
    warn(f"{what}\n  {next_step}")


def main() -> None:
    """Entry point of the program."""
    write_utf8()
    sys.exit(run())


if __name__ == "__main__":
    main()
