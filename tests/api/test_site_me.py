"""The page about who asks: roles, what waits, tokens that are shown once."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from mechkg.api.app import create_app
from mechkg.curation import tokens
from mechkg.curation.enrol import enrol, grant
from mechkg.model.person import Caller, Grant
from mechkg.service.draft import save_draft
from mechkg.service.saved import save
from mechkg.service.workbench import Setting
from mechkg.service.workspace import Workspace
from tests.curation.staff import ADA, BEN, CLEO
from tests.service.changes import REMARK, changed

ORIGIN = {"Origin": "http://127.0.0.1:8000"}
EVA = Caller("eva", "python")


@pytest.fixture
def client(curated: Workspace) -> Iterator[TestClient]:
    enrol(curated.ledger, ADA, "eva", name="Eva <script>")
    grant(curated.ledger, ADA, "eva", Grant("curator", "cdse"))
    with TestClient(create_app(curated), base_url="http://127.0.0.1:8000", headers={"Accept": "text/html"}) as client:
        yield client


def enter(client: TestClient, workspace: Workspace, by: Caller) -> None:
    text, _ = tokens.sign_in_link(workspace.ledger, by)
    client.get(f"/sign-in/once/{text.reveal()}", follow_redirects=False)


def test_it_asks_to_sign_in_and_leads_back(client: TestClient) -> None:
    answer = client.get("/me", follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in?next=%2Fme")
    # a program is told in JSON
    assert client.get("/me", headers={"Accept": "application/json"}).json()["person"] is None


def test_what_somebody_has_is_there(client: TestClient, curated: Workspace) -> None:
    enter(client, curated, CLEO)
    mine = changed(curated, REMARK, title="A better note", note="n")
    changed(curated, "w-06", by=BEN, title="Of another", note="n")
    draft = save_draft(curated, CLEO, {"title": "Half a thought"})
    save_draft(curated, CLEO, ["no title"])
    watched = save(curated, CLEO, "msc-399-in-toluene", Setting(), "My setting")
    page = client.get("/me")
    assert page.headers["cache-control"] == "no-store" and page.headers["vary"] == "Accept, Authorization, Cookie"
    assert re.search(r'<th scope="row">curator</th><td>everything</td>', page.text)
    for link, words in (
        (f"/curate/changes/{mine.id}", "A better note"),
        (f"/curate/drafts/{draft.id}", "Half a thought"),
        (f"/saved/{watched.id}", "My setting"),
    ):
        assert f'<a href="{link}">{words}</a>' in page.text
    assert "Of another" not in page.text
    assert "You are signed in in 1 browser." in page.text


def test_roles_are_told_by_material(client: TestClient, curated: Workspace) -> None:
    enter(client, curated, EVA)
    page = client.get("/me").text
    assert '<th scope="row">curator</th><td><a href="/id/cdse">CdSe</a></td>' in page
    assert "<h1>Eva &lt;script&gt;</h1>" in page
    # a token can reach no further
    assert re.findall(r'<option value="([^"]*)"', page) == ["reader", "curator", "cdse"]


def test_a_token_is_shown_once(client: TestClient, curated: Workspace) -> None:
    enter(client, curated, CLEO)
    made = client.post("/me/tokens", data={"name": "my script", "role": "reader", "scope": "all", "days": "7"}, headers=ORIGIN)
    assert made.status_code == 201 and made.headers["cache-control"] == "no-store"
    [text] = re.findall(r"mkg_[a-z2-7]{10}_[a-z2-7]{52}", made.text)
    [token] = tokens.listed(curated.ledger, "cleo", ("api",))
    assert (token.name, token.within, (token.expires - token.issued).days) == ("my script", Grant("reader"), 7)
    asked = {"Authorization": f"Bearer {text}", "Accept": "application/json"}
    assert client.get("/me", headers=asked).json()["within"] == {"role": "reader", "scope": "all"}
    page = client.get("/me").text
    assert text not in page and f"mkg_{token.id}_…" in page
    assert client.post(f"/me/tokens/{token.id}/revoke", headers=ORIGIN).status_code == 200
    assert client.get("/me", headers=asked).status_code == 401
    assert "revoked" in client.get("/me").text


@pytest.mark.parametrize(
    ("change", "status", "field", "said"),
    [
        ({"days": "9x"}, 400, "days", "A whole number, from 1 to 365"),
        ({"days": "400"}, 400, "days", "A whole number, from 1 to 365"),
        ({"role": "curators"}, 404, "role", "Did you mean &#39;curator&#39;?"),
        ({"scope": "cdsee"}, 404, "role", "Did you mean &#39;cdse&#39;?"),
        ({"role": "administrator"}, 403, "role", "reaches further than cleo does"),
        ({"name": " "}, 400, "name", "Say where it is used"),
    ],
)
def test_what_was_typed_stays_with_what_is_wrong(
    client: TestClient, curated: Workspace, change: dict[str, str], status: int, field: str, said: str
) -> None:
    enter(client, curated, CLEO)
    typed = {"name": "my script", "role": "curator", "scope": "all", "days": "7", **change}
    answer = client.post("/me/tokens", data=typed, headers=ORIGIN)
    assert answer.status_code == status and said in answer.text
    assert f'id="{field}-wrong" role="alert"' in answer.text and f'aria-describedby="{field}-wrong"' in answer.text
    assert f'value="{typed["days"]}"' in answer.text and (not typed["name"].strip() or 'value="my script"' in answer.text)
    assert tokens.listed(curated.ledger, "cleo", ("api",)) == []


def test_no_page_of_another_site_makes_tokens(client: TestClient, curated: Workspace) -> None:
    enter(client, curated, CLEO)
    for path in ("/me/tokens", "/me/sign-out-everywhere", "/me/tokens/x/revoke"):
        assert client.post(path, data={}, headers={"Origin": "http://evil.example"}).status_code == 403


def test_signing_out_everywhere_ends_all_sessions(client: TestClient, curated: Workspace) -> None:
    app = client.app
    enter(client, curated, CLEO)
    other = TestClient(app, base_url="http://127.0.0.1:8000", headers={"Accept": "text/html"})
    enter(other, curated, CLEO)
    assert "You are signed in in 2 browsers." in client.get("/me").text
    answer = client.post("/me/sign-out-everywhere", headers=ORIGIN, follow_redirects=False)
    assert answer.headers["location"] == "/sign-in"
    assert other.get("/me", follow_redirects=False).headers["location"] == "/sign-in?next=%2Fme"
