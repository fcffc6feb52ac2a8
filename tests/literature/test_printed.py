from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mechkg.literature.printed import PrintedText


@pytest.mark.parametrize(
    ("print_", "words", "expected"),
    [
        ("the tri-\noctyl amine", "trioctyl", "tri-\noctyl"),
        ("of (CdSe)$_{34}$ in", "(CdSe)34", "(CdSe)$_{34}"),
        ("k of 15 kJ mol⁻¹ was", "15 kJ mol-1", "15 kJ mol⁻¹"),
        (r"15.1 \text{ kJ}\cdot\text{mol}^{-1}$. At", "15.1 kJ·mol-1", r"15.1 \text{ kJ}\cdot\text{mol}^{-1}"),
        ("at 200 °C²⁶⁻²⁸, and", "200°C", "200 °C"),
        ("heated to 100 \uf0b0C then", "100°C", "100 \uf0b0C"),
    ],
)
def test_what_is_read_is_traced_to_the_print(print_: str, words: str, expected: str) -> None:
    text = PrintedText(print_)
    start = text.read.index(words)
    first, last = text.span(start, start + len(words))
    assert print_[first:last] == expected


def test_a_blank_in_print_is_remembered() -> None:
    text = PrintedText("at −196 °C, MSC-371")
    assert text.apart(text.read.index("-196"))
    assert not text.apart(text.read.index("-371"))


@given(st.text(max_size=80))
def test_every_character_has_a_place_in_the_print(text: str) -> None:
    printed = PrintedText(text)
    offsets = [printed.offset(n) for n in range(len(printed.read))]
    assert offsets == sorted(offsets)
    assert all(0 <= offset < len(text) for offset in offsets)
    for start in range(len(printed.read)):
        first, last = printed.span(start, start + 1)
        assert 0 <= first < last <= len(text)


def test_a_place_in_the_print_is_found_in_what_is_read() -> None:
    text = PrintedText("kept at\n130 °C")
    assert text.read[text.position(8) :] == "130°C"
    assert text.position(len("kept at\n130 °C")) == len(text.read)
    assert [text.position(text.offset(n)) for n in range(len(text.read))] == list(range(len(text.read)))
