"""A ledger as it was at one of its positions answers what the ledger itself answered there."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from mechkg.curation.accept import accept
from mechkg.curation.change_set import subject_of
from mechkg.curation.comment import comment
from mechkg.curation.ledger import Ledger
from mechkg.curation.ledger_at import LedgerAt, Record
from mechkg.curation.reject import reject
from mechkg.curation.retract import retract
from mechkg.errors import NotFoundError
from mechkg.model.happened import Wanted
from tests.curation.staff import ADA, BEN, claim, employ, proposed, put

ITEMS = ("i-0", "i-1", "i-2")
WORDS = ("one", "two", "three")
RECORDS = [claim(item, words) for item in ITEMS for words in WORDS]


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with Ledger.open(tmp_path / "ledger.db") as ledger:
        employ(ledger)
        yield ledger


def told(record: Record, sets: list[str]) -> dict[str, Any]:
    """All that a record tells."""

    def status(name: str) -> tuple[str, str] | None:
        try:
            return record.status(name), record.assertion(name).item
        except NotFoundError:
            return None

    last = record.position()
    return {
        "position": last,
        "settled": [record.settled(), record.settled(last // 2)],
        "acts": [list(record.acts()), list(record.acts(last - 3)), list(record.acts(0, last // 2))],
        "on": {name: [record.acts_on(subject_of(name)), record.acts_on(subject_of(name), last // 2)] for name in sets},
        "kinds": record.acts_of_kinds(["accept", "comment", "enrol"]),
        "history": {item: record.history(item) for item in ITEMS},
        "found": [
            record.find(Wanted(), most=500),
            record.find(Wanted(), newest=True, most=4),
            record.find(Wanted(), after=3, before=last // 2, most=500),
            record.find(Wanted(item="i-1"), newest=True, before=last + 50, most=500),
        ],
        "assertions": set(record.assertions()),
        "counting": record.accepted_with_acts(),
        "half": record.accepted_with_acts(last // 2),
        "of": {item: record.accepted_of(item) for item in ITEMS},
        "status": {known.id: status(known.id) for known in RECORDS},
    }


@pytest.mark.parametrize("seed", range(3))
def test_it_tells_what_was_told_then(ledger: Ledger, seed: int) -> None:
    rng = random.Random(seed)
    sets: list[str] = []
    seen: list[tuple[int, dict[str, Any]]] = []
    for _ in range(12):
        item = rng.choice(ITEMS)
        now = ledger.accepted_of(item)
        words = rng.choice([each for each in WORDS if now is None or now.body["statement"] != each])
        kind = rng.choice(["accept", "accept", "reject", "comment", "retract"])
        if kind == "retract" and now is not None:
            retract(ledger, BEN, now.id, code="misread", reason="misread")
        else:
            made = proposed(ledger, put(item, words, now))
            sets.append(made.id)
            if kind == "comment":
                comment(ledger, BEN, subject_of(made.id), "which figure?")
            act = accept if kind == "accept" else lambda *a, **n: reject(*a, reason="no", **n)
            act(ledger, ADA, made.id, revision=1)
        seen.append((ledger.position(), told(ledger, list(sets))))
    for position, before in seen:
        assert told(LedgerAt(ledger, position), list(before["on"])) == before
        later = [name for name in sets if name not in before["on"]]
        assert told(LedgerAt(ledger, position), later)["on"] == {name: [[], []] for name in later}


def test_before_anything_was_done(ledger: Ledger) -> None:
    accept(ledger, BEN, proposed(ledger, put("i-0", "one")).id, revision=1)
    nothing = LedgerAt(ledger, 0)
    assert (nothing.position(), nothing.settled(), list(nothing.acts()), nothing.assertions()) == (0, 0, [], {})
    with pytest.raises(NotFoundError, match="at position 0"):
        nothing.assertion(claim("i-0", "one").id)
