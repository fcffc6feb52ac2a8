"""Signing in and out through real HTTP to a real provider on this machine, and what must not sign anybody in."""

from __future__ import annotations

import logging
import re
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit, urlunsplit

import pytest
from fastapi import FastAPI
from hypothesis import given
from hypothesis import strategies as st
from joserfc.jwk import RSAKey
from starlette.testclient import TestClient

from mechkg.api.failures import add_failures
from mechkg.api.sign_in import add_sign_in
from mechkg.curation import tokens
from mechkg.curation.enrol import enrol, grant, link
from mechkg.curation.ledger import Ledger
from mechkg.model.person import Caller, Grant
from mechkg.service.openid import derived
from mechkg.service.people import everybody
from mechkg.service.providers import Provider as Described
from mechkg.service.sign_in import SignIn, local_path
from tests.service.provider import CLIENT, SECRET, Provider, running_provider

ADA = Caller("ada", "python")

LONG_AGO, FAR_OFF = 1_000_000_000, 4_000_000_000
"""Times, fixed: tests are named by them, and each process has to find the same names."""


@pytest.fixture(scope="module")
def running() -> Iterator[Provider]:
    with running_provider() as provider:
        yield provider


@pytest.fixture
def provider(running: Provider) -> Provider:
    """The provider, in good order."""
    fresh = Provider(url=running.url)
    for name, value in vars(fresh).items():
        if name != "keys":
            setattr(running, name, value)
    return running


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with Ledger.open(tmp_path / "ledger.db") as ledger:
        enrol(ledger, ADA, "ada", name="Ada <L>")
        enrol(ledger, ADA, "cleo", name="Cleo")
        grant(ledger, ADA, "cleo", Grant("curator"))
        yield ledger


@pytest.fixture
def described(provider: Provider) -> dict[str, Described]:
    return {
        "institute": Described("institute", "The Institute", "openid", provider.url, CLIENT, SECRET),
        "forge": Described("forge", "The Forge", "github", provider.url, CLIENT, SECRET),
    }


@pytest.fixture
def app(ledger: Ledger, described: dict[str, Described]) -> FastAPI:
    app = FastAPI()
    add_failures(app)
    add_sign_in(app, SignIn(ledger, described))
    return app


@pytest.fixture
def browser(app: FastAPI) -> TestClient:
    return new_browser(app)


def new_browser(app: FastAPI) -> TestClient:
    return TestClient(app, base_url="http://127.0.0.1:8000", follow_redirects=False)


class _Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:
        return None


def at_provider(url: str) -> str:
    """Follow a browser to the provider; return where that sends it, with its answer."""
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.build_opener(_Stay()).open(url, timeout=10)
    with caught.value as answer:  # urllib calls a redirection that is not followed an error
        assert answer.code == 302, answer.read()
        return str(answer.headers["Location"])


def back(browser: TestClient, way: str = "institute", **query: str) -> str:
    """Begin a sign-in, go through the provider, and return the address that it sends the browser to."""
    begun = browser.get(f"/sign-in/with/{way}", params=query)
    assert begun.status_code == 303, begun.text
    return at_provider(begun.headers["location"])


def who(browser: TestClient) -> str | None:
    found: str | None = browser.get("/me").json()["person"]
    return found


def error(answer: Any) -> dict[str, Any]:
    found: dict[str, Any] = answer.json()
    assert found["status"] == answer.status_code
    return found


# --- a link -----------------------------------------------------------------------------------------------------------


def test_a_link_signs_in_once_and_signing_out_ends_it(app: FastAPI, browser: TestClient, ledger: Ledger) -> None:
    text, _ = tokens.sign_in_link(ledger, ADA)
    assert who(browser) is None
    assert browser.head(f"/sign-in/once/{text.reveal()}").status_code == 405  # a look does not use it up
    answer = browser.get(f"/sign-in/once/{text.reveal()}")
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    [cookie] = answer.headers.get_list("set-cookie")
    assert re.search(r"; HttpOnly; Max-Age=604800; Path=/; SameSite=lax$", cookie)
    assert answer.headers["cache-control"] == "no-store" and answer.headers["referrer-policy"] == "no-referrer"
    assert who(browser) == "ada"
    again = error(new_browser(app).get(f"/sign-in/once/{text.reveal()}"))
    assert (again["status"], again["code"]) == (401, "mechkg.unauthenticated")
    kept = dict(browser.cookies)
    assert browser.post("/sign-out", headers={"Origin": "http://127.0.0.1:8000"}).status_code == 303
    assert who(browser) is None and not browser.cookies
    browser.cookies.update(kept)  # the session is over, not only forgotten by the browser
    assert who(browser) is None


