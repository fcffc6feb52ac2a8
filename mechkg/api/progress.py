"""GraphQL of long checks: how far one has come, and in the end what it found."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from functools import partial
from typing import Optional

import strawberry

from mechkg.api import enums, reports, verdicts
from mechkg.api.arguments import Hypothesis, seconds
from mechkg.api.context import Info
from mechkg.model.verdict import Check
from mechkg.service.check import check
from mechkg.service.reading import View
from mechkg.service.whole_space import whole_space

# strawberry reads Optional[...] from these annotations at run time
# ruff: noqa: UP045


@strawberry.type(description="How far a check has come; the last one has the answer.")
class Progress:
    phase: str = strawberry.field(description="What is being done.", graphql_type=enums.ProgressPhase)
    done: int = strawberry.field(description="How much of it is done.")
    of: int = strawberry.field(description="How much there is to do in this phase.")
    found: int = strawberry.field(description="How many conflict sets were found so far.")
    sentence: str = strawberry.field(description="How far it is, in a sentence.")
    check: Optional[verdicts.Check] = strawberry.field(description="Verdicts on the named candidates, once they are there.")
    whole_space: Optional[reports.WholeSpace] = strawberry.field(description="The whole space, once it was gone through.")
    conflict_sets: list[reports.ConflictSets] = strawberry.field(
        description="Conflict sets and repairs of the candidates that were gone through."
    )


async def progress_of(info: Info, of: Hypothesis, budget: float, as_of: str | None) -> AsyncGenerator[Progress, None]:
    """Check a space step by step: read it, judge its candidates, go through all of it, find the conflict sets.

    All of it is about the same version of what counts. Raises as :func:`check` does, and BadInputError for a budget.
    """
    limit = seconds(budget)
    at = await info.context.reason(lambda workspace: workspace.view(as_of).reading)
    asked = {"without": of.without, "ignoring": of.ignoring}
    checked: Check | None = None
    whole: reports.WholeSpace | None = None
    sets: list[reports.ConflictSets] = []

    def told(phase: str, done: int, count: int, sentence: str) -> Progress:
        return Progress(
            phase=phase,
            done=done,
            of=count,
            found=sum(len(each.value.sets) for each in sets),
            sentence=sentence,
            check=None if checked is None else verdicts.Check(value=checked),
            whole_space=whole,
            conflict_sets=list(sets),
        )

    yield told("reading", 0, 1, f"{of.space} is read from the graph.")
    space = await info.context.go_on(partial(_read, at, of.space))
    yield told("verdicts", 0, 1, "The named candidates are judged.")
    checked = await info.context.go_on(partial(check, at, space, **asked))
    yield told("whole space", 0, 1, f"{len(checked.candidates)} candidates are judged; the whole space is gone through.")
    value, said = await info.context.go_on(partial(whole_space, at, space, **asked))
    whole = reports.WholeSpace(value=value, said=said)
    out = [candidate.id for candidate in checked.candidates if candidate.verdict == "ruled out"]
    for done, name in enumerate(out):
        yield told("conflict sets", done, len(out), f"Conflict sets of {name} are sought.")
        sets.append(await info.context.go_on(partial(_sets, at, space, name, limit, asked)))
    kept = len(checked.candidates) - len(out)
    yield told("done", len(out), len(out), f"{kept} of {len(checked.candidates)} candidates are not ruled out.")


def _read(view: View, space: str) -> str:
    """Read a space, so that what follows finds it; return its local name."""
    with view.lock:
        return view.problem(space).space.id


def _sets(view: View, space: str, name: str, budget: float, asked: dict[str, list[str]]) -> reports.ConflictSets:
    return reports.conflict_sets_in(view, space, name, budget, {**asked, "steps": None, "postulates": ()})
