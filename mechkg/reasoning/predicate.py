"""One row of the predicate table (see :mod:`mechkg.reasoning.predicates`)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Origin = Literal["fact", "computed", "chosen", "derived"]
Short = Literal["line", "premises", "assumptions"]
Absence = Literal["reasons", "line", "nothing"]


@dataclass(frozen=True, slots=True)
class Predicate:
    """One predicate: what its arguments are, how to say it, where it comes from, and whether absence means no.

    ``says`` and ``denies`` are sentences with the arguments as ``{0}``, ``{1}``, ... Of a predicate not ``closed``, what is
    not stated is unknown; a rule that takes its absence for a no is refused.
    """

    name: str
    arguments: tuple[str, ...]
    says: str
    denies: str
    origin: Origin = "fact"
    closed: bool = True
    trivial: bool = False
    """Not worth a line of its own in a proof: it only restates the rule's sentence."""

    short: Short = "line"
    """What the short form of a proof makes of it: a line; its premises in its place; or only the assumptions beneath it."""

    absence: Absence = "reasons"
    """What a proof makes of its absence: a line with reasons, a line alone, or (in the short form) nothing."""


def table(*predicates: Predicate) -> dict[str, Predicate]:
    """Return rows by the names of their predicates."""
    return {predicate.name: predicate for predicate in predicates}