def test_over_tls_the_cookie_is_bound_to_it(ledger: Ledger, described: dict[str, Described]) -> None:
    app = FastAPI()
    add_failures(app)
    add_sign_in(app, SignIn(ledger, described), public_url="https://mechkg.example.org")
    text, _ = tokens.sign_in_link(ledger, ADA)
    [cookie] = new_browser(app).get(f"/sign-in/once/{text.reveal()}").headers.get_list("set-cookie")
    assert cookie.startswith("__Host-mechkg_session=mkg_") and "; Secure" in cookie
    begun = new_browser(app).get("/sign-in/with/institute").headers["location"]
    assert parse_qs(urlsplit(begun).query)["redirect_uri"] == ["https://mechkg.example.org/sign-in/with/institute/back"]


def test_a_new_sign_in_ends_the_session_before(browser: TestClient, ledger: Ledger) -> None:
    for _ in range(2):
        text, _ = tokens.sign_in_link(ledger, ADA)
        browser.get(f"/sign-in/once/{text.reveal()}")
    assert [t.revoked is None for t in tokens.listed(ledger, kinds=("session",))] == [False, True]


@pytest.mark.parametrize("text", ["no-token", "mkg_" + "a" * 10 + "_" + "a" * 52])
def test_a_link_that_is_none_is_refused_on_a_page(browser: TestClient, text: str) -> None:
    answer = browser.get(f"/sign-in/once/{text}", headers={"Accept": "text/html"})
    assert answer.status_code == 401 and "<h1>You are not signed in.</h1>" in answer.text
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert text not in answer.text and who(browser) is None


