"""``mechkg query``: a GraphQL operation from a file, over the home or over a server."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Optional

import typer

from mechkg.cli.options import Home, form_of
from mechkg.cli.output import complain, console, print_json
from mechkg.cli.people import As
from mechkg.errors import BadInputError, NotFoundError
from mechkg.service.words import counted

if TYPE_CHECKING:
    from graphql import TypeNode

    from mechkg.client.graph import Graph

# typer reads Optional[...], not the form with a bar
# ruff: noqa: UP045

ANSWERED, IN_PART = 0, 1
"""Exit statuses; 2 when nothing was answered."""

_TEXTS = frozenset({"String", "ID"})


def query(
    file: Annotated[
        Optional[str],
        typer.Argument(metavar="FILE", help="File with the operation, - for standard input, or the name of an example."),
    ] = None,
    url: Annotated[
        Optional[str], typer.Option("--url", envvar="MECHKG_SERVER", help="Ask the server there.", show_default="the home itself")
    ] = None,
    token: Annotated[
        Optional[str], typer.Option("--token", envvar="MECHKG_TOKEN", help="Token for the server: who acts.", show_default=False)
    ] = None,
    variable: Annotated[
        Optional[list[str]],
        typer.Option(
            "--variables", "-v", metavar="NAME=VALUE", help="A variable; may be given several times. Or a JSON object with all."
        ),
    ] = None,
    operation: Annotated[
        Optional[str], typer.Option("--operation", "-o", metavar="NAME", help="Which of several to run.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the data as JSON, which is the default.")] = False,
    as_table: Annotated[bool, typer.Option("--table", help="Print the lists in the answer as tables.")] = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="Print the list in the answer as CSV.")] = False,
    examples: Annotated[bool, typer.Option("--list", help="List the examples that come with mechkg.")] = False,
    timeout: Annotated[float, typer.Option(min=0.1, metavar="SECONDS", help="How long to wait for a server.")] = 60.0,
    person: As = None,
    home: Home = None,
) -> None:
    """Run a GraphQL operation.

    Exit status: 0 when it was answered, 1 when a part of it was not (the errors are on standard error), 2 when nothing was.
    """
    form = form_of(json=as_json, table=as_table, csv=as_csv)
    if examples or file is None:
        _print_examples()
        return
    text = _text_of(file)
    try:
        given = _variables(variable or [], text, operation)
        with _graph(url, token, timeout, home, person) as graph:
            answer = graph.answer(text, given, name=operation)
    except BadInputError as error:
        if error.message.startswith("line ") and file != "-":  # as editors know places
            raise BadInputError(f"{file}, {error.message}", hint=error.hint) from error
        raise
    data = answer.get("data")
    if form == "table":
        _print_tables(data)
    elif form == "csv":
        _print_csv(data)
    else:
        print_json(data)
    if answer.get("errors"):
        from mechkg.client.failures import error_in

        for each in answer["errors"]:
            complain(error_in([each]))
        raise typer.Exit(IN_PART)


@contextmanager
def _graph(url: str | None, token: str | None, timeout: float, home: Path | None, person: str | None) -> Iterator[Graph]:
    if url is not None:
        from mechkg import connect

        with connect(url, token=token, timeout=timeout) as there:
            yield there
    else:
        from mechkg.embedded import EmbeddedGraph
        from mechkg.service.workspace import Workspace

        with EmbeddedGraph(Workspace.open(home), person=person, door="shell") as here:
            yield here


# --- what is given ----------------------------------------------------------------------------------------------------


def _print_examples() -> None:
    from rich.markup import escape
    from rich.table import Table

    from mechkg.web.graphiql import examples

    table = Table()
    table.add_column("name", style="bold", no_wrap=True)
    table.add_column("what it asks")
    for example in examples():
        table.add_row(example.name, escape(example.title))
    console.print(table)
    console.print("[dim]mechkg query NAME runs one of them.[/dim]")


def _text_of(file: str) -> str:
    """Return the text of an operation; raise NotFoundError, with the nearest example, for what is no file and no example."""
    if file == "-":
        return sys.stdin.read()
    try:
        return Path(file).read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise BadInputError(f"{file} is no text in UTF-8 (byte {error.start + 1})", hint="save it as UTF-8") from error
    except FileNotFoundError:
        from mechkg.web.graphiql import examples

        known = {example.name: example.query for example in examples()}
        if file not in known:
            raise NotFoundError.of("file or example", file, known) from None
        return known[file]
    except OSError as error:
        raise BadInputError(f"{file} cannot be read: {error.strerror}") from error


def _variables(given: Sequence[str], text: str, operation: str | None) -> dict[str, Any]:
    """Read variables, each by the type that the operation gives it: what is a text there is taken as it stands."""
    if not given:
        return {}
    types = _types(text, operation)
    found: dict[str, Any] = {}
    for each in given:
        if each.lstrip().startswith("{"):
            try:
                content = json.loads(each)
            except ValueError as error:
                raise BadInputError(f"the variables are no JSON: {error}") from error
            values: Mapping[str, Any] = content
        else:
            name, equals, value = each.partition("=")
            if not equals:
                raise BadInputError(f"'{each}' gives no variable a value", hint="write NAME=VALUE, or a JSON object")
            values = {name: _value(value, types.get(name, ("", False)))}
        for name, value in values.items():
            if name not in types:
                raise NotFoundError.of("variable of the operation", name, types)
            if name in found:
                raise BadInputError(f"the variable '{name}' is given twice")
            found[name] = value
    return found


def _types(text: str, operation: str | None) -> dict[str, tuple[str, bool]]:
    """Return the variables of an operation: the name of the type of each, and whether it takes a list."""
    from graphql import OperationDefinitionNode, parse

    from mechkg.client.documents import chosen

    meant = chosen(text, operation).name
    for node in parse(text).definitions:
        if isinstance(node, OperationDefinitionNode) and (node.name.value if node.name else None) == meant:
            return {one.variable.name.value: _type_of(one.type) for one in node.variable_definitions or ()}
    return {}


def _type_of(node: TypeNode) -> tuple[str, bool]:
    from graphql import ListTypeNode, NamedTypeNode, NonNullTypeNode

    listed = False
    while isinstance(node, ListTypeNode | NonNullTypeNode):
        listed |= isinstance(node, ListTypeNode)
        node = node.type
    assert isinstance(node, NamedTypeNode)
    return node.name.value, listed


def _value(text: str, of: tuple[str, bool]) -> Any:
    named, listed = of
    if named in _TEXTS and not (listed and text.lstrip().startswith("[")):
        return text
    try:
        return json.loads(text)
    except ValueError:
        return text  # the member of an enum, say; what is wrong with it the answer will tell


# --- what is printed --------------------------------------------------------------------------------------------------

Row = dict[str, str]


def _lists(data: Any, path: str = "") -> Iterator[tuple[str, list[Row], str]]:
    """Yield the outermost lists of an answer: where each stands, its rows, and what it leaves out, in words."""
    if isinstance(data, list):
        yield path, [_row(one) for one in data], ""
    elif isinstance(data, dict):
        nodes = data.get("nodes")
        if nodes is None and isinstance(data.get("edges"), list):
            nodes = [edge.get("node") for edge in data["edges"]]
        if isinstance(nodes, list):
            yield path, [_row(one) for one in nodes], _left_out(len(nodes), data)
            return
        plain = {name: value for name, value in data.items() if not _holds_lists(value)}
        if plain:
            yield path, [_row(plain)], ""
        for name, value in data.items():
            if name not in plain:
                yield from _lists(value, f"{path}.{name}" if path else name)


def _left_out(shown: int, connection: Mapping[str, Any]) -> str:
    total = connection.get("totalCount")
    if isinstance(total, int) and total > shown:
        return f"{shown} of {total}"
    more = (connection.get("pageInfo") or {}).get("hasNextPage")
    return f"{shown}, and more follow" if more else ""


def _holds_lists(value: Any) -> bool:
    if isinstance(value, dict):
        return any(_holds_lists(one) for one in value.values())
    return isinstance(value, list) and any(isinstance(one, dict | list) for one in value)


def _row(value: Any) -> Row:
    """Return an element as one row: fields of fields by their path, what is listed in it in one cell."""
    if not isinstance(value, dict):
        return {"value": _cell(value)}
    found: Row = {}
    for name, inner in value.items():
        if isinstance(inner, dict) and not {"nodes", "edges"} & inner.keys():
            for below, cell in _row(inner).items():
                found[f"{name}.{below}"] = cell
        else:
            found[name] = _cell(inner)
    return found


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dict):
        nodes = value.get("nodes")
        if isinstance(nodes, list):
            return _cell(nodes)
        return ", ".join(cell for cell in _row(value).values() if cell)
    if isinstance(value, list):
        return "; ".join(_cell(one) for one in value)
    return f"{value:g}" if isinstance(value, float) else str(value)


def _columns(rows: Sequence[Row]) -> list[str]:
    return list(dict.fromkeys(column for row in rows for column in row))


def _print_tables(data: Any) -> None:
    from rich.markup import escape
    from rich.table import Table

    for path, rows, left_out in _lists(data):
        table = Table(title=escape(path) or None, title_justify="left")
        for column in _columns(rows):
            table.add_column(escape(column))
        for row in rows:
            table.add_row(*(escape(row.get(column, "")) for column in _columns(rows)))
        console.print(table)
        console.print(left_out or counted(len(rows), "row"), style="dim")


def _print_csv(data: Any) -> None:
    """Print the only list of an answer; raise BadInputError when there are several, which one table cannot hold."""
    found = list(_lists(data))
    if len(found) != 1:
        names = ", ".join(path for path, *_ in found)
        raise BadInputError(f"the answer holds {len(found)} lists, and CSV is one table", hint=f"ask for one of: {names}")
    [(_, rows, left_out)] = found
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(_columns(rows))
    writer.writerows([row.get(column, "") for column in _columns(rows)] for row in rows)
    if left_out:
        typer.echo(left_out, err=True)
