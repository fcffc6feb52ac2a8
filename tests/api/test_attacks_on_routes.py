"""What an attacker would try on every route of the application: each is found in it, and none is left out.

``tests/api/test_authorisation.py`` holds who may do what; here it is tried to get round that.
"""

from __future__ import annotations

import io
import re
import time
import zipfile
import zlib
from collections.abc import Callable, Iterator
from html import unescape
from typing import Any, Final
from urllib.parse import quote, urlsplit

import openpyxl
import pytest
from httpx2 import Response

from mechkg.curation import tokens
from mechkg.literature import pdf_process, spreadsheets
from mechkg.model.person import Grant
from mechkg.service.draft import save_draft
from mechkg.service.imports import keep_table
from mechkg.service.readings import keep_text
from mechkg.service.saved import save
from mechkg.service.workbench import Setting
from tests.api.routes import CALLS, JSON, OPEN, OWN_PAGE, PERSONAL, WRITES, Call, outcome, reachable, route_of, send, traces
from tests.api.trying import EVERYBODY, Service, Who, service
from tests.curation.staff import CLEO
from tests.small_case import SPACE
from tests.web.addresses import routes

PEOPLE: Final = {who.said: who for who in EVERYBODY}
ADMINISTRATOR: Final = PEOPLE["administrator, in a browser"]
POSTS: Final = [call for call in WRITES if call.startswith("POST")]


@pytest.fixture(scope="module")
def trying() -> Iterator[Service]:
    with service() as found:
        yield found


def _session(trying: Service, who: Who = ADMINISTRATOR) -> dict[str, str]:
    """Return what a browser sends unasked of somebody who is signed in."""
    return {"Cookie": trying.headers[who]["Cookie"]}


# --- from where ---------------------------------------------------------------------------------------------------------

ELSEWHERE: Final[list[dict[str, str]]] = [
    {},
    {"Sec-Fetch-Site": "cross-site"},
    {"Origin": "https://evil.example"},
    {"Sec-Fetch-Site": "same-site"},
    {"Sec-Fetch-Site": "none"},
    {"Sec-Fetch-Site": "cross-site", "Origin": "http://testserver"},
    {"Origin": "null"},
    {"Origin": "http://testserver.evil.example"},
    {"Origin": "http://evil.example/testserver", "Referer": "http://testserver/me"},
]
"""Headers of requests that pages of other sites, or nobody knows who, let a browser make."""


@pytest.mark.parametrize("call", POSTS)
def test_a_page_of_another_site_changes_nothing(trying: Service, call: str) -> None:
    made = CALLS[call](trying, ADMINISTRATOR)
    before = traces(trying)
    for headers in ELSEWHERE if call == "POST /me/tokens" else ELSEWHERE[:3]:
        answer = send(trying, "POST", Call(made.path, made.form, made.file), {**_session(trying), **JSON, **headers})
        assert answer.status_code == 403, (headers, answer.status_code)
    assert traces(trying) == before


UNASKED: Final = ("POST /sign-in", "POST /invitation/{invitation}", "POST /sign-out", "GET /metrics")
"""Where nobody is asked who they are."""


@pytest.mark.parametrize("call", [call for call in (*PERSONAL, *POSTS) if call not in UNASKED])
def test_a_token_goes_before_the_session_and_is_not_overlooked(trying: Service, call: str) -> None:
    """A token that reaches less far than the session beside it decides; one that does not hold is refused, not passed over."""
    method, less = call.partition(" ")[0], PEOPLE["administrator, token to read"]
    made = CALLS[call](trying, ADMINISTRATOR)
    before = traces(trying)
    both = {**_session(trying), **OWN_PAGE, **trying.headers[less]}
    alone = outcome(send(trying, method, made, {**trying.headers[less], **OWN_PAGE}))
    assert outcome(send(trying, method, made, both)) == alone
    refused = send(trying, method, made, {**both, "Authorization": "Bearer mkg_0000000000000000_none"})
    assert refused.status_code == 401
    assert traces(trying) == before
    trying.client.app.state.attempts.__init__()  # type: ignore[attr-defined]


def test_what_a_form_of_any_site_can_send_is_no_operation(trying: Service) -> None:
    """A page may send these types to any site without asking first; none of them reaches GraphQL, whoever is signed in."""
    text = '{"query": "mutation { declare(about: \\"ab\\", why: \\"x\\") { __typename } }"}'
    before = traces(trying)
    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", ""):
        for headers in ({}, OWN_PAGE):
            sent = {**_session(trying), **headers, **({"Content-Type": kind} if kind else {})}
            answer = trying.client.post("/graphql", content=text, headers=sent)
            assert answer.status_code in (400, 403, 415), (kind, headers)
    assert traces(trying) == before


