"""Every route of the application, asked for by everybody over HTTP, and what came of it.

:data:`CALLS` has a way to call each route, made anew for each who tries where calling it changes something. The second table of
``deploy/AUTHORISATION.md`` is made of it, see :mod:`tests.api.authorisation`.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from fastapi import FastAPI
from httpx2 import Response
from sqlalchemy import func, select

from mechkg.curation import tables, tokens
from mechkg.graph.export_release import N_QUADS
from mechkg.model.person import Caller, Grant
from mechkg.service.accept import accept
from mechkg.service.acting import RemoveItem
from mechkg.service.draft import discard_draft
from mechkg.service.imports import keep_table
from mechkg.service.proposal import changed_item
from mechkg.service.propose import propose
from mechkg.service.readings import keep_text, looked_through, reading
from mechkg.service.request_changes import request_changes
from mechkg.service.revise_by_draft import draft_of
from mechkg.service.saved import save
from mechkg.service.workbench import Setting
from mechkg.web.pages import scripts, scripts_folder, style_path
from tests.api.trying import DISAGREEMENT, EVERYBODY, RELEASE, Service, Who
from tests.curation.staff import ADA, BEN, CLEO
from tests.small_case import SPACE
from tests.web.addresses import routes

TEXT: Final = "Results\n\nCdS MSC-350 was seen at 350 nm in toluene after 2 h; note {number} of {by}.\n"
MANY: Final = 12
"""So many assertions are brought or removed at once, for acts upon one of them each."""

OWN_PAGE: Final = {"Sec-Fetch-Site": "same-origin"}
JSON: Final = {"Accept": "application/json"}
QUERY: Final = "%7B__typename%7D"


@dataclass(frozen=True, slots=True)
class Call:
    """What is sent to a route."""

    path: str
    form: Mapping[str, str | list[str]] | None = None
    file: tuple[str, bytes] | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    json: Mapping[str, Any] | None = None


Makes = Callable[[Service, Who], Call]


def send(service: Service, method: str, call: Call, headers: Mapping[str, str]) -> Response:
    """Send it, as a page of ours would."""
    given: dict[str, Any] = {"headers": {"Accept": "text/html", **headers, **call.headers}, "follow_redirects": False}
    if call.form is not None:
        given["data"] = dict(call.form)
    if call.json is not None:
        given["json"] = dict(call.json)
    if call.file is not None:
        given["files"] = {"file": call.file}
    return service.client.request(method, call.path, **given)


# --- things -------------------------------------------------------------------------------------------------------------


def text_of(service: Service, by: Caller) -> str:
    """Let somebody keep a text to read; return the name it goes by."""
    text = TEXT.format(number=next(service.numbers), by=by.person)
    return keep_text(service.workspace, by, text.encode(), "note.txt", "paper")


def table_of(service: Service, by: Caller) -> str:
    """Let somebody keep a table to import; return the name it goes by."""
    number = next(service.numbers)
    rows = f"id,kind,about,statement,flag\nt-{number},conclusion,ab-350,Row {number} of {by.person}.,external\n"
    return keep_table(service.workspace, by, rows.encode(), "claims.csv")


def saved_of(service: Service, by: Caller) -> str:
    """Let somebody save a setting of the workbench."""
    return save(service.workspace, by, SPACE, Setting(), f"Setting {next(service.numbers)} of {by.person}").id


def asked_set(service: Service, by: Caller) -> str:
    """Propose a change set for which changes were requested."""
    found = service.change_set(by)
    request_changes(service.workspace, BEN, found, revision=1, reason="which figure?")
    return found


def accepted_set(service: Service, many: int = MANY) -> tuple[str, Iterator[str]]:
    """Have a change set accepted; return it, and the assertions that it brought."""
    items = [service.claim() for _ in range(many)]
    catalog = service.workspace.catalog
    found = propose(service.workspace, CLEO, [changed_item(catalog, item, {"note": "Seen."}) for item in items], title="Notes").id
    accept(service.workspace, BEN, found, revision=1)
    return found, iter([service.workspace.catalog.entries[item].record.id for item in items])


def removed_set(service: Service) -> tuple[str, Iterator[str]]:
    """Have a change set accepted that removed things; return it, and the assertions that went."""
    items = [service.claim() for _ in range(MANY)]
    gone = [service.workspace.catalog.entries[item].record.id for item in items]
    found = propose(service.workspace, CLEO, [RemoveItem(item, "misread") for item in items], title="They go").id
    accept(service.workspace, BEN, found, revision=1)
    return found, iter(gone)


def _set(service: Service, who: Who, act: str, made: str = "", **form: str) -> Call:
    name = made or service.change_set(service.author(who))
    return Call(f"/curate/changes/{name}/{act}", {"revision": "1", "reason": "as I see it", **form})


def _revised(service: Service, who: Who) -> Call:
    by = service.author(who)
    name = asked_set(service, by)
    draft = draft_of(service.workspace, by, name).id
    return _set(service, who, "revise", name, draft=draft)


def _brought(service: Service, act: str, **form: str) -> Call:
    name, brought = service.once(("accepted", act), lambda: accepted_set(service))
    return Call(f"/curate/changes/{name}/{act}", {"assertion": next(brought), "reason": "not there", **form})


def _restored(service: Service) -> Call:
    name, gone = service.once("removed", lambda: removed_set(service))
    return Call(f"/curate/changes/{name}/restore", {"assertion": next(gone), "reason": "it is there"})


def _away(service: Service, who: Who) -> Call:
    return Call(f"/curate/drafts/{service.draft(service.author(who))}/away", {"version": "1"})


def _back(service: Service, who: Who) -> Call:
    draft = service.draft(by := service.author(who))
    discard_draft(service.workspace, by, draft, version=1)
    return Call(f"/curate/drafts/{draft}/back", {"old": "1", "version": "2"})


def _item(service: Service, do: str, **more: str) -> Call:
    """Return what the form of an item sends: a new claim about the material."""
    words = f"It was seen, {next(service.numbers)}."
    body = {"body.kind": "conclusion", "body.statement": words, "body.about.1": "ab-350", "body.flag": "external"}
    return Call("/curate/form", {"kind": "claim", "do": do, "document": "paper", **body, **more})


def _entered(service: Service, who: Who) -> Call:
    digest = text_of(service, by := service.author(who))
    found = looked_through(service.workspace, reading(service.workspace, by, digest))
    return Call(f"/curate/read/{digest}/enter", {"number": [str(each.number) for each in found.offered]})


def _link(service: Service) -> str:
    text, _ = tokens.sign_in_link(service.workspace.ledger, CLEO)
    return text.reveal()


def _invitation(service: Service) -> str:
    text, _ = tokens.invite(service.workspace.ledger, ADA, "dan")
    return text.reveal()


def _token(service: Service, by: Caller) -> str:
    name = f"token {next(service.numbers)}"
    return tokens.issue(service.workspace.ledger, by, name, Grant("reader"))[1].id


def session_of(service: Service, who: Who) -> dict[str, str]:
    """Return the headers of a new session of somebody who comes by a browser; nothing for the others."""
    if not who.browser:
        return {}
    text, _ = tokens.begin_session(service.workspace.ledger, who.caller.person, "test")
    return {"Cookie": f"mechkg_session={text.reveal()}"}


def _published(service: Service) -> str:
    """Return the name of a nanopublication of the release."""
    content = service.client.get(f"/releases/{RELEASE}/{N_QUADS}").text
    found = re.search(r"/np/(RA[\w-]{43})", content)
    assert found is not None
    return found[1]


def at(path: str) -> Makes:
    """Return what asks for a path that is everybody's."""
    return lambda service, who: Call(path)


