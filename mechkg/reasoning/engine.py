"""The only home of clingo: reads rules, grounds them over facts, and finds the best setting of the open choices.

Rules are normal rules (one head, a body of literals, comparisons and `p(X) : q(X)` conditions). Each is given a head of its own
that carries its number and the values of its variables, so that rule and substitution can be read from an answer. That makes a
proof possible: the solver itself keeps none.
"""

from __future__ import annotations

import gc
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import clingo
import clingo.ast
from clingo.symbol import Symbol

from mechkg.errors import RuleError
from mechkg.reasoning.evaluate import Plan
from mechkg.reasoning.program import GroundProgram, GroundRule
from mechkg.reasoning.terms import Atom, Comparison, ForAll, Literal, Premise, RuleText, Term, Variable


def parse_rules(text: str, file: str) -> list[RuleText]:
    """Read the normal rules of ``text``; raise RuleError, naming the line, for any other statement."""
    statements: list[Any] = []
    messages: list[str] = []
    try:
        clingo.ast.parse_string(text, statements.append, logger=lambda code, message: messages.append(message))
    except RuntimeError as error:
        raise RuleError(f"{file}: {'; '.join(messages) or error}") from error
    rules = []
    for statement in statements:
        if statement.ast_type in (clingo.ast.ASTType.Program, clingo.ast.ASTType.Comment):
            continue
        line = statement.location.begin.line
        if statement.ast_type != clingo.ast.ASTType.Rule:
            raise RuleError(f"{file}:{line}: expected a rule, found '{statement}'")
        rules.append(_rule(str(statement), file, line))
    return rules


# A rule as clingo writes it: one space around comparisons, none between arguments, premises apart by "; ". Reading that text
# takes a tenth of the time that asking for the nodes of the syntax tree takes.
_TERM = r'_*[A-Z]\w*|_|_*[a-z]\w*|-?\d+|"(?:[^"\\]|\\.)*"'
_ATOM = rf"(_*[a-z]\w*)(?:\(((?:{_TERM})(?:,(?:{_TERM}))*)\))?"
_HEAD = re.compile(rf"{_ATOM}(?: :- |\.$)")
_LITERAL = re.compile(rf"(not )?{_ATOM}(?:; |\.$)")
_FOR_ALL = re.compile(rf"{_ATOM}: {_ATOM}(?:; |\.$)")
_COMPARISON = re.compile(rf"(({_TERM}) (!=|<=|>=|<|>|=) ({_TERM}))(?:; |\.$)")
_EACH_TERM = re.compile(_TERM)


def _rule(text: str, file: str, line: int) -> RuleText:
    def term(written: str) -> Variable | Term:
        if written == "_":
            raise RuleError(f"{file}:{line}: name every variable; '_' cannot be shown in a proof")
        return Variable(written) if written.lstrip("_")[:1].isupper() else _value(written)

    def atom(name: str, arguments: str | None) -> Atom:
        return Atom(name, tuple(term(t) for t in _EACH_TERM.findall(arguments or "")))

    found = _HEAD.match(text)
    if found is None:
        raise RuleError(f"{file}:{line}: '{text}' is not of the form that proofs can be read from")
    head = atom(found[1], found[2])
    premises: list[Premise] = []
    while (place := found.end()) < len(text):
        if found := _LITERAL.match(text, place):
            premises.append(Literal(atom(found[2], found[3]), negative=found[1] is not None))
        elif found := _FOR_ALL.match(text, place):
            premises.append(ForAll(atom(found[1], found[2]), atom(found[3], found[4])))
        elif found := _COMPARISON.match(text, place):
            premises.append(Comparison(found[1], term(found[2]), found[3], term(found[4])))
        else:
            raise RuleError(f"{file}:{line}: '{text[place:]}' is not of the form that proofs can be read from")
    names: dict[str, None] = {}
    for item in (head, *(p.atom for p in premises if isinstance(p, Literal))):
        names.update({a.name: None for a in item.arguments if isinstance(a, Variable)})
    return RuleText(head, tuple(premises), tuple(names), line, text)


def _value(written: str) -> Term:
    if written.startswith('"'):
        return clingo.parse_term(written).string if "\\" in written else written[1:-1]
    return written if written[0].isalpha() or written[0] == "_" else int(written)


INSTANCE = "fired"
"""Predicate of the atoms that say which rule fired with which values: ``fired(number, values...)``."""

CONFLICT = "conflict"
"""Predicate of what must not be: a setting with such an atom is ruled out."""


