from __future__ import annotations

import json

import pytest

from mechkg.errors import BadInputError
from mechkg.literature.papers import Paper
from mechkg.literature.quotes import QuotableText
from mechkg.literature.selectors import Anchor, anchor, reanchor, reanchor_all

TEXT = (
    "The mixture was stored at −196 °C for two days. After 1 min in toluene a sharp peak at 399 nm was observed, which grew.\n"
    "\fOn the second page the as-mixed sample was dispersed. No peak at 415 nm was observed in it. It was kept at 50 °C.\n"
)


def paper(text: str) -> Paper:
    return Paper.of(text.encode(), "paper.txt")


def of(words: str, text: str = TEXT) -> Anchor:
    (span,) = QuotableText(text).find(words).spans
    return anchor(paper(text), span.start, span.end)


def test_a_quote_has_selectors_of_the_web_annotation_model() -> None:
    place = of("No peak at 415 nm was observed")
    assert (place.exact, place.page) == ("No peak at 415 nm was observed", 2)
    assert place.prefix.endswith("was dispersed. ")
    assert place.suffix.startswith(" in it. ")
    given = place.to_json()
    assert [selector["type"] for selector in given["selector"]] == [
        "TextQuoteSelector",
        "TextPositionSelector",
        "FragmentSelector",
    ]
    assert given["source"] == f"urn:sha256:{paper(TEXT).sha256}"
    assert Anchor.from_json(json.loads(json.dumps(given))) == place


@pytest.mark.parametrize("given", [{}, {"selector": []}, {"selector": [1]}, {"source": "x", "selector": None}])
def test_what_is_no_place_is_refused(given: dict[str, object]) -> None:
    with pytest.raises(BadInputError, match="not the place of a quote"):
        Anchor.from_json(given)


@pytest.mark.parametrize(("start", "end"), [(-1, 5), (5, 5), (0, 10**6)])
def test_a_place_outside_the_text_is_refused(start: int, end: int) -> None:
    with pytest.raises(BadInputError, match="is no stretch of"):
        anchor(paper(TEXT), start, end)


def test_in_the_same_text_nothing_moves() -> None:
    place = of("a sharp peak at 399 nm was observed")
    assert reanchor(place, paper(TEXT)).anchor == place


def test_in_a_longer_text_the_words_are_found_again() -> None:
    place = of("a sharp peak at 399 nm was observed")
    found = reanchor(place, paper("A new title.\n\n" + TEXT))
    assert found.status == "exact"
    assert found.anchor is not None
    assert found.anchor.start == place.start + len("A new title.\n\n")
    assert found.anchor.document != place.document


def test_other_typesetting_is_said() -> None:
    found = reanchor(of("stored at −196 °C for two days"), paper(TEXT.replace("−196 °C for", "-196 °C\nfor")))
    assert found.status == "typeset"
    assert found.anchor is not None
    assert found.anchor.exact == "stored at -196 °C\nfor two days"


def test_words_that_are_gone_are_orphaned_with_what_is_near() -> None:
    found = reanchor(of("a sharp peak at 399 nm was observed"), paper(TEXT.replace("399 nm", "398 nm")))
    assert (found.status, found.anchor) == ("orphaned", None)
    assert "a sharp peak at 398 nm was observed" in (found.reason or "")


def test_of_several_places_the_surroundings_decide() -> None:
    place = of("No peak at 415 nm was observed")
    text = "No peak at 415 nm was observed by others, in other work entirely.\n" + TEXT
    found = reanchor(place, paper(text))
    assert found.status == "exact"
    assert found.anchor is not None
    assert found.anchor.start == text.rindex("No peak")


def test_places_that_cannot_be_told_apart_are_ambiguous() -> None:
    found = reanchor(of("It was kept at 50 °C"), paper(TEXT + TEXT))
    assert (found.status, found.anchor, len(found.places)) == ("ambiguous", None, 2)


def test_the_same_words_in_another_place_are_not_taken() -> None:
    found = reanchor(of("was observed, which grew"), paper("In quite another report the decay was observed, which grew weary."))
    assert (found.status, found.anchor) == ("ambiguous", None)
    assert "surroundings are others" in (found.reason or "")


def test_a_negation_that_came_beside_the_words_is_seen() -> None:
    text = "It is clear by now that in all of our samples a peak of the cluster was seen after two days of ageing in toluene."
    turned = text.replace("samples a peak", "samples never a peak")
    found = reanchor(of("a peak of the cluster was seen", text), paper(turned))
    assert (found.status, found.anchor) == ("ambiguous", None)
    assert "'never'" in (found.reason or "")


def test_many_are_looked_for_at_once() -> None:
    places = [of("stored at −196 °C"), of("kept at 50 °C")]
    assert [found.status for found in reanchor_all(places, paper(TEXT + "The end.\n"))] == ["exact", "exact"]
