"""Formulas get their indices and charges; whatever is none stays as it is, and nothing is taken for markup."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mechkg.web.typeset import formula


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("H2O", "H<sub>2</sub>O"),
        ("(CdSe)33/34", "(CdSe)<sub>33/34</sub>"),
        ("Cd(OOCR)2", "Cd(OOCR)<sub>2</sub>"),
        ("MnEn", "M<sub>n</sub>E<sub>n</sub>"),
        ("Zn", "Zn"),
        ("Sn", "Sn"),
        ("NH4+", "NH<sub>4</sub><sup>+</sup>"),
        ("SO4^2-", "SO<sub>4</sub><sup>2-</sup>"),
        ("CdTe0.5Se0.5", "CdTe<sub>0.5</sub>Se<sub>0.5</sub>"),
        ("449 nm MSC", "449 nm MSC"),
        ("a <b>", "a &lt;b&gt;"),
        ("", ""),
    ],
)
def test_formulas(text: str, shown: str) -> None:
    assert formula(text) == shown


@given(st.text(max_size=30))
def test_nothing_is_lost(text: str) -> None:
    plain = formula(text).replace("<sub>", "").replace("</sub>", "").replace("<sup>", "").replace("</sup>", "")
    assert plain.unescape() == text
