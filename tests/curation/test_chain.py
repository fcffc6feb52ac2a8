"""The hash chain names the first act that is not what was written."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from mechkg.curation.assertions import propose
from mechkg.curation.chain import START, digest_of, first_broken, time_text
from mechkg.curation.ledger import Ledger
from mechkg.model.ledger_record import Act, AssertionRecord, Subject


def _chain(length: int) -> list[Act]:
    acts: list[Act] = []
    at = datetime(2024, 5, 1, 12, tzinfo=UTC)
    for n in range(1, length + 1):
        act = Act(n, "propose", f"RA{n}", "ana", at, None, None, "")
        acts.append(replace(act, digest=digest_of(acts[-1].digest if acts else START, act)))
    return acts


def test_a_whole_chain_holds() -> None:
    assert first_broken(_chain(5)) is None
    assert first_broken([]) is None


@pytest.mark.parametrize(
    "change",
    [
        {"kind": "accept"},
        {"assertion": "RAother"},
        {"actor": "eve"},
        {"at": datetime(2024, 5, 1, 12, 0, 1, tzinfo=UTC)},
        {"reason": "because"},
        {"batch": "batch-1"},
        {"subject": Subject("set", "set-1")},
        {"door": "web"},
        {"content": {"revision": 2}},
        {"digest": "f" * 64},
    ],
)
def test_a_changed_act_is_named(change: dict[str, object]) -> None:
    acts = _chain(5)
    acts[2] = replace(acts[2], **change)  # type: ignore[arg-type]
    broken = first_broken(acts)
    assert broken is not None
    assert broken.position == 3


def test_a_missing_or_moved_act_is_named() -> None:
    acts = _chain(5)
    assert str(first_broken(acts[:2] + acts[3:])).startswith("act 3: is missing")
    swapped = [acts[0], replace(acts[2], position=2), replace(acts[1], position=3), *acts[3:]]
    broken = first_broken(swapped)
    assert broken is not None
    assert broken.position == 2


def test_a_time_is_written_in_utc_and_sorts() -> None:
    east = datetime(2024, 5, 1, 14, tzinfo=timezone(timedelta(hours=2)))
    assert time_text(east) == "2024-05-01T12:00:00.000000Z" < time_text(east + timedelta(microseconds=1))
    assert datetime.fromisoformat(time_text(east)) == east


@pytest.fixture
def file(tmp_path: Path, claim: Callable[..., AssertionRecord]) -> Path:
    """Return the file of a ledger of four acts."""
    path = tmp_path / "ledger.db"
    with Ledger.open(path) as ledger:
        for n in range(4):
            propose(ledger, claim(f"a-{n}"), actor="ana")
        assert ledger.verify_chain() is None
    return path


@pytest.mark.parametrize(
    ("forgery", "position"),
    [
        ("UPDATE act SET actor = 'eve' WHERE position = 2", 2),
        ("UPDATE act SET at = '2020-01-01T00:00:00.000000Z' WHERE position = 4", 4),
        ("DELETE FROM act WHERE position = 3", 3),
        ("UPDATE assertion SET body = replace(body, 'first', 'other') WHERE item = 'a-2'", 3),
        ("UPDATE assertion SET item = 'a-9' WHERE item = 'a-1'", 2),
        ("UPDATE assertion SET document = 'elsewhere' WHERE item = 'a-0'", 1),
        ("UPDATE assertion SET body = 'not JSON' WHERE item = 'a-0'", 1),
    ],
)
def test_a_forgery_in_the_file_is_found(file: Path, forgery: str, position: int) -> None:
    raw = sqlite3.connect(file)
    for (name,) in raw.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
        raw.execute(f"DROP TRIGGER {name}")  # a forger is not stopped by triggers
    raw.execute(forgery)
    raw.commit()
    raw.close()
    with Ledger.open(file) as ledger:
        broken = ledger.verify_chain()
    assert broken is not None
    assert broken.position == position
