"""The ``mechkg`` command."""

from __future__ import annotations

import gc
import sys
from typing import Annotated, Optional

import typer

from mechkg.cli import benchmark, corpus, curation, ontology, people, release, table, watch
from mechkg.cli.conflicts import conflicts
from mechkg.cli.disagreements import belief, disagreements
from mechkg.cli.history import diff, history
from mechkg.cli.keeping import backup, restore, verify
from mechkg.cli.matrix import matrix
from mechkg.cli.next import next_experiment
from mechkg.cli.options import AsJson, AsOf, Home, Ignoring, Postulates, Space, Steps, Without
from mechkg.cli.output import complain, console, print_answer, print_check, print_findings, print_json, print_shown
from mechkg.cli.page import print_parts
from mechkg.cli.query import query
from mechkg.cli.read import read
from mechkg.cli.reference import reference
from mechkg.cli.report import report
from mechkg.cli.status import BAD_INPUT, exit_status
from mechkg.cli.sweep import sweep
from mechkg.cli.what_if import what_if
from mechkg.cli.why import why
from mechkg.errors import MechkgError

app = typer.Typer(
    help="What papers claim about the chemistry of magic-size clusters, and which mechanisms survive it.",
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
)
app.add_typer(corpus.app, name="corpus")
app.add_typer(ontology.app, name="ontology")
app.add_typer(benchmark.app, name="benchmark")
app.add_typer(curation.app, name="curate")
app.add_typer(people.app, name="people")
app.add_typer(release.app, name="release")
app.add_typer(watch.app, name="watch")
app.add_typer(people.token_app, name="token")
app.add_typer(table.app, name="table")


@app.command(epilog="Example: mechkg start --port 8000")
def start(
    home: Home = None,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on; 0 takes a free one.")] = 8000,
    serve: Annotated[bool, typer.Option(help="Serve after printing the verdicts.")] = True,
) -> None:
    """Load the shipped corpus, print the verdicts on its hypothesis spaces, and serve GraphQL."""
    from mechkg.cli.serving import run
    from mechkg.cli.spaces import print_verdicts
    from mechkg.service.projector import projecting
    from mechkg.service.workspace import Workspace

    with Workspace.open(home) as workspace:
        corpus.load_and_report(workspace, None)
        print_verdicts(workspace)
        if serve:
            with projecting(workspace):
                run(workspace, host, port, sign_in=True)


@app.command(epilog="Example: mechkg check cdtese-msc399 --without amine-converts-cdse-pc")
def check(
    space: Space,
    candidate: Annotated[
        Optional[list[str]],  # noqa: UP045 - typer reads this form
        typer.Option("--candidate", "-c", help="Only this candidate; may be given several times."),
    ] = None,
    without: Without = None,
    ignoring: Ignoring = None,
    step: Steps = None,
    postulate: Postulates = None,
    as_json: AsJson = False,
    as_of: AsOf = None,
    home: Home = None,
) -> None:
    """Check the candidate pathways of a hypothesis space against the observations.

    Exit status for one candidate: 0 survives, 1 ruled out, 3 not covered; for a whole space 0 when at least one survives, else 1;
    2 for bad input.
    """
    from mechkg.service.check import as_json as check_as_json
    from mechkg.service.check import check as check_space
    from mechkg.service.check import whole as whole_space
    from mechkg.service.open_case import opened_at

    withdrawn, ignored = without or (), ignoring or ()
    with opened_at(space, home, as_of, print_findings) as (workspace, name):
        found = check_space(
            workspace,
            name,
            candidates=candidate or (),
            without=withdrawn,
            ignoring=ignored,
            steps=step,
            postulates=postulate or (),
        )
        of_all = not (candidate or step or postulate)
        whole = whole_space(workspace, name, without=withdrawn, ignoring=ignored) if of_all or as_json else None
        if as_json:
            print_json(check_as_json(found, whole))
        else:
            from mechkg.service.report_page import in_brief
            from mechkg.service.words import Words

            print_check(found)
            if of_all:
                print_parts(in_brief(whole, Words.of(workspace, workspace.problem(found.space))), console)
    raise typer.Exit(exit_status(found))


app.command(epilog="Example: mechkg why cdtese-msc399 eq2")(why)
app.command(epilog="Example: mechkg report cdtese-msc399 --output report.md")(report)
app.command(epilog="Example: mechkg matrix cdtese-msc399 --csv")(matrix)
app.command(epilog="Example: mechkg conflicts cdtese-msc399 eq2")(conflicts)
app.command(name="what-if", epilog="Example: mechkg what-if cdtese-msc399")(what_if)
app.command(epilog="Example: mechkg sweep cdtese-msc399 --withdraw-up-to 2 --output pairs")(sweep)
app.command(name="next", epilog="Example: mechkg next cdtese-msc399")(next_experiment)
app.command(epilog="Example: mechkg disagreements --tolerance '5 nm'")(disagreements)
app.command(epilog="Example: mechkg belief 'CNT one-step'")(belief)
app.command(epilog="Example: mechkg read paper.pdf --propose --only 1,4-7")(read)
app.command(epilog="Example: mechkg history cdte-msc-371")(history)
app.command(epilog="Example: mechkg diff 2024.1 2024.2")(diff)
app.command(epilog="Example: mechkg reference 10.1002/anie.202005643")(reference)
app.command(epilog="Example: mechkg query verdicts --table")(query)
app.command(epilog="Example: mechkg backup /backup/mechkg")(backup)
app.command(epilog="Example: mechkg restore /backup/mechkg --to /srv/mechkg-then --at 2024-05-01T12:00Z")(restore)
app.command(epilog="Example: mechkg verify --against /backup/mechkg")(verify)
app.command(name="sign-in-link", epilog="Example: mechkg sign-in-link")(people.sign_in_link)


