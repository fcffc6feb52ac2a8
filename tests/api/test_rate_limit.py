"""Whoever tries too often has to wait, and nobody else: by a clock of the tests."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import pytest
from fastapi import Depends, FastAPI
from fastapi.requests import HTTPConnection
from hypothesis import given
from hypothesis import strategies as st
from starlette.testclient import TestClient

from mechkg.api.caller import caller_of
from mechkg.api.failures import add_failures
from mechkg.api.rate_limit import Attempts, Limiter, address_of
from mechkg.api.sign_in import add_sign_in
from mechkg.curation import tokens
from mechkg.curation.enrol import enrol
from mechkg.curation.ledger import Ledger
from mechkg.model.person import Caller, Grant
from mechkg.service.sign_in import SignIn

ADA = Caller("ada", "python")
NONE = "mkg_" + "a" * 10 + "_" + "a" * 52
HERE = "http://127.0.0.1:8000"


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


# --- a limiter --------------------------------------------------------------------------------------------------------


def test_a_burst_goes_through_and_then_as_many_as_the_rate_allows() -> None:
    clock = Clock()
    limiter = Limiter(rate=2, burst=3, clock=clock)
    assert [limiter.check("a") for _ in range(4)] == [0, 0, 0, 0.5]
    assert limiter.wait("a") == 0.5
    assert limiter.check("a") == 0.5  # asking in vain does not make it longer
    assert limiter.check("b") == 0  # others do not wait for it
    clock.now += 0.5
    assert limiter.wait("a") == 0
    assert [limiter.check("a") for _ in range(2)] == [0, 0.5]
    clock.now += 100  # what was not used does not add up beyond the burst
    assert [limiter.check("a") for _ in range(4)] == [0, 0, 0, 0.5]


def test_what_costs_more_takes_more_and_needs_a_full_bucket_at_most() -> None:
    clock = Clock()
    limiter = Limiter(rate=1, burst=10, clock=clock)
    assert limiter.check("a", 7) == 0
    assert limiter.check("a", 5) == 2
    assert limiter.check("a", 3) == 0
    assert limiter.check("a", 50) == 10
    clock.now += 10
    assert limiter.check("a", 50) == 0
    assert limiter.check("a") == 41


def test_a_key_is_forgotten_when_its_bucket_is_full() -> None:
    clock = Clock()
    limiter = Limiter(rate=1, burst=2, clock=clock)
    for n in range(50):
        limiter.check(f"key-{n}")
    assert limiter.remembered == 50
    clock.now += 2
    limiter.check("another")
    assert limiter.remembered == 1
    limiter.wait("only looked at")
    assert limiter.remembered == 1


def test_of_too_many_the_least_recent_is_forgotten() -> None:
    limiter = Limiter(rate=0.001, burst=1, most=100, clock=Clock())
    limiter.check("busy")
    for n in range(1000):
        limiter.check(f"key-{n}")
        assert limiter.check("busy") > 0  # whoever goes on trying is not forgotten
    assert limiter.remembered == 100


@pytest.mark.parametrize("wrong", [{"rate": 0}, {"rate": -1}, {"burst": 0}, {"most": 0}])
def test_a_limiter_that_lets_nothing_through(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="lets through something"):
        Limiter(**{"rate": 1, "burst": 1, **wrong})


@given(rate=st.floats(0.05, 50), burst=st.integers(1, 20), seed=st.integers(0, 1000))
def test_never_more_than_burst_and_rate_allow_and_a_wait_is_long_enough(rate: float, burst: int, seed: int) -> None:
    clock, rng = Clock(), random.Random(seed)
    limiter = Limiter(rate, burst, clock=clock)
    start, through = clock.now, 0
    for _ in range(200):
        wait = limiter.check("a")
        through += wait == 0
        assert through <= burst + rate * (clock.now - start) + 1e-3
        if wait and rng.random() < 0.5:
            clock.now += wait + 1e-6
            assert limiter.wait("a") == 0
        else:
            clock.now += rng.random() / rate


@pytest.mark.parametrize(
    ("client", "key"),
    [
        (("192.0.2.7", 1), "192.0.2.7"),
        (("2001:db8:1:2:3:4:5:6", 1), "2001:db8:1:2::/64"),
        (("2001:db8:1:2:ffff::1", 2), "2001:db8:1:2::/64"),
        (("fe80::1%eth0", 1), "fe80::/64"),
        (("::ffff:192.0.2.7", 1), "192.0.2.7"),
        (("testclient", 1), "testclient"),
        (None, "local"),
    ],
)
def test_an_address_is_that_of_one_caller(client: tuple[str, int] | None, key: str) -> None:
    assert address_of(HTTPConnection({"type": "http", "client": client, "headers": []})) == key


# --- signing in -------------------------------------------------------------------------------------------------------


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with Ledger.open(tmp_path / "ledger.db") as ledger:
        enrol(ledger, ADA, "ada", name="Ada")
        yield ledger


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def app(ledger: Ledger, clock: Clock) -> FastAPI:
    app = FastAPI()
    attempts = Attempts(Limiter(0.1, 3, clock=clock), Limiter(0.05, 2, clock=clock))
    add_failures(app)
    add_sign_in(app, SignIn(ledger, {}), attempts=attempts)

    @app.get("/who")
    def who(caller: Annotated[Caller | None, Depends(caller_of)]) -> str | None:
        return caller and caller.person

    return app


def browser(app: FastAPI, address: str = "192.0.2.1") -> TestClient:
    return TestClient(app, base_url=HERE, follow_redirects=False, client=(address, 50000))


def token(n: int) -> str:
    """A token that is none, each of another account."""
    return NONE.replace("a" * 10, f"{'abcdefgh'[n]}" * 10, 1)


WAYS = {
    "link": lambda b, text: b.get(f"/sign-in/once/{text}"),
    "invitation": lambda b, text: b.get(f"/invitation/{text}"),
    "accepted": lambda b, text: b.post(f"/invitation/{text}", headers={"Origin": HERE}),
    "token": lambda b, text: b.get("/who", headers={"Authorization": f"Bearer {text}"}),
    "no token": lambda b, text: b.get("/who", headers={"Authorization": f"Basic {text}"}),
}


@pytest.mark.parametrize("way", WAYS)
def test_after_too_many_failures_an_address_waits(app: FastAPI, clock: Clock, way: str) -> None:
    tried = WAYS[way]
    here = browser(app)
    assert [tried(here, token(n)).status_code for n in range(3)] == [401, 401, 401]
    answer = tried(here, token(4))
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "10")
    assert answer.json() == {
        "title": "That is too much at once.",
        "status": 429,
        "detail": "too many attempts to sign in have failed",
        "code": "mechkg.too_many_tries",
        "hint": "try again in 10 s",
    }
    page = here.get(f"/sign-in/once/{NONE}", headers={"Accept": "text/html"})
    assert page.status_code == 429 and "try again in 10 s" in page.text.lower() and page.headers["retry-after"] == "10"
    assert tried(browser(app, "192.0.2.2"), token(5)).status_code == 401  # others do not wait
    clock.now += 9.5
    assert tried(here, token(4)).headers["retry-after"] == "1"
    clock.now += 0.5
    assert tried(here, token(4)).status_code == 401
    assert tried(here, token(4)).status_code == 429


def test_one_account_is_not_tried_from_everywhere(app: FastAPI, clock: Clock) -> None:
    tried = [WAYS["token"](browser(app, f"192.0.2.{n}"), NONE).status_code for n in range(4)]
    assert tried == [401, 401, 429, 429]
    clock.now += 20
    assert WAYS["link"](browser(app, "192.0.2.9"), NONE).status_code == 401


def test_reading_and_what_succeeds_is_not_counted(app: FastAPI, ledger: Ledger) -> None:
    text, _ = tokens.issue(ledger, ADA, "robot", Grant("reader"))
    here = browser(app)
    for _ in range(10):
        assert WAYS["token"](here, text.reveal()).json() == "ada"
        assert here.get("/who").json() is None
    for _ in range(5):
        link, _ = tokens.sign_in_link(ledger, ADA)
        assert WAYS["link"](here, link.reveal()).status_code == 303
    for n in range(3):
        WAYS["link"](here, token(n))
    assert here.get("/who").json() == "ada"  # who is signed in goes on, and so does reading
    assert here.get("/sign-in").status_code == 200


def test_a_session_that_ended_is_no_attempt(app: FastAPI) -> None:
    here = browser(app)
    here.cookies.set("mechkg_session_8000", NONE)
    assert [here.get("/who").status_code for _ in range(10)] == [200] * 10
    assert WAYS["link"](here, token(1)).status_code == 401
