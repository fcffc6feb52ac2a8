"""One disagreement, and their list, as pages."""

from __future__ import annotations

import pytest

from mechkg.web import disagreements_page as listed
from mechkg.web.disagreement_page import DisagreementPage, disagreement_page
from mechkg.web.disagreements_page import DisagreementsPage, disagreements_page
from mechkg.web.frame import Frame
from tests.web.curating import disagreement


def page(**more: object) -> DisagreementPage:
    return DisagreementPage(disagreement(**more), (), "composition", ("CdSe", "/id/cdse"), {"paper": "A 2020"}, {"ben": "Ben"})


def test_an_item_that_stands_on_one_side_alone_speaks_for_it() -> None:
    assert page().sides == [("holds:c-1", "(CdSe)13"), ("holds:c-3", "(CdSe)34")]


def test_what_was_decided_can_be_opened_again() -> None:
    assert "open" not in {value for value, _, _ in page().decisions}
    found = page(state="resolved", decision="resolved", reason="H2O <it>", decided_by="ben", holds="RA1")
    assert "open" in {value for value, _, _ in found.decisions}
    shown = disagreement_page(found, Frame("curate", person="ben"))
    assert "decided by Ben: H<sub>2</sub>O &lt;it&gt;" in shown and shown.count('class="side-of holds"') == 1
    assert "Decide anew" in shown and "A 2020" in shown and 'value="open"' in shown


def test_a_guest_is_offered_to_sign_in() -> None:
    shown = disagreement_page(page(), Frame("curate", here="/conflicts/a"))
    assert "/sign-in?next=%2Fconflicts%2Fa" in shown and '<form method="post"' not in shown


def test_the_list_keeps_what_is_asked_and_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listed, "PAGE", 1)
    every = [disagreement("b-x"), disagreement("a-x"), disagreement("c-x", "resolved")]
    assert DisagreementsPage.of(every, "all", "", "nothing said", "", {}).every == []
    found = DisagreementsPage.of(every, "all", "", "cdse", "", {})
    assert [each.id for each in found.found] == ["a-x", "b-x", "c-x"] and [each.id for each in found.shown] == ["a-x"]
    assert found.next == "/conflicts?state=all&q=cdse&after=a-x" and found.states == [("open", 2), ("resolved", 1)]
    assert "3 disagreements, 1 on this page" in disagreements_page(found)
    assert DisagreementsPage(every, about="nothing").found == []
    assert "None is like that." in disagreements_page(DisagreementsPage(every, about="nothing"))
    assert "No two sources contradict" in disagreements_page(DisagreementsPage([]))
