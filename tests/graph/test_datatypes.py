"""Which texts a datatype has."""

from __future__ import annotations

import pytest

from mechkg.graph.datatypes import fits
from mechkg.graph.namespaces import XSD

GOOD = {
    "boolean": ["true", "0", " false "],
    "integer": ["-007", "+1", "9" * 30],
    "byte": ["-128", "127"],
    "unsignedByte": ["255", "+0"],
    "nonNegativeInteger": ["0", "9" * 30],
    "nonPositiveInteger": ["-" + "9" * 30],
    "decimal": ["1", "-.5", "2."],
    "double": ["1e-3", "INF", "-INF", "NaN", "371"],
    "date": ["2024-02-29", "-0044-03-15", "2000-02-29Z", "12024-02-29+14:00"],
    "dateTime": ["2026-01-02T03:04:05.678+02:00", "2026-01-02T24:00:00"],
    "dateTimeStamp": ["2026-01-02T03:04:05Z"],
    "time": ["23:59:59Z"],
    "gMonthDay": ["--02-29"],
    "duration": ["P1Y2M3DT4H5M6.7S", "-PT1S"],
    "hexBinary": ["0aFF", ""],
    "base64Binary": ["", "QQ==", "QUI=", "QU JD"],
    "string": ["anything"],
    "noSuchType": ["anything"],
}
BAD = {
    "boolean": ["yes", "TRUE"],
    "integer": ["1.0", "", "one", "٣"],
    "byte": ["128", "-129"],
    "unsignedByte": ["256", "-1"],
    "nonNegativeInteger": ["-1", "-" + "9" * 30],
    "int": ["9" * 30],
    "decimal": ["1e3", "."],
    "double": ["3,5", "inf", "1e"],
    "date": ["1757-02-31", "2023-02-29", "26-01-02", "2026-13-01"],
    "dateTime": ["2026-01-02", "2026-01-02T25:00:00", "2026-01-02T24:00:01"],
    "dateTimeStamp": ["2026-01-02T03:04:05"],
    "time": ["25:61:00"],
    "gMonthDay": ["--02-30"],
    "duration": ["P", "PT", "1Y"],
    "hexBinary": ["0aF"],
    "base64Binary": ["QQ=", "Q", "QUI"],
}


@pytest.mark.parametrize(("name", "text"), [(name, text) for name, texts in GOOD.items() for text in texts])
def test_a_text_fits(name: str, text: str) -> None:
    assert fits(text, XSD + name)


@pytest.mark.parametrize(("name", "text"), [(name, text) for name, texts in BAD.items() for text in texts])
def test_a_text_does_not_fit(name: str, text: str) -> None:
    assert not fits(text, XSD + name)


def test_of_types_of_others_nothing_is_known() -> None:
    assert fits("anything", "http://example.org/type")
