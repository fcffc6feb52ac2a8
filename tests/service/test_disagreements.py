"""Disagreements at the service: sides weighed, other tolerances, decisions, the past."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from mechkg.curation.decide import decide
from mechkg.curation.enrol import enrol
from mechkg.curation.import_corpus import import_corpus
from mechkg.errors import BadInputError, NotFoundError
from mechkg.model.corpus import CorpusFile
from mechkg.model.person import Caller
from mechkg.service.belief import belief
from mechkg.service.disagreements import disagreement, disagreements
from mechkg.service.workspace import Workspace

ADA = Caller("ada", "python")


def row(name: str, formula: str, nm: int, work: str) -> dict[str, Any]:
    entry = {"formula": formula, "absorption": f"{nm} nm", "species": f"ab-{nm}"}
    return {"id": name, "kind": "composition", "about": [f"ab-{nm}"], "cites": [work], "evidence": "citation", "entries": [entry]}


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    content = {
        "mechkg": 1,
        "source": {"id": "paper", "authors": ["R. Eviewer"]},
        "references": [
            {"id": "r-1", "authors": ["A. Ash", "B. Birch"]},
            {"id": "r-2", "authors": ["B. Birch"]},
            {"id": "r-3", "authors": ["C. Cedar"]},
            {"id": "r-4"},
        ],
        "materials": [{"id": "ab", "formula": "CdS"}],
        "species": [
            {"id": f"ab-{nm}", "kind": "MSC", "material": "ab", "names": [f"CdS MSC-{nm}"]} for nm in (350, 353, 357, 400)
        ],
        "claims": [
            row("one", "Cd10S9", 350, "r-1"),
            row("again", "Cd10S9", 350, "r-2"),
            row("other", "Cd11S9", 353, "r-3"),
            row("third", "Cd12S9", 357, "r-4"),
            row("alone", "Cd20S9", 400, "r-1"),
            {"id": "doubt", "kind": "critique", "statement": "No.", "about": ["one"], "direction": "refutes", "cites": ["r-3"]},
        ],
    }
    with Workspace.open(tmp_path / "home") as found:
        import_corpus(found.ledger, CorpusFile.model_validate(content), "paper.yaml")
        enrol(found.ledger, ADA, "ada", name="Ada")
        yield found


def test_each_side_has_its_laboratories_and_the_others_against_it(workspace: Workspace) -> None:
    found = disagreements(workspace)
    (weighed,) = found.found
    assert weighed.disagreement.title == "ab at 350 to 353 nm"
    one, other = weighed.beliefs
    assert [(t.laboratory, t.items) for t in one.supports] == [("laboratory of B. Birch", ("again", "one"))]
    assert [t.laboratory for t in one.refutes] == ["laboratory of C. Cedar"]
    assert one.supported == other.supported and one.value == other.value
    assert [band.positions for band in found.bands] == [("350 nm", "353 nm")]
    assert found.tolerance == found.usual == "3 nm" and not found.joins and not found.parts


def test_another_tolerance_shows_what_it_would_join_and_part(workspace: Workspace) -> None:
    wider = disagreements(workspace, tolerance="4 nm")
    assert [band.positions for band in wider.joins] == [("350 nm", "353 nm", "357 nm")] and not wider.parts
    assert [len(each.disagreement.sides) for each in wider.found] == [3]
    assert wider.found[0].beliefs[2].unknown == ("r-4",)
    narrow = disagreements(workspace, tolerance="1 nm")
    assert [band.positions for band in narrow.parts] == [("350 nm", "353 nm")] and not narrow.found and not narrow.joins


@pytest.mark.parametrize("tolerance", ["3 min", "much", "-1 nm", "1 to 2 nm"])
def test_what_is_no_length_is_refused(workspace: Workspace, tolerance: str) -> None:
    with pytest.raises(BadInputError, match="is no tolerance of a band"):
        disagreements(workspace, tolerance=tolerance)


def test_a_decision_is_shown_and_was_not_there_before_it(workspace: Workspace) -> None:
    (weighed,) = disagreements(workspace).found
    before = workspace.ledger.position()
    found = weighed.disagreement
    decide(workspace.ledger, ADA, found.id, "by sample", "the samples differ", sides=found.assertions)
    (now,) = disagreements(workspace).found
    assert (now.disagreement.state, now.disagreement.reason) == ("explained", "the samples differ")
    assert not disagreements(workspace, open_only=True).found
    (then,) = disagreements(workspace.at(before)).found
    assert then.disagreement.state == "open"
    assert disagreement(workspace, found.id).as_json()["decided_by"] == "ada"


def test_an_unknown_name_is_answered_with_the_nearest(workspace: Workspace) -> None:
    with pytest.raises(NotFoundError, match="did you mean 'ab-350-composition'"):
        disagreement(workspace, "ab-353-composition")


def test_a_claim_is_believed_by_its_own_works_and_doubted_by_claims_about_it(workspace: Workspace) -> None:
    found = belief(workspace, "one").belief
    assert [t.laboratory for t in found.supports] == ["laboratory of B. Birch"]
    assert [(t.laboratory, t.items) for t in found.refutes] == [("laboratory of C. Cedar", ("doubt",))]
    assert found.value < found.supported