def test_a_link_that_is_pasted_signs_in_and_goes_on_where_it_began(browser: TestClient, ledger: Ledger) -> None:
    page = browser.get("/sign-in", params={"next": "/spaces?asOf=3"})
    assert "<title>Sign in" in page.text and 'action="/sign-in?next=%2Fspaces%3FasOf%3D3"' in page.text
    assert 'href="/sign-in/with/institute?next=%2Fspaces%3FasOf%3D3">Sign in with The Institute' in page.text
    assert "script-src 'self'" in page.headers["content-security-policy"] and page.headers["cache-control"] == "no-store"
    text, _ = tokens.sign_in_link(ledger, ADA)
    link = f"http://127.0.0.1:8000/sign-in/once/{text.reveal()}/"
    sent = {"data": {"link": f"  {link} "}, "params": {"next": "/spaces?asOf=3"}}
    assert browser.post("/sign-in", **sent, headers={"Origin": "http://evil.example"}).status_code == 403
    answer = browser.post("/sign-in", **sent, headers={"Origin": "http://127.0.0.1:8000"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/spaces?asOf=3")
    assert who(browser) == "ada"
    page = browser.get("/sign-in")
    assert "You are signed in as <b>Ada &lt;L&gt;</b>" in page.text and 'action="/sign-out"' in page.text


@pytest.mark.parametrize(
    ("link", "said"),
    [("", "was all of it copied?"), ("mkg_x", "was all of it copied?"), ("mkg_" + "a" * 10 + "_" + "a" * 52, "not known here")],
)
def test_a_pasted_link_that_does_not_hold_is_told_beside_the_field(browser: TestClient, link: str, said: str) -> None:
    sent = {"data": {"link": link}, "params": {"next": "/papers"}, "headers": {"Origin": "http://127.0.0.1:8000"}}
    answer = browser.post("/sign-in", **sent)
    assert answer.status_code == 401 and said.lower() in answer.text.lower()
    assert 'id="link-wrong" role="alert"' in answer.text and 'aria-invalid="true"' in answer.text
    assert 'action="/sign-in?next=%2Fpapers"' in answer.text  # where it leads is kept
    assert not link or link not in answer.text  # and the secret is not told again
    assert who(browser) is None


# --- an account elsewhere ---------------------------------------------------------------------------------------------


def test_a_linked_account_signs_in(browser: TestClient, ledger: Ledger, provider: Provider) -> None:
    link(ledger, ADA, "cleo", issuer=provider.url, subject="subject-1")
    answer = browser.get(back(browser, next="/graphql?a=1"))
    assert (answer.status_code, answer.headers["location"]) == (303, "/graphql?a=1")
    assert who(browser) == "cleo"
    assert not any("attempt" in name for name in browser.cookies)
    [asked] = provider.asked
    assert asked["code_challenge_method"] == "S256" and len(asked["code_challenge"]) == 43
    assert asked["scope"] == "openid" and len({asked["state"], asked["nonce"], asked["code_challenge"]}) == 3
    assert tokens.listed(ledger, kinds=("session",))[0].origin == provider.url


def test_an_account_that_is_nobodys_gets_no_rights_and_is_told_what_to_say(
    browser: TestClient, ledger: Ledger, provider: Provider
) -> None:
    found = error(browser.get(back(browser)))
    assert (found["status"], found["code"]) == (403, "mechkg.unknown_identity")
    assert found["identity"] == {"issuer": provider.url, "subject": "subject-1"}
    assert who(browser) is None and tokens.listed(ledger) == [] and list(everybody(ledger)) == ["ada", "cleo"]
    provider.user = "<script>alert(1)</script>"
    page = browser.get(back(browser), headers={"Accept": "text/html"})
    assert page.status_code == 403 and "give these two to an administrator" in page.text.lower()
    assert "<script>alert" not in page.text and "&lt;script&gt;" in page.text


def test_an_invitation_makes_an_account_somebodys(app: FastAPI, browser: TestClient, ledger: Ledger, provider: Provider) -> None:
    text, _ = tokens.invite(ledger, ADA, "cleo")
    for _ in range(2):  # looking does not use it up
        page = browser.get(f"/invitation/{text.reveal()}", headers={"Accept": "text/html"}).text
    assert "<b>Cleo</b>" in page and "Accept with The Institute" in page
    alone = browser.post(f"/invitation/{text.reveal()}", headers={"Origin": "http://127.0.0.1:8000"})
    assert error(alone)["status"] == 401  # where accounts vouch for people, the letter alone does not
    assert browser.get(back(browser, invitation=text.reveal())).status_code == 303
    assert who(browser) == "cleo"
    assert everybody(ledger)["cleo"].identities == ((provider.url, "subject-1"),)
    other = new_browser(app)
    assert other.get(back(other)).status_code == 303 and who(other) == "cleo"
    assert error(new_browser(app).get("/sign-in/with/institute", params={"invitation": text.reveal()}))["status"] == 401


def test_without_providers_an_invitation_signs_in_by_a_button(ledger: Ledger) -> None:
    app = FastAPI()
    add_failures(app)
    add_sign_in(app, SignIn(ledger, {}))
    browser = new_browser(app)
    text, _ = tokens.invite(ledger, ADA, "cleo")
    assert "Accept and sign in" in browser.get(f"/invitation/{text.reveal()}").text
    assert browser.post(f"/invitation/{text.reveal()}", headers={"Origin": "http://evil.example"}).status_code == 403
    assert browser.post(f"/invitation/{text.reveal()}", headers={"Origin": "http://127.0.0.1:8000"}).status_code == 303
    assert who(browser) == "cleo"


def test_github_vouches_by_the_number_of_the_account(browser: TestClient, ledger: Ledger, provider: Provider) -> None:
    link(ledger, ADA, "cleo", issuer=provider.url, subject="583231")
    assert browser.get(back(browser, "forge")).status_code == 303
    assert who(browser) == "cleo"
    [asked] = provider.asked
    assert "nonce" not in asked and asked["code_challenge_method"] == "S256" and asked["scope"] == "read:user"
    provider.claims = {"id": "583231"}  # not a number: not GitHub's answer
    assert error(browser.get(back(browser, "forge")))["status"] == 401


# --- what must not sign anybody in ------------------------------------------------------------------------------------


def refused(browser: TestClient, url: str, status: int = 401) -> dict[str, Any]:
    found = error(browser.get(url))
    assert found["status"] == status, found
    assert who(browser) is None
    return found


@pytest.fixture
def linked(ledger: Ledger, provider: Provider) -> None:
    """Whoever the provider vouches for would be Cleo, were the answer in order."""
    link(ledger, ADA, "cleo", issuer=provider.url, subject="subject-1")


def changed(url: str, **query: str) -> str:
    parts = urlsplit(url)
    return urlunsplit(parts._replace(query=urlencode({**dict(parse_qsl(parts.query)), **query})))


@pytest.mark.usefixtures("linked")
class TestAnswersThatDoNotHold:
    @pytest.mark.parametrize("state", ["", "x", "A" * 43, "ä"])
    def test_a_state_of_somebody_else(self, browser: TestClient, provider: Provider, state: str) -> None:
        assert "not for this browser" in refused(browser, changed(back(browser), state=state))["detail"]
        assert len(provider.codes) == 1  # the provider was not even asked

    def test_an_answer_in_another_browser(self, app: FastAPI, browser: TestClient) -> None:
        """As when somebody is lured to finish the sign-in of somebody else."""
        url = back(browser)
        assert "another browser" in refused(new_browser(app), url)["detail"]
        victim = new_browser(app)
        back(victim)  # has begun one of her own
        assert "not for this browser" in refused(victim, url)["detail"]

    def test_an_answer_that_was_used_before(self, app: FastAPI, browser: TestClient, provider: Provider) -> None:
        url = back(browser)
        cookies = dict(browser.cookies)
        assert browser.get(url).status_code == 303
        refused(new_browser(app), url)
        thief = new_browser(app)
        thief.cookies.update(cookies)  # even with the cookie that was taken from the browser
        assert "invalid grant" in refused(thief, url)["detail"]
        assert provider.refused == ["invalid_grant"]

    def test_a_code_of_another_sign_in(self, app: FastAPI, browser: TestClient, provider: Provider) -> None:
        """PKCE: a code that was stolen does not serve another browser, though it shows a state of its own."""
        stolen = parse_qs(urlsplit(back(browser)).query)["code"][0]
        thief = new_browser(app)
        assert "invalid grant" in refused(thief, changed(back(thief), code=stolen))["detail"]
        assert provider.refused == ["invalid_grant"]

    @pytest.mark.parametrize(
        "claims",
        [
            {"nonce": "of another sign-in"},
            {"nonce": None},
            {"nonce": None, "nonce_supported": False},
            {"aud": "another-client"},
            {"aud": "another-client", "azp": CLIENT},
            {"aud": ["another-client", "a-third"], "azp": CLIENT},
            {"aud": [CLIENT, "another-client"], "azp": "another-client"},
            {"aud": None},
            {"iss": "https://evil.example"},
            {"iss": None},
            {"exp": LONG_AGO},
            {"exp": None},
            {"exp": "never"},
            {"iat": FAR_OFF},
            {"nbf": FAR_OFF},
            {"sub": None},
            {"sub": ""},
            {"at_hash": "x" * 22},
        ],
        ids=str,
    )
    def test_an_identity_with_a_wrong_claim(self, browser: TestClient, provider: Provider, claims: dict[str, Any]) -> None:
        provider.claims = claims
        assert "did not confirm who you are" in refused(browser, back(browser))["detail"]

    @pytest.mark.parametrize("algorithm", ["none", "HS256"])
    @pytest.mark.parametrize("told", [["RS256"], ["RS256", "none", "HS256"]], ids=["untold", "told"])
    def test_an_identity_that_anybody_could_have_made(
        self, browser: TestClient, provider: Provider, algorithm: str, told: list[str]
    ) -> None:
        provider.described = {"id_token_signing_alg_values_supported": told}
        provider.algorithm = algorithm
        assert "did not confirm who you are" in refused(browser, back(browser))["detail"]
        assert provider.refused == []  # it did give an identity

    def test_an_identity_signed_by_another_key(self, browser: TestClient, provider: Provider) -> None:
        provider.key = RSAKey.generate_key(2048, {"kid": provider.keys[-1].kid}, auto_kid=False)
        refused(browser, back(browser))

    def test_an_answer_of_another_issuer(self, browser: TestClient) -> None:
        assert "another issuer" in refused(browser, changed(back(browser), iss="https://evil.example"))["detail"]

    def test_an_answer_without_the_issuer_that_the_provider_says_it_gives(self, browser: TestClient, provider: Provider) -> None:
        """RFC 9207: else an answer could be passed on from another provider, where the code was given to that one."""
        provider.described = {"authorization_response_iss_parameter_supported": True}
        assert "does not name its issuer" in refused(browser, back(browser))["detail"]
        assert len(provider.codes) == 1  # the code was not shown to it
        assert browser.get(changed(back(browser), iss=provider.url)).status_code == 303

    def test_an_answer_that_says_no(self, browser: TestClient, provider: Provider) -> None:
        provider.refuse_user = True
        url = back(browser)
        assert "error=access_denied" in url
        found = refused(browser, changed(url, error_description="<b>call 555</b>"))
        assert "access denied" in found["detail"] and "555" not in str(found)
        provider.refuse_user = False
        url = changed(back(browser), error="Call 555 now!")
        assert "it gives no reason" in refused(browser, url)["detail"]

    def test_an_answer_by_the_way_of_another_provider(self, browser: TestClient) -> None:
        url = back(browser).replace("/institute/", "/forge/")
        assert "with another provider" in refused(browser, url)["detail"]

    def test_an_answer_without_a_code(self, browser: TestClient) -> None:
        assert "no code" in refused(browser, changed(back(browser), code=""))["detail"]

    @pytest.mark.parametrize("value", ["", "x", "bnVsbA==", "WzEsMl0=", "ÿ"])
    def test_a_cookie_that_is_none_of_ours(self, browser: TestClient, value: str) -> None:
        url = back(browser)
        browser.cookies.clear()
        answer = browser.get(url, headers={"Cookie": f"mechkg_attempt_8000={value}".encode("latin-1")})
        assert error(answer)["status"] == 401


def test_a_provider_may_change_its_key(browser: TestClient, ledger: Ledger, provider: Provider) -> None:
    link(ledger, ADA, "cleo", issuer=provider.url, subject="subject-1")
    assert browser.get(back(browser)).status_code == 303
    provider.keys.append(RSAKey.generate_key(2048, {"kid": f"k{len(provider.keys) + 1}"}, auto_kid=False))
    assert browser.get(back(browser)).status_code == 303


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ({"issuer": "https://evil.example"}, "calls itself otherwise"),
        ({"token_endpoint": "http://evil.example/token"}, "no token_endpoint that can be trusted"),
        ({"jwks_uri": "file:///etc/passwd"}, "no jwks_uri that can be trusted"),
        ({"id_token_signing_alg_values_supported": ["none", "HS256"]}, "does not sign its answers"),
    ],
)
def test_a_provider_that_describes_itself_oddly_is_not_asked(
    browser: TestClient, provider: Provider, told: dict[str, Any], words: str
) -> None:
    provider.described = told
    found = error(browser.get("/sign-in/with/institute"))
    assert (found["status"], found["code"]) == (502, "mechkg.unreachable") and words in found["detail"]


