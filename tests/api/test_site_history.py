"""The history of items, and watched hypotheses, over HTTP."""

from __future__ import annotations

import re
from html import unescape

from mechkg.service.accept import accept
from mechkg.service.acting import RemoveItem
from mechkg.service.watches import Hypothesis, watch, watches_of
from mechkg.service.workspace import Workspace
from tests.api.test_site_curation import browser
from tests.api.test_site_reading import words
from tests.curation.staff import BEN, CLEO
from tests.service.changes import FREED, LIMIT, REMARK, changed, proposed


def test_two_versions_of_an_item_are_compared(curated: Workspace) -> None:
    text = curated.catalog.entries[REMARK].record.body["text"]
    first = changed(curated, REMARK, title="first", note="one note")
    accept(curated, BEN, first.id, revision=1)
    second = changed(curated, REMARK, title="second", note=None, text=text.replace("separate", "part"))
    accept(curated, BEN, second.id, revision=1)
    with browser(curated) as client:
        page = client.get(f"/history/{REMARK}").text
        assert [*re.findall(r'<th scope="row"><a href="/assertion/id-[^"]+">(\d)<', page)] == ["3", "2", "1"]
        assert "From version 2 to version 3" in page and "<del>separate </del>" in page and "<ins>part </ins>" in page
        assert page.count(f'href="/curate/changes/{second.id}"') > 1
        page = client.get(f"/history/{REMARK}?from=1&to=2").text
        assert "From version 1 to version 2" in page and "<ins>one note</ins>" in page and "<del>" not in page
        assert 'name="from" value="1" aria-label="from version 1" checked' in page
        wrong = client.get(f"/history/{REMARK}?from=9")
        assert wrong.status_code == 404 and "it has versions 1 to 3" in wrong.text


def test_what_is_gone_has_a_history(curated: Workspace) -> None:
    accept(curated, BEN, proposed(curated, RemoveItem(REMARK, "duplicate")).id, revision=1)
    with browser(curated) as client:
        page = words(client.get(f"/history/{REMARK}").text)
        assert "It does not count any more: its last version is retracted." in page and "ben retracted remark w-05" in page
        missing = client.get("/history/w-055")
        assert missing.status_code == 404 and "did you mean" in unescape(missing.text)


def test_a_watch_tells_what_changed_it_and_can_be_ended(curated: Workspace) -> None:
    found = watch(curated, CLEO, Hypothesis(*FREED), title="my <own> watch")
    with browser(curated) as client:
        guest = client.get("/curate/watches")
        assert guest.status_code == 200 and "Sign in</a> to see yours" in guest.text and "my &lt;own&gt;" not in guest.text
        assert client.post(f"/curate/watches/{found.id}/end").status_code == 401
    with browser(curated, CLEO) as client:
        assert "Nothing changed it yet." in client.get("/curate/watches").text
        flip = changed(curated, LIMIT, effects=None)
        accept(curated, BEN, flip.id, revision=1)
        page = client.get("/curate/watches").text
        assert re.search(r"ruled out → became survives", words(page))
        assert f'href="/curate/changes/{flip.id}">{flip.id}<' in page and "my &lt;own&gt; watch" in page
        assert client.post(f"/curate/watches/{found.id}/end").status_code == 303
        assert "You watch nothing yet." in words(client.get("/curate/watches").text)
        again = client.post(f"/curate/watches/{found.id}/end")
        assert again.status_code == 409 and "it has ended" in again.text
    with browser(curated, BEN) as client:
        assert client.post(f"/curate/watches/{found.id}/end").status_code == 404
    assert watches_of(curated.ledger, "cleo") == []