def of(front: str, make: Callable[[Service, Caller], str], end: str = "") -> Makes:
    """Return what asks for something of one person: each owner has one, which everybody asks for."""

    def call(service: Service, who: Who) -> Call:
        by = service.author(who)
        return Call(f"{front}{service.once((front, by.person), lambda: make(service, by))}{end}")

    return call


# --- the calls ----------------------------------------------------------------------------------------------------------

_SPACE: Final = f"/spaces/{SPACE}"
_SET: Final = "/curate/changes/{name}"
_READ, _IMPORT, _DRAFT = "/curate/read/{digest}", "/curate/import/{digest}", "/curate/drafts/{draft}"

LISTS: Final = (
    "/", "/search?q=CdS", "/species", "/papers", "/steps", "/observations", "/claims", "/procedures", "/assumptions",
    "/chemicals", "/materials", "/models", "/references", "/remarks", "/spaces", "/pathways", "/compare", "/zones",
    "/curate", "/conflicts", "/saved", "/sign-in", "/sparql", "/sparql/", "/ontology", "/dataset", "/.well-known/void",
    "/openapi.json", "/healthz", "/readyz", "/suggest?q=CdS", "/curate/import/template?kind=claim",
)  # fmt: skip
"""Addresses without a name in them that everybody may read."""

