"""Hold what the reader of papers finds in passages against what a person marked in them."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from mechkg.literature.lexicon import Lexicon
from mechkg.literature.recognition import Score, read_passages, score
from mechkg.service.fit import lexicon_of
from mechkg.service.reading import View


def benchmark_recognition(workspace: View, file: Path | str, *, new_paper: bool = False) -> Score:
    """Find names and quantities in every passage of ``file``, with the names of what counts.

    ``new_paper``: of the paper that a passage is from only the materials are known, as when it is read for the first time.
    Raises as :func:`mechkg.literature.recognition.read_passages` does.
    """
    catalog = workspace.catalog
    whole = lexicon_of(catalog)

    @cache
    def without(paper: str) -> Lexicon:
        return lexicon_of(catalog, without=paper)

    return score(read_passages(file), without if new_paper else lambda paper: whole)


def as_json(found: Score) -> dict[str, Any]:
    """Return the figures, whole and by kind, with every miss, as plain JSON content."""
    return {
        "passages": found.passages,
        **_figures(found, None),
        "kinds": {kind: _figures(found, kind) for kind in found.kinds},
        "misses": [
            {
                "what": miss.what,
                "kind": miss.kind,
                "text": miss.text,
                "value": miss.value or None,
                "paper": miss.paper,
                "passage": miss.passage,
            }
            for miss in found.misses
        ],
    }


def _figures(found: Score, kind: str | None) -> dict[str, float | int]:
    return {
        "there": found.there(kind),
        "found": found.found(kind),
        "precision": round(found.precision(kind), 4),
        "recall": round(found.recall(kind), 4),
    }
