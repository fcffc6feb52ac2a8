"""Reading a set of corpus files in the order in which they require each other; a file with an error does not enter at all."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from pathlib import Path

from mechkg.errors import NotFoundError, nearest
from mechkg.literature.balance import check_balance, formulas_of
from mechkg.literature.places import Places
from mechkg.literature.reader import ReadResult, read_corpus_file
from mechkg.literature.references import check_references, known_names
from mechkg.model.corpus import CorpusFile
from mechkg.model.finding import Finding, errors


@dataclass(frozen=True, slots=True)
class CorpusReading:
    """The files that can be used, each after those it requires, and what was found in all.

    ``lines`` gives, per file, the line of each item by its id.
    """

    files: list[tuple[Path, CorpusFile]]
    findings: list[Finding]
    lines: dict[Path, Places] = field(default_factory=dict)


def read_corpus(paths: Iterable[Path | str], class_names: Collection[str]) -> CorpusReading:
    """Read and check the files at ``paths``; ``class_names`` are the local names of the ontology's classes.

    Nothing of a file with an error is used, nor of a file that requires it. Files that cannot be opened become findings too.
    """
    findings: list[Finding] = []
    read: dict[str, tuple[Path, CorpusFile]] = {}
    lines: dict[Path, Places] = {}
    failed: dict[str, Path] = {}
    for path in sorted({Path(p) for p in paths}):
        result = _read(path)
        lines[path] = result.lines
        findings += result.findings
        if result.corpus is None:
            if result.document is not None:
                failed[result.document] = path
            continue
        name = result.corpus.source.id
        if name in read:
            message = f"the document '{name}' is also given by '{read[name][0]}'"
            line = result.lines.at(("source", "id"))
            findings.append(
                Finding("error", "corpus.duplicate-id", message, str(path), line, "give each file a source.id of its own")
            )
            continue
        read[name] = (path, result.corpus)

    order, ringed = _order({name: corpus for name, (_, corpus) in read.items()})
    for ring in ringed:
        shown = " -> ".join([*ring, ring[0]])
        for name in ring:
            path = read[name][0]
            message = f"files require each other in a ring: {shown}"
            findings.append(Finding("error", "corpus.requires-cycle", message, str(path), lines[path].at(("requires",))))

    files: list[tuple[Path, CorpusFile]] = []
    names: dict[str, dict[str, str]] = {}  # document -> what files that require it may refer to
    formulas: dict[str, dict[str, str]] = {}
    taken: dict[str, str] = {}
    for name in order:
        path, corpus = read[name]
        missing = _missing(corpus, names, {**{n: p for n, (p, _) in read.items()}, **failed}, lines[path], str(path))
        if missing:
            findings += missing
            continue
        known = {key: kind for required in corpus.requires for key, kind in names[required].items()}
        found = check_references(corpus, known, lines[path], str(path), class_names, taken)
        own_formulas = {key: value for required in corpus.requires for key, value in formulas[required].items()}
        own_formulas |= formulas_of(corpus)
        if not errors(found):
            found += check_balance(corpus, own_formulas, lines[path], str(path))
        findings += found
        if errors(found):
            continue
        own = known_names(corpus)
        names[name] = {**known, **own}
        formulas[name] = own_formulas
        taken |= {key: f"{kind} in {path.name}" for key, kind in own.items()}
        files.append((path, corpus))
    return CorpusReading(files, findings, lines)


def _read(path: Path) -> ReadResult:
    try:
        return read_corpus_file(path)
    except NotFoundError as error:
        return ReadResult(None, [Finding("error", "corpus.unreadable", error.message, str(path))], Places({}))


def _order(corpora: dict[str, CorpusFile]) -> tuple[list[str], list[list[str]]]:
    """Return the documents after what they require (by name where that leaves a choice), and the rings among them."""
    import networkx as nx  # takes a third of a second, and whoever serves reads no files

    graph: nx.DiGraph[str] = nx.DiGraph()
    graph.add_nodes_from(corpora)
    graph.add_edges_from(
        (required, name) for name, corpus in corpora.items() for required in corpus.requires if required in corpora
    )
    rings = [sorted(c) for c in nx.strongly_connected_components(graph) if len(c) > 1 or graph.has_edge(*(2 * list(c)))]
    graph.remove_nodes_from([name for ring in rings for name in ring])
    return list(nx.lexicographical_topological_sort(graph)), sorted(rings)


def _missing(corpus: CorpusFile, usable: Collection[str], given: dict[str, Path], lines: Places, file: str) -> list[Finding]:
    """Return findings for required documents that are not there, or not usable."""
    found = []
    for number, required in enumerate(corpus.requires):
        if required in usable:
            continue
        line = lines.at(("requires", number))
        if required in given:
            message = f"'{corpus.source.id}' is not used: it requires '{required}', which has errors"
            found.append(
                Finding("error", "corpus.requirement-unusable", message, file, line, f"correct '{given[required]}' first")
            )
        else:
            close = nearest(required, given)
            hint = f"did you mean '{close}'?" if close else "add its file to those that are read"
            message = f"'{corpus.source.id}' requires '{required}', which is not among the files"
            found.append(Finding("error", "corpus.requirement-missing", message, file, line, hint))
    return found