OPEN: Final[Mapping[str, Makes]] = {
    **{f"GET {path.partition('?')[0]}": at(path) for path in LISTS},
    "GET /static": at("/static/graphiql/explorer.css"),
    "GET /styles.css": lambda s, _: Call(style_path()),
    "GET /scripts/{name}.js": lambda s, _: Call(f"{scripts_folder()}/{next(iter(scripts()))}.js"),
    "GET /id/{name:path}": at("/id/ab-350"),
    "GET /assertion/{name}": lambda s, _: Call(f"/assertion/id-{s.once('assertion', s.assertion)}"),
    "GET /np/{name}": lambda s, _: Call(f"/np/{s.once('np', lambda: _published(s))}"),
    "GET /agent/{name:path}": at("/agent/cleo"),
    "GET /release/{name}": at(f"/release/{RELEASE}"),
    "GET /releases/{name}/{file:path}": at(f"/releases/{RELEASE}/manifest.json"),
    "GET /verdict/{name:path}": at(f"/verdict/{SPACE}/turns"),
    "GET /set/{name}": lambda s, _: Call(f"/set/{s.once('set', lambda: s.change_set(CLEO))}"),
    "GET /disagreement/{name:path}": at(f"/disagreement/{DISAGREEMENT}"),
    "GET /act/{name}": at("/act/10"),
    "GET /graph/{name}": at("/graph/implied"),
    "GET /ontology/{name}": at("/ontology/step"),
    "GET /ontology.{suffix}": at("/ontology.ttl"),
    "GET /dataset.{suffix}": at("/dataset.ttl"),
    "GET /history/{item}": at("/history/c-0"),
    "GET /feeds/acts.{form}": at("/feeds/acts.atom"),
    "GET /feeds/{kind}/{name}.{form}": at("/feeds/people/cleo.rss"),
    "GET /spaces/{space}": at(f"{_SPACE}?wait=yes"),
    "GET /spaces/{space}/matrix": at(f"{_SPACE}/matrix?wait=yes"),
    "GET /spaces/{space}/parts/{part}": at(f"{_SPACE}/parts/survivors?wait=yes"),
    "GET /spaces/{space}/report": at(f"{_SPACE}/report?wait=yes"),
    "GET /spaces/{space}/report.{form}": at(f"{_SPACE}/report.md"),
    "GET /spaces/{space}/candidates/{candidate}": at(f"{_SPACE}/candidates/strays?wait=yes"),
    "GET /spaces/{space}/candidates/{candidate}/drawing.svg": at(f"{_SPACE}/candidates/strays/drawing.svg?wait=yes"),
    "GET /spaces/{space}/candidates/{candidate}/conflicts": at(f"{_SPACE}/candidates/strays/conflicts?wait=yes"),
    "GET /spaces/{space}/{candidate}": at(f"{_SPACE}/strays"),
    "GET /pathways/{space}": at(f"/pathways/{SPACE}?wait=yes"),
    "GET /pathways/{space}/{file}": at(f"/pathways/{SPACE}/network.json"),
    "GET /compare/{name}": at("/compare/compositions"),
    "GET /compare/{name}.{end}": at("/compare/compositions.csv"),
    "GET /zones/{name}": at("/zones/paper"),
    "GET /zones/{name}.json": at("/zones/paper.json"),
    f"GET {_SET}": lambda s, _: Call(f"/curate/changes/{s.once('set', lambda: s.change_set(CLEO))}"),
    f"GET {_SET}/impact": lambda s, _: Call(f"/curate/changes/{s.once('set', lambda: s.change_set(CLEO))}/impact?wait=yes"),
    f"GET {_SET}/rebase": lambda s, _: Call(f"/curate/changes/{s.once('stale', lambda: s.stale_set(CLEO))}/rebase"),
    "GET /curate/dispute/{name:path}": at("/curate/dispute/c-0"),
    "GET /conflicts/{name:path}": at(f"/conflicts/{DISAGREEMENT}"),
    "GET /invitation/{invitation}": lambda s, _: Call(f"/invitation/{s.once('invitation', lambda: _invitation(s))}"),
    "GET /graphql": at("/graphql"),
    "GET /graphql; a query": lambda s, _: Call(f"/graphql?query={QUERY}", headers=JSON),
    "GET /graphql; an event stream": lambda s, _: Call(f"/graphql?query={QUERY}", headers={"Accept": "text/event-stream"}),
    "POST /graphql": lambda s, _: Call("/graphql", headers=JSON, json={"query": "{ __typename }"}),
    "POST /sparql": lambda s, _: Call("/sparql", {"query": "ASK {}"}, headers=JSON),
    "POST /sparql/": lambda s, _: Call("/sparql/", {"query": "ASK {}"}, headers=JSON),
}
"""Routes that everybody may read; who has an invitation may look at it."""

