"""Watched hypotheses as a page."""

from __future__ import annotations

from mechkg.curation.watch import Flip, Watch
from mechkg.model.ledger_record import Act, Subject
from mechkg.web.frame import Frame
from mechkg.web.watches_page import WatchesPage, watches_page
from tests.web.curating import AT

ACT = Act(9, "accept", None, "ben", AT, None, None, "", Subject("set", "set-7"))
WATCH = Watch(
    "watch-3", "cleo", "My <own>", {"space": "s 1", "without": ["x"], "steps": ["t"]}, AT, 5, {"c": "survives"},
    (Flip(10, AT, "c", "ruled out", "survives", 9), Flip(12, AT, "c", None, "ruled out", 11)),
)  # fmt: skip


def test_what_fired_is_told_with_its_cause() -> None:
    page = WatchesPage((WATCH,), {"s 1": "A space"}, {("s 1", "c"): "A candidate"}, {9: ACT})
    assert page.cause(9) == ("/curate/changes/set-7", "set-7") and page.cause(11) == ("/act/11", "act 11")
    assert page.space(WATCH) == ("/spaces/s%201?without=x&step=t", "A space")
    shown = watches_page(page, Frame("curate", person="cleo"))
    assert "My &lt;own&gt;" in shown and "A candidate" in shown and "2 verdicts changed since" in shown
    assert shown.index("act 11") < shown.index(">set-7<")  # the newest first
    assert 'action="/curate/watches/watch-3/end"' in shown


def test_nobody_and_nothing_are_helped() -> None:
    assert "Sign in</a> to see yours" in watches_page(WatchesPage(None, {}, {}, {}), Frame("curate"))
    assert "You watch nothing yet." in watches_page(WatchesPage((), {}, {}, {}), Frame("curate", person="cleo"))
