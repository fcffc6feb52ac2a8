"""What is gathered into a change set: kept as a draft in one order, proposed with a new paper, named."""

from __future__ import annotations

import pytest

from mechkg.errors import BadInputError
from mechkg.service.draft import propose_draft, save_draft
from mechkg.service.examine import examine
from mechkg.service.gathered import Gathered, Part, name_for, title_for
from mechkg.service.workspace import Workspace
from tests.curation.staff import CLEO
from tests.service.test_examine import PAPER, claim


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