def ground(rules: Sequence[RuleText], choices: str, facts: Iterable[Atom]) -> GroundProgram:
    """Ground ``rules`` over ``facts`` and return what clingo found, rule instance by rule instance.

    ``choices`` is clingo text that opens the inputs; it is the only place with other than normal rules. Facts are kept in the
    bodies, so that a proof can name them. Raises RuleError with clingo's words when the rules cannot be grounded.
    """
    messages: list[str] = []
    control = clingo.Control(
        ["--preserve-facts=body", "--warn=no-atom-undefined"], logger=lambda code, message: messages.append(message)
    )
    seen = _Observer()
    # nothing is solved here: the program goes to the observer only
    control.register_observer(seen, replace=True)
    program = sorted(f"{atom}." for atom in facts)  # so that the same facts give the same program, and the same answers
    for number, rule in enumerate(rules):
        values = "".join(f",{name}" for name in rule.variables)
        body = rule.text.partition(":-")[2].strip().rstrip(".")
        instance = f"{INSTANCE}({number}{values})"
        program.append(f"{instance} :- {body}." if body else f"{instance}.")
        program.append(f"{rule.head} :- {instance}.")
    with _garbage_kept():
        try:
            control.add("base", [], "\n".join([*program, choices]))
            control.ground([("base", [])])
        except RuntimeError as error:
            raise RuleError(f"the rules cannot be grounded: {'; '.join(messages) or error}") from error
        return seen.program(control)


