"""What is gathered into a change set: kept as a draft, held against what counts, each mistake at its field."""

from __future__ import annotations

from typing import Any

import pytest

from mechkg.errors import BadInputError
from mechkg.literature.quotes import QuotableText
from mechkg.service.draft import propose_draft, save_draft
from mechkg.service.gathered import Gathered, Part, Placed, examine, name_for, title_for
from mechkg.service.propose_read import propose_read
from mechkg.service.read_paper import read
from mechkg.service.workspace import Workspace
from tests.curation.staff import CLEO

PAPER = "zhang2020"


def claim(**more: Any) -> Part:
    body = {"kind": "composition", "statement": "It is so.", "quote": ["It is so"], "locator": "page 1", **more}
    return Part("claim", body)


def at(found: tuple[Placed, ...], path: str) -> Placed:
    return next(each for each in found if each.path == path)


def test_mistakes_stand_at_their_fields_with_the_nearest_name(shipped: Workspace) -> None:
    wrong = claim(kind="compositon", measured=[{"what": "x", "quantity": "3 nmm"}], entries=[{"absorption": "3 nm"}])
    found = examine(shipped, Gathered(document=PAPER, parts=(wrong,)))
    assert not found.acceptable
    assert "did you mean 'composition'" in str(at(found.findings, "kind").hint)
    assert at(found.findings, "measured.1.quantity").hint == "did you mean 'nm'?"
    assert at(found.findings, "entries.1.formula").message == "This is needed."
    assert {each.part for each in found.findings} == {0}


def test_names_are_held_against_all_that_counts(shipped: Workspace) -> None:
    step = shipped.catalog.entries["step-1"].record.body
    changed = Part("step", {**step, "reactants": [{"of": "cdse-msc-35"}]}, "step-1")
    seen = Part("observation", {"kind": "absent", "subject": ["octylamin"], "at": ["z-f3/zz"], "quote": ["x"], "locator": "p"})
    found = examine(shipped, Gathered(document=PAPER, parts=(seen, changed)))
    assert at(found.findings, "at.1").part == 0 and "z-f3/" in str(at(found.findings, "at.1").hint)
    assert at(found.findings, "subject.1").part == 0
    assert at(found.findings, "reactants.1.of").part == 1 and "did you mean" in str(at(found.findings, "reactants.1.of").hint)


def test_what_a_thing_is_called_is_taken_for_its_name(shipped: Workspace) -> None:
    found = examine(shipped, Gathered(document=PAPER, parts=(claim(about=["CdSe MSC-350"]),)))
    [part] = found.found.parts
    assert part.body["about"] == ["cdse-msc-350"]
    assert part.body["id"] == "zhang2020-claim-1" and part.id not in shipped.catalog.entries


def test_a_quote_that_contradicts_is_a_doubt_at_its_field(shipped: Workspace) -> None:
    body = {"kind": "present", "subject": ["cdte-msc-371"], "at": ["z-f3/a"], "quote": ["No MSC-371 was seen"], "locator": "p"}
    found = examine(shipped, Gathered(document=PAPER, parts=(Part("observation", body),)))
    doubt = at(found.findings, "kind")
    assert (doubt.severity, doubt.code) == ("warning", "fit.contradicted") and "denies it" in doubt.message


def test_quotes_are_looked_for_in_the_text_that_is_read(shipped: Workspace) -> None:
    text = QuotableText("It is so. It was never so.")
    good = examine(shipped, Gathered(document=PAPER, parts=(claim(),)), text)
    assert [each.code for each in good.findings if each.code.startswith("quote")] == []
    bad = examine(shipped, Gathered(document=PAPER, parts=(claim(quote=["It is often so"]),)), text)
    assert at(bad.findings, "quote.1").code == "quote.missing"
    long = examine(shipped, Gathered(document=PAPER, parts=(claim(quote=["word " * 26]),)), text)
    assert "26 words" in at(long.findings, "quote.1").message


