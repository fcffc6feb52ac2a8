"""Nobody reviews own work: what its author no longer wants is withdrawn, and does not go down as rejected by a reviewer."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from mechkg.curation.enrol import enrol
from mechkg.curation.ledger import Ledger
from mechkg.curation.reject import reject
from mechkg.curation.request_changes import request_changes
from mechkg.curation.revise import revise
from mechkg.curation.withdraw import withdraw
from mechkg.errors import ForbiddenError, RefusedActError
from tests.curation.staff import ADA, BEN, employ, proposed, put

ACTS = pytest.mark.parametrize(
    ("act", "hint", "status"),
    [
        (reject, "withdraw it", "rejected"),
        (request_changes, "revise it, or withdraw it", "changes requested"),
    ],
)


@pytest.fixture
def staffed(tmp_path: Path) -> Iterator[Ledger]:
    with Ledger.open(tmp_path / "ledger.db") as ledger:
        employ(ledger)
        yield ledger


@ACTS
def test_an_author_does_not_review(staffed: Ledger, act: Callable[..., Any], hint: str, status: str) -> None:
    for author in (BEN, ADA):
        own = proposed(staffed, put(f"by-{author.person}"), by=author)
        before = staffed.position()
        with pytest.raises(ForbiddenError, match=f"{own.id}, being an author of it") as refused:
            act(staffed, author, own.id, revision=1, reason="it was wrong")
        assert refused.value.hint == hint
        assert staffed.position() == before
        other = ADA if author is BEN else BEN
        assert act(staffed, other, own.id, revision=1, reason="it is wrong").status == status


def test_who_revised_it_is_an_author_too_and_may_withdraw(staffed: Ledger) -> None:
    own = proposed(staffed, put("a-1"), by=BEN)
    request_changes(staffed, ADA, own.id, revision=1, reason="which figure?")
    revise(staffed, BEN, own.id, [put("a-1", "other words")], revision=1, base=0)
    with pytest.raises(ForbiddenError, match="being an author"):
        reject(staffed, BEN, own.id, revision=2, reason="no")
    assert withdraw(staffed, BEN, own.id, revision=2, reason="no").status == "withdrawn"
    with pytest.raises(RefusedActError, match="withdrawn"):
        reject(staffed, BEN, own.id, revision=2, reason="no")


@ACTS
def test_where_nobody_else_could_an_administrator_may(tmp_path: Path, act: Callable[..., Any], hint: str, status: str) -> None:
    with Ledger.open(tmp_path / "ledger.db") as ledger:
        enrol(ledger, ADA, "ada", name="Ada")
        own = proposed(ledger, put("a-1"), by=ADA)
        with pytest.raises(RefusedActError, match="without words"):
            act(ledger, ADA, own.id, revision=1, reason=" ")
        assert act(ledger, ADA, own.id, revision=1, reason="misread").status == status
