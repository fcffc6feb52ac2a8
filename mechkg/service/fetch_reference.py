"""Look up a DOI, and propose it as a reference or let it complete a document."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from mechkg.errors import BadInputError
from mechkg.literature.crossref import Crossref, Endpoint, Work, allowed_endpoint, plain_doi
from mechkg.model.change_set import ChangeSet
from mechkg.model.person import Caller
from mechkg.service.acting import PutItem
from mechkg.service.catalog import Catalog, Entry
from mechkg.service.propose import propose
from mechkg.service.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Fetched:
    """What is known of a DOI, and the items that have it already."""

    work: Work
    known: tuple[Entry, ...]

    def as_json(self) -> dict[str, Any]:
        """Return it as plain JSON content."""
        return {
            **self.work.fields(),
            "notices": list(self.work.notices),
            "fetched_at": self.work.fetched_at.isoformat(),
            "from_cache": self.work.cached,
            "known_as": [entry.id for entry in self.known],
        }


def fetch_reference(workspace: Workspace, doi: str, *, refresh: bool = False, endpoint: Endpoint | None = None) -> Fetched:
    """Return what Crossref says of a DOI, from the home folder where it was fetched before.

    ``endpoint`` is where to ask, by default what the environment allows. Raises as :meth:`Crossref.work` does.
    """
    if workspace.home is None:
        raise BadInputError("what is fetched is kept in a home folder, and this workspace has none")
    client = Crossref(workspace.home / "crossref", endpoint or allowed_endpoint())
    return Fetched(client.work(doi, refresh=refresh), tuple(_known(workspace.catalog, plain_doi(doi))))


def propose_reference(
    workspace: Workspace, by: Caller, found: Fetched, document: str, *, item: str | None = None, number: str | None = None
) -> ChangeSet:
    """Propose the work as a reference that ``document`` cites; ``item`` is its id, ``number`` that in the list of the document.

    Raises BadInputError when the document has it already, and as :func:`mechkg.service.propose.propose` does.
    """
    entry = workspace.catalog.find(document, "document")
    mine = [known.id for known in found.known if known.kind == "reference"]
    if mine:
        raise BadInputError(f"'{found.work.doi}' is known already, as '{mine[0]}'", hint="cite that one")
    body = {"id": item or _name(workspace.catalog, found.work), "flag": "external", **found.work.fields()}
    if number is not None:
        body["number"] = number
    return propose(
        workspace, by, [PutItem("reference", entry.id, body)], title=f"Reference {body['id']}", machine=_machine(found)
    )


def complete_document(workspace: Workspace, by: Caller, found: Fetched, document: str) -> ChangeSet:
    """Propose for a document what it does not say yet of itself; what it says stays as it is.

    Raises BadInputError when it has another DOI, or nothing is missing; and as :func:`mechkg.service.propose.propose` does.
    """
    entry = workspace.catalog.find(document, "document")
    body = entry.record.body
    if body.get("doi") and plain_doi(body["doi"]) != found.work.doi:
        raise BadInputError(f"'{entry.id}' has another DOI, {body['doi']}", hint="look that one up")
    new = {**found.work.fields(), **body}
    if new == body:
        raise BadInputError(f"'{entry.id}' says all of that already")
    return propose(
        workspace, by, [PutItem("document", entry.id, new)], title=f"Bibliographic data of {entry.id}", machine=_machine(found)
    )


def _machine(found: Fetched) -> dict[str, Any]:
    return {"reader": "Crossref", "doi": found.work.doi, "fetched_at": found.work.fetched_at.isoformat()}


def _known(catalog: Catalog, doi: str) -> list[Entry]:
    works = (*catalog.by_kind.get("document", ()), *catalog.by_kind.get("reference", ()))
    return [entry for entry in works if str(entry.record.body.get("doi", "")).casefold() == doi]


def _name(catalog: Catalog, work: Work) -> str:
    """Return an id as the corpus has them: ref-family-year-journal."""
    family = work.authors[0].split()[-1] if work.authors else "unknown"
    journal = "".join(re.findall(r"[A-Za-z]+", work.journal or ""))[:12]
    parts = ["ref", family, str(work.year or ""), journal]
    name = "-".join(p for part in parts if (p := re.sub(r"[^a-z0-9]+", "", part.casefold())))
    free, number = name, 2
    while free in catalog.entries:
        free, number = f"{name}-{number}", number + 1
    return free
