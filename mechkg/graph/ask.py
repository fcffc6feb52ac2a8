"""Named questions: a query file whose first comment is the question in a chemist's words, and its typed parameters.

How query files are read stands in ``queries/README.md``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import isfinite
from pathlib import Path
from typing import Final, Literal, get_args

from mechkg.assets import queries_dir
from mechkg.errors import BadInputError, NotFoundError, QueryError
from mechkg.graph.graph_store import GraphView
from mechkg.graph.namespaces import MK
from mechkg.graph.store import bound
from mechkg.graph.terms import Plain, Term, iri, literal, term, thing
from mechkg.model.answer import Answer
from mechkg.model.finding import Finding
from mechkg.model.quantity import Quantity

ParameterType = Literal["text", "number", "integer", "item", "class", "iri", "quantity"]
"""text; number; integer (a whole number); item (local name of something in the graph); class (local name of a class of the
ontology); iri (a local name of the ontology, or a whole IRI); quantity (handed to the query as a number in the unit of the
default)."""

LARGEST_ANSWER: Final = 5000
"""Rows beyond this are left out, and the answer says so."""

_PARAMETER: Final = re.compile(r"#\s*parameter:\s*(?P<name>[A-Za-z]\w*)\s+(?P<type>\w+)(?P<default>[^|]*)(?:\|\s*(?P<about>.*))?")


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of a question: its type, its default (None: it must be given), what it is."""

    name: str
    type: ParameterType
    default: str | None
    description: str | None


@dataclass(frozen=True, slots=True)
class Question:
    """A question that can be asked of the graph, in words and as SPARQL."""

    name: str
    text: str
    parameters: tuple[Parameter, ...]
    query: str


# --- use cases --------------------------------------------------------------------------------------------------------


def questions(folder: Path | None = None) -> list[Question]:
    """Return the questions of ``folder`` (those that come with mechkg by default), by name."""
    place = folder or queries_dir() / "questions"
    return [read_question(path) for path in sorted(place.glob("*.rq"))]


def ask(
    store: GraphView,
    name: str,
    parameters: Mapping[str, Plain] | None = None,
    *,
    limit: int = LARGEST_ANSWER,
    folder: Path | None = None,
) -> Answer:
    """Answer the question called ``name``; ``parameters`` may be values or what a person would type for them.

    Raises NotFoundError, with the nearest name, for an unknown question, parameter, item or class; BadInputError, which says
    what was expected, for a value that is missing or of the wrong type.
    """
    place = folder or queries_dir() / "questions"
    path = place / f"{name}.rq"
    names = [found.stem for found in place.glob("*.rq")]
    if name not in names:
        raise NotFoundError.of("question", name, names)
    question = read_question(path)
    known = {parameter.name: parameter for parameter in question.parameters}
    for given in parameters or {}:
        if given not in known:
            raise NotFoundError.of(f"parameter of '{name}'", given, known)
    values = {p.name: _value(p, (parameters or {}).get(p.name, p.default), store) for p in question.parameters}
    table = store.select(question.query, values)
    return Answer(question.text, table.columns, tuple(tuple(row) for row in table.rows[:limit]), len(table.rows))


def check(store: GraphView, folder: Path | None = None) -> list[Finding]:
    """Run the queries of ``queries/checks``: every row of one is a finding, and no row means that all is well."""
    found = []
    for path in sorted((folder or queries_dir() / "checks").glob("*.rq")):
        question = read_question(path)
        table = store.select(question.query)
        for row in table.rows:
            shown = ", ".join(f"{column} {value}" for column, value in zip(table.columns, row, strict=True) if value is not None)
            found.append(Finding("error", f"graph.{path.stem}", f"{question.text} {shown}"))
    return found


# --- query files ------------------------------------------------------------------------------------------------------


def read_question(path: Path) -> Question:
    """Read a query file. Raises QueryError when it lacks the question in words, or declares a parameter wrongly."""
    query = path.read_text(encoding="utf-8")
    words: list[str] = []
    parameters: list[Parameter] = []
    for line in query.splitlines():
        if not line.startswith("#"):
            break
        if match := _PARAMETER.fullmatch(line.rstrip()):
            parameters.append(_parameter(path, match))
        elif re.match(r"#\s*parameter\b", line):
            raise QueryError(f"{path.name}: '{line}' is not '# parameter: name type default | description'")
        elif not parameters:
            words.append(line.lstrip("#").strip())
    text = " ".join(word for word in words if word)
    if not text:
        raise QueryError(f"{path.name}: the first comment must be the question in words")
    return Question(path.stem, text, tuple(parameters), query)


