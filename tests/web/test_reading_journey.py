"""From the first page to the words of a paper, in a real browser: overview, search, lists, pages about items."""

from __future__ import annotations

import pytest

from mechkg.api.site_reading import add_reading
from mechkg.service.workspace import Workspace
from tests.web.browser import opened


@pytest.mark.browser
@pytest.mark.slow
def test_from_the_first_page_to_a_disagreement(shipped: Workspace) -> None:
    from playwright.sync_api import expect

    with opened(shipped, add_reading, permissions=["clipboard-read", "clipboard-write"]) as (address, watched):
        page = watched.page
        page.goto(address)
        page.keyboard.press("/")
        expect(page.get_by_role("searchbox", name="Search everything")).to_be_focused()
        page.keyboard.type("msc-350")
        page.keyboard.press("Enter")
        page.get_by_role("link", name="CdSe MSC-350").click()
        expect(page.get_by_role("img", name="absorption at 350 nm")).to_be_visible()
        sides = page.locator(".side-of .value").all_inner_texts()
        assert sides == ["(CdSe)13", "(CdSe)35", "Cd35Se20"]
        page.get_by_text("Turtle", exact=True).last.click()
        page.get_by_role("button", name="Copy", exact=True).click()
        expect(page.get_by_role("button", name="Copied")).to_be_visible()
        assert "cdse-msc-350" in page.evaluate("navigator.clipboard.readText()")
        assert watched.troubles == []


@pytest.mark.browser
@pytest.mark.slow
def test_a_list_is_narrowed_without_a_script(shipped: Workspace) -> None:
    from playwright.sync_api import expect

    with opened(shipped, add_reading, java_script_enabled=False) as (address, watched):
        page = watched.page
        page.goto(f"{address}/")
        page.get_by_role("navigation", name="Site").get_by_role("link", name="Species").click()
        page.get_by_role("link", name="MSC", exact=False).first.click()
        before = page.get_by_role("status").inner_text()
        page.get_by_label("Containing").fill("cdse")
        page.get_by_role("button", name="Apply").click()
        assert page.get_by_role("status").inner_text() != before
        chosen = page.get_by_role("list", name="Chosen")
        expect(chosen.get_by_role("listitem")).to_have_count(2)
        chosen.get_by_role("link").first.click()
        expect(chosen.get_by_role("listitem")).to_have_count(1)
        assert page.get_by_role("status").inner_text() == before
