"""What pydantic says about a corpus file, in the words of its author: place, what was expected, the nearest valid name."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import BaseModel, ValidationError

from mechkg.errors import nearest
from mechkg.literature.dimensions import dimensions_of, near_unit
from mechkg.literature.fields import key_of, model_at
from mechkg.literature.places import Path, Places
from mechkg.model.base import Misplaced
from mechkg.model.corpus import SECTIONS, CorpusFile
from mechkg.model.finding import Finding

_QUOTED = re.compile(r"'((?:[^'\\]|\\.)*)'")
_UNIT = re.compile(r"'(?P<unit>.*)' is not a known unit$")
_TYPES = {
    "int": "a whole number",
    "float": "a number",
    "bool": "true or false",
    "list": "a list",
    "tuple": "a list",
    "dict": "a mapping (key: value)",
    "model": "a mapping (key: value)",
}

# Of several errors about one value (one per branch of a union) the most telling one is shown.
_TELLING = ("extra_forbidden", "missing", "value_error", "string_pattern_mismatch", "literal_error")


def findings_of_item(error: ValidationError, kind: str, body: Mapping[str, Any], places: Places | None = None) -> list[Finding]:
    """Return one finding per mistaken value of one item that was given by itself, without a file around it.

    ``places`` are those of a file with it alone, by which findings say where they are.
    """
    section = next((name for name, known in SECTIONS.items() if known == kind), None)
    content: dict[str, Any] = {"source": body} if section is None else {section: [body]}
    return findings_of(
        error, content, Places({}) if places is None else places, None, at=("source",) if section is None else (section, 0)
    )


def findings_of(error: ValidationError, content: Any, places: Places, file: str | None, at: Path = ()) -> list[Finding]:
    """Return one finding per mistaken value, in the order of the file; ``at`` is where in it the mistaken model stands."""
    by_place: dict[tuple[Path, str], list[Any]] = {}
    for detail in error.errors(include_url=False):
        detail["loc"] = (*at, *detail["loc"])
        path = _real_path((*detail["loc"], *next(iter(_parts(detail)), ())), content)
        if detail["type"] == "too_short" and detail.get("input"):
            continue  # its members are at fault, and have findings of their own
        # Unknown and missing fields are mistakes of their own; branches of a union speak about the same value.
        name = str(detail["loc"][-1]) if detail["type"] in ("extra_forbidden", "missing") else ""
        by_place.setdefault((path, name), []).append(detail)
    found = [_finding(path, details, content, places, file) for (path, _), details in by_place.items()]
    return sorted(found, key=lambda finding: finding.line or 0)


def _parts(detail: Any) -> tuple[Path, ...]:
    """Return the paths to the parts at fault, from the value that was found wanting; none when it says nothing of them."""
    error = detail.get("ctx", {}).get("error")
    return error.paths if isinstance(error, Misplaced) else ()


def _real_path(location: Iterable[str | int], content: Any) -> Path:
    """Follow ``location`` into the file's content; parts that name a branch of a union are not in the file."""
    path: list[str | int] = []
    for part in location:
        inside_list = isinstance(content, list) and isinstance(part, int) and part < len(content)
        if inside_list or (isinstance(content, dict) and part in content):
            content = content[part]
            path.append(part)
    return tuple(path)


def _subject(path: Path, content: Any) -> str:
    """Name what is spoken of: the item's id where it has one, and the field."""
    value, label = content, ""
    inside: list[str] = []
    for part in path:
        try:
            value = value[part]
        except (KeyError, IndexError, TypeError):
            break
        if isinstance(part, str):
            inside.append(part)
        if (isinstance(part, int) or part == "source") and isinstance(value, dict) and isinstance(value.get("id"), str):
            label, inside = f"{label}/{value['id']}" if label else value["id"], []
    field = ".".join(inside)
    return " of ".join(x for x in (f"'{field}'" if field else "", f"'{label}'" if label else "") if x) or "the file"


def _finding(path: Path, details: list[Any], content: Any, places: Places, file: str | None) -> Finding:
    def rank(detail: Any) -> int:
        kind = detail["type"]
        return _TELLING.index(kind) if kind in _TELLING else len(_TELLING)

    detail = min(details, key=rank)
    code, message, hint = _say(detail, path, content)
    others = [str(places.at(_real_path((*detail["loc"], *part), content))) for part in _parts(detail)[1:]]
    if others:
        message += f" (see also line{'s' if len(others) > 1 else ''} {', '.join(others)})"
    words = [w for other in details if other is not detail and other["type"] == "literal_error" for w in _expected(other)]
    if words and code != "unknown-field":
        hint = "; ".join(x for x in (hint, f"or write {', '.join(repr(w) for w in words)}") if x)
    return Finding("error", f"corpus.{code}", message, file, places.at(path), hint)


