"""The words by which the reader of papers knows names and quantities, from ``words.yaml`` beside this file."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from mechkg.assets import words_file
from mechkg.literature.yaml12 import read_yaml
from mechkg.model.quantity import Relation
from mechkg.model.species import SpeciesKind


@dataclass(frozen=True, slots=True)
class Family:
    """A family of species: its kind, and the forms in which its name is printed."""

    kind: SpeciesKind
    short: tuple[str, ...] = ()
    long: tuple[str, ...] = ()
    letters: tuple[str, ...] = ()
    named: tuple[str, ...] = ()


@dataclass(frozen=True)
class Words:
    """Everything in ``words.yaml``, checked once."""

    families: tuple[Family, ...]
    units: Mapping[str, tuple[str, str]]
    """Unit as printed -> what a quantity in it is, and the unit of the model."""
    initials: frozenset[str]
    before_initials: frozenset[str]
    sizes: frozenset[str]
    prefixes: Mapping[str, str]
    numbers: Mapping[str, int]
    before: Mapping[str, Relation]
    after: Mapping[str, Relation]
    temperatures: tuple[str, ...]
    labels: frozenset[str]
    chemicals: Mapping[str, tuple[str, ...]]
    charged: Mapping[str, tuple[str, ...]]
    variants: Mapping[str, str]
    changes: Mapping[str, re.Pattern[str]]
    """Kind of observation -> the beginnings of words that say so."""
    opposites: Mapping[str, str]


@lru_cache(maxsize=1)
def words() -> Words:
    """Read the words, once."""
    path = words_file()
    reading = read_yaml(path.read_text(encoding="utf-8"), path.name)
    if reading.findings:
        raise ValueError(str(reading.findings[0]))
    given: dict[str, Any] = reading.content
    return Words(
        families=tuple(
            Family(entry["kind"], *(tuple(entry.get(form, ())) for form in ("short", "long", "letters", "named")))
            for entry in given["families"]
        ),
        units={printed: (kind, unit) for kind, units in given["units"].items() for printed, unit in units.items()},
        initials=frozenset(given["initials"]),
        before_initials=frozenset(given["before_initials"]),
        sizes=frozenset(given["sizes"]),
        prefixes=given["prefixes"],
        numbers=given["numbers"],
        before=given["relations"]["before"],
        after=given["relations"]["after"],
        temperatures=tuple(given["temperatures"]),
        labels=frozenset(given["labels"]),
        chemicals={key: tuple(str(word) for word in value) for key, value in given["chemicals"].items()},
        charged={key: tuple(value) for key, value in given["charged"].items()},
        variants=given["variants"],
        opposites=given["opposites"],
        changes={
            kind: re.compile(rf"(?<![^\W\d_])(?:{'|'.join(beginnings)})", re.IGNORECASE)
            for kind, beginnings in given["changes"].items()
        },
    )


def any_of(forms: Mapping[str, Any] | tuple[str, ...] | frozenset[str]) -> str:
    """Return a pattern that matches any of the forms, the longest first.

    >>> any_of(("min", "minute"))
    'minute|min'
    """
    return "|".join(re.escape(form) for form in sorted(forms, key=lambda form: (-len(form), form)))
