"""Who acts at the machine itself."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from mechkg.curation.enrol import enrol, grant
from mechkg.curation.ledger import Ledger
from mechkg.errors import BadInputError, NotFoundError
from mechkg.model.person import Caller, Grant
from mechkg.service import people
from mechkg.service.people import acting, everybody, known_scope, local_administrator
from mechkg.service.workspace import Workspace

ADA = Caller("ada", "shell")


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with Ledger.open(tmp_path / "ledger.db") as ledger:
        yield ledger


def user(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setattr(people.getpass, "getuser", lambda: name)


@pytest.mark.parametrize(
    ("name", "short"),
    [("jane", "jane"), ("Jane_Doe", "jane-doe"), ("DOM\\j.doe", "dom-j.doe"), ("", "administrator"), ("müller", "m-ller"),
     ("x" * 60, "x" * 40), ("mechkg", "administrator"), ("李", "administrator")],
)  # fmt: skip
def test_the_system_user_becomes_the_first_administrator(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch, name: str, short: str
) -> None:
    user(monkeypatch, name)
    first = local_administrator(ledger)
    assert first is not None and first.id == short and first.grants == {Grant("administrator")}
    assert local_administrator(ledger) == first and list(everybody(ledger)) == [short]
    assert [act.door for act in ledger.acts()] == ["shell", "shell"]


def test_nobody_is_enrolled_where_others_are(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    user(monkeypatch, "eve")
    enrol(ledger, ADA, "ada", name="Ada")
    found = local_administrator(ledger)
    assert found is not None and found.id == "ada"  # the only one, whose machine this is
    enrol(ledger, ADA, "ben", name="Ben")
    assert local_administrator(ledger) is None
    user(monkeypatch, "ben")
    assert local_administrator(ledger) is None  # known, and no administrator
    grant(ledger, ADA, "ben", Grant("administrator"))
    found = local_administrator(ledger)
    assert found is not None and found.id == "ben"


def test_who_acts_on_the_shell(ledger: Ledger) -> None:
    with pytest.raises(BadInputError, match="nobody is enrolled"):
        acting(ledger)
    enrol(ledger, ADA, "ada", name="Ada")
    assert acting(ledger) == ADA
    enrol(ledger, ADA, "ben", name="Ben")
    with pytest.raises(BadInputError, match=r"--as PERSON.*: ada, ben"):
        acting(ledger)
    assert acting(ledger, "ben") == Caller("ben", "shell")
    with pytest.raises(NotFoundError, match="did you mean 'ben'"):
        acting(ledger, "benn")


def test_a_role_is_for_a_material_that_counts(shipped: Workspace, tmp_path: Path) -> None:
    material = "cdte"
    assert known_scope(shipped.ledger, material) == material and known_scope(shipped.ledger, "all") == "all"
    with pytest.raises(NotFoundError, match=r"no material called 'cdtex' \(did you mean 'cdte'"):
        known_scope(shipped.ledger, f"{material}x")
    with Ledger.open(tmp_path / "new.db") as empty:
        assert known_scope(empty, "to-come") == "to-come"
