"""What is typed and what is printed fold to the same text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mechkg.literature.folding import fold
from mechkg.service.read_models.folded import folded, places, sought


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("(CdTe)₁₃", "(cdte)13"),
        ("Cd²⁺", "Cd2+"),
        ("MSC–371", "msc-371"),
        ("130 °C", "130°C"),
        ("10⁻³", "10^{-3}"),
        ("λ_{max}", "λmax"),
        ("“solely”", "'solely'"),
        ("µm", "μm"),
        ("ﬁrst  order\nkinetics", "first order kinetics"),
        ("A → B", "a→b"),
        ("STRASSE", "straße"),
    ],
)
def test_typography_and_case_make_no_difference(one: str, other: str) -> None:
    assert folded(one) == folded(other) != ""


@pytest.mark.parametrize(("one", "other"), [("MSC-371", "MSC-399"), ("two words", "twowords"), ("> 5", "< 5"), ("a+", "a-")])
def test_what_differs_stays_different(one: str, other: str) -> None:
    assert folded(one) != folded(other)


printed = st.text(alphabet=st.sampled_from(list("aB3₂²–- \n.,()[]°µΩéßﬁ“'\"^_{}*$→>+é\u00ad\u200b")), max_size=40)


@given(printed)
def test_the_quick_way_says_what_the_way_with_places_says(text: str) -> None:
    plain, at = places(text)
    assert plain == folded(text)
    assert len(at) == len(plain)
    assert at == sorted(at)
    assert all(0 <= place < len(text) for place in at)


@given(st.text(alphabet=st.characters(codec="ascii"), max_size=40))
def test_plain_text_folds_as_all_text_does(text: str) -> None:
    assert folded(text) == folded(text + "é")[: len(folded(text))].rstrip() or folded(text + "é").startswith(folded(text))


@given(printed)
def test_folding_twice_is_folding_once(text: str) -> None:
    assert folded(folded(text)) == folded(text)


@pytest.mark.parametrize("text", ["Cd(OAc)₂  was heated to\n130 °C", "solely via PCs", "mol L−1", "3.2 × 10"])
def test_what_quotes_are_checked_by_is_found(text: str) -> None:
    assert folded(fold(text).text) == folded(text)


def test_a_query_is_words_and_wholes() -> None:
    assert sought("  Amine  „solely via PCs“ (CdTe)₁₃ amine ") == ("amine", "solely via pcs", "(cdte)13")
    assert sought("\u200b") == ()
    assert sought('a "b') == ("a", "b")
