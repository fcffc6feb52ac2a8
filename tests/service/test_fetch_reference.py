"""A DOI looked up, and proposed as a reference or to complete a document."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from mechkg.curation.enrol import enrol
from mechkg.curation.import_corpus import import_corpus
from mechkg.errors import BadInputError, NotFoundError, UnreachableError
from mechkg.literature.crossref import Crossref
from mechkg.model.corpus import CorpusFile
from mechkg.model.person import Caller
from mechkg.service.fetch_reference import Fetched, complete_document, fetch_reference, propose_reference
from mechkg.service.workspace import Workspace

ADA = Caller("ada", "python")
MESSAGE = {
    "title": ["On Trees"],
    "author": [{"given": "Anna", "family": "Ash-Oak"}],
    "container-title": ["Journal of Trees"],
    "issued": {"date-parts": [[2020]]},
}


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Workspace]:
    monkeypatch.delenv("MECHKG_NETWORK", raising=False)
    content = {
        "mechkg": 1,
        "source": {"id": "paper", "title": "As printed", "doi": "10.1000/PAPER"},
        "references": [{"id": "r-1", "doi": "10.1000/known", "flag": "external"}],
    }
    with Workspace.open(tmp_path / "home") as found:
        import_corpus(found.ledger, CorpusFile.model_validate(content), "paper.yaml")
        enrol(found.ledger, ADA, "ada", name="Ada")
        for doi in ("10.1000/new", "10.1000/known", "10.1000/paper"):
            Crossref(tmp_path / "home" / "crossref", None)._keep(doi, datetime.now(UTC), {**MESSAGE, "DOI": doi})
        yield found


def fetched(workspace: Workspace, doi: str) -> Fetched:
    return fetch_reference(workspace, doi)


def test_without_leave_nothing_is_asked(workspace: Workspace) -> None:
    with pytest.raises(UnreachableError, match="MECHKG_NETWORK=crossref"):
        fetched(workspace, "10.1000/other")


def test_it_says_what_has_this_doi_already(workspace: Workspace) -> None:
    assert [entry.id for entry in fetched(workspace, "10.1000/KNOWN").known] == ["r-1"]
    with pytest.raises(BadInputError, match="known already, as 'r-1'"):
        propose_reference(workspace, ADA, fetched(workspace, "10.1000/known"), "paper")


def test_it_is_proposed_as_a_reference_with_where_it_is_from(workspace: Workspace) -> None:
    made = propose_reference(workspace, ADA, fetched(workspace, "10.1000/new"), "paper", number="7")
    (edit,) = made.edits
    assert (edit.item, edit.kind, edit.document) == ("ref-ashoak-2020-journaloftre", "reference", "paper")
    assert made.machine is not None and (made.machine["reader"], made.machine["doi"]) == ("Crossref", "10.1000/new")
    body = workspace.ledger.assertion(edit.assertion or "").body
    assert body == {
        "id": edit.item, "flag": "external", "authors": ["Anna Ash-Oak"], "title": "On Trees", "journal": "Journal of Trees",
        "year": 2020, "doi": "10.1000/new", "number": "7",
    }  # fmt: skip


def test_a_document_is_given_what_it_lacks_and_keeps_what_is_printed(workspace: Workspace) -> None:
    made = complete_document(workspace, ADA, fetched(workspace, "10.1000/paper"), "paper")
    body = workspace.ledger.assertion(made.edits[0].assertion or "").body
    assert (body["title"], body["doi"], body["authors"]) == ("As printed", "10.1000/PAPER", ["Anna Ash-Oak"])
    with pytest.raises(BadInputError, match="has another DOI"):
        complete_document(workspace, ADA, fetched(workspace, "10.1000/new"), "paper")
    with pytest.raises(NotFoundError, match="did you mean 'paper'"):
        complete_document(workspace, ADA, fetched(workspace, "10.1000/paper"), "papers")
