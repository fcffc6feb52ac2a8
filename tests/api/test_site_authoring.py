"""Pages to write, over HTTP: who may, what is kept on an error, conflicts, and what reaches the queue."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest
from httpx2 import Response
from starlette.testclient import TestClient

from mechkg.api.app import create_app
from mechkg.curation import tokens
from mechkg.curation.enrol import enrol, grant
from mechkg.literature.spreadsheets import to_csv, to_xlsx
from mechkg.model.person import Caller, Grant
from mechkg.service.accept import accept
from mechkg.service.acting import change_set_of
from mechkg.service.draft import drafts, load_draft, save_draft
from mechkg.service.export_table import items_table, template_table
from mechkg.service.item_form import KINDS
from mechkg.service.readings import keep_text
from mechkg.service.workspace import Workspace
from tests.curation.staff import ADA, BEN, CLEO
from tests.web.typed_form import sent_by

OWN = {"Origin": "http://127.0.0.1:8000"}
TEXT = (
    "Results and discussion\n\nThe mixture was kept cold. No CdTe MSC-371 was seen in toluene after 2 h, and the solution"
    " stayed clear.\n\nA sample at 60 °C turned yellow.\n"
)
PATHS = ("/curate/read", "/curate/new", "/curate/new/claim", "/curate/edit/step-1", "/curate/drafts", "/curate/import")


def words(page: str) -> str:
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]*>", " ", page)))


class Browser:
    """Somebody at a browser: goes to pages, and presses buttons of the form that is shown."""

    def __init__(self, workspace: Workspace, by: Caller | None) -> None:
        self.client = TestClient(create_app(workspace), base_url="http://127.0.0.1:8000", follow_redirects=False)
        if by is not None:
            text, _ = tokens.sign_in_link(workspace.ledger, by)
            assert self.client.get(f"/sign-in/once/{text.reveal()}").status_code == 303
        self.page = ""

    def go(self, path: str, status: int = 200) -> str:
        answer = self.client.get(path)
        assert answer.status_code == status, words(answer.text)[:400]
        self.page = answer.text
        return self.page

    def press(self, button: str, form: str = "authoring", more: dict[str, str] | None = None, **typed: str) -> Response:
        """Press a button of the form on the page, with some fields typed; a dot in a name is written __."""
        typed = {name.replace("__", "."): text for name, text in typed.items()} | (more or {})
        pairs = [(name, typed.pop(name, text)) for name, text in sent_by(self.page, form)]
        given = [*pairs, *typed.items(), ("do", button)]
        names = [name for name, _ in given]
        data: dict[str, Any] = {name: [text for each, text in given if each == name] for name in dict.fromkeys(names)}
        answer = self.client.post("/curate/form", data=data, headers=OWN)
        self.page = answer.text
        return answer

    def post(self, path: str, status: int = 303, **given: Any) -> Response:
        answer = self.client.post(path, headers=OWN, **given)
        assert answer.status_code == status, words(answer.text)[:400]
        self.page = answer.text
        return answer


@pytest.fixture
def cleo(curated: Workspace) -> Browser:
    return Browser(curated, CLEO)


def test_who_may_not_write_is_told_before(curated: Workspace) -> None:
    nobody = Browser(curated, None)
    for path in PATHS:
        page = nobody.go(path)
        assert "Sign in</a> to go on" in page and "<textarea" not in page, path
    enrol(curated.ledger, ADA, "eve", name="Eve")
    grant(curated.ledger, ADA, "eve", Grant("reader"))
    eve = Browser(curated, Caller("eve", "python"))
    for path in PATHS:
        assert "eve may not propose" in words(eve.go(path)), path
    assert eve.client.post("/curate/form", data={"kind": "claim"}, headers=OWN).status_code == 403
    assert nobody.client.post("/curate/form", data={"kind": "claim"}, headers=OWN).status_code == 401


def test_a_page_of_another_site_can_do_nothing(curated: Workspace, cleo: Browser) -> None:
    for path, data in (("/curate/form", {"kind": "claim", "do": "save"}), ("/curate/drafts/draft-1/away", {"version": "1"})):
        for headers in ({"Origin": "https://elsewhere.example"}, {"Sec-Fetch-Site": "cross-site"}, {}):
            assert cleo.client.post(path, data=data, headers=headers).status_code == 403
    files = {"file": ("a.txt", b"x")}
    assert cleo.client.post("/curate/read", files=files, headers={"Origin": "https://elsewhere.example"}).status_code == 403
    assert drafts(curated, CLEO) == []


def test_from_a_sentence_to_a_proposed_claim_with_its_place(curated: Workspace, cleo: Browser) -> None:
    answer = cleo.post("/curate/read", files={"file": ("note.txt", TEXT.encode())}, data={"document": "zhang2020"})
    page = cleo.go(answer.headers["location"])
    assert 'class="m species" href="/id/cdte-msc-371"' in page and "lead to something known" in page
    [link] = [unescape(href) for href in re.findall(r'class="use" href="([^"]+)"[^>]*>use<span[^>]*> this sentence: No', page)]
    page = cleo.go(link)
    sent = dict(sent_by(page))
    assert sent["body.quote.1"].startswith("No CdTe MSC-371 was seen in toluene after 2 h")
    assert sent["body.locator"] == "Results, paragraph 1" and sent["document"] == "zhang2020"
    answer = cleo.press(
        "check", body__statement="No cluster of that kind forms in the cold.", more={"body.about.1": "CdTe MSC-371"}
    )
    assert answer.status_code == 200 and "One thing is to be put right." in words(answer.text)
    assert "This is needed." in answer.text[answer.text.index('id="f-kind-wrong"') :][:300]
    answer = cleo.press("propose", body__kind="conclusion", reason="read anew")
    assert answer.status_code == 303
    found = change_set_of(curated, answer.headers["location"].removeprefix("/curate/changes/"))
    assert (found.authors, found.reason, found.machine) == (("cleo",), "read anew", None)
    assert found.title == "New claim: No cluster of that kind forms in the cold."
    [edit] = found.edits
    assert (edit.kind, edit.document, edit.item) == ("claim", "zhang2020", "zhang2020-claim-1")
    assert drafts(curated, CLEO) == []
    accept(curated, BEN, found.id, revision=1, despite={})
    entry = curated.catalog.entries[edit.item]
    assert entry.record.body["about"] == ["cdte-msc-371"]
    [place] = entry.anchors
    assert place.exact == entry.record.body["quote"][0] and place.start == TEXT.index("No CdTe")
    assert "turned yellow" not in str([act.content for act in curated.ledger.acts()])


def test_a_draft_is_saved_as_it_is_typed_and_two_windows_lose_nothing(curated: Workspace, cleo: Browser) -> None:
    cleo.go("/curate/new/claim?document=zhang2020")
    one = cleo.press("autosave", body__statement="First.").json()
    assert (one["draft"], one["version"], one["slot"]) == ("draft-1", 1, 0) and one["saved"].endswith(" UTC")
    cleo.go(one["path"])
    before = cleo.page
    assert cleo.press("autosave", body__statement="Second, here.").json()["version"] == 2
    cleo.page = before
    answer = cleo.press("autosave", body__statement="Second, there.")
    assert answer.status_code == 409 and "version 2 of this draft was saved elsewhere" in answer.json()["conflict"]
    cleo.page = before
    answer = cleo.press("save", body__statement="Second, there.")
    assert answer.status_code == 409 and "What you typed here is still here" in answer.text
    assert "Second, there." in answer.text and 'role="alert">' in answer.text
    kept = cleo.page
    assert cleo.press("save-new").headers["location"] == "/curate/drafts/draft-2"
    cleo.page = kept
    assert cleo.press("overwrite").headers["location"] == "/curate/drafts/draft-1"
    said = [load_draft(curated, CLEO, "draft-1", version=n).content["claims"][0]["statement"] for n in (1, 2, 3)]
    assert said == ["First.", "Second, here.", "Second, there."]
    assert load_draft(curated, CLEO, "draft-2").content["claims"][0]["statement"] == "Second, there."


def test_lists_grow_and_shrink_without_a_script(cleo: Browser) -> None:
    cleo.go("/curate/new/procedure")
    cleo.press("add:stages", body__title="Keeping it")
    cleo.press("add:stages", more={"body.stages.1.id": "a", "body.stages.1.action": "mix"})
    assert "Stages 2" in words(cleo.page)
    cleo.press("add:stages.2.medium", more={"body.stages.2.id": "b", "body.stages.2.action": "hold"})
    cleo.press("up:stages.2", more={"body.stages.2.medium.1.of": "toluene"})
    sent = dict(sent_by(cleo.page))
    assert (sent["body.stages.1.id"], sent["body.stages.1.medium.1.of"], sent["body.stages.2.id"]) == ("b", "toluene", "a")
    cleo.press("remove:stages.1")
    sent = dict(sent_by(cleo.page))
    assert sent["body.stages.1.id"] == "a" and "body.stages.2.id" not in sent and sent["body.title"] == "Keeping it"


def test_several_edits_are_gathered_into_one_change_set(curated: Workspace, cleo: Browser) -> None:
    cleo.go("/curate/new/species?document=zhang2020")
    typed = {
        "body.names.1": "CdTe MSC-500",
        "body.kind": "MSC",
        "body.material": "CdTe",
        "another": "remark",
        "body.flag": "inferred",
    }
    answer = cleo.press("another", more=typed)
    assert answer.headers["location"] == "/curate/new/remark?draft=draft-1"
    assert "CdTe MSC-500" in cleo.go(answer.headers["location"])
    answer = cleo.press(
        "save", more={"body.kind": "gap", "body.text": "Its band is not printed.", "body.about.1": "cdte-msc-500"}
    )
    assert answer.headers["location"] == "/curate/drafts/draft-1?item=1"
    cleo.go(answer.headers["location"])
    answer = cleo.press("propose", title="A new cluster")
    assert answer.status_code == 303, words(answer.text)[:900]
    found = change_set_of(curated, answer.headers["location"].rpartition("/")[2])
    assert [(edit.op, edit.kind, edit.item) for edit in found.edits] == [
        ("add", "species", "cdte-msc-500"), ("add", "remark", "zhang2020-remark-1"),
    ]  # fmt: skip


def test_an_item_that_counts_is_changed_field_by_field(curated: Workspace, cleo: Browser) -> None:
    cleo.go("/curate/edit/w-05")
    answer = cleo.press("propose")
    assert (answer.status_code == 422 and "changes nothing" in words(answer.text)) or "says nothing" in words(answer.text)
    cleo.go("/curate/edit/w-05")
    answer = cleo.press("save", body__note="Seen again.")
    draft = answer.headers["location"].rpartition("/")[2]
    assert load_draft(curated, CLEO, draft).content["change"] == {"w-05": {"note": "Seen again."}}
    cleo.go(answer.headers["location"])
    assert "Change w-05" in cleo.page and "Seen again." in cleo.page
    answer = cleo.press("propose", title="Seen again")
    [edit] = change_set_of(curated, answer.headers["location"].rpartition("/")[2]).edits
    assert (edit.op, edit.item, edit.base) == ("change", "w-05", curated.catalog.entries["w-05"].record.id)


def test_drafts_are_listed_deleted_and_brought_back(curated: Workspace, cleo: Browser) -> None:
    save_draft(curated, CLEO, {"title": "Mine", "document": "zhang2020", "remarks": [{"text": "x"}]})
    machine = {"reader": "R", "version": "2", "missing": ["at"], "quotes": {}}
    save_draft(
        curated, CLEO, {"title": "Made", "document": "zhang2020", "observations": [{"kind": "absent"}], "machine": machine}
    )
    save_draft(curated, CLEO, {"chang": {}})
    page = cleo.go("/curate/drafts")
    assert "made by a program" in page and "Not said by the sentence: at" in page and "did you mean" not in page
    assert "No form shows it" in page and "There is nothing" not in page
    assert "chang" in cleo.go("/curate/drafts/draft-3")
    answer = cleo.post("/curate/drafts/draft-1/away", data={"version": "1"})
    page = cleo.go(answer.headers["location"])
    assert "“Mine” was deleted." in page and '<a href="/curate/drafts/draft-1">' not in page
    old, version = re.findall(r'name="(?:version|old)" value="(\d+)"', page[page.index("was deleted") :])[:2][::-1]
    cleo.post("/curate/drafts/draft-1/back", data={"version": version, "old": old})
    assert '<a href="/curate/drafts/draft-1">' in cleo.go("/curate/drafts")
    assert "The sentence does not say it." in cleo.go("/curate/drafts/draft-2")
    Browser(curated, BEN).go("/curate/drafts/draft-1", 404)


def test_a_new_paper_comes_along_with_its_claims(curated: Workspace, cleo: Browser) -> None:
    answer = cleo.post("/curate/read", files={"file": ("", b"")}, data={"text": TEXT, "document": ""})
    page = cleo.go(answer.headers["location"])
    assert "Which paper is it?" in page and 'class="use"' not in page
    here = answer.headers["location"]
    again = cleo.post(f"{here}/document", 422, data={"do": "new", "new.title": "Cold clusters", "new.year": "next"})
    assert "year" in words(again.text) and "Cold clusters" in again.text
    new = {"do": "new", "new.title": "Cold clusters", "new.year": "2026", "new.authors": "Ann Doe\nBo Roe"}
    cleo.post(f"{here}/document", data=new)
    page = cleo.go(here)
    assert "doe2026, a paper that is new here" in words(page)
    cleo.go(unescape(re.findall(r'class="use" href="([^"]+)"', page)[1]))
    answer = cleo.press(
        "propose", body__kind="conclusion", body__statement="It stays clear.", more={"body.about.1": "cdte-msc-371"}
    )
    assert answer.status_code == 303, words(answer.text)[:900]
    found = change_set_of(curated, answer.headers["location"].rpartition("/")[2])
    assert [(edit.kind, edit.item) for edit in found.edits] == [("document", "doe2026"), ("claim", "doe2026-claim-1")]
    assert "turned yellow" not in str([act.content for act in curated.ledger.acts()])


def test_suggestions_are_taken_into_queue_and_drafts(curated: Workspace, cleo: Browser) -> None:
    digest = keep_text(curated, CLEO, TEXT.encode(), "note.txt", "zhang2020")
    page = cleo.go(f"/curate/read/{digest}")
    [number] = re.findall(r'name="number" value="(\d+)"', page)
    form = cleo.go(f"/curate/new/observation?reading={digest}&suggestion={number}")
    assert "Suggested by a program" in form and "The sentence does not say: at" in words(form)
    assert "no suggestion was taken" in words(cleo.post(f"/curate/read/{digest}/enter", 400, data={}).text).lower()
    answer = cleo.post(f"/curate/read/{digest}/enter", data={"number": number})
    assert "1 saved among your drafts" in cleo.go(answer.headers["location"])
    [draft] = drafts(curated, CLEO)
    assert draft.content["machine"]["missing"] == ["at"]
    deleted = cleo.post(f"/curate/read/{digest}/delete")
    assert "The text of note.txt was deleted" in cleo.go(deleted.headers["location"])
    cleo.go(f"/curate/read/{digest}", 404)


def test_what_cannot_be_read_is_told_beside_its_field(cleo: Browser) -> None:
    page = cleo.post("/curate/read", 400, files={"file": ("a.xml", b"<a/>")}, data={"text": "", "document": ""}).text
    assert "are not read" in page[page.index('id="file-wrong"') :][:300]
    page = cleo.post("/curate/read", 404, files={"file": ("a.txt", b"x y")}, data={"text": "", "document": "zhang202"}).text
    assert "did you mean" in unescape(page[page.index('id="document-wrong"') :][:300]).lower() and 'value="zhang202"' in page
    page = cleo.post("/curate/read", 400, files={"file": ("", b"")}, data={"text": " "}).text
    assert "Nothing was given to read" in page[page.index('id="text-wrong"') :][:300]
    assert cleo.client.post("/curate/read", content=b"x" * 100, headers={**OWN, "Content-Type": "text/plain"}).status_code == 415
    big = cleo.client.post("/curate/read", files={"file": ("a.txt", b"x" * 43_000_000)}, headers=OWN)
    assert big.status_code == 413


def test_names_are_offered_to_everybody(client: TestClient) -> None:
    found = client.get("/suggest", params={"q": "msc-350", "kind": ["species", "chemical"]}).json()
    assert found["names"][0] == {
        "id": "cdse-msc-350",
        "label": "CdSe MSC-350",
        "kind": "species",
        "document": "perspective-si",
    } or (found["names"][0]["id"] == "cdse-msc-350")
    assert client.get("/suggest?q=x&kind=specie").status_code == 404


# --- tables -----------------------------------------------------------------------------------------------------------

COLUMNS = {"id": "", "document": "", "kind": "", "text": ""}
GOOD = {"id": "r-1", "document": "zhang2020", "kind": "gap", "text": "Something is missing."}


def table(*rows: dict[str, str], **columns: str) -> bytes:
    from mechkg.literature.spreadsheets import Sheet

    return to_csv(Sheet("remark", {**COLUMNS, **columns}, rows))


def given(browser: Browser, content: bytes, name: str = "t.csv", **data: str) -> str:
    answer = browser.post("/curate/import", files={"file": (name, content)}, data=data)
    path: str = answer.headers["location"]
    browser.go(path)
    return path


def test_a_table_is_previewed_and_proposed_as_a_whole(curated: Workspace, cleo: Browser) -> None:
    path = given(cleo, table(GOOD, {**GOOD, "id": "r-2", "text": "=1+1"}))
    assert "Propose 2 items" in cleo.page and "new" in cleo.page
    before = curated.ledger.position()
    cleo.go(path)
    assert curated.ledger.position() == before
    answer = cleo.post(path, data={"title": "Two remarks", "reason": ""})
    found = change_set_of(curated, answer.headers["location"].rpartition("/")[2])
    assert (found.title, [edit.item for edit in found.edits]) == ("Two remarks", ["r-1", "r-2"])


def test_mistakes_stand_in_their_cells_and_nothing_is_done_by_half(curated: Workspace, cleo: Browser) -> None:
    before = curated.ledger.position()
    rows = (GOOD, {**GOOD, "id": "r-1"}, {**GOOD, "id": "r-3", "document": "zhang202"}, {**GOOD, "id": "step-1"})
    path = given(cleo, table(*rows, txet=""))
    page = words(cleo.page)
    assert "Nothing can be proposed of it yet" in page and "Propose" not in page
    assert "'r-1' stands in row 3 already" in page and "did you mean 'zhang2020'" in page.replace("Did", "did")
    assert "'step-1' is a step of 'zhang2020'" in page and "There is no column 'txet'" in page
    csv = cleo.client.get(path.replace("?", "/errors.csv?") if "?" in path else f"{path}/errors.csv").text
    assert csv.splitlines()[0].endswith("row,column,severity,what,hint") and "5,document,error" in csv
    refused = cleo.post(path, 400, data={"title": "", "reason": ""})
    assert "is not imported" in words(refused.text) and curated.ledger.position() == before


def test_what_counts_can_be_downloaded_changed_and_given_back(curated: Workspace, cleo: Browser) -> None:
    sheet = items_table(curated, "remark")
    given(cleo, to_xlsx([sheet]), "remarks.xlsx", kind="remark")
    assert "It changes nothing" in cleo.page
    for kind in KINDS:
        for form in ("csv", "xlsx"):
            answer = cleo.client.get("/curate/import/template", params={"kind": kind, "form": form})
            assert answer.status_code == 200 and "attachment" in answer.headers["content-disposition"]
    given(cleo, to_csv(template_table("claim")), "claim.csv")
    assert "it has no rows" in cleo.page
    filled = cleo.client.get("/curate/import/template?kind=remark&form=csv&filled=yes").content
    assert filled == to_csv(sheet)


def test_what_is_no_table_is_told_beside_its_field(cleo: Browser) -> None:
    page = cleo.post("/curate/import", 400, files={"file": ("t.ods", b"PK")}, data={}).text
    assert "save it as XLSX" in unescape(page[page.index('id="file-wrong"') :][:400]).replace("Save", "save")
    page = cleo.post("/curate/import", 400, files={"file": ("t.csv", b"id,text\na,b\n")}, data={}).text
    assert "of which kind" in page[page.index('id="kind-wrong"') :][:400]
    page = cleo.post("/curate/import", 404, files={"file": ("t.csv", b"id\na\n")}, data={"document": "zhang202"}).text
    assert "did you mean" in unescape(page[page.index('id="document-wrong"') :][:400]).lower()


def test_a_doi_fills_in_a_new_paper_where_the_network_may_be_asked(
    curated: Workspace, cleo: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    from datetime import UTC, datetime

    from mechkg.api import site_texts
    from mechkg.literature.crossref import Endpoint, Work
    from mechkg.service.fetch_reference import Fetched

    digest = keep_text(curated, CLEO, b"Cite as 10.1000/cold.1\n\n" + TEXT.encode(), "note.txt")
    here = f"/curate/read/{digest}"
    assert "This installation asks nobody else" in cleo.go(here)
    work = Work("10.1000/cold.1", datetime.now(UTC), "Cold clusters", ("Ann Doe",), "J. Cold", 2025, None, None, (), False)
    monkeypatch.setattr(site_texts, "allowed_endpoint", lambda: Endpoint())
    monkeypatch.setattr(site_texts, "fetch_reference", lambda workspace, doi: Fetched(work, ()))
    assert 'name="doi" value="10.1000/cold.1"' in cleo.go(here)
    page = cleo.post(f"{here}/document", 200, data={"do": "fetch", "doi": "10.1000/cold.1"}).text
    assert 'value="Cold clusters"' in page and "Ann Doe</textarea>" in page and 'value="2025"' in page
