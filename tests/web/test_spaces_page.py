"""The list of spaces: by paper, with verdicts, or why there are none yet."""

from __future__ import annotations

from mechkg.web.spaces_page import SpaceRow, SpacesPage, spaces_page

ROWS = (
    SpaceRow("a&b", "A space", "Which <way>?", 3, {"survives": 2, "ruled out": 1}),
    SpaceRow("waits", "Another", "Why?", 2, None),
    SpaceRow("wrong", "A third", "How?", 2, None, "a rule is missing"),
)


def test_each_space_with_its_verdicts() -> None:
    page = spaces_page(SpacesPage((("paper-1", "A paper", ROWS),), waiting=1))
    for part in (
        'href="/id/paper-1">A paper', 'href="/spaces/a%26b">A space', "Which &lt;way&gt;?", ">2 survive<", ">1 ruled out<",
        "being worked out", "not worked out: a rule is missing", "1 of 3 is being worked out",
    ):  # fmt: skip
        assert part in page, part
    assert "not covered<" not in page


def test_the_moment_goes_along() -> None:
    page = spaces_page(SpacesPage((("paper-1", "A paper", ROWS[1:2]),), as_of="v 1"))
    assert 'href="/spaces/waits?asOf=v%201"' in page and "As of v 1." in page
    assert "open it to work them out" in page


def test_nothing_yet_helps() -> None:
    assert "mechkg corpus load" in spaces_page(SpacesPage(()))
