"""Releases: a name for good, for now or for what counted once."""

from __future__ import annotations

import pytest

from mechkg.curation.accept import accept
from mechkg.curation.ledger import Ledger
from mechkg.curation.release import release, releases
from mechkg.errors import BadInputError, ForbiddenError, RefusedActError
from tests.curation.staff import ADA, BEN, claim, proposed, put


@pytest.fixture
def changed(staffed: Ledger) -> Ledger:
    """Return a ledger in which an item was accepted, and then changed."""
    accept(staffed, BEN, proposed(staffed, put()).id, revision=1)
    accept(staffed, BEN, proposed(staffed, put("a-1", "better", claim())).id, revision=1)
    return staffed


def test_a_release_names_what_counts(changed: Ledger) -> None:
    last = list(changed.acts())[-1]
    now = release(changed, ADA, "2024.1", note="the first")
    assert (now.name, now.position, now.digest, now.by, now.note) == ("2024.1", last.position, last.digest, "ada", "the first")
    assert releases(changed.acts()) == [now]
    with pytest.raises(RefusedActError, match=r"already, since act \d+ \(choose another name\)"):
        release(changed, ADA, "2024.1")


def test_a_position_of_the_past_has_its_own_content(changed: Ledger) -> None:
    then = next(act.position for act in changed.acts() if act.kind == "accept" and act.assertion is not None)
    old = release(changed, ADA, "before", at=then)
    assert [record.body["statement"] for record in changed.accepted(old.position).values()] == ["first words"]
    assert old.digest == next(iter(changed.acts(then - 1, then))).digest


def test_what_was_done_at_once_is_not_cut(changed: Ledger) -> None:
    acts = list(changed.acts())
    superseded = next(act.position for act in acts if act.kind == "supersede")
    assert changed.accepted(superseded) == {}  # between the old and the new
    with pytest.raises(BadInputError, match=rf"in the middle of what ben did at once \(that ends at position {superseded + 1}\)"):
        release(changed, ADA, "cut", at=superseded)
    assert release(changed, ADA, "whole", at=superseded + 1).position == superseded + 1


@pytest.mark.parametrize("name", ["", ".x", "a b", "a/b", "é", "x" * 65])
def test_a_name_that_is_none(changed: Ledger, name: str) -> None:
    with pytest.raises(BadInputError, match="is no name of a release"):
        release(changed, ADA, name)


def test_who_releases_and_what_there_is_to_release(changed: Ledger) -> None:
    for at in (0, -1, changed.position() + 1):
        with pytest.raises(BadInputError, match=rf"no position {at} \(its last is {changed.position()}\)"):
            release(changed, ADA, "x", at=at)
    with pytest.raises(ForbiddenError, match="ben may not release"):
        release(changed, BEN, "x")
