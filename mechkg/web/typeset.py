"""Chemical formulas as printed: indices below the line, charges above it."""

from __future__ import annotations

import re
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
