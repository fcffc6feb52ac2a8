"""What people call a moment is turned into a position, or refused with what would be one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta, timezone

import pytest

from mechkg.curation.moment import AsOf, position_of
from mechkg.errors import BadInputError

NOON = datetime(2024, 5, 1, 12, tzinfo=UTC)


class Story:
    """Acts at given times; those of one time were done together. Each of ``settling`` changed what counts."""

    def __init__(self, times: list[datetime], settling: set[int], releases: Mapping[str, int]) -> None:
        self.times, self.settling, self.releases = times, settling, releases

    def position(self) -> int:
        return len(self.times)

    def position_at(self, time: datetime) -> int:
        return sum(each <= time for each in self.times)

    def settled(self, at: int | None = None) -> int:
        return max((p for p in self.settling if at is None or p <= at), default=0)

    def released(self) -> Mapping[str, int]:
        return self.releases

    def done_from(self, position: int) -> Iterator[tuple[int, object]]:
        return ((place, time) for place, time in enumerate(self.times, 1) if place >= position)


HOUR = timedelta(hours=1)
STORY = Story([NOON, NOON + HOUR, NOON + 2 * HOUR, NOON + 2 * HOUR, NOON + 24 * HOUR], {2, 3, 4}, {"2024.1": 2, "5": 1})


@pytest.mark.parametrize(
    ("as_of", "position"),
    [
        (0, 0),
        (1, 1),
        (4, 4),
        ("4", 4),
        (" 2 ", 2),
        ("2024.1", 2),
        ("5", 1),  # a release called so comes before the position
        (NOON, 1),
        (NOON - HOUR, 0),
        ("2024-05-01", 4),
        ("2024-04-30", 0),
        ("2024-05-02T11:59:59Z", 4),
        ("2024-05-01T13:00", 2),
        ("2024-05-01T13:00+02:00", 0),
        (datetime(2024, 5, 1, 13), 2),
        (datetime(2024, 5, 1, 15, tzinfo=timezone(2 * HOUR)), 2),
        ("2024-05-02T12:00:00Z", 5),
    ],
)
def test_a_moment_is_a_position(as_of: AsOf, position: int) -> None:
    assert position_of(STORY, as_of) == position


def test_today_is_until_now() -> None:
    assert position_of(STORY, datetime.now(UTC).date().isoformat()) == 5


@pytest.mark.parametrize(
    ("as_of", "words"),
    [
        (6, r"no position 6 \(its last is 5\)"),
        (-1, "no position -1"),
        ("9" * 30, "has no position"),
        (3, r"position 3 is in the middle of what was done at once \(that ends at position 4\)"),
        (datetime.now(UTC) + HOUR, r"yet to come \(leave it out to ask of now\)"),
        ("2999-01-01", "yet to come"),
        ("2024.2", r"names no release, time or position \(did you mean the release '2024.1'\?\)"),
        ("yesterday", r"\(give the name of a release, a time such as .*, or a position of the ledger\)"),
        ("", "names no release"),
    ],
)
def test_what_is_no_moment(as_of: AsOf, words: str) -> None:
    with pytest.raises(BadInputError, match=words):
        position_of(STORY, as_of)
