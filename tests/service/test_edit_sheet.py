"""An edit as a reviewer reads it: each field on both sides, each value as what it is."""

from __future__ import annotations

from mechkg.literature.selectors import Anchor
from mechkg.service.edit_sheet import equations, field_changes, quotes_of
from mechkg.service.workspace import Workspace


def test_each_value_is_shown_as_what_it_is(shipped: Workspace) -> None:
    before = shipped.catalog.entries["a-ts1-3"].record.body
    after = {**before, "entries": [*before["entries"][:-1], {"formula": "(CdSe)13", "absorption": "351 nm"}], "note": "new"}
    entries, note = sorted(field_changes(shipped, "claim", before, after), key=lambda each: each.name)
    assert (note.name, note.before) == ("note", None) or note.words
    assert entries.name == "entries" and entries.before is not None and entries.after is not None
    assert [part.differs for part in entries.before] == [False, False, True]
    facts = {fact.label: fact.values[0] for fact in entries.before[2].value.facts}
    assert facts["formula"].how == "formula" and facts["species"].text == "CdSe MSC-350"
    assert facts["species"].link == "https://w3id.org/mechkg/id/cdse-msc-350"
    assert entries.meaning == "" and entries.title == "entries"


def test_a_text_is_compared_word_by_word(shipped: Workspace) -> None:
    before = {"id": "r", "text": "No peak at 415 nm was ever seen in it."}
    [change] = field_changes(shipped, "remark", before, {**before, "text": "A peak at 415 nm was seen in it."})
    assert change.words[:2] == (("gone", "No "), ("come", "A "))
    assert "".join(text for mark, text in change.words if mark != "come") == before["text"]
    assert "".join(text for mark, text in change.words if mark != "gone") == "A peak at 415 nm was seen in it."
    # a short one is shown as a whole
    [short] = field_changes(shipped, "remark", {"id": "r", "kind": "gap"}, {"id": "r", "kind": "label"})
    assert short.words == () and short.before is not None and short.before[0].differs


def test_a_new_item_and_one_that_goes_have_one_side(shipped: Workspace) -> None:
    body = {"id": "r", "kind": "gap", "text": "x", "quote": ["y"]}
    assert {each.name for each in field_changes(shipped, "remark", None, body)} == {"kind", "text"}
    assert all(each.before is None for each in field_changes(shipped, "remark", None, body))
    assert all(each.after is None for each in field_changes(shipped, "remark", body, None))


def test_quotes_stand_among_what_is_around_them() -> None:
    anchor = Anchor("d", "t", "No peak\nwas seen.", "Stored cold. ", " Then it", 13, 30, 4)
    kept, new = quotes_of({"quote": ["No peak was seen."]}, {"quote": ["No peak was seen.", "other words"]}, [anchor])
    assert (kept.before, kept.after, kept.page, kept.new) == ("Stored cold. ", " Then it", 4, False)
    assert (new.words, new.before, new.page, new.new) == ("other words", "", None, True)
    assert quotes_of({"quote": "alone"}, None, ())[0].words == "alone"


def test_equations_of_a_step_are_set_where_they_change(shipped: Workspace) -> None:
    body = shipped.catalog.entries["step-1"].record.body
    assert equations(shipped, "step", body, {**body, "note": "x"}) == (None, None)
    one, other = equations(shipped, "step", body, {**body, "products": []})
    assert str(one) != str(other) and str(other).endswith("∅")
    assert equations(shipped, "claim", body, body) == (None, None)
