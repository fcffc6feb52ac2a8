"""What things are called in a sentence: names of species and steps, places of stages, times, media."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from mechkg.assets import queries_dir
from mechkg.model.verdict import Source as Statement
from mechkg.reasoning.facts import Source
from mechkg.reasoning.terms import Term

_SEEN_AS = {
    "present": "was seen",
    "single-ensemble": "alone was seen",
    "absent": "was looked for and not seen",
    "featureless": "showed no band",
    "appears": "appeared",
    "increases": "increased",
    "decreases": "decreased",
    "disappears": "disappeared",
    "no-reaction": "did not react",
    "scattering": "was sized by scattering",
    "constant": "stayed as it was",
    "no-change": "did not change",
    "precedes": "was seen in sequence",
    "amount-comparison": "was compared in amount",
    "rate-comparison": "was compared in rate",
    "rate-dependence": "was timed at several amounts",
    "kinetic-form": "was followed in time",
    "isosbestic-point": "crossed in one point",
    "linear-relation": "lay on a straight line",
    "peak-position": "was found by its band",
    "maximum": "passed through a maximum",
    "red-shift": "moved to the red",
    "emission": "emitted",
    "no-emission": "did not emit",
    "excitation": "was excited",
    "mass-spectrum": "was found in a mass spectrum",
    "composition-analysis": "was analysed",
    "nmr": "was seen by magnetic resonance",
    "microscopy": "was seen in the microscope",
    "ratio": "gave the ratio that was measured",
    "yield": "gave the yield that was measured",
}
_AGAINST = {"more": "more than was found", "less": "less than was found", "same": "what was found"}
_OTHER = {"temperature": "the temperature", "time": "the time before"}
_ANY = "Chemical"
"""The class of all that can be in a medium."""

_CLAIM = "/postulates/"
_FIGURE = re.compile(r"\b(?:Figure|Scheme|Table|Note)s? S?\d+(?:-\d+)?")


@dataclass(frozen=True, slots=True)
class Labels:
    """Names of things, by local name, and where each item is stated."""

    names: Mapping[str, str]
    stages: Mapping[str, str]
    statements: Mapping[str, Statement] = field(default_factory=dict)
    claims: Mapping[str, str] = field(default_factory=dict)
    """Postulates by their ids, in the words of one space, or of all where ids are not used twice."""

    def within(self, space: str) -> Labels:
        """Return the names as they are used within one hypothesis space: postulates are named within it."""
        own = _claims(name for name in self.names.items() if name[0].startswith(f"{space}{_CLAIM}"))
        return replace(self, claims={**self.claims, **own})

    def say(self, kind: str, value: Term) -> str:
        """Name ``value`` as an argument of the given ``kind`` (see the predicate table)."""
        if kind == "seconds" and isinstance(value, int):
            return duration_in_words(value)
        if kind in ("order", "thousandths") and isinstance(value, int):
            return f"{value / 1000:g}"
        if kind == "difference" and value in _OTHER:
            return _OTHER[str(value)]
        if kind == "observation":
            return f"the observation {value}"
        if kind == "stage":
            return self.stages.get(str(value), str(value))
        if kind == "medium":
            return " + ".join(" ".join(self.names.get(word, word) for word in part.split()) for part in str(value).split(" + "))
        if kind == "medium-class" and value == _ANY:
            return "any medium"
        if kind == "match" and value in _AGAINST:
            return _AGAINST[str(value)]
        if kind in ("class", "medium-class"):
            name = self.names.get(str(value), str(value))
            return name if str(value)[:1].islower() else f"a{'n' if name[:1].lower() in 'aeiou' else ''} {name}"
        if kind == "postulate":
            return self.claims.get(str(value), str(value))
        if kind == "seen-as":
            return _SEEN_AS.get(str(value), f"was reported as '{value}'")
        return self.names.get(str(value), str(value))


def duration_in_words(seconds: int) -> str:
    """Write a time as a chemist would.

    >>> duration_in_words(5400), duration_in_words(60), duration_in_words(0), duration_in_words(86400)
    ('90 min', '1 min', '0 min', '24 h')
    """
    if seconds % 60:
        return f"{seconds} s"
    minutes = seconds // 60
    return f"{minutes // 60} h" if minutes >= 120 and minutes % 60 == 0 else f"{minutes} min"


def read_labels(source: Source) -> Labels:
    """Read what things are called, and where each item is stated, from the graph."""
    names: dict[str, str] = {}
    for thing, label in source.rows(_query("labels"), {}):
        names.setdefault(str(thing), str(label).rstrip("."))
    rows: dict[str, list[tuple[Any, ...]]] = defaultdict(list)
    for row in source.rows(_query("stages"), {}):
        rows[str(row[0])].append(tuple(row[1:]))
    return Labels(
        names, {stage: _stage(stage, found, names) for stage, found in rows.items()}, _statements(source), _claims(names.items())
    )


def _claims(names: Iterable[tuple[str, str]]) -> dict[str, str]:
    return {thing.partition(_CLAIM)[2]: label for thing, label in names if _CLAIM in thing}


def _query(name: str) -> str:
    return (queries_dir() / "reasons" / f"{name}.rq").read_text(encoding="utf-8")


def _stage(stage: str, rows: list[tuple[Any, ...]], names: Mapping[str, str]) -> str:
    _, action, sample, _, _, _, _, duration, locator = rows[0]

    def contents(thing: int) -> str:
        found = dict.fromkeys((row[thing], row[thing + 1]) for row in rows if row[thing] is not None)
        return " + ".join(f"{amount} {names.get(c, c)}" if amount else names.get(c, c) for c, amount in found)

    medium, charge = contents(3), contents(5)
    length = f" for {duration}" if duration else ""
    what = {
        "disperse": f"dispersed in {medium}" if medium else "dispersed",
        "add": f"after adding {medium or charge}" if medium or charge else "after the addition",
        "incubate": f"kept as mixed{length}",
        "mix": "as mixed",
        "hold": f"held{length}",
        "store": f"stored{length}",
        "heat": f"heated{length}",
        "cool": f"cooled{length}",
        "age": f"aged{length}",
        "analyse": "as analysed",
        "sample": "as sampled",
        "prepare": "as prepared",
        "purify": "after purification",
        "monitor": f"followed{length}",
        "vary": "varied",
    }.get(str(action), str(action))
    where = str(locator) if locator else stage.partition("/")[0]
    named = _FIGURE.search(where)
    place = named[0] if named else where.split(";")[0].strip()
    return f"{place}{f', sample {sample}' if sample and str(sample) != what else ''}, {what}"


def _statements(source: Source) -> dict[str, Statement]:
    found: dict[str, Statement] = {}
    quotes: dict[str, dict[str, None]] = defaultdict(dict)
    for item, document, locator, quote, flag, nanopublication in source.rows(_query("sources"), {}):
        name = str(item)
        if quote is not None:
            quotes[name][str(quote)] = None
        found[name] = Statement(name, str(document), locator and str(locator), (), str(flag or "stated"), str(nanopublication))
    return {name: Statement(name, s.document, s.locator, tuple(quotes[name]), s.flag, s.assertion) for name, s in found.items()}
