"""Hold edits against all that would count with them, by the checks that a corpus file has to pass."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import ValidationError

from mechkg.graph.ontology import class_names
from mechkg.literature.balance import check_balance, formulas_of
from mechkg.literature.places import Path, Places
from mechkg.literature.references import check_references, known_names
from mechkg.model.change_set import Edit
from mechkg.model.corpus import SECTIONS, CorpusFile
from mechkg.model.finding import Finding
from mechkg.service.catalog import Catalog

_SECTION_OF = {kind: section for section, kind in SECTIONS.items()}
_NOWHERE = Places({})

Marks = Mapping[str, Mapping[Path, int]]
"""Item -> place in it -> number."""


def check_edits(now: Catalog, then: Catalog, edits: Iterable[Edit], marks: Marks | None = None) -> list[Finding]:
    """Return what is wrong with ``then``, what would count with ``edits``, and is not wrong with what counts ``now``.

    ``marks`` has a number for the places of items, which the findings there bear as their line.
    """
    those = list(edits)
    documents = {edit.document for edit in those}
    documents |= {e.record.document for edit in those if edit.op == "remove" for e in now.referring.get(edit.item, ())}
    known = Counter((f.code, f.message) for f in _findings(now, documents))
    new = []
    for finding in _findings(then, documents, marks):
        if known[finding.code, finding.message]:
            known[finding.code, finding.message] -= 1
        else:
            new.append(finding)
    return new


def _findings(catalog: Catalog, documents: Iterable[str], marks: Marks | None = None) -> list[Finding]:
    contents: dict[str, dict[str, Any]] = defaultdict(dict)
    for entry in catalog.entries.values():
        record = entry.record
        if record.kind == "document":
            contents[record.document]["source"] = record.body
        else:
            contents[record.document].setdefault(_SECTION_OF[record.kind], []).append(record.body)
    found: list[Finding] = []
    files: dict[str, CorpusFile] = {}
    for name in sorted(documents):
        try:
            files[name] = CorpusFile.model_validate({"mechkg": 1, "source": {"id": name}, **contents[name]})
        except ValidationError as error:
            found += [_invalid(name, contents[name], detail) for detail in error.errors()]
    names = _names(catalog)
    formulas: dict[str, str] = {}
    for entry in catalog.entries.values():
        formulas.update(_formula(entry.record.item, entry.record.body))
    for name, corpus in files.items():
        own = known_names(corpus)
        others = {key: kind for key, kind in names.items() if key not in own}
        places = _marked(contents[name], marks) if marks else _NOWHERE
        found += check_references(corpus, others, places, None, class_names())
        found += check_balance(corpus, formulas | formulas_of(corpus), places, name)
    return found


def _marked(content: Mapping[str, Any], marks: Marks) -> Places:
    """Return the marks of the items of one document as places of a file that has it alone."""
    items: dict[str, Path] = {str(content["source"]["id"]): ("source",)} if "source" in content else {}
    for section in SECTIONS:
        items |= {str(body.get("id")): (section, number) for number, body in enumerate(content.get(section, ()))}
    known = {name: start for name, start in items.items() if name in marks}
    return Places({(*start, *path): n for name, start in known.items() for path, n in marks[name].items()}, known)


def _names(catalog: Catalog) -> dict[str, str]:
    """Return everything that an item may refer to: id -> kind, and ``procedure/stage`` -> ``stage``."""
    names: dict[str, str] = {}
    for entry in catalog.entries.values():
        names[entry.id] = entry.kind
        if entry.kind == "procedure":
            names.update({f"{entry.id}/{stage['id']}": "stage" for stage in entry.record.body.get("stages", ())})
    return names


def _formula(item: str, body: Mapping[str, Any]) -> dict[str, str]:
    if isinstance(body.get("formula"), str) and "names" in body:
        return {item: body["formula"]}
    compositions = body.get("compositions", ())
    return {item: compositions[0]["formula"]} if len(compositions) == 1 else {}


def _invalid(document: str, content: Mapping[str, Any], detail: Any) -> Finding:
    """Return the finding for what a value may not be, naming item and field."""
    place = [part for part in detail["loc"] if part not in ("mechkg",)]
    item = document
    if len(place) >= 2 and isinstance(place[1], int):
        body = content[place[0]][place[1]]
        item, place = str(body.get("id", document)), place[2:]
    field = ".".join(str(part) for part in place)
    message = f"'{field}' of '{item}': {detail['msg']}" if field else f"'{item}': {detail['msg']}"
    return Finding("error", "corpus.bad-value", message)