PERSONAL: Final[Mapping[str, Makes]] = {
    "GET /metrics": at("/metrics"),
    "GET /me": at("/me"),
    "GET /curate/watches": at("/curate/watches"),
    "GET /saved/{name}": of("/saved/", saved_of),
    "GET /curate/read": at("/curate/read"),
    f"GET {_READ}": of("/curate/read/", text_of),
    "GET /curate/new": at("/curate/new"),
    "GET /curate/new/{kind}": at("/curate/new/claim"),
    "GET /curate/new/{kind}; of a draft": of("/curate/new/claim?draft=", Service.draft),
    "GET /curate/new/{kind}; of a text": of("/curate/new/claim?from=9&to=40&reading=", text_of),
    "GET /curate/edit/{item}": at("/curate/edit/c-0"),
    "GET /curate/drafts": at("/curate/drafts"),
    f"GET {_DRAFT}": of("/curate/drafts/", Service.draft),
    "GET /curate/import": at("/curate/import"),
    f"GET {_IMPORT}": of("/curate/import/", table_of, "?kind=claim&document=paper"),
    f"GET {_IMPORT}/errors.csv": of("/curate/import/", table_of, "/errors.csv?kind=claim&document=paper"),
}
"""Routes to read that are not everybody's."""

WRITES: Final[Mapping[str, Makes]] = {
    # who is there
    "GET /sign-in/once/{link}": lambda s, _: Call(f"/sign-in/once/{_link(s)}"),
    "GET /sign-in/with/{provider}": at("/sign-in/with/nobody"),
    "GET /sign-in/with/{provider}/back": at("/sign-in/with/nobody/back?code=1&state=2"),
    "POST /sign-in": lambda s, _: Call("/sign-in", {"link": _link(s)}),
    "POST /invitation/{invitation}": lambda s, _: Call(f"/invitation/{_invitation(s)}", {}),
    "POST /sign-out": lambda s, who: Call("/sign-out", {}, headers=session_of(s, who)),
    "POST /me/tokens": lambda s, who: Call(
        "/me/tokens", {"name": f"plots {next(s.numbers)}", "role": "reader", "scope": who.where, "days": "9"}
    ),
    "POST /me/tokens/{name}/revoke": lambda s, who: Call(f"/me/tokens/{_token(s, s.author(who))}/revoke", {}),
    "POST /me/sign-out-everywhere": lambda s, who: Call("/me/sign-out-everywhere", {}, headers=session_of(s, who)),
    # settings
    "POST /saved": lambda s, _: Call("/saved", {"space": SPACE, "title": f"Setting {next(s.numbers)}"}),
    "POST /saved/{name}/end": lambda s, who: Call(f"/saved/{saved_of(s, s.author(who))}/end", {}),
    "POST /curate/watches/{name}/end": lambda s, who: Call(f"/curate/watches/{saved_of(s, s.author(who))}/end", {}),
    # change sets
    "POST /curate/assign": lambda s, _: Call("/curate/assign", {"set": [s.change_set(CLEO)], "to": "ben"}),
    f"POST {_SET}/accept": lambda s, who: _set(s, who, "accept"),
    f"POST {_SET}/reject": lambda s, who: _set(s, who, "reject"),
    f"POST {_SET}/request-changes": lambda s, who: _set(s, who, "request-changes"),
    f"POST {_SET}/withdraw": lambda s, who: _set(s, who, "withdraw"),
    f"POST {_SET}/comment": lambda s, who: _set(s, who, "comment"),
    f"POST {_SET}/assign": lambda s, _: Call(f"/curate/changes/{s.change_set(CLEO)}/assign", {"to": "ben"}),
    f"POST {_SET}/rebase": lambda s, who: _set(s, who, "rebase", s.stale_set(s.author(who))),
    f"POST {_SET}/draft": lambda s, who: Call(f"/curate/changes/{asked_set(s, s.author(who))}/draft", {}),
    f"POST {_SET}/revise": _revised,
    f"POST {_SET}/sign-off": lambda s, _: _brought(s, "sign-off"),
    f"POST {_SET}/retract": lambda s, _: _brought(s, "retract", code="misread"),
    f"POST {_SET}/restore": lambda s, _: _restored(s),
    f"POST {_SET}/undo": lambda s, _: Call(f"/curate/changes/{accepted_set(s, 1)[0]}/undo", {}),
    # what is said upon things
    "POST /curate/dispute/{name:path}": lambda s, _: Call(
        f"/curate/dispute/{s.claim()}", {"act": "dispute", "reason": "The table says otherwise."}
    ),
    "POST /conflicts/{name:path}": lambda s, _: Call(
        f"/conflicts/{DISAGREEMENT}", {"decision": "by method", "reason": "mass against absorption"}
    ),
    # writing
    "POST /curate/form": lambda s, _: _item(s, "propose"),
    "POST /curate/form; saved": lambda s, _: _item(s, "save"),
    "POST /curate/form; into a draft": lambda s, who: _item(s, "save", draft=s.draft(s.author(who)), version="1"),
    f"POST {_DRAFT}/away": _away,
    f"POST {_DRAFT}/back": _back,
    "POST /curate/read": lambda s, who: Call(
        "/curate/read", {"document": "paper"}, ("note.txt", TEXT.format(number=next(s.numbers), by=who.said).encode())
    ),
    f"POST {_READ}/document": lambda s, who: Call(
        f"/curate/read/{text_of(s, s.author(who))}/document", {"do": "known", "document": "case-small"}
    ),
    f"POST {_READ}/enter": _entered,
    f"POST {_READ}/delete": lambda s, who: Call(f"/curate/read/{text_of(s, s.author(who))}/delete", {}),
    "POST /curate/import": lambda s, _: Call(
        "/curate/import", {"kind": "claim", "document": "paper"}, ("t.csv", f"id,statement\nu-{next(s.numbers)},x\n".encode())
    ),
    f"POST {_IMPORT}": lambda s, who: Call(
        f"/curate/import/{table_of(s, s.author(who))}?kind=claim&document=paper", {"title": "A table"}
    ),
}
"""Routes that change something."""