def test_no_other_method_does_anything(trying: Service) -> None:
    headers = {**trying.headers[ADMINISTRATOR], **OWN_PAGE}
    paths = {CALLS[call](trying, ADMINISTRATOR).path for call in CALLS if not call.startswith("GET /sign-in/")}
    before = traces(trying)
    for number, path in enumerate(sorted(paths)):
        for method in ("PUT", "PATCH", "DELETE", "TRACE")[number % 2 :: 2]:
            answer = trying.client.request(method, path, headers=headers)
            assert answer.status_code in (400, 403, 404, 405), (method, path, answer.status_code)
    assert traces(trying) == before


# --- what is somebody's alone -------------------------------------------------------------------------------------------

FORGED: Final = {
    "draft": (re.compile(r"draft-\d+"), "draft-987654"),
    "watch": (re.compile(r"watch-\d+"), "watch-987654"),
    "digest": (re.compile(r"[0-9a-f]{64}"), "ab" * 32),
    "token": (re.compile(r"(?<=/me/tokens/)[^/]+"), "zyxwvutsrqponmlk"),
}
"""How names of what is somebody's alone look, and such a name that nothing has."""

PRIVATE: Final = [
    call for call in (*PERSONAL, *WRITES) if re.search(r"\{digest\}|/drafts/\{|saved/\{|watches/\{|tokens/\{|of a|into a", call)
]


def _with(call: Call, pattern: re.Pattern[str], name: str) -> Call:
    form = {key: pattern.sub(name, text) if isinstance(text, str) else text for key, text in (call.form or {}).items()}
    return Call(pattern.sub(name, call.path), None if call.form is None else form, call.file)


def _without(name: str, answer: Response) -> str:
    """Return an answer without the name that was asked for, and without what differs from one request to the next."""
    return re.sub(r'"requestId":"\w+"', "", answer.text.replace(name, "NAME"))


@pytest.mark.parametrize("call", PRIVATE)
@pytest.mark.parametrize("said", ["curator", "reader, in a browser"])
def test_that_others_have_something_is_not_told(trying: Service, call: str, said: str) -> None:
    """What is somebody else's is answered word for word as what there is not, and the answer does not name it."""
    method, who = call.partition(" ")[0], PEOPLE[said]
    made = CALLS[call](trying, who)
    [(pattern, forged)] = [
        each
        for each in FORGED.values()
        if each[0].search(made.path) or any(each[0].search(str(t)) for t in (made.form or {}).values())
    ]
    headers = {**trying.headers[who], **OWN_PAGE}
    theirs, none = (send(trying, method, each, headers) for each in (made, _with(made, pattern, forged)))
    assert outcome(theirs) in ("not theirs", "–"), outcome(theirs)
    name = pattern.search(made.path) or pattern.search(str(made.form))
    assert name is not None
    assert theirs.status_code == none.status_code
    assert _without(name[0], theirs) == _without(forged, none)
    near = f"{name[0][:-1]}{'0' if name[0][-1] != '0' else '1'}"
    assert name[0] not in send(trying, method, _with(made, pattern, near), headers).text


@pytest.mark.parametrize(
    "kind", ["set", "assertion", "item", "document", "disagreement", "verdict", "person", "release", "watch"]
)
def test_nothing_is_said_upon_what_there_is_not(trying: Service, kind: str) -> None:
    """The record is for good: no forged name gets into it by way of a comment, or of who is to see to it."""
    before, headers = traces(trying), {**trying.headers[ADMINISTRATOR], **OWN_PAGE}
    upon = f'"{kind}:no-such/thing-987"'
    for asked in (f'comment(upon: {upon}, text: "x")', f'assign(what: {upon}, to: "ben")', f'dispute(upon: {upon}, reason: "x")'):
        query = f"mutation {{ {asked} {{ __typename ... on NotDone {{ code }} }} }}"
        answer = trying.client.post("/graphql", json={"query": query}, headers=headers).json()
        assert "errors" in answer or next(iter(answer["data"].values())).get("code", "").startswith("mechkg."), (asked, answer)
    assert traces(trying) == before


