"""Say why something that one expected did not follow for a candidate, or prove it where it did."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from mechkg.errors import BadInputError, NotFoundError
from mechkg.model.verdict import ProofNode
from mechkg.reasoning.outcomes import Model
from mechkg.reasoning.predicates import PREDICATES
from mechkg.reasoning.problem import Problem
from mechkg.reasoning.proof import Prover
from mechkg.reasoning.render import shortened
from mechkg.reasoning.terms import Atom, Term, Variable
from mechkg.service.check import chosen
from mechkg.service.words import Words, capital

if TYPE_CHECKING:
    from mechkg.service.reading import View  # a view need not open a graph

ABOUT = ("possible", "available", "left", "expected")
"""What is asked of a species at a stage: can it be there, must it be there at the start and at the end, must it be seen."""

_ATOM = re.compile(r"\s*(?:not\s+)?(\w+)\s*(?:\((.*)\))?\s*\.?\s*", re.DOTALL)
_ARGUMENT = re.compile(r"""\s*(?:"([^"]*)"|'([^']*)'|([^,]*?))\s*(?:,|$)""")
_NUMBERS = ("seconds", "percent", "order")
_PARTICIPANTS = ("species", "participant", "chemical")


@dataclass(frozen=True, slots=True)
class Answer:
    """Whether something holds, and the proof, or the reasons why it was not derived.

    ``others``: where it was left open of what is asked, of how many other things the same holds, which are not proved here.
    """

    asked: str
    holds: bool
    proof: ProofNode
    others: int = 0


@dataclass(frozen=True, slots=True)
class WhyNot:
    """What was asked about a candidate, and the answers."""

    space: str
    candidate: str
    named: str
    graph_version: int
    answers: tuple[Answer, ...]


def why_not(
    workspace: View,
    space: str,
    candidate: str | None = None,
    *,
    predicate: str | None = None,
    about: str | None = None,
    at: str | None = None,
    without: Collection[str] = (),
    ignoring: Collection[str] = (),
    steps: Collection[str] | None = None,
    postulates: Collection[str] = (),
) -> WhyNot:
    """Say why ``predicate`` (``name(argument, ...)``), or what is expected ``about`` a species ``at`` a stage, does not follow.

    An argument is an id or a name as it is said in proofs; ``_``, or one left out at the end, stands for any value. Where it does
    follow it is proved. Raises NotFoundError with the nearest name for anything unknown, BadInputError for what cannot be read,
    and when it is not one thing that is asked.
    """
    if (about is None) != (at is None) or (predicate is None) == (about is None):
        raise BadInputError("it is not clear what is asked", hint="give a predicate, or a species together with a stage")
    with workspace.lock:
        problem = workspace.problem(space)
        withdrawn, ignored = problem.assumptions(without), problem.reported(ignoring)
        found = chosen(problem, candidate, steps, postulates)
        setting = problem.setting(found, withdrawn, ignored)
        [outcome] = problem.outcomes.of([setting])
        model = problem.outcomes.model(setting, outcome.orders)
        prover = problem.prover(model)
        if predicate is not None:
            asked = _read(problem, predicate)
            answers = [_answer(asked, problem, model, prover)]
            if asked.name == "conflict" and not answers[0].holds:
                answers += _met(problem, model, prover, asked.arguments[0])
        else:
            answers = _about(problem, model, prover, about or "", at or "")
        named = Words.of(workspace, problem, [found]).candidate(found.id)
        return WhyNot(problem.space.id, found.id, named, problem.version, tuple(answers))


def _about(problem: Problem, model: Model, prover: Prover, species: str, stage: str) -> list[Answer]:
    """Answer what can be asked of a species at a stage; what cannot be there is not asked about further."""
    known = _known(problem)
    atom = (
        _value("participant", species, known, problem, "species or chemical"),
        _value("stage", stage, known, problem),
    )
    answers: list[Answer] = []
    for name in ABOUT:
        open_ends = tuple(Variable("_") for _ in PREDICATES[name].arguments[2:])
        answers.append(_answer(Atom(name, (*atom, *open_ends)), problem, model, prover))
        if name == "possible" and not answers[-1].holds:
            break
    return answers


def _met(problem: Problem, model: Model, prover: Prover, observation: Term | Variable) -> list[Answer]:
    """Answer how an observation is met: what was not seen need not be seen, what was seen can be there."""
    reported = sorted((a for a in problem.facts.atoms if a.name == "reported" and a.arguments[0] == observation), key=str)
    asked = dict.fromkeys((a.arguments[1] == "absent", a.arguments[2], a.arguments[3]) for a in reported)
    return [
        _answer(Atom("expected", (species, stage, Variable("_"))), problem, model, prover)
        if absent
        else _answer(Atom("possible", (species, stage)), problem, model, prover)
        for absent, species, stage in asked
    ]


