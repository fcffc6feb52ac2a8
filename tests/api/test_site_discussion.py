"""Disputes and disagreements over HTTP: what is shown to whom, and what can be done."""

from __future__ import annotations

import re
from html import unescape

from mechkg.model.ledger_record import Subject
from mechkg.service.comment import comment
from mechkg.service.disagreements import disagreement
from mechkg.service.dispute import dispute
from mechkg.service.settle import settle
from mechkg.service.thread import thread_of
from mechkg.service.workspace import Workspace
from tests.api.test_site_curation import browser
from tests.api.test_site_reading import words
from tests.curation.staff import ADA, BEN, CLEO
from tests.service.changes import FREED, REMARK, changed

CLAIM = "a-ts1-3"
CONFLICT = "cdse-350-composition"


# --- disputes ---------------------------------------------------------------------------------------------------------


def test_a_dispute_leads_from_the_claim_to_its_thread_and_its_end(curated: Workspace) -> None:
    with browser(curated) as client:
        page = client.get(f"/id/{CLAIM}.html").text
        assert f'href="/curate/dispute/{CLAIM}">Dispute this' in page and f'href="/history/{CLAIM}">History' in page
        page = client.get("/id/cdse-msc-350.html").text
        assert f'href="/curate/dispute/{CLAIM}" aria-label="Dispute this: LDI-MS' in page
        page = client.get(f"/curate/dispute/{CLAIM}")
        assert page.status_code == 200 and "LDI-MS m/z 2488.57" in page.text and "<button name" not in page.text
    with browser(curated, CLEO) as client:
        sent = {"act": "dispute", "reason": "Table S1 <prints> H2O", "words": "exact  words", "rests_on": [REMARK, ""]}
        done = client.post(f"/curate/dispute/{CLAIM}", data=sent)
        assert done.status_code == 303
        [one] = thread_of(curated, Subject("item", CLAIM)).open
        assert one.dispute.reason == "Table S1 <prints> H2O “exact words”" and one.dispute.rests_on == (REMARK,)
        assert done.headers["location"] == f"/curate/dispute/{CLAIM}#act-{one.dispute.position}"
        page = client.get(f"/curate/dispute/{CLAIM}").text
        assert "Table S1 &lt;prints&gt; H<sub>2</sub>O" in page and "Uphold it" not in page
        assert "You cannot settle it: cleo may not settle" in words(page)
    with browser(curated, BEN) as client:
        page = client.get(f"/id/{CLAIM}.html").text
        assert "1 open dispute" in page and "Table S1 &lt;prints&gt;" in page
        assert f'href="/assertion/id-{curated.catalog.entries[CLAIM].record.id}"' in client.get("/curate").text  # a task
        form = client.get(f"/curate/dispute/{CLAIM}").text
        upon = re.search(r'name="upon" value="([^"]+)"', form)
        assert upon is not None and "Uphold it" in form
        fields = {"act": "upheld", "upon": upon[1], "of": str(one.dispute.position)}
        refused = client.post(f"/curate/dispute/{CLAIM}", data=fields)
        assert refused.status_code == 409 and 'role="alert"' in refused.text
        assert client.post(f"/curate/dispute/{CLAIM}", data={**fields, "answer": "so it does"}).status_code == 303
        page = client.get(f"/id/{CLAIM}.html").text
        assert "open dispute" not in page and "Upheld by Ben: so it does" in words(page)


def test_what_was_typed_stays_where_a_dispute_is_refused(curated: Workspace) -> None:
    with browser(curated, CLEO) as client:
        path = f"/curate/dispute/{CLAIM}"
        wrong = client.post(path, data={"act": "dispute", "reason": "it is not so", "rests_on": "cdse-msc-35"})
        assert wrong.status_code == 404 and "Did you mean 'cdse-msc-35" in unescape(wrong.text)
        assert "it is not so</textarea>" in wrong.text and 'value="cdse-msc-35"' in wrong.text and "aria-invalid" in wrong.text
        none = client.post(path, data={"act": "dispute", "reason": " "})
        assert none.status_code == 400 and "A reason is owed" in none.text
        unknown = client.get("/curate/dispute/a-ts1-99")
        assert unknown.status_code == 404 and "did you mean 'a-ts1-9'?" in unescape(unknown.text)
    with browser(curated) as client:
        guest = client.post(path, data={"act": "comment", "reason": "hello"})
        assert guest.status_code == 401 and "hello" not in words(client.get(f"/id/{CLAIM}.html").text)


def test_a_verdict_is_disputed_and_commented_on(curated: Workspace) -> None:
    name = "/".join(FREED)
    with browser(curated, CLEO) as client:
        assert f'href="/curate/dispute/{name}">Dispute this verdict' in client.get(f"/verdict/{name}.html").text
        assert client.post(f"/curate/dispute/{name}", data={"act": "comment", "reason": "is it?"}).status_code == 303
        assert client.post(f"/curate/dispute/{name}", data={"act": "dispute", "reason": "it is not"}).status_code == 303
        page = words(client.get(f"/curate/dispute/{name}").text)
        assert "Cleo said" in page and "is it?" in page and "it is not" in page and "open" in page
        wrong = client.get(f"/curate/dispute/{FREED[0]}/nothing")
        assert wrong.status_code == 404


