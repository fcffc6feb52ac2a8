"""What first questions would wait for is made ready beside, and given up when nobody wants it any more."""

from __future__ import annotations

import threading

import pytest

from mechkg.errors import TooLargeError
from mechkg.reasoning.problem import Problem
from mechkg.service import describe_dataset, impact, warm
from mechkg.service.overview import overview
from mechkg.service.read_models import conflicts
from mechkg.service.read_models.columns import Columns
from mechkg.service.read_models.text_index import TextIndex
from mechkg.service.reading import Reading
from mechkg.service.workspace import Workspace
from tests.service.changes import changed


def test_a_first_preview_finds_what_counts_worked_out(curated: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    assert list(impact.prepare(curated)) == sorted(entry.id for entry in curated.catalog.by_kind["space"])
    asked: list[str] = []
    outcomes = impact._outcomes
    monkeypatch.setattr(impact, "_outcomes", lambda problem: asked.append(problem.space.id) or outcomes(problem))
    found = changed(curated, "z-f1-o14", kind="present")
    spaces = impact.impact_of(curated, found.id)[1].spaces
    assert spaces and sorted(asked) == sorted(spaces)  # once each: as it would be, not as it is


def test_a_space_that_cannot_be_worked_out_holds_up_no_other(curated: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    spaces = sorted(entry.id for entry in curated.catalog.by_kind["space"])
    worked_out = impact._Told.of

    def refused(reading: Reading, space: str, problem: Problem | None) -> object:
        if space == spaces[0]:
            raise TooLargeError("too much")
        return worked_out(reading, space, problem)

    monkeypatch.setattr(impact._Told, "of", refused)
    assert list(impact.prepare(curated)) == spaces


def test_what_is_left_is_given_up_with_the_block(curated: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    begun, waits = threading.Event(), threading.Event()

    def endless(_: Workspace) -> object:
        while True:
            begun.set()
            yield "space"
            waits.wait(0.01)

    monkeypatch.setattr(warm, "prepare", endless)
    with warm.warming(curated):
        assert begun.wait(10)
    assert not [thread for thread in threading.enumerate() if thread.name == "warming"]


def test_when_all_is_ready_nothing_is_worked_out_for_the_first_page(curated: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    assert [*warm.parts(curated)][-1] == "dataset"

    def refuse(*_: object, **__: object) -> object:
        raise AssertionError("this was to be ready")

    monkeypatch.setattr(conflicts, "find_disagreements", refuse)
    monkeypatch.setattr(TextIndex, "of", refuse)
    monkeypatch.setattr(Columns, "of", refuse)
    monkeypatch.setattr(describe_dataset, "_counts_of", refuse)
    assert overview(curated, None).open > 3
    assert curated.reading.models.search("cluster").total > 3
    assert describe_dataset.describe_dataset(curated, curated).facts
