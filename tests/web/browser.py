"""A server and a browser for tests of pages: what a page asks for, and all that goes wrong on it, is written down."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import uvicorn
from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles

from mechkg.api.linked_data import add_linked_data
from mechkg.api.pages import add_styles
from mechkg.assets import static_dir
from mechkg.service.workspace import Workspace
from tests.web.test_graphiql import BROWSER_ARGUMENTS, chromium

if TYPE_CHECKING:
    from playwright.sync_api import Page


Part = Callable[[FastAPI, Workspace], None]
"""Adds some of the pages to an application."""


def site_of(workspace: Workspace, *parts: Part) -> FastAPI:
    """Return an application with some of the pages, and those about single items that they lead to."""
    app = FastAPI()
    app.state.public_url = None
    app.state.ledger = workspace.ledger
    app.mount("/static", StaticFiles(directory=static_dir(), check_dir=False))
    add_styles(app)
    for add in (*parts, add_linked_data):
        add(app, workspace)
    return app


@contextmanager
def serving(app: FastAPI) -> Iterator[str]:
    """Serve an application on a free port of the loopback interface; yield its address."""
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=0, log_level="warning", ws="none"))
    thread = threading.Thread(target=server.run)
    thread.start()
    until = time.monotonic() + 10
    while not server.started:
        assert thread.is_alive() and time.monotonic() < until, "the server did not start"
        time.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(10)
        assert not thread.is_alive()


@dataclass
class Watched:
    """A page, what it asked for, and what it complained of."""

    page: Page
    asked: list[str] = field(default_factory=list)
    troubles: list[str] = field(default_factory=list)

    def hosts(self, address: str) -> set[str]:
        """Addresses asked for that are not those of the server."""
        return {url for url in self.asked if not url.startswith((f"{address}/", "data:"))}


@contextmanager
def browsing(**options: object) -> Iterator[Watched]:
    """Open a page in a browser; ``options`` are those of a browser context."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=BROWSER_ARGUMENTS)
        page = browser.new_context(**{"viewport": {"width": 1280, "height": 900}, **options}).new_page()  # type: ignore[arg-type]
        watched = Watched(page)
        page.on("console", lambda message: watched.troubles.append(f"{page.url}: {message.type}: {message.text}"))
        page.on("pageerror", lambda error: watched.troubles.append(f"{page.url}: uncaught: {error}"))
        page.on("request", lambda request: watched.asked.append(request.url))
        yield watched
        browser.close()


@contextmanager
def opened(workspace: Workspace, *parts: Part, **options: object) -> Iterator[tuple[str, Watched]]:
    """Serve some of the pages, and open a browser; yield the address and the browser's page."""
    with serving(site_of(workspace, *parts)) as address, browsing(**options) as watched:
        yield address, watched


def faults(page: Page, *rules: str) -> list[str]:
    """What axe finds wrong with a page, by rule and element; by these rules alone if some are given.

    See https://github.com/dequelabs/axe-core for the rules.
    """
    from axe_playwright_python.sync_playwright import Axe

    asked = {"runOnly": {"type": "rule", "values": rules}} if rules else {}
    found = Axe().run(page, options={"resultTypes": ["violations"], **asked}).response  # what is well is not gathered
    assert found["testEngine"]["name"] == "axe-core"
    return [
        f"{page.url}: {violation['id']}: {node['target']}" for violation in found["violations"] for node in violation["nodes"]
    ]
