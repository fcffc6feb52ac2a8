"""Read a paper: keep it by hash, find what it speaks of, and what its sentences suggest.

What counts already, waits, or was decided about is said to be so. ``propose_read`` puts suggestions into the queue.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from mechkg.errors import BadInputError, NotFoundError, TooLargeError
from mechkg.literature.folding import fold
from mechkg.literature.mentions import Mention, find_mentions
from mechkg.literature.papers import LARGEST, Paper, PaperStore
from mechkg.literature.selectors import Anchor
from mechkg.literature.suggestions import Suggestion, suggest
from mechkg.model.corpus import ItemKind
from mechkg.model.ledger_record import AssertionRecord, Status, canonical_json
from mechkg.model.procedure import Procedure
from mechkg.model.source import Document
from mechkg.service.catalog import Catalog
from mechkg.service.fit import lexicon_of
from mechkg.service.workspace import Workspace

Standing = Literal["new", "proposed", "accepted", "rejected", "superseded", "retracted"]
"""Whether the ledger holds the same already, and as what."""

_SUBJECTS = ("subject", "about", "entries", "names")


@dataclass(frozen=True, slots=True)
class Offered:
    """A suggestion that may be proposed; ``number`` counts from 1. ``same`` is the item that says it already, if one does."""

    number: int
    suggestion: Suggestion
    body: Mapping[str, Any]
    anchor: Anchor
    standing: Standing
    same: str | None = None

    @property
    def title(self) -> str:
        """What it says, in a few words."""
        about = [str(name) for key in ("subject", "about", "names") for name in self.body.get(key, ())]
        return " ".join([str(self.body.get("kind", self.suggestion.kind)), *about[:3]])

    @property
    def missing(self) -> tuple[str, ...]:
        """Fields that its kind needs and the sentence does not give."""
        return tuple(name for name in self.suggestion.missing if name not in self.body)


@dataclass(frozen=True, slots=True)
class Named:
    """Mentions of one thing under one name: how often, and the first of them."""

    mention: Mention
    times: int
    page: int


@dataclass(frozen=True, slots=True)
class ReadPaper:
    """A paper that was read: where it is kept, what it speaks of and suggests.

    ``new_document``: it would be entered too, with what is known ``about`` it.
    """

    paper: Paper
    document: str
    new_document: bool
    mentions: tuple[Mention, ...]
    offered: tuple[Offered, ...]
    about: Mapping[str, Any] = field(default_factory=dict)

    @property
    def named(self) -> list[Named]:
        """Mentions in the order of the print, those of one thing under one name together."""
        found: dict[tuple[str, str, str], list[Mention]] = {}
        for mention in self.mentions:
            printed = " ".join(mention.text.split())
            found.setdefault((mention.kind, printed, mention.entity or ""), []).append(mention)
        return [Named(those[0], len(those), self.paper.page(those[0].start)) for those in found.values()]

    def as_json(self) -> dict[str, Any]:
        """Return it as plain JSON content."""
        return {
            "paper": {
                "sha256": self.paper.sha256,
                "name": self.paper.name,
                "media_type": self.paper.media_type,
                "size": self.paper.size,
                "pages": len(self.paper.pages),
                "text_sha256": self.paper.text_sha256,
                "read_by": self.paper.read_by,
            },
            "document": self.document,
            "new_document": self.new_document,
            "mentions": [self._mention_json(mention) for mention in self.mentions],
            "suggestions": [
                {
                    "number": each.number,
                    "kind": each.suggestion.kind,
                    "body": dict(each.body),
                    "missing": list(each.missing),
                    "not_understood": list(each.suggestion.not_understood),
                    "why": each.suggestion.why,
                    "standing": each.standing,
                    "same_as": each.same,
                    "anchor": each.anchor.to_json(),
                }
                for each in self.offered
            ],
        }

    def _mention_json(self, mention: Mention) -> dict[str, Any]:
        return {
            "kind": mention.kind,
            "text": mention.text,
            "start": mention.start,
            "end": mention.end,
            "page": self.paper.page(mention.start),
            "value": None if mention.value is None else str(mention.value),
            "entity": mention.entity,
            "candidates": [str(candidate) for candidate in mention.candidates],
            "offered_as": mention.proposal.body() if mention.proposal else None,
            "of": mention.of,
            "why": mention.why,
        }


def papers_of(workspace: Workspace) -> PaperStore:
    """Return the papers kept in the home folder."""
    if workspace.home is None:
        raise BadInputError("papers are kept in a home folder, and this workspace has none")
    return PaperStore(workspace.home / "papers")


def read_paper(workspace: Workspace, path: Path | str, *, document: str | None = None) -> ReadPaper:
    """Keep the paper at ``path`` by its hash, and return what it speaks of and suggests.

    ``document`` is the document that it is (an id); without it the one whose text has this file name, else a new one. Raises
    BadInputError, TooLargeError or MissingExtraError for what cannot be read, NotFoundError with the nearest document.
    """
    file = Path(path)
    if not file.is_file():
        raise NotFoundError(f"there is no file '{path}'", hint="give a PDF or a text in UTF-8")
    if file.stat().st_size > LARGEST:
        raise TooLargeError(f"'{file.name}' has {file.stat().st_size} bytes; at most {LARGEST} are kept", hint="split it")
    return read(workspace, file.read_bytes(), file.name, document=document)


def read(workspace: Workspace, content: bytes, name: str, *, document: str | None = None) -> ReadPaper:
    """Do as :func:`read_paper` with the bytes of a file."""
    return look_through(workspace, papers_of(workspace).add(content, name), document=document)


def look_through(
    workspace: Workspace, paper: Paper, *, document: str | None = None, about: Mapping[str, Any] | None = None
) -> ReadPaper:
    """Return what a paper speaks of and suggests, wherever it is kept; ``document`` as in :func:`read_paper`.

    ``about`` is a document that is new here, with its id: the one that the paper is.
    """
    name, catalog = paper.name, workspace.catalog
    known = {e.id: e.value for e in catalog.by_kind.get("document", ()) if isinstance(e.value, Document)}
    if document is not None and document not in known:
        raise NotFoundError.of("document", document, known)
    chosen = document or (None if about else next((d.id for d in known.values() if d.text_file == name), None))
    new = dict(about or {"id": _document_id(paper, name, catalog), "text_file": name})
    named = chosen or str(new["id"])
    lexicon = lexicon_of(catalog)
    procedures = [e.value for e in catalog.by_kind.get("procedure", ()) if e.record.document == chosen]
    suggestions = suggest(
        paper.text,
        lexicon,
        prefix=f"read-{paper.sha256[:8]}",
        procedures=(value for value in procedures if isinstance(value, Procedure)),
    )
    offered = _offered(workspace, paper, named, suggestions)
    mentions = tuple(find_mentions(paper.text, lexicon))
    return ReadPaper(paper, named, chosen is None, mentions, tuple(offered), {} if chosen else new)


# --- what is known already --------------------------------------------------------------------------------------------


def _offered(workspace: Workspace, paper: Paper, document: str, suggestions: Iterable[Suggestion]) -> Iterator[Offered]:
    states = workspace.ledger.states()
    records = workspace.ledger.assertions(states)
    known: dict[tuple[str, str], list[tuple[AssertionRecord, Status]]] = {}
    for name, record in records.items():
        if record.document == document or record.kind in ("species", "chemical"):
            known.setdefault(_meaning(record.kind, record.body), []).append((record, states[name].status))
    taken = {record.item for record in records.values()}
    offered: set[str] = set()
    for suggestion in suggestions:
        body, place = dict(suggestion.body), suggestion.anchor(paper)
        same = _same(suggestion, known.get(_meaning(suggestion.kind, body), ()))
        body["id"] = _free(_name(suggestion, paper), taken) if same is None else same[0].item
        key = canonical_json([suggestion.kind, {key: value for key, value in body.items() if key != "id"}])
        if key in offered:
            continue
        offered.add(key)
        taken.add(body["id"])
        if len(paper.pages) > 1:
            body["locator"] = f"page {place.page}"
        standing: Standing = same[1] if same else "new"
        yield Offered(len(offered), suggestion, body, place, standing, same[0].item if same else None)


def _meaning(kind: ItemKind, body: Mapping[str, Any]) -> tuple[str, str]:
    """Return what two items have in common that may say the same: their kind, and what they are about."""
    if kind in ("species", "chemical"):
        return kind, ""
    about = {key: _plain(body[key]) for key in _SUBJECTS if body.get(key)}
    return f"{kind} {body.get('kind', '')}", canonical_json(about)


def _plain(value: Any) -> Any:
    return sorted(map(str, value)) if isinstance(value, list | tuple) else str(value)


def _same(suggestion: Suggestion, known: Iterable[tuple[AssertionRecord, Status]]) -> tuple[AssertionRecord, Status] | None:
    """Return the assertion that says the same by the same words; what counts or waits goes before what was refused."""
    quote = _words(suggestion.quote)
    names = {_words(str(name)) for name in suggestion.body.get("names", ())}
    rank: dict[Status, int] = {"accepted": 0, "proposed": 1, "rejected": 2, "retracted": 3, "superseded": 4}
    for record, status in sorted(known, key=lambda pair: (rank[pair[1]], pair[0].item)):
        if suggestion.kind in ("species", "chemical"):
            if names & {_words(str(name)) for name in record.body.get("names", ())}:
                return record, status
            continue
        quotes = [_words(str(words)) for words in record.body.get("quote", ())]
        if any(quote in other or other in quote for other in quotes if other):
            return record, status
    return None


def _words(text: str) -> str:
    return " ".join(fold(text).text.casefold().split())


def _name(suggestion: Suggestion, paper: Paper) -> str:
    """Return an id: of a species or chemical the one offered, else one made of the paper and of what is said."""
    if suggestion.kind in ("species", "chemical"):
        return str(suggestion.body["id"])
    said = canonical_json([suggestion.kind, {key: value for key, value in suggestion.body.items() if key != "id"}])
    return f"read-{paper.sha256[:8]}-{hashlib.sha256(said.encode()).hexdigest()[:8]}"


def _free(name: str, taken: Collection[str]) -> str:
    number = 2
    free = name
    while free in taken:
        free = f"{name[:76]}-{number}"
        number += 1
    return free


def _document_id(paper: Paper, name: str, catalog: Catalog) -> str:
    stem = re.sub(r"[^a-z0-9]+", "-", Path(name).stem.lower()).strip("-")[:60]
    plain = stem or "paper"
    return plain if plain not in catalog.entries else f"{plain}-{paper.sha256[:8]}"
