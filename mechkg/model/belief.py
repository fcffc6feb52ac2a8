"""Belief: how far independent laboratories and methods carry a statement, with the sum that says so."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import prod
from typing import Any

UNKNOWN = "laboratory unknown"
CURATOR = "curator"


@dataclass(frozen=True, slots=True)
class Laboratory:
    """Works that share authors, directly or through each other.

    ``known`` is false for the one that stands for all works without authors, which may be one laboratory or many.
    """

    name: str
    works: tuple[str, ...]
    known: bool = True


@dataclass(frozen=True, slots=True)
class Ground:
    """One assertion that speaks for a statement, or ``against`` it.

    ``works`` are those it counts for: what it cites, else the work it stands in. ``why`` says how its strength was derived.
    """

    assertion: str
    item: str
    works: tuple[str, ...]
    method: str
    strength: Fraction
    why: str
    against: bool = False


@dataclass(frozen=True, slots=True)
class Term:
    """What one laboratory has by one method: however many assertions, it counts once, by the strongest of them."""

    laboratory: str
    method: str
    strength: Fraction
    why: str
    works: tuple[str, ...]
    items: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """Return it as plain JSON content."""
        return {
            "laboratory": self.laboratory,
            "method": self.method,
            "strength": round(float(self.strength), 6),
            "why": self.why,
            "works": list(self.works),
            "items": list(self.items),
        }


@dataclass(frozen=True, slots=True)
class Belief:
    """How far a statement is carried, term by term.

    Terms on one side are independent reasons, each of which may fail (noisy-or): ``supported`` is 1 − ∏ (1 − strength). Both
    sides together leave four shares, which add up to 1: carried and not refuted (``value``), refuted and not carried, both
    (contested), neither (open). Fractions, so that the order of the terms changes nothing.
    """

    supports: tuple[Term, ...]
    refutes: tuple[Term, ...]
    laboratories: tuple[Laboratory, ...]

    @property
    def supported(self) -> Fraction:
        """How far the supporting terms carry the statement, were there no others."""
        return noisy_or(self.supports)

    @property
    def refuted(self) -> Fraction:
        """How far the refuting terms stand against it, were there no others."""
        return noisy_or(self.refutes)

    @property
    def value(self) -> Fraction:
        """The share that is carried and not refuted: the belief."""
        return self.supported * (1 - self.refuted)

    @property
    def shares(self) -> dict[str, Fraction]:
        """The four shares: for, against, contested, open."""
        plus, minus = self.supported, self.refuted
        return {
            "for": plus * (1 - minus),
            "against": minus * (1 - plus),
            "contested": plus * minus,
            "open": (1 - plus) * (1 - minus),
        }

    @property
    def methods(self) -> tuple[str, ...]:
        """Methods of the supporting terms."""
        return tuple(sorted({term.method for term in self.supports}))

    @property
    def unknown(self) -> tuple[str, ...]:
        """Works whose laboratory is not known, counted as one laboratory."""
        return next((laboratory.works for laboratory in self.laboratories if not laboratory.known), ())

    def as_json(self) -> dict[str, Any]:
        """Return it as plain JSON content, with the sum in words."""
        return {
            "belief": round(float(self.value), 6),
            "supported": round(float(self.supported), 6),
            "refuted": round(float(self.refuted), 6),
            "shares": {name: round(float(share), 6) for name, share in self.shares.items()},
            "supports": [term.as_json() for term in self.supports],
            "refutes": [term.as_json() for term in self.refutes],
            "laboratories": [{"name": each.name, "works": list(each.works), "known": each.known} for each in self.laboratories],
            "in_words": self.in_words(),
        }

    def in_words(self) -> list[str]:
        """Return the sum, a line for each term and for each step."""
        lines = []
        for sign, terms in (("for", self.supports), ("against", self.refutes)):
            for term in terms:
                more = f"; {len(term.items)} assertions count as one" if len(term.items) > 1 else ""
                lines.append(
                    f"{sign} {number(term.strength)}: {term.laboratory}, by {method_name(term.method)} ({term.why}{more})"
                )
        for what, terms in (("supported", self.supports), ("refuted", self.refutes)):
            lines.append(f"{what}: {_sum(terms)}")
        if self.refutes:
            lines.append(f"belief: {number(self.supported)} × (1 − {number(self.refuted)}) = {number(self.value)}")
        else:
            lines.append(f"belief: {number(self.value)}")
        if self.unknown:
            works = ", ".join(self.unknown)
            lines.append(f"no authors are known of {works}: counted as one laboratory, though there may be several")
        return lines


def noisy_or(terms: tuple[Term, ...]) -> Fraction:
    """Return how far independent terms carry together: 1 less the chance that each of them fails."""
    return 1 - prod((1 - term.strength for term in terms), start=Fraction(1))


def _sum(terms: tuple[Term, ...]) -> str:
    if not terms:
        return "0, by nothing"
    if len(terms) == 1:
        return number(terms[0].strength)
    product = " × ".join(f"(1 − {number(term.strength)})" for term in terms)
    return f"1 − {product} = {number(noisy_or(terms))}"


def number(share: Fraction) -> str:
    """Return a share as shown: three digits, without needless noughts.

    >>> number(Fraction(3, 5)), number(Fraction(9, 40))
    ('0.6', '0.225')
    """
    return f"{float(share):.3f}".rstrip("0").rstrip(".")


def method_name(method: str) -> str:
    """Return how a method is spoken of."""
    return "a method that is not said" if method == "unspecified" else method
