"""The log is lines of JSON or of text, by setting, and no secret gets into it, whichever way it comes."""

from __future__ import annotations

import io
import json
import logging
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mechkg.cli.logs import set_up_logs, without_secrets
from mechkg.curation import tokens
from mechkg.curation.ledger import Ledger
from mechkg.errors import BadInputError
from mechkg.model.person import Grant
from mechkg.model.token import TokenText
from tests.curation.staff import ADA


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def logs() -> Iterator[Callable[..., io.StringIO]]:
    """Set the log up on a stream of its own, by these variables; all is as before afterwards."""
    names = ("", "mechkg", "uvicorn", "uvicorn.error")
    before = [(logging.getLogger(name), logging.getLogger(name).level, list(logging.getLogger(name).handlers)) for name in names]

    def start(stream: io.StringIO | None = None, **variables: str) -> io.StringIO:
        stream = io.StringIO() if stream is None else stream
        set_up_logs(stream, variables)
        return stream

    yield start
    for logger, level, handlers in before:
        logger.setLevel(level)
        logger.handlers[:] = handlers


def test_elsewhere_than_on_a_terminal_each_line_is_one_object(logs: Callable[..., io.StringIO]) -> None:
    stream = logs()
    log = logging.getLogger("mechkg.test")
    log.info("two\nlines", extra={"who": "ana", "seconds": 0.25, "codes": ["a", "b"]})
    log.debug("not told")
    try:
        raise ValueError("a reason")
    except ValueError:
        log.exception("it failed")
    first, second = (json.loads(line) for line in stream.getvalue().splitlines())
    assert {
        "message": "two\nlines",
        "level": "info",
        "logger": "mechkg.test",
        "who": "ana",
        "seconds": 0.25,
    }.items() <= first.items()
    assert first["codes"] == ["a", "b"]
    assert first["time"].endswith("Z")
    assert "ValueError: a reason" in second["exc_info"]
    assert second["level"] == "error"


def test_on_a_terminal_lines_are_for_people_and_tell_what_is_wrong_alone(logs: Callable[..., io.StringIO]) -> None:
    stream = logs(Terminal())
    log = logging.getLogger("mechkg.test")
    log.info("all is well")
    log.warning("\x1b[31mnot\nall", extra={"who": "ana"})
    (line,) = stream.getvalue().splitlines()
    assert line[8:] == " warning \\x1b[31mnot\\nall  who=ana"


def test_levels_and_forms_are_settings(logs: Callable[..., io.StringIO]) -> None:
    stream = logs(Terminal(), MECHKG_LOG_FORMAT="json", MECHKG_LOG_LEVEL="debug")
    logging.getLogger("mechkg.test").debug("details")
    assert json.loads(stream.getvalue())["message"] == "details"
    stream = logs(MECHKG_LOG_FORMAT="text", MECHKG_LOG_LEVEL="error")
    logging.getLogger("mechkg.test").warning("not told")
    logging.getLogger("uvicorn.error").error("told")
    assert stream.getvalue()[9:] == "error   told\n"
    with pytest.raises(BadInputError, match="did you mean warning"):
        logs(MECHKG_LOG_LEVEL="warnings")
    with pytest.raises(BadInputError, match="MECHKG_LOG_FORMAT is 'xml'"):
        logs(MECHKG_LOG_FORMAT="xml")


SECRET = "Zq9xV7tK2mW4pR8s"


