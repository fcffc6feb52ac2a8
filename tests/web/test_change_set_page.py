"""The review of a change set as a page."""

from __future__ import annotations

from mechkg.errors import ForbiddenError
from mechkg.literature.fit import Fit, FitFinding
from mechkg.service.change_set_sheet import ChangeSetSheet, EditSheet, Event
from mechkg.service.description import Shown
from mechkg.service.edit_sheet import FieldChange, Part, QuoteView
from mechkg.service.fit import Doubt
from mechkg.service.permitted import Permitted
from mechkg.web.change_set_page import ChangeSetPage, change_set_page
from mechkg.web.frame import Frame
from mechkg.web.wrong import Wrong
from tests.web.curating import AT, change_set

DENIED = FitFinding("contradicted", "negation", "kind", "present", "no peak", "the quote denies it")
FIELD = FieldChange("signature › absorption", "signature.absorption", "Bands.", None, (Part(Shown("399 nm"), True),))


def sheet(**more: object) -> ChangeSetSheet:
    found = change_set(**more)
    edit = EditSheet(
        found.edits[0], "Cd(OAc)2", True, True, "A 2020", True, "Figure 2", (FIELD,), (None, None),
        (QuoteView("no peak was seen", "Then ", " at all", 4, True),), Fit((DENIED,)),
        (Doubt("fit:r-1:kind:negation", "r-1", DENIED),), (), (), False, "proposed", "accepted",
    )  # fmt: skip
    events = (Event(7, "propose", "cleo", AT, "proposed it", "so <it> says", 1),)
    return ChangeSetSheet(found, (), (edit,), events, (("set-9", "another"),))


def test_who_may_accept_says_why_in_spite_of_each_doubt() -> None:
    page = change_set_page(ChangeSetPage(sheet(), Permitted(frozenset({"accept", "comment"})), {}), Frame("curate", person="ben"))
    assert 'name="despite.fit:r-1:kind:negation"' in page and "the quote denies it" in page
    assert 'formaction="/curate/changes/set-7/accept"' in page and 'name="revision" value="2"' in page
    assert "Cd(OAc)<sub>2</sub>" in page and "<ins>399 nm</ins>" in page and 'title="Bands."' in page
    assert "… Then " in page and "page 4" in page and "this quote is new" in page
    assert "so &lt;it&gt; says" in page and 'href="/curate/changes/set-9">another' in page
    assert "data-beside=" in page and 'href="/curate/changes/set-7/impact"' in page


def test_reasons_are_told_once() -> None:
    role = ForbiddenError("dan may not accept: that takes the role reviewer", hint="has curator in m-1")
    other = ForbiddenError("dan may not reject: that takes the role reviewer", hint="has curator in m-1")
    page = ChangeSetPage(sheet(), Permitted(frozenset({"comment"}), {"accept": role, "reject": other}), {})
    assert page.refused == [("accept it or reject it", "that takes the role reviewer (has curator in m-1)")]
    assert "despite." not in change_set_page(page, Frame("curate", person="dan"))


def test_what_was_typed_is_kept_beside_what_is_wrong() -> None:
    typed = {"reason": "a <reason>", "despite.fit:r-1:kind:negation": "seen by eye"}
    page = ChangeSetPage(
        sheet(), Permitted(frozenset({"accept", "comment"})), {}, typed=typed, wrong=Wrong("It cannot be done", "Wait", "reason")
    )
    shown = change_set_page(page, Frame("curate", person="ben"))
    assert "a &lt;reason&gt;</textarea>" in shown and "seen by eye</textarea>" in shown
    assert 'role="alert" id="wrong"' in shown and 'aria-describedby="wrong" aria-invalid="true"' in shown
    assert "It cannot be done. Wait." in shown


def test_what_is_decided_offers_no_decision() -> None:
    page = change_set_page(ChangeSetPage(sheet(status="rejected"), Permitted(), {}), Frame("curate", person="ben"))
    assert "formaction" not in page and "data-beside" not in page and 'class="status rejected"' in page