SECRET: Final = "Xylographic"
"""A word that only things of one person have."""


def test_what_is_private_is_on_no_page_of_others(trying: Service) -> None:
    workspace = trying.workspace
    save_draft(workspace, CLEO, {"title": f"{SECRET} draft", "change": {"c-0": {"note": f"{SECRET} note"}}})
    save(workspace, CLEO, SPACE, Setting(), f"{SECRET} setting")
    text = keep_text(workspace, CLEO, f"Results\n\n{SECRET} CdS MSC-350 was seen at 350 nm.\n".encode(), f"{SECRET}.txt", "paper")
    table = keep_table(workspace, CLEO, f"id,statement\nx-1,{SECRET}\n".encode(), f"{SECRET}.csv")
    tokens.issue(workspace.ledger, CLEO, f"{SECRET} token", Grant("reader"))
    mine = {**OWN_PAGE, "Authorization": f"Bearer {tokens.issue(workspace.ledger, CLEO, 'hers', Grant('curator'))[0].reveal()}"}
    ways: dict[str, Call] = {call: CALLS[call](trying, PEOPLE["curator"]) for call in (*OPEN, *PERSONAL)}
    ways |= {f"GET {path}": Call(path) for path in (f"/search?q={SECRET[:-2]}", f"/suggest?q={SECRET}", "/feeds/acts.rss", "/me")}
    last = workspace.ledger.position()
    ways |= {f"GET /act/{number}": Call(f"/act/{number}") for number in range(last - 12, last + 1)}
    ways |= {f"GET {path}": Call(path) for path in ("/dataset.trig", "/agent/cleo", "/feeds/people/cleo.atom")}
    queries = [
        "{ drafts { content } }",
        "{ watches { title hypothesis } }",
        "{ tasks { edges { node { why } } } }",
        '{ history(of: "person:cleo", first: 50) { edges { node { sentence content reason } } } }',
    ]
    seen = 0
    for who in (PEOPLE["curator"], ADMINISTRATOR):
        headers = {**trying.headers[who], **OWN_PAGE}
        for call, made in ways.items():
            if call.startswith("GET") and (who.browser or call not in OPEN):
                answer = send(trying, "GET", made, headers)
                assert SECRET not in answer.text, (who.said, call)
                seen += answer.status_code == 200
        for query in queries:
            assert SECRET not in trying.client.post("/graphql", json={"query": query}, headers=headers).text, (who.said, query)
    assert seen > 90
    own = ("/curate/drafts", "/curate/read", f"/curate/read/{text}", f"/curate/import/{table}?kind=claim&document=paper", "/me")
    for path in own:
        assert SECRET in send(trying, "GET", Call(path), mine).text, path


# --- words that are more than words -------------------------------------------------------------------------------------

WORDS: Final = "<script>alert(1)</script>\" onmouseover=alert(1) x='{{7*191}}${7*191}' OR 1=1; DROP TABLE act; --"
"""What would be an element, an attribute, part of a template or of a statement, where it is taken for more than words."""

EVIL: Final = {
    "up": "..",
    "up, encoded": "%2e%2e%2f%252e%252e%252f..%5c..%5cledger.db",
    "from the root": "%2fetc%2fpasswd",
    "nothing": "a%00b",
    "very long": "x" * 3000,
    "no UTF-8, turned round": "%ff%fe%c0%ae%E2%80%AE%F0%9D%95%8F%E2%80%A8",
    "words and a header": f"{quote(WORDS, safe='')}%0d%0aSet-Cookie:%20a=b%0d%0a%0d%0a",
    "an address": quote("//evil.example/", safe=""),
}
PAGES: Final = ("words and a header", "an address")
"""What is tried as a browser asks, for a page; the others as a program does, which is told the same in fewer words."""


def _sound(answer: Response, path: str) -> None:
    """Hold an answer against what no words may make of one."""
    assert answer.status_code < 500, (path[:200], answer.status_code)
    cookie = answer.headers.get("set-cookie", "mechkg_attempt=")  # that one is taken back, whatever was asked
    assert cookie.startswith("mechkg_attempt=") and "a=b" not in cookie and "x-evil" not in answer.headers, path[:200]
    assert all("\n" not in value and "\r" not in value for value in answer.headers.values())
    leads = answer.headers.get("location", "/")
    assert leads.startswith("/") and not leads.startswith(("//", "/\\")), leads
    assert b"SQLite format" not in answer.content and b"root:" not in answer.content
    if "html" in answer.headers.get("content-type", "") or "svg" in answer.headers.get("content-type", ""):
        assert "<script>alert" not in answer.text and '" onmouseover=' not in answer.text
        assert "1337" not in answer.text, path


