"""Open what a check is asked of: a hypothesis space of the user's graph, or a case file that stands on its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from mechkg.errors import BadInputError, NotFoundError
from mechkg.service.unopened import Unopened

if TYPE_CHECKING:
    from mechkg.curation.moment import AsOf
    from mechkg.model.finding import Finding
    from mechkg.service.reading import View
    from mechkg.service.workspace import Workspace

CASE_FILES = (".yaml", ".yml")


@contextmanager
def opened(
    space: str, home: Path | str | None = None, warn: Callable[[Sequence[Finding]], None] | None = None
) -> Iterator[tuple[Workspace, str]]:
    """Open the workspace that holds ``space`` and yield it with the name of the space.

    ``space`` is a name in the user's graph, or the path of a case file (``.yaml``), which is checked, and read for as long as
    it is open; ``warn`` is told what in it is worth a look. Raises BadInputError with the first error of a case file,
    NotFoundError when it holds no single space.
    """
    from mechkg.service.workspace import Workspace

    if not space.endswith(CASE_FILES):
        with Workspace.open(home) as workspace:
            yield workspace, space
        return
    # what reads a file is not loaded to ask of a space in the graph: the shell is to answer at once
    from mechkg.curation.import_corpus import import_corpus
    from mechkg.curation.ledger import Ledger
    from mechkg.graph.ontology import class_names
    from mechkg.graph.store import Store
    from mechkg.literature.corpus import read_corpus
    from mechkg.model.finding import errors

    path = Path(space)
    if not path.is_file():
        raise NotFoundError(f"there is no case file '{space}'")
    reading = read_corpus([path], class_names())
    wrong = errors(list(reading.findings))
    if wrong or not reading.files:
        more = f" and {len(wrong) - 1} more" if len(wrong) > 1 else ""
        raise BadInputError(f"the case file cannot be used: {wrong[0] if wrong else 'nothing could be read'}{more}")
    if warn is not None:
        warn(reading.findings)
    [(_, corpus)] = reading.files
    if len(corpus.spaces) != 1:
        raise NotFoundError(f"'{space}' holds {len(corpus.spaces)} hypothesis spaces, and one is needed")
    with TemporaryDirectory() as folder:
        ledger = Ledger.open(Path(folder) / "ledger.db")
        import_corpus(ledger, corpus, path.name)
        with Workspace(ledger, Store.open(None), None) as workspace:
            yield workspace, corpus.spaces[0].id


@contextmanager
def opened_at(
    space: str,
    home: Path | str | None = None,
    as_of: AsOf | None = None,
    warn: Callable[[Sequence[Finding]], None] | None = None,
) -> Iterator[tuple[View, str]]:
    """Open what holds ``space`` as it was then, now by default; raise as :func:`opened` and :meth:`Workspace.at` do."""
    if not space.endswith(CASE_FILES):
        with Unopened(home, as_of) as view:
            yield view, space
        return
    if as_of is not None:
        raise BadInputError("a case file has no past", hint="leave out as-of, or ask of a space in the graph")
    with opened(space, home, warn) as (workspace, name):
        yield workspace, name
