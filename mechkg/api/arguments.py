"""Arguments that several fields take."""

from __future__ import annotations

from typing import Annotated, Optional

import strawberry

from mechkg.errors import BadInputError

# strawberry reads Optional[...] from these at run time
# ruff: noqa: UP045

LONGEST_BUDGET = 60.0
"""Seconds that a caller may ask for at most in a search for conflict sets."""

Space = Annotated[str, strawberry.argument(description="Id or title of a hypothesis space.")]
CandidateName = Annotated[
    Optional[str],
    strawberry.argument(description="Name of a candidate; without it, steps and postulates make one."),
]
Candidates = Annotated[Optional[list[str]], strawberry.argument(description="Names of candidates; all when left out.")]
Without = Annotated[Optional[list[str]], strawberry.argument(description="Assumptions to withdraw.")]
Ignoring = Annotated[Optional[list[str]], strawberry.argument(description="Observations to leave out of account.")]
Steps = Annotated[Optional[list[str]], strawberry.argument(description="Optional steps of a candidate of one's own.")]
Postulates = Annotated[Optional[list[str]], strawberry.argument(description="Claims that a candidate of one's own makes.")]
Budget = Annotated[
    float,
    strawberry.argument(description="Seconds after which the search for the conflict sets of a candidate ends, at most 60."),
]
Full = Annotated[bool, strawberry.argument(description="Every line, and not only those that carry the proof.")]
First = Annotated[int, strawberry.argument(description="So many at most, up to 500.")]
After = Annotated[Optional[str], strawberry.argument(description="Those after this cursor (endCursor of the page before).")]
OfPaper = Annotated[Optional[str], strawberry.argument(description="Only from the paper with this id.")]
Saying = Annotated[Optional[str], strawberry.argument(description="Only those with these words in names, quotes or statement.")]
OfKind = Annotated[Optional[str], strawberry.argument(description="Only of this kind.")]
Name = Annotated[str, strawberry.argument(description="Id or printed name.")]


def seconds(budget: float) -> float:
    """Return a budget that may be asked for; raise BadInputError for another."""
    if not 0 <= budget <= LONGEST_BUDGET:
        raise BadInputError(f"a budget of {budget:g} s cannot be asked for", hint=f"give 0 to {LONGEST_BUDGET:g} s")
    return budget
