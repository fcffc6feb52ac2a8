"""A service whose ledger changes under the tests: people, and the small case."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from mechkg.curation import tokens
from mechkg.curation.import_corpus import import_corpus
from mechkg.curation.ledger import Ledger
from mechkg.graph.store import Store
from mechkg.literature.corpus import read_corpus
from mechkg.model.person import Caller, Grant
from mechkg.service.workspace import Workspace
from tests.curation.staff import employ
from tests.small_case import CASE

CLASSES = frozenset({"AromaticHydrocarbonSolvent", "HydrocarbonSolvent"})
SEEN_C = CASE.replace("kind: absent, at: run/watch, subject: c", "kind: present, at: run/watch, subject: c")


def opened(folder: Path) -> Workspace:
    """Open a workspace with people and the small case."""
    workspace = Workspace(Ledger.open(folder / "ledger.db"), Store.open(None), folder)
    employ(workspace.ledger)
    load(workspace.ledger, CASE, folder)
    return workspace


def load(ledger: Ledger, text: str, folder: Path) -> None:
    """Import the small case, or a variant of it, as the corpus importer does."""
    path = folder / "case.yaml"
    path.write_text(text, encoding="utf-8")
    [(_, corpus)] = read_corpus([path], CLASSES).files
    import_corpus(ledger, corpus, path.name)


def signed_in(workspace: Workspace, by: Caller, role: Any = "reader") -> dict[str, str]:
    """Return the header of a request by this person."""
    text, _ = tokens.issue(workspace.ledger, by, f"of {by.person} as {role}", Grant(role))
    return {"Authorization": f"Bearer {text.reveal()}"}
