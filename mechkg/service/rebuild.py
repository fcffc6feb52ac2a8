"""Build the graph anew from the ledger, and say whether it is the one that was there."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from mechkg.graph.build import rebuild as rebuild_store
from mechkg.graph.canonical import digest
from mechkg.service.home import default_home
from mechkg.service.kept import forget
from mechkg.service.workspace import Workspace


@dataclass(frozen=True, slots=True)
class RebuildReport:
    """Number of quads, the ledger position they were derived from, and whether the graph was the same before."""

    quads: int
    position: int
    same: bool


def rebuild(home: Path | str | None = None) -> RebuildReport:
    """Rebuild the graph of ``home`` in a new folder and put it in the place of the old one; what was kept of it is forgotten."""
    folder = Path(home) if home is not None else default_home()
    with Workspace.open(folder) as workspace:
        if workspace.projector is not None:
            same = workspace.projector.rebuild()
            forget(folder)
            return RebuildReport(len(workspace.projector.server), workspace.version, same)
        before = digest(workspace.store)
        ledger = workspace.ledger
        workspace.close_graph()
        rebuild_store(folder / "graph", ledger)
        forget(folder)
    with Workspace.open(folder) as workspace:
        return RebuildReport(len(workspace.store), workspace.version, digest(workspace.store) == before)
