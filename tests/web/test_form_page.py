"""The form as HTML: each item comes back as it was, and what is wrong stands beside its field."""

from __future__ import annotations

import re
from html import unescape

import pytest

from mechkg.model.change_set import RetractionCode
from mechkg.service.examine import Placed
from mechkg.service.gathered import Gathered, Part
from mechkg.service.item_form import KINDS, body_of, boxes_of
from mechkg.service.usage import often_used
from mechkg.service.workspace import Workspace
from mechkg.web.form_page import CALLED, FormPage, GatePage, form_page, gate_page
from tests.web.typed_form import sent_by

CODE: RetractionCode = "duplicate"


def body_in(page: str, kind: str) -> dict[str, object]:
    return body_of(kind, [(name.removeprefix("body."), text) for name, text in sent_by(page) if name.startswith("body.")])


@pytest.mark.parametrize("kind", KINDS)
def test_items_come_back_through_the_page_as_they_were(shipped: Workspace, kind: str) -> None:
    often = often_used(shipped.reading, kind)  # type: ignore[arg-type]
    entries = shipped.catalog.by_kind[kind]  # type: ignore[index]
    longest = sorted(entries, key=lambda entry: -len(str(entry.record.body)))[:3]
    for entry in {e.id: e for e in [*longest, *entries[:: max(1, len(entries) // 12)]]}.values():
        page = form_page(FormPage(entry.kind, boxes_of(kind, entry.record.body), Gathered(), item=entry.id, often=often))
        assert body_in(page, kind) == entry.record.body, entry.id
        ids = re.findall(r'\bid="([^"]+)"', page)
        assert len(ids) == len(set(ids)), entry.id


def test_mistakes_stand_beside_their_fields_and_nowhere_else() -> None:
    body = {"kind": "compositon", "about": ["cdse <b>"], "note": "x"}
    findings = (
        Placed(0, "kind", "error", "'compositon' is none.", "did you mean 'composition'?"),
        Placed(0, "about.1", "warning", "Doubtful."),
        Placed(1, "id", "error", "Of another one."),
        Placed(None, "document", "error", "Say which paper it is of."),
    )
    gathered = Gathered(parts=(Part("claim", body), Part("remark", {"text": "T"})))
    page = form_page(FormPage("claim", boxes_of("claim", body), gathered, 0, draft="draft-1", version=2, findings=findings))
    kind = page.index('id="f-kind"')
    assert 'aria-invalid="true"' in page[kind : kind + 200] and "<option selected>compositon</option>" in page
    assert "Did you mean &#39;composition&#39;?" in page[page.index('id="f-kind-wrong"') :][:400]
    assert "Doubtful." in page[page.index('id="f-about.1-wrong"') :][:200]
    assert "Say which paper" in page[page.index('id="set-document-wrong"') :][:200]
    assert "3 things are" in page and "One doubt" in page
    assert '<a href="/curate/drafts/draft-1?item=1&amp;check=yes">T</a>: Of another one.' in page
    assert "cdse &lt;b&gt;" in page and '<b>"' not in page


def test_what_is_seldom_used_is_folded_away_unless_it_says_something(shipped: Workspace) -> None:
    often = often_used(shipped.reading, "claim")
    page = FormPage("claim", boxes_of("claim", {"row": "3"}), Gathered(), often=often)
    shown = {box.path for _, _, first, _ in page.groups for box in first}
    folded = {box.path for _, _, _, rest in page.groups for box in rest}
    assert {"quote", "locator", "kind", "statement", "about", "row", "id", "note"} <= shown
    assert {"period", "table"} <= folded and not shown & folded


def test_every_kind_is_called_something() -> None:
    assert set(CALLED) == set(KINDS)


def test_who_may_not_write_is_told_before() -> None:
    page = gate_page(GatePage("New item", "Lead.", "eve may not propose."))
    assert "eve may not propose." in unescape(page) and "/sign-in?next=" in page and "<form id=" not in page
