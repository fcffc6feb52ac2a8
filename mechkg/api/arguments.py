"""Arguments that several fields take."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated, Final, Optional

import strawberry

from mechkg.errors import BadInputError
from mechkg.model.ledger_record import Subject, SubjectKind
from mechkg.service.identifiers import Identifier, IdentifierKind, is_iri, name_of, read_iri

# strawberry reads Optional[...] from these at run time
# ruff: noqa: UP045

LONGEST_BUDGET = 60.0
"""Seconds that a caller may ask for at most in a search for conflict sets."""

Space = Annotated[str, strawberry.argument(description="IRI, local name or title of a hypothesis space.")]
CandidateName = Annotated[
    Optional[str],
    strawberry.argument(description="Name or IRI of a candidate; without it, steps and postulates make one."),
]
Candidates = Annotated[Optional[list[str]], strawberry.argument(description="Names or IRIs of candidates; all when left out.")]
Without = Annotated[Optional[list[str]], strawberry.argument(description="Assumptions to withdraw.")]
Ignoring = Annotated[Optional[list[str]], strawberry.argument(description="Observations to leave out of account.")]
Steps = Annotated[Optional[list[str]], strawberry.argument(description="Optional steps of a candidate of one's own.")]
Postulates = Annotated[Optional[list[str]], strawberry.argument(description="Claims that a candidate of one's own makes.")]
Budget = Annotated[
    float,
    strawberry.argument(description="Seconds after which the search for the conflict sets of a candidate ends, at most 60."),
]
Full = Annotated[bool, strawberry.argument(description="Every line, and not only those that carry the proof.")]
Name = Annotated[str, strawberry.argument(description="IRI, local name or printed name.")]


def seconds(budget: float) -> float:
    """Return a budget that may be asked for; raise BadInputError for another."""
    if not 0 <= budget <= LONGEST_BUDGET:
        raise BadInputError(f"a budget of {budget:g} s cannot be asked for", hint=f"give 0 to {LONGEST_BUDGET:g} s")
    return budget


# --- names, which may be given as IRIs ----------------------------------------------------------------------------------

_SUBJECTS: Final[dict[IdentifierKind, SubjectKind]] = {
    "item": "item",
    "assertion": "assertion",
    "person": "person",
    "release": "release",
    "verdict": "verdict",
    "set": "set",
    "disagreement": "disagreement",
}


def space_name(given: str) -> str:
    """Return what a hypothesis space is called that is given by a name or its IRI."""
    return name_of(given, "item")


def item_name(given: str) -> str:
    """Return what an item is called that is given by a name or its IRI."""
    return name_of(given, "item")


def item_names(given: Iterable[str] | None) -> list[str]:
    """Return what items are called that are given by names or IRIs."""
    return [name_of(name, "item") for name in given or ()]


def part_name(given: str) -> str:
    """Return what a candidate, or a claim of candidates, is called within its space, given by that name or an IRI."""
    return name_of(given, "part", "verdict").rpartition("/")[2] if is_iri(given) else given


def stage_name(given: str) -> str:
    """Return procedure/stage for a stage given so or by its IRI."""
    return name_of(given, "part")


def person_name(given: str) -> str:
    """Return the short name of a person given by it or by an IRI."""
    return name_of(given, "person")


def subject(given: str) -> Subject:
    """Return what is meant by kind:name, or by an IRI; raise BadInputError for anything else."""
    if not is_iri(given):
        return Subject.parse(given)
    read: Identifier = read_iri(given)
    if read.kind not in _SUBJECTS:
        raise BadInputError(f"nothing is said upon a {read.kind} ('{given}')", hint=f"upon a {', '.join(_SUBJECTS)} it is")
    return Subject(_SUBJECTS[read.kind], read.name)


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """What is asked of a space: assumptions withdrawn, observations left out, steps and claims of a candidate of one's own."""

    space: str
    without: list[str]
    ignoring: list[str]
    steps: list[str] | None = None
    postulates: tuple[str, ...] = ()

    @classmethod
    def of(
        cls,
        space: str,
        without: Iterable[str] | None = None,
        ignoring: Iterable[str] | None = None,
        steps: Iterable[str] | None = None,
        postulates: Iterable[str] | None = None,
    ) -> Hypothesis:
        """Read names and IRIs."""
        return cls(
            space_name(space),
            item_names(without),
            item_names(ignoring),
            None if steps is None else item_names(steps),
            tuple(part_name(name) for name in postulates or ()),
        )
