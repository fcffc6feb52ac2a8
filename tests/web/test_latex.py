"""Text as LaTeX: nothing of it is a command, whatever it says; formulas are typeset."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mechkg.web.latex import escaped, typeset
from tests.web.latex_reader import check


@given(st.text(max_size=60))
def test_no_text_becomes_a_command(text: str) -> None:
    for made in (escaped(text), typeset(text)):
        check(made)
        assert "\n\n" not in made or "\n\n" in text


@pytest.mark.parametrize(
    ("text", "made"),
    [
        ("Cd35Se16", r"\ce{Cd_{35}Se_{16}}"),
        ("(CdSe)33/34", r"\ce{(CdSe)_{33/34}}"),
        ("Cd(OAc)2", r"\ce{Cd(OAc)_{2}}"),
        ("CdxTey", r"\ce{Cd_{x}Te_{y}}"),
        ("SO4^2-", r"\ce{SO_{4}^{2-}}"),
        ("two (CdSe)13 paired together", r"two \ce{(CdSe)_{13}} paired together"),
        ("pair distribution function (PDF)", "pair distribution function (PDF)"),
        ("CdSe MSC-350", "CdSe MSC-350"),
        ("MnEn, n > 2", r"MnEn, n \ensuremath{>} 2"),
        ("µ–β", r"\ensuremath{\mu}--\ensuremath{\beta}"),
        ("H₂O é ☃", r"H\ensuremath{_{2}}O é [U+2603]"),
    ],
)
def test_what_is_typeset(text: str, made: str) -> None:
    assert typeset(text) == made
