"""To write, in a real browser: a sentence becomes a claim, a watched verdict changes; drafts; tables; without a script."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest
from fastapi import FastAPI

from mechkg.api.failures import add_failures
from mechkg.api.linked_data import add_linked_data
from mechkg.api.pages import add_styles
from mechkg.api.sign_in import add_sign_in
from mechkg.api.site import add_site
from mechkg.curation import tokens
from mechkg.literature.spreadsheets import Sheet, to_csv
from mechkg.model.person import Caller
from mechkg.service.accept import accept
from mechkg.service.acting import change_set_of
from mechkg.service.draft import drafts, load_draft
from mechkg.service.readings import keep_text
from mechkg.service.sign_in import SignIn
from mechkg.service.watches import Hypothesis, catch_up, watch, watches_of
from mechkg.service.workspace import Workspace
from tests.curation.staff import BEN, CLEO
from tests.web.browser import Watched, browsing, faults, serving

if TYPE_CHECKING:
    from playwright.sync_api import Page

TEXT = """Controls

In a control experiment the threshold of our spectrometer was examined. A weak band of 0.005 absorbance would not have been
noticed beside a strong one, so that no absence in these spectra is certain, whatever was said of it before. CdTe MSC-371 was
kept in toluene at 25 °C.
"""
LIMIT, SPACE, FREED = "detection-limit-of-absorption", "msc-399-in-toluene", "back-to-pc-and-on"


@contextmanager
def opened(workspace: Workspace, by: Caller = CLEO, **options: object) -> Iterator[tuple[str, Watched]]:
    app = FastAPI()  # without what works on verdicts beside it
    add_failures(app)
    add_sign_in(app, SignIn(workspace.ledger, {}))
    add_styles(app)
    add_linked_data(app, workspace)
    add_site(app, workspace)
    with serving(app) as address, browsing(**options) as watched:
        text, _ = tokens.sign_in_link(workspace.ledger, by)
        watched.page.goto(f"{address}/sign-in/once/{text.reveal()}")
        yield address, watched
        assert watched.troubles == [] and watched.hosts(address) == set()


def select(page: Page, words: str) -> None:
    """Select words of the text, as a mouse would."""
    page.evaluate(
        """words => {
            const pieces = [...document.querySelectorAll("#text [data-at]")];
            const piece = pieces.find(one => one.textContent.replace(/\\s+/g, " ").includes(words));
            const text = piece.firstChild;
            const start = text.data.replace(/\\s/g, " ").indexOf(words);
            const range = document.createRange();
            range.setStart(text, start);
            range.setEnd(text, start + words.length);
            getSelection().removeAllRanges();
            getSelection().addRange(range);
        }""",
        words,
    )


@pytest.mark.browser
@pytest.mark.slow
def test_a_sentence_becomes_an_assertion_by_two_people_and_a_watched_verdict_changes(curated: Workspace) -> None:
    from playwright.sync_api import expect

    hypothesis = Hypothesis(SPACE, FREED)
    watch(curated, BEN, hypothesis)
    with opened(curated) as (address, watched):
        page = watched.page
        page.goto(f"{address}/curate/read")
        page.get_by_label("Or its text").fill(TEXT)
        paper = page.get_by_role("combobox", name="The paper that it is")
        paper.press_sequentially("zhang2020")
        page.get_by_role("option", name="zhang2020").first.click()
        expect(paper).to_have_value("zhang2020")
        page.get_by_role("button", name="Read", exact=True).click()
        expect(page.get_by_role("link", name="CdTe MSC-371 (species)")).to_have_attribute("href", "/id/cdte-msc-371")
        select(page, "would not have been noticed beside a strong one")
        page.get_by_role("link", name="Use these 9 words").click()
        expect(page.get_by_label("Quote 1")).to_have_value("would not have been noticed beside a strong one,")
        expect(page.get_by_label("Locator")).to_have_value("Paragraph 1")
        # the sentence puts an assumption in doubt: what is said of its backing is to change, and the claim says why
        page.get_by_label("Kind", exact=False).first.select_option("critique")
        page.get_by_label("Statement").fill("Absences in these spectra are not certain at 0.005 absorbance.")
        about = page.get_by_role("combobox", name="About 1")
        about.press_sequentially("detection-limit-of")
        expect(page.get_by_role("option", name=LIMIT)).to_be_visible()
        about.press("ArrowDown")
        about.press("Enter")
        expect(about).to_have_value(LIMIT)
        expect(page.locator("#saved")).to_contain_text("Saved at", timeout=15_000)
        page.get_by_role("button", name="Check", exact=True).last.click()
        expect(page.get_by_role("status").filter(has_text="It holds")).to_be_visible()
        page.get_by_role("button", name="Propose").click()
        page.wait_for_url("**/curate/changes/set-*")
        name = page.url.rpartition("/")[2]
        page.wait_for_load_state("networkidle", timeout=60_000)  # what it would change is worked out beside the page
        assert faults(page) == []
    found = change_set_of(curated, name)
    assert found.authors == ("cleo",)
    accept(curated, BEN, name, revision=1)
    [edit] = found.edits
    entry = curated.catalog.entries[edit.item]
    assert entry.accepted_by == "ben" and entry.record.body["about"] == [LIMIT]
    assert " ".join(entry.anchors[0].exact.split()) == entry.record.body["quote"][0]
    # what it is about is then changed: without a limit no absence rules anything out
    with opened(curated) as (address, watched):
        page = watched.page
        page.goto(f"{address}/curate/edit/{LIMIT}")
        page.get_by_role("button", name="Remove Effects 1").click()
        expect(page.get_by_role("group", name="Effects 1")).to_have_count(0)
        page.get_by_label("Why, for the reviewer").fill(f"By {edit.item} no such limit can be relied upon.")
        page.get_by_role("button", name="Propose").click()
        page.wait_for_url("**/curate/changes/set-*")
        name = page.url.rpartition("/")[2]
        page.wait_for_load_state("networkidle", timeout=60_000)  # what it would change is worked out beside the page
    accept(curated, BEN, name, revision=1, despite={})
    catch_up(curated)
    [seen] = watches_of(curated.ledger, "ben")
    assert [(flip.before, flip.after) for flip in seen.flips] == [("ruled out", "survives")]


@pytest.mark.browser
@pytest.mark.slow
def test_a_form_grows_by_keyboard_and_two_windows_lose_nothing(curated: Workspace) -> None:
    from playwright.sync_api import expect

    with opened(curated) as (address, watched):
        page = watched.page
        page.goto(f"{address}/curate/new/procedure?document=zhang2020")
        page.get_by_label("Title", exact=False).first.fill("Keeping it")
        page.get_by_role("button", name="Add one to Stages").press("Enter")
        expect(page.locator("[id='f-stages.1.id']")).to_be_focused()
        page.keyboard.type("a")
        page.get_by_role("button", name="Add another to Stages").press("Enter")
        expect(page.locator("[id='f-stages.2.id']")).to_be_focused()
        expect(page.locator("[id='f-stages.1.id']")).to_have_value("a")
        page.keyboard.type("b")
        page.get_by_role("button", name="Move up Stages 2").press("Enter")
        expect(page.locator("[id='f-stages.1.id']")).to_have_value("b")
        expect(page.locator("#saved")).to_contain_text("draft-1", timeout=15_000)
        page.wait_for_url("**/curate/drafts/draft-1")
        page.wait_for_timeout(1500)
        content = load_draft(curated, CLEO, "draft-1").content
        assert [stage["id"] for stage in content["procedures"][0]["stages"]] == ["b", "a"]
        other = page.context.new_page()
        other.goto(f"{address}/curate/drafts/draft-1")
        other.get_by_label("Note").last.fill("There.")
        expect(other.locator("#saved")).to_contain_text("Saved at", timeout=15_000)
        page.get_by_label("Note").last.fill("Here.")
        expect(page.get_by_role("alert")).to_contain_text("saved elsewhere", timeout=15_000)
        watched.troubles.clear()  # the browser tells of the answer 409
        page.get_by_role("button", name="Keep mine as a new draft").click()
        page.wait_for_url("**/curate/drafts/draft-2")
        expect(page.get_by_label("Note").last).to_have_value("Here.")
        notes = [load_draft(curated, CLEO, name).content["procedures"][0]["note"] for name in ("draft-1", "draft-2")]
        assert notes == ["There.", "Here."]


@pytest.mark.browser
@pytest.mark.slow
def test_it_works_without_a_script(curated: Workspace) -> None:
    from playwright.sync_api import expect

    digest = keep_text(curated, CLEO, TEXT.encode(), "note.txt", "zhang2020")
    with opened(curated, java_script_enabled=False) as (address, watched):
        page = watched.page
        page.goto(f"{address}/curate/read/{digest}")
        page.get_by_role("link", name="use this sentence: A weak band").click()
        quote = page.get_by_label("Quote 1").input_value()
        assert len(quote.split()) == 25 and quote in " ".join(TEXT.split())
        page.get_by_role("button", name="Add another to About").click()
        expect(page.get_by_label("About 2")).to_be_visible()
        page.get_by_label("About 1").fill("CdTe MSC-37")
        page.get_by_label("Kind", exact=False).first.select_option("critique")
        page.get_by_role("button", name="Propose").click()
        watched.troubles.clear()  # the browser tells of the answer 422
        expect(page.get_by_text("did you mean", exact=False).first).to_be_visible()
        page.get_by_label("About 1").fill("CdTe MSC-371")
        page.get_by_role("button", name="Save draft").click()
        page.wait_for_url("**/curate/drafts/draft-1")
        page.get_by_role("link", name="My drafts").click()
        page.get_by_role("button", name="Delete", exact=False).click()
        page.get_by_role("button", name="Undo").click()
        assert [each.id for each in drafts(curated, CLEO)] == ["draft-1"]


@pytest.mark.browser
@pytest.mark.slow
def test_a_table_with_errors_is_mended_and_proposed(curated: Workspace) -> None:
    from playwright.sync_api import expect

    columns = {"id": "", "document": "", "kind": "", "text": ""}
    bad = {"id": "r-1", "document": "zhang202", "kind": "gap", "text": "Something is missing."}
    before = curated.ledger.position()
    with opened(curated) as (address, watched):
        page = watched.page
        for row in (bad, {**bad, "document": "zhang2020"}):
            page.goto(f"{address}/curate/import")
            buffer = to_csv(Sheet("remark", columns, [row]))
            page.get_by_label("The table").set_input_files({"name": "r.csv", "mimeType": "text/csv", "buffer": buffer})
            page.get_by_role("button", name="Look at it").click()
            if row is bad:
                expect(page.get_by_role("alert")).to_contain_text("Nothing can be proposed of it yet")
                expect(page.locator("td.error")).to_contain_text("Did you mean 'zhang2020'?")
                with page.expect_download() as download:
                    page.get_by_role("link", name="Download what is wrong").click()
                assert "zhang202" in download.value.path().read_text(encoding="utf-8-sig")
                assert curated.ledger.position() == before
        page.get_by_role("button", name="Propose 1 item").click()
        page.wait_for_url("**/curate/changes/set-*")
        assert [edit.item for edit in change_set_of(curated, page.url.rpartition("/")[2]).edits] == ["r-1"]
