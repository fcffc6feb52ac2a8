"""Precision and recall of the recogniser over the gold standard, with every miss.

python tests/literature/recognition/score.py [tuned|held_out ...]
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from mechkg.assets import corpus_dir
from mechkg.graph.ontology import label_of, subclasses_of
from mechkg.literature.lexicon import Lexicon
from mechkg.literature.mentions import NAMES, Mention, find_mentions
from mechkg.literature.reader import read_corpus_file
from mechkg.literature.yaml12 import read_yaml
from mechkg.model.quantity import Quantity

HERE = Path(__file__).parent
Key = tuple[str, str, str]
"""Kind, printed text with blanks made one, and value."""


@lru_cache(maxsize=4)
def lexicon(without: str | None = None) -> Lexicon:
    """Everything that the corpus knows by name, from the file called ``without`` nothing but the materials."""
    items = []
    for path in sorted(corpus_dir().glob("*.yaml")):
        corpus = read_corpus_file(path).corpus
        assert corpus is not None, path
        items += [item for kind, item in corpus.items() if path.stem != without or kind == "material"]
    return Lexicon.of(items, {name: label_of(name) for name in subclasses_of("Chemical")})


@dataclass
class Score:
    """What was found of what is there; ``misses`` are lines of a table: +wrongly found, -not found."""

    right: Counter[str] = field(default_factory=Counter)
    wrong: Counter[str] = field(default_factory=Counter)
    missed: Counter[str] = field(default_factory=Counter)
    misses: list[str] = field(default_factory=list)
    passages: int = 0

    @property
    def precision(self) -> float:
        """Share of what was found that is there."""
        return self.right.total() / max(1, self.right.total() + self.wrong.total())

    @property
    def recall(self) -> float:
        """Share of what is there that was found."""
        return self.right.total() / max(1, self.right.total() + self.missed.total())

    def table(self) -> Iterator[str]:
        """Yield one line per kind, and one for all."""
        yield f"{'kind':14} {'there':>6} {'found':>6} {'right':>6} {'precision':>10} {'recall':>7}"
        kinds = sorted(self.right.keys() | self.wrong.keys() | self.missed.keys())
        for kind in [*kinds, "all"]:
            right, wrong, missed = (
                counter.total() if kind == "all" else counter[kind] for counter in (self.right, self.wrong, self.missed)
            )
            precision, recall = right / max(1, right + wrong), right / max(1, right + missed)
            yield f"{kind:14} {right + missed:6} {right + wrong:6} {right:6} {precision:10.3f} {recall:7.3f}"


def passages(part: str) -> list[dict[str, Any]]:
    """Return the passages of one part of the gold standard."""
    reading = read_yaml((HERE / f"{part}.yaml").read_text(encoding="utf-8"), f"{part}.yaml")
    assert not reading.findings, reading.findings
    found: list[dict[str, Any]] = reading.content["passages"]
    return found


def _value(given: Quantity | str | None, kind: str) -> str:
    if given is None:
        return ""
    if isinstance(given, Quantity):
        unit = str(Quantity(value=1, unit=given.unit)).removeprefix("1").strip()
        scale = {"h": 60.0, "hours": 60.0, "hour": 60.0} if kind == "time" else {}
        unit = {
            "ml": "mL",
            "µL": "uL",
            "μL": "uL",
            "°C": "degC",
            "hours": "min",
            "hour": "min",
            "h": "min",
            "days": "day",
            "years": "year",
            "d": "day",
        }.get(unit, unit)
        factor = scale.get(given.unit, 1.0)
        return str(given.model_copy(update={"unit": unit, "value": given.value * factor}))
    return given


def wanted(mention: dict[str, str]) -> Key:
    """What the gold standard says of one mention."""
    kind, printed = mention["kind"], " ".join(mention["text"].split())
    value: Quantity | str | None = None
    if "value" in mention:
        given = mention["value"].replace("\\sim", "~").replace("100°C", "100 °C")
        value = given if kind == "ratio" or given == "room temperature" else Quantity.model_validate(given)
    return kind, printed, _value(value, kind)


def got(mention: Mention) -> Key:
    """What the recogniser says of one mention."""
    value = None if mention.kind in NAMES else mention.value
    return mention.kind, " ".join(mention.text.split()), _value(value, mention.kind)


def score(part: str, *, new_paper: bool = False) -> Score:
    """Run the recogniser over one part of the gold standard."""
    found = Score()
    for passage in passages(part):
        found.passages += 1
        known = lexicon(passage["paper"] if new_paper else None)
        there = [wanted(mention) for mention in passage.get("mentions", ())]
        seen = [got(mention) for mention in find_mentions(passage["text"], known)]
        matched = Counter(there) & Counter(seen)
        for key, count in matched.items():
            found.right[key[0]] += count
        for sign, keys, counter in (("-", Counter(there) - matched, found.missed), ("+", Counter(seen) - matched, found.wrong)):
            for key, count in keys.items():
                counter[key[0]] += count
                shown = " = ".join(part for part in key[1:] if part)
                found.misses.append(f"{sign} {key[0]:13} {shown:34} {' '.join(passage['text'].split())[:110]}")
    return found


def main(parts: Sequence[str]) -> None:
    """Print precision, recall and misses."""
    new_paper = "--new-paper" in parts
    for part in [part for part in parts if not part.startswith("--")] or ["tuned", "held_out"]:
        found = score(part, new_paper=new_paper)
        print(f"\n{part}: {found.passages} passages, precision {found.precision:.3f}, recall {found.recall:.3f}\n")
        print("\n".join(found.table()))
        print("\n- not found, + found and not there\n" + "\n".join(found.misses))


if __name__ == "__main__":
    main(sys.argv[1:])
