"""Formulas get their indices and charges; whatever is none stays as it is, and nothing is taken for markup."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mechkg.web.typeset import formula, prose


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


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("of Cd(OAc)2/OLA, as printed", "of Cd(OAc)<sub>2</sub>/OLA, as printed"),
        ("(as [(CdSe)13] is)", "(as [(CdSe)<sub>13</sub>] is)"),
        ("in (H2O)", "in (H<sub>2</sub>O)"),
        ("4Cd(OA)2 + CdTe0.5Se0.5.", "4Cd(OA)<sub>2</sub> + CdTe<sub>0.5</sub>Se<sub>0.5</sub>."),
        ("S4N4", "S<sub>4</sub>N<sub>4</sub>"),
    ],
)
def test_formulas_in_a_text(text: str, shown: str) -> None:
    assert prose(text) == shown


@pytest.mark.parametrize(
    "text",
    ["Figure S1A and Table S2", "(E1) is Eq 2", "CdTe MSC-371, PC-415", "QD540", "by B3LYP or M06-2X", "[w-05]", "1H NMR, 10 mM"],
)
def test_what_only_looks_like_a_formula(text: str) -> None:
    assert prose(text) == text


@given(st.text(max_size=40) | st.text(alphabet="CdSe()[]2 3.O-/", max_size=20))
def test_nothing_of_a_text_is_lost(text: str) -> None:
    plain = prose(text).replace("<sub>", "").replace("</sub>", "").replace("<sup>", "").replace("</sup>", "")
    assert plain.unescape() == text
