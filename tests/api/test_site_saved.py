"""Settings of the workbench, saved by people: seen by GraphQL too, told of changes, shared by link."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from starlette.testclient import TestClient

from mechkg.api.app import create_app
from mechkg.curation import tokens
from mechkg.curation.enrol import enrol
from mechkg.model.person import Caller
from mechkg.service.accept import accept
from mechkg.service.watches import catch_up, watches_of
from mechkg.service.workspace import Workspace
from tests.curation.staff import ADA, BEN, CLEO
from tests.service.changes import FREED, LIMIT, changed
from tests.web.browser import browsing, faults, serving

SPACE = FREED[0]
DOUBTED = "cluster-turns-only-into-its-own-pc"
ORIGIN = {"Origin": "http://127.0.0.1:8000"}
Enter = Callable[[Caller | None], TestClient]


@pytest.fixture
def enter(curated: Workspace) -> Iterator[Enter]:
    """Return a browser in which somebody is signed in, or nobody."""
    app = create_app(curated)
    with TestClient(app, base_url="http://127.0.0.1:8000") as first:

        def enter(by: Caller | None) -> TestClient:
            client = TestClient(app, base_url="http://127.0.0.1:8000", headers={"Accept": "text/html"})
            client.portal = first.portal
            if by is not None:
                text, _ = tokens.sign_in_link(curated.ledger, ADA, by.person)
                client.get(f"/sign-in/once/{text.reveal()}", follow_redirects=False)
            return client

        yield enter


def hidden(page: str) -> dict[str, list[str]]:
    """Return what the form that saves sends."""
    [form] = re.findall(r'<form[^>]* method="post" action="/saved">(.*?)</form>', page, re.DOTALL)
    found: dict[str, list[str]] = {}
    for tag in re.findall(r"<input[^>]*>", form):
        name, value = re.search(r'name="([^"]*)"', tag), re.search(r'value="([^"]*)"', tag)
        if name and value:
            found.setdefault(name[1], []).append(value[1])
    return found


def test_a_setting_is_saved_listed_and_watched(enter: Enter, curated: Workspace) -> None:
    cleo = enter(CLEO)
    bench = f"/spaces/{SPACE}?without={DOUBTED}&wait=yes"
    form = hidden(cleo.get(bench).text)
    assert form["space"] == [SPACE] and form["without"] == [DOUBTED]
    assert form["title"] == [f"{curated.catalog.space(SPACE).title}: without {DOUBTED}"]
    page = cleo.post("/saved", data={**form, "title": "My <doubt>"}, headers=ORIGIN)
    assert page.status_code == 200 and "<h1>My &lt;doubt&gt;</h1>" in page.text
    # the same thing as on the shell and over GraphQL
    [watched] = watches_of(curated.ledger, "cleo")
    assert page.url.path == f"/saved/{watched.id}"
    assert watched.hypothesis == {"space": SPACE, "without": [DOUBTED]} and watched.title == "My <doubt>"
    told = cleo.post("/graphql", json={"query": "{ watches { localName title } }"}, headers={**ORIGIN, "Accept": "*/*"}).json()
    assert told["data"]["watches"] == [{"localName": watched.id, "title": "My <doubt>"}]
    assert f'href="/spaces/{SPACE}?without={DOUBTED}">Open in the workbench' in page.text
    # it is on the list, and on the workbench, for who saved it
    assert f'<a href="/saved/{watched.id}">My &lt;doubt&gt;</a>' in cleo.get("/spaces").text
    assert "You saved this as" in cleo.get(bench).text
    for other in (enter(BEN), enter(None)):
        assert "My &lt;doubt&gt;" not in other.get("/spaces").text + other.get(bench).text
    assert enter(BEN).get(f"/saved/{watched.id}").status_code == 404  # not even that it is there
    refused = enter(None).get(f"/saved/{watched.id}")
    assert refused.status_code == 401 and f"/sign-in?next=%2Fsaved%2F{watched.id}" in refused.text
    # what somebody else does changes a verdict
    assert "No verdict has changed since" in page.text
    found = changed(curated, LIMIT, title="No limit", effects=None)
    done = accept(curated, BEN, found.id, revision=1)
    assert done.status == "accepted"
    catch_up(curated)  # the server does so by itself, beside requests
    page = cleo.get(f"/saved/{watched.id}")
    assert "No verdict has changed since" not in page.text
    [flip, *_] = watches_of(curated.ledger, "cleo")[0].flips
    assert f'href="/curate/changes/{found.id}"' in page.text and "ben accepted" in page.text
    assert curated.ledger.history("nothing") == [] and next(curated.ledger.acts(flip.cause - 1)).actor == "ben"
    assert watches_of(curated.ledger, "cleo")[0].flips[-1].candidate in cleo.get("/spaces").text
    ended = cleo.post(f"/saved/{watched.id}/end", headers=ORIGIN)
    assert "You gave this up" in ended.text and watches_of(curated.ledger, "cleo") == []
    assert "My &lt;doubt&gt;" not in cleo.get("/spaces").text
    assert cleo.post(f"/saved/{watched.id}/end", headers=ORIGIN).status_code == 409


def test_a_candidate_of_ones_own_is_saved_with_its_steps(enter: Enter, curated: Workspace) -> None:
    problem = curated.problem("cdtese-msc399")
    steps = next(one.steps for one in problem.space.candidates if len(one.steps) > 1)
    asked = "&".join(f"step={step}" for step in steps)
    cleo = enter(CLEO)
    form = hidden(cleo.get(f"/spaces/cdtese-msc399?{asked}&wait=yes").text)
    assert set(form["step"]) == set(steps)
    page = cleo.post("/saved", data=form, headers=ORIGIN)
    [watched] = watches_of(curated.ledger, "cleo")
    assert set(watched.hypothesis["steps"]) == set(steps) and [*watched.verdicts] == ["ad-hoc"]
    assert "/candidates/ad-hoc?step=" in page.text


def test_who_may_not_is_told_before(enter: Enter, curated: Workspace) -> None:
    page = enter(None).get(f"/spaces/{SPACE}?without={DOUBTED}&wait=yes").text
    assert 'action="/saved"' not in page and f"/sign-in?next=%2Fspaces%2F{SPACE}%3Fwithout%3D{DOUBTED}" in page
    enrol(curated.ledger, ADA, "dora", name="Dora")
    page = enter(Caller("dora", "python")).get(f"/spaces/{SPACE}?wait=yes").text
    assert 'action="/saved"' not in page and "ask an administrator" in page


@pytest.mark.parametrize(
    ("data", "status", "said"),
    [
        ({"space": "msc-399-in-tolune"}, 404, "did you mean &#39;msc-399-in-toluene&#39;?"),
        ({"space": SPACE, "without": DOUBTED[:-1]}, 404, f"did you mean &#39;{DOUBTED}&#39;?"),
    ],
)
def test_what_cannot_be_saved_is_told(enter: Enter, curated: Workspace, data: dict[str, str], status: int, said: str) -> None:
    answer = enter(CLEO).post("/saved", data=data, headers=ORIGIN)
    assert answer.status_code == status and said in answer.text
    assert watches_of(curated.ledger, "cleo") == []


def test_nothing_is_saved_for_a_page_of_another_site(enter: Enter, curated: Workspace) -> None:
    for headers in ({"Origin": "http://evil.example"}, {}):
        assert enter(CLEO).post("/saved", data={"space": SPACE}, headers=headers).status_code == 403
    assert enter(None).post("/saved", data={"space": SPACE}, headers=ORIGIN).status_code == 401
    assert watches_of(curated.ledger, "cleo") == []


@pytest.mark.browser
@pytest.mark.slow
def test_doubt_save_share_and_come_back(curated: Workspace) -> None:
    from playwright.sync_api import expect

    text, _ = tokens.sign_in_link(curated.ledger, CLEO)
    with serving(create_app(curated)) as address, browsing(permissions=["clipboard-read", "clipboard-write"]) as watched:
        page = watched.page
        page.goto(f"{address}/sign-in/once/{text.reveal()}")
        page.goto(f"{address}/spaces/{SPACE}?wait=yes")
        page.locator(f"#a-{DOUBTED}").check()
        page.get_by_role("button", name="Work out the verdicts").click()
        page.get_by_role("button", name="Copy link: Link to this setting").click()
        expect(page.get_by_role("status").filter(has_text="Copied")).to_be_attached()
        link = page.evaluate("navigator.clipboard.readText()")
        assert link == f"{address}/spaces/{SPACE}?without={DOUBTED}"
        page.get_by_label("Save this setting as").fill("What I doubt")
        page.get_by_role("button", name="Save and watch").click()
        expect(page.get_by_role("heading", name="What I doubt")).to_be_visible()
        assert faults(page) == []
        page.get_by_role("navigation", name="Site").get_by_role("link", name="Hypotheses").click()
        page.get_by_role("link", name="What I doubt").click()
        page.get_by_role("link", name="Open in the workbench").click()
        expect(page).to_have_url(link)
        expect(page.get_by_text("You saved this as")).to_be_visible()
        assert faults(page) == []
        assert watched.troubles == []
