"""Reading conclusions: the list of what authors infer, and the files that put them in the engine's own terms."""

from __future__ import annotations

from pathlib import Path
from typing import Any, get_args

from pydantic import ValidationError

from mechkg.errors import BadInputError, NotFoundError
from mechkg.literature.yaml12 import YamlReading, read_yaml
from mechkg.model.conclusion import Conclusion, ConclusionMap, Judgement, Mapped


def read_conclusions(path: Path | str) -> list[Conclusion]:
    """Read a list of conclusions: a mapping with ``conclusions``, each with ``id``, ``conclusion`` and ``verdict``.

    Anything else in the file is passed over. Raises NotFoundError for a missing file, BadInputError with file and line.
    """
    reading = _read(Path(path))
    found = []
    for number, entry in enumerate(_entries(reading, path)):
        line = reading.lines.get(("conclusions", number), 1)
        if not isinstance(entry, dict) or not {"id", "conclusion", "verdict"} <= entry.keys():
            raise BadInputError(f"{path}:{line}: a conclusion has id, conclusion and verdict")
        if entry["verdict"] not in get_args(Judgement):
            expected = ", ".join(get_args(Judgement))
            raise BadInputError(
                f"{path}:{line}: '{entry['verdict']}' is no judgement of a conclusion; expected one of {expected}"
            )
        found.append(Conclusion(str(entry["id"]), str(entry["conclusion"]), entry["verdict"]))
    return found


def read_maps(folder: Path) -> dict[str, Mapped]:
    """Read all files of a folder that put conclusions in the engine's own terms; id of a conclusion -> how it is put.

    Raises BadInputError with file and line for one that cannot be read, or that puts a conclusion a second time.
    """
    found: dict[str, Mapped] = {}
    for path in sorted(folder.glob("*.yaml")):
        reading = _read(path)
        try:
            read = ConclusionMap.model_validate(reading.content)
        except ValidationError as error:
            first = error.errors()[0]
            raise BadInputError(f"{path.name}:{_line(reading, first['loc'])}: {first['msg']}") from error
        for number, entry in enumerate(read.conclusions):
            if entry.id in found:
                line = reading.lines.get(("conclusions", number), 1)
                raise BadInputError(f"{path.name}:{line}: the conclusion '{entry.id}' is put a second time")
            found[entry.id] = entry
    return found


def _read(path: Path) -> YamlReading:
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise NotFoundError(f"the file '{path}' cannot be read: {error.strerror or error}") from error
    reading = read_yaml(text, path.name)
    if reading.findings:
        raise BadInputError(str(reading.findings[0]))
    return reading


def _entries(reading: YamlReading, path: Path | str) -> list[Any]:
    content = reading.content
    if not isinstance(content, dict) or not isinstance(content.get("conclusions"), list):
        raise BadInputError(f"{path}:1: expected a mapping with a list of 'conclusions'")
    entries: list[Any] = content["conclusions"]
    return entries


def _line(reading: YamlReading, place: tuple[int | str, ...]) -> int:
    """Return the line of the nearest part of ``place`` that the file has."""
    for length in range(len(place), 0, -1):
        if (line := reading.lines.get(tuple(place[:length]))) is not None:
            return line
    return 1
