"""The page that waits goes to the answer at once, and not again and again."""

from __future__ import annotations

from mechkg.web.working_page import WorkingPage, working_page


def test_it_goes_to_the_answer() -> None:
    page = working_page(WorkingPage("It <is>.", "/spaces/s?a=1&wait=yes"))
    assert '<meta http-equiv="refresh" content="0; url=/spaces/s?a=1&amp;wait=yes">' in page
    assert '<a href="/spaces/s?a=1&amp;wait=yes">' in page and "It &lt;is&gt;." in page
