"""Quantities: what is read, what is refused, what is printed again."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from mechkg.model.quantity import Quantity


@pytest.mark.parametrize(
    ("text", "value", "unit", "relation"),
    [
        ("30 min", 30, "min", "="),
        ("~2 h", 2, "h", "~"),
        ("> 12.6 mmol", 12.6, "mmol", ">"),
        ("-196 °C", -196, "°C", "="),
        ("0.015 1/min", 0.015, "1/min", "="),
        ("5e-3 absorbance", 0.005, "absorbance", "="),
        (4, 4, "", "="),
    ],
)
def test_reads_what_papers_print(text: str, value: float, unit: str, relation: str) -> None:
    quantity = Quantity.model_validate(text)
    assert (quantity.value, quantity.unit, quantity.relation) == (value, unit, relation)


def test_reads_ranges_and_uncertainties() -> None:
    assert Quantity.model_validate("500 to 532 nm").high == 532
    assert Quantity.model_validate("100.0 +- 15.1 kJ/mol").uncertainty == 15.1


@pytest.mark.parametrize("text", ["", "thirty min", "30 minz", "nm", True, "30 min 5"])
def test_refuses_what_is_no_quantity(text: object) -> None:
    with pytest.raises(ValidationError):
        Quantity.model_validate(text)


@pytest.mark.parametrize(
    ("text", "unit", "value"), [("24 h", "s", 86400.0), ("30 μL", "mL", 0.03), ("2.3 mL", "mL", 2.3), ("50 °C", "degC", 50.0)]
)
def test_converts(text: str, unit: str, value: float) -> None:
    assert Quantity.model_validate(text).to(unit) == pytest.approx(value)


def test_refuses_to_convert_between_dimensions() -> None:
    with pytest.raises(ValueError, match="30 min cannot be given in nm"):
        Quantity.model_validate("30 min").to("nm")


@given(
    value=st.floats(-1e6, 1e6).map(lambda x: float(f"{x:.6g}")),
    relation=st.sampled_from(["=", "~", "<", "<=", ">", ">="]),
    unit=st.sampled_from(["", "min", "mL", "nm", "kJ/mol", "°C"]),
    uncertainty=st.none() | st.floats(0.001, 1000).map(lambda x: float(f"{x:.4g}")),
)
def test_printed_form_reads_back_as_the_same(value: float, relation: str, unit: str, uncertainty: float | None) -> None:
    quantity = Quantity.model_validate({"value": value, "relation": relation, "unit": unit, "uncertainty": uncertainty})
    assert Quantity.model_validate(str(quantity)) == quantity
    assert Quantity.model_validate(quantity.model_dump(mode="json")) == quantity
