"""The whole site: every address of it has an example here, and every page is held against the same rules.

An address without an example fails. Pages are first read as HTML, which is what a browser without a script shows, and then looked
at in a browser: with axe-core, on a narrow screen, with what they ask for and complain of written down.
"""

from __future__ import annotations

import re
import shutil
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from fastapi import FastAPI
from httpx2 import Response
from starlette.testclient import TestClient

from mechkg.api.app import create_app
from mechkg.service.workspace import Workspace
from mechkg.web.pages import POLICY
from tests.curation.staff import ADA, CLEO
from tests.web.addresses import NO_PAGE, OWN, pages, routes, waited
from tests.web.browser import Watched, browsing, faults, serving
from tests.web.prepared import SPACE, Prepared, prepare, session

if TYPE_CHECKING:
    from playwright.sync_api import Request

HEAVIEST = 300_000
"""Bytes that the first load of a page to read may take, as they are sent."""

DRAWN_LATE = ("#canvas",)
"""What a script draws after the page was loaded."""

PHONE = {"width": 360, "height": 740}

DATA = ("application/json", "application/ld+json")
"""What stands in a script element and is none."""

VOID = frozenset({"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"})


TWINS = ("/verdict/", "/set/")
"""The record of what has a page to work with elsewhere is called as that is."""

HEAVY = ("/ontology", "/curate", "/me", "/saved", "/sign-in", "/invitation", "/pathways", "/spaces/")
"""What is no page to read: those to work on bring their tools along; the ontology is one long list."""


@dataclass(frozen=True)
class Site:
    """The application over the shipped corpus, in which people have worked, and somebody signed in."""

    app: FastAPI
    workspace: Workspace
    made: Prepared
    clients: dict[str, TestClient]

    @property
    def addresses(self) -> list[str]:
        """Every example; those of one person come last."""
        every = [path for some in pages(self.made).values() for path in some]
        return sorted(every, key=lambda path: path.startswith(OWN))

    def get(self, path: str) -> Response:
        """Ask for a page as whom it belongs to."""
        return self.clients["cleo" if path.startswith(OWN) else "ada"].get(waited(path))


