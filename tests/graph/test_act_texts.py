"""Acts as texts and back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from mechkg.errors import BadInputError
from mechkg.graph.act_texts import MEANINGS, act_from, texts_of
from mechkg.model.ledger_record import Act, Subject

BARE = Act(7, "accept", "RAx", "A. Curator", datetime(2026, 5, 4, 12, 30, tzinfo=UTC), None, None, "d" * 64)
FULL = Act(
    8, "restore", "RAx", "", datetime(2026, 5, 4, 14, 30, 0, 1, timezone(timedelta(hours=2))), "why", "b-1", "e" * 64,
    Subject("set", "a:b"), "web", {"n": 1, "of": ["x"]},
)  # fmt: skip


@pytest.mark.parametrize("act", [BARE, FULL])
def test_an_act_comes_back(act: Act) -> None:
    assert act_from("RAx", texts_of(act)) == act


def test_every_text_is_explained_and_what_is_not_there_is_left_out() -> None:
    assert set(texts_of(FULL)) == set(MEANINGS)
    assert set(MEANINGS) - set(texts_of(BARE)) == {"reason", "batch", "subject", "content"}
    assert texts_of(FULL)["at"] == "2026-05-04T12:30:00.000001+00:00"


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"kind": "nonsense"}, ValueError),
        ({"door": "window"}, ValueError),
        ({"position": "x"}, ValueError),
        ({"at": "yesterday"}, ValueError),
        ({"content": "{"}, ValueError),
        ({"subject": "nonsense"}, BadInputError),
    ],
)
def test_what_is_no_act_is_refused(changes: dict[str, str], error: type[Exception]) -> None:
    with pytest.raises(error):
        act_from("RAx", texts_of(FULL) | changes)
