"""The queue and the review of change sets over HTTP: what is shown to whom, and what can be done."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from html import unescape

import pytest
from httpx2 import Response
from starlette.testclient import TestClient

from mechkg.api import site_curation
from mechkg.api.app import create_app
from mechkg.curation import tokens
from mechkg.curation.enrol import revoke
from mechkg.model.change_set import ChangeSet
from mechkg.model.ledger_record import Subject
from mechkg.model.person import Caller, Grant
from mechkg.service.accept import accept
from mechkg.service.acting import PutItem, RemoveItem, change_set_of
from mechkg.service.assign import assign
from mechkg.service.declare import declare
from mechkg.service.request_changes import request_changes
from mechkg.service.workspace import Workspace
from tests.api.test_site_reading import words
from tests.curation.staff import ADA, BEN, CLEO
from tests.service.changes import FREED, LIMIT, REMARK, changed, proposed

FROM_HERE = {"Sec-Fetch-Site": "same-origin"}


@contextmanager
def browser(workspace: Workspace, by: Caller | None = None) -> Iterator[TestClient]:
    """Yield a client that asks as a browser does, signed in as somebody."""
    client = TestClient(create_app(workspace), base_url="http://127.0.0.1:8000", follow_redirects=False, headers=FROM_HERE)
    if by is not None:
        text, _ = tokens.sign_in_link(workspace.ledger, by)
        assert client.get(f"/sign-in/once/{text.reveal()}").status_code == 303
    yield client
    client.close()


def send(client: TestClient, found: ChangeSet, act: str, **fields: str) -> Response:
    return client.post(f"/curate/changes/{found.id}/{act}", data={"revision": str(found.revision), **fields})


# --- the queue --------------------------------------------------------------------------------------------------------


def test_the_queue_shows_what_waits_to_everybody_and_tasks_to_who_is_signed_in(curated: Workspace) -> None:
    found = changed(curated, REMARK, title="Word <it> better", note="seen")
    with browser(curated) as client:
        page = client.get("/curate")
        assert page.status_code == 200 and "Word &lt;it&gt; better" in page.text
        assert f'href="/curate/changes/{found.id}"' in page.text
        assert "You read as a guest" in page.text and "/sign-in?next=%2Fcurate" in page.text
        assert "checkbox" not in page.text
    with browser(curated, BEN) as client:
        page = client.get("/curate").text
        assert page.index("What waits for you") < page.index('id="queue"')
        assert "you may review it" in page and 'type="checkbox" name="set"' in page
        assert 'aria-current="page">Curate' in page
    with browser(curated, CLEO) as client:
        page = client.get("/curate").text
        assert "Nothing waits for you." in page and "you may review it" not in page


FILTERS = (
    ("", {"remark", "limit", "asked"}),
    ("kind=assumption", {"limit"}),
    ("paper=curation-cdtese-msc399", {"limit"}),
    ("status=changes+requested", {"asked"}),
    ("status=accepted", {"done"}),
    ("status=decided", {"done"}),
    ("status=all", {"remark", "limit", "asked", "done"}),
    ("author=ada", {"remark"}),
    ("assignee=ben", {"limit"}),
    ("assignee=-", {"remark", "asked"}),
    ("whose=review", {"remark", "limit"}),
    ("whose=assigned", {"limit"}),
    ("whose=mine", set()),
    ("machine=yes", set()),
    ("machine=no", {"remark", "limit", "asked"}),
    ("stale=no", {"remark", "limit", "asked"}),
    ("q=DETECTION-limit", {"limit"}),
)


def test_the_queue_is_chosen_by_filters_whose_counts_are_so(curated: Workspace) -> None:
    remark = changed(curated, REMARK, by=ADA, title="remark", note="seen")
    limit = assign_to(curated, changed(curated, LIMIT, title="limit", note="said to be low"), "ben")
    asked = changed(curated, "w-06", title="asked", note="x")
    request_changes(curated, BEN, asked.id, revision=1, reason="why?")
    done = changed(curated, "w-07", title="done", note="x")
    accept(curated, BEN, done.id, revision=1)
    names = {one.id: one.title for one in (remark, limit, asked, done)}
    with browser(curated, BEN) as client:
        before = unescape(client.get("/curate").text)
        for query, there in FILTERS:
            rows = client.get(f"/curate?{query}").text.partition("<tbody>")[2].partition("</tbody>")[0]
            assert {names[name] for name in re.findall(r'<th scope="row"><a href="/curate/changes/(set-\d+)"', rows)} == there, (
                query
            )
            # what a filter says there would be is there
            count = re.search(rf'href="/curate\?{re.escape(query)}"[^>]*><span>[^<]*</span> <span class="n">(\d+)<', before)
            assert count is None or int(count[1]) == len(there), query
        assert before.count('class="n">') > 12


def assign_to(workspace: Workspace, found: ChangeSet, to: str) -> ChangeSet:
    assign(workspace, ADA, Subject("set", found.id), to)
    return change_set_of(workspace, found.id)


def test_the_queue_is_paged_without_gaps(curated: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mechkg.service.review_queue.PAGE", 2)
    made = [changed(curated, REMARK, title=f"number {n}", note=str(n)).id for n in range(5)]
    with browser(curated) as client:
        for order, expected in (("oldest", made), ("newest", made[::-1]), ("changed", made[::-1])):
            seen: list[str] = []
            href: str | None = f"/curate?order={order}"
            while href:
                page = client.get(href).text
                seen += re.findall(r'<th scope="row"><a href="/curate/changes/(set-\d+)"', page)
                following = re.search(r'href="([^"]+)" rel="next"', page)
                href = unescape(following[1]) if following else None
            assert seen == expected
        assert "5 change sets, 2 on this page" in words(client.get("/curate").text)


def test_a_queue_without_anything_helps(curated: Workspace) -> None:
    with browser(curated) as client:
        for query, status, said in (
            ("status=opn", 400, "did you mean 'open'?"),
            ("order=newst", 400, "did you mean 'newest'?"),
            ("after=x", 400, "is no cursor"),
            ("kind=claim", 200, "Nothing is like that. Take something away"),
            ("", 200, "Nobody proposed anything yet."),
        ):
            page = client.get(f"/curate?{query}")
            assert page.status_code == status
            assert said in words(page.text)
        accept(curated, BEN, changed(curated, REMARK, note="x").id, revision=1)
        assert "Nothing waits for a review." in words(client.get("/curate").text)


def test_the_chosen_ones_are_assigned_from_the_list(curated: Workspace) -> None:
    one, other = (changed(curated, REMARK, title=title, note=title) for title in ("one", "other"))
    with browser(curated, BEN) as client:
        done = client.post("/curate/assign", data={"set": [one.id, other.id], "to": "ben", "back": "/curate?whose=review"})
        assert (done.status_code, done.headers["location"]) == (303, "/curate?whose=review")
        assert {change_set_of(curated, each.id).assignee for each in (one, other)} == {"ben"}
        none = client.post("/curate/assign", data={"to": "ben", "back": "https://elsewhere.example/"})
        assert none.status_code == 400 and "No change set was chosen" in none.text
        wrong = client.post("/curate/assign", data={"set": one.id, "to": "cleo", "back": "/curate"})
        assert wrong.status_code == 403 and "cleo cannot review" in wrong.text.lower()
    with browser(curated) as client:
        assert client.post("/curate/assign", data={"set": one.id, "to": "ben"}).status_code == 401


# --- the review -------------------------------------------------------------------------------------------------------


def test_a_review_shows_every_field_before_and_after(curated: Workspace) -> None:
    text = curated.catalog.entries[REMARK].record.body["text"]
    found = changed(curated, REMARK, title="Word it", text=text.replace("not reported", "never reported"), kind="gap")
    with browser(curated, BEN) as client:
        page = client.get(f"/curate/changes/{found.id}")
    assert page.status_code == 200
    said = words(page.text)
    assert "<del>not </del>" in page.text and "<ins>never </ins>" in page.text
    assert "<del>missing-data</del>" in page.text and "<ins>gap</ins>" in page.text
    assert "“ it evolves via the substitution reactions" in said and "Introduction, paragraph 3" in said
    assert "Cleo proposed it, revision 1" in said


def test_who_may_do_what_is_told_before(curated: Workspace) -> None:
    found = changed(curated, REMARK, note="x")
    with browser(curated) as client:
        page = client.get(f"/curate/changes/{found.id}").text
        assert "<button" in page and "formaction" not in page and "Sign in</a> to review it" in page
    with browser(curated, BEN) as client:
        page = client.get(f"/curate/changes/{found.id}").text
        assert re.findall(r"formaction=\"[^\"]*/([a-z-]+)\"", page) == ["accept", "request-changes", "reject"]
        assert "You cannot" not in page
    with browser(curated, CLEO) as client:
        page = client.get(f"/curate/changes/{found.id}").text
        assert re.findall(r"formaction=\"[^\"]*/([a-z-]+)\"", page) == ["withdraw"]
        assert "that takes the role reviewer" in page and "has curator in all" in page
    declare(curated, BEN, "zhang2020", "I wrote it")
    with browser(curated, BEN) as client:
        page = words(client.get(f"/curate/changes/{found.id}").text)
        assert "You cannot accept it or reject it : I wrote it" in page


def test_acceptance_leads_to_what_changed(curated: Workspace) -> None:
    found = changed(curated, LIMIT, title="No limit", effects=None)
    path = f"/curate/changes/{found.id}"
    with browser(curated, BEN) as client:
        before = client.get(f"{path}/impact?wait=yes")
        assert "Verdicts that would flip" in before.text
        # once it is worked out it stands in the page itself
        assert "Verdicts that would flip" in client.get(path).text
        done = send(client, found, "accept", reason="checked")
        assert (done.status_code, done.headers["location"]) == (303, f"{path}#impact")
        assert change_set_of(curated, found.id).status == "accepted"
        page = client.get(path)
        assert "Verdicts that flipped" in page.text  # kept from before, not worked out again
        said = words(page.text)
        space, candidate = FREED
        row = re.search(rf'<tr><th scope="row"><a href="/spaces/{space}/{candidate}">.*?</tr>', page.text, re.DOTALL)
        assert row is not None and re.search(r"ruled out → becomes survives", words(row[0]))
        assert "Ben accepted it" in said and "checked" in said
        assert "formaction" not in page.text


def test_what_changed_is_worked_out_as_of_then(curated: Workspace) -> None:
    found = changed(curated, LIMIT, title="No limit", effects=None)
    accept(curated, BEN, found.id, revision=1)
    accept(curated, BEN, changed(curated, REMARK, note="x").id, revision=1)
    with browser(curated) as client:
        page = client.get(f"/curate/changes/{found.id}/impact?wait=yes")
        assert page.status_code == 200 and "Verdicts that flipped" in page.text and 'id="part"' in page.text


def test_an_impact_that_takes_long_says_so(curated: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(site_curation, "AT_FIRST", 0.0)
    found = changed(curated, LIMIT, effects=None)
    with browser(curated) as client:
        answer = client.get(f"/curate/changes/{found.id}/impact")
        assert answer.status_code == 202 and answer.headers["cache-control"] == "no-store"
        again = re.search(r'content="0; url=([^"]+)"', answer.text)
        assert again is not None and client.get(unescape(again[1])).status_code == 200


def test_what_is_wrong_with_it_is_told_and_it_cannot_be_accepted(curated: Workspace) -> None:
    found = changed(curated, REMARK, about=["eq-one"])
    with browser(curated, BEN) as client:
        page = client.get(f"/curate/changes/{found.id}/impact?wait=yes").text
        assert "It cannot be accepted as it is." in page and "eq-one" in page
        refused = send(client, found, "accept", reason="I think <so>")
        assert refused.status_code == 409
        assert 'role="alert"' in refused.text and "eq-one" in refused.text
        assert "I think &lt;so&gt;</textarea>" in refused.text  # what was typed is kept
    assert change_set_of(curated, found.id).status == "open"


def test_a_doubt_asks_for_a_reason_of_its_own(curated: Workspace) -> None:
    body = {
        "id": "o-new", "kind": "present", "at": ["p-f2/d1"], "subject": ["cdtese-msc-399"], "method": "absorption",
        "quote": ["no peak at 399 nm was seen"], "locator": "Figure 2",
    }  # fmt: skip
    stage = next(e for e in curated.catalog.by_kind["observation"] if e.record.document == "zhang2020").record.body["at"]
    found = proposed(curated, PutItem("observation", "zhang2020", {**body, "at": stage}), title="It was seen")
    path = f"/curate/changes/{found.id}"
    with browser(curated, BEN) as client:
        page = client.get(path).text
        [code] = re.findall(r'name="despite\.([^"]+)"', page)
        assert "the quote denies it" in page
        refused = send(client, found, "accept")
        assert refused.status_code == 409 and "its quote contradicts it" in unescape(refused.text)
        kept = send(client, found, "accept", **{"alone": "", f"despite.{code}": " "})
        assert kept.status_code == 409
        done = send(client, found, "accept", **{f"despite.{code}": "the figure shows it"})
        assert done.status_code == 303
        assert "the figure shows it" in client.get(path).text
    assert change_set_of(curated, found.id).despite == {unescape(code): "the figure shows it"}


@pytest.mark.parametrize(
    ("act", "by", "status"),
    [("reject", BEN, "rejected"), ("request-changes", BEN, "changes requested"), ("withdraw", CLEO, "withdrawn")],
)
def test_an_end_is_owed_a_reason(curated: Workspace, act: str, by: Caller, status: str) -> None:
    found = changed(curated, REMARK, note="x")
    with browser(curated, by) as client:
        refused = send(client, found, act, reason="  ")
        assert refused.status_code == 409 and 'aria-invalid="true"' in refused.text
        done = send(client, found, act, reason="it is said elsewhere")
        assert done.status_code == 303
        page = client.get(done.headers["location"].partition("#")[0]).text
    assert change_set_of(curated, found.id).status == status
    assert "it is said elsewhere" in page and f'class="status {status.replace(" ", "-")}"' in page


def test_a_comment_is_kept_and_shown(curated: Workspace) -> None:
    found = changed(curated, REMARK, note="x")
    with browser(curated, CLEO) as client:
        assert send(client, found, "comment", reason="H2O, <b>or</b> not?").status_code == 303
        page = client.get(f"/curate/changes/{found.id}").text
        assert "H<sub>2</sub>O, &lt;b&gt;or&lt;/b&gt; not?" in page
        assert send(client, found, "comment", reason="").status_code == 409


def test_what_was_revised_since_is_not_decided_unseen(curated: Workspace) -> None:
    from mechkg.service.proposal import changed_item
    from mechkg.service.revise import revise

    found = changed(curated, REMARK, note="x")
    revise(curated, CLEO, found.id, [changed_item(curated.catalog, REMARK, {"note": "y"})], revision=1)
    with browser(curated, BEN) as client:
        refused = send(client, found, "accept")
        assert refused.status_code == 409 and "it was revised since" in refused.text
        assert 'name="revision" value="2"' in refused.text


def test_pages_of_other_sites_and_guests_do_nothing(curated: Workspace) -> None:
    found = changed(curated, REMARK, note="x")
    with browser(curated, BEN) as client:
        client.headers["Sec-Fetch-Site"] = "cross-site"
        assert send(client, found, "accept").status_code == 403
    with browser(curated) as client:
        refused = send(client, found, "comment", reason="hello there")
        assert refused.status_code == 401
        # and can sign in from the page, to which the link leads back
        assert f"/sign-in?next=%2Fcurate%2Fchanges%2F{found.id}" in refused.text
    assert change_set_of(curated, found.id).comments == () and change_set_of(curated, found.id).open


def test_an_unknown_change_set_is_told_with_the_nearest(curated: Workspace) -> None:
    found = changed(curated, REMARK, note="x")
    with browser(curated) as client:
        page = client.get("/curate/changes/set-1")
        assert page.status_code == 404 and f"did you mean '{found.id}'?" in unescape(page.text)


# --- rebasing ---------------------------------------------------------------------------------------------------------


def test_a_stale_change_set_is_rebased_field_by_field(curated: Workspace) -> None:
    found = changed(curated, REMARK, title="mine", note="ours", kind="gap")
    other = changed(curated, REMARK, by=ADA, title="theirs", note="theirs")
    with browser(curated, BEN) as client:
        assert "Others wait that edit the same" in client.get(f"/curate/changes/{found.id}").text
    accept(curated, BEN, other.id, revision=1)
    path = f"/curate/changes/{found.id}"
    with browser(curated, BEN) as client:
        page = words(client.get(path).text)
        assert "It was made on what no longer counts" in page
        assert "You cannot accept it : it was made on" not in page and "changed since (its authors can rebase it)" in page
        assert "You cannot rebase it" in words(client.get(f"{path}/rebase").text)
    with browser(curated, CLEO) as client:
        page = client.get(f"{path}/rebase").text
        assert "Both changed: note" in page and f'name="side.{REMARK}:note" value="ours"' in page
        assert "<ins>ours</ins>" in page and "<ins>theirs</ins>" in page and "gap" in page
        refused = client.post(f"{path}/rebase", data={"revision": "1", "reason": "kept words"})
        assert refused.status_code == 409 and "Both sides changed" in unescape(refused.text) and "kept words" in refused.text
        done = client.post(f"{path}/rebase", data={"revision": "1", f"side.{REMARK}:note": "ours"})
        assert (done.status_code, done.headers["location"]) == (303, path)
        assert "need not be rebased" in client.get(f"{path}/rebase").text
    now = change_set_of(curated, found.id)
    assert now.revision == 2
    accept(curated, BEN, found.id, revision=2)
    body = curated.catalog.entries[REMARK].record.body
    assert (body["note"], body["kind"]) == ("ours", "gap")


def test_what_others_removed_is_asked_about(curated: Workspace) -> None:
    found = changed(curated, REMARK, title="mine", note="ours")
    gone = proposed(curated, RemoveItem(REMARK, "duplicate"), by=ADA)
    accept(curated, BEN, gone.id, revision=1)
    with browser(curated, CLEO) as client:
        page = client.get(f"/curate/changes/{found.id}/rebase").text
        assert "It is gone by now" in page
        done = client.post(f"/curate/changes/{found.id}/rebase", data={"revision": "1", f"side.{REMARK}:": "ours"})
        assert done.status_code == 303


# --- afterwards -------------------------------------------------------------------------------------------------------


def test_what_was_accepted_is_signed_retracted_and_undone(curated: Workspace) -> None:
    before = curated.catalog.entries[REMARK].record.id
    found = changed(curated, REMARK, title="Word it", note="x")
    accept(curated, BEN, found.id, revision=1)
    path = f"/curate/changes/{found.id}"
    assertion = str(found.edits[0].assertion)
    with browser(curated, BEN) as client:
        assert client.post(f"{path}/sign-off", data={"assertion": assertion}).status_code == 303
        assert "Signed by Ben" in words(client.get(path).text)
        undone = client.post(f"{path}/undo")
        assert undone.status_code == 303
    name = undone.headers["location"].rpartition("/")[2]
    assert change_set_of(curated, name).title == "Undo: Word it"
    accept(curated, ADA, name, revision=1)
    assert curated.catalog.entries[REMARK].record.id == before
    with browser(curated, BEN) as client:
        page = client.get(path)
        assert "It does not count any more: superseded" in page.text
        again = client.post(f"{path}/undo")
        assert again.status_code == 409 and "was changed since" in again.text


def test_what_was_removed_is_restored(curated: Workspace) -> None:
    found = proposed(curated, RemoveItem(REMARK, "duplicate"), title="Gone")
    accept(curated, BEN, found.id, revision=1)
    path = f"/curate/changes/{found.id}"
    with browser(curated, CLEO) as client:
        assert "Restore" not in client.get(path).text
        refused = client.post(f"{path}/restore", data={"assertion": str(found.edits[0].base), "reason": "needed"})
        assert refused.status_code == 403
    with browser(curated, BEN) as client:
        assert "Restore it" in client.get(path).text
        done = client.post(f"{path}/restore", data={"assertion": str(found.edits[0].base), "reason": "it is needed"})
        assert done.status_code == 303
        assert "Restore it" not in client.get(path).text
    assert REMARK in curated.catalog.entries


def test_what_was_accepted_is_retracted(curated: Workspace) -> None:
    found = changed(curated, REMARK, note="x")
    accept(curated, BEN, found.id, revision=1)
    path, assertion = f"/curate/changes/{found.id}", str(found.edits[0].assertion)
    with browser(curated, BEN) as client:
        wrong = client.post(f"{path}/retract", data={"assertion": assertion, "code": "misrad", "reason": "r"})
        assert "Did you mean 'misread'?" in unescape(wrong.text)
        assert client.post(f"{path}/retract", data={"assertion": assertion, "code": "misread", "reason": "r"}).status_code == 303
    assert REMARK not in curated.catalog.entries


def test_own_work_is_accepted_where_nobody_else_may(curated: Workspace) -> None:
    revoke(curated.ledger, ADA, "ben", Grant("reviewer"), reason="is away")
    found = changed(curated, REMARK, by=ADA, note="x")
    with browser(curated, ADA) as client:
        page = client.get(f"/curate/changes/{found.id}").text
        assert 'name="alone"' in page
        assert send(client, found, "accept").status_code == 409
        assert send(client, found, "accept", alone="nobody else is here").status_code == 303


def test_what_was_asked_for_is_put_right_in_a_draft(curated: Workspace) -> None:
    from mechkg.service.draft import load_draft, save_draft

    found = changed(curated, REMARK, title="Word it", note="x")
    request_changes(curated, BEN, found.id, revision=1, reason="say more")
    path = f"/curate/changes/{found.id}"
    with browser(curated, CLEO) as client:
        assert "Revise it in a form" in client.get(path).text
        made = client.post(f"{path}/draft")
        assert made.status_code == 303 and made.headers["location"].startswith("/curate/drafts/draft-")
        name = made.headers["location"].rpartition("/")[2]
        draft = load_draft(curated, CLEO, name)
        assert draft.content["change"] == {REMARK: {"note": "x"}}
        assert client.post(f"{path}/draft").headers["location"].endswith(name)  # no second one
        save_draft(curated, CLEO, {**draft.content, "change": {REMARK: {"note": "more"}}}, draft=name, version=draft.version)
        assert "Put it in place" in client.get(path).text
        done = client.post(f"{path}/revise", data={"revision": "1", "draft": name})
        assert done.status_code == 303
        assert "Put it in place" not in client.get(path).text
    now = change_set_of(curated, found.id)
    assert (now.revision, now.status, now.title) == (2, "open", "Word it")
    assert curated.ledger.assertion(str(now.edits[0].assertion)).body["note"] == "more"
    with browser(curated, BEN) as client:
        refused = client.post(f"{path}/draft")
        assert refused.status_code == 409 and "it is by cleo" in refused.text
