from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mechkg.literature.printed import PrintedText
from mechkg.literature.quantities import find_quantities


def found(text: str) -> list[tuple[str, str]]:
    quantities = sorted(find_quantities(PrintedText(text)), key=lambda q: (q.start, q.end))
    return [(quantity.kind, str(quantity.value)) for quantity in quantities]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("130 °C/30 min", [("temperature", "130 degC"), ("time", "30 min")]),
        ("stored at −196 °C for 2 days", [("temperature", "-196 degC"), ("time", "2 d")]),
        ("[S] = 30 mmol/kg", [("concentration", "30 mmol/kg")]),
        ("2.3 mL of Tol, 50 μl of it", [("amount", "2.3 mL"), ("amount", "50 uL")]),
        ("at 399 and 415 nm", [("wavelength", "399 nm"), ("wavelength", "415 nm")]),
        ("a doublet at 350/371 nm", [("wavelength", "350 nm"), ("wavelength", "371 nm")]),
        ("from 474 nm to >520 nm", [("wavelength", "474 nm"), ("wavelength", "> 520 nm")]),
        ("from 500 to 532 nm", [("wavelength", "500 to 532 nm")]),
        ("with ~420 and ~450 nm", [("wavelength", "~ 420 nm"), ("wavelength", "~ 450 nm")]),
        ("after 160 (a), 135 (b) and 120 (d) min", [("time", "160 min"), ("time", "135 min"), ("time", "120 min")]),
        ("at 0.5, 1, and 24 hours", [("time", "0.5 h"), ("time", "1 h"), ("time", "24 h")]),
        ("for 20–30 min", [("time", "20 to 30 min")]),
        ("between 20 and 30 °C", [("temperature", "20 to 30 degC")]),
        ("100.0 ± 15.1 kJ·mol⁻¹", [("quantity", "100 +- 15.1 kJ/mol")]),
        ("k = 0.004 min–1", [("quantity", "0.004 1/min")]),
        ("k = 1.2 × 10⁻³ s⁻¹", [("quantity", "0.0012 1/s")]),
        ("a 43-h incubation, one day later", [("time", "43 h"), ("time", "1 d")]),
        ("a 4Cd-to-1Te feed, 1Cd to 2.7TOPO", [("ratio", "4:1"), ("ratio", "1:2.7")]),
        ("a molar ratio of four to one; Cd: Te of 0.2:1", [("ratio", "4:1"), ("ratio", "0.2:1")]),
        ("m/z 5167 and an optical density of 1.04", [("quantity", "5167 mz"), ("quantity", "1.04 absorbance")]),
        ("at room-temperature", [("temperature", "room temperature")]),
        ("dots of 3.2 nm in diameter", [("quantity", "3.2 nm")]),
        ("5 mg/mL, 20 mM", [("concentration", "5 mg/mL"), ("concentration", "20 mmol/L")]),
        ("1,200 mg", [("amount", "1200 mg")]),
    ],
)
def test_quantities_are_read_with_their_units(text: str, expected: list[tuple[str, str]]) -> None:
    assert found(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("more than 200 °C", "> 200 degC"),
        ("exceeded 12.6 mmol", "> 12.6 mmol"),
        ("for 30 min or longer", ">= 30 min"),
        ("for up to 90 min", "<= 90 min"),
        ("about 2 ml", "~ 2 mL"),
        ("T ≤ 260 °C", "<= 260 degC"),
        ("less than 5 nm thick", "< 5 nm"),
    ],
)
def test_how_exact_the_print_is_belongs_to_the_value(text: str, expected: str) -> None:
    assert [value for _, value in found(text)] == [expected]


@pytest.mark.parametrize(
    "text",
    [
        "CdTe MSC-371, PC-399",
        "- 31 K. Yu, Science; 22 M. Bawendi",
        "Figure 3 h, Table 2 s",
        "in the 1950s",
        "Nat. Mater. 2004, 3, 99–102",
        "doi 10.1039/d2nr05808a",
        "15 (a), 30 (b), 45 (c),",
        "a 4 furlong walk",
    ],
)
def test_labels_initials_and_years_are_no_quantities(text: str) -> None:
    assert found(text) == []


def test_the_chalcogen_of_a_concentration_is_kept() -> None:
    (quantity,) = find_quantities(PrintedText("[Se] = 30 mmol/kg"))
    assert quantity.of == "Se"


@given(
    st.integers(1, 5000),
    st.sampled_from(
        [("min", "time", "min"), ("mL", "amount", "mL"), ("°C", "temperature", "degC"), ("mmol/kg", "concentration", "mmol/kg")]
    ),
    st.sampled_from(["", " ", "\n", "  "]),
)
def test_a_number_with_its_unit_is_found_in_any_typesetting(number: int, unit: tuple[str, str, str], blank: str) -> None:
    assert found(f"It took {number}{blank}{unit[0]} there.") == [(unit[1], f"{number} {unit[2]}")]
