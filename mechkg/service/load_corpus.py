"""Load corpus files into the ledger, and bring the graph up to it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from mechkg.assets import corpus_dir
from mechkg.curation.import_corpus import ImportReport, import_corpus
from mechkg.graph.ontology import class_names
from mechkg.literature.corpus import read_corpus
from mechkg.model.finding import Finding
from mechkg.service.watches import after_settling
from mechkg.service.workspace import Workspace


@dataclass(frozen=True, slots=True)
class LoadReport:
    """What loading did: a report per file that entered, and findings on all files."""

    imports: tuple[ImportReport, ...]
    findings: tuple[Finding, ...]


def shipped_corpus() -> list[Path]:
    """Return the corpus files that come with mechkg."""
    return sorted(corpus_dir().glob("*.yaml"))


def load_corpus(
    workspace: Workspace, paths: Sequence[Path] | None = None, progress: Callable[[str, int, int], None] | None = None
) -> LoadReport:
    """Load ``paths`` (the shipped corpus by default). A file with an error does not enter; the others do.

    ``progress`` is called with the file name, the number of items done and of all items.
    """
    reading = read_corpus(list(paths) if paths is not None else shipped_corpus(), class_names())
    imports = []
    for path, corpus in reading.files:

        def report(done: int, of: int, name: str = path.name) -> None:
            if progress:
                progress(name, done, of)

        digest = sha256(path.read_bytes()).hexdigest()
        imports.append(import_corpus(workspace.ledger, corpus, path.name, progress=report, file_digest=digest))
    workspace.refresh()
    after_settling(workspace)
    return LoadReport(tuple(imports), tuple(reading.findings))