LOOKING: Final = tuple(who for who in EVERYBODY if who.browser or who.role is None)
"""Who asks for what everybody may read."""

ABSENT: Final = frozenset({"GET /sign-in/with/{provider}"})
"""What there is only where a provider of accounts was set up."""

LEAVES: Final = frozenset({"POST /curate/form"})
"""Who may write, and not this, keeps a draft of what was typed."""

ENDS: Final = frozenset(
    {"GET /sign-in/once/{link}", "POST /sign-in", "POST /invitation/{invitation}", "POST /me/sign-out-everywhere"}
)
"""What ends the session of who asks by a browser."""

CALLS: Final[Mapping[str, Makes]] = {**OPEN, **PERSONAL, **WRITES}


def route_of(call: str) -> str:
    """Return the route that a call is of: some are called in more than one way."""
    return call.partition(";")[0]


def reachable(app: FastAPI) -> set[str]:
    """Return the routes that an application has, each for reading and for writing; HEAD is as GET."""
    found = set()
    for path, methods in routes(app):
        every = {"GET", "POST"} if path == "/graphql" else methods
        found |= {f"{method} {path}" for method in every if method in ("GET", "POST")}
    return found


# --- what comes of it ---------------------------------------------------------------------------------------------------

GATE: Final = re.compile(
    r'role="note">(?:(?!</p>).)*?(/sign-in|takes the role|no role here|reaches to)(?:(?!</p>).)*</p>\s*</main>', re.S
)
"""A page that ends with why there is no more of it."""


