"""Linked data: whatever has an IRI answers at the path of its IRI, as a page, Turtle, JSON-LD or N-Quads.

What is a document itself (an assertion, a release, a verdict, an act) is sent; about what cannot be sent (a cluster, a person) a
document is sent, to which the answer points (303, https://www.w3.org/TR/cooluris/). A suffix names a form for good.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any, Final, Literal
from urllib.parse import quote

from fastapi import APIRouter, FastAPI, Request, Response

from mechkg.api.frame import frame_of
from mechkg.api.negotiation import best
from mechkg.api.pages import HTML, html, private
from mechkg.api.problems import OPEN, NotAcceptableError, headers_of, problem, status_of, title_of, told
from mechkg.api.rate_limit import Limiter, address_of
from mechkg.errors import BadInputError, MechkgError, NotFoundError, TooManyTriesError
from mechkg.graph.ontology_files import ontology_digest
from mechkg.model.ledger_record import Subject
from mechkg.service.citation import bibtex
from mechkg.service.describe import describe, describe_ontology, describe_whole
from mechkg.service.describe_item import title_of as title_of_item
from mechkg.service.description import Description, Form, GoneError, as_rdf
from mechkg.service.identifiers import ROOT, Identifier, read_iri
from mechkg.service.ontology_terms import ONTOLOGY, module_names, ontology, term_names
from mechkg.service.people import everybody
from mechkg.service.recorded import Recorded
from mechkg.service.sheet import sheet_of
from mechkg.service.thread import thread_of
from mechkg.service.verdict_board import verdict_board
from mechkg.service.workspace import Workspace
from mechkg.web.description_page import Copy, DescriptionPage, Discussed, description_page, with_moment
from mechkg.web.dispute_page import path_of_dispute
from mechkg.web.frame import Frame
from mechkg.web.item_tools import tools_of
from mechkg.web.ontology_page import OntologyPage, ontology_page
from mechkg.web.pages import scripts_folder, style_path
from mechkg.web.problem_page import ProblemPage, problem_page

Suffix = Literal["html", "ttl", "jsonld", "nq"]

_FORMS: Final[dict[Suffix, tuple[str, str]]] = {
    "html": ("HTML", HTML),
    "ttl": ("Turtle", "text/turtle"),
    "jsonld": ("JSON-LD", "application/ld+json"),
    "nq": ("N-Quads", "application/n-quads"),
}
"""Suffix -> its name, its media type."""

_RDF: Final[dict[Suffix, Form]] = {"ttl": "turtle", "jsonld": "json-ld", "nq": "n-quads"}
_BY_TYPE: Final[dict[str, Suffix]] = {media: suffix for suffix, (_, media) in _FORMS.items()} | {"application/json": "jsonld"}
_MOST_COPIED: Final = 400
"""So many quads stand in a page to be copied; what has more is linked."""

_DATA_FIRST: Final = ("text/turtle", "application/ld+json", "application/n-quads", HTML)

_PATHS: Final = {
    "/id/{name:path}": "An item, or a part of one: item/part.",
    "/assertion/{name}": "An assertion: id- and its id in the ledger.",
    "/np/{name}": "A nanopublication of a release, by the code of its trusty URI.",
    "/agent/{name:path}": "Somebody who did something, by short name.",
    "/release/{name}": "A release.",
    "/verdict/{name:path}": "A verdict: space/candidate.",
    "/set/{name}": "A change set.",
    "/disagreement/{name:path}": "A disagreement.",
    "/act/{name}": "An act, by its position in the ledger.",
    "/graph/{name}": "A graph that is no nanopublication: ontology, implied, state.",
}
"""Path -> what is found there. Behind a name may stand a suffix."""

_ANSWERS: Final[dict[int | str, dict[str, Any]]] = {
    200: {"description": "It.", "content": {media: {"schema": {"type": "string"}} for _, media in _FORMS.values()}},
    303: {"description": "Where the document about it is."},
    304: {"description": "What the caller has still holds."},
    **told(400, 404, 406, 410, 429),
}


def _parameters(names: list[str]) -> list[dict[str, Any]]:
    """Return what the description of an address says of its parameters."""
    text = {"type": "string"}
    found: list[dict[str, Any]] = [
        {"name": name, "in": "path", "required": True, "schema": {**text, "minLength": 1}, "description": "Its name."}
        for name in names
    ]
    words = "What counted then: a release, a time, or a position of the ledger."
    return [*found, {"name": "asOf", "in": "query", "schema": text, "description": words}]


Describe = Callable[[str | None], Description]
"""Describes something as of a moment."""

_TRIES: Final = 5
"""So often an answer is made when what counts changes while it is made."""


@dataclass(frozen=True, slots=True)
class _Asked:
    """What is asked for: the path without suffix, what describes it, whether it is a document, the suffix if there is one."""

    path: str
    describe: Describe
    document: bool
    suffix: Suffix | None
    module: str | None = None
    named: Identifier | None = None


def add_linked_data(app: FastAPI, workspace: Workspace, limiter: Limiter | None = None) -> None:
    """Add the paths of all IRIs, and of the dataset and the ontology as wholes."""
    router = APIRouter()
    door = _Door(workspace, limiter or Limiter(rate=50, burst=500))

    def add(path: str, respond: Callable[[Request], Response], words: str | None = None) -> None:
        """Let an address be answered; with ``words`` it stands in the description of all addresses."""
        # sync functions: they run in threads, as reading and reasoning may take long
        router.add_api_route(path, respond, methods=["HEAD"], include_in_schema=False, response_model=None)
        names = [part.removesuffix(":path") for part in re.findall(r"\{([^}]*)\}", path)]
        router.add_api_route(
            path, respond, methods=["GET"], name=f"get {path}", description=words, include_in_schema=words is not None,
            response_model=None, response_class=Response, responses=_ANSWERS, openapi_extra={"parameters": _parameters(names)},
        )  # fmt: skip

    for path, words in _PATHS.items():
        add(path, door.thing, words)
    add("/ontology", door.ontology, "The ontology.")
    add("/ontology/{name}", door.ontology, "A module of the ontology, by its name; the name of a term leads to where it stands.")
    add("/dataset", door.dataset, "The whole graph as a dataset: VoID and DCAT.")
    for path, respond in (("/ontology.{suffix}", door.ontology), ("/dataset.{suffix}", door.dataset)):
        add(path, respond)
    add("/.well-known/void", door.well_known)
    app.include_router(router)


class _Door:
    def __init__(self, workspace: Workspace, limiter: Limiter) -> None:
        self._workspace = workspace
        self._limiter = limiter

    def thing(self, request: Request) -> Response:
        """Answer for what an IRI names."""
        path, suffix = _parted(request)

        def answer() -> Response:
            try:
                return self._answer(request, self._thing(path, suffix))
            except NotFoundError as error:
                if suffix is None or isinstance(error, GoneError):
                    raise
                try:  # a name may end like a suffix
                    return self._answer(request, self._thing(f"{path}.{suffix}", None))
                except (NotFoundError, BadInputError):
                    raise error from None

        return self._safely(request, suffix, answer)

    def _thing(self, path: str, suffix: Suffix | None) -> _Asked:
        identifier = read_iri(ROOT + quote(path.removeprefix("/"), safe="/.-+~%"))
        return _Asked(
            path=identifier.path,
            describe=lambda as_of: describe(self._workspace, identifier, as_of),
            document=identifier.kind not in ("item", "part", "person"),
            suffix=suffix,
            named=identifier,
        )

    def ontology(self, request: Request) -> Response:
        """Answer for the ontology, or a module of it; the name of a term leads to where it stands."""
        path, suffix = _parted(request)
        name = path.removeprefix("/ontology").strip("/") or None

        def answer() -> Response:
            if name is not None and name not in module_names():
                if name in term_names():
                    return Response(status_code=303, headers={**OPEN, "Location": f"/ontology#{name}"})
                if name == ontology().version:
                    return self._answer(request, self._ontology(None, suffix))
            return self._answer(request, self._ontology(name, suffix))

        return self._safely(request, suffix, answer)

    def _ontology(self, module: str | None, suffix: Suffix | None) -> _Asked:
        path = "/ontology" if module is None else f"/ontology/{module}"
        return _Asked(path, lambda as_of: describe_ontology(self._workspace.view(as_of), module), True, suffix, module)

    def dataset(self, request: Request) -> Response:
        """Answer for the dataset as a whole."""
        _, suffix = _parted(request)
        asked = _Asked("/dataset", lambda as_of: describe_whole(self._workspace, as_of), True, suffix)
        return self._safely(request, suffix, lambda: self._answer(request, asked))

    def well_known(self, request: Request) -> Response:
        """Say where the dataset is described (https://www.w3.org/TR/void/#well-known)."""
        chosen = best(request.headers.get("accept"), _DATA_FIRST) or "text/turtle"
        return Response(status_code=302, headers={**OPEN, "Location": f"/dataset.{_BY_TYPE[chosen]}", "Vary": "Accept"})

    def _safely(self, request: Request, suffix: Suffix | None, answer: Callable[[], Response]) -> Response:
        try:
            if (wait := self._limiter.check(address_of(request))) > 0:
                raise TooManyTriesError("too many requests came from your address", seconds=wait)
            return answer()
        except MechkgError as error:
            # an address that names nothing is not found, however it is written
            if (
                isinstance(error, BadInputError)
                and not isinstance(error, NotAcceptableError)
                and "asOf" not in request.query_params
            ):
                error = NotFoundError(error.message, hint=error.hint)
            offers = (HTML, "application/problem+json", *_BY_TYPE)
            if suffix == "html" or (suffix is None and best(request.headers.get("accept"), offers) == HTML):
                status = status_of(error)
                page = ProblemPage(title_of(status), error.message, error.code, error.hint)
                headers = {"Vary": "Accept, Cookie", "Cache-Control": "no-store", **headers_of(error)}
                return html(problem_page(page, frame_of(request)), status, headers)
            return problem(request, error)

    def _page(
        self, asked: _Asked, found: Description, there: dict[Suffix, str], as_of: str | None, view: Recorded, frame: Frame
    ) -> str:
        forms = [(_FORMS[suffix], there[suffix]) for suffix in _RDF]
        if found.iri.startswith(ONTOLOGY):
            return ontology_page(OntologyPage(ontology(asked.module), found, forms), frame)
        named = asked.named
        if named is None or named.kind not in ("item", "assertion"):
            tools = tools_of(named) if named is not None else ()
            return description_page(DescriptionPage(found, forms, as_of or "", tools=tools), frame)
        checks = verdict_board(self._workspace).checks if as_of is None else {}
        sheet, copies = sheet_of(view, named, checks), _copies(view, named, found, there)
        said = None if as_of is not None else _discussion(view, named)
        page = DescriptionPage(found, forms, as_of or "", sheet, copies, tools_of(named, sheet), said)
        return description_page(page, frame)

    def _answer(self, request: Request, asked: _Asked) -> Response:
        """Answer from one version, which the answer names; where what counts changed meanwhile, the answer is made anew."""
        for _ in range(_TRIES):
            response, version = self._answered(request, asked)
            if version is None or self._workspace.version == version:
                return response
        for header in ("ETag", "Mechkg-Version"):  # it may be of several
            del response.headers[header]
        return response

    def _answered(self, request: Request, asked: _Asked) -> tuple[Response, int | None]:
        """Return an answer, and the version that it is of as long as that is what counts; None where it is of no such."""
        as_of = request.query_params.get("asOf", "").strip() or None
        suffix = asked.suffix
        if suffix is None:
            chosen = best(request.headers.get("accept"), [*_BY_TYPE])
            if chosen is None:
                raise NotAcceptableError("there is no form of it that you accept", hint=f"accept {', '.join(_BY_TYPE)}")
            suffix = _BY_TYPE[chosen]
        there = {each: with_moment(f"{asked.path}.{each}", as_of or "") for each in _FORMS}
        links = [f'<{there[each]}>; rel="alternate"; type="{media}"' for each, (_, media) in _FORMS.items() if each != suffix]
        headers = {**OPEN, "Cache-Control": "no-cache"}
        if asked.suffix is None:
            headers["Vary"] = "Accept"
        if asked.suffix is None and not asked.document:
            asked.describe(as_of)  # what is not there is not found at once
            links.append(f'<{there[suffix]}>; rel="describedby"; type="{_FORMS[suffix][1]}"')
            return Response(status_code=303, headers={**headers, "Location": there[suffix], "Link": ", ".join(links)}), None
        view = self._workspace.view(as_of)
        version = view.version
        now = version if as_of is None else None
        frame = frame_of(request, _section(view, asked)) if suffix == "html" else None
        if frame is not None:
            headers |= private(frame)
            headers["Vary"] = "Accept, Cookie" if asked.suffix is None else "Cookie"
        seen = repr(
            (
                view.ledger.position(),
                version,
                asked.path,
                suffix,
                as_of,
                ontology_digest(),
                style_path(),
                scripts_folder(),
                frame,
            )
        )
        headers["ETag"] = f'W/"{blake2b(seen.encode(), digest_size=16).hexdigest()}"'
        headers["Mechkg-Version"] = str(version)
        if asked.suffix is None:
            headers["Content-Location"] = there[suffix]
        # who has it was sent it from this very state, so it is there
        if headers["ETag"].removeprefix("W/") in request.headers.get("if-none-match", ""):
            return Response(status_code=304, headers=headers), None
        links.append('</dataset>; rel="describedby"')
        found = asked.describe(as_of)
        headers["Link"] = ", ".join([*links, f'<{found.iri}>; rel="{"canonical" if asked.document else "describes"}"'])
        if frame is not None:
            return html(self._page(asked, found, there, as_of, view, frame), headers=headers), now
        media = _FORMS[suffix][1]
        content = as_rdf(found.quads, _RDF[suffix])
        return Response(content, 200, headers, "text/turtle; charset=utf-8" if suffix == "ttl" else media), now


def _parted(request: Request) -> tuple[str, Suffix | None]:
    """Return the path that is asked for without its suffix, as it is written, and the suffix."""
    raw: bytes = request.scope.get("raw_path") or request.scope["path"].encode()
    path = raw.partition(b"?")[0].decode("ascii", "replace")
    for suffix in _FORMS:
        if path.endswith(f".{suffix}"):
            return path.removesuffix(f".{suffix}"), suffix
    return path, None


def _discussion(view: Recorded, named: Identifier) -> Discussed | None:
    """Return what was said upon an item or an assertion; None where nothing was."""
    item = view.ledger.assertion(named.name).item if named.kind == "assertion" else named.name
    thread = thread_of(view, Subject("assertion" if named.kind == "assertion" else "item", named.name))
    if not thread:
        return None
    entries = view.catalog.entries
    rests_on = {each for one in thread.disputes for each in one.dispute.rests_on} & entries.keys()
    titles = {each: title_of_item(view, entries[each]) for each in rests_on}
    names = {each.id: each.name for each in everybody(view.ledger).values()}
    return Discussed(thread, path_of_dispute(item) if item in entries else "", names, titles)


def _section(view: Recorded, asked: _Asked) -> str:
    """Return the section of the site that the page about something belongs to."""
    first, _, name = asked.path.removeprefix("/").partition("/")
    entry = view.catalog.entries.get(name.partition("/")[0]) if first == "id" else None
    if entry is not None:
        return {"document": "papers", "reference": "papers", "species": "species", "space": "hypotheses"}.get(entry.kind, "")
    return {"ontology": "data", "dataset": "data", "graph": "data", "verdict": "hypotheses", "set": "curate"}.get(first, "")


def _copies(view: Recorded, named: Identifier, found: Description, there: dict[Suffix, str]) -> list[Copy]:
    """Return an item or assertion in the forms in which readers take it away."""
    entry = view.catalog.entries.get(named.name)
    record = view.ledger.assertion(named.name) if named.kind == "assertion" else entry.record if entry else None
    copies = []
    paper = None if record is None else record if record.kind == "reference" else None
    if record is not None and paper is None and (document := view.catalog.entries.get(record.document)) is not None:
        paper = document.record
    if paper is not None:
        copies.append(Copy("BibTeX" if paper is record else "BibTeX of the paper", bibtex(paper.item, paper.body)))
    forms: tuple[tuple[str, Suffix], ...] = (("Turtle", "ttl"), ("JSON-LD", "jsonld"))
    for title, suffix in forms:
        short = len(found.quads) <= _MOST_COPIED
        text = as_rdf(found.quads, _RDF[suffix]) if short else b""
        copies.append(Copy(title, text.decode().strip(), there[suffix]))
    query = "{ id __typename ... on Item { label localName assertionIri acceptedAt acceptedBy } }"
    copies.append(Copy("GraphQL", f'{{\n  node(id: "{found.iri}") {query}\n}}'))
    return copies
