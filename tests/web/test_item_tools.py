"""What can be done from the page about a thing."""

from __future__ import annotations

from mechkg.model.ledger_record import Act, AssertionRecord, Subject
from mechkg.service.assertion_sheet import AssertionSheet
from mechkg.service.history import Version
from mechkg.service.identifiers import Identifier
from mechkg.web.item_tools import tools_of
from tests.web.curating import AT


def test_an_assertion_leads_to_the_change_set_that_brought_it() -> None:
    record = AssertionRecord("RA1", "claim", "c-1", "paper", {"id": "c-1"})
    act = Act(9, "accept", "RA1", "ben", AT, None, None, "", Subject("set", "set-7"))
    version = Version(1, record, "accepted", AT, "cleo", AT, "ben", (act,))
    sheet = AssertionSheet("c-1", 1, (version,), ())
    assert tools_of(Identifier("assertion", "RA1"), sheet) == (
        ("The change set that brought it", "/curate/changes/set-7"),
        ("Dispute this", "/curate/dispute/c-1"),
        ("History", "/history/c-1"),
    )
    gone = AssertionSheet("c-1", 1, (Version(1, record, "retracted", AT, "cleo", AT, "ben", ()),), ())
    assert tools_of(Identifier("assertion", "RA1"), gone) == (("History", "/history/c-1"),)


def test_things_of_each_kind() -> None:
    assert [words for words, _ in tools_of(Identifier("item", "c-1"))] == ["Change it", "Dispute this", "History"]
    assert tools_of(Identifier("verdict", "s/c")) == (("Dispute this verdict", "/curate/dispute/s/c"),)
    assert tools_of(Identifier("set", "set-7")) == (("Review it", "/curate/changes/set-7"),)
    assert tools_of(Identifier("person", "ben")) == ()
