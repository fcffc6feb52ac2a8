"""Content negotiation: what is liked best, what is liked alike, what is refused."""

from __future__ import annotations

import pytest

from mechkg.api.negotiation import best

OFFERS = ("application/json", "text/turtle", "text/html")


@pytest.mark.parametrize(
    ("accept", "chosen"),
    [
        (None, "application/json"),
        ("", "application/json"),
        ("*/*", "application/json"),
        ("text/*", "text/turtle"),
        ("text/html", "text/html"),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8", "text/html"),
        ("text/turtle;q=0.5, application/json;q=0.4", "text/turtle"),
        ("text/turtle;q=0.50 , */*;q=0.1", "text/turtle"),
        ("*/*, application/json;q=0", "text/turtle"),
        ("text/*;q=0.3, text/html;q=0.7, */*;q=0.5", "text/html"),
        ("TEXT/HTML", "text/html"),
        ("text/turtle;charset=utf-8", "text/turtle"),
        ("image/png", None),
        ("application/json;q=0", None),
        ("nonsense", None),
        ("nonsense, text/turtle", "text/turtle"),
    ],
)
def test_what_suits_best(accept: str | None, chosen: str | None) -> None:
    assert best(accept, OFFERS) == chosen


def test_parameters_of_offers_are_kept() -> None:
    assert best("text/html", ["text/html; charset=utf-8"]) == "text/html; charset=utf-8"
    assert best(None, []) is None
