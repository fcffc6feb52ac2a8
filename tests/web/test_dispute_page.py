"""The page on which what counts is disputed."""

from __future__ import annotations

from mechkg.curation.threads import Dispute
from mechkg.model.ledger_record import Subject
from mechkg.service.thread import Disputed, Thread
from mechkg.web.dispute_page import DisputePage, dispute_page
from mechkg.web.frame import Frame
from tests.web.curating import AT

UPON = Subject("assertion", "RA1")
OPEN = Disputed(Dispute(9, "cleo", AT, "not <so>", ("o-1",)), UPON, True)
OLD = Disputed(Dispute(5, "cleo", AT, "misread"), Subject("assertion", "RA0"), False)
ENDED = Disputed(Dispute(3, "cleo", AT, "mistyped", (), "dismissed", "ben", "it stands there"), UPON, True)


def page(**more: object) -> DisputePage:
    thread = Thread((ENDED, OLD, OPEN), ())
    return DisputePage(
        "c-1", "A <claim>", False, "claim", ("paper", "A 2020"), "Table 1", UPON, (), (), thread, {"ben": "Ben"}, {"o-1": "seen"},
        (("o-2", "seen elsewhere"),), **more,
    )  # type: ignore[arg-type]  # fmt: skip


def test_only_an_open_dispute_of_what_counts_is_settled() -> None:
    shown = dispute_page(page(), Frame("curate", person="ben"))
    assert shown.count("Uphold it") == 1 and 'name="of" value="9"' in shown and 'name="upon" value="assertion:RA1"' in shown
    assert "about an earlier version" in shown and "Dismissed by Ben: it stands there" in shown and "not &lt;so&gt;" in shown
    refused = dispute_page(page(cannot_settle={9: "you began it"}), Frame("curate", person="cleo"))
    assert "Uphold it" not in refused and "You cannot settle it: you began it." in refused


def test_what_may_speak_against_it_is_offered_and_kept() -> None:
    shown = dispute_page(page(rests_on=("o-9",), typed={"reason": "a <reason>"}), Frame("curate", person="ben"))
    assert shown.count('name="rests_on"') == 3 and 'value="o-9"' in shown and "a &lt;reason&gt;</textarea>" in shown
    assert '<option value="o-2">seen elsewhere</option>' in shown


def test_who_may_not_dispute_may_comment() -> None:
    shown = dispute_page(page(why_not="that takes the role curator"), Frame("curate", person="eve"))
    assert "Dispute it</button>" not in shown and "Only comment" in shown and "that takes the role curator" in shown
    assert '<form method="post"' not in dispute_page(page(cannot_settle={9: "x"}), Frame("curate"))
