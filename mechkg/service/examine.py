"""What is gathered, held against all that counts: each thing that is wrong at the field that it is wrong with."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from pydantic import ValidationError

from mechkg.curation.edits import Put, checked
from mechkg.errors import MechkgError, nearest
from mechkg.literature.mistakes import findings_of_item
from mechkg.literature.places import Path, Places
from mechkg.literature.quotes import QuotableText
from mechkg.literature.references import ANYTHING, LONGEST_QUOTE
from mechkg.model.change_set import Edit
from mechkg.model.corpus import SECTIONS
from mechkg.model.finding import Finding, Severity
from mechkg.model.ledger_record import AssertionRecord
from mechkg.service.acting import PutItem, wishes_of
from mechkg.service.catalog import Catalog
from mechkg.service.check_edits import check_edits
from mechkg.service.fit import doubts
from mechkg.service.gathered import Gathered, Part, completed
from mechkg.service.item_form import boxes_of, model_of, named, usual
from mechkg.service.proposal import read_proposal
from mechkg.service.supposed import supposed_catalog
from mechkg.service.workspace import Workspace

_SECTION_OF: Final = {kind: section for section, kind in SECTIONS.items()}


@dataclass(frozen=True, slots=True)
class Placed:
    """Something found wrong or doubtful: in which part (None: in none of them), at which path of it."""

    part: int | None
    path: str
    severity: Severity
    message: str
    hint: str | None = None
    code: str = ""


@dataclass(frozen=True, slots=True)
class Examined:
    """What is gathered, with its names filled in, and all that stands against it."""

    found: Gathered
    findings: tuple[Placed, ...]

    @property
    def acceptable(self) -> bool:
        """Whether nothing keeps it from being proposed."""
        return all(finding.severity != "error" for finding in self.findings)


def examine(workspace: Workspace, gathered: Gathered, text: QuotableText | None = None) -> Examined:
    """Hold what is gathered against all that counts, by the checks that acceptance holds it against.

    ``text`` is that of the paper, where it is at hand: quotes are looked for in it.
    """
    catalog = workspace.catalog
    found = completed(catalog, gathered)
    findings = [*_frame(catalog, found), *_valid(found), *_lengths(found)]
    if text is not None:
        findings += _quoted(found, text)
    wrong = any(finding.severity == "error" for finding in findings)
    findings += _unknown(catalog, found) if wrong else _against_all(catalog, found)
    return Examined(found, tuple(findings))


def _frame(catalog: Catalog, found: Gathered) -> Iterator[Placed]:
    documents = [entry.id for entry in catalog.by_kind.get("document", ())]
    coming = [part.id for part in found.parts if part.kind == "document"]
    if not found.parts and not found.removes:
        yield Placed(None, "", "error", "Nothing is gathered yet.", code="draft.empty")
    if any(part.item is None and part.kind != "document" for part in found.parts):
        if not found.document and not coming:
            yield Placed(None, "document", "error", "Say which paper it is of.", code="draft.no-document")
        elif found.document and found.document not in (*documents, *coming):
            close = nearest(found.document, documents)
            hint = f"Did you mean '{close}'?" if close else "A paper that is not here yet can be added to this change set."
            yield Placed(None, "document", "error", f"There is no paper called '{found.document}'.", hint, "draft.no-document")
    seen: dict[str, int] = {}
    for number, part in enumerate(found.parts):
        entry = catalog.entries.get(part.id)
        if part.item is None and entry is not None:
            message = f"'{part.id}' is a {entry.kind} of '{entry.record.document}' already."
            yield Placed(
                number, "id", "error", message, f"Change that one at /curate/edit/{part.id}, or choose another name.", "taken"
            )
        elif part.item is not None and entry is None:
            yield Placed(number, "id", "error", f"'{part.item}' does not count any more, so it cannot be changed.", code="gone")
        elif part.item is not None and part.id in seen:
            yield Placed(number, "id", "error", f"'{part.id}' stands here twice.", code="twice")
        elif part.item is None and part.id in seen:
            yield Placed(number, "id", "error", f"Another item of this change set is called '{part.id}'.", code="twice")
        seen.setdefault(part.id, number)


def _valid(found: Gathered) -> Iterator[Placed]:
    for number, part in enumerate(found.parts):
        try:
            model_of(part.kind).model_validate(dict(part.body))
        except ValidationError as error:
            yield from placed_mistakes(number, part, error)


def placed_mistakes(number: int, part: Part, error: ValidationError) -> Iterator[Placed]:
    """Yield what is wrong with an item, each at its path."""
    missing = set()
    for detail in error.errors(include_url=False):
        if detail["type"] == "missing":
            path = _path(part, tuple(detail["loc"]))
            missing.add(detail["loc"])
            yield Placed(number, path, "error", "This is needed.", code="corpus.missing-field")
    paths, places = _numbered(dict(part.body))
    section = _SECTION_OF.get(part.kind)
    root: Path = ("source",) if section is None else (section, 0)
    within = Places({(*root, *path): line for path, line in places.items()})
    for finding in findings_of_item(error, part.kind, part.body, within):
        if finding.code == "corpus.missing-field":
            continue
        path = _path(part, paths[finding.line] if finding.line else ())
        yield Placed(number, path, "error", _beside(finding.message, path), _hint(finding.hint), finding.code)


def _path(part: Part, path: Path) -> str:
    """Return where the form shows what stands at a path of an item: members are counted from 1 there."""
    parts: list[str] = []
    known = {box.path for one in boxes_of(part.kind, part.body) for box in one.all()}
    for step in path:
        tried = str(step + 1) if isinstance(step, int) else str(step)
        if isinstance(step, int) and not _many(part, ".".join(parts)):
            continue
        parts.append(tried)
    text = ".".join(parts)
    while text and text not in known:  # an entry goes by its number, and is shown with all the others
        text = text.rpartition(".")[0]
    return text


def _many(part: Part, path: str) -> bool:
    found = {box.path: box for one in boxes_of(part.kind, part.body) for box in one.all()}.get(path)
    return found is not None and found.field.many


def _numbered(body: Mapping[str, Any]) -> tuple[dict[int, Path], dict[Path, int]]:
    """Give every place of an item a number, by which findings can say where they are."""
    paths: dict[int, Path] = {}

    def walk(value: Any, path: Path) -> None:
        paths[len(paths) + 1] = path
        if isinstance(value, Mapping):
            for key, inside in value.items():
                walk(inside, (*path, key))
        elif isinstance(value, list | tuple):
            for number, inside in enumerate(value):
                walk(inside, (*path, number))

    walk(body, ())
    return paths, {path: number for number, path in paths.items()}


def _lengths(found: Gathered) -> Iterator[Placed]:
    for number, part in enumerate(found.parts):
        quotes = part.body.get("quote") or ()
        for place, words in enumerate([quotes] if isinstance(quotes, str) else quotes, start=1):
            if (count := len(str(words).split())) > LONGEST_QUOTE:
                message = f"The quote has {count} words; at most {LONGEST_QUOTE} are kept of a text."
                yield Placed(number, f"quote.{place}", "error", message, "Leave words out at an end.", "corpus.long-quote")


def _quoted(found: Gathered, text: QuotableText) -> Iterator[Placed]:
    for number, part in enumerate(found.parts):
        if part.item is not None:
            continue
        quotes = part.body.get("quote") or ()
        for place, words in enumerate([quotes] if isinstance(quotes, str) else quotes, start=1):
            result = text.find(str(words), str(part.body.get("locator") or "") or None)
            if result.status in ("missing", "refused"):
                near = f"Nearest there: “{result.passage.text}”" if result.passage else None
                reason = f": {result.reason}" if result.reason else ""
                message = f"These words do not stand so in the text that you read{reason}."
                yield Placed(number, f"quote.{place}", "warning", message, near, "quote.missing")


def _unknown(catalog: Catalog, found: Gathered) -> Iterator[Placed]:
    """Yield the names that nothing has, while what is valid by itself cannot be held against everything yet."""
    coming = {part.id: part.kind for part in found.parts}
    stages = {
        f"{entry.id}/{stage['id']}"
        for entry in catalog.by_kind.get("procedure", ())
        for stage in entry.record.body.get("stages", ())
    }
    for number, part in enumerate(found.parts):
        for path, kinds, text in named(part.kind, part.body):
            if "stage" in kinds:
                valid: Collection[str] = stages
                if text in stages or "/" not in text or text.partition("/")[0] in coming:
                    continue
            else:
                entry = catalog.entries.get(text)
                kind = entry.kind if entry else coming.get(text)
                if kind is not None and (kinds == ANYTHING or kind in kinds):
                    continue
                valid = [e.id for e in catalog.entries.values() if kinds == ANYTHING or e.kind in kinds]
            close = nearest(text, valid)
            hint = f"did you mean '{close}'?" if close else None
            what = " or ".join(kinds) or "item"
            yield Placed(number, path, "error", f"'{text}': there is no such {what}.", hint, "corpus.unknown-name")


def _against_all(catalog: Catalog, found: Gathered) -> list[Placed]:
    """Hold it against everything together; only what is valid by itself gets here."""
    try:
        proposal = read_proposal(catalog, found.content(catalog))
        asked = [each for each in proposal.asked if not (isinstance(each, PutItem) and _same(catalog, each))]
        wishes = wishes_of(catalog, asked)
        edits: tuple[Edit, ...] = checked(wishes)
    except MechkgError as error:
        return [Placed(None, "", "error", _sentence(error.message), error.hint, error.code)]
    records: dict[str, AssertionRecord] = {wish.record.id: wish.record for wish in wishes if isinstance(wish, Put)}
    then = supposed_catalog(catalog, edits, records)
    number_of = {part.id: number for number, part in enumerate(found.parts)}
    marks: dict[str, dict[Path, int]] = {}
    where: dict[int, tuple[int, Path]] = {}
    for number, part in enumerate(found.parts):
        for path in _numbered(usual(part.kind, part.body))[0].values():
            where[len(where) + 1] = (number, path)
            marks.setdefault(part.id, {})[path] = len(where)
    placed = [_found(found, finding, where, number_of) for finding in check_edits(catalog, then, edits, marks)]
    for doubt in doubts(catalog, then, edits):
        at = number_of.get(doubt.item)
        shown = "" if at is None else _path(found.parts[at], _steps(doubt.found.path))
        hint = "A reviewer will have to say why in spite of this."
        placed.append(Placed(at, shown, "warning", _beside(doubt.sentence, shown), hint, "fit.contradicted"))
    return placed


def _same(catalog: Catalog, asked: PutItem) -> bool:
    """Say whether an item reads so already."""
    entry = catalog.entries.get(str(asked.body.get("id")))
    return entry is not None and entry.record.body == usual(asked.kind, asked.body)


def _steps(path: str) -> Path:
    return tuple(int(step) if step.isdigit() else step for step in re.split(r"[.\[\]]+", path) if step)


def _found(found: Gathered, finding: Finding, where: Mapping[int, tuple[int, Path]], number_of: Mapping[str, int]) -> Placed:
    number, path = where.get(finding.line or 0, (None, ()))
    if number is None:
        quoted = re.findall(r"'([^']+)'", finding.message)
        number = next((number_of[name] for name in quoted if name in number_of), None)
    shown = "" if number is None else _path(found.parts[number], path)
    return Placed(number, shown, finding.severity, _beside(finding.message, shown), _hint(finding.hint), finding.code)


def _sentence(message: str) -> str:
    text = message.strip()
    return text if text.endswith((".", "?", "!")) else f"{text}."


def _beside(message: str, path: str) -> str:
    """Return what is wrong in words for beside the field, which need not name item and field again.

    >>> _beside("'kind' of 'c-1' is 'x', which is not one of the known values", "kind")
    "'x' is not one of the known values."
    >>> _beside("'about' of 'c-1' names 'y'; there is no such item", "about.1")
    "'y': there is no such item."
    >>> _beside("'measured.quantity' of 'c-1' is '3 nmm'; 'nmm' is not a known unit", "measured.1.quantity")
    "'nmm' is not a known unit."
    >>> _beside("'c-1' says present (kind), and the quote denies it ('No')", "kind")
    "This says present, and the quote denies it ('No')."
    """
    if path:
        message = re.sub(r"^'[^']*' of '[^']*':? ", "", message)
        message = re.sub(r"^is ('.*'), which is", r"\1 is", message)
        message = re.sub(r"^is '.*'; ", "", message)
        message = re.sub(r"^names ('[^']*'); ", r"\1: ", message)
        message = re.sub(r"^'[^']*' says (.+?) \([\w.]+\), and", r"This says \1, and", message)
        message = message[:1].upper() + message[1:]
    return _sentence(message)


def _hint(hint: str | None) -> str | None:
    """Return a hint without the list of all that could stand there, where it names the nearest."""
    return hint.partition(" expected one of:")[0] if hint and hint.startswith("did you mean") else hint
