"""Chemical formulas as printed: indices below the line, charges above it."""

from __future__ import annotations

import re
from typing import Final

from markupsafe import Markup, escape

_PART: Final = re.compile(
    r"(?P<index>(?<=[A-Za-z)\]])\d+(?:[./–-]\d+)*)|(?P<open>(?<=[A-Za-z)\]])[xyzn](?![a-z]))|\^?(?P<charge>(?<=[\^\dA-Za-z)\]])\d*[+−-])$"
)
_FORMULA: Final = re.compile(r"(?:[A-Z][a-z]?|[()\[\]·.]|\d|[xyzn]|[/+^−-])+")


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

    return Markup(_PART.sub(typeset, text))
