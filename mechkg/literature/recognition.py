"""How well names and quantities are found: what the reader finds in passages, held against what a person marked in them.

A file of marked passages is YAML::

    passages:
    - paper: the-paper                  # id of the document
      text: heated to 130 °C/30 min
      mentions:                         # in the order of the print
      - {kind: temperature, text: "130 °C", value: "130 degC"}
      - {kind: time, text: "30 min", value: "30 min"}
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from mechkg.errors import BadInputError, NotFoundError
from mechkg.literature.lexicon import Lexicon
from mechkg.literature.mentions import NAMES, Mention, MentionKind, find_mentions
from mechkg.literature.yaml12 import read_yaml
from mechkg.model.quantity import Quantity

_HOURS = {"h": 60.0, "hour": 60.0, "hours": 60.0}
_SAME_UNIT = {"ml": "mL", "µL": "uL", "μL": "uL", "°C": "degC", "days": "day", "d": "day", "years": "year"} | dict.fromkeys(
    _HOURS, "min"
)

Key = tuple[str, str, str]
"""Kind, printed text with blanks made one, and value."""


class Marked(BaseModel):
    """A mention as a person marked it; a quantity has its value, with "degC" and the like for its unit."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: MentionKind
    text: str = Field(min_length=1)
    value: str | None = None

    @property
    def key(self) -> Key:
        """What must be found."""
        given = self.value
        if given is None or self.kind == "ratio" or given == "room temperature":
            return self.kind, _plain(self.text), given or ""
        return self.kind, _plain(self.text), _value(Quantity.model_validate(given), self.kind)


class MarkedPassage(BaseModel):
    """A passage of a paper (the id of its document) with everything that a person found in it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    paper: str
    text: str
    mentions: tuple[Marked, ...] = ()


@dataclass(frozen=True, slots=True)
class Miss:
    """A mention that is there and was not found, or that was found and is not there."""

    what: Literal["not found", "not there"]
    kind: str
    text: str
    value: str
    paper: str
    passage: str


@dataclass
class Score:
    """What was found of what is there, by kind, and every miss."""

    right: Counter[str] = field(default_factory=Counter)
    wrong: Counter[str] = field(default_factory=Counter)
    missed: Counter[str] = field(default_factory=Counter)
    misses: list[Miss] = field(default_factory=list)
    passages: int = 0

    @property
    def kinds(self) -> list[str]:
        """Kinds of mentions that are there, or were found."""
        return sorted(self.right.keys() | self.wrong.keys() | self.missed.keys())

    def precision(self, kind: str | None = None) -> float:
        """Share of what was found that is there; 1 when nothing was found."""
        right, wrong = _count(self.right, kind), _count(self.wrong, kind)
        return right / (right + wrong) if right + wrong else 1.0

    def recall(self, kind: str | None = None) -> float:
        """Share of what is there that was found; 1 when nothing is there."""
        right, missed = _count(self.right, kind), _count(self.missed, kind)
        return right / (right + missed) if right + missed else 1.0

    def there(self, kind: str | None = None) -> int:
        """How many mentions are there."""
        return _count(self.right, kind) + _count(self.missed, kind)

    def found(self, kind: str | None = None) -> int:
        """How many mentions were found."""
        return _count(self.right, kind) + _count(self.wrong, kind)


def read_passages(path: Path | str) -> list[MarkedPassage]:
    """Read marked passages; raise NotFoundError for a missing file, BadInputError with file and line for anything else."""
    try:
        reading = read_yaml(Path(path).read_text(encoding="utf-8"), str(path))
    except OSError as error:
        raise NotFoundError(f"the file '{path}' cannot be read: {error.strerror or error}") from error
    except UnicodeDecodeError as error:
        raise BadInputError(f"'{path}' is not in UTF-8") from error
    for finding in reading.findings:
        raise BadInputError(str(finding))
    entries = reading.content.get("passages") if isinstance(reading.content, dict) else None
    if not isinstance(entries, list):
        raise BadInputError(f"{path} has no list 'passages'", hint="each passage has paper, text and mentions")
    found: list[MarkedPassage] = []
    for number, entry in enumerate(entries):
        line = reading.lines.get(("passages", number), 1)
        try:
            found.append(passage := MarkedPassage.model_validate(entry))
            for mention in passage.mentions:
                _ = mention.key
        except ValidationError as error:
            first = error.errors()[0]
            raise BadInputError(f"{path}:{line}: {'.'.join(map(str, first['loc'])) or 'value'}: {first['msg']}") from error
        done = 0
        for mention in passage.mentions:
            place = passage.text.find(mention.text, done)
            if place < 0:
                raise BadInputError(f"{path}:{line}: '{mention.text}' does not stand there in the passage, or not in this order")
            done = place + len(mention.text)
    return found


def score(passages: Iterable[MarkedPassage], lexicon: Callable[[str], Lexicon]) -> Score:
    """Run the reader over passages, each alone, with the names that ``lexicon`` gives for its paper."""
    found = Score()
    for passage in passages:
        found.passages += 1
        there = Counter(mention.key for mention in passage.mentions)
        seen = Counter(_found(mention) for mention in find_mentions(passage.text, lexicon(passage.paper)))
        for (kind, _, _), count in (there & seen).items():
            found.right[kind] += count
        for what, keys, counter in (
            ("not found", there - seen, found.missed),
            ("not there", seen - there, found.wrong),
        ):
            for (kind, text, value), count in keys.items():
                counter[kind] += count
                miss = Miss(
                    "not found" if what == "not found" else "not there", kind, text, value, passage.paper, _plain(passage.text)
                )
                found.misses += [miss] * count
    return found


def _found(mention: Mention) -> Key:
    value = None if mention.kind in NAMES else mention.value
    return mention.kind, _plain(mention.text), _value(value, mention.kind)


def _value(given: Quantity | str | None, kind: str) -> str:
    """Return a value in units that make one of several spellings."""
    if not isinstance(given, Quantity):
        return given or ""
    unit = str(Quantity(value=1, unit=given.unit)).removeprefix("1").strip()
    factor = _HOURS.get(given.unit, 1.0) if kind == "time" else 1.0
    high = None if given.high is None else given.high * factor
    return str(given.model_copy(update={"unit": _SAME_UNIT.get(unit, unit), "value": given.value * factor, "high": high}))


def _plain(text: str) -> str:
    return " ".join(text.split())


def _count(counter: Counter[str], kind: str | None) -> int:
    return counter.total() if kind is None else counter[kind]
