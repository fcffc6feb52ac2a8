"""What a release takes back of earlier ones: versions superseded, past those never released too, and what is withdrawn."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from mechkg.curation.accept import accept
from mechkg.curation.editions import Lineage, lineage
from mechkg.curation.ledger import Ledger
from mechkg.curation.release import release
from mechkg.curation.restore import restore
from mechkg.curation.retract import retract
from mechkg.curation.supersede import supersede
from mechkg.model.ledger_record import AssertionRecord
from tests.curation.staff import ADA, BEN, claim, employ, proposed, put


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with Ledger.open(tmp_path / "ledger.db") as opened:
        employ(opened)
        yield opened


def say(ledger: Ledger, words: str, item: str = "a-1") -> AssertionRecord:
    """Let an item read so, in place of what it reads."""
    accept(ledger, BEN, proposed(ledger, put(item, words, ledger.accepted_of(item))).id, revision=1)
    return claim(item, words)


def named(ledger: Ledger, name: str, at: int | None = None) -> Lineage:
    """Release what counts, and tell what that takes back."""
    return lineage(ledger, release(ledger, ADA, name, at=at))


def superseded(found: Lineage, record: AssertionRecord) -> list[str]:
    return [old.record.body["statement"] for old in found.supersedes.get(record.id, ())]


def withdrawn(found: Lineage) -> list[tuple[str, str]]:
    return [(each.edition.record.body["statement"], each.act.kind) for each in found.withdrawn]


def test_a_version_supersedes_the_one_that_was_released(ledger: Ledger) -> None:
    first = say(ledger, "one")
    assert named(ledger, "1") == Lineage()
    second = say(ledger, "two")
    found = named(ledger, "2")
    assert (superseded(found, second), withdrawn(found)) == (["one"], [])
    third = say(ledger, "three")
    found = named(ledger, "3")
    assert superseded(found, third) == ["two"]
    [old] = found.supersedes[third.id]
    assert [older.record for older in old.supersedes] == [first]  # what names depend on, all the way back


def test_versions_that_no_release_held_are_passed_over(ledger: Ledger) -> None:
    say(ledger, "one")
    named(ledger, "1")
    say(ledger, "two")
    third = say(ledger, "three")
    assert superseded(named(ledger, "2"), third) == ["one"]


def test_what_was_never_released_is_not_named(ledger: Ledger) -> None:
    say(ledger, "one")
    second = say(ledger, "two")
    gone = say(ledger, "gone", "a-2")
    retract(ledger, BEN, gone.id, code="misread", reason="misread")
    assert named(ledger, "1") == named(ledger, "2") == Lineage()
    assert ledger.accepted_of("a-1") == second


def test_what_is_said_of_an_acceptance_stays_the_same_in_every_release(ledger: Ledger) -> None:
    """A release made later of an earlier moment does not change the names in those made before; it is retracted instead."""
    say(ledger, "zero")
    named(ledger, "0")
    say(ledger, "one")
    then = ledger.position()
    second = say(ledger, "two")
    before = named(ledger, "2")
    named(ledger, "1", at=then)
    after = named(ledger, "3")
    assert superseded(before, second) == superseded(after, second) == ["zero"]
    assert (withdrawn(before), withdrawn(after)) == ([], [("one", "supersede")])


def test_what_is_retracted_is_withdrawn_until_it_counts_again(ledger: Ledger) -> None:
    record = say(ledger, "one")
    named(ledger, "1")
    act = retract(ledger, BEN, record.id, code="misread", reason="misread")
    found = named(ledger, "2")
    assert withdrawn(found) == [("one", "retract")]
    assert found.withdrawn[0].act == act
    again = restore(ledger, ADA, record.id, reason="it was right")
    found = named(ledger, "3")
    assert withdrawn(found) == []
    [old] = found.supersedes[record.id]  # it is published anew, by another act
    assert old.act.position < act.position < again.position
    assert withdrawn(named(ledger, "2-again", at=act.position)) == [("one", "retract")]


def test_what_gives_way_to_something_that_counts_already_is_withdrawn(ledger: Ledger) -> None:
    better, worse = say(ledger, "better"), say(ledger, "worse", "a-2")
    named(ledger, "1")
    supersede(ledger, BEN, worse.id, successor=better.id, reason="it says the same")
    found = named(ledger, "2")
    assert (dict(found.supersedes), withdrawn(found)) == ({}, [("worse", "supersede")])


def test_what_took_the_place_of_something_and_went_unreleased_leaves_it_withdrawn(ledger: Ledger) -> None:
    say(ledger, "one")
    named(ledger, "1")
    second = say(ledger, "two")
    retract(ledger, BEN, second.id, code="misread", reason="misread")
    assert withdrawn(named(ledger, "2")) == [("one", "supersede")]


def test_going_back_to_earlier_words_supersedes_the_version_between(ledger: Ledger) -> None:
    first = say(ledger, "one")
    named(ledger, "1")
    say(ledger, "two")
    named(ledger, "2")
    say(ledger, "one")
    found = named(ledger, "3")
    assert superseded(found, first) == ["two"]
    assert [old.record for old in found.supersedes[first.id][0].supersedes] == [first]