def _parameter(path: Path, match: re.Match[str]) -> Parameter:
    types: tuple[ParameterType, ...] = get_args(ParameterType)
    for known in types:
        if known == match["type"]:
            parameter = Parameter(match["name"], known, match["default"].strip() or None, match["about"])
            if known == "quantity" and not _has_unit(parameter.default):
                raise QueryError(f"{path.name}: the default of '{parameter.name}' must be a quantity with its unit")
            return parameter
    raise QueryError(f"{path.name}: '{match['type']}' is not a type of parameter", hint=f"types are {', '.join(types)}")


def _has_unit(default: str | None) -> bool:
    try:
        return default is not None and bool(Quantity.model_validate(default).unit)
    except ValueError:
        return False


def as_query(question: Question, store: GraphView) -> str:
    """Return a question as a query of its own, asked with the defaults of its parameters.

    Raises BadInputError for a parameter without a default, NotFoundError when the default names what is not in this graph.
    """
    words = "".join(f"# {line}\n" for line in question.text.splitlines())
    values = {parameter.name: _value(parameter, parameter.default, store) for parameter in question.parameters}
    return f"{words}{bound(question.query, values).strip()}\n"


# --- values of parameters ---------------------------------------------------------------------------------------------

_EXPECTED: Final[Mapping[ParameterType, str]] = {
    "text": "text",
    "number": "a number, such as 2.5",
    "integer": "a whole number, such as 3",
    "item": "the name of an item",
    "class": "the name of a class of the ontology",
    "iri": "a name of the ontology or an IRI, such as https://example.org/x",
    "quantity": "a quantity, such as '{default}'",
}


def _value(parameter: Parameter, given: Plain | None, store: GraphView) -> Term:
    expected = _EXPECTED[parameter.type].format(default=parameter.default)
    if given is None:
        raise BadInputError(
            f"the parameter '{parameter.name}' is needed: {expected}",
            hint=f"give it as {parameter.name}=...",
        )
    text = str(given).strip()
    try:
        return _READERS[parameter.type](text, parameter, store)
    except ValueError as error:
        raise BadInputError(f"'{given}' is not {expected}, which the parameter '{parameter.name}' asks for") from error


def _item(text: str, parameter: Parameter, store: GraphView) -> Term:
    there = thing(text)
    if not store.says(f"ASK WHERE {{ {there} a ?type }}"):
        names = [str(row[0]) for row in store.rows(f"SELECT DISTINCT ?item WHERE {{ ?assertion {term('about')} ?item }}", {})]
        raise NotFoundError.of("item", text, names)
    return there


def _class(text: str, parameter: Parameter, store: GraphView) -> Term:
    from mechkg.graph.ontology import class_names  # reads Turtle, a third of a second; only this type of parameter needs it

    name = text.removeprefix(MK)
    if name not in class_names():
        raise NotFoundError.of("class of the ontology", text, class_names())
    return term(name)


def _iri(text: str, parameter: Parameter, store: GraphView) -> Term:
    if re.fullmatch(r"[A-Za-z]\w*", text):
        return term(text)
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"{}|\\^`\x00-\x20]+", text):
        raise ValueError(text)
    return iri(text)


def _number(text: str, parameter: Parameter, store: GraphView) -> Term:
    number = float(text)
    if not isfinite(number):
        raise ValueError(text)
    return literal(number)


def _integer(text: str, parameter: Parameter, store: GraphView) -> Term:
    return literal(int(text))


def _quantity(text: str, parameter: Parameter, store: GraphView) -> Term:
    unit = Quantity.model_validate(parameter.default).unit
    quantity = Quantity.model_validate(text)
    return literal(quantity.to(unit) if quantity.unit else quantity.value)


def _text(text: str, parameter: Parameter, store: GraphView) -> Term:
    return literal(text)


_READERS: Final[Mapping[ParameterType, Callable[[str, Parameter, GraphView], Term]]] = {
    "text": _text,
    "number": _number,
    "integer": _integer,
    "item": _item,
    "class": _class,
    "iri": _iri,
    "quantity": _quantity,
}