def _answer(atom: Atom, problem: Problem, model: Model, prover: Prover) -> Answer:
    matching = [a for a in model.named(atom.name) if _fits(atom, a)]
    matching += [a for a in problem.facts.atoms if not matching and a.name == atom.name and _fits(atom, a)]
    asked = str(Atom(atom.name, tuple("_" if isinstance(a, Variable) else a for a in atom.arguments)))
    if matching:
        return Answer(asked, True, prover.prove(min(matching, key=str)), len(matching) - 1)
    node = prover.why_not(atom)
    if atom.name == "conflict":  # each kind of conflict fails for reasons of its own; how it is met says more
        return Answer(asked, False, replace(node, sentence=f"{node.sentence}: no rule finds a conflict", premises=()))
    if shortened(node).premises:
        return Answer(asked, False, replace(node, sentence=f"{capital(node.sentence)}, because"))
    reason = {
        "fact": "nothing in the graph states it",
        "computed": "nothing in the graph states it",
        "chosen": "it was not chosen",
    }.get(PREDICATES[atom.name].origin, "no rule gives it")
    near = replace(node, sentence=f"{capital(node.sentence)}; what is missing first", premises=tuple(prover.nearest(atom)))
    if shortened(near).premises:
        return Answer(asked, False, near)
    return Answer(asked, False, replace(node, sentence=f"{capital(node.sentence)}: {reason}"))


def _fits(pattern: Atom, atom: Atom) -> bool:
    return all(isinstance(a, Variable) or a == b for a, b in zip(pattern.arguments, atom.arguments, strict=True))


# --- reading what was asked -------------------------------------------------------------------------------------------------


def _read(problem: Problem, text: str) -> Atom:
    """Read an atom whose arguments are ids or names."""
    match = _ATOM.fullmatch(text)
    if match is None:
        raise BadInputError(f"'{text}' cannot be read", hint="write PREDICATE(argument, ...), such as possible(SPECIES, STAGE)")
    name, inside = match[1], (match[2] or "").strip()
    if name not in PREDICATES:
        raise NotFoundError.of("predicate", name, PREDICATES)
    kinds = PREDICATES[name].arguments
    given = [next((part for part in found if part is not None), "") for found in _arguments(inside)]
    form = f"{name}({', '.join(kinds)})"
    if not given:
        raise BadInputError(f"say of what: {form}")
    if len(given) > len(kinds):
        raise BadInputError(f"'{name}' has {len(kinds)} arguments, and {len(given)} were given", hint=f"write {form}")
    known = _known(problem)
    values: list[Term | Variable] = [
        Variable("_") if value in ("", "_") else _value(kind, value, known, problem)
        for kind, value in zip(kinds, given, strict=False)
    ]
    values += [Variable("_")] * (len(kinds) - len(values))
    if all(isinstance(value, Variable) for value in values):
        raise BadInputError(f"say of what: {form}")
    return Atom(name, tuple(values))


def _arguments(inside: str) -> list[tuple[str | None, ...]]:
    return [match.groups() for match in _ARGUMENT.finditer(inside) if match[0]] if inside else []


def _known(problem: Problem) -> dict[str, set[Term]]:
    """Return the values of each kind that the facts of a space, or its candidates, name."""
    found: dict[str, set[Term]] = {}
    for atom in problem.facts.atoms:
        for kind, value in zip(PREDICATES[atom.name].arguments, atom.arguments, strict=True):
            found.setdefault(kind, set()).add(value)
    everything = set().union(*(found.get(kind, set()) for kind in _PARTICIPANTS))
    found |= dict.fromkeys(_PARTICIPANTS, everything)
    space = problem.space
    found["step"] = found.get("step", set()) | {*space.background, *space.optional}
    found["rule"] = {rule.name for rule in problem.rulebook.rules}
    return found


def _value(kind: str, text: str, known: dict[str, set[Term]], problem: Problem, what: str | None = None) -> Term:
    """Return the value of a kind that ``text`` names, by its id or by its words."""
    if kind in _NUMBERS:
        if not re.fullmatch(r"-?\d+", text):
            raise BadInputError(f"'{text}' is no whole number of {kind}")
        return int(text)
    valid = {str(value): value for value in known.get(kind, ())}
    if not valid or text in valid:
        return valid.get(text, text)
    said = {problem.labels.say(kind, value).casefold(): value for value in valid.values()}
    if text.casefold() in said:
        return said[text.casefold()]
    label = what or kind
    if kind == "stage" and (own := _stages_of(text, valid)):
        raise NotFoundError(f"'{text}' is a procedure with several stages", hint=f"name one: {', '.join(own)}")
    names = [*valid, *(problem.labels.say(kind, value) for value in valid.values())]
    raise NotFoundError.of(f"{label} in '{problem.space.id}'", text, names)


def _stages_of(procedure: str, stages: Iterable[str]) -> list[str]:
    return sorted(stage for stage in stages if stage.partition("/")[0] == procedure)