@pytest.mark.parametrize("name", list(EVIL))
def test_no_part_of_a_path_is_more_than_a_name(trying: Service, name: str) -> None:
    evil = EVIL[name]
    headers = {**trying.headers[ADMINISTRATOR], **OWN_PAGE, **({} if name in PAGES else JSON)}
    before, tried = traces(trying), 0
    for path, methods in routes(trying.client.app):  # type: ignore[arg-type]
        if "{" not in path and path != "/static":
            continue
        there = re.sub(r"\{[^}]+\}", lambda _: evil, path) if "{" in path else f"/static/{evil}"
        for method in sorted(methods & {"GET", "POST"}):
            sent = (
                {"form": {"revision": "1", "reason": "x", "version": "1", "old": "1", "act": "comment"}}
                if method == "POST"
                else {}
            )
            answer = send(trying, method, Call(there, **sent), headers)  # type: ignore[arg-type]
            trying.client.cookies.clear()
            _sound(answer, there)
            # a browser takes dots out of an address before it asks; what a description ends with is no name
            assert answer.status_code >= 300 or evil == ".." or path.endswith(".{suffix}"), there
            tried += 1
    assert tried > 70
    assert traces(trying) == before
    trying.client.app.state.attempts.__init__()  # type: ignore[attr-defined]


PARAMETERS: Final = (
    "q", "kind", "form", "filled", "document", "next", "back", "draft", "reading", "from", "to", "after", "before",
    "sort", "asOf", "without", "step", "candidate", "procedure", "stage", "show", "group", "hide", "rows", "paper",
    "material", "status", "item", "deleted", "temperature", "x", "most", "query", "example", "property", "suggestion",
    "wait", "url", "redirect", "return_to",
)  # fmt: skip


@pytest.mark.parametrize("evil", PAGES)
def test_no_parameter_is_more_than_a_word(trying: Service, evil: str) -> None:
    """Every parameter that any page reads is given to every page to read, all at once and those that files are named by alone."""
    headers = {**trying.headers[ADMINISTRATOR], **OWN_PAGE}
    every = "&".join(f"{name}={EVIL[evil]}" for name in PARAMETERS)
    before = traces(trying)
    for call in (*OPEN, *PERSONAL):
        if call.startswith("GET") and not call.startswith("GET /graphql; an event"):
            path = CALLS[call](trying, ADMINISTRATOR).path.replace("wait=yes", "")
            for asked in (every, f"form={EVIL[evil]}&kind=claim") if "template" in path else (every,):
                there = f"{path}{'&' if '?' in path else '?'}{asked}"
                _sound(send(trying, "GET", Call(there), headers), there)
    assert traces(trying) == before


@pytest.mark.parametrize("call", POSTS)
def test_no_form_leads_to_another_site(trying: Service, call: str) -> None:
    made = CALLS[call](trying, ADMINISTRATOR)
    more = dict.fromkeys(("back", "next", "url", "redirect", "return_to"), "//evil.example/")
    path = f"{made.path}{'&' if '?' in made.path else '?'}{'&'.join(f'{name}={quote(text)}' for name, text in more.items())}"
    answer = send(
        trying, "POST", Call(path, {**(made.form or {}), **more}, made.file), {**trying.headers[ADMINISTRATOR], **OWN_PAGE}
    )
    trying.client.cookies.clear()
    trying.begin(ADMINISTRATOR)
    leads = urlsplit(answer.headers.get("location", ""))
    assert (leads.scheme, leads.netloc) == ("", "") and not leads.path.startswith("//"), answer.headers["location"]


def test_the_name_of_the_host_leads_nowhere(trying: Service) -> None:
    """Who names another host in the request gets no redirection there, whatever the address is like."""
    for call, make in OPEN.items():
        path = make(trying, ADMINISTRATOR).path.partition("?")[0]
        for there in (f"{path.rstrip('/')}/", f"/{path}", f"{path.rstrip('/')}//"):
            if call.startswith("GET"):
                answer = trying.client.get(there, headers={"Host": "evil.example", "Accept": "text/html"}, follow_redirects=False)
                assert "evil.example" not in answer.headers.get("location", ""), (there, answer.headers["location"])
                assert not answer.headers.get("location", "/").startswith("//"), there


