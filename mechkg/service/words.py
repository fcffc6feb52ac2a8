"""What a report calls things: in words, with the name to ask by in brackets."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    # every command prints in these words; what they are of is loaded by those that need it
    from mechkg.model.hypothesis import Candidate
    from mechkg.model.report import ConflictSet
    from mechkg.reasoning.problem import Problem
    from mechkg.service.reading import View

LEGEND = (
    "In brackets: the name to ask by; behind the name of an assumption how it is backed: stated in the source, cited from "
    "elsewhere, supported by another observation, or silent (nothing backs it)."
)
"""What the brackets in a text mean."""

_NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")


def listed(words: Iterable[str], last: str = "and") -> str:
    """Join words as in a sentence.

    >>> listed(["a", "b", "c"]), listed(["a"]), listed([])
    ('a, b and c', 'a', '')
    """
    *most, end = [*words] or [""]
    return f"{', '.join(most)} {last} {end}" if most else end


def number(count: int) -> str:
    """Write a small number as a word, a large one with thin groups of three digits.

    >>> number(3), number(12), number(13), number(4096), number(2**40)
    ('three', 'twelve', '13', '4096', '1 099 511 627 776')
    """
    if count < len(_NUMBERS):
        return _NUMBERS[count]
    return str(count) if count < 10_000 else f"{count:,}".replace(",", " ")


def counted(count: int, one: str, more: str | None = None) -> str:
    """Write a number with what it counts.

    >>> counted(1, "choice"), counted(0, "candidate"), counted(14, "repair")
    ('one choice', 'no candidates', '14 repairs')
    """
    return f"{number(count)} {one if count == 1 else more or f'{one}s'}"


def capital(sentence: str) -> str:
    """Begin a sentence with a capital, and leave one that begins with a name as it is.

    >>> capital("four survive"), capital("4 survive"), capital("pH falls"), capital("fig-1-o2 is met")
    ('Four survive', '4 survive', 'pH falls', 'fig-1-o2 is met')
    """
    first = sentence.partition(" ")[0]
    is_name = sentence[1:2].isupper() or any(letter.isdigit() for letter in first)
    return sentence if is_name else sentence[:1].upper() + sentence[1:]


def bracketed(words: str, name: str) -> str:
    """Return words with the name to ask by behind them, once."""
    return words if words == name else f"{words} [{name}]"


@dataclass(frozen=True)
class Words:
    """The words for one hypothesis space; ``stored`` has each assumption as it stands in the ledger."""

    problem: Problem
    stored: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    made: Collection[Candidate] = ()
    """Candidates that were put together on the spot."""

    told: set[str] | None = None
    """What was said in full already and is said in short from then on; None says everything in full."""

    @classmethod
    def of(cls, workspace: View, problem: Problem, made: Collection[Candidate] = ()) -> Words:
        """Return the words for a problem of an open workspace."""
        return cls(problem, {a: workspace.assumption(a) for a in problem.space.assumptions}, made)

    def telling(self) -> Words:
        """Return words that say a long thing in full once, and in short after that."""
        return replace(self, told=set())

    def _again(self, name: str) -> bool:
        """Say whether something was said before, and remember that it is now."""
        if self.told is None:
            return False
        before = name in self.told
        self.told.add(name)
        return before

    @cached_property
    def _candidates(self) -> dict[str, Candidate]:
        return {c.id: c for c in (*self.problem.space.candidates, *self.made)}

    @cached_property
    def _reported(self) -> dict[str, dict[tuple[str, str], list[str]]]:
        """Observation -> (seen as, stage) -> species."""
        found: dict[str, dict[tuple[str, str], list[str]]] = {}
        for atom in sorted(self.problem.facts.atoms, key=str):
            if atom.name == "reported":
                observation, seen_as, species, stage = map(str, atom.arguments)
                found.setdefault(observation, {}).setdefault((seen_as, stage), []).append(species)
        return found

    def candidate(self, name: str) -> str:
        """Name a candidate."""
        known = self._candidates.get(name)
        return bracketed(known.title if known else name, name)

    def named(self, members: Collection[str]) -> str | None:
        """Name the candidate with just these steps and claims, None when no candidate of the space has them."""
        wanted = frozenset(members)
        return next((self.candidate(c.id) for c in self.problem.space.candidates if wanted == {*c.steps, *c.postulates}), None)

    def member(self, name: str) -> str:
        """Name a step or a claim."""
        kind = "postulate" if name in {p.id for p in self.problem.space.postulates} else "step"
        return bracketed(self.problem.labels.say(kind, name), name)

    def survivor(self, name: str) -> str:
        """Name a survivor of a plan: one that the space has no name for goes by its steps and claims, joined by plus signs."""
        if name in self._candidates:
            return self.candidate(name)
        return f"not named: {' + '.join(self.member(member) for member in name.split(' + '))}"

    def members(self, names: Iterable[str]) -> str:
        """Name several steps and claims in one sentence."""
        return listed(self.member(name) for name in names)

    def equation(self, step: str) -> str | None:
        """Write what a step turns into what, with the coefficients that are known; None when nothing is said of it."""
        from mechkg.reasoning.rate_laws import equation  # few commands write one

        balance = self.problem.facts.steps.get(step)
        if balance is None or not (balance.consumed and balance.made):
            return None
        return equation(balance, lambda name: self.problem.labels.say("participant", name))

    def observation(self, name: str) -> str:
        """Say what was observed, where, in which stage; not where, when it was said before."""
        again = self._again(name)
        say = self.problem.labels.say
        stages: dict[tuple[str, tuple[str, ...]], list[str]] = {}
        for (seen_as, stage), species in self._reported.get(name, {}).items():
            stages.setdefault((seen_as, tuple(species)), []).append(say("stage", stage))
        parts = []
        for (seen_as, some), (first, *more) in stages.items():
            what = say("seen-as", seen_as)
            if len(some) > 1 and what.startswith("was "):
                what = f"were {what.removeprefix('was ')}"
            where = f"{first}; and in {counted(len(more), 'stage')} more" if more else first
            parts.append(f"{listed(say('participant', s) for s in some)} {what}{'' if again else f' ({where})'}")
        return bracketed("; ".join(parts) or name, name)

    def assumption(self, name: str) -> str:
        """Say what is assumed, with how well it is backed; by its name alone when it was said before."""
        if self._again(name):
            return f"[{name}; {self.problem.backing.get(name, 'silent')}]"
        words = self.problem.labels.say("assumption", name)
        return words if words != name else f"{name} [{self.problem.backing.get(name, 'silent')}]"

    def thing(self, kind: str, name: str) -> str:
        """Name an assumption or an observation, and say which of the two it is."""
        words = self.assumption(name) if kind == "assumption" else self.observation(name)
        return f"the {kind}{'' if words.startswith('[') else ':'} {words}"

    def clash(self, found: ConflictSet) -> list[str]:
        """Say what cannot hold together, a line for each kind of thing or, where words are long, for each thing."""
        lines = []
        for what, names in (
            ("part of it", found.steps),
            ("not part of it", found.missing_steps),
            ("claimed", found.postulates),
            ("not claimed", found.missing_postulates),
        ):
            if names:
                lines.append(f"{what}: {self.members(names)}")
        lines += [f"assumed: {self.assumption(name)}" for name in found.assumptions]
        lines += [f"observed: {self.observation(name)}" for name in self.early(found.observations)]
        return lines

    def gone(self, found: ConflictSet) -> list[str]:
        """Name what goes in a repair, a line each."""
        return [self.thing("assumption", name) for name in found.assumptions] + [
            self.thing("observation", name) for name in self.early(found.observations)
        ]

    def early(self, observations: Iterable[str]) -> list[str]:
        """Order observations: those from printed words first, and those seen early."""
        return sorted(observations, key=self.problem.rank)
