"""Digests of acts, and how times are written."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest

from mechkg.curation.chain import START, digest_of, time_text
from mechkg.model.ledger_record import Act, Subject


def _act(**change: object) -> Act:
    at = datetime(2024, 5, 1, 12, tzinfo=UTC)
    return replace(Act(1, "propose", "RA1", "ana", at, None, None, ""), **change)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "change",
    [
        {"position": 2},
        {"kind": "accept"},
        {"assertion": "RAother"},
        {"actor": "eve"},
        {"at": datetime(2024, 5, 1, 12, 0, 1, tzinfo=UTC)},
        {"reason": "because"},
        {"batch": "batch-1"},
        {"subject": Subject("set", "set-1")},
        {"door": "web"},
        {"content": {"revision": 2}},
    ],
)
def test_a_digest_covers_everything_that_an_act_says(change: dict[str, object]) -> None:
    assert digest_of(START, _act(**change)) != digest_of(START, _act())
    assert digest_of(START, _act(digest="f" * 64)) == digest_of(START, _act())


def test_a_digest_covers_all_acts_before() -> None:
    assert digest_of("1" * 64, _act()) != digest_of(START, _act())


def test_a_time_is_written_in_utc_and_sorts() -> None:
    east = datetime(2024, 5, 1, 14, tzinfo=timezone(timedelta(hours=2)))
    assert time_text(east) == "2024-05-01T12:00:00.000000Z" < time_text(east + timedelta(microseconds=1))
    assert datetime.fromisoformat(time_text(east)) == east
