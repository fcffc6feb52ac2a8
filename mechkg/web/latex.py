r"""Text as LaTeX: what would be a command is escaped, formulas are typeset by mhchem, other signs are those of pdfLaTeX."""

from __future__ import annotations

import re
import unicodedata
from html import unescape
from typing import Final

from mechkg.web.typeset import formula

_SPECIAL: Final = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "%": r"\%", "&": r"\&", "#": r"\#", "$": r"\$", "_": r"\_",
    "~": r"\textasciitilde{}", "^": r"\textasciicircum{}", "<": r"\ensuremath{<}", ">": r"\ensuremath{>}", "|": r"\textbar{}",
    '"': r"\textquotedbl{}", "`": r"\textasciigrave{}", "'": r"\textquotesingle{}",
}  # fmt: skip

_SIGNS: Final = {
    "–": "--", "‒": "--", "—": "---", "−": r"\ensuremath{-}", "‐": "-", "‑": "-", "°": r"\ensuremath{^{\circ}}",
    "±": r"\ensuremath{\pm}", "×": r"\ensuremath{\times}", "·": r"\ensuremath{\cdot}", "≈": r"\ensuremath{\approx}",
    "≤": r"\ensuremath{\leq}", "≥": r"\ensuremath{\geq}", "→": r"\ensuremath{\rightarrow}", "…": r"\ldots{}", "\u00a0": "~",
    "‘": "`", "’": "'", "“": "``", "”": "''", "µ": r"\ensuremath{\mu}", "∞": r"\ensuremath{\infty}", "⚠": "!",
}  # fmt: skip

_GREEK: Final = {
    chr(code): unicodedata.name(chr(code)).removeprefix("GREEK SMALL LETTER ").lower()
    for code in range(0x3B1, 0x3CA)
    if "FINAL" not in unicodedata.name(chr(code)) and chr(code) != "ο"
} | {"λ": "lambda"}

_TAG: Final = re.compile(r"<(sub|sup)>(.*?)</\1>")
_PLAIN: Final = re.compile(r"[^\x00-\x7f]")
_TOKEN: Final = re.compile(r"(\s+|,)")


def escaped(text: str) -> str:
    r"""Return text that LaTeX prints as it stands.

    >>> print(escaped("50% of A_x at 100 °C, ~2 h"))
    50\% of A\_x at 100 \ensuremath{^{\circ}}C, \textasciitilde{}2 h
    """
    return "".join(_SPECIAL.get(sign) or _sign(sign) for sign in text if sign >= " " or sign in "\t\n")


def typeset(text: str) -> str:
    r"""Return text as LaTeX, formulas in it by mhchem; a word counts as one where it has parentheses or is all there is.

    >>> print(typeset("(CdSe)33/34"), typeset("two (CdSe)13 paired"), typeset("Table S1"), typeset("CdxTey"))
    \ce{(CdSe)_{33/34}} two \ce{(CdSe)_{13}} paired Table S1 \ce{Cd_{x}Te_{y}}
    """
    whole = _chemistry(text)
    if whole is not None:
        return whole
    return "".join((_chemistry(word) if "(" in word else None) or escaped(word) for word in _TOKEN.split(text))


def _chemistry(word: str) -> str | None:
    """Return a formula for mhchem; None for what has nothing to typeset."""
    html = str(formula(word))
    if "<" not in html:
        return None
    inner = _TAG.sub(lambda match: f"{'_' if match[1] == 'sub' else '^'}{{{match[2]}}}", html)
    plain = unescape(inner).replace("–", "--").replace("−", "-").replace("·", "*")
    return None if _PLAIN.search(plain) or re.search(r"[%#&$~\\<>]", plain) else rf"\ce{{{plain}}}"


def _sign(sign: str) -> str:
    if sign in _SIGNS:
        return _SIGNS[sign]
    if sign in _GREEK:
        return rf"\ensuremath{{\{_GREEK[sign]}}}"
    if ord(sign) < 0x180:  # ASCII, and letters with accents, which LaTeX knows
        return sign
    known = unicodedata.normalize("NFKC", sign)
    if known != sign and all(ord(each) < 0x180 for each in known):
        place = "_" if "SUBSCRIPT" in unicodedata.name(sign, "") else "^" if "SUPERSCRIPT" in unicodedata.name(sign, "") else ""
        return rf"\ensuremath{{{place}{{{known}}}}}" if place else escaped(known)
    return f"[U+{ord(sign):04X}]"
