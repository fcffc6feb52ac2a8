"""Chemical formulas as printed: indices below the line, charges above it."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from markupsafe import Markup, escape

_FORMULA: Final = re.compile(r"(?:[A-Z][a-z]?|[()\[\]·.]|\d|[xyzn]|[/+^−-])+")
_GENERIC: Final = re.compile(r"(?:[MELRX](?:[xyzn]|\d+)?)+")
"""Letters that stand for any metal, chalcogen, ligand: Mn and En have an index then, and are no manganese."""
_NUMBER: Final = r"(?P<index>(?<=[A-Za-z)\]])\d+(?:[./–-]\d+)*)"
_CHARGE: Final = r"\^?(?P<charge>(?<=[\^\dA-Za-z)\]])\d*[+−-])$"
# An open index; but Zn, Sn, Mn, In, Rn and Dy are elements.
_PART: Final = re.compile(rf"{_NUMBER}|(?P<open>(?<=[A-Za-z)\]])(?:[xz]|(?<!D)y|(?<![ZSMIR])n)(?![a-z]))|{_CHARGE}")
_ANY_PART: Final = re.compile(rf"{_NUMBER}|(?P<open>(?<=[A-Z])[xyzn])|{_CHARGE}")


_RUN: Final = re.compile(r"(?<![\w-])(?:[(\[]*(?:\d{1,2}(?=[A-Z(\[]))?[(\[]*[A-Z](?:[\w()\[\]·/]|\.(?=\d))*)")
"""A run of characters in a text that may be a formula: no part of a word with a hyphen, as names of clusters are."""
_NO_FORMULA: Final = re.compile(r"\W*(?:[SEFT]\d+[A-Z]?(?!\w)|B3LYP)|.*(?:[A-Za-z)\]]0(?!\.)|[QJ])")
"""What looks like a formula in a text and is none: figures and tables (S1, S5A), equations (E1), functionals (B3LYP, M06),
sizes of dots (QD540)."""


@lru_cache(maxsize=20_000)
def prose(text: str) -> Markup:
    """Return a text as HTML, in which formulas stand as printed.

    >>> print(prose("From Cd(OAc)2 and HPPh2 comes (CdSe)13, not MSC-350 (Figure S1A; 4Cd(OA)2, H2O & N2)."))
    From Cd(OAc)<sub>2</sub> and HPPh<sub>2</sub> comes (CdSe)<sub>13</sub>, not MSC-350 (Figure S1A; 4Cd(OA)<sub>2</sub>, \
H<sub>2</sub>O &amp; N<sub>2</sub>).
    """
    parts: list[Markup] = []
    end = 0
    for match in _RUN.finditer(text):
        run = match[0]
        if not any(sign.isdecimal() for sign in run) or _NO_FORMULA.match(run):
            continue
        open_, close = _unmatched(run)
        inner = run[open_ : len(run) - close]
        typeset = formula(inner)
        if "<" not in typeset:
            continue
        parts += [escape(text[end : match.start() + open_]), typeset]
        end = match.end() - close
    return Markup("").join([*parts, escape(text[end:])])


def _unmatched(run: str) -> tuple[int, int]:
    """Return how many brackets at the beginning, and at the end, belong to the sentence: they have no partner in the run."""
    depth, open_, close = 0, 0, 0
    for sign in run:
        depth += (sign in "([") - (sign in ")]")
        if depth < 0:
            depth, close = 0, close + 1
    open_ = depth
    while open_ and run[:open_].strip("(["):  # what has no partner stands elsewhere
        open_ -= 1
    while close and run[len(run) - close :].strip(")]"):
        close -= 1
    return open_, close


def formula(text: str) -> Markup:
    """Return a formula as HTML; what is none, such as a name with a hyphen, comes back as it is.

    >>> print(formula("(CdSe)34"), formula("Cd(OAc)2"), formula("AgxSy"), formula("plain words"))
    (CdSe)<sub>34</sub> Cd(OAc)<sub>2</sub> Ag<sub>x</sub>S<sub>y</sub> plain words
    """
    if not _FORMULA.fullmatch(text):
        return escape(text)

    def typeset(match: re.Match[str]) -> str:
        if match["charge"] is not None:
            return f"<sup>{escape(match['charge'])}</sup>"
        return f"<sub>{escape(match['index'] or match['open'])}</sub>"

    return Markup((_ANY_PART if _GENERIC.fullmatch(text) else _PART).sub(typeset, text))


_WORD: Final = re.compile(r"(\s+|,)")


def formulas(text: str) -> Markup:
    """Return words as HTML, with those that have parentheses typeset as formulas: other words with a digit may be names.

    >>> print(formulas("two (CdSe)13 of Table S1"))
    two (CdSe)<sub>13</sub> of Table S1
    """
    return Markup("").join(formula(word) if "(" in word else escape(word) for word in _WORD.split(text))
