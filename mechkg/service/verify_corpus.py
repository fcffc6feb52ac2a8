"""Check every quote of corpus files against the texts of the papers."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from mechkg.errors import BadInputError
from mechkg.graph.ontology import class_names
from mechkg.literature.corpus import read_corpus
from mechkg.literature.verify import Verification, verify_quotes
from mechkg.model.finding import errors
from mechkg.service.load_corpus import shipped_corpus


def verify_corpus(texts: Path, paths: Sequence[Path] | None = None) -> Verification:
    """Look up every quote of ``paths`` (the shipped corpus by default) in the texts of the folder ``texts``.

    Raises BadInputError when a file cannot be read as a corpus file.
    """
    reading = read_corpus(list(paths) if paths else shipped_corpus(), class_names())
    wrong = errors(list(reading.findings))
    if wrong:
        raise BadInputError(f"a corpus file cannot be used: {wrong[0]}")
    return verify_quotes(reading.files, texts, reading.lines)