@pytest.fixture(scope="module")
def site(staffed_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    home = tmp_path_factory.mktemp("site") / "home"
    shutil.copytree(staffed_home, home)
    with Workspace.open(home) as workspace:
        made = prepare(workspace, verdicts=False)
        app = create_app(workspace)
        clients = {}
        for by in (ADA, CLEO):
            client = TestClient(app, base_url="http://127.0.0.1:8000", headers={"Accept": "text/html"})
            assert client.get(session(workspace, by), follow_redirects=False).status_code == 303
            clients[by.person] = client
        yield Site(app, workspace, made, clients)


# --- as HTML --------------------------------------------------------------------------------------------------------------


@dataclass
class Read(HTMLParser):
    """What a page has, read as a browser without a script reads it."""

    tags: Counter[str] = field(default_factory=Counter)
    open: list[str] = field(default_factory=list)
    words: dict[str, str] = field(default_factory=dict)
    language: str = ""
    ids: Counter[str] = field(default_factory=Counter)
    labelled: set[str] = field(default_factory=set)
    wrong: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)

    def handle_starttag(self, tag: str, attrs: Sequence[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if "svg" not in self.open:  # where a title is that of a drawing
            self.tags[tag] += 1
        if tag not in VOID:
            self.open.append(tag)
        if tag == "html":
            self.language = given.get("lang", "")
        if "id" in given:
            self.ids[given["id"]] += 1
        self.labelled.update(given.get("aria-labelledby", "").split() + given.get("aria-describedby", "").split())
        self.wrong += [f"<{tag}> with {name}" for name in given if name == "style" or name.startswith("on")]
        if tag == "style" or (tag == "script" and "src" not in given and given.get("type") not in DATA):
            self.wrong.append(f"<{tag}> within the page")
        for name in ("src", "srcset", "action", "formaction", "data", "poster") + (("href",) if tag == "link" else ()):
            if re.match(r"(https?:)?//", given.get(name, "")) and given.get("rel") != "canonical":
                self.wrong.append(f"<{tag}> leads to {given[name]}")
        if tag == "a" and given.get("href", "").startswith("http") and "noopener" not in given.get("rel", ""):
            self.wrong.append(f"a link to {given['href']} gives this page away")
        if tag == "img" and "alt" not in given:
            self.wrong.append("a picture without words")

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID:
            return
        if not self.open or self.open[-1] != tag:
            self.wrong.append(f"</{tag}> where <{self.open[-1] if self.open else ''}> is open")
        if tag in self.open:
            while self.open.pop() != tag:
                pass

    def handle_data(self, data: str) -> None:
        for tag in ("title", "h1", "main"):
            if tag in self.open and (tag == "main" or "svg" not in self.open):
                self.words[tag] = self.words.get(tag, "") + data


def read(text: str) -> Read:
    """Read a page."""
    found = Read()
    found.feed(text)
    found.close()
    return found


def test_every_address_has_an_example(site: Site) -> None:
    shown = pages(site.made)
    known = {*shown, *NO_PAGE, "/styles.css", "/scripts/{name}.js"}
    here = {path for path, methods in routes(site.app) if "GET" in methods}
    here = {re.sub(r"^/styles\.css$", "/styles.css", path) for path in here}
    assert here - known == set(), "these have no example: add one to pages(), or say in NO_PAGE what they answer with"
    assert known - here == set(), "these are no addresses any more"


def test_no_address_is_served_twice(site: Site) -> None:
    counts = Counter((path, method) for path, methods in routes(site.app) for method in methods if path != "/graphql")
    assert [each for each, count in counts.items() if count > 1] == []


def test_every_page_is_sound_as_html(site: Site) -> None:
    wrong: list[str] = []
    titles: dict[str, list[str]] = {}
    for path in site.addresses:
        answer = site.get(path)
        found = read(answer.text)
        told = [*found.wrong]
        told += [] if answer.status_code == 200 else [f"status {answer.status_code}"]
        told += [] if answer.headers["content-type"] == "text/html; charset=utf-8" else [answer.headers["content-type"]]
        told += [] if answer.headers["content-security-policy"] == POLICY else ["another policy"]
        told += [] if answer.headers["x-content-type-options"] == "nosniff" else ["types are guessed"]
        told += [] if answer.headers["referrer-policy"] in ("same-origin", "no-referrer") else ["tells where readers come from"]
        told += [] if found.language == "en" else ["no language"]
        told += [f"{found.tags[tag]} <{tag}>" for tag in ("h1", "main", "title", "header", "footer") if found.tags[tag] != 1]
        told += [f"empty <{tag}>" for tag in ("h1", "title") if not found.words.get(tag, "").strip()]
        # the content is there without a script
        told += [] if len(found.words.get("main", "").split()) > 5 else ["nothing in <main>"]
        told += [f"id {name} twice" for name, count in found.ids.items() if count > 1]
        told += [f"nothing has the id {name}" for name in sorted(found.labelled - found.ids.keys())]
        told += [f"<{tag}> is never closed" for tag in found.open]
        wrong += [f"{path}: {one}" for one in told]
        titles.setdefault(found.words.get("title", ""), []).append(path)
    assert wrong == [], "\n".join(wrong)
    # a tab and a bookmark tell pages apart; lists and searches say what was asked in the address alone
    alike = [some for some in titles.values() if len({path.partition("?")[0] for path in some if not path.startswith(TWINS)}) > 1]
    assert alike == [], "\n".join(map(str, alike))


def test_what_is_wrong_is_a_page_of_the_site(site: Site) -> None:
    for path, status in (("/no-such-page", 404), ("/id/no-such-item", 404), ("/spaces/x", 404), ("/saved/watch-1", 404)):
        answer = site.clients["ada"].get(path)
        found = read(answer.text)
        assert (answer.status_code, found.tags["h1"], found.tags["nav"], found.wrong) == (status, 1, 1, []), path


def test_a_site_with_nothing_in_it_helps(tmp_path: Path) -> None:
    with Workspace.open(tmp_path / "empty") as workspace, TestClient(create_app(workspace)) as client:
        for path, methods in routes(client.app):  # type: ignore[arg-type]
            if "GET" in methods and "{" not in path and path not in NO_PAGE and not path.startswith(("/styles", "/scripts")):
                answer = client.get(path, headers={"Accept": "text/html"})
                assert answer.status_code == 200, path
                assert read(answer.text).tags["h1"] == 1, path


# --- in a browser ---------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def walking(site: Site) -> Iterator[tuple[str, Watched]]:
    with serving(site.app) as address, browsing() as watched:
        watched.page.goto(f"{address}{session(site.workspace, ADA)}")
        yield address, watched


@pytest.mark.browser
@pytest.mark.slow
def test_every_page_is_sound_in_a_browser(site: Site, walking: tuple[str, Watched]) -> None:
    address, watched = walking
    page = watched.page
    wrong: list[str] = []
    firsts = {some[0] for some in pages(site.made).values()}  # one of each kind
    for place, path in enumerate(site.addresses):
        if path.startswith(OWN) and not site.addresses[place - 1].startswith(OWN):
            page.goto(f"{address}{session(site.workspace, CLEO)}")
        page.set_viewport_size({"width": 1280, "height": 900})
        page.emulate_media(color_scheme="light")
        page.goto(f"{address}{waited(path)}", wait_until="load")
        for late in DRAWN_LATE:
            if page.locator(late).count():
                page.locator(f"{late}[data-ready]").wait_for(timeout=30_000)
        page.evaluate("[...document.querySelectorAll('main details')].slice(0, 3).forEach((each) => { each.open = true })")
        wrong += faults(page)
        if path in firsts:
            page.emulate_media(color_scheme="dark")  # which changes colours alone
            wrong += [f"dark: {one}" for one in faults(page, "color-contrast")]
        page.set_viewport_size(PHONE)  # type: ignore[arg-type]
        if not page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"):
            wrong.append(f"{path}: wider than a phone")
    assert wrong == [], "\n".join(wrong)
    assert watched.troubles == []
    assert watched.hosts(address) == set()


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages_for_nobody_and_about_mistakes_are_sound(site: Site, walking: tuple[str, Watched], scheme: str) -> None:
    address, watched = walking
    browser = watched.page.context.browser
    assert browser is not None
    page = browser.new_context(color_scheme=scheme).new_page()  # type: ignore[arg-type]
    paths = {"/curate": 200, f"/curate/changes/{site.made.waiting}": 200, "/conflicts": 200, "/curate/new": 200, "/me": 200}
    wrong = {"/no-such-page": 404, f"/spaces/{SPACE}x": 404, "/compare/cdse-clusters?rows=nonsense": 404}
    for path, status in {**paths, **wrong}.items():
        answer = page.goto(f"{address}{path}")
        assert answer is not None and answer.status == status, path
        assert page.locator("h1").count() == 1
        assert faults(page) == []
    page.context.close()


@pytest.mark.browser
@pytest.mark.slow
def test_first_load_of_pages_to_read_is_light(site: Site, walking: tuple[str, Watched]) -> None:
    """What the browser fetched, as it was sent: HTML, style and scripts. Measured: 15 to 22 kB, of which the style has 12."""
    fetched: dict[str, int] = {}
    asked: list[Request] = []
    address, watched = walking
    browser = watched.page.context.browser
    assert browser is not None
    page = browser.new_context().new_page()
    page.on("request", lambda request: asked.append(request))
    weights: dict[str, int] = {}
    for path in site.addresses:
        if path == "/spaces" or not path.startswith(HEAVY):
            page.goto(f"{address}{path}", wait_until="load")
            for request in asked:
                response = request.response()
                assert response is not None and response.finished() is None
                fetched.setdefault(request.url, request.sizes()["responseBodySize"])  # later ones come from the browser itself
            asked.clear()
            linked = page.evaluate(
                "[...document.querySelectorAll('link[rel=stylesheet], script[src], img')].map(each => each.href || each.src)"
            )
            weights[path] = sum(fetched[url] for url in (f"{address}{path}", *linked) if not url.startswith("data:"))
    page.context.close()
    assert len(weights) > 30 and min(weights.values()) > 5_000  # it did measure
    assert {path: weight for path, weight in weights.items() if weight >= HEAVIEST} == {}


@pytest.mark.browser
@pytest.mark.slow
def test_pages_print_without_what_is_for_the_screen(site: Site, walking: tuple[str, Watched]) -> None:
    address, watched = walking
    page = watched.page
    page.set_viewport_size({"width": 800, "height": 1100})
    for path in ("/", "/id/cdse-msc-350", f"/spaces/{SPACE}/report", f"/spaces/{SPACE}/matrix", "/compare/cdse-clusters"):
        page.goto(f"{address}{waited(path)}")
        page.emulate_media(media="print", color_scheme="dark")
        seen = page.evaluate(
            """() => ({
                site: getComputedStyle(document.querySelector("header.site")).display,
                paper: getComputedStyle(document.body).backgroundColor,
                forms: [...document.forms].filter((form) => form.offsetParent).length,
            })"""
        )
        assert seen == {"site": "none", "paper": "rgb(255, 255, 255)", "forms": 0}, path
        page.emulate_media(media="screen")
