"""Two people at two browsers: a change set is reviewed and a watched verdict changes; a conflict and a dispute are settled."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from mechkg.api.app import create_app
from mechkg.curation import tokens
from mechkg.model.person import Caller
from mechkg.service.watches import Hypothesis, watch
from mechkg.service.workspace import Workspace
from tests.curation.staff import BEN, CLEO
from tests.service.changes import FREED, LIMIT, REMARK, changed
from tests.web.browser import serving
from tests.web.test_graphiql import BROWSER_ARGUMENTS, chromium

pytestmark = [pytest.mark.browser, pytest.mark.slow]

CLAIM = "a-ts1-3"
CONFLICT = "cdse-350-composition"


@contextmanager
def opened(workspace: Workspace) -> Iterator[tuple[str, Browser]]:
    """Serve the site, and yield its address and a browser."""
    with serving(create_app(workspace)) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=BROWSER_ARGUMENTS)
        yield address, browser
        browser.close()


def signed_in(
    workspace: Workspace, browser: Browser, address: str, by: Caller | None, troubles: list[str], **options: object
) -> Page:
    """Open a browser session of somebody; all that a page complains of is written down."""
    page = browser.new_context(**{"viewport": {"width": 1280, "height": 900}, **options}).new_page()  # type: ignore[arg-type]
    page.on("console", lambda message: troubles.append(f"{page.url}: {message.type}: {message.text}"))
    page.on("pageerror", lambda error: troubles.append(f"{page.url}: uncaught: {error}"))
    if by is not None:
        text, _ = tokens.sign_in_link(workspace.ledger, by)
        page.goto(f"{address}/sign-in/once/{text.reveal()}")
    return page


def test_two_people_accept_a_change_and_a_watched_verdict_changes(curated: Workspace) -> None:
    watched = watch(curated, CLEO, Hypothesis(*FREED), title="The way back")
    found = changed(curated, LIMIT, title="No detection limit is stated", effects=None)
    troubles: list[str] = []
    with opened(curated) as (address, browser):
        author = signed_in(curated, browser, address, CLEO, troubles)
        reviewer = signed_in(curated, browser, address, BEN, troubles)
        author.goto(f"{address}/curate/watches")
        expect(author.get_by_text("Nothing changed it yet.")).to_be_visible()

        reviewer.goto(f"{address}/")
        reviewer.get_by_role("navigation", name="Site").get_by_role("link", name="Curate").click()
        reviewer.get_by_role("link", name="'No detection limit is stated' by cleo").click()
        flips = reviewer.get_by_role("region", name="Verdicts that flip")
        expect(flips).to_be_visible(timeout=60_000)  # it comes in beside the page
        reviewer.get_by_label("Your reason").fill("Which limit was meant?")
        reviewer.get_by_role("button", name="Comment").click()
        expect(reviewer.locator("#timeline + .timeline")).to_contain_text("Which limit was meant?")

        author.goto(f"{address}/curate/changes/{found.id}")
        expect(author.get_by_role("button", name="Accept")).to_have_count(0)
        expect(author.get_by_text("that takes the role reviewer").first).to_be_visible()
        author.get_by_label("Your comment").fill("None is printed.")
        author.get_by_role("button", name="Comment").click()

        reviewer.goto(f"{address}/curate/changes/{found.id}")
        expect(reviewer.get_by_text("None is printed.")).to_be_visible()
        reviewer.get_by_role("button", name="Accept").click()
        expect(reviewer.get_by_role("heading", name="What changed", exact=True)).to_be_visible()
        row = reviewer.locator("tr", has=reviewer.locator(f'a[href="/spaces/{FREED[0]}/{FREED[1]}"]'))
        expect(row).to_contain_text(re.compile(r"ruled out.*survives"), timeout=60_000)

        for _ in range(60):
            author.goto(f"{address}/curate/watches")
            if author.get_by_role("region", name="What changed in The way back").count():
                break
            author.wait_for_timeout(500)
        change = author.get_by_role("region", name="What changed in The way back").get_by_role("row").nth(1)
        expect(change).to_contain_text(re.compile(r"ruled out.*survives"))
        change.get_by_role("link", name=found.id).click()
        expect(author.get_by_role("heading", level=1)).to_have_text("No detection limit is stated")
        author.goto(f"{address}/curate/watches")
        author.get_by_role("button", name="No longer watch The way back").click()
        expect(author.get_by_text("You watch nothing yet.")).to_be_visible()
        assert watched.id not in author.content()
    assert troubles == []


def test_a_conflict_of_a_table_is_resolved_from_the_page_of_the_cluster(curated: Workspace) -> None:
    troubles: list[str] = []
    with opened(curated) as (address, browser):
        page = signed_in(curated, browser, address, BEN, troubles, java_script_enabled=False)
        page.goto(f"{address}/id/cdse-msc-350")
        page.get_by_role("link", name="Decide").click()
        page.get_by_role("radio", name="Resolved for (CdSe)13").check()
        page.get_by_role("button", name="Decide").click()
        # refused: a reason is owed; what was chosen stays
        expect(page.get_by_role("alert")).to_be_visible()
        expect(page.get_by_role("radio", name="Resolved for (CdSe)13")).to_be_checked()
        page.get_by_label("Why").fill("Three laboratories found it by mass.")
        page.get_by_role("button", name="Decide").click()
        expect(page.locator(".side-of.holds .value")).to_contain_text("(CdSe)13")
        page.goto(f"{address}/conflicts")
        expect(page.get_by_role("status")).to_contain_text("3 disagreements")
        page.goto(f"{address}/id/cdse-msc-350")
        expect(page.locator(".side-of.holds .value")).to_have_text("(CdSe)13")
        page.get_by_role("link", name="Decide anew").click()
        page.get_by_role("radio", name="Open it again").check()
        page.get_by_label("Why").fill("One of them measured a mixture.")
        page.get_by_role("button", name="Decide").click()
        expect(page.locator(".status.open").first).to_be_visible()
    # a browser tells of an answer that refuses
    assert [trouble for trouble in troubles if "(Conflict)" not in trouble] == []


def test_a_claim_is_disputed_and_the_dispute_settled(curated: Workspace) -> None:
    troubles: list[str] = []
    with opened(curated) as (address, browser):
        author = signed_in(curated, browser, address, CLEO, troubles)
        author.goto(f"{address}/id/cdse-msc-350")
        author.get_by_role("link", name="Dispute this: LDI-MS m/z 2488.57").click()
        author.get_by_label("What speaks against it").fill("The band is that of another cluster.")
        author.get_by_label("Item 1").fill(REMARK)
        author.get_by_role("button", name="Dispute it").click()
        expect(author.locator(".timeline .dispute")).to_contain_text("The band is that of another cluster.")
        author.goto(f"{address}/id/{CLAIM}")
        expect(author.get_by_role("heading", name="Discussion")).to_contain_text("1 open dispute")

        reviewer = signed_in(curated, browser, address, BEN, troubles)
        reviewer.goto(f"{address}/curate")
        reviewer.get_by_role("link", name="cleo disputes claim 'a-ts1-3'").click()
        reviewer.get_by_role("link", name="Answer or settle").click()
        reviewer.get_by_label("Your answer").fill("Row 3 says so itself.")
        reviewer.get_by_role("button", name="Uphold it").click()
        expect(reviewer.locator(".status.upheld")).to_be_visible()
    assert troubles == []
