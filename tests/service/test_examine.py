"""What is gathered, held against all that counts: each mistake at its field, with the nearest name."""

from __future__ import annotations

from typing import Any

import pytest

from mechkg.literature.quotes import QuotableText
from mechkg.service.examine import Placed, examine
from mechkg.service.gathered import Gathered, Part
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


def test_what_a_program_saved_can_be_gone_on_with(curated: Workspace) -> None:
    text = b"Results\n\nAfter 2 h no CdTe MSC-371 was seen in toluene."
    entered = propose_read(curated, CLEO, read(curated, text, "note.txt", document=PAPER))
    [draft] = entered.drafts
    found = Gathered.read(curated.catalog, draft.content)
    assert found.machine and found.parts[0].kind == "observation" and found.document == PAPER
    assert found.content(curated.catalog) == draft.content
    assert at(examine(curated, found).findings, "at").message == "This is needed."


def test_unknown_names_are_told_while_other_things_are_wrong(shipped: Workspace) -> None:
    found = examine(shipped, Gathered(document=PAPER, parts=(claim(kind="compositon", about=["cdse-msc-35"]),)))
    assert at(found.findings, "about.1").message == "'cdse-msc-35': there is no such item."
    assert "did you mean 'cdse-msc-35" in str(at(found.findings, "about.1").hint)