@pytest.mark.parametrize("form", ["json", "text"])
@pytest.mark.parametrize(
    "words",
    [
        f"Authorization: Bearer {SECRET}",
        f"{{'authorization': 'Bearer {SECRET}'}}",
        f"(b'authorization', b'Basic {SECRET}==')",
        f"Cookie: __Host-mechkg_session={SECRET}; other={SECRET}",
        f"[('cookie', 'mechkg_session_8000={SECRET}')]",
        f"Set-Cookie: mechkg_session={SECRET}; Path=/",
        f"GET /sign-in/with/orcid/back?code_verifier={SECRET}&id_token={SECRET}",
        f"postgresql://ana:{SECRET}@db.example.org/ledger is down",
        f"postgresql://ana:{SECRET}@{SECRET}@db/ledger?password={SECRET}",
        f'{{"query":"mutation","variables":{{"token":"{SECRET}","password":"{SECRET}"}}}}',
        f"client_secret = {SECRET}, access_token='{SECRET}'",
        f"bearer {SECRET}",
    ],
)
def test_no_secret_gets_into_the_log(logs: Callable[..., io.StringIO], form: str, words: str) -> None:
    stream = logs(MECHKG_LOG_FORMAT=form)
    log = logging.getLogger("some.library")
    log.warning(words)
    log.warning("%s and %r", words, {"in": [words]})
    log.warning("along", extra={"headers": {"x": [words]}, "note": words})
    try:
        raise RuntimeError(words)
    except RuntimeError:
        log.exception("failed")
    assert SECRET not in stream.getvalue()
    assert stream.getvalue().count("***") >= 4
    if form == "json":
        assert [json.loads(line)["level"] for line in stream.getvalue().splitlines()] == ["warning"] * 3 + ["error"]


@settings(deadline=None)
@given(before=st.text(max_size=20), after=st.text(max_size=20))
def test_a_token_of_ours_is_known_by_its_form_wherever_it_stands(before: str, after: str) -> None:
    token = TokenText.new()
    text = without_secrets(f"{before} {token.reveal()} {after}")
    assert token.secret not in text


def test_a_text_without_end_is_cut_and_says_so() -> None:
    assert without_secrets("x" * 50_000).endswith("(40000 characters more)")


def test_a_server_logs_no_token_however_it_is_sent(staffed_home: Path, tmp_path: Path) -> None:
    """By header, query, path, cookie, variables and words of a GraphQL request, and in the URL of the ledger."""
    shutil.copytree(staffed_home, tmp_path / "home")
    with Ledger.open(tmp_path / "home" / "ledger.db") as ledger:
        text, _ = tokens.issue(ledger, ADA, "script", Grant("curator"))
    token, wrong = text.reveal(), TokenText.new().reveal()
    environment = {**os.environ, "MECHKG_HOME": str(tmp_path / "home"), "PYTHONUNBUFFERED": "1", "MECHKG_LOG_LEVEL": "debug"}
    environment.pop("MECHKG_LEDGER", None)
    command = [sys.executable, "-m", "mechkg", "serve", "--port", "0"]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment)
    try:
        assert server.stdout is not None
        url = server.stdout.readline().split()[3]
        cookie = f"mechkg_session_{url.rpartition(':')[2]}"
        for one in (token, wrong):
            in_words = f'{{ item(id: "{one}") {{ id }} }}'
            with httpx2.Client(base_url=url, timeout=60) as client:
                client.get("/", headers={"Authorization": f"Bearer {one}", "Cookie": f"{cookie}={one}", "Referer": f"/?t={one}"})
                client.get(f"/sign-in/once/{one}?token={one}&password={one}")
                client.get("/sparql", params={"query": f"ASK {{ ?s ?p '{one}' }}"})
                client.post("/graphql", json={"query": in_words}, headers={"Authorization": f"Bearer {one}", "X-Request-ID": one})
                client.post("/graphql", json={"query": "query ($id: ID!) { item(id: $id) { id } }", "variables": {"id": one}})
                client.post("/graphql", content=f"{one} is no JSON", headers={"Content-Type": "application/json"})
                client.get(f"/{one}")
    finally:
        server.terminate()
        _, log = server.communicate(timeout=60)
    lines = [json.loads(line) for line in log.splitlines()]
    assert len([line for line in lines if line["logger"] == "mechkg.request"]) >= 14
    for secret in (text.secret, wrong.rpartition("_")[2]):
        assert secret not in log
    assert {line.get("who") for line in lines} == {None, "ada"}, "who asked is told"

    environment["MECHKG_LEDGER"] = f"postgresql://ana:{SECRET}@127.0.0.1:1/ledger?password={SECRET}"
    failed = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=60, check=False)
    assert failed.returncode != 0
    assert SECRET not in failed.stdout + failed.stderr