def outcome(answer: Response) -> str:
    """Say what came of a call: ``yes``, ``sign in``, ``–`` (forbidden) or ``not theirs``; the status else."""
    status = answer.status_code
    if status in (401, 403, 404, 409):
        return {401: "sign in", 403: "–"}.get(status, "not theirs")
    if status >= 400:
        return str(status)
    if answer.headers.get("location", "").startswith("/sign-in?"):
        return "sign in"
    if status == 200 and answer.headers.get("content-type", "").startswith("text/html"):
        gate = GATE.search(answer.text)
        if gate is not None:
            return "sign in" if gate[1] == "/sign-in" else "–"
    return "yes"


def traces(service: Service) -> tuple[object, ...]:
    """Return what would be another if anything was written: acts, drafts, tokens, and files in the home folder.

    Acts, drafts and tokens are only ever added; of a token it changes besides whether it was revoked, and of one that serves once
    whether it was used. When other tokens were used last is no trace of what was done with them.
    """
    ledger, home = service.workspace.ledger, service.workspace.home
    assert home is not None
    with ledger.reading() as connection:
        counts = connection.execute(_COUNTS).one()
    files = [(each.path, each.stat().st_size) for name in ("readings", "uploads") for each in _files(home / name)]
    return (ledger.position(), *counts, *sorted(files))


_TOKEN: Final = tables.token.c
_COUNTS: Final = select(
    *(select(func.count()).select_from(each).scalar_subquery() for each in (tables.draft, tables.assertion, tables.batch)),
    select(func.count()).select_from(tables.token).scalar_subquery(),
    select(func.count(_TOKEN.revoked)).scalar_subquery(),
    select(func.count(_TOKEN.last_used)).where(_TOKEN.kind.in_(("link", "invitation"))).scalar_subquery(),
)


def _files(folder: Path) -> Iterator[os.DirEntry[str]]:
    if folder.is_dir():
        for each in os.scandir(folder):
            if each.is_dir():
                yield from _files(Path(each.path))
            else:
                yield each


def tried(call: str, service: Service) -> dict[str, str]:
    """Let everybody call a route; return what came of it, by who.

    Nothing is written by reading, nor by who is refused; what nobody touched is there for the next one to try it on.
    """
    method = call.partition(" ")[0]
    outcomes = {}
    untouched: dict[Any, Call] = {}
    for who in LOOKING if call in OPEN else EVERYBODY:
        key = (service.author(who).person, who.where, who.said if who.browser else "")
        made = untouched.pop(key, None) or CALLS[call](service, who)
        before = "" if call in OPEN else traces(service)
        answer = send(service, method, made, {**service.headers[who], **OWN_PAGE})
        service.client.cookies.clear()
        found = outcomes[who.said] = "none" if call in ABSENT and answer.status_code == 404 else outcome(answer)
        if call in PERSONAL or (call in WRITES and found != "yes"):
            assert traces(service) == before or call in LEAVES, (call, who.said, found)
            untouched[key] = made
        if call in ENDS:
            service.begin(who)
    return outcomes
