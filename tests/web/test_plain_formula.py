"""Formulas without markup."""

from __future__ import annotations

import pytest

from mechkg.web.plain_formula import in_unicode


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("(CdSe)34", "(CdSe)₃₄"),
        ("Cd^2+", "Cd²⁺"),
        ("NO3-", "NO₃⁻"),
        ("AgxSy", "AgₓSy"),
        ("CdSe PC-415", "CdSe PC-415"),
        ("a < b & c", "a < b & c"),
        ("", ""),
    ],
)
def test_numbers_and_charges_are_letters(text: str, told: str) -> None:
    assert in_unicode(text) == told
