"""The explorer, in a real browser: it renders, runs an example, breaks no policy and asks no other host."""

from __future__ import annotations

import os
import secrets
import shutil
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import strawberry
import uvicorn
from fastapi import FastAPI
from fastapi.responses import HTMLResponse
from fastapi.staticfiles import StaticFiles
from strawberry.fastapi import GraphQLRouter

from mechkg import assets
from mechkg.web import graphiql

NONCE = "abcdefghijklmnop0123456789"
# As in a container: no sandbox to be had, no display, and no request of the browser's own.
BROWSER_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


# --- the text of the page ---------------------------------------------------------------------------------------------


def test_an_example_takes_its_title_and_its_sentence_from_its_first_comment(tmp_path: Path) -> None:
    (tmp_path / "b.graphql").write_text("# Who is there\n# Names alone,\n# no more.\n{ name }\n# not this\n")
    (tmp_path / "a_b.graphql").write_text("{ name }\n")
    assert [(e.name, e.title, e.about) for e in graphiql.examples(tmp_path)] == [
        ("a_b", "a b", ""),
        ("b", "Who is there", "Names alone, no more."),
    ]


def test_no_example_can_end_the_element_that_carries_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "queries" / "examples").mkdir(parents=True)
    (tmp_path / "queries" / "examples" / "evil.graphql").write_text("# </script><script>alert(1)</script>\n{ name }\n")
    monkeypatch.setattr(graphiql, "queries_dir", lambda: tmp_path / "queries")
    (tmp_path / "static" / "graphiql").mkdir(parents=True)
    (tmp_path / "static" / "graphiql" / "explorer.js").touch()
    monkeypatch.setattr(graphiql, "static_dir", lambda: tmp_path / "static")
    page = graphiql.graphiql_page("/graphql", NONCE)
    assert "alert(1)" in page
    assert page.count("</script>") == 2


@pytest.mark.parametrize("nonce", ["", "short", "a'; script-src * 'unsafe-inline", 'abcdefghijklmnop">'])
def test_a_nonce_that_could_change_the_policy_is_refused(nonce: str) -> None:
    with pytest.raises(ValueError, match="nonce"):
        graphiql.graphiql_page("/graphql", nonce)
    with pytest.raises(ValueError, match="nonce"):
        graphiql.content_security_policy(nonce)


def test_without_assets_the_page_says_how_to_build_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(graphiql, "static_dir", lambda: tmp_path)
    page = graphiql.graphiql_page("/graphql", NONCE)
    assert "<title>mechkg explorer</title>" in page
    assert "make web" in page
    assert "/graphql" in page
    assert "<script" not in page


# --- the page in a browser --------------------------------------------------------------------------------------------


@strawberry.type
class Query:
    @strawberry.field(description="The name of this dummy.")
    def name(self) -> str:
        return "dummy answer"


@pytest.fixture
def address(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Address of a server with the page, the assets and a schema of one field, on a free port of the loopback interface."""
    assert (assets.static_dir() / "graphiql" / "explorer.js").is_file(), "not built: make web"
    folder = tmp_path / "examples"
    folder.mkdir()
    (folder / "first.graphql").write_text("# The name\n# One field.\nquery First {\n  name\n}\n")
    (folder / "second.graphql").write_text("# The type\nquery Second {\n  __typename\n}\n")
    monkeypatch.setattr(graphiql, "queries_dir", lambda: tmp_path)

    app = FastAPI()

    @app.get("/explorer")
    def page() -> HTMLResponse:
        nonce = secrets.token_urlsafe(24)
        policy = graphiql.content_security_policy(nonce)
        return HTMLResponse(graphiql.graphiql_page("/graphql", nonce), headers={"Content-Security-Policy": policy})

    app.mount("/static", StaticFiles(directory=assets.static_dir()))
    app.include_router(GraphQLRouter(strawberry.Schema(Query), graphql_ide=None), prefix="/graphql")

    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=0, log_level="warning", ws="none", lifespan="off"))
    thread = threading.Thread(target=server.run)
    thread.start()
    until = time.monotonic() + 10
    while not server.started:
        assert thread.is_alive(), "the server did not start"
        assert time.monotonic() < until, "the server did not start within ten seconds"
        time.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join(10)
    assert not thread.is_alive()


def chromium() -> str:
    named = os.environ.get("CHROMIUM")
    found = named or next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if not found:
        pytest.skip("no Chromium: install it, or name it in the variable CHROMIUM")
    return found


@pytest.mark.browser
@pytest.mark.slow
def test_the_explorer_runs_an_example_within_its_policy(address: str, tmp_path: Path) -> None:
    from playwright.sync_api import expect, sync_playwright

    troubles: list[str] = []
    asked: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=BROWSER_ARGUMENTS)
        page = browser.new_page(viewport={"width": 1280, "height": 800})
        page.on("console", lambda message: troubles.append(f"{message.type}: {message.text}"))
        page.on("pageerror", lambda error: troubles.append(f"uncaught: {error}"))
        page.on("request", lambda request: asked.append(request.url))
        page.goto(f"{address}/explorer")

        expect(page).to_have_title("mechkg explorer")
        editor, result = page.locator(".graphiql-query-editor"), page.locator(".result-window")
        expect(editor).to_contain_text("query First")

        page.get_by_role("button", name="Execute query (Ctrl-Enter)").click()
        expect(result).to_contain_text("dummy answer")

        page.get_by_role("button", name="The type").click()
        expect(editor).to_contain_text("query Second")
        expect(editor).not_to_contain_text("query First")

        # What a reader wrote is kept: the example opens in a tab of its own.
        page.locator(".graphiql-query-editor .CodeMirror").click()
        page.keyboard.press("Control+A")
        page.keyboard.type("query Mine { name ")
        mine = page.locator(".graphiql-tabs").get_by_title("Mine")
        expect(mine).to_be_visible()
        page.get_by_role("button", name="The name").click()
        expect(editor).to_contain_text("query First")
        mine.click()
        expect(editor).to_contain_text("query Mine")

        # Parts that open late may bring late violations: the documentation, a dialogue.
        page.get_by_role("button", name="Documentation Explorer").click()
        page.get_by_role("link", name="Query").click()
        expect(page.get_by_text("The name of this dummy.")).to_be_visible()
        page.get_by_role("button", name="Open settings dialog").click()
        expect(page.get_by_role("dialog")).to_be_visible()
        page.screenshot(path=tmp_path / "explorer.png")
        browser.close()

    assert troubles == []
    assert {url for url in asked if not url.startswith((f"{address}/", "data:"))} == set()
