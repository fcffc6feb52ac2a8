"""Folding of printed text: what differs only in typesetting becomes one form, what differs in meaning stays different.

Folded away: kinds of dashes, quotation marks and blanks, line breaks and the hyphens at them, ligatures, subscripts, symbol
fonts, TeX and markdown, superscript citations. Kept: signs, charges, exponents, inequalities, letters and their case, digits.

The form that is folded to has no blanks but where two words or numbers would run together, ``^`` before an exponent that has no
sign of its own or follows a number, and a soft hyphen where a word is divided at the end of a line.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property

from mechkg.literature.symbols import SUPERSCRIPT_CLASS, TEX, fold_character, plain_of_superscript

SOFT = "\u00ad"
"""Stands for a hyphen at the end of a line, which may belong to the word or not."""

_MOST_PASSES = 12

# Signs of units that look like words: a digit raised after one of them is its exponent, never a citation.
_UNITS = frozenset(("min", "mol", "mmol", "umol", "ppm", "bar", "mbar"))


@dataclass(frozen=True)
class Folded:
    """A folded text, and where each of its characters stood in the original."""

    original: str
    text: str
    at: list[int] = field(repr=False)

    def offset(self, position: int) -> int:
        """Return the place in the original of the character at ``position``; the end of the original for the end."""
        return self.at[position] if position < len(self.at) else len(self.original)

    def line(self, position: int) -> int:
        """Return the line of the original, counted from 1, of the character at ``position``."""
        return bisect_right(self._line_starts, self.offset(position))

    @cached_property
    def _line_starts(self) -> list[int]:
        return [0, *(m.end() for m in re.finditer(r"\n", self.original))]


class _Tracked:
    """A text under rewriting, with the original place of each character."""

    def __init__(self, text: str, at: list[int]) -> None:
        self.text, self.at = text, at

    def rewrite(self, pattern: re.Pattern[str], change: Callable[[re.Match[str]], str | int | None]) -> None:
        """Replace each match by a string, by one of its groups (given by number), or by itself (None)."""
        text: list[str] = []
        at: list[int] = []
        done = 0
        for match in pattern.finditer(self.text):
            new = change(match)
            if new is None:
                continue
            text.append(self.text[done : match.start()])
            at += self.at[done : match.start()]
            if isinstance(new, int):
                start, end = match.span(new)
                text.append(self.text[start:end])
                at += self.at[start:end]
            else:
                text.append(new)
                at += [self.at[match.start()]] * len(new)
            done = match.end()
        if done:
            self.text = "".join(text) + self.text[done:]
            self.at = at + self.at[done:]


def fold(text: str) -> Folded:
    """Fold ``text``.

    >>> fold("Cd(OAc)₂  was heated to\\n130 °C").text
    'Cd(OAc)2 was heated to 130°C'
    >>> [fold(t).text for t in ("mol^{-1}", "mol⁻¹", "10³", "103", "Cd²⁺", "at −196", ">  200", "conver-\\nsion").__iter__()]
    ['mol-1', 'mol-1', '10^3', '103', 'Cd2+', 'at-196', '>200', 'conver\\xadsion']
    """
    tracked = _Tracked(text, list(range(len(text))))
    for _ in range(_MOST_PASSES):
        before = tracked.text
        for pattern, change in _RULES:
            tracked.rewrite(pattern, change)
        if tracked.text == before:
            break
    return Folded(text, tracked.text, tracked.at)


normalise = fold
"""Another name for :func:`fold`."""


# --- superscripts -----------------------------------------------------------------------------------------------------

_NUMBERS = r"[1-9]\d{0,2}(?:\s?-\s?[1-9]\d{0,2})?"
_CITED = re.compile(rf"{_NUMBERS}(?:,{_NUMBERS})*")
_CHARGE = re.compile(r"(\+|\d\+)?(.*)", re.DOTALL)


def _superscript(match: re.Match[str]) -> str:
    """Raised text: a citation goes; an exponent or charge stays, with ``^`` where it would else read as a plain number."""
    raised = "".join((match["braced"] if match["braced"] is not None else match["bare"]).split())
    before = match.string[: match.start()]
    last = before[-1:]
    parts = _CHARGE.fullmatch(raised)
    charge, number = (parts[1] or "", parts[2]) if parts else ("", raised)
    if _CITED.fullmatch(number) and not last.isdigit():
        if charge == "+" and len(number) > 1:
            return "+"  # a charge and, run together with it, a citation
        if not charge and (not number.isdigit() or _cites(before)):
            return ""
    if last.isdigit() and raised != "°":
        return "^" + raised
    plain = not raised or not raised[0].isalnum() or raised[-1] in "+-" or not last or last.isspace()
    return raised if plain else "^" + raised


def _cites(before: str) -> bool:
    """Say whether a lone raised number after ``before`` is a citation rather than an exponent, an isotope or an index."""
    if before[-1:] in (".", ",", ";", ":"):
        return True
    stem = re.search(r"[^\W\d_]*$", before[-40:])
    word = stem.group() if stem else ""
    return len(word) >= 3 and word[-1].islower() and word not in _UNITS


# --- blanks and hyphens -----------------------------------------------------------------------------------------------


def _blank(match: re.Match[str]) -> str:
    """A blank stays where its loss would change a word or a number, or make a sum look like a charge."""
    text, start, end = match.string, match.start(), match.end()
    before, after = text[start - 1 : start], text[end : end + 1]
    if not before or not after:
        return ""
    if before == "μ" and not text[start - 2 : start - 1].isalpha() and after in "LlmgsMA":
        return ""  # the prefix of a unit, set apart by the print
    if before.isalnum() and after.isalnum():
        return " "
    if after == "+" and (before.isalnum() or before in ")]"):
        return " "
    if before in "+-" and after in "+->":
        return " "  # a charge and a sign, not one sign written with two characters
    if after == "[":
        return " "  # a number in brackets is a citation only where it touches a word
    if before in ".,:" and after.isdigit() and text[start - 2 : start - 1].isdigit():
        return " "
    return ""


def _divided(match: re.Match[str]) -> str:
    """A hyphen at the end of a line may divide a word; before a capital it joins two."""
    return SOFT if match["next"].islower() else "-"


_ENTITIES = {"lt": "<", "gt": ">", "amp": "&", "nbsp": " ", "deg": "°", "minus": "-", "plusmn": "±"}
_CITATION = r"\[[1-9]\d{0,2}(?:[-,]\s?[1-9]\d{0,2})*\]"
_SOFT_ELSEWHERE = rf"(?<![^\W\d_]){SOFT}|{SOFT}(?![^\W\d_])"

_RULES: list[tuple[re.Pattern[str], Callable[[re.Match[str]], str | int | None]]] = [
    # letters and signs
    (re.compile(r"(?<=[^\W\d_])[-‐‑\xad][^\S\n]*\n\s*(?=(?P<next>[^\W\d_]))"), _divided),
    (re.compile(rf"[{SUPERSCRIPT_CLASS}]+"), lambda m: "^{" + plain_of_superscript(m.group()) + "}"),
    (re.compile(r"[^\W\d_][\u0300-\u036f]+"), lambda m: unicodedata.normalize("NFC", m.group())),
    (re.compile(r"[\x00-\x08\x0e-\x1f*$\"`\x7f]|[^\x00-\x7f]"), lambda m: fold_character(m.group())),
    (re.compile(_SOFT_ELSEWHERE), lambda m: ""),
    # HTML, TeX, markdown
    (re.compile(r"&(lt|gt|amp|nbsp|deg|minus|plusmn);"), lambda m: _ENTITIES[m[1]]),
    (re.compile(r"</?(?:i|b|em|strong|sub|br)\s*/?>"), lambda m: ""),
    (re.compile(r"<sup>([^<>]{0,40})</sup>"), lambda m: "^{" + m[1] + "}"),
    (re.compile(r"\\([A-Za-z]+)\s*"), lambda m: TEX.get(m[1])),
    (re.compile(r"\\(?:text|mathrm|mathit|mathbf|mathsf|rm|it|bf)\s*\{([^{}]*)\}"), lambda m: 1),
    (re.compile(r"\\[,;:! ]"), lambda m: " "),
    (re.compile(r"_\{([^{}]*)\}"), lambda m: 1),
    (re.compile(r"\[([^\[\]]*)\]\((?:#|[a-z]+://|mailto:|www\.)[^()\s]*\)"), lambda m: 1),
    (re.compile(r"_"), lambda m: ""),
    # citations and exponents
    (re.compile(r"\^\s?\[[\d,\s-]+\]"), lambda m: ""),
    (re.compile(rf"(?<=[^\s\[(]){_CITATION}"), lambda m: ""),
    (re.compile(r"\^(?:\{(?P<braced>[^{}]*)\}|(?P<bare>[+-]?\d+(?:[+-](?!\w))?|[+-](?!\w)|°))"), _superscript),
    # signs written with several characters
    (re.compile(r"\[\s*(?:…|\.\s?\.\s?\.)\s*\]|\.\s?\.\s?\.(?:\s?\.)*"), lambda m: "…"),
    (re.compile(r"<-+>|<=>"), lambda m: "↔"),
    (re.compile(r"-+>"), lambda m: "→"),
    (re.compile(r"<="), lambda m: "≤"),
    (re.compile(r">="), lambda m: "≥"),
    (re.compile(r"\+/-|(?<=\d)\s?\+-\s?(?=\d)"), lambda m: "±"),
    (re.compile(r"\s+"), _blank),
]