def test_a_provider_that_is_not_there(ledger: Ledger) -> None:
    app = FastAPI()
    gone = Described("gone", "Gone", "openid", "http://127.0.0.1:1", CLIENT, SECRET)
    add_failures(app)
    add_sign_in(app, SignIn(ledger, {"gone": gone}))
    found = error(new_browser(app).get("/sign-in/with/gone"))
    assert (found["status"], found["detail"]) == (502, "Gone cannot be reached")
    assert error(new_browser(app).get("/sign-in/with/gon"))["hint"] == "did you mean 'gone'?"


def test_secrets_are_in_no_message_log_or_representation(
    ledger: Ledger, provider: Provider, described: dict[str, Described], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    wrong = Described("institute", "The Institute", "openid", provider.url, CLIENT, "a-wrong-secret")
    app = FastAPI()
    add_failures(app)
    add_sign_in(app, SignIn(ledger, {"institute": wrong}))
    browser = new_browser(app)
    answer = browser.get(back(browser))
    assert error(answer)["detail"].endswith("invalid client")
    for secret in ("a-wrong-secret", SECRET):
        assert secret not in answer.text + caplog.text + repr(wrong) + repr(described)


@pytest.mark.parametrize(
    "after",
    [
        "https://evil.example", "//evil.example", "/\\evil.example", "\\\\evil.example", "/\t/evil.example", " //evil.example",
        "javascript:alert(1)", "http:evil.example", "evil.example", "/%0d%0aSet-Cookie: a=b\r\n", "", "/ä",
    ],
)  # fmt: skip
def test_a_sign_in_leads_nowhere_else(browser: TestClient, ledger: Ledger, provider: Provider, after: str) -> None:
    link(ledger, ADA, "cleo", issuer=provider.url, subject="subject-1")
    assert browser.get(back(browser, next=after)).headers["location"] == "/"
    page = browser.get("/sign-in", params={"next": after}).text
    assert "evil" not in page and "javascript" not in page


@given(st.text(alphabet=st.sampled_from(list("/\\:.@?#ae%\t\n\r \x00")), max_size=12))
def test_every_path_that_is_let_through_is_on_this_host(text: str) -> None:
    found = local_path(text)
    assert found in (text, "/")
    assert re.match(r"/(?![/\\])", found + "x") and not re.search(r"[\s\x00\\]", found)


def test_what_a_browser_keeps_gives_three_values_that_tell_nothing_of_each_other() -> None:
    made = {derived("secret", use) for use in ("state", "nonce", "verifier")} | {derived("other", "state")}
    assert len(made) == 4 and all(re.fullmatch(r"[A-Za-z0-9_-]{43}", text) for text in made)
