"""SPARQL over HTTP (https://www.w3.org/TR/sparql11-protocol/), read-only, with a page for people."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from hashlib import blake2b
from math import isfinite
from typing import Any, Final, TypeVar
from urllib.parse import parse_qsl

import orjson
from fastapi import APIRouter, FastAPI, Request, Response

from mechkg.api.caller import base_url
from mechkg.api.frame import frame_of
from mechkg.api.negotiation import best
from mechkg.api.pages import HTML, html
from mechkg.api.problems import (
    OPEN,
    MethodError,
    NotAcceptableError,
    UnsupportedTypeError,
    headers_of,
    problem,
    status_of,
    title_of,
    told,
)
from mechkg.api.rate_limit import Limiter, address_of
from mechkg.api.sparql_limits import read_limits
from mechkg.errors import (
    BadInputError,
    BusyError,
    ForbiddenError,
    MechkgError,
    NotFoundError,
    TooLargeError,
    TooManyTriesError,
    nearest,
)
from mechkg.graph.query_pool import Limits, Stop
from mechkg.graph.results import TableForm
from mechkg.graph.store import Graphs, Syntax, write
from mechkg.service.sparql import (
    LONGEST,
    SHORT,
    Example,
    Forms,
    Result,
    Sparql,
    check_allowed,
    examples,
    same_again,
    service_description,
)
from mechkg.service.workspace import Workspace
from mechkg.web.sparql_page import (
    FIRST,
    FORMATS,
    SHOWN,
    Problem,
    ShownLimits,
    ShownResult,
    SparqlPage,
    downloads,
    shown,
    sparql_page,
)

T = TypeVar("T")

TABLES: Final[dict[str, TableForm]] = {
    "application/sparql-results+json": "json",
    "application/sparql-results+xml": "xml",
    "text/csv": "csv",
    "text/tab-separated-values": "tsv",
    "application/json": "json",
    "application/xml": "xml",
    "text/xml": "xml",
}
"""Media types of results of a SELECT; those of JSON and XML are for results of an ASK as well."""

TRUTHS: Final[dict[str, TableForm]] = {name: form for name, form in TABLES.items() if form in ("json", "xml")}

GRAPHS: Final[dict[str, Syntax]] = {
    "text/turtle": "turtle",
    "application/n-triples": "n-triples",
    "application/ld+json": "json-ld",
    "application/rdf+xml": "rdf-xml",
    "application/json": "json-ld",
    "application/xml": "rdf-xml",
    "text/plain": "n-triples",
}
"""Media types of graphs."""

_BY_NAME: Final = {
    "json": "application/sparql-results+json",
    "xml": "application/sparql-results+xml",
    "csv": "text/csv",
    "tsv": "text/tab-separated-values",
    "turtle": "text/turtle",
    "ntriples": "application/n-triples",
    "jsonld": "application/ld+json",
    "rdfxml": "application/rdf+xml",
    "html": HTML,
}
_WITH_CHARSET: Final = frozenset({"text/turtle", "text/csv", "text/tab-separated-values", "text/plain"})
_FORM: Final = "application/x-www-form-urlencoded"
_QUERY: Final = "application/sparql-query"
_UPDATE: Final = "application/sparql-update"
_METHODS: Final = "GET, HEAD, POST, OPTIONS"
_QUEUE: Final = 6
"""So many requests wait for a process to get free; others are sent away at once."""


_IRIS: Final = {"type": "array", "items": {"type": "string"}}
_NAMED: Final[dict[str, tuple[str, dict[str, Any]]]] = {
    "query": ("The query.", {"type": "string"}),
    "default-graph-uri": (
        "A graph to ask, in place of those that the query names.",
        {"type": "array", "items": {"type": "string"}},
    ),
    "named-graph-uri": ("A graph that GRAPH can name.", {"type": "array", "items": {"type": "string"}}),
    "asOf": ("What counted then: a release, a time, or a position of the ledger.", {"type": "string"}),
    "timeout": ("Seconds that it may take, at most those that the service gives.", {"type": "number", "exclusiveMinimum": 0}),
    "format": ("The form of the answer, in place of the header Accept.", {"type": "string", "enum": [*_BY_NAME]}),
}
_PARAMETERS: Final = [
    {"name": name, "in": "query", "description": words, "schema": schema} for name, (words, schema) in _NAMED.items()
]
_BODIES: Final = {
    _FORM: {"schema": {"type": "object", "properties": {n: schema for n, (_, schema) in _NAMED.items()}, "required": ["query"]}},
    _QUERY: {"schema": {"type": "string"}},
}


@dataclass(frozen=True, slots=True)
class _Question:
    """What a request asks."""

    query: str | None
    among: Graphs | None
    as_of: str | None
    seconds: float | None
    format: str | None
    example: str | None
    parameters: dict[str, str] = field(default_factory=dict)


def add_sparql(app: FastAPI, workspace: Workspace, limits: Limits | None = None) -> None:
    """Add ``/sparql`` over a workspace; raise BadInputError when a limit in the environment means nothing."""
    mount_sparql(app, Sparql(workspace.view, limits=limits or read_limits(), folder=workspace.home))


def mount_sparql(app: FastAPI, service: Sparql, limiter: Limiter | None = None) -> None:
    """Add ``/sparql``; the service is closed when the application ends."""
    endpoint = _Endpoint(service, limiter or Limiter(rate=10, burst=100))

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        try:
            yield
        finally:
            await asyncio.to_thread(endpoint.close)

    router = APIRouter(lifespan=lifespan)
    answers: dict[int | str, dict[str, Any]] = {
        200: {
            "description": "The result, or (without a query) what the service is; Mechkg-Result-Cut tells when it was cut.",
            "content": {kind: {"schema": {"type": "string"}} for kind in (*TABLES, *GRAPHS, HTML)},
        },
        304: {"description": "What the caller has still holds."},
        **told(400, 403, 404, 406, 413, 415, 429, 503),
    }
    words = {
        "get": "Ask the graph in SPARQL, read-only.",
        "post": "Ask the graph in SPARQL, read-only, with a query of any length.",
    }
    for method, extra in (
        ("get", {"parameters": _PARAMETERS}),
        ("post", {"requestBody": {"required": True, "content": _BODIES}}),
    ):
        router.add_api_route(
            "/sparql", endpoint.respond, methods=[method.upper()], name=f"sparql_{method}", description=words[method],
            response_model=None, response_class=Response, responses=answers, openapi_extra=extra,
        )  # fmt: skip
    others = ["HEAD", "OPTIONS", "PUT", "PATCH", "DELETE"]
    router.add_api_route("/sparql", endpoint.respond, methods=others, include_in_schema=False, response_model=None)
    every = ["GET", "POST", *others]
    router.add_api_route("/sparql/", endpoint.respond, methods=every, include_in_schema=False, response_model=None)
    app.include_router(router)


class _Endpoint:
    def __init__(self, service: Sparql, limiter: Limiter) -> None:
        self._service = service
        self._limiter = limiter
        self._most = service.limits.processes + _QUEUE
        self._room = asyncio.Semaphore(self._most)
        self._made: tuple[int, list[Example]] | None = None
        self.open()

    def open(self) -> None:
        """Make threads to answer in; an application may be started again after it ended."""
        self._threads = ThreadPoolExecutor(self._most, thread_name_prefix="sparql")
        # a view of the past may take seconds to make, and is waited for here, not where all else is read
        self._readers = ThreadPoolExecutor(4, thread_name_prefix="sparql-reading")

    def close(self) -> None:
        """Stop what runs."""
        self._service.close()
        self._threads.shutdown(cancel_futures=True)
        self._readers.shutdown(cancel_futures=True)
        self.open()

    async def _read(self, what: Callable[..., T], *given: object) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._readers, what, *given)

    async def respond(self, request: Request) -> Response:
        """Answer one request."""
        if request.method == "OPTIONS":
            allowed = {"Access-Control-Allow-Methods": _METHODS, "Access-Control-Allow-Headers": "Accept, Content-Type"}
            return Response(status_code=204, headers={**OPEN, "Allow": _METHODS, "Access-Control-Max-Age": "86400", **allowed})
        question: _Question | None = None
        try:
            if request.method not in ("GET", "HEAD", "POST"):
                raise MethodError(f"{request.method} is not for asking", hint=f"ask by {_METHODS}")
            if (wait := self._limiter.check(address_of(request))) > 0:
                raise TooManyTriesError("too many queries came from your address", seconds=wait)
            question = await _read(request)
            return await self._answer(request, question)
        except MechkgError as error:
            status = status_of(error)
            more = {"Allow": _METHODS} if status == 405 else {}
            if self._wants_page(request, question):
                shown_error = Problem(title_of(status), error.message, error.code, error.hint)
                text = question.query if question is not None and question.query is not None else FIRST
                page = await self._page(request, question, text, error=shown_error)
                return html(page, status, {"Cache-Control": "no-store", "Vary": "Accept", **headers_of(error), **more})
            return problem(request, error, more)

    @staticmethod
    def _wants_page(request: Request, question: _Question | None) -> bool:
        if question is not None and question.format is not None:
            return question.format == "html"
        offers = (*TABLES, *GRAPHS, HTML)
        return best(request.headers.get("accept"), offers) == HTML

    async def _answer(self, request: Request, question: _Question) -> Response:
        page = self._wants_page(request, question)
        if question.query is None:
            if page:
                return html(await self._page(request, question, await self._example(question)), headers={"Vary": "Accept"})
            return await self._describe(request, question)
        check_allowed(question.query)
        accept = _BY_NAME[question.format] if question.format else request.headers.get("accept")
        types: tuple[str | None, ...] = ()
        if page:
            forms = Forms()
        else:
            types = (best(accept, [*TABLES]), best(accept, [*TRUTHS]), best(accept, [*GRAPHS]))
            forms = Forms(TABLES.get(types[0] or ""), TRUTHS.get(types[1] or ""), GRAPHS.get(types[2] or ""))
        version = await self._read(self._service.version, question.as_of)
        headers = {**OPEN, "Vary": "Accept", "Cache-Control": "no-cache", "Mechkg-Version": str(version)}
        if request.method != "POST" and same_again(question.query):
            seen = repr((version, page, types, question.query, question.among, question.seconds, base_url(request)))
            headers["ETag"] = f'W/"{blake2b(seen.encode(), digest_size=16).hexdigest()}"'
            if headers["ETag"].removeprefix("W/") in request.headers.get("if-none-match", ""):
                return Response(status_code=304, headers=headers)
        found = await self._ask(request, question, forms, SHOWN if page else None)
        if found.version != version:  # the graph went on meanwhile
            headers.pop("ETag", None)
        headers["Mechkg-Version"] = str(found.version)
        if found.told.cut is not None:
            limits = self._service.limits
            most = (SHOWN if page else limits.rows) if found.told.cut == "rows" else limits.size
            headers["Mechkg-Result-Cut"] = f"{found.told.cut}={most}"
        if page:
            shown_result = _shown(found, question, self._service.limits)
            return html(await self._page(request, question, question.query, result=shown_result), headers=headers)
        assert found.told.kind is not None
        chosen = types[("bindings", "boolean", "graph").index(found.told.kind)]
        if chosen is None or found.told.form is None:
            offered: list[str] = {"bindings": [*TABLES], "boolean": [*TRUTHS], "graph": [*GRAPHS]}[found.told.kind]
            raise NotAcceptableError(
                "there is no form of this kind of result that you accept", hint=f"accept {', '.join(offered)}"
            )
        return Response(found.content, 200, headers, f"{chosen}; charset=utf-8" if chosen in _WITH_CHARSET else chosen)

    async def _ask(self, request: Request, question: _Question, forms: Forms, rows: int | None) -> Result:
        """Ask in a thread, and stop when whoever asks goes away."""
        if self._room.locked():
            raise BusyError("too many queries wait for an answer", hint="ask again in a few seconds")
        async with self._room:
            stop = Stop()
            more = (f"{base_url(request)}sparql#limits",)
            assert question.query is not None
            ask = partial(
                self._service.ask, question.query, among=question.among, as_of=question.as_of, forms=forms,
                seconds=question.seconds, rows=rows, more=more, stop=stop,
            )  # fmt: skip
            running = asyncio.get_running_loop().run_in_executor(self._threads, ask)
            gone = asyncio.ensure_future(_gone(request))
            both: set[asyncio.Future[Any]] = {running, gone}
            try:
                await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
                if not running.done():
                    await asyncio.to_thread(stop.stop)
                return await running
            except asyncio.CancelledError:
                stop.stop()
                raise
            finally:
                gone.cancel()

    async def _describe(self, request: Request, question: _Question) -> Response:
        """Say what the service is and does."""
        accept = _BY_NAME[question.format] if question.format else request.headers.get("accept")
        chosen = best(accept, [*GRAPHS])
        if chosen is None:
            raise NotAcceptableError("the service is described in RDF or HTML", hint=f"accept {', '.join(GRAPHS)}, {HTML}")
        view = await self._read(self._service.view, question.as_of)
        triples = service_description(f"{base_url(request)}sparql", self._service.limits, view)
        prefixes = {**SHORT, "sd": "http://www.w3.org/ns/sparql-service-description#", "void": "http://rdfs.org/ns/void#"}
        content = write(((*triple, "") for triple in triples), GRAPHS[chosen], prefixes)
        headers = {**OPEN, "Vary": "Accept", "Cache-Control": "no-cache"}
        return Response(content, 200, headers, f"{chosen}; charset=utf-8" if chosen in _WITH_CHARSET else chosen)

    async def _example(self, question: _Question) -> str:
        """Return the text that stands in the form at first."""
        if question.example is None:
            return FIRST
        known = {one.name: one.query for one in await self._read(self._examples)}
        if question.example not in known:
            raise NotFoundError.of("example", question.example, known)
        return known[question.example]

    def _examples(self) -> list[Example]:
        """Return the examples, for which the graph is asked; they are kept for its version."""
        view = self._service.view(None)
        version = view.version
        if self._made is None or self._made[0] != version:
            self._made = (version, examples(view))
        return self._made[1]

    async def _page(
        self,
        request: Request,
        question: _Question | None,
        text: str,
        *,
        result: ShownResult | None = None,
        error: Problem | None = None,
    ) -> str:
        limits = self._service.limits
        page = SparqlPage(
            query=text,
            format=(question.format if question is not None else None) or "html",
            as_of=(question.as_of if question is not None else None) or "",
            timeout=f"{question.seconds:g}" if question is not None and question.seconds else f"{limits.seconds:g}",
            limits=ShownLimits(limits.seconds, limits.rows, limits.size, limits.memory),
            examples=await self._read(self._examples),
            result=result,
            error=error,
        )
        return sparql_page(page, await self._read(frame_of, request, "data"))


async def _gone(request: Request) -> None:
    """Wait until whoever asks has gone away."""
    while (await request.receive())["type"] != "http.disconnect":
        pass


def _shown(found: Result, question: _Question, limits: Limits) -> ShownResult:
    """Return a result as the page shows it."""
    told = found.told
    taken = f"{told.seconds * 1000:.1f}"
    assert told.kind is not None
    links = downloads(question.parameters, told.kind)
    if told.kind == "graph":
        cut = f"Only the first {told.rows} triples are shown; the other forms have up to {limits.rows}." if told.cut else None
        return ShownResult(f"{told.rows} triples.", found.version, taken, cut, links, text=found.content.decode())
    content = orjson.loads(found.content)
    if told.kind == "boolean":
        answer = "Yes." if content["boolean"] else "No."
        return ShownResult(answer, found.version, taken, None, links)
    names = content["head"]["vars"]
    rows = [[shown(row.get(name)) for name in names] for row in content["results"]["bindings"]]
    cut = f"Only the first {told.rows} rows are shown; the other forms have up to {limits.rows}." if told.cut else None
    return ShownResult(f"{told.rows} rows.", found.version, taken, cut, links, names, rows)


# --- reading a request ------------------------------------------------------------------------------------------------


async def _read(request: Request) -> _Question:
    """Read what a request asks; raise BadInputError, ForbiddenError (an update) or TooLargeError."""
    given = _pairs(request.scope["query_string"], "the query string")
    query: str | None = None
    if request.method == "POST":
        kind, _, rest = request.headers.get("content-type", "").partition(";")
        kind = kind.strip().lower()
        if kind not in (_FORM, _QUERY, _UPDATE):
            raise UnsupportedTypeError(
                f"a query is not sent as '{kind}'" if kind else "the type of the content is not told",
                hint=f"send {_QUERY} or {_FORM}",
            )
        charset = rest.lower().replace('"', "").partition("charset=")[2].partition(";")[0].strip()
        if charset not in ("", "utf-8", "utf8"):
            raise UnsupportedTypeError(f"a query is sent in UTF-8, not in {charset}")
        body = await _body(request)
        if kind == _UPDATE:
            raise _update()
        if kind == _FORM:
            given += _pairs(body, "the form")
        else:
            if any(name == "query" for name, _ in given):
                raise BadInputError("there are two queries, one in the address and one in the content")
            query = _utf8(body, "the query")
    named: dict[str, list[str]] = {}
    for name, value in given:
        named.setdefault(name, []).append(value)
    if "update" in named or any(name.startswith("using-") for name in named):
        raise _update()
    for name in ("query", "asOf", "timeout", "format", "example"):
        if len(named.get(name, ())) > 1:
            raise BadInputError(f"'{name}' is given {len(named[name])} times", hint="give it once")
    query = query if query is not None else named.get("query", [None])[0]
    if query is None and request.method == "POST":
        raise BadInputError("there is no query", hint="give it as the parameter 'query'")
    default, graphs = tuple(named.get("default-graph-uri", ())), tuple(named.get("named-graph-uri", ()))
    for iri in (*default, *graphs):
        if any(letter in '<>"{}|^`\\' or letter <= " " for letter in iri) or ":" not in iri:
            raise BadInputError(f"'{iri}' is no IRI of a graph")
    wanted = named.get("format", [""])[0] or None
    if wanted is not None and wanted not in _BY_NAME:
        close = nearest(wanted, FORMATS)
        raise BadInputError(f"there is no form of results called '{wanted}'", hint=f"did you mean '{close}'?" if close else None)
    return _Question(
        query=query,
        among=Graphs(default, graphs) if default or graphs else None,
        as_of=named.get("asOf", [""])[0].strip() or None,
        seconds=_seconds(named.get("timeout", [""])[0]),
        format=wanted,
        example=named.get("example", [""])[0] or None,
        parameters={name: values[0] for name, values in named.items() if name in ("query", "asOf", "timeout") and values[0]},
    )


def _update() -> ForbiddenError:
    return ForbiddenError(
        "updates are not carried out: what the graph says is changed by acts of curation alone",
        hint="the graph is read-only here; propose a change set over GraphQL",
    )


async def _body(request: Request) -> bytes:
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > 4 * LONGEST:
            raise TooLargeError(f"the content is longer than {4 * LONGEST} bytes")
    return body


def _pairs(encoded: bytes, where: str) -> list[tuple[str, str]]:
    try:
        return parse_qsl(encoded.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=1000)
    except (UnicodeDecodeError, ValueError) as error:
        raise BadInputError(f"{where} is not URL-encoded UTF-8") from error


def _utf8(body: bytes, what: str) -> str:
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise BadInputError(f"{what} is not UTF-8") from error


def _seconds(text: str) -> float | None:
    if not text.strip():
        return None
    try:
        seconds = float(text)
        if not (isfinite(seconds) and seconds > 0):
            raise ValueError
    except ValueError as error:
        raise BadInputError(f"'{text}' is no time", hint="timeout is given in seconds, such as 2.5") from error
    return seconds
