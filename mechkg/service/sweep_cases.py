"""What a sweep is asked: which spaces, under which settings, cut into which blocks; and how a question is told from another."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import chain, combinations
from math import comb
from typing import Any

from mechkg.errors import BadInputError, NotFoundError, TooLargeError
from mechkg.reasoning.blocks import MOST_CHOICES
from mechkg.reasoning.problem import Problem
from mechkg.reasoning.sweep import Choice, choices_of
from mechkg.service.sweep_work import made_by

BITS = 32
"""A block is 2^32 candidates unless told otherwise: less than a second of work for most spaces."""

MOST_BLOCKS = 1 << 20
"""So many blocks a sweep may have."""

MOST_SURVIVORS = 10_000
"""So many survivors of each case are listed unless told otherwise."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked of the spaces of a sweep.

    Assumptions in ``without`` are withdrawn and observations in ``ignoring`` left out of account in every case; besides, each
    choice of up to ``withdraw_up_to`` other assumptions and ``ignore_up_to`` other observations makes a case. A block is 2^bits
    candidates; ``most_survivors`` are listed of each case, those with the lowest numbers.
    """

    without: tuple[str, ...] = ()
    ignoring: tuple[str, ...] = ()
    withdraw_up_to: int = 0
    ignore_up_to: int = 0
    bits: int = BITS
    most_survivors: int = MOST_SURVIVORS


AS_THEY_STAND = Wanted()
"""Every candidate, with every assumption held and every observation counted."""


@dataclass(frozen=True, slots=True)
class Case:
    """A space under one setting; ``first`` is the place of its first block in the sweep."""

    problem: Problem
    withdrawn: tuple[str, ...]
    ignored: tuple[str, ...]
    choices: tuple[Choice, ...]
    first: int
    blocks: int


def cases_of(problems: Sequence[Problem], wanted: Wanted) -> list[Case]:
    """Return the cases of a sweep in their order: space by space, as few withdrawn as possible first.

    Raises NotFoundError with the nearest name for an assumption or observation that no space knows, TooLargeError for too many
    choices or blocks, BadInputError for a space that is named twice.
    """
    if not problems:
        raise BadInputError("no hypothesis space is named")
    names = [problem.space.id for problem in problems]
    if twice := next((name for name in names if names.count(name) > 1), None):
        raise BadInputError(f"the space '{twice}' is named twice")
    _known("assumption", wanted.without, [problem.space.assumptions for problem in problems])
    _known("observation considered here", wanted.ignoring, [problem.observations for problem in problems])
    found: list[Case] = []
    place = 0
    for problem in problems:
        held = [a for a in problem.space.assumptions if a not in wanted.without]
        counted = [o for o in problem.observations if o not in wanted.ignoring]
        base = (
            [a for a in problem.space.assumptions if a in wanted.without],
            [o for o in problem.observations if o in wanted.ignoring],
        )
        many = _subsets(len(held), wanted.withdraw_up_to) * _subsets(len(counted), wanted.ignore_up_to)
        if place + many > MOST_BLOCKS:
            hint = "withdraw or ignore fewer at a time"
            raise TooLargeError(f"the sweep has more than {MOST_BLOCKS} cases", hint=hint)
        for gone in _up_to(held, wanted.withdraw_up_to):
            withdrawn = (*base[0], *gone)
            choices = tuple(choices_of(problem.space, withdrawn)[0])
            if len(choices) > MOST_CHOICES:
                what = f"'{problem.space.id}' has {len(choices)} free choices"
                raise TooLargeError(f"{what}; up to {MOST_CHOICES} are gone through in blocks")
            blocks = 1 << max(0, len(choices) - wanted.bits)
            for unseen in _up_to(counted, wanted.ignore_up_to):
                if place + blocks > MOST_BLOCKS:
                    hint = "make blocks larger, or space and settings smaller"
                    raise TooLargeError(f"the sweep has more than {MOST_BLOCKS} blocks of 2^{wanted.bits} candidates", hint=hint)
                found.append(Case(problem, withdrawn, (*base[1], *unseen), choices, place, blocks))
                place += blocks
    return found


def _subsets(of: int, up_to: int) -> int:
    return sum(comb(of, size) for size in range(up_to + 1))


def _up_to(names: Sequence[str], most: int) -> Iterator[tuple[str, ...]]:
    return chain.from_iterable(combinations(names, size) for size in range(most + 1))


def _known(what: str, names: Iterable[str], valid: Iterable[Collection[str]]) -> None:
    all_valid = sorted({name for some in valid for name in some})
    for name in names:
        if name not in all_valid:
            raise NotFoundError.of(what, name, all_valid)


def question_of(problems: Sequence[Problem], wanted: Wanted) -> dict[str, Any]:
    """Return what a result is the answer to, as plain JSON content: nothing that is in it may change while a sweep goes on."""
    spaces = [
        {
            "space": problem.space.id,
            "ledger version": problem.version,
            "content": _digest(problem.space.model_dump_json()),
            "facts": _digest("\n".join(sorted(map(str, problem.facts.atoms)))),
            "rules": _digest("\n".join([*(rule.text.text for rule in problem.rulebook.rules), problem.rulebook.choices])),
        }
        for problem in problems
    ]
    asked = {name.replace("_", " "): list(v) if isinstance(v, tuple) else v for name, v in asdict(wanted).items()}
    return {"spaces": spaces, **asked, "mechkg": made_by()}


def digest_of(question: Mapping[str, Any]) -> str:
    """Return the SHA-256 of a question, in hexadecimal."""
    return _digest(json.dumps(question, sort_keys=True, ensure_ascii=False))


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
