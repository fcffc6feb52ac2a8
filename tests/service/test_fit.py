"""The fit of quotes at acceptance: what contradicts its own quote takes a reason of the reviewer."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from mechkg.curation.enrol import enrol, grant
from mechkg.curation.import_corpus import import_corpus
from mechkg.errors import NotFoundError, RefusedActError
from mechkg.model.change_set import ChangeSet
from mechkg.model.corpus import CorpusFile
from mechkg.model.person import Caller, Grant
from mechkg.service.accept import accept
from mechkg.service.acting import PutItem, change_set_of, records_of
from mechkg.service.impact import impact
from mechkg.service.propose import propose
from mechkg.service.workspace import Workspace

ADA, BEN = Caller("ada", "python"), Caller("ben", "python")
QUOTE = "no peak at 311 nm was observed after 24 h"
NEGATION = "fit:seen:kind:negation"


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    content = {
        "mechkg": 1,
        "source": {"id": "paper"},
        "materials": [{"id": "ab", "formula": "CdS"}],
        "species": [
            {"id": "ab-311", "kind": "MSC", "material": "ab", "names": ["CdS MSC-311"], "signature": {"absorption": "311 nm"}},
        ],
        "procedures": [{"id": "p", "title": "Keeping it", "stages": [{"id": "s", "action": "hold"}]}],
    }
    with Workspace.open(tmp_path / "home") as found:
        import_corpus(found.ledger, CorpusFile.model_validate(content), "paper.yaml")
        enrol(found.ledger, ADA, "ada", name="Ada")
        enrol(found.ledger, ADA, "ben", name="Ben")
        grant(found.ledger, ADA, "ben", Grant("curator"))
        yield found


def proposed(workspace: Workspace, **more: Any) -> ChangeSet:
    body = {"id": "seen", "at": "p/s", "subject": "ab-311", "method": "absorption", "quote": QUOTE, **more}
    return propose(workspace, BEN, [PutItem("observation", "paper", body)], title="Seen")


def test_what_fits_its_quote_is_accepted_without_more(workspace: Workspace) -> None:
    found = proposed(workspace, kind="absent", limit="0.01 absorbance")
    assert accept(workspace, ADA, found.id, revision=1).status == "accepted"


def test_what_its_quote_denies_is_refused_naming_the_doubt(workspace: Workspace) -> None:
    found = proposed(workspace, kind="present")
    with pytest.raises(RefusedActError, match=r"'seen' says present .* the quote denies it .*\[fit:seen:kind:negation\]"):
        accept(workspace, ADA, found.id, revision=1)
    assert change_set_of(workspace, found.id).status == "open"


def test_each_doubt_needs_its_own_reason(workspace: Workspace) -> None:
    found = proposed(workspace, kind="present", measured=[{"what": "wavelength", "quantity": "371 nm"}])
    with pytest.raises(RefusedActError, match="in 2 places") as refused:
        accept(workspace, ADA, found.id, revision=1)
    assert NEGATION in str(refused.value) and "fit:seen:measured.0.quantity:quantity" in str(refused.value)
    with pytest.raises(RefusedActError, match=r"its quote contradicts it: .*371 nm"):
        accept(workspace, ADA, found.id, revision=1, despite={NEGATION: "the figure shows it"})


def test_a_reason_against_no_doubt_is_refused(workspace: Workspace) -> None:
    found = proposed(workspace, kind="present")
    with pytest.raises(NotFoundError, match=f"no doubt about {found.id} called '{NEGATION[:-1]}'") as refused:
        accept(workspace, ADA, found.id, revision=1, despite={NEGATION: "the figure shows it", NEGATION[:-1]: "and this"})
    assert refused.value.hint == f"did you mean '{NEGATION}'?"
    with pytest.raises(NotFoundError) as refused:
        accept(workspace, ADA, found.id, revision=1, despite={"zz": "so"})
    assert refused.value.hint == f"doubts: {NEGATION}"
    assert change_set_of(workspace, found.id).status == "open"


@pytest.mark.parametrize("why", ["", "  "])
def test_a_blank_reason_is_none(workspace: Workspace, why: str) -> None:
    found = proposed(workspace, kind="present")
    with pytest.raises(RefusedActError):
        accept(workspace, ADA, found.id, revision=1, despite={NEGATION: why})


def test_with_a_reason_it_counts_and_the_reason_is_kept(workspace: Workspace) -> None:
    found = proposed(workspace, kind="present")
    done = accept(workspace, ADA, found.id, revision=1, despite={NEGATION: "Figure 2 shows it"})
    assert done.status == "accepted" and done.despite == {NEGATION: "Figure 2 shows it"}
    assert "seen" in workspace.catalog.entries


def test_a_change_that_leaves_the_doubted_part_alone_is_not_asked_about_it_again(workspace: Workspace) -> None:
    accept(workspace, ADA, proposed(workspace, kind="present").id, revision=1, despite={NEGATION: "Figure 2 shows it"})
    again = proposed(workspace, kind="present", note="Seen by eye as well.")
    assert accept(workspace, ADA, again.id, revision=1).status == "accepted"


def test_impact_shows_the_doubts_as_findings(workspace: Workspace) -> None:
    found = proposed(workspace, kind="present")
    shown = impact(workspace, found.edits, records_of(workspace, found.edits))
    (doubt,) = [finding for finding in shown.findings if finding.code == "fit.contradicted"]
    assert doubt.severity == "warning" and doubt.hint == f"to accept it, say why in spite of '{NEGATION}'"
    assert shown.acceptable
