"""People and tokens on the shell, run as a user runs it."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def mechkg(tmp_path: Path) -> Run:
    """Run the command over an empty home, as the person that is given."""

    def run(*arguments: str, person: str | None = None) -> subprocess.CompletedProcess[str]:
        environment = {**os.environ, "MECHKG_HOME": str(tmp_path), **({"MECHKG_PERSON": person} if person else {})}
        command = [sys.executable, "-m", "mechkg", *arguments]
        return subprocess.run(command, capture_output=True, text=True, env=environment, timeout=60, check=False)

    return run


def content(done: subprocess.CompletedProcess[str]) -> Any:
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def complaint(done: subprocess.CompletedProcess[str]) -> str:
    assert done.returncode == 2 and "Traceback" not in done.stderr, done
    return " ".join(done.stderr.split())


def test_people(mechkg: Run) -> None:
    assert "nobody is enrolled here yet (mechkg people enrol" in complaint(mechkg("token", "new", "x"))
    assert content(mechkg("people", "enrol", "ada", "--name", "Ada L", "--json"))["grants"] == [
        {"role": "administrator", "scope": "all"}
    ]
    enrolled = content(mechkg("people", "enrol", "cleo", "--role", "curator", "--for", "m-1", "--json"))
    assert enrolled["grants"] == [{"role": "curator", "scope": "m-1"}]
    assert "--as PERSON, or set MECHKG_PERSON: ada, cleo" in complaint(mechkg("people", "grant", "cleo", "reviewer"))
    assert "did you mean 'ada'?" in complaint(mechkg("token", "list", "--as", "adda"))
    assert "did you mean 'reviewer'?" in complaint(mechkg("people", "grant", "cleo", "reviewr", person="ada"))
    assert "did you mean 'cleo'?" in complaint(mechkg("people", "grant", "cleoo", "reviewer", person="ada"))
    assert "cleo may not grant" in complaint(mechkg("people", "grant", "cleo", "reviewer", person="cleo"))
    mechkg("people", "grant", "cleo", "reviewer", person="ada")
    mechkg("people", "revoke", "cleo", "curator", "--for", "m-1", "--reason", "moved on", person="ada")
    account = ("--issuer", "https://id.example.org", "--subject", "s-1")
    linked = content(mechkg("people", "link", "cleo", *account, "--json", person="ada"))
    assert linked["identities"] == [{"issuer": "https://id.example.org", "subject": "s-1"}]
    assert "for a reason" in complaint(mechkg("people", "link", "cleo", *account, "--gone", person="ada"))
    assert mechkg("people", "link", "cleo", *account, "--gone", "-r", "lost", person="ada").returncode == 0
    ada, cleo = content(mechkg("people", "list", "--json"))
    assert (ada["person"], cleo["person"], cleo["name"]) == ("ada", "cleo", "cleo")
    assert cleo["grants"] == [{"role": "reviewer", "scope": "all"}] and cleo["identities"] == []
    assert re.search(r"ada +┃? *│? *Ada L +.*administrator", mechkg("people", "list").stdout)


def test_tokens_and_links(mechkg: Run) -> None:
    mechkg("people", "enrol", "ada")
    made = content(mechkg("token", "new", "notebook", "--role", "curator", "--days", "30", "--json"))
    assert re.fullmatch(r"mkg_[a-z2-7]{10}_[a-z2-7]{52}", made["token"]) and made["within"] == {"role": "curator", "scope": "all"}
    assert "365 days at most" in complaint(mechkg("token", "new", "other", "--days", "366"))
    assert "called 'notebook' already" in complaint(mechkg("token", "new", "notebook"))
    link = mechkg("sign-in-link", "--url", "https://mechkg.example.org/").stdout.splitlines()[-1]
    assert re.fullmatch(r"https://mechkg\.example\.org/sign-in/once/mkg_\S{63}", link)  # one line, however wide the terminal
    mechkg("people", "enrol", "cleo")
    invitation = content(mechkg("people", "invite", "cleo", "--json", person="ada"))
    assert invitation["url"].startswith("http://127.0.0.1:8000/invitation/mkg_") and invitation["person"] == "cleo"
    found = content(mechkg("token", "list", "--json", person="ada"))
    assert [(t["kind"], t["state"]) for t in found] == [("api", "valid"), ("link", "valid")]
    assert made["token"] not in json.dumps(found)
    assert content(mechkg("token", "revoke", made["id"], "--json", person="ada")) == {"revoked": [made["id"]]}
    assert "is revoked already" in complaint(mechkg("token", "revoke", made["id"], person="ada"))
    assert "give an id, or --all-of" in complaint(mechkg("token", "revoke", person="ada"))
    assert content(mechkg("token", "revoke", "--all-of", "cleo", "--json", person="ada")) == {"revoked": [invitation["id"]]}
    assert content(mechkg("token", "list", "--all", "--json", person="cleo"))[0]["state"] == "revoked"
    assert len(content(mechkg("token", "list", "--all", "--json", person="ada"))) == 3
