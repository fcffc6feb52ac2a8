"""Element balance of steps: where formulas and coefficients are known, both sides hold the same atoms and the same charge."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction

from mechkg.literature.places import Places
from mechkg.model.corpus import CorpusFile
from mechkg.model.finding import Finding
from mechkg.model.step import Participant, Step

_ISOTOPE = re.compile(r"\[\d+([A-Z][a-z]?)\]")
"""A label does not change the balance, and some labels are not in tables of natural isotopes."""

CHARGE = "units of charge"


def formulas_of(corpus: CorpusFile) -> dict[str, str]:
    """Return the formulas of chemicals, and of species with one composition; isotopologues have that of the whole."""
    found = {chemical.id: chemical.formula for chemical in corpus.chemicals if chemical.formula}
    found |= {species.id: species.compositions[0].formula for species in corpus.species if len(species.compositions) == 1}
    labelled = {c.id: c.isotopologue_of for c in corpus.chemicals} | {s.id: s.isotopologue_of for s in corpus.species}
    found |= {name: found[whole] for name, whole in labelled.items() if name not in found and whole in found}
    return found


def check_balance(corpus: CorpusFile, formulas: Mapping[str, str], lines: Places, file: str) -> Iterator[Finding]:
    """Yield an error for each step that is not balanced, saying by how much, and a warning where a formula cannot be read.

    A step is checked when every participant has a formula, and when it is elementary or gives a coefficient; a participant
    without one then counts once.
    """
    for step in corpus.steps:
        named = {p.of for p in (*step.reactants, *step.products)}
        printed = any(p.coefficient is not None for p in (*step.reactants, *step.products))
        if not step.reactants or not step.products or not named <= formulas.keys() or not (printed or step.kind == "elementary"):
            continue
        line = lines.within(step.id)
        try:
            excess = _excess(step, formulas)
        except ValueError as error:
            message = f"the balance of '{step.id}' cannot be checked: {error}"
            yield Finding("warning", "corpus.formula", message, file, line, "write it as in C8H17NH2, (AgS)13 or NO3-")
            continue
        if excess:
            amounts = ", ".join(f"{_number(abs(n))} more {name} on the {_side(n)}" for name, n in sorted(excess.items()))
            hint = "correct formulas or coefficients; where the source prints it so, leave the coefficients out and add a remark"
            yield Finding("error", "corpus.unbalanced", f"the step '{step.id}' is not balanced: {amounts}", file, line, hint)


def _excess(step: Step, formulas: Mapping[str, str]) -> dict[str, Fraction]:
    total: dict[str, Fraction] = {}
    sides: Sequence[tuple[int, Sequence[Participant]]] = ((1, step.reactants), (-1, step.products))
    for sign, participants in sides:
        for participant in participants:
            count = Fraction(participant.coefficient or 1).limit_denominator(1000)
            for element, atoms in _atoms(participant.of, formulas[participant.of]).items():
                total[element] = total.get(element, Fraction(0)) + sign * count * atoms
    return {element: n for element, n in total.items() if n}


def _atoms(name: str, formula: str) -> dict[str, int]:
    """Return how many atoms of each element, and which charge, a formula holds."""
    from molmass import Formula, FormulaError  # only files with formulas and coefficients need it

    try:
        read = Formula(_ISOTOPE.sub(r"\1", formula))
        found = {element: item.count for element, item in read.composition().items() if element != "e-"}
        return found | ({CHARGE: read.charge} if read.charge else {})
    except (FormulaError, ValueError) as error:
        raise ValueError(f"the formula '{formula}' of '{name}' cannot be read") from error


def _number(value: Fraction) -> str:
    return f"{float(value):g}"


def _side(excess: Fraction) -> str:
    return "left" if excess > 0 else "right"