@pytest.mark.parametrize(
    ("found", "code"),
    [
        (Gathered(), "draft.empty"),
        (Gathered(parts=(claim(),)), "draft.no-document"),
        (Gathered(document="zhang202", parts=(claim(),)), "draft.no-document"),
        (Gathered(document=PAPER, parts=(claim(id="step-1"),)), "taken"),
        (Gathered(document=PAPER, parts=(claim(id="n-1"), claim(id="n-1"))), "twice"),
        (Gathered(parts=(Part("remark", {"text": "x"}, "nothing-of-the-kind"),)), "gone"),
    ],
)
def test_what_cannot_be_proposed_is_told(shipped: Workspace, found: Gathered, code: str) -> None:
    examined = examine(shipped, found)
    assert code in {each.code for each in examined.findings if each.severity == "error"}


def test_a_draft_keeps_all_of_it_in_any_order(shipped: Workspace) -> None:
    step = shipped.catalog.entries["step-1"].record.body
    changed = {key: value for key, value in step.items() if key != "label"} | {"note": "Seen again."}
    found = Gathered(
        title="T", reason="R", document=PAPER, removes=({"item": "w-05", "code": "duplicate"},),
        parts=(Part("step", changed, "step-1"), claim(id="n-1"), Part("species", {"id": "n-0", "names": ["X"]})),
    )  # fmt: skip
    content = found.content(shipped.catalog)
    assert content["change"] == {"step-1": {"note": "Seen again.", "label": None}}
    again = Gathered.read(shipped.catalog, content)
    assert again == found.ordered()[0] and again.content(shipped.catalog) == content
    assert [part.id for part in again.parts] == ["n-0", "n-1", "step-1"]
    assert title_for(again) == "New species: X, and 3 more"
    put, slot = again.put(1, claim(id="n-1", statement="Otherwise."))
    assert (slot, put.parts[1].body["statement"]) == (1, "Otherwise.")
    assert [part.id for part in again.without(0).parts] == ["n-1", "step-1"]


def test_a_new_paper_is_proposed_with_what_is_made_of_it(curated: Workspace) -> None:
    paper = Part("document", {"id": "doe2026", "title": "On clusters", "authors": ["J. Doe"], "year": 2026})
    found = examine(curated, Gathered(title="T", document="doe2026", parts=(paper, claim(about=["cdse-msc-350"]))))
    assert found.acceptable, found.findings
    draft = save_draft(curated, CLEO, found.found.content(curated.catalog))
    proposed = propose_draft(curated, CLEO, draft.id)
    assert [(edit.kind, edit.item, edit.document) for edit in proposed.edits] == [
        ("document", "doe2026", "doe2026"), ("claim", "doe2026-claim-1", "doe2026"),
    ]  # fmt: skip


def test_what_no_form_shows_is_refused_by_name(shipped: Workspace) -> None:
    for content, said in (([], "no mapping"), ({"chang": {}}, "did you mean 'change'"), ({"claims": {"a": 1}}, "is a list")):
        with pytest.raises(BadInputError, match=said):
            Gathered.read(shipped.catalog, content)


def test_names_for_new_items_are_free(shipped: Workspace) -> None:
    catalog = shipped.catalog
    assert name_for(catalog, "species", {"names": ["CdSe MSC-350"]}, PAPER) == "cdse-msc-350-2"
    assert name_for(catalog, "claim", {}, PAPER, {"zhang2020-claim-1"}) == "zhang2020-claim-2"
    assert name_for(catalog, "document", {"authors": ["Ann Zhang"], "year": 2020}, "") == "zhang2020-2"


def test_what_a_program_saved_can_be_gone_on_with(curated: Workspace) -> None:
    text = b"Results\n\nAfter 2 h no CdTe MSC-371 was seen in toluene."
    entered = propose_read(curated, CLEO, read(curated, text, "note.txt", document=PAPER))
    [draft] = entered.drafts
    found = Gathered.read(curated.catalog, draft.content)
    assert found.machine and found.parts[0].kind == "observation" and found.document == PAPER
    assert found.content(curated.catalog) == draft.content
    assert at(examine(curated, found).findings, "at").message == "This is needed."
