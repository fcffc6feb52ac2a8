"""What is said to a SPARQL server and what it answers: addresses, requests, terms out of JSON, failures as errors of ours."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import parse_qsl, unquote, urlsplit

from mechkg.errors import BadInputError, GraphError, MissingExtraError, QueryError
from mechkg.graph.namespaces import XSD
from mechkg.graph.quirks import KINDS, Quirks
from mechkg.graph.store import Table, as_plain, read
from mechkg.graph.terms import Term, Triple, iri, literal, literal_parts
from mechkg.model.masked import masked

Asked = list[tuple[str, str]]
"""Which graphs a query is asked of, as parameters of the protocol."""

Cell = Mapping[str, Any]
"""A term in JSON, https://www.w3.org/TR/sparql11-results-json/."""

_ANSWERING: Final = 30.0
_WRITING: Final = 300.0
_CONNECTING: Final = 3.0
_TABLE: Final = "application/sparql-results+json"
_STRING: Final = XSD + "string"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a server is and how it is spoken to: addresses for queries and updates, user and password."""

    kind: str
    query: str
    update: str
    user: str | None
    password: str | None
    quirks: Quirks

    @classmethod
    def of(cls, url: str) -> Place:
        """Read an address: ``oxigraph+http://host:7878``, ``virtuoso+https://user:password@host``, ``sparql+http://host/path``.

        The last is that of any server, by the address for queries; ``?update=`` is the path for updates where it is another.
        Raise BadInputError for what is none.
        """
        parts = urlsplit(url)
        kind, _, scheme = parts.scheme.partition("+")
        example = "such as oxigraph+http://localhost:7878"
        if kind not in KINDS or scheme not in ("http", "https") or not parts.hostname:
            raise BadInputError(
                f"'{masked(url)}' is not the address of a SPARQL server",
                hint=f"write it as KIND+http://HOST with one of {', '.join(KINDS)}, {example}",
            )
        try:
            port = f":{parts.port}" if parts.port else ""
        except ValueError:
            raise BadInputError(f"'{masked(url)}' has no port that is a number", hint=example) from None
        host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
        root, quirks, said = f"{scheme}://{host}{port}", KINDS[kind], dict(parse_qsl(parts.query))
        base = f"{root}{parts.path.rstrip('/')}"
        if unknown := sorted(said.keys() - {"update"}):
            raise BadInputError(f"'{unknown[0]}' means nothing in '{masked(url)}'", hint="only update=PATH does")
        update = f"{root}{said['update']}" if "update" in said else f"{base}{quirks.update}"
        user, password = (None if word is None else unquote(word) for word in (parts.username, parts.password))
        return cls(kind, f"{base}{quirks.query}", update, user, password, quirks)

    def __str__(self) -> str:
        return self.query


class SparqlHttp:
    """A conversation with one server. Threads may share it."""

    def __init__(self, place: Place) -> None:
        try:
            import httpx2
        except ImportError as error:
            raise MissingExtraError("a graph on a SPARQL server needs httpx2", hint="pip install 'mechkg[sparql]'") from error
        self.place = place
        self.quirks = place.quirks
        self._http = httpx2
        sign_in = httpx2.BasicAuth if self.quirks.sign_in == "basic" else httpx2.DigestAuth
        self._auth = sign_in(place.user, place.password or "") if place.user is not None else None
        self._client = httpx2.Client()

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def table(self, query: str) -> Table:
        """Answer a SELECT with rows of terms."""
        names, rows = self.solutions(query)
        return Table(names, [[None if cell is None else self.term(cell) for cell in row] for row in rows])

    def solutions(self, query: str, asked: Asked | None = None) -> tuple[tuple[str, ...], list[list[Cell | None]]]:
        """Answer a SELECT with its variables and rows of cells; ``asked`` says of which graphs, see the protocol."""
        answer = self.json(query, asked)
        if "results" not in answer:
            raise QueryError("expected a SELECT or ASK query")
        names = tuple(answer["head"]["vars"])
        return names, [[row.get(name) for name in names] for row in answer["results"]["bindings"]]

    def triples(self, query: str, asked: Asked | None = None) -> list[Triple]:
        """Answer a CONSTRUCT or DESCRIBE."""
        content = self._ask(query, "application/n-triples, text/plain;q=0.5", asked)
        return [(s, p, self._restored(o)) for s, p, o, _ in read(content, "n-triples")]

    def json(self, query: str, asked: Asked | None = None) -> dict[str, Any]:
        """Return the answer to a SELECT or ASK as it came."""
        content = self._ask(query, _TABLE, asked)
        try:
            found = json.loads(content, strict=False)
        except ValueError as error:
            raise GraphError(f"the server at {self.place} does not answer as SPARQL servers do") from error
        if not isinstance(found, dict):
            raise GraphError(f"the server at {self.place} does not answer as SPARQL servers do")
        return found

    def _ask(self, query: str, accept: str, asked: Asked | None) -> bytes:
        given = [*self.quirks.together.items()] if asked is None else asked
        form: dict[str, list[str]] = {"query": [query]}
        for name, value in given:
            form.setdefault(name, []).append(value)
        return self._post(self.place.query, form, "application/x-www-form-urlencoded", accept)

    def update(self, text: str) -> None:
        """Do updates, sent as one request."""
        self._post(self.place.update, text, "application/sparql-update", "*/*", signed=True)

    def _post(self, url: str, content: Any, media: str, accept: str, *, signed: bool = False) -> bytes:
        body = {"data": content} if isinstance(content, dict) else {"content": content.encode()}
        headers = {"Content-Type": media, "Accept": accept}
        timeout = self._http.Timeout(_WRITING if signed else _ANSWERING, connect=_CONNECTING)
        auth: Any = self._auth if signed or self.quirks.sign_in == "basic" else None
        # a connection that lay idle may be closed by now: a question is asked once more, an update not
        for again in (not signed, False):
            try:
                answer = self._client.post(url, headers=headers, auth=auth, timeout=timeout, **body)
                break
            except self._http.HTTPError as error:
                if not again or isinstance(error, self._http.TimeoutException):
                    why = str(error) or type(error).__name__
                    raise GraphError(
                        f"the SPARQL server at {self.place} cannot be reached: {why}", hint="does it run, at this address?"
                    ) from error
        if answer.status_code in (401, 403):
            raise GraphError(
                f"the SPARQL server at {self.place} refuses the user", hint="check user and password of MECHKG_GRAPH"
            )
        if answer.status_code >= 300:
            said = " ".join(answer.text.split())[:300]
            kind: type[GraphError] = QueryError if not signed and answer.status_code in (400, 500) else GraphError
            what = "the query cannot be answered" if kind is QueryError else f"the SPARQL server at {self.place} fails"
            raise kind(f"{what}: {said or f'HTTP {answer.status_code}'}")
        if (rows := self.quirks.cut(answer.headers)) is not None:
            raise GraphError(f"the server at {self.place} cuts answers at {rows} rows", hint=self.quirks.hint)
        return bytes(answer.content)

    def term(self, cell: Cell) -> Any:
        """Return a cell as a term."""
        value = cell["value"]
        match cell["type"]:
            case "uri":
                return iri(value)
            case "bnode":
                return f"_:{value.removeprefix(self.quirks.blank_node)}"
            case "triple":
                return tuple(self.term(value[part]) for part in ("subject", "predicate", "object"))
        if "xml:lang" in cell:
            return f"{literal(value)}@{cell['xml:lang']}"
        datatype = cell.get("datatype")
        if datatype is None or datatype == _STRING:
            return literal(value)
        return f"{literal(self.quirks.restore(value, datatype))}^^{iri(datatype)}"

    def _restored(self, object_: Term) -> Term:
        if not object_.startswith('"'):
            return object_
        text, datatype, language = literal_parts(object_)
        if datatype is None or language is not None:
            return object_
        return f"{literal(self.quirks.restore(text, datatype))}^^{iri(datatype)}"

    def plain(self, cell: Cell) -> Any:
        """Return a cell as a plain value."""
        if cell["type"] == "uri":
            return as_plain(cell["value"], None, iri=True)
        if cell["type"] in ("literal", "typed-literal"):
            datatype = cell.get("datatype")
            text = cell["value"] if datatype is None else self.quirks.restore(cell["value"], datatype)
            return as_plain(text, datatype)
        return self.term(cell)
