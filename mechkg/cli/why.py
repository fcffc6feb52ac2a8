"""``mechkg why``: why a candidate has its verdict, and why something that one expected did not follow."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Optional

import typer

from mechkg.cli.options import AsJson, AsMarkdown, AsOf, Home, Ignoring, Postulates, Space, Steps, Without, form_of
from mechkg.cli.output import console, print_explanation, print_why_not, shown_proofs
from mechkg.errors import BadInputError

if TYPE_CHECKING:
    from mechkg.model.verdict import ProofNode

# typer reads Optional[...], not the form with a bar
# ruff: noqa: UP045


def why(
    space: Space,
    candidate: Annotated[Optional[str], typer.Argument(help="Name of a candidate.")] = None,
    without: Without = None,
    ignoring: Ignoring = None,
    step: Steps = None,
    postulate: Postulates = None,
    observation: Annotated[
        Optional[str], typer.Option("--observation", "-o", help="Only the proof about this observation.")
    ] = None,
    denied: Annotated[
        Optional[str],
        typer.Option("--not", metavar="'PREDICATE(...)'", help="Say why this does not follow, such as possible(SPECIES, STAGE)."),
    ] = None,
    about: Annotated[Optional[str], typer.Option(help="Say what follows, or not, of this species, at a stage.")] = None,
    at: Annotated[Optional[str], typer.Option(help="The stage that --about asks of: PROCEDURE/STAGE.")] = None,
    every: Annotated[bool, typer.Option("--all", help="All proofs, not only the one that decides.")] = False,
    full: Annotated[bool, typer.Option("--full", help="Every line of a proof, not only those that carry it.")] = False,
    as_json: AsJson = False,
    markdown: AsMarkdown = False,
    svg: Annotated[
        Optional[Path], typer.Option("--svg", metavar="FILE", help="Draw the proof into a file instead of printing it.")
    ] = None,
    as_of: AsOf = None,
    home: Home = None,
) -> None:
    """Say why a candidate is ruled out or survives, down to the sentences of the papers; or why something does not follow.

    --not and --about ask of a single thing: where it follows it is proved, where it does not the reasons are given.
    """
    from mechkg.service.open_case import opened_at
    from mechkg.service.why import why as explain
    from mechkg.service.why_not import why_not

    form = form_of(json=as_json, markdown=markdown)
    if (about is None) != (at is None):
        raise typer.BadParameter("give --about a species and --at a stage together")
    if sum(given is not None for given in (observation, denied, about)) > 1:
        raise typer.BadParameter("choose one of --observation, --not, and --about with --at")
    with opened_at(space, home, as_of) as (workspace, name):
        asked: dict[str, Any] = {
            "without": without or (),
            "ignoring": ignoring or (),
            "steps": step,
            "postulates": postulate or (),
        }
        if denied is not None or about is not None:
            answered = why_not(workspace, name, candidate, predicate=denied, about=about, at=at, **asked)
            if svg is not None:
                _draw(answered.answers[-1].proof, svg, full)
            else:
                print_why_not(answered, full=full, form=form)
            return
        found = explain(workspace, name, candidate, **asked)
        if svg is None:
            print_explanation(found, observation=observation, every=every, full=full, form=form)
            return
        proofs = shown_proofs(found, observation)
        if not proofs:
            raise BadInputError(f"there is no proof about '{observation}' to draw")
        _draw(proofs[0], svg, full)


def _draw(proof: ProofNode, file: Path, full: bool) -> None:
    from mechkg.reasoning.drawing import as_svg

    drawing = as_svg(proof, full=full)
    try:
        file.write_text(drawing, encoding="utf-8")
    except OSError as error:
        raise BadInputError(f"cannot write '{file}': {error.strerror}") from error
    console.print(f"Drawn in {file}: {proof.sentence}", markup=False)
