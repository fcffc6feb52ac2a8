"""Whoever is killed while people read and write: nothing acknowledged is lost, nothing half done, and all is back by itself."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import pytest

from tests.curation.conftest import PROGRAMS
from tests.deploy.rounds import Trial, trial
from tests.deploy.stack import VICTIMS

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(PROGRAMS is None, reason="the PostgreSQL server programs are not installed"),
]


@pytest.fixture(scope="module")
def ran() -> Iterator[Trial]:
    with trial(20, readers=16, curators=4) as made:
        yield made


def test_many_read_and_curate_at_once_and_nothing_fails(ran: Trial) -> None:
    report, found = ran.quiet(4.0)
    assert found.all == []
    outcomes = Counter(one.outcome for one in report.asked)
    assert outcomes["away"] == outcomes["error"] == 0
    assert len({one.kind for one in report.asked}) > 5
    done = Counter(one.kind for one in report.acts if one.outcome == "answered")
    assert done.keys() >= {"propose", "accept"} and len(report.seen) > 1


@pytest.mark.parametrize("victim", VICTIMS)
def test_a_kill_loses_nothing_and_all_is_back(ran: Trial, victim: str) -> None:
    made = ran.round(victim)
    print(f"{made.kill.service}, killed as {made.kill.victim}, was back after {made.back:.2f} s; acts: {dict(made.acts)}")
    assert made.found.all == []
    assert made.kill.victim == victim
    assert made.acts["answered"]
    assert ran.stack.serious() == []