# --- too much -----------------------------------------------------------------------------------------------------------

MUCH: Final = {
    "a pattern": "(a+)+$" * 300,
    "one letter": "a" * 50_000,
    "per cent": "%25" * 20_000,
    "quotes": "%22" * 20_000,
    "words": "+".join(f"w{number}" for number in range(8000)),
    "stars": "*" * 30_000,
    "brackets": "(" * 30_000,
}


@pytest.mark.parametrize("much", list(MUCH.values()), ids=list(MUCH))
def test_no_search_or_filter_takes_long(trying: Service, much: str) -> None:
    headers = {**trying.headers[ADMINISTRATOR], **OWN_PAGE}
    paths = ["/search", "/suggest"]
    paths += ["/species", "/papers", "/claims", "/curate", "/conflicts", "/compare/compositions", "/zones/paper"]
    for path in paths:
        begin = time.monotonic()
        answer = send(trying, "GET", Call(f"{path}?q={much}&temperature={much[:2000]}"), headers)
        assert answer.status_code < 500, (path, answer.status_code)
        assert time.monotonic() - begin < 2, (path, time.monotonic() - begin)


UPDATES: Final = (
    "INSERT DATA { <x:a> <x:b> <x:c> }",
    "LOAD <http://127.0.0.1:9/data.ttl>",
    "CLEAR ALL",
    "DELETE WHERE { ?s ?p ?o }",
    "ASK { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }",
    "SELECT * FROM <http://127.0.0.1:9/data.ttl> { ?s ?p ?o }; DROP ALL",
)


@pytest.mark.parametrize("text", UPDATES)
def test_no_method_updates_or_reaches_out_by_sparql(trying: Service, text: str) -> None:
    triples = len(trying.workspace.store)
    ask, client = {"Accept": "application/sparql-results+json"}, trying.client
    answers = [
        client.request(method, "/sparql", params={name: text}, headers=ask)
        for method in ("GET", "HEAD")
        for name in ("query", "update")
    ]
    answers += [
        client.post(path, data={name: text}, headers=ask) for path in ("/sparql", "/sparql/") for name in ("query", "update")
    ]
    for kind in ("application/sparql-query", "application/sparql-update", "text/plain", "application/json"):
        for method in ("POST", "PUT", "PATCH", "DELETE"):
            answers.append(client.request(method, "/sparql", content=text, headers={**ask, "Content-Type": kind}))
    told = [answer.status_code for answer in answers if answer.request.method != "GET" or "update" not in str(answer.url)]
    assert all(status in (400, 403, 405, 415) for status in told), told
    assert len(trying.workspace.store) == triples


# --- files that are more than files -------------------------------------------------------------------------------------


