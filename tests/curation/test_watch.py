"""Watching a hypothesis: each flip is recorded once, with what caused it."""

from __future__ import annotations

import pytest

from mechkg.curation.ledger import Ledger
from mechkg.curation.watch import Watch, flip, fold, unwatch, watch
from mechkg.errors import ForbiddenError, NotFoundError, RefusedActError
from mechkg.model.ledger_record import Subject
from mechkg.model.person import Caller, Grant
from tests.curation.staff import BEN, CLEO, DAN

BEFORE, AFTER = {"eq1": "survives", "eq2": "ruled out"}, {"eq1": "ruled out", "eq2": "ruled out"}


def _watch(ledger: Ledger, name: str) -> Watch:
    return fold(ledger.acts_on(Subject("watch", name)))[name]


@pytest.fixture
def watched(staffed: Ledger) -> Ledger:
    """Return a ledger with one watch, as of position 5."""
    begun = watch(staffed, DAN, "mine", {"space": "s", "withdrawn": ["x"]}, verdicts=BEFORE, checked=5)
    assert begun.id == f"watch-{staffed.position()}"
    assert (begun.by, begun.checked, dict(begun.verdicts), begun.ended) == ("dan", 5, BEFORE, False)
    return staffed


def test_a_flip_has_before_after_and_cause(watched: Ledger) -> None:
    name = f"watch-{watched.position()}"
    act = flip(watched, name, AFTER, checked=9, cause=8, before=BEFORE)
    assert act is not None
    assert (act.actor, act.door) == ("mechkg", "system")
    found = _watch(watched, name)
    assert (found.checked, dict(found.verdicts)) == (9, AFTER)
    assert [(f.candidate, f.before, f.after, f.cause, f.position) for f in found.flips] == [
        ("eq1", "survives", "ruled out", 8, act.position)
    ]


def test_a_flip_is_written_once(watched: Ledger) -> None:
    name = f"watch-{watched.position()}"
    flip(watched, name, AFTER, checked=9, cause=8, before=BEFORE)
    position = watched.position()
    for checked in (9, 8, 1):
        assert flip(watched, name, AFTER, checked=checked, cause=8, before=BEFORE) is None
    assert flip(watched, "watch-999", AFTER, checked=9, cause=8, before=BEFORE) is None
    assert watched.position() == position
    # candidates come and go
    flip(watched, name, {"eq3": "survives"}, checked=12, cause=11, before=AFTER)
    assert [(f.candidate, f.before, f.after) for f in _watch(watched, name).flips[1:]] == [
        ("eq1", "ruled out", None), ("eq2", "ruled out", None), ("eq3", None, "survives"),
    ]  # fmt: skip


def test_who_began_it_ends_it(watched: Ledger) -> None:
    name = f"watch-{watched.position()}"
    with pytest.raises(NotFoundError, match=f"you have no watch called '{name}'"):  # just as if there were none
        unwatch(watched, BEN, name)
    with pytest.raises(NotFoundError, match=r"no watch called 'watch-999' \(watches are named watch-N\)"):
        unwatch(watched, DAN, "watch-999")
    with pytest.raises(ForbiddenError, match="may only read"):
        unwatch(watched, Caller("dan", "graphql", Grant("reader")), name)
    assert unwatch(watched, DAN, name).ended
    assert _watch(watched, name).ended
    with pytest.raises(RefusedActError, match="it has ended"):
        unwatch(watched, DAN, name)
    assert flip(watched, name, AFTER, checked=99, cause=98, before=BEFORE) is None
    with pytest.raises(ForbiddenError):
        watch(watched, Caller("eve", "web"), "hers", {}, verdicts={}, checked=1)
    assert watch(watched, CLEO, "hers", {}, verdicts={}, checked=1).by == "cleo"
