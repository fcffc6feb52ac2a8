"""The query page in a real browser, without a script: a form, a result as a table, a mistake shown beside the query."""

from __future__ import annotations

from pathlib import Path

import pytest
from fastapi import FastAPI

from mechkg.api.pages import add_styles
from mechkg.api.sparql import mount_sparql
from mechkg.service.sparql import Sparql
from mechkg.service.workspace import Workspace
from mechkg.web.sparql_page import downloads, shortened, shown
from tests.web.browser import browsing, faults, serving


def test_terms_are_shown_short_and_linked() -> None:
    item = shown({"type": "uri", "value": "https://w3id.org/mechkg/id/step-1"})
    assert item is not None
    assert (item.text, item.href, item.outside) == ("id:step-1", "/id/step-1", False)
    other = shown({"type": "uri", "value": "http://example.org/x"})
    assert other is not None
    assert (other.text, other.href, other.outside) == ("http://example.org/x", "http://example.org/x", True)
    script = shown({"type": "uri", "value": "javascript:alert(1)"})
    assert script is not None and script.href is None
    number = shown({"type": "literal", "value": "2", "datatype": "http://www.w3.org/2001/XMLSchema#integer"})
    assert number is not None and number.number and number.title == "xsd:integer"
    assert shown(None) is None
    assert shortened("https://w3id.org/mechkg/id/") == "https://w3id.org/mechkg/id/"


def test_downloads_ask_the_same() -> None:
    found = dict(downloads({"query": "ASK { ?s ?p 'ü&' }", "asOf": "1"}, "boolean"))
    assert found["JSON"] == "/sparql?query=ASK+%7B+%3Fs+%3Fp+%27%C3%BC%26%27+%7D&asOf=1&format=json"
    assert set(found) == {"JSON", "XML"}


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_asking_in_a_browser_without_a_script(shipped: Workspace, tmp_path: Path, scheme: str) -> None:
    from playwright.sync_api import expect

    app = FastAPI()
    app.state.public_url = None
    add_styles(app)
    mount_sparql(app, Sparql(shipped.view, folder=shipped.home))
    with serving(app) as address, browsing(color_scheme=scheme) as watched:
        page = watched.page
        page.goto(f"{address}/sparql")
        expect(page).to_have_title("SPARQL · mechkg")
        assert faults(page) == []
        page.get_by_role("link", name="How well is each assumption backed").click()
        query = page.get_by_label("Query")
        expect(query).to_contain_text("SELECT")
        page.get_by_role("button", name="Run").click()
        table = page.get_by_role("table")
        expect(table).to_be_visible()
        assert page.get_by_role("row").count() > 50
        assert table.get_by_role("link").first.get_attribute("href").startswith("/id/")  # type: ignore[union-attr]
        assert faults(page) == []
        query.fill("SELECT ?s WHERE {\n  ?s a mk:Species\n")
        page.get_by_role("button", name="Run").click()
        expect(page.get_by_role("alert")).to_contain_text("does not go on as SPARQL does")
        expect(query).to_contain_text("?s a mk:Species")
        assert faults(page) == []
        watched.troubles = [trouble for trouble in watched.troubles if "status of 400" not in trouble]
        query.fill("ASK { ?s a mk:Species }")
        page.get_by_label("As of").fill("0")
        page.get_by_role("button", name="Run").click()
        expect(page.get_by_text("No. In")).to_be_visible()
        page.screenshot(path=tmp_path / "sparql.png")
        # the style sheet was applied: no policy was in its way
        assert page.evaluate("getComputedStyle(document.body).margin") == "0px"
        dark = "rgb(20, 23, 27)"
        assert (page.evaluate("getComputedStyle(document.body).backgroundColor") == dark) == (scheme == "dark")
        assert watched.troubles == []
        assert watched.hosts(address) == set()
