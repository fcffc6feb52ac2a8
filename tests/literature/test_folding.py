from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from mechkg.literature.folding import SOFT, fold


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Cd(OAc)₂", "Cd(OAc)2"),
        ("$E_1$ and $C_{17}H_{33}$", "E1 and C17H33"),
        ("kJ·mol⁻¹", "$\\text{kJ}\\cdot\\text{mol}^{-1}$"),
        ("100.0 ± 15.1", "$100.0 \\pm 15.1$"),
        ("100.0 ± 15.1", "100.0 +- 15.1"),
        ("10⁻³", "10^{-3}"),
        ("Cd²⁺", "Cd<sup>2+</sup>"),
        ("PC → MSC", "PC \\rightarrow MSC"),
        ("PC ⇌ MSC", "PC \\leftrightarrow MSC"),
        ("130 °C", "130 \uf0b0C"),
        ("130 °C", "130 ^\\circ C"),
        ("A∞ − A", "A\uf0a5 - A"),
        ("*in situ* [Figure 4](#)", "in situ Figure 4"),
        ("quantum dots.^[1-13] The", "quantum dots. The"),
        ("facilitate.[4-7,12] The", "facilitate. The"),
        ("clusters¹⁵⁻²¹ due to", "clusters due to"),
        ("one day³⁰). While", "one day). While"),
        ("reports, $^{25,27-29}$ and", "reports, and"),
        ("oﬀ the ﬁlm", "off the film"),
        ("“turn on”", "'turn on'"),
        ("5727−5735", "5727–5735"),
        ("30 μ L of it", "30 µL of it"),
        ("MSC‑399", "MSC-399"),
        ("one\n\n\x0c two\u00a0three", "one two three"),
        ("Magic-\nSize", "Magic-Size"),
        ("e\u0301", "é"),
        ("\uf09f a point", "a point"),
        ("n &lt; 3", "n < 3"),
    ],
)
def test_typesetting_is_folded_away(one: str, other: str) -> None:
    assert fold(one).text == fold(other).text


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("−196 °C", "196 °C"),
        ("mol⁻¹", "mol"),
        ("mol⁻¹", "mol¹"),
        ("10³", "103"),
        ("10³", "10₃"),
        ("cm²", "cm"),
        ("cm²", "cm2"),
        ("x² here", "x here"),
        ("R²", "R"),
        ("Cd²⁺", "Cd²"),
        ("Cd²⁺", "Cd²⁻"),
        ("Cd2 + OPR", "Cd2+ OPR"),
        ("> 200", "200"),
        ("> 200", "< 200"),
        ("≤ 200", "< 200"),
        ("1.5 ± 0.2", "1.5 0.2"),
        ("3. 5 mL", "3.5 mL"),
        ("1, 200", "1,200"),
        ("10 000", "10 00 0"),
        ("no table", "notable"),
        ("Pc", "PC"),
        ("[100] axis", "axis"),
        ("→", "↔"),
        ("a·b", "a b"),
        ("Cd²⁺ −5", "Cd2±5"),
    ],
)
def test_meaning_is_kept(one: str, other: str) -> None:
    assert fold(one).text != fold(other).text


def test_a_word_divided_at_a_line_end_keeps_a_soft_hyphen() -> None:
    assert fold("conver-\n  sion").text == f"conver{SOFT}sion"
    assert fold("PC-\n371").text == "PC-371"


def test_offsets_and_lines_lead_back_to_the_original() -> None:
    text = "One [link](#) and\nCd(OAc)₂ at\n\n−196 °C"
    folded = fold(text)
    place = folded.text.index("link")
    assert text[folded.offset(place) :].startswith("link")
    assert folded.line(place) == 1
    place = folded.text.index("-196")
    assert text[folded.offset(place)] == "−"
    assert folded.line(place) == 4
    assert folded.offset(len(folded.text)) == len(text)


SIGNS = "ab Z19 .,:;-–−‑\u00ad+±<>=≤~^_*$[](){}\\/'\"“\n\t²³⁻⁺₂µμ°…→\uf0b0\uf0a5é\u0301ﬁ&"
_signs = st.sampled_from([*SIGNS, "\\text{", "\\pm", "^{", "](#)", "..."])


@given(st.lists(_signs, max_size=40).map("".join) | st.text(max_size=40))
@example("^[1] - > x^{2}-1 \\cdot\\text{mol}")
def test_folding_twice_is_folding_once(text: str) -> None:
    folded = fold(text)
    assert fold(folded.text).text == folded.text


@given(st.lists(_signs, max_size=40).map("".join) | st.text(max_size=40))
def test_offsets_rise_and_lie_in_the_text(text: str) -> None:
    folded = fold(text)
    assert len(folded.at) == len(folded.text)
    assert folded.at == sorted(folded.at)
    assert all(0 <= offset < len(text) for offset in folded.at)