@contextmanager
def _garbage_kept() -> Iterator[None]:
    """Do not look for garbage meanwhile: grounding makes many small values and throws few away, and would take twice as long."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()


class _Observer(clingo.Observer):
    """Takes down the ground rules and the names of the atoms as clingo makes them."""

    def __init__(self) -> None:
        self._rules: list[tuple[int, Sequence[int]]] = []
        self._facts: set[int] = set()
        self._open: set[int] = set()
        self._asked: set[int] = set()
        self._names: list[tuple[Symbol, int]] = []

    def rule(self, choice: bool, head: Sequence[int], body: Sequence[int]) -> None:
        """Take down one rule; clingo calls this."""
        if choice:
            self._open.update(head)
            self._asked.update(body)
        else:
            self._rules.append((head[0], body))
            if not body:
                self._facts.add(head[0])

    def output_atom(self, symbol: Symbol, atom: int) -> None:
        """Take down the name of an atom; clingo calls this."""
        self._names.append((symbol, atom))

    def program(self, control: clingo.Control) -> GroundProgram:
        """Return the program: instance and conclusion, which were grounded apart, are put together."""
        texts: dict[int, str] = {}
        instances: dict[int, str] = {}
        start = f"{INSTANCE}("
        known = control.symbolic_atoms
        for symbol, announced in self._names:
            text = str(symbol)
            # what holds in any case is announced without its number
            number = announced or _found(known[symbol]).literal
            if text.startswith(start):
                instances[number] = text[len(start) : -1]
            else:
                texts[number] = text
        facts = self._settled()
        if not facts.issuperset(self._asked):
            raise RuleError("a choice hangs on something derived; open it from facts alone")
        bodies = {number: body for number, body in self._rules if number in instances}
        by_instance, plain = [], []
        for number, body in self._rules:
            if number in instances:
                continue
            if len(body) == 1 and body[0] in instances:
                by_instance.append(_ground_rule(number, bodies[body[0]], instances[body[0]]))
            elif body:
                plain.append(_ground_rule(number, body, ""))
        rules = (*by_instance, *plain)
        return GroundProgram(texts, frozenset(facts - instances.keys()), frozenset(self._open - facts), rules)

    def _settled(self) -> set[int]:
        """Return what holds in any case: facts, and what rules make of nothing but facts."""
        facts = self._facts
        waiting = [(number, body) for number, body in self._rules if body]
        while True:
            left = []
            for number, body in waiting:
                if facts.issuperset(body):
                    facts.add(number)
                elif number not in facts:
                    left.append((number, body))
            if len(left) == len(waiting):
                return facts
            waiting = left


Clause = Sequence[tuple[int, bool]]
"""Atoms with the value that each is asked to have; one of them must have it."""


class Solver:
    """Searches the settings of a ground program that are free of what must not be.

    Atoms are given signed: an input that is named neither true nor false is free, not false.
    """

    def __init__(
        self, todo: Plan, *, forbidden: Iterable[int] | None = None, clauses: Iterable[Clause] = (), limit: float | None = None
    ) -> None:
        """``forbidden``: what must not hold (default: all that the plan wants). ``clauses``: what else is asked of a setting.

        ``limit``: give up a single question after so many seconds (TimeoutError).
        """
        self._limit = limit
        self._control = clingo.Control(["--warn=none"])
        self._inputs = list(todo.inputs)
        # inputs that nothing hangs on may still stand in a clause; they are taken in when they do
        self._idle = set(todo.idle)
        with self._control.backend() as backend:
            number: dict[int, int] = {}
            for atom in todo.inputs:
                number[atom] = backend.add_atom()
                backend.add_rule([number[atom]], choice=True)
            for group in todo.groups:
                [atom, bodies], *others = group.bodies
                if not (others or group.recursive) and len(bodies) == 1 and len(bodies[0][0]) == 1 and not bodies[0][1]:
                    number[atom] = number[bodies[0][0][0]]  # the same as its only premise
                    continue
                number.update((atom, backend.add_atom()) for atom, _ in group.bodies)
                for atom, bodies in group.bodies:
                    for positive, negative in bodies:
                        backend.add_rule([number[atom]], [number[n] for n in positive] + [-number[n] for n in negative])
            for atom in todo.wanted if forbidden is None else forbidden:
                if atom in todo.true:
                    backend.add_rule([])
                elif atom in number:
                    backend.add_rule([], [number[atom]])
        self._number = number
        self._true = todo.true
        for clause in clauses:
            self.require(clause)

    def value(self, atom: int) -> bool | None:
        """Return the value that an atom has in every setting, None when it hangs on the inputs."""
        return None if atom in self._number or atom in self._idle else atom in self._true

    def require(self, clause: Clause) -> None:
        """Ask from now on that one of these atoms has its value."""
        if any(self.value(atom) == value for atom, value in clause):
            return
        with self._control.backend() as backend:
            for atom in sorted(self._idle.intersection(atom for atom, _ in clause)):
                self._idle.remove(atom)
                self._inputs.append(atom)
                self._number[atom] = backend.add_atom()
                backend.add_rule([self._number[atom]], choice=True)
            backend.add_rule([], [-self._number[a] if value else self._number[a] for a, value in clause if a in self._number])

    def clash(self, setting: Mapping[int, bool]) -> list[int] | None:
        """Return inputs of ``setting`` that cannot stand together as they are set, or None when some setting of the rest is free.

        The list need not be minimal. Inputs that nothing hangs on are passed over.
        """
        signed = self._signed(setting)
        with self._solve(signed) as handle:
            return None if handle.model() is not None else [signed[literal] for literal in handle.core()]

    def settle(self, setting: Mapping[int, bool]) -> dict[int, bool] | None:
        """Return a setting of all inputs that keeps ``setting`` and is free of conflict, or None."""
        with self._solve(self._signed(setting)) as handle:
            model = handle.model()
            if model is None:
                return None
            answer = {atom: setting.get(atom, False) for atom in sorted(self._idle)}
            return answer | {atom: model.is_true(self._number[atom]) for atom in self._inputs}

    def _signed(self, setting: Mapping[int, bool]) -> dict[int, int]:
        """Return the literals of a setting, each with its atom."""
        return {self._number[a] if value else -self._number[a]: a for a, value in setting.items() if a in self._number}

    @contextmanager
    def _solve(self, literals: Iterable[int]) -> Iterator[clingo.SolveHandle]:
        with self._control.solve(assumptions=list(literals), yield_=True, async_=self._limit is not None) as handle:
            if self._limit is not None and not handle.wait(self._limit):
                handle.cancel()
                raise TimeoutError
            yield handle


class HittingSets:
    """Smallest sets that meet every one of a growing number of sets, one after the other, none containing another."""

    def __init__(self, doubt: Mapping[int, int]) -> None:
        """``doubt``: elements -> how gladly one is given up (0 first); of sets of one size the most doubtful comes first."""
        self._control = clingo.Control(["--warn=none", "--opt-mode=opt", "--opt-strategy=usc"])
        with self._control.backend() as backend:
            self._number = {element: backend.add_atom() for element in doubt}
            for number in self._number.values():
                backend.add_rule([number], choice=True)
            backend.add_minimize(2, [(number, 1) for number in self._number.values()])
            backend.add_minimize(1, [(self._number[element], rank) for element, rank in doubt.items()])

    def must_meet(self, elements: Iterable[int]) -> None:
        """Ask from now on for an element of ``elements``."""
        with self._control.backend() as backend:
            backend.add_rule([], [-self._number[e] for e in elements])

    def no_more(self, elements: Iterable[int]) -> None:
        """Leave out from now on every set that contains ``elements``."""
        with self._control.backend() as backend:
            backend.add_rule([], [self._number[e] for e in elements])

    def smallest(self) -> list[int] | None:
        """Return a smallest set, or None when there is none left."""
        found: list[int] | None = None
        with self._control.solve(yield_=True) as handle:
            for model in handle:
                found = [element for element, number in self._number.items() if model.is_true(number)]
        return found


def _ground_rule(head: int, body: Sequence[int], instance: str) -> GroundRule:
    return GroundRule(head, tuple([n for n in body if n > 0]), tuple([-n for n in body if n < 0]), instance)


def _found(atom: clingo.SymbolicAtom | None) -> clingo.SymbolicAtom:
    assert atom is not None, "an atom was announced that the program does not have"
    return atom
