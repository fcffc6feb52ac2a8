"""Formulas where there is no markup, as in a drawing: small numbers and charges as letters of Unicode."""

from __future__ import annotations

import re
from html import unescape
from typing import Final

from mechkg.web.typeset import formula

_LOW: Final = str.maketrans("0123456789xn", "₀₁₂₃₄₅₆₇₈₉ₓₙ")
_HIGH: Final = str.maketrans("0123456789+-−n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻ⁿ")
_SET: Final = re.compile(r"<(sub|sup)>(.*?)</\1>")


def in_unicode(text: str) -> str:
    """Return a formula in plain text; what is none comes back as it is.

    >>> in_unicode("(CdSe)34"), in_unicode("Cd(OAc)2"), in_unicode("CdSe PC-415"), in_unicode("S & Se")
    ('(CdSe)₃₄', 'Cd(OAc)₂', 'CdSe PC-415', 'S & Se')
    """
    markup = str(formula(text))
    return unescape(_SET.sub(lambda match: match[2].translate(_LOW if match[1] == "sub" else _HIGH), markup))
