"""Where the files that are not Python lie: ontology, queries, corpus, rules.

In a checkout they stand at the top level; in an installed wheel they are packed under ``mechkg/_assets``. No other file knows.
"""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def _top(name: str) -> Path:
    packed = _PACKAGE / "_assets" / name
    return packed if packed.is_dir() else _PACKAGE.parent / name


def ontology_dir() -> Path:
    """Folder of the ontology modules (``*.ttl``), ``shapes/`` and ``mappings/``."""
    return _top("ontology")


def queries_dir() -> Path:
    """Folder of ``checks/``, ``facts/``, ``questions/`` and ``examples/``."""
    return _top("queries")


def corpus_dir() -> Path:
    """Folder of the corpus, one YAML file per paper."""
    return _PACKAGE / "corpus"


def rules_dir() -> Path:
    """Folder of the rule files (``*.lp``)."""
    return _PACKAGE / "reasoning" / "rules"


def words_file() -> Path:
    """File of the words by which names and quantities are found in papers."""
    return _PACKAGE / "literature" / "words.yaml"


def static_dir() -> Path:
    """Folder of what the browser is served, built from npm packages."""
    return _PACKAGE / "web" / "static"
