"""Pages about things in a real browser: within their policy, from one host, sound for those who listen to them or print them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from fastapi import FastAPI

from mechkg.api.linked_data import add_linked_data
from mechkg.api.pages import add_styles
from mechkg.service.description import Description, Fact, Group, Quote, Shown
from mechkg.service.workspace import Workspace
from mechkg.web.description_page import DescriptionPage, description_page, with_moment
from tests.web.browser import browsing, faults, serving

FORMS = ((("Turtle", "text/turtle"), "/id/x.ttl"),)


def test_everything_that_is_known_is_shown() -> None:
    value = Shown("(CdX)34", "https://w3id.org/mechkg/id/y", "a title", "formula", implied=True)
    inner = Shown("part", "https://w3id.org/mechkg/id/x/part", facts=(Fact("inner", (Shown("5 nm"),)),))
    found = Description(
        iri="https://w3id.org/mechkg/id/x",
        kind="kind of thing",
        title="A title",
        position=12,
        quads=(),
        document=False,
        lead="What it is.",
        warning="Careful.",
        facts=(Fact("one", (value,), "meaning", "https://w3id.org/mechkg/ontology#one"), Fact("two", (inner, Shown("b")))),
        quotes=(Quote("exact words", "page 2", Shown("a paper", "https://w3id.org/mechkg/id/paper")),),
        groups=(
            Group("Some", links=(Shown("outside", "http://example.org/"),), left_out=3),
            Group("Lines", lines=((2, "a line"),)),
        ),
        about={"@type": "Thing", "name": "</script>"},
    )
    page = description_page(DescriptionPage(found, FORMS, "2024-05-01T12:00Z"))
    moment = "?asOf=2024-05-01T12%3A00Z"
    for part in (
        "kind of thing", "A title", "What it is.", "Careful.", "(CdX)<sub>34</sub>", f'href="/id/y{moment}"', "5 nm",
        f'href="/ontology{moment}#one"', "“exact words”", "page 2", f'href="/id/paper{moment}"', "this list was cut",
        '<li class="d2">a line</li>',
        'href="http://example.org/" rel="external noopener noreferrer"', "position 12", "As of 2024-05-01T12:00Z",
        '<link rel="alternate" type="text/turtle" href="/id/x.ttl">', "In italics",
    ):  # fmt: skip
        assert part in page, part
    assert page.count("</script>") == 2


def test_the_moment_goes_along_with_links() -> None:
    assert with_moment("/id/x", "") == "/id/x"
    assert with_moment("/id/x?a=1#b", "a b&c") == "/id/x?a=1&asOf=a%20b%26c#b"


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages_in_a_browser(shipped: Workspace, tmp_path: Path, scheme: str) -> None:
    space = shipped.catalog.space("cdte-449-to-469")
    claim = shipped.catalog.by_kind["claim"][0].id
    observation = shipped.catalog.by_kind["observation"][0]
    procedure = shipped.catalog.by_kind["procedure"][0].id
    paths = [
        f"/id/{claim}", f"/id/{observation.id}", f"/id/{procedure}", f"/id/{space.id}", f"/assertion/id-{observation.record.id}",
        f"/verdict/{space.id}/{space.candidates[0].id}", "/act/1", "/agent/corpus%20importer", "/ontology/species", "/dataset",
        "/id/no-such-thing",
    ]  # fmt: skip
    app = FastAPI()
    app.state.public_url = None
    add_styles(app)
    add_linked_data(app, shipped)
    with serving(app) as address, browsing(color_scheme=scheme) as watched:
        page = watched.page
        for path in paths:
            answer = page.goto(f"{address}{path}")
            assert answer is not None and answer.status == (404 if path.endswith("no-such-thing") else 200)
            assert page.locator("h1").count() == 1
            assert faults(page) == []
            if answer.status == 200:
                metadata = json.loads(page.locator('script[type="application/ld+json"]').text_content() or "")
                assert metadata["@context"] == "https://schema.org"
        page.goto(f"{address}/id/{procedure}")
        page.screenshot(path=tmp_path / "procedure.png", full_page=True)
        # narrow: nothing is wider than the window
        page.set_viewport_size({"width": 360, "height": 700})
        for path in paths:
            page.goto(f"{address}{path}")
            assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), path
        # printed: no navigation
        page.emulate_media(media="print")
        assert not page.get_by_role("navigation").first.is_visible()
        watched.troubles = [trouble for trouble in watched.troubles if "no-such-thing" not in trouble]
        assert watched.troubles == []
        assert watched.hosts(address) == set()


@pytest.mark.browser
@pytest.mark.slow
def test_from_a_claim_to_the_words_of_the_paper_by_links_alone(shipped: Workspace) -> None:
    from playwright.sync_api import expect

    app = FastAPI()
    app.state.public_url = None
    add_styles(app)
    add_linked_data(app, shipped)
    entry = next(each for each in shipped.catalog.by_kind["species"] if getattr(each.value, "quote", ()))
    with serving(app) as address, browsing() as watched:
        page = watched.page
        page.goto(f"{address}/dataset")
        page.goto(f"{address}/id/{entry.id}")
        expect(page.get_by_text(f"“{entry.value.quote[0]}”")).to_be_visible()  # type: ignore[union-attr]
        page.get_by_role("link", name=entry.record.id).click()
        expect(page.locator(".kind")).to_have_text("assertion of a species, accepted")
        page.get_by_role("link", name="accept by corpus importer").click()
        expect(page.locator(".kind")).to_contain_text("of the ledger")
        page.get_by_role("link", name=entry.record.id).click()
        page.get_by_role("link", name="class").or_(page.get_by_role("link", name="species", exact=True)).first.click()
        assert "#" in page.url and "/ontology" in page.url
        assert watched.troubles == []