def _expected(detail: Any) -> list[str]:
    return _QUOTED.findall(str(detail.get("ctx", {}).get("expected", "")))


def _model(path: Path) -> type[BaseModel] | None:
    return model_at(CorpusFile, path)


def _what(path: Path) -> str:
    """Name the kind of thing at ``path`` in plain words."""
    if not path:
        return "a corpus file"
    model = _model(path)
    if len(path) == 2 and path[0] in SECTIONS:
        kind = SECTIONS[str(path[0])]
        return f"{'an' if kind[0] in 'aeiou' else 'a'} {kind}"
    name = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", model.__name__).lower() if model else "mapping"
    return f"{'an' if name[0] in 'aeiou' else 'a'} {name}"


def _say(detail: Any, path: Path, content: Any) -> tuple[str, str, str | None]:
    """Return code, sentence and hint for one error of pydantic."""
    kind, given, subject = detail["type"], detail.get("input"), _subject(path, content)
    if kind == "extra_forbidden":
        unknown, owner = str(detail["loc"][-1]), path[:-1]
        model = _model(owner)
        known = [key_of(model, name) for name in model.model_fields] if model else []
        close = nearest(unknown, known)
        return (
            "unknown-field",
            f"'{unknown}' is not a field of {_what(owner)} ({_subject(owner, content)})",
            f"did you mean '{close}'?" if close else f"it has {', '.join(known)}",
        )
    if kind == "missing":
        return "missing-field", f"{_what(path)} ({subject}) needs the field '{detail['loc'][-1]}'", None
    if kind == "literal_error":
        words = _expected(detail)
        close = nearest(str(given), words)
        expected = ", ".join(words) or str(detail["ctx"]["expected"])
        lead = f"did you mean '{close}'? " if close else ""
        return (
            "bad-value",
            f"{subject} is {_shown(given)}, which is not one of the known values",
            f"{lead}expected one of: {expected}",
        )
    if kind == "value_error":
        return _value_error(str(detail["ctx"]["error"]), given, subject, path)
    if kind == "string_pattern_mismatch":
        slug = re.sub(r"[^a-z0-9.\-]+", "-", str(given).lower().replace("_", "-")).strip("-.")
        hint = f"did you mean '{slug}'?" if slug else None
        if "/" in str(detail["ctx"]["pattern"]):
            hint = "write procedure/stage, or only the stage within its own procedure"
        return "bad-value", f"{subject} is {_shown(given)}; a name has lower-case letters, digits, dots and hyphens only", hint
    if kind == "string_type" and isinstance(given, int | float):
        return "bad-value", f"{subject} is the number {given}; words are expected", f"write it in quotes: '{given}'"
    if kind == "string_type" and given is None:
        return "bad-value", f"{subject} is empty; words are expected", "leave the field out when there is nothing to say"
    expected_type = _TYPES.get(kind.partition("_")[0])
    if expected_type and kind.endswith(("_type", "_parsing")):
        return "bad-value", f"{subject} is {_shown(given)}; {expected_type} is expected", None
    return "bad-value", f"{subject}: {detail['msg'][:1].lower()}{detail['msg'][1:]}", f"found {_shown(given)}"


def _value_error(sentence: str, given: Any, subject: str, path: Path) -> tuple[str, str, str | None]:
    match = _UNIT.search(sentence)
    if match is None:
        return "bad-value", f"{subject}: {sentence}", None
    close = near_unit(match["unit"], dimensions_of(path))
    return (
        "wrong-unit",
        f"{subject} is {_shown(given)}; '{match['unit']}' is not a known unit",
        f"did you mean '{close}'?" if close else "units are written as in 30 min, 2.3 mL, 399 nm, 130 degC, 0.5 mmol",
    )


def _shown(given: Any) -> str:
    if isinstance(given, BaseModel):
        given = str(given)
    if isinstance(given, dict):
        return "a mapping"
    if isinstance(given, list | tuple):
        return "a list"
    if given is None:
        return "empty"
    text = str(given)
    return f"'{text if len(text) <= 60 else text[:57] + '...'}'"
