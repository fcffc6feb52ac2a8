"""The only home of clingo: reads rules, grounds them over facts, and finds the best setting of the open choices.

Rules are normal rules (one head, a body of literals, comparisons and `p(X) : q(X)` conditions). Each is given a head of its own
that carries its number and the values of its variables, so that rule and substitution can be read from an answer. That makes a
proof possible: the solver itself keeps none.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import clingo
import clingo.ast
import orjson
from clingo.symbol import Function, Number, String, Symbol, SymbolType

from mechkg.errors import RuleError
from mechkg.reasoning.terms import Atom, Comparison, ForAll, Literal, Premise, RuleText, Term, Variable, template


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
        rules.append(_rule(statement, file, line))
    return rules


def _rule(statement: Any, file: str, line: int) -> RuleText:
    def fail(what: Any) -> RuleError:
        return RuleError(f"{file}:{line}: '{what}' is not of the form that proofs can be read from")

    def term(node: Any) -> Any:
        if node.ast_type == clingo.ast.ASTType.Variable:
            if node.name == "_":
                raise RuleError(f"{file}:{line}: name every variable; '_' cannot be shown in a proof")
            return Variable(node.name)
        if node.ast_type == clingo.ast.ASTType.SymbolicTerm:
            return _value(node.symbol)
        raise fail(node)

    def atom(node: Any) -> Atom:
        if node.ast_type != clingo.ast.ASTType.SymbolicAtom:
            raise fail(node)
        function = node.symbol
        if function.ast_type == clingo.ast.ASTType.SymbolicTerm:
            return Atom(str(function))
        return Atom(function.name, tuple(term(a) for a in function.arguments))

    def premise(node: Any) -> Premise:
        if node.ast_type == clingo.ast.ASTType.ConditionalLiteral:
            if len(node.condition) != 1:
                raise fail(node)
            return ForAll(atom(node.literal.atom), atom(node.condition[0].atom))
        if node.ast_type != clingo.ast.ASTType.Literal:
            raise fail(node)
        if node.atom.ast_type == clingo.ast.ASTType.Comparison:
            comparison = node.atom
            if len(comparison.guards) != 1:
                raise fail(node)
            operator = str(node).removeprefix("not ")
            guard = comparison.guards[0]
            symbol = next(s for s in ("!=", "<=", ">=", "<", ">", "=") if f" {s} " in operator)
            return Comparison(str(node), term(comparison.term), symbol, term(guard.term))
        return Literal(atom(node.atom), negative=node.sign == clingo.ast.Sign.Negation)

    if statement.head.ast_type != clingo.ast.ASTType.Literal or statement.head.sign != clingo.ast.Sign.NoSign:
        raise fail(statement.head)
    head = atom(statement.head.atom)
    premises = tuple(premise(node) for node in statement.body)
    names: dict[str, None] = {}
    for item in (head, *(p.atom for p in premises if isinstance(p, Literal))):
        names.update({a.name: None for a in item.arguments if isinstance(a, Variable)})
    return RuleText(head, premises, tuple(names), line, str(statement))


def _value(symbol: Symbol) -> Term:
    if symbol.type == SymbolType.String:
        return symbol.string
    if symbol.type == SymbolType.Number:
        return symbol.number
    return str(symbol)


def _symbol(atom: Atom) -> Symbol:
    return Function(atom.name, [String(a) if isinstance(a, str) else Number(int(a)) for a in atom.arguments])


def _atom(text: str) -> Atom:
    """Read an atom from the text of its symbol, whose arguments are written as in JSON.

    Asking the symbol for each argument takes five times as long.
    """
    name, _, inside = text.partition("(")
    return Atom(name, tuple(orjson.loads(f"[{inside[:-1]}]")) if inside else ())


INSTANCE = "fired"
"""Predicate of the atoms that say which rule fired with which values: ``fired(number, values...)``."""


@dataclass(frozen=True, slots=True)
class Setting:
    """One answer: the atoms that hold, the rule instances that fired, and what it costs."""

    atoms: frozenset[Atom]
    fired: tuple[tuple[int, tuple[Term, ...]], ...]
    cost: tuple[int, ...]


class Engine:
    """Rules and facts, grounded once, solved for many candidates.

    ``choices`` is clingo text that opens the choices and says what to prefer; it is the only place with other than normal rules.
    """

    def __init__(self, rules: Sequence[RuleText], choices: str, facts: Iterable[Atom]) -> None:
        self._messages: list[str] = []
        self._read: dict[Symbol, tuple[Atom, tuple[int, tuple[Term, ...]] | None]] = {}
        self._control = clingo.Control(
            ["--opt-mode=opt", "--opt-strategy=usc", "--warn=no-atom-undefined"],
            logger=lambda code, message: self._messages.append(message),
        )
        self._facts = frozenset(facts)
        self._heads = [template(rule.head, rule.variables) for rule in rules]
        program = [f"{atom}." for atom in self._facts]
        shown = _chosen(choices)
        for number, rule in enumerate(rules):
            values = "".join(f",{name}" for name in rule.variables)
            body = rule.text.partition(":-")[2].strip().rstrip(".")
            instance = f"{INSTANCE}({number}{values})"
            program.append(f"{instance} :- {body}." if body else f"{instance}.")
            program.append(f"{rule.head} :- {instance}.")
            shown.add((INSTANCE, 1 + len(rule.variables)))
        # only what fired and what was chosen is read back: the rest follows from it, and reading is what takes the time
        program.append("#show.")
        program.extend(f"#show {name}/{width}." for name, width in sorted(shown))
        try:
            self._control.add("base", [], "\n".join([*program, choices]))
            self._control.ground([("base", [])])
        except RuntimeError as error:
            raise RuleError(f"the rules cannot be grounded: {'; '.join(self._messages) or error}") from error

    def best(self, true: Iterable[Atom], false: Iterable[Atom]) -> Setting | None:
        """Return the setting of the remaining choices that costs least, or None when there is none.

        Candidates are passed signed: a choice named neither in ``true`` nor in ``false`` is free, not false.
        """
        assumptions = [(_symbol(a), True) for a in true] + [(_symbol(a), False) for a in false]
        found: tuple[Sequence[Symbol], tuple[int, ...]] | None = None
        with self._control.solve(assumptions=assumptions, yield_=True) as handle:
            for model in handle:
                found = model.symbols(shown=True), tuple(model.cost)
        return None if found is None else self._setting(*found)

    def all(self, true: Iterable[Atom], false: Iterable[Atom]) -> Iterator[frozenset[Atom]]:
        """Yield the atoms of every setting, whatever it costs (for tests against an oracle)."""
        self._control.configuration.solve.models = 0  # type: ignore[union-attr]
        self._control.configuration.solve.opt_mode = "ignore"  # type: ignore[union-attr]
        assumptions = [(_symbol(a), True) for a in true] + [(_symbol(a), False) for a in false]
        with self._control.solve(assumptions=assumptions, yield_=True) as handle:
            for model in handle:
                yield self._setting(model.symbols(shown=True), ()).atoms

    def _setting(self, symbols: Sequence[Symbol], cost: tuple[int, ...]) -> Setting:
        """Read an answer; what was read once is kept, for most of it is in every answer."""
        atoms: set[Atom] = set(self._facts)
        fired: list[tuple[int, tuple[Term, ...]]] = []
        for symbol in symbols:
            read = self._read.get(symbol)
            if read is None:
                read = self._read[symbol] = self._reading(str(symbol))
            atom, instance = read
            atoms.add(atom)
            if instance is not None:
                fired.append(instance)
        return Setting(frozenset(atoms), tuple(fired), cost)

    def _reading(self, text: str) -> tuple[Atom, tuple[int, tuple[Term, ...]] | None]:
        """Return a chosen atom, or the conclusion of a rule instance with the instance."""
        atom = _atom(text)
        if atom.name != INSTANCE:
            return atom, None
        number, *values = atom.arguments
        return self._heads[number](tuple(values)), (number, tuple(values))


def _chosen(choices: str) -> set[tuple[str, int]]:
    """Return name and width of the predicates that the choice rules open."""
    found: set[tuple[str, int]] = set()

    def collect(statement: Any) -> None:
        if statement.ast_type == clingo.ast.ASTType.Rule and statement.head.ast_type == clingo.ast.ASTType.Aggregate:
            for element in statement.head.elements:
                function = element.literal.atom.symbol
                found.add((function.name, len(function.arguments)))

    clingo.ast.parse_string(choices, collect)
    return found