def _zip_bomb() -> bytes:
    """Return a spreadsheet that would unpack to 500 times its size."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        with archive.open("xl/worksheets/sheet1.xml", "w") as sheet:
            for _ in range(20):
                sheet.write(bytes(1_000_000))
    return out.getvalue()


def _laughing_sheet() -> bytes:
    """Return a spreadsheet whose sheet has entities that name each other ten times, nine deep."""
    entities = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    sheet = f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY l0 "ha">{entities}]><worksheet><sheetData>&l9;</sheetData></worksheet>'
    out = io.BytesIO()
    book = openpyxl.Workbook()
    book.save(out)
    made = io.BytesIO()
    with zipfile.ZipFile(out) as whole, zipfile.ZipFile(made, "w") as archive:
        for name in whole.namelist():
            archive.writestr(name, sheet if name.startswith("xl/worksheets/") else whole.read(name))
    return made.getvalue()


def _pdf(content: bytes, packed: int = 1, pages: int = 1) -> bytes:
    """Return a PDF whose pages share this content, packed so many times."""
    filters = b"/FlateDecode " * packed
    for _ in range(packed):
        content = zlib.compress(content, 9)
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[%s]/Count %d>>" % (b"3 0 R " * pages, pages),
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents 4 0 R/Resources<</Font<</F<</Type/Font/Subtype/Type1>>>>>>>>",
        b"<</Length %d/Filter[%s]>>stream\n%s\nendstream" % (len(content), filters, content),
    ]
    out, places = b"%PDF-1.4\n", []
    for number, each in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj%s endobj\n" % (number, each)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    return out + b"xref\n0 5\n0000000000 65535 f \n" + table + b"trailer<</Size 5/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % len(out)


BOMBS: Final[dict[str, tuple[str, str, Callable[[], bytes]]]] = {
    "a spreadsheet that unpacks to too much": ("/curate/import", "t.xlsx", _zip_bomb),
    "entities in a spreadsheet": ("/curate/import", "t.xlsx", _laughing_sheet),
    "a table of one endless cell": ("/curate/import", "t.csv", lambda: b'id,statement\nx,"' + b"a" * 5_000_000),
    "a table of very many columns": ("/curate/import", "t.csv", lambda: b"," * 400_000),
    "a PDF whose page unpacks to too much": ("/curate/read", "a.pdf", lambda: _pdf(b"BT /F 9 Tf " + b"(a) Tj " * 12_000_000)),
    "a PDF packed thrice": ("/curate/read", "a.pdf", lambda: _pdf(bytes(90_000_000), packed=3)),
    "a PDF whose pages share one long drawing": ("/curate/read", "a.pdf", lambda: _pdf(b"q Q " * 500_000, pages=900)),
    "a PDF of brackets": ("/curate/read", "a.pdf", lambda: _pdf(b"[" * 3_000_000)),
}
"""What a curator could be talked into giving: where, under which name, and its bytes."""


@pytest.mark.parametrize("bomb", list(BOMBS))
def test_a_file_that_goes_off_is_refused(trying: Service, bomb: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is refused, soon, in little memory; nothing of it is kept."""
    monkeypatch.setattr(pdf_process, "SECONDS", 1.0)
    monkeypatch.setattr(spreadsheets, "LARGEST_UNPACKED", 10_000_000)
    path, name, make = BOMBS[bomb]
    content = make()
    assert len(content) < 6_000_000
    before, begin = traces(trying), time.monotonic()
    form = {"kind": "claim", "document": "paper"}
    answer = send(trying, "POST", Call(path, form, (name, content)), {**trying.headers[ADMINISTRATOR], **OWN_PAGE})
    assert answer.status_code in (400, 413), answer.status_code
    assert time.monotonic() - begin < 6
    kept = traces(trying)
    assert kept == before or path == "/curate/import"  # a table is kept to be looked at again, as it was given


# --- used once more -----------------------------------------------------------------------------------------------------


def test_a_session_is_none_that_somebody_chose(trying: Service) -> None:
    """A browser that was given a cookie beforehand has another after signing in; the one before holds for nothing."""
    chosen = "mkg_aaaaaaaaaaaaaaaa_bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
    made = CALLS["GET /sign-in/once/{link}"](trying, ADMINISTRATOR)
    answer = send(trying, "GET", made, {"Cookie": f"mechkg_session={chosen}"})
    given = answer.cookies["mechkg_session"]
    trying.client.cookies.clear()
    assert answer.status_code == 303 and given != chosen
    assert "<h1>Sign in</h1>" in unescape(send(trying, "GET", Call("/sign-in"), {"Cookie": f"mechkg_session={chosen}"}).text)
    again = send(trying, "GET", made, {})
    assert again.status_code == 401 and "set-cookie" not in again.headers
    kept = {"Cookie": f"mechkg_session={given}"}
    assert send(trying, "GET", Call("/me"), kept).status_code == 200
    assert send(trying, "POST", Call("/sign-out", {}), {**kept, **OWN_PAGE}).status_code == 303
    trying.client.cookies.clear()
    assert send(trying, "GET", Call("/me"), kept).status_code == 303  # it ended here, not in the browser alone
    assert send(trying, "POST", Call("/saved", {"space": SPACE}), {**kept, **OWN_PAGE}).status_code == 401


def test_secrets_are_compared_in_constant_time(trying: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    import hmac

    compared: list[Any] = []
    real = hmac.compare_digest
    monkeypatch.setattr(hmac, "compare_digest", lambda one, other: compared.append((one, other)) or real(one, other))
    token = trying.headers[PEOPLE["curator"]]["Authorization"]
    assert trying.client.get("/me", headers={"Authorization": token}).json()["person"] == "p-curator"
    assert trying.client.get("/me", headers={"Authorization": token[:-1] + ("a" if token[-1] != "a" else "b")}).status_code == 401
    assert len(compared) == 2 and all(len(one) == len(other) for one, other in compared)


def test_every_route_was_attacked(trying: Service) -> None:
    assert {route_of(call) for call in CALLS} == reachable(trying.client.app)  # type: ignore[arg-type]
