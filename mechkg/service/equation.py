"""The equation of a step, as readers see it: what turns into what, and what stands over the arrow."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from mechkg.service.catalog import Catalog


@dataclass(frozen=True, slots=True)
class Part:
    """A participant or an influence: its name, the item (None for a class or a condition), and how often it takes part."""

    name: str
    item: str | None = None
    coefficient: str = ""


@dataclass(frozen=True, slots=True)
class Equation:
    """Both sides, what promotes and what hinders the step, and the step of the other direction."""

    left: tuple[Part, ...]
    right: tuple[Part, ...]
    promoters: tuple[Part, ...] = ()
    inhibitors: tuple[Part, ...] = ()
    reverse: Part | None = None

    def __str__(self) -> str:
        """Return it in one line of plain text."""
        return f"{_side(self.left)} → {_side(self.right)}"


def equation_of(catalog: Catalog, step: Mapping[str, Any]) -> Equation:
    """Return the equation of a step as it stands in the ledger."""
    reverse = step.get("reverse")
    return Equation(
        tuple(_participants(catalog, step.get("reactants", ()))),
        tuple(_participants(catalog, step.get("products", ()))),
        tuple(_influences(catalog, step.get("promoters", ()))),
        tuple(_influences(catalog, step.get("inhibitors", ()))),
        part_named(catalog, reverse) if reverse is not None and reverse in catalog.entries else None,
    )


def equation_named(catalog: Catalog, step: str) -> Equation | None:
    """Return the equation of a step by its name; None for what is no step that counts, or of which no equation is said."""
    entry = catalog.entries.get(step)
    if entry is None or entry.kind != "step":
        return None
    found = equation_of(catalog, entry.record.body)
    return found if found.left or found.right else None


def part_named(catalog: Catalog, name: str, coefficient: str = "") -> Part:
    """Return an item by the name that is shown; one that does not count by its local name, without a link."""
    entry = catalog.entries.get(name)
    return Part(name, None, coefficient) if entry is None else Part(entry.label, entry.id, coefficient)


def _participants(catalog: Catalog, side: Iterable[Any]) -> Iterable[Part]:
    for given in side:
        name, number = (given, None) if isinstance(given, str) else (given["of"], given.get("coefficient"))
        yield part_named(catalog, name, "" if number in (None, 1) else f"{number:g}")


def _influences(catalog: Catalog, those: Iterable[Mapping[str, Any]]) -> Iterable[Part]:
    for each in those:
        if "chemical" in each:
            yield part_named(catalog, each["chemical"])
        elif "chemical_class" in each:
            yield Part(f"any {in_words(each['chemical_class'])}")
        else:
            yield Part(each["condition"])


def in_words(name: str) -> str:
    """Return the local name of an ontology class in words.

    >>> in_words("PrimaryAmine")
    'primary amine'
    """
    return "".join(f" {letter.lower()}" if letter.isupper() else letter for letter in name).strip()


def _side(parts: tuple[Part, ...]) -> str:
    return " + ".join(f"{part.coefficient} {part.name}".strip() for part in parts) or "∅"