@app.command(epilog="Example: mechkg show 'CdTe PC-371'")
def show(
    thing: Annotated[str, typer.Argument(help="Id or printed name of an item.")],
    as_json: AsJson = False,
    as_of: AsOf = None,
    home: Home = None,
) -> None:
    """Show one thing: what it is, the sentence that states it, who disputes it, and what refers to it."""
    from mechkg.model.ledger_record import Subject
    from mechkg.service.discussion import discussion
    from mechkg.service.show import show as show_item
    from mechkg.service.workspace import Workspace

    with Workspace.open(home) as opened:
        workspace = opened.view(as_of)
        found = show_item(workspace, thing)
        print_shown(found, discussion(workspace, Subject("item", found.entry.id)).disputes, as_json=as_json)


@app.command(epilog="Example: mechkg ask conflicting-compositions tolerance=3 --format csv")
def ask(
    name: Annotated[Optional[str], typer.Argument(help="Name of a question; none lists them.")] = None,  # noqa: UP045
    parameter: Annotated[
        Optional[list[str]],  # noqa: UP045
        typer.Argument(help="Parameters as NAME=VALUE."),
    ] = None,
    form: Annotated[str, typer.Option("--format", "-f", help="table, csv or json.")] = "table",
    as_of: AsOf = None,
    home: Home = None,
) -> None:
    """Answer one of the questions that come with mechkg."""
    from mechkg.service.ask import ask as ask_question
    from mechkg.service.ask import questions
    from mechkg.service.workspace import Workspace

    if form not in ("table", "csv", "json"):
        raise typer.BadParameter(f"'{form}' is not a format; use table, csv or json")
    if name is None:
        from mechkg.cli.output import print_questions

        print_questions(questions())
        return
    given = dict(pair.split("=", 1) for pair in parameter or [] if "=" in pair)
    if len(given) != len(parameter or []):
        raise typer.BadParameter("write parameters as NAME=VALUE, each once")
    with Workspace.open(home) as workspace:
        print_answer(ask_question(workspace.view(as_of), name, given), form)


@app.command(epilog="Example: mechkg rebuild")
def rebuild(home: Home = None) -> None:
    """Build the graph anew from the ledger and compare it with the one that was there."""
    from mechkg.service.rebuild import rebuild as rebuild_graph

    report = rebuild_graph(home)
    same = "the same as before" if report.same else "different from before, which was replaced"
    console.print(f"{report.quads} quads as of ledger position {report.position}: {same}.")


@app.command(epilog="Example: mechkg upgrade")
def upgrade(
    to: Annotated[
        Optional[int],  # noqa: UP045
        typer.Option(metavar="VERSION", help="Version of the tables to go to, such as one before, for an earlier mechkg."),
    ] = None,
    home: Home = None,
) -> None:
    """Bring the tables of the ledger to those of this mechkg; no act is changed, and all is done or nothing."""
    from mechkg.curation.glance import SCHEMA_VERSION
    from mechkg.service.upgrade import upgrade as upgrade_ledger

    report = upgrade_ledger(home, to=SCHEMA_VERSION if to is None else to)
    came = (
        f"are those of version {report.after}"
        if report.before == report.after
        else f"came from version {report.before} to {report.after}"
    )
    held = "" if report.acts is None else f"; it holds {report.acts} acts, and their chain holds"
    console.print(f"The tables of the ledger {came}{held}.")


@app.command(epilog="Example: mechkg serve --port 8000")
def serve(
    home: Home = None,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on; 0 takes a free one.")] = 8000,
    workers: Annotated[
        Optional[int],  # noqa: UP045
        typer.Option(
            min=1,
            help="Serve by so many processes below this one, which replaces at once each that ends; more than one need "
            "MECHKG_LEDGER and MECHKG_GRAPH. Else this process serves by itself.",
        ),
    ] = None,
) -> None:
    """Serve the site, and GraphQL, SPARQL and linked data for programs."""
    if workers is not None:
        from mechkg.cli.serving import run_workers

        raise typer.Exit(run_workers(home, host, port, workers))
    from mechkg.cli.serving import run
    from mechkg.service.projector import projecting
    from mechkg.service.workspace import Workspace

    with Workspace.open(home) as workspace, projecting(workspace):
        run(workspace, host, port)


def main() -> None:
    """Run the command; a failed operation is one line on standard error and exit status 2."""
    # a command makes many small values and ends: with Python's own settings a sixth of its time goes into looking for garbage
    gc.set_threshold(100_000, 20, 20)
    try:
        app()
    except MechkgError as error:
        complain(error)
        sys.exit(BAD_INPUT)
