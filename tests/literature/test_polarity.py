from __future__ import annotations

import pytest

from mechkg.literature.polarity import negations


@pytest.mark.parametrize(
    ("text", "word", "denied"),
    [
        ("No MSC-415 was seen.", "MSC-415", True),
        ("MSC-415 was not seen.", "MSC-415", True),
        ("MSC-415 wasn't there", "MSC-415", True),
        ("MSC-415 could never be seen", "MSC-415", True),
        ("MSC-399 was seen, but MSC-415 was not.", "MSC-399", False),
        ("MSC-399 was present and MSC-415 was not.", "MSC-399", False),
        ("MSC-399 was present and MSC-415 was not.", "MSC-415", True),
        ("evolved without MSC-371 and MSC-415", "MSC-415", True),
        ("Without acid, QDs were seen.", "QDs", False),
        ("Without acid, QDs were seen.", "acid", True),
        ("Trace 2 (without TOPO added) shows a peak", "peak", False),
        ("the absence of QDs", "QDs", True),
        ("the absorption of MSC-371 was no longer visible", "MSC-371", True),
        ("MSC-371 did not seem to be there during the growth of MSC-399", "MSC-399", False),
        ("A clear peak of MSC-371 appeared", "MSC-371", False),
        ("a non-emissive cluster", "cluster", True),
        ("Nothing noted; MSC-371 grew", "MSC-371", False),
    ],
)
def test_a_word_of_negation_reaches_its_clause(text: str, word: str, denied: bool) -> None:
    start = text.index(word)
    assert any(n.denies(start, start + len(word)) for n in negations(text) if not n.later) == denied


def test_what_vanishes_was_there() -> None:
    (negation,) = negations("MSC-371 disappeared at 40 min")
    assert negation.later
    assert negation.denies(0, 7)