def test_a_dispute_of_an_earlier_version_says_so(curated: Workspace) -> None:
    from mechkg.service.accept import accept

    record = curated.catalog.entries[REMARK].record
    done = dispute(curated, CLEO, Subject("assertion", record.id), "misread")
    with browser(curated, BEN) as client:
        found = changed(curated, REMARK, note="read again")
        assert "Cleo disputes what stands: misread" in words(client.get(f"/curate/changes/{found.id}").text)
        accept(curated, BEN, found.id, revision=1)
        page = client.get(f"/curate/dispute/{REMARK}").text
        assert "about an earlier version" in page and f'value="{done.position}"' not in page


# --- disagreements ----------------------------------------------------------------------------------------------------


def test_disagreements_are_listed_and_chosen(curated: Workspace) -> None:
    with browser(curated) as client:
        page = client.get("/conflicts")
        assert page.status_code == 200 and "4 disagreements" in page.text
        assert f'<a href="/conflicts/{CONFLICT}">CdSe at 350 nm</a>' in page.text
        assert "(CdSe)<sub>13</sub>" in page.text and "3 sources" in page.text
        assert "1 disagreement." in words(client.get("/conflicts?q=cd56se35").text)
        assert "None is like that." in words(client.get("/conflicts?state=resolved").text)
        wrong = client.get("/conflicts?state=opn")
        assert wrong.status_code == 400 and "did you mean 'open'?" in unescape(wrong.text)
        home = client.get("/").text
        assert f'href="/conflicts/{CONFLICT}"' in home and 'href="/conflicts"' in home


def test_disagreements_are_paged_without_gaps(curated: Workspace, monkeypatch: object) -> None:
    import pytest

    assert isinstance(monkeypatch, pytest.MonkeyPatch)
    monkeypatch.setattr("mechkg.web.disagreements_page.PAGE", 3)
    with browser(curated) as client:
        seen: list[str] = []
        href: str | None = "/conflicts"
        while href:
            page = client.get(href).text
            seen += re.findall(r'<th scope="row"><a href="/conflicts/([^"]+)"', page)
            following = re.search(r'href="([^"]+)" rel="next"', page)
            href = unescape(following[1]) if following else None
        assert len(seen) == len(set(seen)) == 4


def test_a_disagreement_is_resolved_shown_and_opened_again(curated: Workspace) -> None:
    path = f"/conflicts/{CONFLICT}"
    with browser(curated) as client:
        page = client.get(path).text
        assert "belief 0." in page and "<button name" not in page and "Sign in</a> to decide" in page
    with browser(curated, CLEO) as client:
        assert "You cannot decide: cleo may not decide" in words(client.get(path).text)
        assert client.post(path, data={"act": "decide", "decision": "by sample", "reason": "x"}).status_code == 403
        assert client.post(path, data={"act": "comment", "reason": "look at row 3"}).status_code == 303
    with browser(curated, BEN) as client:
        page = client.get(path).text
        sides = re.findall(r'name="decision" value="(holds:[^"]+)"', page)
        assert len(sides) == 3 and "look at row 3" in page and 'value="open"' not in page
        refused = client.post(path, data={"act": "decide", "decision": sides[1], "reason": ""})
        assert refused.status_code in (400, 409) and f'value="{sides[1]}" checked' in refused.text
        nothing = client.post(path, data={"act": "decide", "reason": "because"})
        assert nothing.status_code == 400 and "because</textarea>" in nothing.text
        done = client.post(path, data={"act": "decide", "decision": sides[0], "reason": "three laboratories"})
        assert done.status_code == 303
        found = disagreement(curated, CONFLICT).disagreement
        assert found.state == "resolved" and found.holds in {v.assertion for v in found.sides[0].values}
        page = client.get(path).text
        assert 'class="side-of holds"' in page and "three laboratories" in page and "Decide anew" in page
        item = client.get("/id/cdse-msc-350.html").text
        assert item.count('class="side-of holds"') == 1 and "Decided by ben" in words(item)
        assert client.post(path, data={"act": "decide", "decision": "open", "reason": "not so sure"}).status_code == 303
    assert disagreement(curated, CONFLICT).disagreement.state == "open"


def test_an_unknown_disagreement_is_told_with_the_nearest(curated: Workspace) -> None:
    with browser(curated) as client:
        page = client.get("/conflicts/cdse-35-composition")
        assert page.status_code == 404 and f"did you mean '{CONFLICT}'?" in unescape(page.text)


# --- on the pages about things ----------------------------------------------------------------------------------------


def test_an_assertion_tells_its_thread_and_where_it_came_from(curated: Workspace) -> None:
    from mechkg.service.accept import accept

    found = changed(curated, REMARK, note="x")
    accept(curated, BEN, found.id, revision=1)
    assertion = str(found.edits[0].assertion)
    comment(curated, CLEO, Subject("assertion", assertion), "well seen")
    done = dispute(curated, CLEO, Subject("assertion", assertion), "misread")
    settle(curated, ADA, Subject("assertion", assertion), "it stands there", outcome="dismissed", of=done.position)
    with browser(curated) as client:
        page = client.get(f"/assertion/id-{assertion}.html").text
        assert f'href="/curate/changes/{found.id}">The change set that brought it' in page
        said = words(page)
        assert "well seen" in said and "Dismissed by Ada: it stands there" in said
        assert f'href="/curate/changes/{found.id}">Review it' in client.get(f"/set/{found.id}.html").text
        assert f'href="/conflicts/{CONFLICT}">Compare and decide' in client.get(f"/disagreement/{CONFLICT}.html").text
