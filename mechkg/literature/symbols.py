"""Tables of characters that print alike or mean the same: dashes, quotation marks, arrows, TeX, and symbol fonts."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

DASHES = "-‐‑‒–—―−─━⁃﹘﹣－"
"""Hyphens, dashes, minus signs and the lines that OCR takes for them."""

_QUOTES = "'\"‘’‚‛“”„‟′″‴`´«»‹›＇＂"
_BULLETS = "•‣▪●◦∙"
_DROPPED = "*†‡$​‌‍⁠﻿"  # emphasis, footnote daggers, TeX dollars, characters without width
_TILDES = "~∼≈≃～"
_DOUBLE_ARROWS = "↔⇌⇋⇄⇆⟷⇔⟺⇿"
_ARROWS = "→⟶⇒⟹➝➔"

# Cyrillic capitals that OCR reads where the print has Latin ones.
_LOOKALIKES = dict(zip("АВЕКМНОРСТХасеорху", "ABEKMHOPCTXaceopxy", strict=True))

_SUPERSCRIPTS = dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿⁱ", "0123456789+-=()ni", strict=True))
SUPERSCRIPT_CLASS = "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿⁱ"

# Adobe's Symbol font as PDF readers hand it on: private-use code point F000 + code.
_SYMBOL_ROWS = {
    0x20: " !∀#∃%&∋()*+,-./0123456789:;<=>?",
    0x40: "≅ΑΒΧΔΕΦΓΗΙϑΚΛΜΝΟΠΘΡΣΤΥςΩΞΨΖ[∴]⊥_",
    0x60: " αβχδεφγηιϕκλμνοπθρστυϖωξψζ{|}∼",
    0xA0: "€ϒ'≤⁄∞ƒ♣♦♥♠↔←↑→↓°±\"≥×∝∂•÷≠≡≈…|─↵",
    0xC0: "ℵℑℜ℘⊗⊕∅∩∪⊃⊇⊄⊂⊆∈∉∠∇®©™∏√⋅¬∧∨⇔⇐⇑⇒⇓",
}
_SYMBOL_FONT = {chr(0xF000 + start + n): sign for start, row in _SYMBOL_ROWS.items() for n, sign in enumerate(row)}

_FOLDED: dict[str, str] = {
    **dict.fromkeys(DASHES, "-"),
    **dict.fromkeys(_QUOTES, "'"),
    **dict.fromkeys(_BULLETS, " "),
    **dict.fromkeys(_DROPPED, ""),
    **dict.fromkeys(_TILDES, "~"),
    **dict.fromkeys(_DOUBLE_ARROWS, "↔"),
    **dict.fromkeys(_ARROWS, "→"),
    **_LOOKALIKES,
    "⋅": "·",
    "‧": "·",
    "⁄": "/",
    "∕": "/",
    "≦": "≤",
    "⩽": "≤",
    "≧": "≥",
    "⩾": "≥",
    "º": "°",
    "˚": "°",
    "…": "…",
    "\u00ad": "\u00ad",
}

TEX = {
    "leftrightarrow": "↔",
    "rightleftharpoons": "↔",
    "longleftrightarrow": "↔",
    "rightarrow": "→",
    "longrightarrow": "→",
    "to": "→",
    "pm": "±",
    "cdot": "·",
    "times": "×",
    "sim": "~",
    "approx": "~",
    "leq": "≤",
    "le": "≤",
    "geq": "≥",
    "ge": "≥",
    "neq": "≠",
    "infty": "∞",
    "circ": "°",
    "degree": "°",
    "prime": "'",
    "ldots": "…",
    "dots": "…",
    "propto": "∝",
    "alpha": "α",
    "beta": "β",
    "gamma": "γ",
    "delta": "δ",
    "Delta": "Δ",
    "epsilon": "ε",
    "theta": "θ",
    "lambda": "λ",
    "mu": "μ",
    "pi": "π",
    "sigma": "σ",
    "tau": "τ",
    "omega": "ω",
    "Omega": "Ω",
}
"""TeX command -> the sign it stands for."""


def plain_of_superscript(run: str) -> str:
    """Return raised characters on the line.

    >>> plain_of_superscript("⁻¹")
    '-1'
    """
    return "".join(_SUPERSCRIPTS[c] for c in run)


@lru_cache(maxsize=4096)
def fold_character(character: str) -> str:
    """Return what one character beyond plain ASCII, or one of its dashes and quotation marks, is folded to.

    >>> [fold_character(c) for c in "−–“₂ﬁµ"], fold_character(chr(0xF0B0))
    (['-', '-', "'", '2', 'fi', 'μ'], '°')
    """
    if character in _FOLDED:
        return _FOLDED[character]
    if character in _SYMBOL_FONT:
        sign = _SYMBOL_FONT[character]
        return sign if sign == character else fold_character(sign) if sign else ""
    if unicodedata.category(character) == "Co":
        return " "  # a glyph of an unknown font, mostly a bullet
    if character.isspace() or unicodedata.category(character) in ("Cc", "Cf"):
        return " " if character.isspace() else ""
    if character < "\x7f":
        return character
    return "".join(_FOLDED.get(c, c) for c in unicodedata.normalize("NFKC", character))
