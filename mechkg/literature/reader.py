"""Reading one corpus file: from YAML to checked, frozen values; what is wrong becomes findings with lines."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path as FilePath
from typing import Any

from pydantic import ValidationError

from mechkg.errors import NotFoundError
from mechkg.literature.mistakes import findings_of
from mechkg.literature.places import Path, Places
from mechkg.literature.yaml12 import LARGEST, read_yaml
from mechkg.model.corpus import SECTIONS, CorpusFile
from mechkg.model.finding import Finding


@dataclass(frozen=True, slots=True)
class ReadResult:
    """A corpus file as values, or None with the findings that say why not. ``lines`` maps the id of each item to its line.

    ``document`` is the id of the source, as far as it could be read.
    """

    corpus: CorpusFile | None
    findings: list[Finding]
    lines: Places
    document: str | None = None


def read_corpus_file(path: FilePath | str) -> ReadResult:
    """Read the file at ``path``; raise NotFoundError when there is none."""
    path = FilePath(path)
    try:
        data = path.read_bytes() if path.stat().st_size <= LARGEST else b""
    except OSError as error:
        raise NotFoundError(f"the corpus file '{path}' cannot be read: {error.strerror or error}") from error
    name = str(path)
    if not data and path.stat().st_size:
        message = f"the file has {path.stat().st_size} bytes; at most {LARGEST} are read"
        return _nothing(Finding("error", "corpus.too-large", message, name, 1, "split it"))
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        return _nothing(Finding("error", "corpus.syntax", "this is not UTF-8 text", name, line, "save the file as UTF-8"))
    return read_corpus_text(text, name)


def read_corpus_text(text: str, file_name: str | None = None) -> ReadResult:
    """Read the text of a corpus file; ``file_name`` is what findings call it.

    >>> result = read_corpus_text("mechkg: 1\\nsource: {id: doe-2020}\\nsteps:\\n- {id: s, kind: growht}\\n", "doe.yaml")
    >>> print(result.findings[0])
    doe.yaml:4: error: 'kind' of 's' is 'growht', which is not one of the known values ... (did you mean 'growth'? ...)
    """
    reading = read_yaml(text, file_name)
    places = Places(reading.lines, _item_paths(reading.content))
    document = next((name for name in places if places.path(name) == ("source",)), None)
    if reading.findings:
        return ReadResult(None, reading.findings, places, document)
    if not isinstance(reading.content, dict):
        message = (
            "the file is empty"
            if reading.content is None
            else "a corpus file is a mapping of sections (mechkg, source, species ...)"
        )
        return ReadResult(None, [Finding("error", "corpus.syntax", message, file_name, 1, "begin with 'mechkg: 1'")], places)
    try:
        corpus = CorpusFile.model_validate(reading.content)
    except ValidationError as error:
        return ReadResult(None, findings_of(error, reading.content, places, file_name), places, document)
    return ReadResult(corpus, [], places, document)


def _nothing(finding: Finding) -> ReadResult:
    return ReadResult(None, [finding], Places({}))


def _item_paths(content: Any) -> dict[str, Path]:
    """Return the path of each item by id; the first one where an id stands twice."""
    found: dict[str, Path] = {}
    if not isinstance(content, dict):
        return found
    source = content.get("source")
    if isinstance(source, dict) and isinstance(source.get("id"), str):
        found[source["id"]] = ("source",)
    for section in SECTIONS:
        items = content.get(section)
        for number, item in enumerate(items if isinstance(items, list) else ()):
            if isinstance(item, dict) and isinstance(item.get("id"), str):
                found.setdefault(item["id"], (section, number))
    return found
