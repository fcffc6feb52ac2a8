"""The rule files: each rule under a sentence that says it in words, with a label of how sound it is."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from mechkg.assets import rules_dir
from mechkg.errors import RuleError, nearest
from mechkg.reasoning.predicates import PREDICATES
from mechkg.reasoning.terms import Atom, ForAll, Literal, RuleText

SOUNDNESS = ("sound", "heuristic", "convention")
"""sound: follows whatever the rates. heuristic: what a careful chemist would infer. convention: a way of reading, not a fact."""

_NOTE = re.compile(r"^%@\s*(?:(?P<key>says|soundness|source|brief|yields):\s*)?(?P<text>.*\S)\s*$")


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: its name, its sentence with variables in braces, its label, its source, and the rule itself.

    ``brief`` says in a few words what a conflict found by the rule comes to; it is not told beside one of a kind in ``yields`` on
    the same observation, species and stage, which says more.
    """

    name: str
    says: str
    soundness: str
    source: str | None
    brief: str
    file: str
    text: RuleText
    yields: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Rulebook:
    """All rules in order, and the clingo text that opens the choices."""

    rules: tuple[Rule, ...]
    choices: str

    def by_name(self, name: str) -> Rule:
        """Return the rule called ``name``."""
        return next(rule for rule in self.rules if rule.name == name)


@lru_cache(maxsize=4)
def read_rulebook(folder: Path | None = None) -> Rulebook:
    """Read the rule files of ``folder`` (the shipped ones by default) in the order of their names.

    Raises RuleError, naming file and line, for a rule without name, sentence or label, for a predicate that the table does not
    know or whose absence means nothing, and for a cycle through negation.
    """
    place = folder or rules_dir()
    rules: list[Rule] = []
    for path in sorted(place.glob("*.lp")):
        if path.name != "choices.lp":
            rules.extend(_read(path))
    names = [rule.name for rule in rules]
    for name in names:
        if names.count(name) > 1:
            raise RuleError(f"two rules are called '{name}'")
    check_stratified([rule.text for rule in rules])
    choices = place / "choices.lp"
    return Rulebook(tuple(rules), choices.read_text(encoding="utf-8") if choices.exists() else "")


def _read(path: Path) -> list[Rule]:
    from mechkg.reasoning.engine import parse_rules  # clingo, which whoever has read the rules before does not need

    text = path.read_text(encoding="utf-8")
    notes: dict[int, dict[str, str]] = {}
    pending: dict[str, str] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        if match := _NOTE.match(line):
            pending[match["key"] or "name"] = match["text"]
        elif line.strip() and not line.startswith("%"):
            if pending:
                notes[number] = pending
            pending = {}
    rules = []
    for parsed in parse_rules(text, path.name):
        place = f"{path.name}:{parsed.line}"
        note = notes.get(parsed.line, {})
        for key in ("name", "says", "soundness"):
            if key not in note:
                raise RuleError(
                    f"{place}: the rule for '{parsed.head.name}' has no {key}", hint=f"write '%@ {key}: ...' above it"
                )
        if note["soundness"] not in SOUNDNESS:
            raise RuleError(f"{place}: '{note['soundness']}' is no label of soundness; use one of {', '.join(SOUNDNESS)}")
        unknown = set(re.findall(r"\{(\w+)\}", note["says"])) - set(parsed.variables)
        if unknown:
            raise RuleError(f"{place}: the sentence uses {', '.join(sorted(unknown))}, which the rule does not bind")
        for premise in parsed.premises:
            if isinstance(premise, Literal) and premise.negative and not _closed(premise.atom.name):
                raise RuleError(
                    f"{place}: 'not {premise.atom.name}' takes what nobody stated for a no", hint="ask what is stated"
                )
        for used in _atoms(parsed):
            if used.name not in PREDICATES:
                raise RuleError(
                    f"{place}: there is no predicate '{used.name}'", hint=f"did you mean '{nearest(used.name, PREDICATES)}'?"
                )
            if len(used.arguments) != len(PREDICATES[used.name].arguments):
                raise RuleError(f"{place}: '{used.name}' takes {len(PREDICATES[used.name].arguments)} arguments")
        brief = note.get("brief", note["name"].replace("-", " "))
        rules.append(
            Rule(
                note["name"],
                note["says"],
                note["soundness"],
                note.get("source"),
                brief,
                path.name,
                parsed,
                tuple(note.get("yields", "").split()),
            )
        )
    return rules


def _closed(name: str) -> bool:
    return name not in PREDICATES or PREDICATES[name].closed


def _atoms(rule: RuleText) -> list[Atom]:
    atoms = [rule.head]
    for premise in rule.premises:
        if isinstance(premise, Literal):
            atoms.append(premise.atom)
        elif isinstance(premise, ForAll):
            atoms.extend((premise.atom, premise.condition))
    return atoms


def check_stratified(rules: list[RuleText]) -> None:
    """Raise RuleError when some predicate depends on its own absence, naming the predicates of the cycle.

    Each predicate gets a level, above that of every predicate it needs absent; without such a cycle levels stay below the number
    of predicates.
    """
    needs: dict[str, dict[str, bool]] = defaultdict(dict)
    for rule in rules:
        for premise in rule.premises:
            if isinstance(premise, Literal):
                known = needs[rule.head.name].get(premise.atom.name, False)
                needs[rule.head.name][premise.atom.name] = known or premise.negative
            elif isinstance(premise, ForAll):
                needs[rule.head.name].setdefault(premise.atom.name, False)
                needs[rule.head.name][premise.condition.name] = True
    level = dict.fromkeys([*needs, *(name for below in needs.values() for name in below)], 0)
    moving = True
    while moving:
        moving = False
        for head, below in needs.items():
            lowest = max(level[name] + absent for name, absent in below.items())
            if level[head] < lowest:
                level[head], moving = lowest, True
                if lowest > len(level):
                    raise RuleError(f"the rules are not stratified: {', '.join(_cycle(needs))} depend on their own absence")


def _cycle(needs: Mapping[str, Mapping[str, bool]]) -> list[str]:
    """Return the predicates of a cycle through negation."""
    import networkx as nx  # a third of a second to import, and hardly ever needed

    graph: nx.DiGraph[str] = nx.DiGraph((name, head) for head, below in needs.items() for name in below)
    for component in nx.strongly_connected_components(graph):
        if any(absent and name in component for head in component for name, absent in needs.get(head, {}).items()):
            return sorted(component)
    return []
