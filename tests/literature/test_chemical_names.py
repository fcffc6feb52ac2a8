"""Names of chemicals that nobody gave: by their form, and by what the text does with them."""

from __future__ import annotations

import pytest

from mechkg.literature.chemical_names import defined, find_chemicals
from mechkg.literature.printed import PrintedText


def found(text: str) -> list[str]:
    """What is found, the longest at each place, in the order of the text."""
    printed = PrintedText(text)
    spans = {(each.start, each.end) for each in find_chemicals(printed)}
    longest = [s for s in spans if not any(o != s and o[0] <= s[0] and s[1] <= o[1] for o in spans)]
    return [printed.read[start:end] for start, end in sorted(longest)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2.0 mL of Tol and 1.0 mL of BTA", ["Tol", "BTA"]),
        ("with 0.7 and 1.0 mL OTA, respectively", ["OTA"]),
        ("a mixture of Tol (2.5 mL) and OTA (0.5 mL)", ["Tol", "OTA"]),
        ("were dispersed in Hex and measured", ["Hex"]),
        ("upon the addition of OTA; the OTA amount", ["OTA", "OTA"]),
        ("after ABC was added, ABC went", ["ABC", "ABC"]),
        ("in the Tol-OTA dispersions", ["Tol", "OTA"]),
        ("in a Tol and OTA mixture", ["Tol", "OTA"]),
        ("made in ODE at 180 °C", ["ODE"]),
        ("Then Tol was left; 2 mL of Tol before", ["Tol", "Tol"]),
    ],
)
def test_a_short_name_is_known_by_what_is_done_with_it(text: str, expected: list[str]) -> None:
    assert found(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("HOAc and HPPh2, ZnEt2", ["HOAc", "HPPh2", "ZnEt2"]),
        ("acetic acid (HOAc) was there", ["acetic acid", "HOAc"]),
        ("made from CdO", ["CdO"]),
        ("bis(trimethylsilyl) selenide", ["bis(trimethylsilyl)selenide"]),
        ("4Cd(OA)2 + 1S and Se powder", ["Cd(OA)2", "S", "Se"]),
        ("0.5 mmol of Se", ["Se"]),
        ("under N2 and in N₂", ["N2", "N2"]),
    ],
)
def test_a_formula_is_known_by_its_parts(text: str, expected: list[str]) -> None:
    assert found(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "the amount of MSCs, the presence of QDs, addition of PC",
        "an NMR solution, the amount of UV, presence of SAXS",
        "the amount of MSC-371 and of ABC-12; ABC amount",
        "Table (2 mL); Steps 1 and 3; The mixture",
        "sites N2 and O2 of the net",
        "M + F and A + B",
        "As with the former; In powder",
        "the CdSe amount and the ZnTe solution",
        "in China at 3 pm, Figure 2",
        "McPherson and NaPier",
    ],
)
def test_other_capitals_are_no_substance(text: str) -> None:
    assert found(text) == []


def test_a_short_form_is_given_where_its_letters_stand_in_the_name() -> None:
    text = PrintedText("hexadecylamine (HDA), octylamine (XYZ); HDA")
    names = [(0, 14), (text.read.index("octyl"), text.read.index("(XYZ)"))]
    (((start, end), places),) = defined(text, names)
    assert (text.read[start:end], [text.read[slice(*p)] for p in places]) == ("hexadecylamine", ["HDA", "HDA"])
